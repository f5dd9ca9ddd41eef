/// A tournament: its state, what may be done to it, and how it changes. Pure: same state, same command, same events.
#pragma once

#include <unordered_map>

#include "core/formats/format.hpp"
#include "core/tournament/commands.hpp"
#include "core/tournament/events.hpp"
#include "core/tournament/lifecycle.hpp"

namespace agon {

inline constexpr std::int64_t min_entrants = 2;
inline constexpr std::int64_t most_entrants = 65'536;

struct Entrant {
    EntrantId id;
    std::string name;
    std::optional<std::int64_t> manual_seed;
    Instant registered_at;
};

struct MatchTimes {
    Instant started_at;
    Instant completed_at;
    std::string decision;
};

struct Tournament {
    Status status = Status::upcoming;
    std::string name;
    std::string game_type;
    const formats::Format* format = nullptr;
    std::int64_t max_entrants = 0;
    Driver driver{};
    TournamentOptions options;
    Json game_options;
    std::optional<UserId> created_by;

    Instant created_at;
    std::optional<Instant> started_at;
    std::optional<Instant> ended_at;
    /// When a full tournament starts by itself.
    std::optional<Instant> starts_at;

    /// In order of registration.
    std::vector<Entrant> entrants;
    std::unordered_map<EntrantId, EntrantIndex> index_of;

    /// From the start on: entrants by seed, and what the format makes of them.
    std::vector<EntrantIndex> order;
    std::vector<std::uint32_t> seed_of;
    std::uint64_t draw_seed = 0;
    formats::Stage stage;
    /// By match number − 1.
    std::vector<MatchTimes> times;
    std::optional<EntrantId> champion;

    bool exists() const { return format != nullptr; }
    bool is_full() const { return static_cast<std::int64_t>(entrants.size()) >= max_entrants; }
    bool has(EntrantId id) const { return index_of.contains(id); }
    /// From 1: the order of registration until the tournament starts, then the draw's.
    std::int64_t shown_seed(EntrantIndex) const;
    /// The entrant behind a seed of the stage, or none for `pending` and `nobody`.
    const Entrant* entrant_of(formats::Seed) const;
};

/// The events that the command leads to, or why it is refused:
/// `not_found` no such entrant or match; `wrong_state` not in this status; `conflict` already registered;
/// `exhausted` full; `invalid` an argument breaks a rule. A result that was accepted before is accepted again, with
/// no events, if it is the same.
Result<TournamentEvents> decide(const Tournament&, const TournamentCommand&, Instant now);

/// What follows from a state by itself: a full tournament closes its registration, ready matches of bots begin, and
/// after the last match there is a champion. Applied after each command until nothing more follows.
TournamentEvents consequences(const Tournament&, Instant now);

/// The only way in which a tournament changes. `at` is when the event was recorded.
void evolve(Tournament&, const TournamentEvent&, Instant at);

}  // namespace agon
