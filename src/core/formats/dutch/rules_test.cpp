/// Whole tournaments: the absolute criteria, checked without the engine's help, and settings that must not matter.
#include <doctest/doctest.h>

#include <set>

#include "core/formats/dutch/engine.hpp"
#include "core/formats/dutch/simulation_testing.hpp"

namespace agon::formats::dutch {

namespace {

constexpr std::size_t tournaments = testing::sanitized ? 100 : 2000;

/// +1 for an absolute wish for white, −1 for black, 0 for none (C.04.3 A.6).
int absolute_wish(const CrossTable& table, Row row) {
    int difference = 0;
    std::vector<int> colours;
    for (const auto& round : table.players[row].rounds) {
        if (!was_played(round.outcome)) continue;
        colours.push_back(round.colour == Colour::white ? 1 : -1);
        difference += colours.back();
    }
    if (difference > 1 || difference < -1) return difference > 0 ? -1 : 1;
    const auto games = colours.size();
    return games >= 2 && colours[games - 1] == colours[games - 2] ? -colours[games - 1] : 0;
}

bool is_topscorer(const Position& position, Row row) {
    const auto& table = position.table;
    const auto played = table.rounds_played();
    auto score = table.points(row);
    if (!position.acceleration.empty()) score += position.acceleration[row][played];
    const auto most = static_cast<Points>(played) * std::max(table.scoring.win, table.scoring.draw);
    return played + 1 >= table.total_rounds && 2 * score > most;
}

void check_everybody_is_paired(const Position& position, const Pairing& pairing) {
    std::multiset<Row> seen;
    for (const auto& pair : pairing.pairs) seen.insert({pair.white, pair.black});
    if (pairing.bye) seen.insert(*pairing.bye);
    std::multiset<Row> present;
    for (Row row = 0; row < position.present.size(); ++row)
        if (position.present[row]) present.insert(row);
    CHECK(seen == present);
    CHECK(pairing.bye.has_value() == (present.size() % 2 == 1));
    CHECK(pairing.why_bye.empty() == !pairing.bye);
}

void check_may_meet(const Position& position, const Pair& pair) {
    const auto [white, black] = std::pair{pair.white, pair.black};
    const auto& table = position.table;
    for (const auto& round : table.players[white].rounds)
        CHECK_FALSE((was_played(round.outcome) && round.opponent == black));
    for (const auto& [a, b] : position.forbidden)
        CHECK_FALSE(((a == white && b == black) || (a == black && b == white)));
    const auto wish = absolute_wish(table, white);
    if (position.colours && wish != 0 && wish == absolute_wish(table, black))
        CHECK((is_topscorer(position, white) || is_topscorer(position, black)));
    CHECK_FALSE(pair.why_pair.empty());
    CHECK_FALSE(pair.why_colours.empty());
}

void check_may_have_bye(const CrossTable& table, Row row) {
    for (const auto& round : table.players[row].rounds) {
        CHECK(round.outcome != standings::Outcome::pairing_bye);
        CHECK_FALSE((!was_played(round.outcome) && table.scoring.of(round.outcome) >= table.scoring.win));
    }
}

using Boards = std::vector<std::pair<Row, Row>>;

std::pair<Boards, std::optional<Row>> boards_of(const std::optional<Pairing>& pairing) {
    if (!pairing) return {};
    Boards boards;
    for (const auto& pair : pairing->pairs) boards.push_back({pair.white, pair.black});
    return {boards, pairing->bye};
}

}  // namespace

TEST_CASE("swiss: all are paired, and none against an absolute rule") {
    for (std::uint64_t seed = 1; seed <= tournaments; ++seed) {
        CAPTURE(seed);
        Prng prng(seed);
        testing::Simulation simulation(testing::random_habits(prng, 2, seed % 10 == 0 ? 120 : 30), seed);
        while (!simulation.over()) {
            const auto position = simulation.position();
            const auto pairing = pair_next_round(position);
            if (!pairing) break;
            check_everybody_is_paired(position, *pairing);
            for (const auto& pair : pairing->pairs) check_may_meet(position, pair);
            if (pairing->bye) check_may_have_bye(position.table, *pairing->bye);
            simulation.play(*pairing);
        }
    }
}

TEST_CASE("swiss: levels, widths, numberings and shortcuts give the same pairing") {
    const Tuning tunings[] = {{.first_level = 1},
                              {.first_level = 2},
                              {.least_bits = 129},
                              {.least_bits = 257},
                              {.least_bits = 513},
                              {.shuffle = 1},
                              {.shuffle = 2},
                              {.shortcuts = false},
                              {.first_level = 2, .least_bits = 257, .shuffle = 3, .shortcuts = false}};
    for (std::uint64_t seed = 1; seed <= tournaments / 20; ++seed) {
        CAPTURE(seed);
        Prng prng(seed + 1'000'000);
        testing::Simulation simulation(testing::random_habits(prng, 2, seed % 5 == 0 ? 60 : 24), seed);
        while (!simulation.over()) {
            CAPTURE(simulation.table().rounds_played() + 1);
            const auto position = simulation.position();
            const auto pairing = pair_next_round(position);
            for (const auto& tuning : tunings)
                CHECK((boards_of(pair_next_round(position, tuning)) == boards_of(pairing)));
            if (!pairing) break;
            simulation.play(*pairing);
        }
    }
}

TEST_CASE("swiss: many forbidden pairs in round 1 need many exchanges") {
    CrossTable table;
    table.players.resize(400);
    table.total_rounds = 9;
    Position position{.table = table, .initial_colour = Colour::white};
    position.present.assign(400, true);
    // The first ten of the upper half may meet nobody of the lower half.
    for (Row a = 0; a < 10; ++a)
        for (Row b = 200; b < 400; ++b) position.forbidden.push_back({a, b});
    const auto pairing = pair_next_round(position);
    REQUIRE(pairing);
    check_everybody_is_paired(position, *pairing);
    for (const auto& pair : pairing->pairs) check_may_meet(position, pair);
    CHECK(pairing->pairs.front().white == 0);
    CHECK(pairing->pairs.front().black < 200);
}

}  // namespace agon::formats::dutch
