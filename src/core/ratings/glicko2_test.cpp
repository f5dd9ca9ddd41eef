#include "core/ratings/glicko2.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>

namespace agon::ratings {

namespace {

std::array<Rating, 2> after_duel(Rating winner, Rating loser, const Glicko2Settings& settings = {}) {
    std::array players{winner, loser};
    std::array teams{Team{.players = std::span(players).first(1), .place = 1},
                     Team{.players = std::span(players).last(1), .place = 2}};
    update(teams, settings);
    return players;
}

const Rating player_of_the_paper{.value = 1500, .deviation = 200, .volatility = 0.06};

}  // namespace

TEST_CASE("glicko-2: the worked example of Glickman's paper") {
    const std::array games{Glicko2Game{.opponent = 1400, .opponent_deviation = 30, .score = 1},
                           Glicko2Game{.opponent = 1550, .opponent_deviation = 100, .score = 0},
                           Glicko2Game{.opponent = 1700, .opponent_deviation = 300, .score = 0}};
    const auto rated = rate_period(player_of_the_paper, games, 1, Glicko2Settings{});
    CHECK(std::abs(rated.value - 1464.06) < 0.01);  // the paper rounds on the way: 1464.0507 unrounded
    CHECK(std::abs(rated.deviation - 151.52) < 0.005);
    CHECK(std::abs(rated.volatility - 0.05999) < 0.00001);  // 0.0599960, cut off
    CHECK(rated.games == 3);
}

TEST_CASE("glicko-2: a new player has 1500, deviation 350, volatility 0.06") {
    CHECK(initial(Glicko2Settings{}) == Rating{.value = 1500, .deviation = 350, .volatility = 0.06});
}

TEST_CASE("glicko-2: the engine takes a duel as a period of one game") {
    const Rating other{.value = 1700, .deviation = 80, .volatility = 0.05, .games = 40};
    const std::array won{Glicko2Game{.opponent = 1700, .opponent_deviation = 80, .score = 1}};
    const std::array lost{Glicko2Game{.opponent = 1500, .opponent_deviation = 200, .score = 0}};
    const auto [winner, loser] = after_duel(player_of_the_paper, other);
    CHECK(winner == rate_period(player_of_the_paper, won, 1, Glicko2Settings{}));
    CHECK(loser == rate_period(other, lost, 1, Glicko2Settings{}));
}

TEST_CASE("glicko-2: the less certain player moves more") {
    const Rating certain{.value = 1500, .deviation = 40, .volatility = 0.06};
    const auto [winner, loser] = after_duel(player_of_the_paper, certain);
    CHECK(winner.value - 1500 > 5 * (1500 - loser.value));
    CHECK(winner.deviation < 200);
}

TEST_CASE("glicko-2: of who does not compete in a period, only the deviation grows, by step 6 of Glickman's paper") {
    const auto rested_once = rate_period(player_of_the_paper, {}, 1, Glicko2Settings{});
    // φ* = √(φ² + σ²): the paper's step 6 has 1.152862 of this player, with φ rounded to 1.1513.
    CHECK(std::abs(rested_once.deviation / 173.7178 - 1.152862) < 0.00001);
    CHECK(rested_once.deviation == doctest::Approx(200.2714).epsilon(0.0000005));
    CHECK(rested_once.value == 1500);
    CHECK(rested_once.volatility == 0.06);
    CHECK(rested_once.games == 0);
    // Of who is known to 60 points, in a year of weeks: √(60² + 52·10.423²).
    Rating player{.value = 1500, .deviation = 60, .volatility = 0.06};
    for (int i = 0; i < 52; ++i) player = rate_period(player, {}, 1, Glicko2Settings{});
    CHECK(player.deviation == doctest::Approx(96.1733).epsilon(0.00001));
}

TEST_CASE("glicko-2: a rest makes less certain, in parts as in the whole, and never less than a new player") {
    const Glicko2Settings settings;
    const auto whole = rested(player_of_the_paper, 3, settings);
    const auto parts = rested(rested(player_of_the_paper, 2.5, settings), 0.5, settings);
    CHECK(whole.deviation == doctest::Approx(parts.deviation));
    CHECK(whole.deviation > 200);
    CHECK(whole.value == 1500);
    CHECK(rested(player_of_the_paper, 1e9, settings).deviation == 350);
    CHECK(rate_period(player_of_the_paper, {}, 3, settings) == whole);
}

TEST_CASE("glicko-2: volatility stays under its cap, whatever upsets come") {
    const Glicko2Settings settings{.tau = 2};
    Rating player{.value = 1500, .deviation = 50, .volatility = 0.09};
    for (int i = 0; i < 200; ++i) {
        const std::array games{Glicko2Game{
            .opponent = i % 20 < 10 ? 2600.0 : 400.0, .opponent_deviation = 30, .score = i % 20 < 10 ? 1.0 : 0.0}};
        player = rate_period(player, games, 1, settings);
        CHECK(player.volatility <= 0.1);
    }
}

TEST_CASE("glicko-2: any game between any players gives finite ratings within the bounds") {
    CHECK(rc::check([] {
        const auto rating = [] {
            return Rating{.value = *rc::gen::inRange(-100000, 100000) / 1.0,
                          .deviation = *rc::gen::inRange(1, 351) / 1.0,
                          .volatility = *rc::gen::inRange(1, 1000) / 10000.0};
        };
        for (const auto& player : after_duel(rating(), rating())) {
            RC_ASSERT(std::isfinite(player.value));
            RC_ASSERT(player.deviation > 0 && player.deviation <= 350);
            RC_ASSERT(player.volatility > 0 && player.volatility <= 0.1);
        }
    }));
}

TEST_CASE("glicko-2: the chance of a sure opponent is drawn to the middle by one's own deviation") {
    std::array players{Rating{.value = 1700, .deviation = 30}, Rating{.value = 1500, .deviation = 30}};
    const std::array teams{Team{.players = std::span(players).first(1)}, Team{.players = std::span(players).last(1)}};
    const auto sure = predict(teams, Glicko2Settings{})[0];
    players[1].deviation = 350;
    const auto unsure = predict(teams, Glicko2Settings{})[0];
    CHECK(sure == doctest::Approx(0.757).epsilon(0.002));
    CHECK(unsure == doctest::Approx(0.683).epsilon(0.002));
}

}  // namespace agon::ratings
