/// What the operator says of matchmaking: rules for every pool, and other ones for some.
///
///     {"window": 80, "ready_check": true,
///      "only_listed": false,
///      "pools": [{"game": "chess", "region": "eu", "timeout_s": 600}]}
///
/// A pool's own keys stand above the common ones. docs/matchmaking.md has them all.
#pragma once

#include "base/codec/json.hpp"
#include "core/ranked/queue.hpp"

namespace agon {

/// The game of queues that name none.
inline constexpr std::string_view default_queue_game = "pool";

struct ListedPool {
    std::string game, region;
    ranked::QueueSettings settings;
};

struct MatchmakingSettings {
    /// Of pools that are not listed.
    ranked::QueueSettings common;
    std::vector<ListedPool> pools;
    /// No other pools than these, and the default game's.
    bool only_listed = false;

    const ranked::QueueSettings& of(std::string_view game, std::string_view region) const;
    bool allows(std::string_view game, std::string_view region) const;
};

/// Refused with a pointer to what is wrong.
Result<MatchmakingSettings> read_matchmaking_settings(const Json&);

/// Letters, digits, `_`, `-` and `.`, 1 to 40 of them.
bool is_pool_word(std::string_view);

}  // namespace agon
