#include "core/ranked/ranked_match.hpp"

#include <doctest/doctest.h>

#include "core/matchmaking/pool_testing.hpp"

namespace agon::ranked {

using matchmaking::testing::at;
using matchmaking::testing::player;

namespace {

const UserId ana = player(1), ben = player(2), eve = player(3);

struct Played {
    RankedMatch match;
    std::string types;

    explicit Played(MatchRules rules = {}) {
        evolve(match, RankedMatchStarted{"q", "pool", "", {ana, ben}, {1200, 1210}, {}, rules}, at(0));
    }
    /// The refusal, or nothing.
    std::string run(const RankedMatchCommand& command, Instant now = at(10)) {
        auto events = decide(std::as_const(match), command, now);
        if (!events) return events.error().message;
        types.clear();
        for (const auto& event : *events) {
            std::visit(
                [&](const auto& e) { types += std::string(codec::type_name<std::decay_t<decltype(e)>>()) + " "; },
                event);
            evolve(match, event, now);
        }
        return {};
    }
    std::string claim(UserId by, std::optional<UserId> winner, std::int64_t a, std::int64_t b, bool admin = false) {
        return run(ClaimResult{by, admin, {winner, a, b}});
    }
};

constexpr MatchRules confirmed{.confirm_results = true};

}  // namespace

TEST_CASE("the first good result counts; the same again changes nothing, another is a conflict") {
    Played p;
    CHECK(p.claim(ana, ben, 8, 11).empty());
    CHECK(p.types == "RankedResultClaimed RankedMatchCompleted ");
    CHECK(p.match.status == RankedStatus::completed);
    CHECK(p.match.result == MatchResult{ben, 8, 11});
    CHECK(p.claim(ben, ben, 8, 11).empty());
    CHECK(p.types.empty());
    CHECK(p.claim(ben, ana, 11, 8) == "the match has another result");
    CHECK_FALSE(p.match.next_deadline().has_value());
}

TEST_CASE("a result that cannot be is refused, and so is one of somebody else") {
    Played p;
    CHECK(p.claim(eve, ana, 11, 8) == "does not play in this match");
    CHECK(p.claim(ana, eve, 11, 8) == "must be one of the two players");
    CHECK(p.claim(ana, std::nullopt, 8, 8) == "must be one of the two players");
    CHECK(p.claim(ana, ana, 8, 11) == "the scores do not agree with the winner");
    CHECK(p.claim(ana, ana, 8, 8) == "the scores do not agree with the winner");
    CHECK(p.claim(ana, ben, -1, 8) == "must not be negative");
    CHECK(p.claim(ana, ben, 11, 8) == "the scores do not agree with the winner");
    CHECK(p.match.status == RankedStatus::in_progress);
    CHECK(decide(RankedMatch{}, ConfirmResult{ana}, at(0)).error().code == Code::not_found);
}

TEST_CASE("a draw is a result where the rules say so") {
    Played p({.draws = true});
    CHECK(p.claim(ana, std::nullopt, 5, 4) == "nobody won with unequal scores");
    CHECK(p.claim(ana, std::nullopt, 5, 5).empty());
    CHECK(p.match.status == RankedStatus::completed);
    CHECK(p.match.result == MatchResult{std::nullopt, 5, 5});
}

TEST_CASE("with confirmation a result counts once the opponent confirms it or reports the same") {
    for (const bool by_report : {false, true}) {
        Played p(confirmed);
        CHECK(p.run(ConfirmResult{ben}) == "no result was reported yet");
        CHECK(p.claim(ana, ana, 11, 8).empty());
        CHECK(p.types == "RankedResultClaimed ");
        CHECK(p.claim(ana, ana, 11, 8).empty());
        CHECK(p.types.empty());
        CHECK(p.claim(ana, ana, 11, 9) == "another result was reported; confirm it or dispute it");
        CHECK(p.run(ConfirmResult{ana}) == "that is for the opponent to say");
        CHECK(p.run(ConfirmResult{eve}) == "does not play in this match");
        CHECK((by_report ? p.claim(ben, ana, 11, 8) : p.run(ConfirmResult{ben})).empty());
        CHECK(p.types == "RankedMatchCompleted ");
        CHECK(p.match.status == RankedStatus::completed);
        CHECK(p.run(ConfirmResult{ben}).empty());
        CHECK(p.types.empty());
        CHECK(p.run(DisputeResult{ben, "late"}) == "the result counts already");
    }
}

TEST_CASE("a disputed result waits for an admin, whose word counts at once") {
    Played p(confirmed);
    CHECK(p.claim(eve, ben, 8, 11, true) == "does not play in this match");
    p.claim(ana, ana, 11, 8);
    CHECK(p.claim(eve, ana, 11, 8, true) == "does not play in this match");
    CHECK(p.run(DisputeResult{ana, ""}) == "that is for the opponent to say");
    CHECK(p.run(DisputeResult{ben, "I won"}).empty());
    CHECK(p.run(DisputeResult{ben, "again"}).empty());
    CHECK(p.types.empty());
    CHECK(p.match.status == RankedStatus::disputed);
    CHECK_FALSE(p.match.next_deadline().has_value());
    CHECK(p.run(ConfirmResult{ben}) == "the result is disputed; an admin decides");
    CHECK(p.claim(ben, ben, 8, 11) == "the result is disputed; an admin decides");
    CHECK(p.claim(eve, ben, 8, 11, true).empty());
    CHECK(p.claim(eve, ben, 8, 11, true).empty());
    CHECK(p.types.empty());
    CHECK(p.match.status == RankedStatus::completed);
    CHECK(p.match.result == MatchResult{ben, 8, 11});
}

TEST_CASE("silence confirms, and a match without a result is cancelled at its limit") {
    Played p(confirmed);
    CHECK(p.match.next_deadline() == at(7200));
    p.claim(ana, ana, 11, 8);
    CHECK(p.match.next_deadline() == at(610));
    p.run(AdvanceMatch{}, at(609.999999));
    CHECK(p.types.empty());
    p.run(AdvanceMatch{}, at(610));
    CHECK(p.types == "RankedMatchCompleted ");
    Played forgotten;
    forgotten.run(AdvanceMatch{}, at(7200));
    CHECK(forgotten.types == "RankedMatchCancelled ");
    CHECK(forgotten.claim(ana, ana, 11, 8) == "match is cancelled");
    CHECK(forgotten.run(ConfirmResult{ana}) == "match is cancelled");
}

}  // namespace agon::ranked
