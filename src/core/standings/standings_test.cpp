/// The handbook's exercise: sixteen players, five rounds, with byes, absences and forfeits; and a round robin of six.
#include "core/standings/standings.hpp"

#include <doctest/doctest.h>

#include "core/standings/standings_testing.hpp"
#include "core/standings/tiebreak.hpp"

namespace agon::standings {

namespace {

using testing::round_robin_of;
using testing::table_of;
using Texts = std::vector<std::string>;

CrossTable exercise() {
    return table_of(
        {
            "9w1 13b= 2w= 15b1 4w=",  //
            "10b1 7w1 1b= 16w1 3b=",  //
            "11w= 6b1 8w1 4b= 2w=",   //
            "12b1 H 13w1 3w= 1b=",    //
            "13w0 15b0 11w1 7b= 10w1",
            "14b0 3w0 U 10w1 8b1",  //
            "15w1 2b0 16b0 5w= 11b0",
            "16b= 14w1 3b0 13w1 6w0",
            "1b0 10w0 H 11b− U",      //
            "2w0 9b1 15w0 6b0 5b0",   //
            "3b= 16w0 5b0 9w+ 7w1",   //
            "4w0 U 14w+ Z Z",         //
            "5b1 1w= 4b0 8b0 14w0",   //
            "6w1 8b0 12b− Z 13b1",    //
            "7b0 5w1 10b1 1w0 16b0",  //
            "8w= 11b1 7w1 2b0 15w1",
        },
        {2200, 2150, 2100, 2050, 2000, 1950, 1900, 1850, 1800, 1750, 1700, 1650, 1600, 1550, 1500, 1450});
}

CrossTable six() {
    return round_robin_of({
        "5w= 2w1 3b1 4w0 6b1",  //
        "6w1 1b0 5w1 3w= 4b1",  //
        "4w1 6b1 1w0 2b= 5w1",  //
        "3b0 5b0 6w= 1b1 2w0",  //
        "1b= 4w1 2b0 6w− 3b0",  //
        "2b0 3w0 4b= 5b+ 1w0",
    });
}

/// The column of one tie-break, by the players' numbers.
Texts column(const CrossTable& table, TieBreak tiebreak, Edition edition = Edition::fide_2023) {
    Texts texts(table.players.size());
    for (const auto& standing : rank(table, {.tiebreaks = {tiebreak}, .edition = edition}))
        texts[standing.row] = value_text(tiebreak, standing.values.back());
    return texts;
}

/// `1.`, `2-3.`: everybody's place, by the players' numbers.
Texts places(const CrossTable& table, const Settings& settings) {
    Texts texts(table.players.size());
    for (const auto& s : rank(table, settings))
        texts[s.row] =
            s.first == s.last ? std::to_string(s.first) : std::to_string(s.first) + "-" + std::to_string(s.last);
    return texts;
}

}  // namespace

TEST_CASE("the exercise: points") {
    CHECK(column(exercise(), TieBreak::points) ==
          Texts{"3.5", "4", "3.5", "3.5", "2.5", "3", "1.5", "2.5", "1.5", "1", "2.5", "2", "1.5", "2", "2", "3.5"});
}

TEST_CASE("the exercise: Buchholz by both editions") {
    CHECK(column(exercise(), TieBreak::buchholz) == Texts{"12.5", "13", "15.5", "15", "8.5", "12", "14.5", "13.5", "9",
                                                          "13", "13.5", "11.5", "14", "11", "12", "12.5"});
    CHECK(column(exercise(), TieBreak::buchholz, Edition::fide_2026) == Texts{"12.5", "13", "15.5", "14", "8.5", "11.5",
                                                                              "14.5", "13.5", "9", "13", "12.5", "11.5",
                                                                              "14", "11", "12", "12.5"});
}

TEST_CASE("the exercise: Buchholz Cut-1 leaves out the rounds unplayed by choice first") {
    CHECK(column(exercise(), TieBreak::buchholz_cut1) == Texts{"11", "12", "13", "11.5", "7.5", "11", "12.5", "12",
                                                               "7.5", "11.5", "12", "9.5", "12", "9", "11", "11"});
    CHECK(column(exercise(), TieBreak::buchholz_cut1, Edition::fide_2026) == Texts{"11", "12", "13", "11.5", "7.5",
                                                                                   "10.5", "12.5", "12", "7.5", "11.5",
                                                                                   "11", "9.5", "12", "9", "11", "11"});
}

TEST_CASE("the exercise: Sonneborn-Berger by both editions") {
    CHECK(column(exercise(), TieBreak::sonneborn_berger) == Texts{"8.00", "9.50", "10.50", "9.75", "4.25", "6.50",
                                                                  "3.25", "5.25", "2.25", "1.50", "5.75", "4.00",
                                                                  "4.25", "4.50", "3.50", "7.25"});
    CHECK(column(exercise(), TieBreak::sonneborn_berger, Edition::fide_2026) ==
          Texts{"8.00", "9.50", "10.50", "9.25", "4.25", "6.00", "3.25", "5.25", "2.25", "1.50", "4.75", "4.00", "4.25",
                "4.50", "3.50", "7.25"});
}

TEST_CASE("the exercise: Sonneborn-Berger Cut-1 by both editions") {
    CHECK(column(exercise(), TieBreak::sonneborn_berger_cut1) == Texts{"7.25", "8.50", "9.25", "8.00", "3.25", "5.50",
                                                                       "1.25", "3.75", "2.25", "0.00", "4.25", "4.00",
                                                                       "4.25", "3.00", "2.50", "5.75"});
    CHECK(column(exercise(), TieBreak::sonneborn_berger_cut1, Edition::fide_2026) ==
          Texts{"7.25", "8.50", "9.25", "7.75", "3.25", "5.00", "1.25", "3.75", "2.25", "0.00", "3.25", "4.00", "4.25",
                "3.00", "2.50", "5.75"});
}

TEST_CASE("the exercise: the average of the opponents' Buchholz by both editions") {
    CHECK(column(exercise(), TieBreak::average_buchholz) == Texts{"12.60", "13.60", "13.40", "13.38", "13.40", "13.25",
                                                                  "11.90", "13.00", "12.75", "10.90", "12.75", "15.00",
                                                                  "12.10", "13.17", "12.20", "13.30"});
    CHECK(column(exercise(), TieBreak::average_buchholz, Edition::fide_2026) ==
          Texts{"12.40", "13.60", "12.90", "13.38", "13.20", "13.25", "11.70", "12.90", "12.75", "10.80", "12.75",
                "14.00", "11.90", "13.00", "12.20", "13.10"});
}

TEST_CASE("the exercise: Fore Buchholz by both editions") {
    CHECK(column(exercise(), TieBreak::fore_buchholz) == Texts{"13.5", "13.5", "15", "15.5", "10", "12", "13.5", "12.5",
                                                               "9.5", "12.5", "12.5", "11.5", "13.5", "10.5", "12",
                                                               "13.5"});
    CHECK(column(exercise(), TieBreak::fore_buchholz, Edition::fide_2026) ==
          Texts{"13.5", "13.5", "15", "14.5", "10", "12", "13.5", "12.5", "9.5", "12.5", "12", "11", "13.5", "10.5",
                "12", "13.5"});
}

TEST_CASE("the exercise: what both editions count alike") {
    for (const auto edition : {Edition::fide_2023, Edition::fide_2026}) {
        CHECK(column(exercise(), TieBreak::progressive, edition) ==
              Texts{"11", "13", "11", "11.5", "5", "6", "6", "8.5", "2.5", "4", "5.5", "7", "7", "6", "7", "10.5"});
        CHECK(column(exercise(), TieBreak::average_rating, edition) ==
              Texts{"1820", "1880", "1940", "1888", "1690", "1813", "1760", "1730", "1975", "1880", "1863", "2050",
                    "1930", "1800", "1860", "1820"});
        CHECK(column(exercise(), TieBreak::performance, edition) ==
              Texts{"1969", "2120", "2089", "2081", "1690", "1813", "1611", "1730", "1175", "1640", "1776", "1250",
                    "1781", "1925", "1788", "1969"});
        CHECK(column(exercise(), TieBreak::wins, edition) ==
              Texts{"2", "3", "2", "2", "2", "3", "1", "2", "1", "1", "2", "2", "1", "2", "2", "3"});
        CHECK(column(exercise(), TieBreak::games_won_over_the_board, edition) ==
              Texts{"2", "3", "2", "2", "2", "2", "1", "2", "0", "1", "1", "0", "1", "2", "2", "3"});
        CHECK(column(exercise(), TieBreak::black_games, edition) ==
              Texts{"2", "3", "2", "2", "2", "2", "3", "2", "1", "3", "2", "0", "3", "2", "3", "2"});
        CHECK(column(exercise(), TieBreak::rating, edition)[15] == "1450");
    }
}

TEST_CASE("the round robin: Sonneborn-Berger, its Cut-1 and Koya count a forfeit like a game") {
    CHECK(column(six(), TieBreak::points) == Texts{"3.5", "3.5", "3.5", "1.5", "1.5", "1.5"});
    CHECK(column(six(), TieBreak::sonneborn_berger) == Texts{"9.25", "6.25", "6.25", "4.25", "3.25", "2.25"});
    CHECK(column(six(), TieBreak::sonneborn_berger_cut1) == Texts{"9.25", "4.75", "4.75", "4.25", "3.25", "1.50"});
    CHECK(column(six(), TieBreak::koya) == Texts{"2", "0.5", "0.5", "1", "0.5", "0"});
    for (const auto tiebreak : {TieBreak::sonneborn_berger, TieBreak::sonneborn_berger_cut1, TieBreak::koya})
        CHECK(column(six(), tiebreak, Edition::fide_2026) == column(six(), tiebreak, Edition::fide_2023));
}

TEST_CASE("the round robin: places by points and direct encounter") {
    CHECK(places(six(), {.tiebreaks = {TieBreak::direct_encounter}}) == Texts{"1", "2-3", "2-3", "6", "5", "4"});
}

TEST_CASE("the exercise: places by the usual list") {
    const Settings usual{.tiebreaks = {TieBreak::buchholz_cut1, TieBreak::buchholz, TieBreak::sonneborn_berger}};
    CHECK(places(exercise(), usual) ==
          Texts{"4", "1", "2", "3", "9", "6", "13", "7", "15", "16", "8", "11", "14", "12", "10", "5"});
}

TEST_CASE("points come first where they are not listed, and where they are listed otherwise") {
    using enum TieBreak;
    CHECK(order_of({.tiebreaks = {buchholz, lots}}) == std::vector{points, buchholz, lots});
    CHECK(order_of({.tiebreaks = {wins, points}}) == std::vector{wins, points});
    CHECK(order_of({}) == std::vector{points});

    const auto by_wins = rank(exercise(), {.tiebreaks = {wins, points}});
    CHECK(by_wins.front().row == 1);
    CHECK(by_wins[1].row == 15);
    CHECK(by_wins[2].row == 5);
    CHECK(by_wins[2].values == std::vector<std::int64_t>{300, 300});
}

TEST_CASE("those whom the whole list leaves equal share their places, in order of their numbers") {
    const auto all = rank(exercise(), {});
    CHECK(all.size() == 16);
    CHECK(all[0].row == 1);
    CHECK(all[0].last == 1);
    for (std::size_t i = 1; i < 5; ++i) {
        CHECK(all[i].first == 2);
        CHECK(all[i].last == 5);
    }
    CHECK(all[1].row == 0);
    CHECK(all[4].row == 15);
}

TEST_CASE("there is a standing before the first round, and of nobody") {
    const auto start = rank(table_of({"", "", ""}, {1500, 1600, 0}), {.tiebreaks = {TieBreak::rating}});
    CHECK(start[0].row == 1);
    CHECK(start[2].row == 2);
    CHECK(rank({}, {.tiebreaks = {TieBreak::direct_encounter, TieBreak::fore_buchholz}}).empty());

    Settings everything;
    for (const auto* rule : all_tiebreaks()) everything.tiebreaks.push_back(rule->tiebreak);
    CHECK(rank({}, everything).empty());
    CHECK(rank(table_of({"", ""}), everything).size() == 2);
    CHECK(rank(table_of({"H"}), everything).size() == 1);
}

TEST_CASE("a round that is not over counts nothing yet") {
    // Player 3 and 4 are still playing round 2.
    const auto table = table_of({"3w1 2b=", "4b0 1w=", "1b0", "2w1"});
    CHECK(column(table, TieBreak::buchholz) == Texts{"0.5", "2.5", "1.5", "0.5"});
}

TEST_CASE("the lots are the same for the same seed, others for another, and the lowest goes first") {
    const auto drawn = [](std::uint64_t seed, std::size_t players) {
        CrossTable table;
        table.players.resize(players);
        std::vector<Row> order;
        for (const auto& s : rank(table, {.tiebreaks = {TieBreak::lots}, .lots_seed = seed})) {
            CHECK(s.first == s.last);
            CHECK(s.values.back() == std::int64_t{s.first} * 100);
            order.push_back(s.row);
        }
        return order;
    };
    CHECK(drawn(7, 40) == drawn(7, 40));
    CHECK(drawn(7, 40) != drawn(8, 40));

    // A late entrant leaves the others as they were.
    auto with_one_more = drawn(7, 41);
    std::erase(with_one_more, Row{40});
    CHECK(with_one_more == drawn(7, 40));
}

TEST_CASE("every tie-break stands at its enumerator's place, with a title and functions of its own") {
    REQUIRE(all_tiebreaks().size() == boost::mp11::mp_size<boost::describe::describe_enumerators<TieBreak>>::value);
    for (std::size_t i = 0; i < all_tiebreaks().size(); ++i) {
        const auto& rule = *all_tiebreaks()[i];
        CHECK(static_cast<std::size_t>(rule.tiebreak) == i);
        CHECK_FALSE(rule.title.empty());
        CHECK(bool(rule.values));
        CHECK(bool(rule.why));
    }
}

TEST_CASE("a win may be worth three points, and players may have no colours") {
    auto league = round_robin_of({
        "2x1/2:0 3x=/1:1 4x0/0:3",
        "1x0/0:2 4x1/2:1 3x1/4:0",
        "4x1/1:0 1x=/1:1 2x0/0:4",
        "3x0/0:1 2x0/1:2 1x1/3:0",
    });
    league.scoring.win = 30;
    league.scoring.draw = 10;
    CHECK(column(league, TieBreak::points) == Texts{"4", "6", "4", "3"});
    CHECK(column(league, TieBreak::game_wins) == Texts{"3", "6", "2", "4"});
    CHECK(column(league, TieBreak::game_difference) == Texts{"-1", "3", "-3", "1"});
    CHECK(column(league, TieBreak::sonneborn_berger) == Texts{"22.00", "21.00", "13.00", "12.00"});
    CHECK(column(league, TieBreak::black_games) == Texts{"0", "0", "0", "0"});
    // Half of nine points have only those with five or more.
    CHECK(column(league, TieBreak::koya) == Texts{"3", "0", "0", "0"});
    CHECK(places(league, {.tiebreaks = {TieBreak::direct_encounter, TieBreak::game_difference}}) ==
          Texts{"2", "1", "3", "4"});
    // The performance rates a win as one and a draw as a half, whatever they are worth.
    for (auto& player : league.players) player.rating = 2000;
    CHECK(column(league, TieBreak::performance) == Texts{"2000", "2125", "2000", "1875"});
}

TEST_CASE("a bye is capped at a draw in every round, by the points of the event") {
    auto table = table_of({"2x1 F", "1x0 3x1", "U 2x0"});
    table.scoring = {.win = 30, .draw = 10, .forfeit_win = 30, .pairing_bye = 30, .full_bye = 30, .half_bye = 10};
    table.total_rounds = 4;
    CHECK(column(table, TieBreak::buchholz, Edition::fide_2023)[0] == "9");
    CHECK(column(table, TieBreak::buchholz, Edition::fide_2026)[0] == "7");
}

TEST_CASE("the ratings of the unrated count for nothing") {
    const auto table = table_of({"2w1 3b1", "1b0 Z", "Z 1w0", ""}, {2000, 1800, 0, 0});
    CHECK(column(table, TieBreak::average_rating) == Texts{"1800", "2000", "2000", "0"});
    CHECK(column(table, TieBreak::performance) == Texts{"2600", "1200", "1200", "0"});
}

TEST_CASE("Cut-2 and the medians leave out more, and no more than there is") {
    const auto table = exercise();
    // No. 3 met 2.5, 3, 2.5, 3.5 and 4.
    CHECK(column(table, TieBreak::buchholz_cut2)[2] == "10.5");
    CHECK(column(table, TieBreak::buchholz_median1)[2] == "9");
    CHECK(column(table, TieBreak::buchholz_median2)[2] == "3");
    // No. 14 has two rounds unplayed by choice, each worth 2; they go first, although another is worth 1.5.
    CHECK(column(table, TieBreak::buchholz_cut2)[13] == "7");
    CHECK(column(table_of({"2w1", "1b0"}), TieBreak::buchholz_median2) == Texts{"0", "0"});
}

TEST_CASE("a field of any kind is in the order of its values, and shares places where all are equal") {
    using enum TieBreak;
    const Settings settings{.tiebreaks = {buchholz_cut1, sonneborn_berger, koya, game_difference, progressive}};
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        for (const auto& table : {testing::random_swiss(31, 7, seed), testing::random_round_robin(9, seed)}) {
            const auto all = rank(table, settings);
            REQUIRE(all.size() == table.players.size());
            for (std::size_t i = 0; i < all.size(); ++i) {
                CHECK(all[i].values.size() == 6);
                CHECK(all[i].values.front() == table.points(all[i].row) * 10);
                CHECK(all[i].first <= i + 1);
                CHECK(all[i].last >= i + 1);
                if (i == 0) continue;
                CHECK(all[i - 1].values >= all[i].values);
                CHECK((all[i - 1].first == all[i].first) == (all[i - 1].values == all[i].values));
            }
        }
}

}  // namespace agon::standings
