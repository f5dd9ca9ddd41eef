/// A match that matchmaking made: two players, and the result that they give. Its stream is the id's text.
///
/// A result comes from one of the two. With `rules.confirm_results` it counts once the opponent says
/// the same, confirms it, or says nothing for `confirm_s`; the opponent may dispute it, and then an admin decides. A
/// match that nobody gives a result of is cancelled after `limit_s`.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "core/ranked/settings.hpp"
#include "core/types.hpp"

namespace agon::ranked {

/// The winner, where there is one, and the scores in the order of the players.
struct MatchResult {
    std::optional<UserId> winner;
    std::int64_t score_a = 0;
    std::int64_t score_b = 0;

    bool operator==(const MatchResult&) const = default;
};
BOOST_DESCRIBE_STRUCT(MatchResult, (), (winner, score_a, score_b))

struct RankedMatchStarted {
    /// The queue that made it.
    std::string queue;
    std::string game;
    std::string region;
    std::vector<UserId> players;
    /// As they were when the players joined.
    std::vector<double> ratings;
    std::vector<Instant> joined_at;
    MatchRules rules;
};
BOOST_DESCRIBE_STRUCT(RankedMatchStarted, (), (queue, game, region, players, ratings, joined_at, rules))

struct RankedResultClaimed {
    UserId by;
    MatchResult result;
};
BOOST_DESCRIBE_STRUCT(RankedResultClaimed, (), (by, result))

struct RankedResultDisputed {
    UserId by;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(RankedResultDisputed, (), (by, reason))

/// `drew` holds both where nobody won. `confirmed_by` is empty where no confirmation was asked, or silence was one.
struct RankedMatchCompleted {
    std::string game;
    std::optional<UserId> winner, loser;
    std::vector<UserId> drew;
    /// In the order of the players.
    std::vector<std::int64_t> score;
    UserId reported_by;
    std::optional<UserId> confirmed_by;
};
BOOST_DESCRIBE_STRUCT(RankedMatchCompleted, (), (game, winner, loser, drew, score, reported_by, confirmed_by))

struct RankedMatchCancelled {
    std::string why;
};
BOOST_DESCRIBE_STRUCT(RankedMatchCancelled, (), (why))

using RankedMatchEvent = std::variant<RankedMatchStarted, RankedResultClaimed, RankedResultDisputed,
                                      RankedMatchCompleted, RankedMatchCancelled>;

enum class RankedStatus { in_progress, disputed, completed, cancelled };
BOOST_DESCRIBE_ENUM(RankedStatus, in_progress, disputed, completed, cancelled)

struct RankedMatch {
    bool exists = false;
    RankedMatchStarted what;
    RankedStatus status{};
    Instant started_at;
    std::optional<Instant> ended_at;
    /// What was said of it: what counts once it is completed.
    std::optional<MatchResult> result;
    std::optional<UserId> claimed_by;
    std::optional<Instant> claimed_at;
    std::optional<RankedResultDisputed> dispute;

    bool is_over() const { return status == RankedStatus::completed || status == RankedStatus::cancelled; }
    bool plays(UserId user) const;
    /// When it goes on by itself.
    std::optional<Instant> next_deadline() const;
};

/// Refused: `not_found` no such match; `forbidden` who does not play in it, unless an admin
/// rules a dispute; `invalid` a result that
/// cannot be; `conflict` another result than the one that is there; `wrong_state` a match that was cancelled.
/// The same result again changes nothing. The opponent's same result confirms.
struct ClaimResult {
    UserId by;
    bool as_admin = false;
    MatchResult result;
};
/// The opponent's word; again, nothing.
struct ConfirmResult {
    UserId by;
};
struct DisputeResult {
    UserId by;
    std::string reason;
};
/// What time does: silence confirms, and a match without a result is cancelled.
struct AdvanceMatch {};
struct CancelMatch {
    std::string why;
};
using RankedMatchCommand = std::variant<ClaimResult, ConfirmResult, DisputeResult, AdvanceMatch, CancelMatch>;

Result<std::vector<RankedMatchEvent>> decide(const RankedMatch&, const RankedMatchCommand&, Instant now);
void evolve(RankedMatch&, const RankedMatchEvent&, Instant at);

}  // namespace agon::ranked
