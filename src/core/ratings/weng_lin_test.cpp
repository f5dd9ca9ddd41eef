#include "core/ratings/weng_lin.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>

namespace agon::ratings {

namespace {

using Update = void (*)(std::span<Team>, const WengLinSettings&);

/// The scale of the paper, without dynamics.
constexpr WengLinSettings papers{.initial = 25, .deviation = 25.0 / 3, .beta = 25.0 / 6, .tau = 0};

/// New players, each a team, after a game with these places.
std::vector<Rating> after(Update update, std::vector<std::uint32_t> places, const WengLinSettings& settings = papers) {
    std::vector<Rating> players(places.size(), initial(settings));
    std::vector<Team> teams;
    for (std::size_t i = 0; i < places.size(); ++i)
        teams.push_back({.players = std::span(players).subspan(i, 1), .place = places[i]});
    update(teams, settings);
    return players;
}

bool close(double a, double b) { return std::abs(a - b) < 1e-9 * std::max({1.0, std::abs(a), std::abs(b)}); }

}  // namespace

// σ² = 625/9, c² = 2(σ² + β²) = 1562.5/9, p = 1/2: Ω = σ²/(2c) = 2.6352, Δ = (σ/c)³/4 = 0.06325.
TEST_CASE("weng-lin: two new players on the paper's scale") {
    for (const auto update : {update_plackett_luce, update_bradley_terry}) {
        const auto players = after(update, {1, 2});
        CHECK(players[0].value == doctest::Approx(27.63523138).epsilon(1e-9));
        CHECK(players[1].value == doctest::Approx(22.36476862).epsilon(1e-9));
        CHECK(players[0].deviation == doctest::Approx(8.0655063).epsilon(1e-7));
        CHECK(players[1].deviation == doctest::Approx(8.0655063).epsilon(1e-7));
        CHECK(players[0].games == 1);
    }
}

// c² = 3(σ² + β²) = 2343.75/9. First: 1 − 1/3; second: −1/3 + 1 − 1/2; third: −1/3 − 1/2; each times σ²/c = 4.3033.
TEST_CASE("weng-lin, Plackett-Luce: three new players, as Algorithm 4 has it") {
    const auto players = after(update_plackett_luce, {1, 2, 3});
    const double step = 625.0 / 9 / std::sqrt(2343.75 / 9);
    CHECK(players[0].value == doctest::Approx(25 + step * 2 / 3));
    CHECK(players[1].value == doctest::Approx(25 + step / 6));
    CHECK(players[2].value == doctest::Approx(25 - step * 5 / 6));
}

TEST_CASE("weng-lin, Bradley-Terry: three new players play three duels at once") {
    const auto players = after(update_bradley_terry, {2, 1, 3});
    CHECK(players[0].value == doctest::Approx(25));
    CHECK(players[1].value == doctest::Approx(25 + 2 * 2.63523138));
    CHECK(players[2].value == doctest::Approx(25 - 2 * 2.63523138));
}

TEST_CASE("weng-lin: teams that are level come closer") {
    for (const auto update : {update_plackett_luce, update_bradley_terry}) {
        const auto players = after(update, {1, 1, 1, 1});
        for (const auto& player : players) CHECK(player.value == doctest::Approx(25));
    }
}

TEST_CASE("weng-lin: between two teams both models are the same, level or not") {
    CHECK(rc::check([] {
        std::vector<Rating> players;
        for (int i = 0; i < 5; ++i)
            players.push_back(
                {.value = *rc::gen::inRange(0, 3000) / 1.0, .deviation = *rc::gen::inRange(1, 250) / 1.0});
        auto others = players;
        const auto place = *rc::gen::inRange<std::uint32_t>(1, 4);
        const auto play = [&](std::vector<Rating>& ratings, Update update) {
            std::array teams{Team{.players = std::span(ratings).first(2), .place = place, .venue = Venue::home},
                             Team{.players = std::span(ratings).last(3), .place = 2}};
            update(teams, WengLinSettings{.home_advantage = 30});
        };
        play(players, update_plackett_luce);
        play(others, update_bradley_terry);
        for (std::size_t i = 0; i < players.size(); ++i) {
            RC_ASSERT(close(players[i].value, others[i].value));
            RC_ASSERT(close(players[i].deviation, others[i].deviation));
        }
    }));
}

TEST_CASE("weng-lin: within a team the less certain player moves more") {
    std::array players{Rating{.value = 1200, .deviation = 200}, Rating{.value = 1200, .deviation = 50},
                       Rating{.value = 1200, .deviation = 100}, Rating{.value = 1200, .deviation = 100}};
    std::array teams{Team{.players = std::span(players).first(2), .place = 1},
                     Team{.players = std::span(players).last(2), .place = 2}};
    update_plackett_luce(teams, WengLinSettings{.tau = 0});
    CHECK(players[0].value - 1200 == doctest::Approx(16 * (players[1].value - 1200)));
}

TEST_CASE("weng-lin by default: once certain, 400 points are about ten to one") {
    std::array players{Rating{.value = 1600, .deviation = 1}, Rating{.value = 1200, .deviation = 1}};
    const std::array teams{Team{.players = std::span(players).first(1)}, Team{.players = std::span(players).last(1)}};
    CHECK(predict(teams, WengLinSettings{})[0] == doctest::Approx(0.906).epsilon(0.001));
}

TEST_CASE("weng-lin: tau keeps old ratings moving, but nobody gets less certain than a new player") {
    const WengLinSettings settings;
    CHECK(rested({.deviation = 60}, 16, settings).deviation == doctest::Approx(std::sqrt(3600 + 16 * 6.25)));
    CHECK(rested({.deviation = 249}, 1000, settings).deviation == 250);
}

}  // namespace agon::ratings
