#include <doctest/doctest.h>

#include "core/trf/trf_testing.hpp"

namespace agon::trf {

using namespace testing;

namespace {

Entry only_entry(std::string_view entry) {
    const auto report = read(player_line(1, "", entry));
    REQUIRE_MESSAGE(report, refusal_of(player_line(1, "", entry)));
    REQUIRE(report->players.front().rounds.size() == 1);
    return report->players.front().rounds.front();
}

std::string refusal_with(std::string_view line) { return refusal_of(small_event() + std::string(line) + "\n"); }

Report small_with(std::string_view lines) {
    const auto file = small_event() + std::string(lines) + "\n";
    REQUIRE_MESSAGE(read(file), refusal_of(file));
    return *read(file);
}

}  // namespace

TEST_CASE("trf: a player's fields stand in their columns") {
    const auto report = read(
        "001   12 m GM Núñez, María                      2452 ESP     2201234 1990/05/17  1.5    3     1 w =  0000 - "
        "F\n"
        "001    1                                                                         0.5         12 b =\n");
    REQUIRE(report);
    const auto& [number, sex, title, name, rating, federation, fide_id, birth_date, points, rank, rounds,
                 acceleration] = report->players[1];
    CHECK(number == 12);
    CHECK(sex == "m");
    CHECK(title == "GM");
    CHECK(name == "Núñez, María");
    CHECK(rating == 2452);
    CHECK(federation == "ESP");
    CHECK(fide_id == "2201234");
    CHECK(birth_date == "1990/05/17");
    CHECK(points == 15);
    CHECK(rank == 3);
    CHECK(rounds == std::vector<Entry>{{1, Colour::white, Outcome::draw}, {.outcome = Outcome::full_bye}});
    CHECK(acceleration.empty());
    CHECK(report->players[0].points == 5);
    CHECK(report->players[0].rank == 0);
}

TEST_CASE("trf: every letter of a result is known, small or capital") {
    CHECK(only_entry("0000 - U").outcome == Outcome::pairing_bye);
    CHECK(only_entry("0000 - h").outcome == Outcome::half_bye);
    CHECK(only_entry("0000 - F").outcome == Outcome::full_bye);
    CHECK(only_entry("0000 - Z").outcome == Outcome::absent);
    CHECK(only_entry("     - Z").outcome == Outcome::absent);
    CHECK(only_entry("0000").outcome == Outcome::absent);
    // As programs before 2016 wrote byes.
    CHECK(only_entry("0000 - =").outcome == Outcome::half_bye);
    CHECK(only_entry("0000 - +").outcome == Outcome::pairing_bye);
    CHECK(only_entry("0000 - -").outcome == Outcome::absent);

    const auto outcomes = [](std::string_view mine, std::string_view theirs) {
        const auto file =
            player_line(1, "", fmt::format("   2 w {}", mine)) + player_line(2, "", fmt::format("   1 b {}", theirs));
        const auto report = read(file);
        REQUIRE_MESSAGE(report, refusal_of(file));
        return std::pair{report->players[0].rounds[0], report->players[1].rounds[0]};
    };
    CHECK(outcomes("1", "0").first.outcome == Outcome::win);
    CHECK(outcomes("=", "=").first.outcome == Outcome::draw);
    CHECK(outcomes("0", "0").second.outcome == Outcome::loss);
    CHECK(outcomes("+", "-").first.outcome == Outcome::forfeit_win);
    CHECK(outcomes("-", "-").second.outcome == Outcome::forfeit_loss);
    CHECK(outcomes("w", "l").first == Entry{2, Colour::white, Outcome::win, false});
    CHECK(outcomes("D", "D").first == Entry{2, Colour::white, Outcome::draw, false});
}

TEST_CASE("trf: lines end as they like, and a byte order mark is skipped") {
    const auto report = read(small_event());
    REQUIRE(report);
    std::string cr = small_event(), cr_lf;
    for (auto& c : cr)
        if (c == '\n') c = '\r';
    for (const char c : small_event()) cr_lf += c == '\n' ? std::string("\r\n") : std::string(1, c);
    CHECK(read(cr) == report);
    CHECK(read(cr_lf) == report);
    CHECK(read("\xEF\xBB\xBF" + small_event()) == report);
    CHECK(read(small_event() + "\x1a") == report);
    CHECK(read(small_event().substr(0, small_event().size() - 1)) == report);
    // The number of a line counts empty lines, and CR LF once.
    CHECK(refusal_of("\r\n\r\n001 x\r\n") == "line 3, columns 5–8: the player's number is 'x'; it is a whole number");
    CHECK(refusal_of("\r\r001 x") == "line 3, columns 5–8: the player's number is 'x'; it is a whole number");
}

TEST_CASE("trf: columns are characters, and a name that is no UTF-8 is read as Latin-1") {
    const auto name_of = [](std::string_view name) {
        const auto report = read(with(small_event(), "Player 1 ", name));
        REQUIRE(report);
        CHECK(report->players[0].points == 15);
        return report->players[0].name;
    };
    CHECK(name_of("Łódź, Ż  ") == "Łódź, Ż");
    CHECK(name_of("N\xfa\xf1"
                  "ez, A ") == "Núñez, A");
    CHECK(name_of("\x80\xff\xc0\x80     ") == "\uFFFDÿÀ\uFFFD");
    CHECK(refusal_of(with(small_event(), "Player 2", "Pl\x1b[2m 2")) == "line 4, column 17: a control character");
    CHECK(refusal_of(with(small_event(), "Player 2", "Player\t2")) ==
          "line 4, column 21: a tab; fields stand in columns of blanks");
}

TEST_CASE("trf: rounds that are missing at the end are not over, those between are absences") {
    const auto report = read(player_line(1, "", "   2 w 1") + player_line(2, "", "   1 b 0            0000 - H"));
    REQUIRE(report);
    CHECK(report->players[0].rounds.size() == 1);
    CHECK(report->players[1].rounds ==
          std::vector<Entry>{{1, Colour::black, Outcome::loss}, {}, {.outcome = Outcome::half_bye}});
}

TEST_CASE("trf: players stand in order of their numbers, gaps or not, unless the file's order counts") {
    const auto file = player_line(7, "0.0", "   3 b 0") + player_line(3, "1.0", "   7 w 1");
    REQUIRE(read(file));
    CHECK(read(file)->players[0].number == 3);
    CHECK(read("XXC rank\n" + file)->players[0].number == 7);
}

TEST_CASE("trf: what is out of its columns is told with line and columns") {
    CHECK(refusal_of("") == "no player (record 001) in the file");
    CHECK(refusal_of("012 Nobody came\n") == "no player (record 001) in the file");
    CHECK(refusal_of("001    0\n") == "line 1, columns 5–8: the player's number is 0; they count from 1");
    CHECK(refusal_of("001\n") == "line 1, columns 5–8: the player's number is missing");
    CHECK(refusal_of("0011234\n") == "line 1, column 4: '1' where a blank stands between two fields");
    // A rating and a name that slid by one would be read as others.
    CHECK(refusal_of(with(small_event(), " 1998 ", "1998  ")) ==
          "line 4, column 48: '1' where a blank stands between two fields");
    CHECK(refusal_of(with(small_event(), " 1998 ", "  1998")) ==
          "line 4, column 53: '8' where a blank stands between two fields");
    CHECK(refusal_of(with(small_event(), "001    1 ", "001    1x")) ==
          "line 3, column 9: 'x' where a blank stands between two fields");
    CHECK(refusal_of(with(small_event(), "1998", "19x8")) ==
          "line 4, columns 49–52: the rating is '19x8'; it is a whole number");
    CHECK(refusal_of(with(small_event(), " 1.5", "1.55")) ==
          "line 3, columns 81–84: the points are '1.55'; write them as in 11.5, at most 99.9");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "  3 w 1 ")) ==
          "line 3, column 96: 'w' where a blank stands between two fields");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "   3 x 1")) ==
          "line 3, column 97: the colour is 'x'; it is w, b or -");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "   3 w ?")) ==
          "line 3, column 99: the result is '?'; it is one of 1 = 0 + - W D L U F H Z");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "   3 w  ")) ==
          "line 3, column 99: there is no result against player 3");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "   3 - 1")) ==
          "line 3, column 97: a game against player 3 without a colour");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "   3 w U")) ==
          "line 3, column 99: U is a bye, but player 3 is the opponent");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "0000 w 1")) == "line 3, column 97: a colour, but no opponent");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "0000 - 1")) ==
          "line 3, column 99: the result is 1, but there is no opponent");
    CHECK(refusal_of(player_line(1, "", std::string(2600, ' ') + "0000 - Z")) ==
          "line 1, columns 2692–2695: more than 255 rounds");
}

