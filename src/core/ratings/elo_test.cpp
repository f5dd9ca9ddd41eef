#include "core/ratings/elo.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>

namespace agon::ratings {

namespace {

/// Two players after a game between them.
std::array<Rating, 2> after_duel(Rating a, Rating b, double score_of_a, const EloSettings& settings = {}) {
    std::array players{a, b};
    std::array teams{Team{.players = std::span(players).first(1), .place = score_of_a == 0 ? 2U : 1U},
                     Team{.players = std::span(players).last(1), .place = score_of_a == 1 ? 2U : 1U}};
    update(teams, settings);
    return players;
}

Rating worth(double value, std::int64_t games = 0) { return {.value = value, .games = games}; }

}  // namespace

TEST_CASE("equal players expect half, and 400 points are ten to one") {
    CHECK(expected_score(1200, 1200) == doctest::Approx(0.5));
    CHECK(expected_score(1600, 1200) == doctest::Approx(10.0 / 11.0));
}

TEST_CASE("a win among equals moves half of K, and the points are only passed on") {
    CHECK(update(1200, 1200, 1) == std::pair<std::int64_t, std::int64_t>{1216, 1184});
    CHECK(update(1200, 1200, 0.5) == std::pair<std::int64_t, std::int64_t>{1200, 1200});
    for (std::int64_t a = 200; a < 2800; a += 37)
        for (const double score : {0.0, 0.5, 1.0}) {
            const auto [x, y] = update(a, 1500, score);
            CHECK(x + y == a + 1500);
        }
}

TEST_CASE("nobody falls below the floor") { CHECK(update(100, 100, 0).first == 100); }

TEST_CASE("elo by default: new players have 1200, K is 32") {
    CHECK(initial(EloSettings{}) == worth(1200));
    const auto [winner, loser] = after_duel(worth(1200), worth(1400), 1);
    CHECK(winner == worth(1224, 1));  // 32 · (1 − 0.2403) = 24.3
    CHECK(loser == worth(1376, 1));
}

TEST_CASE("elo: the engine does to two players what the function on whole points does") {
    CHECK(rc::check([] {
        const auto a = *rc::gen::inRange<std::int64_t>(100, 3000);
        const auto b = *rc::gen::inRange<std::int64_t>(100, 3000);
        const auto score = *rc::gen::element(0.0, 0.5, 1.0);
        const auto players = after_duel(worth(static_cast<double>(a)), worth(static_cast<double>(b)), score);
        const auto [x, y] = update(a, b, score);
        RC_ASSERT(players[0].value == static_cast<double>(x));
        RC_ASSERT(players[1].value == static_cast<double>(y));
    }));
}

TEST_CASE("elo in whole points: teams of one size pass points on, none appears or is lost") {
    CHECK(rc::check([] {
        const auto size = *rc::gen::inRange<std::size_t>(1, 6);
        const EloSettings settings{.k = *rc::gen::inRange<std::int64_t>(1, 100), .home_advantage = 50};
        const auto values = *rc::gen::container<std::vector<int>>(2 * size, rc::gen::inRange(200, 3000));
        std::vector<Rating> players;
        double before = 0;
        for (const auto value : values) players.push_back(worth(value)), before += value;
        std::array teams{Team{.players = std::span(players).first(size),
                              .place = *rc::gen::inRange<std::uint32_t>(1, 4),
                              .venue = Venue::home},
                         Team{.players = std::span(players).last(size), .place = 2}};
        update(teams, settings);
        double after = 0;
        for (const auto& player : players) {
            RC_ASSERT(player.value == std::floor(player.value));
            after += player.value;
        }
        RC_ASSERT(after == before);
    }));
}

TEST_CASE("elo: who stands first in the argument does not matter") {
    CHECK(rc::check([] {
        const auto a = worth(*rc::gen::inRange(100, 3000)), b = worth(*rc::gen::inRange(100, 3000));
        const auto score = *rc::gen::element(0.0, 0.5, 1.0);
        const auto [x, y] = after_duel(a, b, score);
        RC_ASSERT(after_duel(b, a, 1 - score) == (std::array{y, x}));
    }));
}

TEST_CASE("elo: in its first games a player moves by the provisional K, his opponent by his own") {
    const EloSettings settings{.provisional_games = 30, .provisional_k = 40};
    const auto [newcomer, veteran] = after_duel(worth(1200, 29), worth(1200, 30), 1, settings);
    CHECK(newcomer == worth(1220, 30));
    CHECK(veteran == worth(1184, 31));
}

TEST_CASE("elo: a shrinking K falls with the games played") {
    const EloSettings settings{.k_factor = KFactor::shrinking};
    const auto [newcomer, veteran] = after_duel(worth(1200), worth(1200, 100), 1, settings);
    CHECK(newcomer.value == 1266);  // 250 / 5^0.4 = 131.3
    CHECK(veteran.value == 1181);   // 250 / 105^0.4 = 38.9
}

TEST_CASE("elo: a rest takes back a share of the way to the mean, once a period") {
    const EloSettings settings{.reversion = 0.5, .reversion_mean = 1500};
    CHECK(rested(worth(1300, 7), 1, settings) == worth(1400, 7));
    CHECK(rested(worth(1300, 7), 2, settings) == worth(1450, 7));
    CHECK(rested(worth(1300, 7), 0, settings) == worth(1300, 7));
    CHECK(rested(worth(1300, 7), 9, EloSettings{}) == worth(1300, 7));
}

TEST_CASE("elo: home is worth the points that the settings say, in the prediction too") {
    std::array players{worth(1200), worth(1265)};
    std::array teams{Team{.players = std::span(players).first(1), .venue = Venue::home},
                     Team{.players = std::span(players).last(1), .place = 2}};
    const EloSettings settings{.home_advantage = 65};
    CHECK(predict(teams, settings)[0] == doctest::Approx(0.5));
    update(teams, settings);
    CHECK(players == std::array{worth(1216, 1), worth(1249, 1)});
}

TEST_CASE("elo: with the margin a clear win moves more, and most when the underdog wins it") {
    const EloSettings settings{.margin = Margin::logarithmic};
    const auto gain = [&](double value, double points) {
        std::array players{worth(value), worth(1500)};
        std::array teams{Team{.players = std::span(players).first(1), .points = points},
                         Team{.players = std::span(players).last(1), .place = 2}};
        update(teams, settings);
        return players[0].value - value;
    };
    CHECK(gain(1500, 1) == 11);   // 16 · ln 2
    CHECK(gain(1500, 10) == 38);  // 16 · ln 11
    CHECK(gain(1700, 10) < 0.5 * gain(1500, 10));
    CHECK(gain(1300, 10) > 1.5 * gain(1500, 10));
}

TEST_CASE("elo: a free-for-all counts as duels against everybody, sharing one K") {
    std::array players{worth(1200), worth(1200), worth(1200)};
    std::array teams{Team{.players = std::span(players).subspan(0, 1), .place = 2},
                     Team{.players = std::span(players).subspan(1, 1), .place = 1},
                     Team{.players = std::span(players).subspan(2, 1), .place = 3}};
    update(teams, EloSettings{});
    CHECK(players == std::array{worth(1200, 1), worth(1216, 1), worth(1184, 1)});
}

}  // namespace agon::ratings
