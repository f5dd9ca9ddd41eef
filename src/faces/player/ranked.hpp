/// Ranked matches in the Player API: those whose `number_of` is 0. The endpoints of matches are shared with those of
/// tournaments, and these functions are their half.
#pragma once

#include "core/ranked/ranked_match.hpp"
#include "faces/player/player.hpp"

namespace agon::player {

struct RankedProfile {
    std::optional<std::string> avatar_url;
};
BOOST_DESCRIBE_STRUCT(RankedProfile, (), (avatar_url))

struct RankedPlayer {
    std::string username;
    RankedProfile profile;
};
BOOST_DESCRIBE_STRUCT(RankedPlayer, (), (username, profile))

struct RankedWinner {
    std::string username;
};
BOOST_DESCRIBE_STRUCT(RankedWinner, (), (username))

/// What one side reported and the other has not confirmed.
struct RankedClaim {
    UserId reported_by;
    std::optional<UserId> winner_id;
    std::int64_t score_a = 0, score_b = 0;
    std::optional<UserId> disputed_by;
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(RankedClaim, (), (reported_by, winner_id, score_a, score_b, disputed_by, reason))

struct RankedMatchView {
    MatchId id;
    UserId player_a_id, player_b_id;
    std::optional<UserId> winner_id;
    ranked::RankedStatus status{};
    std::optional<std::int64_t> score_a, score_b;
    std::optional<std::int64_t> bracket_round, bracket_match;
    RankedPlayer player_a, player_b;
    std::optional<RankedWinner> winner;
    std::string game, region;
    /// As they were when the players joined.
    double rating_a = 0, rating_b = 0;
    Instant start_time;
    std::optional<Instant> end_time;
    std::optional<RankedClaim> claim;
};
BOOST_DESCRIBE_STRUCT(RankedMatchView, (),
                      (id, player_a_id, player_b_id, winner_id, status, score_a, score_b, bracket_round, bracket_match,
                       player_a, player_b, winner, game, region, rating_a, rating_b, start_time, end_time, claim))

/// `not_found` where there is no such match.
Task<Result<RankedMatchView>> ranked_match(Context&, MatchId);
/// As `ranked::ClaimResult`, by the caller.
Task<Result<RankedMatchView>> report_ranked(Context&, MatchId, ranked::MatchResult);
Task<Result<RankedMatchView>> confirm_ranked(Context&, MatchId);
Task<Result<RankedMatchView>> dispute_ranked(Context&, MatchId, std::string reason);

/// Get, result, confirm and dispute for ranked matches alone; every other match is not found.
std::vector<Endpoint> ranked_endpoints();

}  // namespace agon::player
