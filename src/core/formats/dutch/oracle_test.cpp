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
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
    return 300;
#else
    return 6000;
#endif
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
            if (!pairing) {
                ++impossible;
                break;
            }
            simulation.play(*pairing);
        }
    }
    MESSAGE(checked << " positions, " << impossible << " without a legal pairing; brackets by level: "
                    << effort.brackets[0] << " " << effort.brackets[1] << " " << effort.brackets[2]);
}

}  // namespace agon::formats::dutch
