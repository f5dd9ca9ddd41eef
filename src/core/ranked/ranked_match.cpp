#include "core/ranked/ranked_match.hpp"

#include <algorithm>

namespace agon::ranked {

namespace {

using Events = std::vector<RankedMatchEvent>;

Result<void> check_result(const RankedMatch& match, const MatchResult& r) {
    if (r.score_a < 0) return refused(Code::invalid, "must not be negative", "/score_a");
    if (r.score_b < 0) return refused(Code::invalid, "must not be negative", "/score_b");
    if (!r.winner && !match.what.rules.draws)
        return refused(Code::invalid, "must be one of the two players", "/winner_id");
    if (!r.winner && r.score_a != r.score_b)
        return refused(Code::invalid, "nobody won with unequal scores", "/winner_id");
    if (!r.winner) return {};
    if (!match.plays(*r.winner)) return refused(Code::invalid, "must be one of the two players", "/winner_id");
    const bool a_won = *r.winner == match.what.players[0];
    if (a_won ? r.score_a <= r.score_b : r.score_b <= r.score_a)
        return refused(Code::invalid, "the scores do not agree with the winner", "/winner_id");
    return {};
}

RankedMatchCompleted completed(const RankedMatch& match, const MatchResult& r, UserId by, std::optional<UserId> with) {
    const auto& players = match.what.players;
    RankedMatchCompleted e{.game = match.what.game,
                           .winner = r.winner,
                           .loser = {},
                           .drew = {},
                           .score = {r.score_a, r.score_b},
                           .reported_by = by,
                           .confirmed_by = with};
    if (r.winner)
        e.loser = *r.winner == players[0] ? players[1] : players[0];
    else
        e.drew = players;
    return e;
}

Result<Events> claim(const RankedMatch& match, const ClaimResult& c) {
    const bool rules = !match.plays(c.by) && c.as_admin && match.dispute;
    if (!match.plays(c.by) && !rules) return refused(Code::forbidden, "does not play in this match");
    if (match.status == RankedStatus::cancelled) return refused(Code::wrong_state, "match is cancelled");
    if (auto good = check_result(match, c.result); !good) return std::unexpected(good.error());
    const bool same = match.result == c.result;
    if (match.status == RankedStatus::completed) {
        if (same) return Events{};
        return refused(Code::conflict, "the match has another result");
    }
    const auto counts = [&](std::optional<UserId> with) -> Events {
        return {RankedResultClaimed{c.by, c.result}, completed(match, c.result, c.by, with)};
    };
    if (rules) return counts(c.by);
    if (match.status == RankedStatus::disputed) {
        if (same && match.claimed_by == c.by) return Events{};
        return refused(Code::conflict, "the result is disputed; an admin decides");
    }
    if (!match.claimed_by) {
        if (!match.what.rules.confirm_results) return counts(std::nullopt);
        return Events{RankedResultClaimed{c.by, c.result}};
    }
    if (!same) return refused(Code::conflict, "another result was reported; confirm it or dispute it");
    if (match.claimed_by == c.by) return Events{};
    return Events{completed(match, c.result, *match.claimed_by, c.by)};
}

/// The opponent of who reported, while that is open.
Result<void> check_opponent(const RankedMatch& match, UserId by) {
    if (!match.plays(by)) return refused(Code::forbidden, "does not play in this match");
    if (match.status == RankedStatus::cancelled) return refused(Code::wrong_state, "match is cancelled");
    if (!match.claimed_by) return refused(Code::wrong_state, "no result was reported yet");
    if (match.claimed_by == by) return refused(Code::conflict, "that is for the opponent to say");
    return {};
}

Result<Events> confirm(const RankedMatch& match, const ConfirmResult& c) {
    if (auto good = check_opponent(match, c.by); !good) return std::unexpected(good.error());
    if (match.status == RankedStatus::completed) return Events{};
    if (match.status == RankedStatus::disputed)
        return refused(Code::conflict, "the result is disputed; an admin decides");
    return Events{completed(match, *match.result, *match.claimed_by, c.by)};
}

Result<Events> dispute(const RankedMatch& match, const DisputeResult& c) {
    if (auto good = check_opponent(match, c.by); !good) return std::unexpected(good.error());
    if (match.status == RankedStatus::completed) return refused(Code::conflict, "the result counts already");
    if (match.status == RankedStatus::disputed) return Events{};
    return Events{RankedResultDisputed{c.by, c.reason}};
}

Events advance(const RankedMatch& match, Instant now) {
    const auto due = match.next_deadline();
    if (!due || *due > now) return {};
    if (match.claimed_by) return {completed(match, *match.result, *match.claimed_by, std::nullopt)};
    return {RankedMatchCancelled{"no result was reported in time"}};
}

}  // namespace

bool RankedMatch::plays(UserId user) const { return std::ranges::find(what.players, user) != what.players.end(); }

std::optional<Instant> RankedMatch::next_deadline() const {
    if (!exists || status != RankedStatus::in_progress) return std::nullopt;
    if (claimed_at) return *claimed_at + std::chrono::seconds(what.rules.confirm_s);
    return started_at + std::chrono::seconds(what.rules.limit_s);
}

Result<Events> decide(const RankedMatch& match, const RankedMatchCommand& command, Instant now) {
    if (!match.exists) return refused(Code::not_found, "no such match");
    return std::visit(overloaded{
                          [&](const ClaimResult& c) { return claim(match, c); },
                          [&](const ConfirmResult& c) { return confirm(match, c); },
                          [&](const DisputeResult& c) { return dispute(match, c); },
                          [&](const AdvanceMatch&) -> Result<Events> { return advance(match, now); },
                          [&](const CancelMatch& c) -> Result<Events> {
                              if (match.is_over()) return Events{};
                              return Events{RankedMatchCancelled{c.why}};
                          },
                      },
                      command);
}

void evolve(RankedMatch& match, const RankedMatchEvent& event, Instant at) {
    std::visit(overloaded{
                   [&](const RankedMatchStarted& e) {
                       match = {};
                       match.exists = true;
                       match.what = e;
                       match.started_at = at;
                   },
                   [&](const RankedResultClaimed& e) {
                       match.result = e.result;
                       match.claimed_by = e.by;
                       match.claimed_at = at;
                   },
                   [&](const RankedResultDisputed& e) {
                       match.status = RankedStatus::disputed;
                       match.dispute = e;
                   },
                   [&](const RankedMatchCompleted& e) {
                       match.status = RankedStatus::completed;
                       match.result = MatchResult{e.winner, e.score.at(0), e.score.at(1)};
                       match.ended_at = at;
                   },
                   [&](const RankedMatchCancelled&) {
                       match.status = RankedStatus::cancelled;
                       match.ended_at = at;
                   },
               },
               event);
}

}  // namespace agon::ranked
