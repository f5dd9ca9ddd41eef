#include <doctest/doctest.h>

#include "core/standings/standings.hpp"
#include "core/standings/standings_testing.hpp"
#include "core/standings/text.hpp"
#include "core/standings/tiebreak.hpp"

namespace agon::standings {

namespace {

using testing::table_of;

/// The example of docs/formats/standings.md: five rounds of six, with a bye of each kind, a forfeit and an early end.
CrossTable club() {
    return table_of(
        {
            "4w1 2b= H 5w1 3b1",  //
            "5b1 1w= 3b0 4w+ 6b=",
            "6w= 5b1 2w1 U 1w0",  //
            "1b0 6w1 5b= 2b- Z",  //
            "2w0 3w0 4w= 1b0 U",  //
            "3b= 4b0 Z Z 2w=",
        },
        {2000, 1900, 1800, 1700, 1600, 0});
}

std::string why(TieBreak tiebreak, Row row, Edition edition = Edition::fide_2026) {
    return explain(club(), {.tiebreaks = {TieBreak::direct_encounter}, .edition = edition, .lots_seed = 7}, tiebreak,
                   row);
}

}  // namespace

TEST_CASE("a Buchholz is explained by the opponents' points") {
    CHECK(explain(table_of({"2w1 3b=", "1b0 4w0", "4w1 1w=", "3b0 2b1"}), {}, TieBreak::buchholz, 0) ==
          "Buchholz 1.5: opponents' points 0 + 1.5");
}

TEST_CASE("the dummy opponent of a bye or a forfeit is explained, and an opponent who left") {
    CHECK(
        why(TieBreak::buchholz, 0) ==
        "Buchholz 12.5: opponents' points 2 + 3 + 2.5 + 1.5 + 3.5; No. 4 counts with 2 points instead of 1.5, as byes "
        "at the end count as draws; round 3: a bye counts as an opponent with 2.5 points (half the rounds)");
    CHECK(
        why(TieBreak::buchholz, 1) ==
        "Buchholz 12: opponents' points 1.5 + 4 + 3.5 + 2 + 1; round 4: a forfeit counts as an opponent with 2 points "
        "(those of the opponent who was scheduled)");
    CHECK(
        why(TieBreak::buchholz, 1, Edition::fide_2023) ==
        "Buchholz 13: opponents' points 1.5 + 4 + 3.5 + 3 + 1; round 4: a forfeit counts as an opponent with 3 points "
        "(the player's own)");
}

TEST_CASE("one point is singular") {
    CHECK(why(TieBreak::buchholz, 5) ==
          "Buchholz 10.5: opponents' points 3.5 + 2 + 1 + 1 + 3; No. 4 counts with 2 points instead of 1.5, as byes at "
          "the end count as draws; round 3: an absence counts as an opponent with 1 point (the player's own); round 4: "
          "an absence counts as an opponent with 1 point (the player's own)");
}

TEST_CASE("what a cut leaves out is explained") {
    CHECK(why(TieBreak::buchholz_cut1, 0) ==
          "Buchholz Cut-1 10: opponents' points 2 + 3 + 2.5 + 1.5 + 3.5, without 2.5 of round 3, which was unplayed by "
          "choice; No. 4 counts with 2 points instead of 1.5, as byes at the end count as draws; round 3: a bye counts "
          "as an opponent with 2.5 points (half the rounds)");
    CHECK(
        why(TieBreak::buchholz_median1, 2) ==
        "Buchholz Median-1 7: opponents' points 1 + 1.5 + 3 + 2.5 + 4, without 1, that of the opponent with the fewest "
        "points, without the highest, 4; round 4: a bye counts as an opponent with 2.5 points (half the rounds)");
}

TEST_CASE("other sums over opponents are explained") {
    CHECK(why(TieBreak::fore_buchholz, 2) ==
          "Fore Buchholz 11.5: with draws in the last round, opponents' points 1 + 1.5 + 3 + 2.5 + 3.5; round 4: a bye "
          "counts as an opponent with 2.5 points (half the rounds)");
    CHECK(why(TieBreak::average_buchholz, 0) ==
          "Average of Opponents' Buchholz 11.88: the opponents' Buchholz (9.5 + 12 + 14 + 12) / 4");
    CHECK(why(TieBreak::sonneborn_berger, 3) ==
          "Sonneborn-Berger 1.75: points times the opponent's points 0×4 + 1×1 + 0.5×1.5 + 0×1.5 + 0×1.5; round 4: a "
          "forfeit counts as an opponent with 1.5 points (the player's own); round 5: an absence counts as an opponent "
          "with 1.5 points (the player's own)");
    CHECK(why(TieBreak::koya, 1) ==
          "Koya 0.5: from opponents who have at least half of the possible points, 0.5 against No. 1 and 0 against "
          "No. 3");
}

TEST_CASE("counts are explained by the rounds or figures they are made of") {
    CHECK(why(TieBreak::points, 0) == "Points 4: 1 + 0.5 + 0.5 + 1 + 1");
    CHECK(why(TieBreak::wins, 2) == "Wins 3: rounds 2, 3 and 4");
    CHECK(why(TieBreak::games_won_over_the_board, 4) == "Games won 0");
    CHECK(why(TieBreak::black_games, 0) == "Games with black 2: rounds 2 and 5");
    CHECK(why(TieBreak::black_wins, 0) == "Wins with black 1: round 5");
    CHECK(why(TieBreak::progressive, 3) == "Progressive scores 5.5: points after each round 0 + 1 + 1.5 + 1.5 + 1.5");

    const auto match = table_of({"2x1/2:1 2x0/0:2", "1x0/1:2 1x1/2:0"});
    CHECK(explain(match, {}, TieBreak::game_wins, 0) == "Games won in matches 2: 2 + 0");
    CHECK(explain(match, {}, TieBreak::game_difference, 0) == "Game difference -1: 2 won, 3 lost");
}

TEST_CASE("what comes from ratings is explained") {
    CHECK(why(TieBreak::average_rating, 0) == "Average rating of opponents 1750: (1700 + 1900 + 1600 + 1800) / 4");
    CHECK(why(TieBreak::performance, 0) ==
          "Performance rating 2086: the opponents' average 1750 plus 336 for 3.5 out of 4 (88 %)");
    CHECK(why(TieBreak::performance, 4) ==
          "Performance rating 1528: the opponents' average 1850 less 322 for 0.5 out of 4 (13 %)");
    CHECK(why(TieBreak::rating, 0) == "Rating 2000");
    CHECK(why(TieBreak::rating, 5) == "Rating 0: not rated");
}

TEST_CASE("direct encounter names the games among those who are equal before it") {
    CHECK(why(TieBreak::direct_encounter, 0) == "Direct encounter –: nobody is equal up to here");
    CHECK(why(TieBreak::direct_encounter, 3) ==
          "Direct encounter 1: place among the 2 who are equal up to here, with 0.5 against No. 5");
    const auto three = table_of({"4w1 5b0", "3w1 4b0", "2b0 6w1", "1b0 2w1", "6b0 1w1", "5w1 3b0"});
    CHECK(explain(three, {}, TieBreak::direct_encounter, 1) ==
          "Direct encounter 1: place among the 6 who are equal up to here, with 1 against No. 3 and 0 against No. 4; 3 "
          "of them not met");
    // After another tie-break, only those whom it left equal.
    CHECK(explain(club(), {.tiebreaks = {TieBreak::rating, TieBreak::direct_encounter}}, TieBreak::direct_encounter,
                  3) == "Direct encounter –: nobody is equal up to here");
}

TEST_CASE("a lot tells the seed it was drawn from") {
    CHECK(why(TieBreak::lots, 0) == "Lot 2: of 6, drawn from the seed 7; the lowest lot goes first");
}

TEST_CASE("before the first round there is nothing to explain, and nothing fails") {
    for (const auto* rule : all_tiebreaks()) {
        const auto sentence = explain(table_of({"", ""}), {}, rule->tiebreak, 1);
        CHECK(sentence.starts_with(rule->title));
    }
    CHECK(explain(table_of({"", ""}), {}, TieBreak::buchholz, 0) == "Buchholz 0: no opponents yet");
}

TEST_CASE("values are written as the handbook prints them") {
    CHECK(value_text(TieBreak::buchholz, 1250) == "12.5");
    CHECK(value_text(TieBreak::buchholz, 1200) == "12");
    CHECK(value_text(TieBreak::sonneborn_berger, 825) == "8.25");
    CHECK(value_text(TieBreak::sonneborn_berger, 800) == "8.00");
    CHECK(value_text(TieBreak::average_rating, 182000) == "1820");
    CHECK(value_text(TieBreak::game_difference, -300) == "-3");
    CHECK(value_text(TieBreak::direct_encounter, 200) == "2");
    CHECK(value_text(TieBreak::direct_encounter, 0) == "–");
    CHECK(value_text(TieBreak::sonneborn_berger, -50) == "-0.50");
    CHECK(number_text(-105) == "-1.05");
}

TEST_CASE("the guide's figures are right") {
    using enum TieBreak;
    enum { ana, ben, cem, dia, eva };
    const auto value = [](TieBreak tiebreak, Row row, Edition edition = Edition::fide_2026) {
        for (const auto& s : rank(club(), {.tiebreaks = {tiebreak}, .edition = edition}))
            if (s.row == row) return value_text(tiebreak, s.values.back());
        return std::string{};
    };
    CHECK(value(buchholz, ana) == "12.5");
    CHECK(value(buchholz, ana, Edition::fide_2023) == "14");
    CHECK(value(buchholz_cut1, ana) == "10");
    CHECK(value(buchholz_cut1, cem) == "11");
    CHECK(value(buchholz_cut1, dia) == "8");
    CHECK(value(buchholz_cut1, eva) == "12.5");
    CHECK(value(buchholz_median1, cem) == "7");
    CHECK(value(fore_buchholz, cem) == "11.5");
    CHECK(value(average_buchholz, ana) == "11.88");
    CHECK(value(sonneborn_berger, cem) == "7.50");
    CHECK(value(sonneborn_berger_cut1, cem) == "7.00");
    CHECK(value(koya, ben) == "0.5");
    CHECK(value(wins, cem) == "3");
    CHECK(value(games_won_over_the_board, cem) == "2");
    CHECK(value(black_games, ana) == "2");
    CHECK(value(black_wins, ana) == "1");
    CHECK(value(progressive, dia) == "5.5");
    CHECK(value(average_rating, ana) == "1750");
    CHECK(value(performance, ana) == "2086");
    CHECK(value(direct_encounter, dia) == "1");
    CHECK(value(direct_encounter, eva) == "1");
}

}  // namespace agon::standings
