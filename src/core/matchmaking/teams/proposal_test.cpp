#include "core/matchmaking/teams/proposal.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/matchmaking/teams/teams_testing.hpp"

namespace agon::matchmaking::teams {

using namespace testing;

namespace {

std::optional<Proposal> best(const std::vector<Party>& parties, const TeamRules& rules, Instant now = at(10)) {
    std::vector<const Party*> list;
    for (const auto& p : parties) list.push_back(&p);
    return best_match(list, rules, Windows(rules.pool), now);
}

std::vector<Party> solos(std::vector<double> ratings, Instant since = at(0)) {
    std::vector<Party> all;
    for (const auto r : ratings) all.push_back(waiting(party(all.size(), {r}), since));
    return all;
}

}  // namespace

TEST_CASE("equal sides are even, 400 points are ten to one, and unsure ratings move less") {
    const auto rules = rules_of(1);
    const auto a = party(1, {1600}), b = party(2, {1200});
    auto unsure = b;
    unsure.members[0].deviation = 200;
    const Party *x = &a, *y = &b, *z = &unsure;
    CHECK(win_probability(std::span(&x, 1), std::span(&x, 1), rules) == doctest::Approx(0.5));
    CHECK(win_probability(std::span(&x, 1), std::span(&y, 1), rules) == doctest::Approx(10.0 / 11));
    const auto less = win_probability(std::span(&x, 1), std::span(&z, 1), rules);
    CHECK(less < 0.9);
    CHECK(less > 0.8);
}

TEST_CASE("ten solos are split so that both sides are as likely to win as can be") {
    const auto found = best(solos({1200, 1210, 1220, 1230, 1240, 1250, 1260, 1270, 1280, 1290}), rules_of(5));
    REQUIRE(found);
    CHECK(found->sides[0].size() == 5);
    CHECK(found->sides[1].size() == 5);
    CHECK(found->win_probability == doctest::Approx(0.5).epsilon(0.01));
}

TEST_CASE("a party stays together, and knowing each other is worth points") {
    std::vector<Party> all = {waiting(party(0, {1200, 1200}), at(0))};
    for (std::uint64_t i = 0; i < 2; ++i) all.push_back(waiting(party(10 + i, {1200}), at(0)));
    const auto found = best(all, rules_of(2));
    REQUIRE(found);
    CHECK(found->sides == std::vector<std::vector<std::size_t>>{{0}, {1, 2}});
    CHECK(found->win_probability > 0.5);
}

TEST_CASE("three parties of two are no match of three against three, with two solos they are none either") {
    std::vector<Party> all;
    for (std::uint64_t i = 0; i < 3; ++i) all.push_back(waiting(party(10 * i, {1200, 1200}), at(0)));
    CHECK(!best(all, rules_of(3)));
    for (std::uint64_t i = 0; i < 2; ++i) all.push_back(waiting(party(100 + i, {1200}), at(0)));
    const auto found = best(all, rules_of(3));
    REQUIRE(found);  // two parties, and a solo for each
    CHECK(found->sides[0].size() == 2);
    CHECK(found->sides[1].size() == 2);
}

TEST_CASE("a strong player does not hide behind weak friends") {
    const auto rules = rules_of(3);
    CHECK(placing(party(0, {2000, 800, 800}), rules) == 1700);
    CHECK(placing(party(0, {1200, 1200}), rules) == 1210);
    CHECK(strength(party(0, {1200, 1300}), rules) == 2520);
}

TEST_CASE("every two of a match are within both windows, not only of the first") {
    CHECK(!best(solos({1200, 1110, 1290, 1200}), rules_of(2)));  // 1110 and 1290
    CHECK(best(solos({1200, 1150, 1250, 1200}), rules_of(2)));
}

TEST_CASE("the match is where the longest round trip is the shortest, and within everybody's cap") {
    auto rules = rules_of(1);
    rules.regions = 3;
    std::vector<Party> all = {waiting(party(1, {1200}, 3), at(0)), waiting(party(2, {1200}, 3), at(0))};
    all[0].rtt_ms = {20, 60, -1};
    all[1].rtt_ms = {79, 50, 10};
    REQUIRE(best(all, rules));
    CHECK(best(all, rules)->region == 1);
    all[0].rtt_ms = {20, 90, -1};
    all[1].rtt_ms = {95, 50, 10};
    CHECK(!best(all, rules));
    CHECK(best(all, rules, at(60))->region == 1);  // a step later the cap is 100
}

TEST_CASE("those who have waited longer go first, where that costs less than it is worth") {
    auto all = solos({1200, 1210, 1190});
    all[2].enqueued_at = at(-60);
    const auto found = best(all, rules_of(1));
    REQUIRE(found);
    CHECK(found->sides == std::vector<std::vector<std::size_t>>{{0}, {2}});
}

TEST_CASE("a free-for-all takes as many as it needs, the closest") {
    auto rules = rules_of(1);
    rules.sides = 4;
    const auto found = best(solos({1200, 1280, 1210, 1220, 1230}), rules);
    REQUIRE(found);
    CHECK(found->sides == std::vector<std::vector<std::size_t>>{{0}, {2}, {3}, {4}});
}

TEST_CASE("with strict roles both teams can play, or there is no match") {
    auto rules = rules_of(2);
    rules.roles = TeamRules::RoleRule::strict;
    auto all = solos({1200, 1200, 1200, 1200});
    all[0].members[0].wants = all[1].members[0].wants = 0b01;
    all[2].members[0].wants = all[3].members[0].wants = 0b10;
    const auto found = best(all, rules);
    REQUIRE(found);
    CHECK(found->roles[0] == std::vector<std::uint8_t>{0, 1});
    all[2].members[0].wants = 0b01;
    CHECK(!best(all, rules));
    rules.roles = TeamRules::RoleRule::autofill;
    CHECK(best(all, rules));
}

TEST_CASE("rules and parties out of bounds are refused with a pointer") {
    CHECK(check(rules_of(5)));
    CHECK(check(rules_of(6)).error().pointer == "/team_size");
    auto many = rules_of(2);
    many.sides = 3;
    CHECK(check(many).error().pointer == "/sides");
    CHECK(check(party(1, {1, 2, 3}), rules_of(2)).error().pointer == "/members");
    CHECK(check(party(1, {1, NAN}), rules_of(2)).error().pointer == "/members/1");
    CHECK(check(party(1, {1}, 2), rules_of(2)).error().pointer == "/rtt_ms");
}

}  // namespace agon::matchmaking::teams
