#include "core/ratings/take_back.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "core/ratings/elo.hpp"
#include "core/ratings/engine.hpp"

namespace agon::ratings {

namespace {

struct Player {
    const Engine& engine;
    Settings settings = engine.read_settings(JsonObject{}).value();
    Rating rating = engine.initial(settings);

    /// Against somebody new.
    void play(double score) {
        std::array both{rating, engine.initial(settings)};
        std::array teams{Team{.players = {&both[0], 1}, .place = score == 0 ? 2u : 1u},
                         Team{.players = {&both[1], 1}, .place = score == 1 ? 2u : 1u}};
        engine.update(teams, settings);
        rating = both[0];
    }
};

}  // namespace

TEST_CASE("the last game is taken back exactly, with every engine") {
    for (const auto* engine : all_engines()) {
        CAPTURE(engine->name);
        Player player{*engine};
        for (const double score : {1.0, 0.0, 0.5, 1.0}) {
            const auto before = player.rating;
            player.play(score);
            CHECK(taken_back(player.rating, before, player.rating, engine->initial(player.settings)) == before);
        }
    }
}

TEST_CASE("an earlier game of Elo is taken back by its points") {
    Player player{elo};
    const auto before = player.rating;
    player.play(1);
    const auto after = player.rating;
    for (int i = 0; i < 5; ++i) player.play(1);
    const auto now = player.rating;
    const auto without = taken_back(now, before, after, elo.initial(player.settings));
    CHECK(without.value == now.value - (after.value - before.value));
    CHECK(without.games == now.games - 1);
}

TEST_CASE("an early game moves a well-known player little, and never makes him less known than a new one") {
    for (const auto* engine : all_engines()) {
        CAPTURE(engine->name);
        Player player{*engine};
        const auto initial = player.rating;
        if (initial.deviation == 0) continue;
        player.play(1);
        const auto after = player.rating;
        for (int i = 0; i < 40; ++i) player.play(i % 2);
        const auto without = taken_back(player.rating, initial, after, initial);
        CHECK(without.games == 40);
        CHECK(without.value < player.rating.value);
        // It made a third or more of its first step when nothing was known.
        CHECK(player.rating.value - without.value < (after.value - initial.value) / 3);
        CHECK(without.deviation > player.rating.deviation);
        CHECK(without.deviation <= initial.deviation);
    }
}

TEST_CASE("a game is taken back as far as it can be, where a long rest made the player as good as new") {
    const Rating initial{1500, 350, 0.06, 0};
    const Rating after{1660, 290, 0.06, 1};
    const Rating rested{1660, 350, 0.06, 1};
    const auto without = taken_back(rested, initial, after, initial);
    CHECK(without.deviation == 350);
    CHECK(std::isfinite(without.value));
    CHECK(without.value == doctest::Approx(1500));
}

}  // namespace agon::ratings
