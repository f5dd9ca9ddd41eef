/// The engine against the enumerator, on random positions of few players.
#include <doctest/doctest.h>

#include <cstdlib>
#include <sstream>

#include "core/formats/dutch/engine.hpp"
#include "core/formats/dutch/oracle_testing.hpp"
#include "core/formats/dutch/simulation_testing.hpp"

namespace agon::formats::dutch {

namespace {

using testing::Boards;

std::optional<Boards> boards_of(const std::optional<Pairing>& pairing) {
    if (!pairing) return {};
    Boards result{.bye = pairing->bye};
    for (const auto& pair : pairing->pairs) result.boards.insert({pair.white, pair.black});
    return result;
}

std::string shown(const std::optional<Boards>& boards) {
    if (!boards) return "nothing";
    std::ostringstream out;
    for (const auto& [white, black] : boards->boards) out << white + 1 << '-' << black + 1 << ' ';
    if (boards->bye) out << *boards->bye + 1 << "-0";
    return out.str();
}

/// AGON_SWISS_ROUNDS: how many positions.
std::size_t positions_to_check() {
    if (const auto* told = std::getenv("AGON_SWISS_ROUNDS")) return std::strtoull(told, nullptr, 10);
    return testing::sanitized ? 300 : 20000;
}

}  // namespace

TEST_CASE("swiss: the engine pairs random positions as the enumerator of all candidates does") {
    const auto wanted = positions_to_check();
    std::size_t checked = 0, impossible = 0;
    Effort effort;
    for (std::uint64_t seed = 1; checked < wanted; ++seed) {
        Prng prng(seed);
        testing::Simulation simulation(testing::random_habits(prng, 2, 10), seed);
        while (!simulation.over() && checked < wanted) {
            const auto position = simulation.position();
            const auto pairing = pair_next_round(position, {}, &effort);
            const auto ours = boards_of(pairing), expected = testing::Oracle(position).pair();
            ++checked;
            if (ours != expected) {
                CAPTURE(seed);
                CAPTURE(simulation.table().rounds_played() + 1);
                CHECK(shown(ours) == shown(expected));
            }
            if (!pairing) ++impossible;
            // Every third tournament has a history that no engine would make.
            if (seed % 3 == 0)
                simulation.play_at_random();
            else if (pairing)
                simulation.play(*pairing);
            else
                break;
        }
    }
    MESSAGE(checked << " positions, " << impossible << " without a legal pairing; brackets by level: "
                    << effort.brackets[0] << " " << effort.brackets[1] << " " << effort.brackets[2]);
}

TEST_CASE("swiss: every rule decides something in the random positions") {
    if (testing::sanitized) return;
    using testing::Oracle, testing::Rule;
    // C17, T3 and T4 are too rare to be met in a few thousand positions.
    std::set<Rule> silent{Rule::c5,  Rule::c7,  Rule::c8,  Rule::c9,  Rule::c10, Rule::c11, Rule::c12, Rule::c13,
                          Rule::c14, Rule::c15, Rule::c16, Rule::c18, Rule::c19, Rule::c20, Rule::c21, Rule::t5};
    std::size_t checked = 0;
    const std::size_t limit = 20000;
    for (std::uint64_t seed = 1; checked < limit && !silent.empty(); ++seed) {
        Prng prng(seed);
        testing::Simulation simulation(testing::random_habits(prng, 6, 9), seed);
        while (!simulation.over()) {
            const auto position = simulation.position();
            const auto pairing = pair_next_round(position);
            ++checked;
            const auto boards = boards_of(pairing);
            if (pairing) std::erase_if(silent, [&](Rule rule) { return Oracle(position, rule).pair() != boards; });
            if (seed % 3 == 0)
                simulation.play_at_random();
            else if (pairing)
                simulation.play(*pairing);
            else
                break;
        }
    }
    MESSAGE(checked << " positions until every rule had decided something");
    for (const auto rule : silent) {
        CAPTURE(static_cast<int>(rule));
        FAIL_CHECK("a rule decided nothing");
    }
}

}  // namespace agon::formats::dutch
