/// What followers ask of the tournament of each result, and what stays as it is once there are results: looked up once, so
/// that nobody who reports waits for a follower.
#pragma once

#include <unordered_map>

#include "app/engine.hpp"

namespace agon {

struct TournamentKind {
    Driver driver{};
    std::string game_type;
};

/// One thread.
class TournamentKinds {
public:
    explicit TournamentKinds(Engine& engine) : engine_(engine) {}

    /// Of a tournament that has begun. Throws StoreBroken.
    const TournamentKind& of(TournamentId id) {
        if (const auto known = known_.find(id); known != known_.end()) return known->second;
        auto kind = engine_.peek<TournamentAggregate>(
            id, [](const Tournament& t) { return TournamentKind{t.driver, t.game_type}; });
        if (known_.size() == most_known) known_.clear();
        return known_.emplace(id, std::move(kind)).first->second;
    }

private:
    static constexpr std::size_t most_known = 4'096;

    Engine& engine_;
    std::unordered_map<TournamentId, TournamentKind> known_;
};

}  // namespace agon
