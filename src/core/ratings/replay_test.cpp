#include "core/ratings/replay.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "core/ratings/elo.hpp"
#include "core/ratings/glicko2.hpp"

namespace agon::ratings {

namespace {

Scores scores_of(std::vector<double> chances, std::vector<std::uint32_t> places) {
    Scoring scoring;
    scoring.add(chances, places);
    return scoring.scores();
}

PlayedGame won(std::string winner, std::string loser, double period = 0) {
    return {.sides = {{.players = {std::move(winner)}, .place = 1}, {.players = {std::move(loser)}, .place = 2}},
            .period = period};
}

}  // namespace

TEST_CASE("scores: a coin toss costs ln 2 and a quarter, and is right half the time") {
    const auto scores = scores_of({0.5, 0.5}, {2, 1});
    CHECK(scores.accuracy == 0.5);
    CHECK(scores.log_loss == doctest::Approx(std::log(2)));
    CHECK(scores.brier == 0.25);
}

TEST_CASE("scores: a level game is half a win for both, and says nothing of accuracy") {
    const auto scores = scores_of({0.8, 0.2}, {1, 1});
    CHECK(scores.games == 1);
    CHECK(scores.decided == 0);
    CHECK(scores.accuracy == 0);
    CHECK(scores.log_loss == doctest::Approx(-0.5 * std::log(0.8) - 0.5 * std::log(0.2)));
    CHECK(scores.brier == doctest::Approx(0.09));
}

TEST_CASE("scores: of many teams the one that came first counts") {
    const auto scores = scores_of({0.2, 0.5, 0.3}, {3, 1, 2});
    CHECK(scores.accuracy == 1);
    CHECK(scores.log_loss == doctest::Approx(-std::log(0.5)));
    CHECK(scores.brier == doctest::Approx(0.5 * (0.04 + 0.25 + 0.09)));
}

TEST_CASE("scores: an impossible win costs much, but not everything") {
    CHECK(scores_of({1, 0}, {2, 1}).log_loss == doctest::Approx(34.54).epsilon(0.001));
    CHECK(Scoring{}.scores().games == 0);
    CHECK(Scoring{}.scores().log_loss == 0);
}

TEST_CASE("replay: games in order give the table of ratings and the scores of what was foretold") {
    Replay replay(elo, EloSettings{});
    replay.play(won("ana", "ben"));
    replay.play(won("ana", "ben"));
    replay.play(won("cem", "ana"));
    const auto table = replay.table();
    REQUIRE(table.size() == 3);
    CHECK(table[0].player == "cem");
    CHECK(table[0].rating == Rating{.value = 1217, .games = 1});
    CHECK(table[1].player == "ana");
    CHECK(table[1].rating == Rating{.value = 1214, .games = 3});
    CHECK(table[2].player == "ben");
    CHECK(table[2].rating == Rating{.value = 1169, .games = 2});
    CHECK(replay.rating_of("dora") == Rating{.value = 1200});

    // Before: 1200 to 1200, 1216 to 1184, 1200 to 1231.
    const auto scores = replay.scores();
    CHECK(scores.games == 3);
    CHECK(scores.accuracy == doctest::Approx(1.5 / 3));
    const double loss = std::log(2) - std::log(expected_score(1216, 1184)) - std::log(expected_score(1200, 1231));
    CHECK(scores.log_loss == doctest::Approx(loss / 3));
}

TEST_CASE("replay: scoring begins anew after the training, with the ratings learnt") {
    Replay replay(elo, EloSettings{});
    for (int i = 0; i < 50; ++i) replay.play(won("ana", "ben"));
    const auto learnt = replay.table();
    replay.begin_scoring();
    CHECK(replay.scores().games == 0);
    CHECK(replay.table()[0].rating == learnt[0].rating);
    replay.play(won("ana", "ben"));
    CHECK(replay.scores().games == 1);
    CHECK(replay.scores().log_loss < 0.2);
}

TEST_CASE("replay: players rest between their games") {
    const Glicko2Settings settings{.periods_per_game = 0};
    Replay at_once(glicko2, settings), later(glicko2, settings);
    for (auto* replay : {&at_once, &later})
        for (int i = 0; i < 20; ++i) replay->play(won("ana", "ben", i % 2));
    at_once.play(won("ben", "ana", 1));
    later.play(won("ben", "ana", 100));
    CHECK(later.rating_of("ben").deviation > at_once.rating_of("ben").deviation + 20);
    CHECK(later.rating_of("ben").value > at_once.rating_of("ben").value);
}

TEST_CASE("replay: a game without an opponent is passed over") {
    Replay replay(elo, EloSettings{});
    replay.play({.sides = {{.players = {"ana"}}}});
    CHECK(replay.table().empty());
    CHECK(replay.scores().games == 0);
}

}  // namespace agon::ratings
