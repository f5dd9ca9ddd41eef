#include "core/formats/round_robin.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <map>

#include "core/formats/stage_table.hpp"

namespace agon::formats {

namespace {

/// A round as the handbook writes it: `1-6 2-5 3-4`.
std::string written(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
    std::string text;
    for (const auto& [home, away] : pairs) text += fmt::format("{}{}-{}", text.empty() ? "" : " ", home, away);
    return text;
}

std::vector<std::string> table(std::uint32_t entrants) {
    std::vector<std::string> rounds;
    for (std::uint32_t r = 1; r < entrants; ++r) rounds.push_back(written(berger_round(r, entrants)));
    return rounds;
}

using Rounds = std::vector<std::string>;

Stage stage_of(std::uint32_t entrants, StageOptions options = {}, std::vector<std::uint16_t> groups = {}) {
    return Stage(round_robin, Settings{.entrants = entrants, .options = options, .group_of = std::move(groups)});
}

void play_on(Stage& stage, std::uint8_t (*winner)(const Match&)) {
    while (!stage.is_finished()) {
        const auto startable = stage.startable();
        REQUIRE_FALSE(startable.empty());
        for (const auto m : startable) stage.begin(m);
        for (const auto m : startable) stage.complete(m, {.winner_side = winner(stage.match(m))});
    }
}

}  // namespace

TEST_CASE("the Berger tables are the handbook's") {
    CHECK(table(4) == Rounds{"1-4 2-3", "4-3 1-2", "2-4 3-1"});
    CHECK(table(6) == Rounds{"1-6 2-5 3-4", "6-4 5-3 1-2", "2-6 3-1 4-5", "6-5 1-4 2-3", "3-6 4-2 5-1"});
    CHECK(table(8) == Rounds{"1-8 2-7 3-6 4-5", "8-5 6-4 7-3 1-2", "2-8 3-1 4-7 5-6", "8-6 7-5 1-4 2-3",
                             "3-8 4-2 5-1 6-7", "8-7 1-6 2-5 3-4", "4-8 5-3 6-2 7-1"});
    CHECK(table(10) == Rounds{"1-10 2-9 3-8 4-7 5-6", "10-6 7-5 8-4 9-3 1-2", "2-10 3-1 4-9 5-8 6-7",
                              "10-7 8-6 9-5 1-4 2-3", "3-10 4-2 5-1 6-9 7-8", "10-8 9-7 1-6 2-5 3-4",
                              "4-10 5-3 6-2 7-1 8-9", "10-9 1-8 2-7 3-6 4-5", "5-10 6-4 7-3 8-2 9-1"});
}

TEST_CASE("everybody meets everybody once, and sides differ by one at most") {
    for (std::uint32_t n = 2; n <= 40; ++n) {
        const auto stage = stage_of(n);
        CHECK(stage.match_count() == n * (n - 1) / 2);
        CHECK(stage.rounds().size() == n + n % 2 - 1);
        std::map<std::pair<Seed, Seed>, int> met;
        std::map<Seed, int> balance;
        for (MatchNumber m = 1; m <= stage.match_count(); ++m) {
            const auto [home, away] = stage.match(m).players;
            ++met[{std::min(home, away), std::max(home, away)}];
            ++balance[home];
            --balance[away];
        }
        CHECK(met.size() == n * (n - 1) / 2);
        for (const auto& [seed, difference] : balance) CHECK(std::abs(difference) <= 1);
    }
}

TEST_CASE("a double round robin turns the sides, with the last two rounds of the first cycle swapped") {
    const auto stage = stage_of(4, {.rounds = 2});
    std::vector<std::string> rounds;
    for (const auto& round : stage.rounds()) {
        std::string text;
        for (const auto& m : stage.matches_of(round))
            text += fmt::format("{}{}-{}", text.empty() ? "" : " ", m.players[0] + 1, m.players[1] + 1);
        rounds.push_back(text);
    }
    CHECK(rounds == Rounds{"1-4 2-3", "2-4 3-1", "4-3 1-2", "4-1 3-2", "3-4 2-1", "4-2 1-3"});
}

TEST_CASE("groups play side by side, and nobody meets another group") {
    const auto stage = stage_of(9, {.groups = 2}, {0, 1, 1, 0, 0, 1, 1, 0, 0});
    CHECK(stage.rounds().size() == 5);
    CHECK(stage.match_count() == 10 + 6);
    for (MatchNumber m = 1; m <= stage.match_count(); ++m) {
        const auto& match = stage.match(m);
        CHECK(stage.group_of(match.players[0]) == match.group);
        CHECK(stage.group_of(match.players[1]) == match.group);
    }
}

TEST_CASE("a round begins when the one before has ended") {
    auto stage = stage_of(4);
    CHECK(stage.startable() == std::vector<MatchNumber>{1, 2});
    stage.begin(1);
    stage.complete(1, {.winner_side = 0});
    CHECK(stage.startable() == std::vector<MatchNumber>{2});
    stage.begin(2);
    stage.complete(2, {.winner_side = 2});
    CHECK(stage.startable() == std::vector<MatchNumber>{3, 4});
}

TEST_CASE("the points make the places, and draws share them") {
    auto stage = stage_of(4);
    play_on(stage, [](const Match& m) -> std::uint8_t { return m.players[0] < m.players[1] ? 0 : 1; });
    const auto places = round_robin.rank(stage);
    CHECK(places == std::vector<Place>{{0, 1, 1}, {1, 2, 2}, {2, 3, 3}, {3, 4, 4}});
    CHECK(group_standings(stage, 0).front().values.front() == 300);

    auto level = stage_of(4, {.tiebreaks = std::vector{standings::TieBreak::points}});
    play_on(level, [](const Match&) -> std::uint8_t { return 2; });
    CHECK(round_robin.rank(level).front() == Place{0, 1, 4});
}

TEST_CASE("an older result can be undone while later rounds stand") {
    auto stage = stage_of(4);
    play_on(stage, [](const Match&) -> std::uint8_t { return 0; });
    CHECK(stage.dependents(1).empty());
    stage.undo(1);
    CHECK_FALSE(stage.is_finished());
    CHECK(stage.startable() == std::vector<MatchNumber>{1});
    stage.begin(1);
    stage.complete(1, {.winner_side = 1});
    CHECK(stage.is_finished());
}

TEST_CASE("whoever is taken out before playing leaves byes that count nothing") {
    auto stage = stage_of(4);
    stage.vacate(3);
    play_on(stage, [](const Match&) -> std::uint8_t { return 0; });
    const auto standings = group_standings(stage, 0);
    CHECK(standings.size() == 3);
    CHECK(standings.back().last == 3);
    CHECK(round_robin.rank(stage).back() == Place{3, 4, 4});
}

TEST_CASE("what cannot be played is refused, and what can is said") {
    const auto refusal = [](std::uint32_t entrants, StageOptions options) {
        const auto ok = round_robin.check({.entrants = entrants, .options = options});
        return ok ? std::string{} : ok.error().pointer + " " + ok.error().message;
    };
    CHECK(refusal(8, {.groups = 2}).empty());
    CHECK(refusal(8, {.groups = 5}) == "/groups 5 groups need at least 10 entrants, there are 8");
    CHECK(refusal(0, {.rounds = 9}) == "/rounds everybody can meet everybody at most 8 times");
    CHECK(refusal(2000, {}) ==
          "/groups 2000 entrants would play 1999000 matches, more than 1000000; play in more groups");
    CHECK(refusal(8, {.points = {.win = 1, .draw = 2}}).starts_with("/points a win must be worth more"));
    CHECK(refusal(8, {.points = {.win = 1.05}}) == "/points must be in tenths of a point");
}

}  // namespace agon::formats