TEST_CASE("trf: a message is one line of a bounded length, whatever it quotes") {
    CHECK(refusal_with("XXR 1\t2") ==
          "line 7, record XXR, columns 4–7: the number of rounds is '1 2'; it is a whole number");
    CHECK(refusal_with("XXS " + std::string(100'000, '?')).size() < 300);
}

TEST_CASE("trf: opponents exist and their cards agree") {
    CHECK(refusal_of(with(small_event(), "   3 w 1", "  41 w 1")) ==
          "line 3, columns 92–95: opponent 41, but the file has 4 players");
    CHECK(refusal_of(player_line(2, "1.0", "   3 w 1") + player_line(7, "0.0")) ==
          "line 1, columns 92–95: opponent 3, but the file has no player 3");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "   1 w 1")) == "line 3, columns 92–95: player 1 against himself");
    CHECK(refusal_of(with(small_event(), "   4 b 0", "   3 b 0")) ==
          "line 4, columns 92–95: opponent 3, whose line 5 says player 1 in round 1");
    CHECK(refusal_of(with(small_event(), "   4 w =", "0000 - Z")) ==
          "line 6, columns 102–105: opponent 1, whose line 3 says nobody in round 2");
    CHECK(refusal_of(with(small_event(), "   3 w 1", "   3 b 1")) ==
          "line 3, column 97: players 1 and 3 both have black in round 1 (line 5)");
    CHECK(refusal_of(with(small_event(), "   1 b 0", "   1 b 1")) ==
          "line 3, column 99: '1' against player 3, whose line 5 says '1'");
    CHECK(refusal_of(with(small_event(), "   1 b 0", "   1 b -")) ==
          "line 3, column 99: '1' against player 3, whose line 5 says '-'");
    CHECK(refusal_of(with(small_event(), "   1 b 0", "   1 b =")) ==
          "line 3, column 99: '1' against player 3, whose line 5 says '='");
    // An arbiter may give half a point to one of two.
    CHECK(refusal_of(player_line(1, "0.5", "   2 w =") + player_line(2, "0.0", "   1 b 0")) == "read");
    CHECK(refusal_of(small_event() + player_line(3, "0.0")) ==
          "line 7, columns 5–8: number 3 is the player's of line 5");
}

