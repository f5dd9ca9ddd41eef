#include "core/formats/why.hpp"

#include <doctest/doctest.h>

#include "core/formats/double_elimination.hpp"
#include "core/formats/round_robin.hpp"
#include "core/formats/single_elimination.hpp"

namespace agon::formats {

namespace {

Stage stage_of(const Format& format, std::uint32_t entrants, StageOptions options = {}) {
    return Stage(format, Settings{.entrants = entrants, .options = std::move(options)});
}

}  // namespace

TEST_CASE("why: single elimination") {
    const auto five = stage_of(single_elimination, 5, {.third_place = true});
    CHECK(why(five, 1) == "seed 1 has a bye: 5 entrants leave 3 of the 8 lines empty, and the top 3 seeds have it");
    CHECK(
        why(five, 2) ==
        "seed 4 meets seed 5: in the standard order of 8 lines the two of a match in round 1 add up to 9, and seeds 1 "
        "and 2 can meet in the bracket's last round only");
    CHECK(why(five, 5) == "the winner of match 1 meets the winner of match 2");
    CHECK(why(five, 8) == "the losers of the semi-finals, matches 5 and 6, play for third place");
    CHECK(why(five, 5, 101) == "the winner of match 101 meets the winner of match 102");
    CHECK(why(stage_of(single_elimination, 7), 1) ==
          "seed 1 has a bye: 7 entrants leave 1 of the 8 lines empty, and the top seed has it");
}

TEST_CASE("why: where somebody is missing, the sentence says so") {
    auto stage = stage_of(single_elimination, 4);
    stage.vacate(3);
    CHECK(why(stage, 1).ends_with("; seed 4 was taken out before it played"));
    stage.complete(2, {.forfeit = true});
    CHECK(why(stage, 3) == "the winner of match 1 meets the winner of match 2; nobody comes from match 2");
}

TEST_CASE("why: double elimination") {
    const auto eight = stage_of(double_elimination, 8);
    CHECK(why(eight, 7) == "the losers of matches 1 and 2 of round 1 meet");
    CHECK(why(eight, 9) ==
          "the loser of match 6, of winners' round 2, drops here and meets the winner of match 7; whom it has beaten "
          "before it can meet again from losers' round 3 on");
    CHECK(why(eight, 13) ==
          "the loser of match 11, of winners' round 3, drops here and meets the winner of match 12; whom it has beaten "
          "before may have come this far too");
    CHECK(why(eight, 14) ==
          "the winner of the winners bracket (match 11) meets the winner of the losers bracket (match 13)");
    const auto five = stage_of(double_elimination, 5);
    CHECK(why(five, 7) == "the loser of match 2 has a bye: match 1 was one, so nobody drops from it");
    CHECK(why(five, 8) == "nobody comes here: matches 3 and 4 of round 1 were byes");
    CHECK(why(stage_of(double_elimination, 2), 2) ==
          "two entrants have no losers bracket: the winner of match 1 meets its loser again");
}

TEST_CASE("why: the second final") {
    auto stage = stage_of(double_elimination, 2);
    stage.complete(1, {.winner_side = 0});
    stage.complete(2, {.winner_side = 1});
    stage.draw(double_elimination.next(stage).rounds);
    CHECK(why(stage, 3) == "the undefeated has lost the first final, so both have lost once; sides are changed");
}

TEST_CASE("why: round robin") {
    const auto six = stage_of(round_robin, 6, {.rounds = 2});
    CHECK(why(six, 7) == "round 3 of the Berger table for 6: number 2 is at home to number 6");
    CHECK(why(six, 16) ==
          "round 1 of the Berger table for 6: number 6 is at home to number 1; in cycle 2 of 2 sides are changed");
    CHECK(why(stage_of(round_robin, 5), 1) ==
          "round 1 of the Berger table for 6: number 2 is at home to number 5; of 5 entrants one a round is free, as "
          "number 6 does not exist");
    const Stage groups(round_robin, {.entrants = 4, .options = {.groups = 2}, .group_of = {0, 1, 1, 0}});
    CHECK(why(groups, 2) == "round 1 of the Berger table for 2: number 1 is at home to number 2; in group 2");
}

TEST_CASE("why: the round of the Berger table is the one in which the two meet") {
    for (std::uint32_t n = 2; n <= 31; ++n)
        for (std::uint32_t r = 1; r < n + n % 2; ++r)
            for (const auto& [home, away] : berger_round(r, n)) CHECK(berger_round_of(home, away, n) == r);
}

}  // namespace agon::formats
