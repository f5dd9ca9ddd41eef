#include <doctest/doctest.h>

#include "core/trf/trf_testing.hpp"

namespace agon::trf {

using namespace testing;

namespace {

/// Everything that a report can hold.
Report full_report() {
    auto report = *read(small_event());
    report.city = "Łódź";
    report.federation = "POL";
    report.start_date = "2026/03/07";
    report.deputies = {"Ben", "Cem"};
    report.round_dates = {"26/03/07", "", "26/03/09"};
    report.initial_colour = Colour::black;
    report.scoring = {.win = 30,
                      .draw = 10,
                      .loss = 1,
                      .forfeit_win = 20,
                      .forfeit_loss = 3,
                      .pairing_bye = 25,
                      .full_bye = 29,
                      .half_bye = 11,
                      .absent = 2};
    report.ranking_method = "POL FIDON";
    report.type_code = "FIDE_DUTCH_2025_BAKU";
    report.byes = {{Outcome::half_bye, 3, {1, 4}}, {Outcome::full_bye, 2, {}}};
    report.accelerations = {{10, 1, 3, 1, 2}};
    report.forbidden = {{1, 2, {1, 2, 3}}, {0, 0, {3, 4}}};
    report.absent = {2, 3};
    for (auto& player : report.players) player.points = std::nullopt;
    auto& first = report.players.front();
    first = {.number = 1,
             .sex = "w",
             .title = "WGM",
             .name = "Żółć, Ä",
             .rating = 2452,
             .federation = "POL",
             .fide_id = "1101",
             .birth_date = "1990/01/02",
             .points = {},
             .rank = 2,
             .rounds = first.rounds,
             .acceleration = {10, 0, 5}};
    report.others = {"### a comment  ", "310   1 Team", "013 \xff bytes"};
    return report;
}

}  // namespace

TEST_CASE("trf: what was written reads as the same report, and is written the same again") {
    const auto report = full_report();
    const auto file = write(report);
    const auto again = read(file);
    REQUIRE_MESSAGE(again, refusal_of(file));
    CHECK(*again == report);
    CHECK(write(*again) == file);
}

TEST_CASE("trf: a file has its fields in the handbook's columns") {
    CHECK(write(*read(small_event())) ==
          "012 Small event\r\n142 3\r\nXXR 3\r\n"
          "001    1      Player 1                          1999                             1.5          3 w 1     4 "
          "w =\r\n"
          "001    2      Player 2                          1998                             0.0          4 b 0     3 "
          "b 0\r\n"
          "001    3      Player 3                          1997                             1.0          1 b 0     2 "
          "w 1\r\n"
          "001    4      Player 4                          1996                             1.5          2 w 1     1 "
          "b =\r\n");
}

TEST_CASE("trf: record 162 says only what does not follow by itself") {
    auto report = *read(player_line(1, ""));
    const auto said = [&](Scoring scoring) {
        report.scoring = scoring;
        const auto file = write(report);
        CHECK(read(file)->scoring == scoring);
        return file.substr(0, file.find("001"));
    };
    CHECK(said({}) == "");
    CHECK(said({.pairing_bye = 5}) == "162  P 0.5\r\n");
    CHECK(said({.win = 30, .draw = 10, .forfeit_win = 30, .pairing_bye = 30, .full_bye = 30, .half_bye = 10}) ==
          "162  W 3.0    D 1.0\r\n");
    CHECK(said({.forfeit_loss = 5}) == "BBF  0.5\r\n");
    CHECK(said({.full_bye = 5}) == "XXS FPB=0.5\r\n");
}

TEST_CASE("trf: a name that is too long is cut at a character, points that are too many are left out") {
    auto report = *read(player_line(1, ""));
    std::string name;
    for (int i = 0; i < 40; ++i) name += "ä";
    report.players[0].name = name;
    report.players[0].points = 1000;
    const auto again = read(write(report));
    REQUIRE(again);
    CHECK(again->players[0].name == name.substr(0, 66));
    CHECK_FALSE(again->players[0].points);
}

}  // namespace agon::trf
