#include <doctest/doctest.h>

#include "core/trf/trf_testing.hpp"

namespace agon::trf {

using namespace testing;

namespace {

Report report_of(const std::string& file) {
    const auto report = read(file);
    REQUIRE_MESSAGE(report, refusal_of(file));
    return *report;
}

}  // namespace

TEST_CASE("trf: the cross table has a row for each player and an entry for each round played") {
    const auto table = cross_table(report_of("XXR 4\n" + player_line(2, "", "   9 w 1  0000 - F") +
                                             player_line(5, "", "0000 - U     9 b -") +
                                             player_line(9, "", "   2 b 0     5 w +") + player_line(10, "")));
    CHECK(table.players.size() == 4);
    CHECK(table.total_rounds == 4);
    CHECK(table.rounds_played() == 2);
    CHECK(table.players[0].rating == 1998);
    using Rounds = std::vector<standings::Round>;
    CHECK(table.players[0].rounds == Rounds{{2, Colour::white, Outcome::win}, {.outcome = Outcome::full_bye}});
    CHECK(table.players[1].rounds ==
          Rounds{{.outcome = Outcome::pairing_bye}, {2, Colour::black, Outcome::forfeit_loss}});
    CHECK(table.players[2].rounds ==
          Rounds{{0, Colour::black, Outcome::loss}, {1, Colour::white, Outcome::forfeit_win}});
    CHECK(table.players[3].rounds == Rounds(2));
}

TEST_CASE("trf: a round is played once somebody was paired in it, or once everybody has an entry") {
    CHECK(rounds_played(report_of(player_line(1, ""))) == 0);
    CHECK(rounds_played(report_of(small_event())) == 2);
    CHECK(rounds_played(report_of(with(small_event(), "   4 w =", "   4 w =  0000 - H"))) == 2);
    CHECK(rounds_played(report_of(player_line(1, "", "0000 - H") + player_line(2, "", "0000 - Z"))) == 1);
    CHECK(rounds_played(report_of(player_line(1, "", "0000 - H") + player_line(2, ""))) == 0);
}

TEST_CASE("trf: byes known beforehand come from the players' entries and records 240 and XXZ") {
    const auto file = with(small_event(), "   4 w =", "   4 w =  0000 - H") + "240 Z 003    2\n240 Z 004    3\nXXZ 4\n";
    CHECK(facts_of_round(report_of(file), 3, 3).present == std::vector{false, false, true, false});
    // In a round that was played, those were there whom it paired.
    CHECK(facts_of_round(report_of(file), 2, 3).present == std::vector{true, true, true, true});
}

TEST_CASE("trf: the initial colour is what the file says, else what the highest player of round 1 had") {
    CHECK(facts_of_round(report_of(small_event()), 3, 3).initial_colour == Colour::white);
    CHECK(facts_of_round(report_of(small_event() + "152 B\n"), 3, 3).initial_colour == Colour::black);
    // The first player with a colour is the second who took part: the other colour was drawn.
    const auto bye_first =
        player_line(1, "", "0000 - U") + player_line(2, "", "   3 w 1") + player_line(3, "", "   2 b 0");
    CHECK(facts_of_round(report_of(bye_first), 2, 3).initial_colour == Colour::black);
    const auto absent_first =
        player_line(1, "", "0000 - Z") + player_line(2, "", "   3 w 1") + player_line(3, "", "   2 b 0");
    CHECK(facts_of_round(report_of(absent_first), 2, 3).initial_colour == Colour::white);
    CHECK(facts_of_round(report_of(player_line(1, "")), 1, 3).initial_colour == Colour::none);
}

TEST_CASE("trf: pairs are forbidden in the rounds that their record names") {
    const auto report = report_of(small_event() + "260 001 002    1    2    3\nXXP 4 1\n");
    using Pairs = std::vector<std::pair<Row, Row>>;
    CHECK(facts_of_round(report, 2, 3).forbidden == Pairs{{0, 1}, {0, 2}, {1, 2}, {3, 0}});
    CHECK(facts_of_round(report, 3, 3).forbidden == Pairs{{3, 0}});
}

TEST_CASE("trf: acceleration comes from the players, else from record 250, else by Baku") {
    using Table = std::vector<std::vector<Points>>;
    CHECK(facts_of_round(report_of(small_event()), 3, 5).acceleration.empty());
    const auto ranges =
        report_of(with(small_event(), "XXR 3", "XXR 5") + "250       1.0 001 002    1    2\nXXA    2  0.5\n");
    CHECK(facts_of_round(ranges, 3, 5).acceleration == Table{{10, 10, 0}, {5, 10, 0}, {0, 0, 0}, {0, 0, 0}});
    const auto baku = report_of(with(small_event(), "XXR 3", "XXR 5") + "192 FIDE_DUTCH_2025_BAKU\n");
    CHECK(facts_of_round(baku, 3, 5).acceleration == Table{{10, 10, 5}, {10, 10, 5}, {0, 0, 0}, {0, 0, 0}});
}

}  // namespace agon::trf
