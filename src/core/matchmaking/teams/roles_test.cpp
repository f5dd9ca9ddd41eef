#include "core/matchmaking/teams/roles.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "base/prng.hpp"

namespace agon::matchmaking::teams {

namespace {

using RoleRule = TeamRules::RoleRule;

std::optional<RoleAssignment> assigned(const std::vector<Member>& team, RoleRule rule) {
    std::vector<const Member*> list;
    for (const auto& m : team) list.push_back(&m);
    return assign_roles(list, rule);
}

/// By trying every order of roles.
double least_displeasure(const std::vector<Member>& team, RoleRule rule) {
    std::vector<unsigned> order;
    for (unsigned i = 0; i < team.size(); ++i) order.push_back(i);
    double least = HUGE_VAL;
    do {
        double sum = 0;
        for (std::size_t i = 0; i < team.size(); ++i) {
            const auto& m = team[i];
            const bool any = (m.wants | m.accepts) == 0, wanted = (m.wants >> order[i] & 1) != 0;
            const bool agreeable = (m.accepts >> order[i] & 1) != 0;
            sum += any || wanted ? 0 : agreeable ? 1 : rule == RoleRule::strict ? HUGE_VAL : 3 + 2.0 * m.autofilled;
        }
        least = std::min(least, sum);
    } while (std::ranges::next_permutation(order).found);
    return least;
}

}  // namespace

TEST_CASE("everybody gets the role that they ask for, where that can be") {
    const auto found = assigned({{.wants = 0b010}, {.wants = 0b011}, {.wants = 0b110}}, RoleRule::strict);
    REQUIRE(found);
    CHECK(found->displeasure == 0);
    CHECK(found->role[0] == 1);
    CHECK(found->role[1] == 0);
    CHECK(found->role[2] == 2);
}

TEST_CASE("two who play the same one role only are no team, unless one may be given another") {
    const std::vector<Member> team = {{.wants = 0b01}, {.wants = 0b01, .autofilled = 1}};
    CHECK(!assigned(team, RoleRule::strict));
    const auto found = assigned(team, RoleRule::autofill);
    REQUIRE(found);
    CHECK(found->displeasure == 3);
    CHECK(found->role[0] == 1);  // who was given another role last time is spared
}

TEST_CASE("the assignment displeases as little as the best of all orders, and Hall's test is its yes or no") {
    Prng prng(5);
    for (int i = 0; i < 2000; ++i) {
        std::vector<Member> team(1 + prng.below(5));
        const auto all = (1u << team.size()) - 1;
        for (auto& m : team) {
            m.wants = static_cast<Roles>(prng.next() & prng.next() & all);
            m.accepts = static_cast<Roles>(prng.next() & prng.next() & all);
            m.autofilled = static_cast<std::uint32_t>(prng.below(3));
        }
        std::vector<const Member*> list;
        for (const auto& m : team) list.push_back(&m);
        for (const auto rule : {RoleRule::strict, RoleRule::autofill}) {
            const auto found = assigned(team, rule);
            CHECK((found ? found->displeasure : HUGE_VAL) == least_displeasure(team, rule));
        }
        CHECK(roles_suffice(list, team.size()) == (least_displeasure(team, RoleRule::strict) < HUGE_VAL));
    }
}

}  // namespace agon::matchmaking::teams
