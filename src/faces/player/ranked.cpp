#include "faces/player/ranked.hpp"

#include "app/matchmaking.hpp"
#include "faces/player/execute.hpp"

namespace agon::player {

namespace {

using People = std::array<RankedPlayer, 2>;

std::optional<RankedClaim> open_claim(const ranked::RankedMatch& match) {
    if (match.is_over() || !match.claimed_by) return std::nullopt;
    RankedClaim claim{.reported_by = *match.claimed_by,
                      .winner_id = match.result->winner,
                      .score_a = match.result->score_a,
                      .score_b = match.result->score_b,
                      .disputed_by = {},
                      .reason = {}};
    if (match.dispute) claim.disputed_by = match.dispute->by, claim.reason = match.dispute->reason;
    return claim;
}

RankedMatchView view_of(MatchId id, const ranked::RankedMatch& match, const People& people) {
    const auto& what = match.what;
    RankedMatchView view{.id = id,
                         .player_a_id = what.players[0],
                         .player_b_id = what.players[1],
                         .winner_id = {},
                         .status = match.status,
                         .score_a = {},
                         .score_b = {},
                         .bracket_round = {},
                         .bracket_match = {},
                         .player_a = people[0],
                         .player_b = people[1],
                         .winner = {},
                         .game = what.game,
                         .region = what.region,
                         .rating_a = what.ratings[0],
                         .rating_b = what.ratings[1],
                         .start_time = match.started_at,
                         .end_time = match.ended_at,
                         .claim = open_claim(match)};
    if (match.status != ranked::RankedStatus::completed) return view;
    view.score_a = match.result->score_a, view.score_b = match.result->score_b;
    view.winner_id = match.result->winner;
    if (view.winner_id) view.winner = RankedWinner{people[*view.winner_id == what.players[0] ? 0 : 1].username};
    return view;
}

/// The players' names; nothing where there is no such match.
Task<std::optional<People>> people_of(Context& c, MatchId id) {
    auto& engine = c.services.engine;
    const auto players =
        co_await engine.read<RankedMatchAggregate>(id, [](const ranked::RankedMatch& m) { return m.what.players; });
    if (players.size() != 2) co_return std::nullopt;
    People people;
    for (const auto i : {0u, 1u})
        people[i] = co_await engine.read<UserAggregate>(
            players[i], [](const users::User& u) { return RankedPlayer{u.username, {u.avatar_url}}; });
    co_return people;
}

/// The queue learns of the end before the answer leaves, so that whoever has it can join again.
Task<Result<RankedMatchView>> order(Context& c, MatchId id, ranked::RankedMatchCommand command) {
    const auto people = co_await people_of(c, id);
    if (!people) co_return refused(Code::not_found, "no such match");
    const auto project = [id, &people](const ranked::RankedMatch& m) { return view_of(id, m, *people); };
    auto view = co_await execute<RankedMatchAggregate>(c, id, std::move(command), project);
    if (view) co_await c.services.matchmaking->settle(id);
    co_return view;
}

}  // namespace

Task<Result<RankedMatchView>> ranked_match(Context& c, MatchId id) {
    const auto people = co_await people_of(c, id);
    if (!people) co_return refused(Code::not_found, "no such match");
    co_return co_await c.services.engine.read<RankedMatchAggregate>(
        id, [&](const ranked::RankedMatch& m) { return view_of(id, m, *people); });
}

Task<Result<RankedMatchView>> report_ranked(Context& c, MatchId id, ranked::MatchResult result) {
    co_return co_await order(c, id, ranked::ClaimResult{c.user().user_id, c.actor.is_admin(), std::move(result)});
}

Task<Result<RankedMatchView>> confirm_ranked(Context& c, MatchId id) {
    co_return co_await order(c, id, ranked::ConfirmResult{c.user().user_id});
}

Task<Result<RankedMatchView>> dispute_ranked(Context& c, MatchId id, std::string reason) {
    co_return co_await order(c, id, ranked::DisputeResult{c.user().user_id, std::move(reason)});
}

}  // namespace agon::player
