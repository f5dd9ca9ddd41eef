#include "core/formats/double_elimination.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <functional>
#include <set>

#include "base/prng.hpp"
#include "core/formats/losers_masks.hpp"

namespace agon::formats {

namespace {

Stage stage_of(std::uint32_t entrants, GrandFinal grand_final = GrandFinal::reset) {
    Settings settings{.entrants = entrants};
    settings.options.grand_final = grand_final;
    return Stage(double_elimination, settings);
}

using Winner = std::function<std::uint8_t(const Match&)>;

Winner by_chance(Prng& prng) {
    return [&prng](const Match&) { return static_cast<std::uint8_t>(prng.below(2)); };
}
/// The better seed wins.
std::uint8_t by_seed(const Match& m) { return m.players[0] < m.players[1] ? 0 : 1; }

/// Plays to the end, a random match that can be played at a time; the number of matches.
std::uint32_t play(Stage& stage, Prng& order, const Winner& winner, const std::function<void(MatchNumber)>& seen = {}) {
    std::uint32_t played = 0;
    while (!stage.is_finished()) {
        if (stage.wants_draw()) stage.draw(double_elimination.next(stage).rounds);
        const auto ready = stage.startable();
        REQUIRE_FALSE(ready.empty());
        const auto number = ready[order.below(ready.size())];
        if (seen) seen(number);
        stage.begin(number);
        stage.complete(number, {.winner_side = winner(stage.match(number)), .score = Score{2, 1}});
        ++played;
    }
    return played;
}

std::string text(Slot slot) {
    switch (slot.from) {
        case Slot::From::seed: return std::to_string(slot.index + 1);
        case Slot::From::winner_of: return "W" + std::to_string(slot.index);
        case Slot::From::loser_of: return "L" + std::to_string(slot.index);
        case Slot::From::nobody: return "-";
    }
    return {};
}

/// The rounds as `bracket: slot/slot slot/slot`.
std::vector<std::string> plan_text(const Stage& stage) {
    std::vector<std::string> lines;
    for (const auto& round : stage.rounds()) {
        auto line = std::string(1, "WLF"[static_cast<int>(round.bracket)]) + ":";
        for (const auto& m : stage.matches_of(round)) line += " " + text(m.slots[0]) + "/" + text(m.slots[1]);
        lines.push_back(line);
    }
    return lines;
}
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("double elimination: eight entrants, drawn out") {
    CHECK(plan_text(stage_of(8)) == Lines{"W: 1/8 4/5 2/7 3/6", "W: W1/W2 W3/W4", "L: L1/L2 L3/L4", "L: L6/W7 L5/W8",
                                          "W: W5/W6", "L: W9/W10", "L: L11/W12", "F: W11/W13"});
}

TEST_CASE("double elimination: two, three and five entrants are drawn in a sensible way") {
    CHECK(plan_text(stage_of(2)) == Lines{"W: 1/2", "F: W1/L1"});
    CHECK(plan_text(stage_of(2, GrandFinal::none)) == Lines{"W: 1/2"});
    CHECK(plan_text(stage_of(3)) == Lines{"W: 1/- 2/3", "W: W1/W2", "L: -/L2", "L: L3/W4", "F: W3/W5"});
    CHECK(plan_text(stage_of(5)) == Lines{"W: 1/- 4/5 2/- 3/-", "W: W1/W2 W3/W4", "L: -/L2 -/-", "L: L6/W7 L5/W8",
                                          "W: W5/W6", "L: W9/W10", "L: L11/W12", "F: W11/W13"});
}

TEST_CASE("double elimination: losers drop by the masks") {
    for (std::uint32_t size = 4; size <= 256; size *= 2) {
        const auto stage = stage_of(size);
        const auto masks = drop_masks(size);
        std::vector<Round> winners, losers;
        for (const auto& round : stage.rounds()) {
            if (round.bracket == Bracket::winners) winners.push_back(round);
            if (round.bracket == Bracket::losers) losers.push_back(round);
        }
        REQUIRE(losers.size() == 2 * winners.size() - 2);
        for (std::uint32_t r = 2; r <= winners.size(); ++r)
            for (std::uint32_t m = 0; m < winners[r - 1].count; ++m) {
                const auto& match = stage.match(winners[r - 1].first + m);
                CHECK(match.goes_to[1] == losers[2 * r - 3].first + (m ^ masks[r - 2]));
            }
    }
}

TEST_CASE("double elimination: a bye's losers match completes by itself, and nobody waits for a bye") {
    const auto stage = stage_of(5);
    CHECK(stage.startable() == std::vector<MatchNumber>{2, 6});
    const auto& empty = stage.match(8);
    CHECK(empty.status == MatchStatus::completed);
    CHECK(empty.winner() == nobody);
    CHECK(stage.match(10).players == std::array<Seed, 2>{pending, nobody});
}

TEST_CASE("double elimination: 2n-2 matches, one more with the second final; who is out has lost twice") {
    for (std::uint32_t n = 2; n <= 70; ++n) {
        Prng prng{n};
        for (const auto grand_final : {GrandFinal::single, GrandFinal::reset, GrandFinal::none}) {
            CAPTURE(n);
            auto stage = stage_of(n, grand_final);
            const auto played = play(stage, prng, by_chance(prng));
            const auto second = stage.rounds().back().drawn ? 1u : 0u;
            CHECK(played == (grand_final == GrandFinal::none ? 2 * n - 3 : 2 * n - 2 + second));
            std::vector<std::uint32_t> losses(n);
            for (MatchNumber m = 1; m <= stage.match_count(); ++m)
                if (is_seed(stage.match(m).loser()) && is_seed(stage.match(m).winner()))
                    ++losses[stage.match(m).loser()];
            const auto places = double_elimination.rank(stage);
            REQUIRE(places.size() == n);
            CHECK(places[0].last == 1);
            CHECK(places[1].last == 2);
            for (std::size_t i = grand_final == GrandFinal::reset ? 1 : 2; i < n; ++i)
                CHECK(losses[places[i].seed] == 2);
            CHECK(losses[places[0].seed] <= 1);
        }
    }
}

TEST_CASE("double elimination: the second final is played when the undefeated loses the first, sides changed") {
    auto stage = stage_of(4);
    Prng prng{1};
    const auto final = static_cast<MatchNumber>(stage.match_count());
    play(stage, prng, by_seed);
    REQUIRE(stage.match_count() == final);
    stage.undo(final);
    stage.complete(final, {.winner_side = 1, .score = Score{0, 2}});
    CHECK(stage.wants_draw());
    CHECK(double_elimination.rank(stage)[0] == Place{0, 1, 2});
    stage.draw(double_elimination.next(stage).rounds);
    CHECK(stage.rounds().back().bracket == Bracket::final_);
    CHECK(stage.match(final + 1).players == std::array<Seed, 2>{1, 0});
    stage.begin(final + 1);
    CHECK(stage.dependents(1).back() == final + 1);
    stage.complete(final + 1, {.winner_side = 0, .score = Score{2, 0}});
    CHECK(stage.is_finished());
    CHECK(double_elimination.rank(stage)[0] == Place{1, 1, 1});
    CHECK(double_elimination.rank(stage)[1] == Place{0, 2, 2});
}

TEST_CASE("double elimination: places by losers round, shared by those of one round") {
    auto stage = stage_of(8);
    Prng prng{1};
    play(stage, prng, by_seed);
    CHECK(double_elimination.rank(stage) ==
          std::vector<Place>{{0, 1, 1}, {1, 2, 2}, {2, 3, 3}, {3, 4, 4}, {4, 5, 6}, {5, 5, 6}, {6, 7, 8}, {7, 7, 8}});
}

TEST_CASE("double elimination: half-way, those still in share the best places that are left") {
    auto stage = stage_of(4);
    CHECK(double_elimination.rank(stage).back() == Place{3, 1, 4});
    for (const MatchNumber m : {1u, 2u, 4u}) {
        stage.begin(m);
        stage.complete(m, {.winner_side = 0, .score = Score{1, 0}});
    }
    const auto places = double_elimination.rank(stage);
    CHECK(places[2].first == 1);
    CHECK(places[2].last == 3);
    CHECK(places[3] == Place{2, 4, 4});
}

TEST_CASE("double elimination: where nobody wins, nobody goes on") {
    auto stage = stage_of(4);
    stage.complete(1, {});
    stage.complete(2, {.winner_side = 0, .forfeit = true});
    CHECK(stage.match(3).is_bye());
    CHECK(stage.match(4).is_bye());
    CHECK(stage.startable() == std::vector<MatchNumber>{6});
    CHECK(stage.match(6).players == std::array<Seed, 2>{1, 2});
    stage.complete(6, {.winner_side = 0, .score = Score{1, 0}});
    CHECK(stage.is_finished());
    CHECK(double_elimination.rank(stage) == std::vector<Place>{{1, 1, 1}, {2, 2, 2}, {0, 3, 4}, {3, 3, 4}});
}

TEST_CASE("double elimination: rematches in the losers bracket come no sooner and no more often than computed") {
    for (std::uint32_t size = 8; size <= 128; size *= 2) {
        CAPTURE(size);
        Prng prng{size};
        const auto computed = rematches(size, drop_masks(size));
        const int tournaments = size <= 32 ? 2000 : 600;
        int again = 0;
        std::uint32_t earliest = ~0u;
        for (int i = 0; i < tournaments; ++i) {
            auto stage = stage_of(size, GrandFinal::none);
            std::set<std::pair<Seed, Seed>> met;
            std::vector<std::uint32_t> losers_round{0};
            for (const auto& round : stage.rounds())
                losers_round.push_back(losers_round.back() + (round.bracket == Bracket::losers ? 1 : 0));
            play(stage, prng, by_chance(prng), [&](MatchNumber number) {
                const auto& m = stage.match(number);
                const auto pair = std::minmax(m.players[0], m.players[1]);
                if (met.insert({pair.first, pair.second}).second) return;
                ++again;
                earliest = std::min(earliest, losers_round[m.round]);
            });
        }
        CHECK(earliest == computed.earliest);
        CHECK(static_cast<double>(again) / tournaments == doctest::Approx(computed.expected).epsilon(0.1));
    }
}

}  // namespace agon::formats