TEST_CASE("trf: points follow from the results") {
    CHECK(refusal_of(with(small_event(), " 1.5", " 2.0")) ==
          "line 3, columns 81–84: 2.0 points, but the results give 1.5");
    CHECK(refusal_of(with(small_event(), " 1.5", "    ")) == "read");
    // With the next round's bye, or acceleration, as some programs write them.
    const auto bye = with(small_event(), "   4 w =", "   4 w =  0000 - H");
    CHECK(refusal_of(bye) == "read");
    CHECK(refusal_of(with(bye, " 1.5", " 2.0")) == "read");
    CHECK(refusal_of(with(small_event(), " 1.5", " 2.5") + "250       1.0 001 003    1    2\n") == "read");
}

TEST_CASE("trf: other records are read") {
    const auto report = small_with(
        "022 Town\n032 ESP\n042 2026/03/07\n052 2026/03/08\n062 4\n072 4\n082 0\n092 Individual\n102 Ana\n112 Ben\n112 "
        "Cem\n"
        "122 90 minutes\n172 ESP FIDON\n182 Agon\n192 FIDE_DUTCH_2025\n202 BH\n212 PTS,BH\n222 5400\n152 B\n"
        "132                                                                                        26/03/07  "
        "26/03/08\n"
        "### a comment\nESP    1 a national rating\nXXZ 3\n");
    CHECK(report.name == "Small event");
    CHECK(report.city == "Town");
    CHECK(report.start_date == "2026/03/07");
    CHECK(report.arbiter == "Ana");
    CHECK(report.deputies == std::vector<std::string>{"Ben", "Cem"});
    CHECK(report.round_dates == std::vector<std::string>{"26/03/07", "26/03/08"});
    CHECK(report.total_rounds == 3);
    CHECK(report.initial_colour == Colour::black);
    CHECK(report.type_code == "FIDE_DUTCH_2025");
    CHECK(report.absent == std::vector<Number>{3});
    CHECK(report.others == std::vector<std::string>{"### a comment", "ESP    1 a national rating"});
}

TEST_CASE("trf: the point system follows from records 162, BB? and XXS") {
    const auto scoring = [](std::string_view records) {
        const auto report = read(std::string(records) + player_line(1, ""));
        REQUIRE_MESSAGE(report, refusal_of(std::string(records) + player_line(1, "")));
        return report->scoring;
    };
    CHECK(scoring("") == Scoring{});
    const Scoring football{.win = 30,
                           .draw = 10,
                           .loss = 0,
                           .forfeit_win = 30,
                           .forfeit_loss = 0,
                           .pairing_bye = 30,
                           .full_bye = 30,
                           .half_bye = 10,
                           .absent = 0};
    CHECK(scoring("162  W 3.0    D 1.0\n") == football);
    CHECK(scoring("BBW  3.0\nBBD  1.0\n") == football);
    CHECK(scoring("XXS WW=3 BW=3.0 WD=1.0 BD=1.0\n") == football);
    CHECK(scoring("162  P 0.5    W 2.0    A 0.5    X 1.0\n").pairing_bye == 5);
    CHECK(scoring("162  P 0.5    W 2.0    A 0.5\n").forfeit_loss == 5);
    CHECK(scoring("BBZ  0.3\nBBF  0.2\nBBU  0.5\nBBL  0.1\n").forfeit_loss == 2);
    CHECK(refusal_with("162  Q 3.0") == "line 7, record 162, column 6: 'Q' is none of W, D, L, A, P, X");
    CHECK(refusal_with("162  W") == "line 7, record 162, columns 7–10: the points are missing");
    CHECK(refusal_with("BBW") == "line 7, record BBW, column 4: the points are missing");
    CHECK(refusal_with("XXS WW=1.0 BW=1.5") ==
          "line 7, record XXS, columns 12–17: 1.5 points, but 1.0 were said before");
    CHECK(refusal_with("XXS Q=1") == "line 7, record XXS, columns 5–7: 'Q=1' is no value of a result, as in W=3.0");
}

