/// What a queue may be told beyond the rules of its pool: whether players must say that they are ready, and what becomes
/// of the ranked matches it makes.
#pragma once

#include "core/matchmaking/settings.hpp"

namespace agon::ranked {

/// The rules of one ranked match; they stay with it.
struct MatchRules {
    /// A result counts once the opponent confirms it, or says nothing for `confirm_s`.
    bool confirm_results = false;
    std::int64_t confirm_s = 600;
    /// A match without any result is cancelled after so long.
    std::int64_t limit_s = 7200;
    /// Whether a match may end without a winner.
    bool draws = false;
    /// A result sooner than this after the match began is a signal of unfair play; 0: never.
    std::int64_t quick_s = 10;
    static constexpr codec::Note notes[] = {
        {.field = "confirm_results", .doc = "a result needs the opponent's word", .has_default = true},
        {.field = "confirm_s",
         .doc = "seconds after which silence confirms",
         .min = 10,
         .max = 604800,
         .has_default = true},
        {.field = "limit_s",
         .doc = "seconds until a match without a result is cancelled",
         .min = 60,
         .max = 604800,
         .has_default = true},
        {.field = "draws", .doc = "a match may end without a winner", .has_default = true},
        {.field = "quick_s",
         .doc = "seconds that a match takes at least: sooner results are flagged; 0 for never",
         .min = 0,
         .max = 86400,
         .has_default = true},
    };

    bool operator==(const MatchRules&) const = default;
};
BOOST_DESCRIBE_STRUCT(MatchRules, (), (confirm_results, confirm_s, limit_s, draws, quick_s))

struct QueueRules {
    /// A pair meets only after both accepted.
    bool ready_check = false;
    /// Not asked where both joined so lately: they are there.
    std::int64_t ready_skip_s = 20;
    /// The last opponent is passed over for so long, where somebody else is near.
    std::int64_t rematch_s = 600;
    static constexpr codec::Note notes[] = {
        {.field = "ready_check", .doc = "both must accept before they meet", .has_default = true},
        {.field = "ready_skip_s",
         .doc = "not asked where both joined less than so many seconds ago",
         .min = 0,
         .max = 3600,
         .has_default = true},
        {.field = "rematch_s",
         .doc = "seconds for which the last opponent is passed over, where somebody else is near",
         .min = 0,
         .max = 86400,
         .has_default = true},
    };

    bool operator==(const QueueRules&) const = default;
};
BOOST_DESCRIBE_STRUCT(QueueRules, (), (ready_check, ready_skip_s, rematch_s))

struct QueueSettings {
    matchmaking::PoolSettings pool;
    QueueRules queue;
    MatchRules match;
    static constexpr codec::Note notes[] = {
        {.field = "pool", .has_default = true},
        {.field = "queue", .has_default = true},
        {.field = "match", .has_default = true},
    };

    bool operator==(const QueueSettings&) const = default;
};
BOOST_DESCRIBE_STRUCT(QueueSettings, (), (pool, queue, match))

}  // namespace agon::ranked
