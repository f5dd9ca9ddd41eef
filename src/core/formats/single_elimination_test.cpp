#include "core/formats/single_elimination.hpp"

#include <doctest/doctest.h>

#include "base/prng.hpp"

namespace agon::formats {

namespace {

using Seeds = std::vector<Seed>;

/// As people write it: 1 v 8, 4 v 5, …
Seeds from_one(Seeds seeds) {
    for (auto& s : seeds) ++s;
    return seeds;
}

Stage stage_of(std::uint32_t entrants) { return Stage(single_elimination, Settings{.entrants = entrants}); }

/// The seeds that have a bye in round 1, from 1.
Seeds byes(const Stage& stage) {
    Seeds found;
    for (const auto& match : stage.matches_of(stage.rounds().front()))
        if (match.is_bye()) found.push_back(match.winner() + 1);
    std::ranges::sort(found);
    return found;
}

}  // namespace

TEST_CASE("the bracket's lines are in the standard order") {
    CHECK(from_one(bracket_order(2)) == Seeds{1, 2});
    CHECK(from_one(bracket_order(8)) == Seeds{1, 8, 4, 5, 2, 7, 3, 6});
    CHECK(from_one(bracket_order(16)) == Seeds{1, 16, 8, 9, 4, 13, 5, 12, 2, 15, 7, 10, 3, 14, 6, 11});
    CHECK(from_one(bracket_order(32)) == Seeds{1, 32, 16, 17, 8, 25, 9,  24, 4, 29, 13, 20, 5, 28, 12, 21,
                                               2, 31, 15, 18, 7, 26, 10, 23, 3, 30, 14, 19, 6, 27, 11, 22});
}

TEST_CASE("the top seeds get the byes, and no match is bye against bye") {
    CHECK(byes(stage_of(5)) == Seeds{1, 2, 3});
    for (std::uint32_t n = 2; n <= 130; ++n) {
        const auto stage = stage_of(n);
        const auto free = std::bit_ceil(n) - n;
        Seeds expected;
        for (Seed s = 1; s <= free; ++s) expected.push_back(s);
        CHECK(byes(stage) == expected);
        CHECK(stage.match_count() == std::bit_ceil(n) - 1);
    }
}

TEST_CASE("a bye is complete from the start and its entrant waits in round 2") {
    const auto stage = stage_of(3);
    CHECK(stage.match(1).status == MatchStatus::completed);
    CHECK(stage.match(3).players == std::array<Seed, 2>{0, pending});
    CHECK(stage.startable() == std::vector<MatchNumber>{2});
}

TEST_CASE("any number of entrants ends with one champion after n-1 played matches, whoever wins") {
    for (std::uint32_t n = 2; n <= 70; ++n) {
        Prng prng{n};
        auto stage = stage_of(n);
        std::uint32_t played = 0;
        while (!stage.is_finished()) {
            const auto ready = stage.startable();
            REQUIRE_FALSE(ready.empty());
            const auto m = ready[prng.below(ready.size())];
            stage.begin(m);
            stage.complete(m, {.winner_side = static_cast<std::uint8_t>(prng.below(2)), .score = Score{2, 1}});
            ++played;
        }
        CHECK(played == n - 1);
        const auto places = single_elimination.rank(stage);
        CHECK(places.size() == n);
        CHECK(places.front() == Place{stage.match(static_cast<MatchNumber>(stage.match_count())).winner(), 1, 1});
        if (n > 2) CHECK(places[1].last == 2);
        if (n >= 4) CHECK(places[2] == Place{places[2].seed, 3, 4});
    }
}

TEST_CASE("where nobody wins a match, the next opponent has a bye") {
    auto stage = stage_of(4);
    stage.begin(1);
    stage.complete(1, {});
    stage.begin(2);
    stage.complete(2, {.winner_side = 1, .score = Score{0, 2}});
    CHECK(stage.is_finished());
    CHECK(stage.match(3).is_bye());
    CHECK(stage.match(3).winner() == 2);
}

TEST_CASE("where nobody wins the final there is no champion") {
    auto stage = stage_of(2);
    stage.begin(1);
    stage.complete(1, {});
    CHECK(stage.is_finished());
    CHECK(single_elimination.rank(stage).front() == Place{0, 1, 2});
}

TEST_CASE("with a match for third place its winner is third, also when the other does not come") {
    Settings settings{.entrants = 4};
    settings.options.third_place = true;
    const auto semi_finals = [&](Ending second) {
        Stage stage(single_elimination, settings);
        stage.complete(1, {.winner_side = 0, .score = Score{1, 0}});
        stage.complete(2, second);
        return stage;
    };
    auto stage = semi_finals({.winner_side = 0, .score = Score{1, 0}});
    CHECK(stage.startable() == std::vector<MatchNumber>{3, 4});
    CHECK(single_elimination.rank(stage)[2] == Place{2, 3, 4});
    stage.complete(4, {.winner_side = 1, .score = Score{0, 1}});
    stage.complete(3, {.winner_side = 1, .score = Score{0, 1}});
    CHECK(stage.is_finished());
    CHECK(single_elimination.rank(stage) == std::vector<Place>{{1, 1, 1}, {0, 2, 2}, {2, 3, 3}, {3, 4, 4}});

    stage = semi_finals({});
    CHECK(stage.is_finished());
    CHECK(stage.match(4).winner() == 3);
    CHECK(single_elimination.rank(stage).front() == Place{0, 1, 1});

    settings.entrants = 3;
    CHECK(single_elimination.check(settings).error().pointer == "/third_place");
}

TEST_CASE("a match taken back, and what rests on it, is offered once") {
    auto stage = stage_of(4);
    for (const MatchNumber m : {1u, 2u}) stage.complete(m, {.winner_side = 0, .score = Score{1, 0}});
    REQUIRE(stage.startable() == std::vector<MatchNumber>{3});
    stage.undo(1);
    CHECK(stage.startable() == std::vector<MatchNumber>{1});
    stage.complete(1, {.winner_side = 1, .score = Score{0, 1}});
    CHECK(stage.startable() == std::vector<MatchNumber>{3});
}

TEST_CASE("who was taken out after a bye does not come back when the result that gave the bye is undone") {
    auto stage = stage_of(7);
    stage.complete(2, {});
    REQUIRE(stage.match(5).winner() == 0);
    stage.vacate(0);
    stage.undo(2);
    CHECK(stage.match(5).players == std::array<Seed, 2>{nobody, pending});
    CHECK(single_elimination.rank(stage).back() == Place{0, 7, 7});
}

}  // namespace agon::formats