TEST_CASE("trf: records about the pairing are read, and refused where they are not in their columns") {
    CHECK(small_with("240 H 003    1    4").byes == std::vector<Byes>{{Outcome::half_bye, 3, {1, 4}}});
    CHECK(small_with("250 00.0 02.0 001 003 0001 0090").accelerations == std::vector<Acceleration>{{20, 1, 3, 1, 90}});
    CHECK(small_with("260 001 002    1    2    3").forbidden == std::vector<Forbidden>{{1, 2, {1, 2, 3}}});
    CHECK(small_with("XXP 4\t2").forbidden == std::vector<Forbidden>{{0, 0, {4, 2}}});
    CHECK(small_with("XXA    2  1.0       0.5").players[1].acceleration == std::vector<Points>{10, 0, 5});

    CHECK(refusal_with("240 X 003    1") == "line 7, record 240, column 5: the kind of bye is 'X'; it is F, H or Z");
    CHECK(refusal_with("240 H        1") == "line 7, record 240, columns 7–9: the round is missing");
    CHECK(refusal_with("240 H 003    9") == "line 7, record 240, columns 11–14: player 9, but the file has 4 players");
    CHECK(refusal_with("240 H 003  1 2") ==
          "line 7, record 240, columns 11–14: the player's number is '1 2'; it is a whole number");
    CHECK(refusal_with("250       1.0 003 001    1    2") ==
          "line 7, record 250, columns 15–21: the last round is before the first");
    CHECK(refusal_with("250       1.0 001 003    2    1") ==
          "line 7, record 250, columns 23–31: the last player is before the first");
    CHECK(refusal_with("250       0.0 001 003    1    2") ==
          "line 7, record 250, columns 10–13: the points must be more than 0.0");
    CHECK(refusal_with("250  1.0  1.0 001 003    1    2") ==
          "line 7, record 250, columns 5–8: match points belong to teams; Agon pairs single players");
    CHECK(refusal_with("260 001 002    1") == "line 7, record 260: it takes two players who must not meet");
    CHECK(refusal_with("XXP 1 two") ==
          "line 7, record XXP, columns 7–9: the player's number is 'two'; it is a whole number");
    CHECK(refusal_with("XXR 4") == "line 7, record XXR, columns 4–5: the rounds are 4, but 3 by line 2");
    CHECK(refusal_of(with(small_event(), "XXR 3", "142 1")) ==
          "line 2, record 142, columns 4–5: 1 is less than the rounds played, 2");
    CHECK(refusal_with("152 X") == "line 7, record 152, column 5: the initial colour is 'X'; it is W or B");
    CHECK(refusal_with("152 W\nXXC black1") ==
          "line 8, record XXC, columns 5–10: the other initial colour was said before");
    CHECK(refusal_with("299 W    1.0 000    1") ==
          "line 7, record 299: points that do not follow from results are not supported");
}

TEST_CASE("trf: a huge file is refused by its size, a large one is read") {
    CHECK(refusal_of(std::string(max_bytes, ' ')) == "the file has 33554432 bytes; the most is 33554431");
    std::string many;
    for (int i = 0; i < 1500; ++i) many += " 1";
    CHECK(refusal_with("XXP" + many) == "line 7, record XXP: more than 1000000 forbidden pairs");
    std::string ranges, others;
    for (std::size_t i = 0; i < max_accelerations + 1; ++i) ranges += "250       1.0 001 003    1    2\n";
    CHECK(refusal_with(ranges) == "line 1007, record 250: more than 1000 records of acceleration");
    for (std::size_t i = 0; i < max_others + 1; ++i) others += "ESP\n";
    CHECK(refusal_with(others) == "line 100007, record ESP: more than 100000 records that mean nothing here");
    std::string all;
    for (Number number = 1; number <= max_number; ++number) all += player_line(number, "0.5", "0000 - H");
    const auto report = read(all);
    REQUIRE(report);
    CHECK(report->players.size() == max_number);
}

}  // namespace agon::trf
