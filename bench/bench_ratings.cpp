/// How many duels between rated players each rating engine takes in, a CPU second, on one core: through the engine's
/// value as the server calls it, with players drawn beforehand from a field of 10,000.

#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/prng.hpp"
#include "core/ratings/engine.hpp"
#include "measured.hpp"

namespace {

using namespace agon;
using namespace agon::ratings;

struct Duel {
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint32_t place_of_a = 0;
};

std::vector<Duel> draw_duels(std::size_t count, std::uint32_t players) {
    Prng prng{1};
    std::vector<Duel> duels;
    for (std::size_t i = 0; i < count; ++i) {
        const auto a = static_cast<std::uint32_t>(prng.below(players));
        const auto b = static_cast<std::uint32_t>((a + 1 + prng.below(players - 1)) % players);
        // The lower number wins twice in three; one in thirty-two is level.
        const auto result = prng.below(32) == 0 ? 2U : prng.below(3) == 0 ? (a < b ? 3U : 1U) : (a < b ? 1U : 3U);
        duels.push_back({a, b, result});
    }
    return duels;
}

struct Measured {
    double per_cpu_second = 0;
    /// Of all ratings, so that no compiler leaves the work out; the same on each run.
    double sum = 0;
};

Measured measure(const Engine& engine, const std::vector<Duel>& duels, std::uint32_t count, std::size_t games) {
    const auto settings = *engine.read_settings(JsonObject{});
    std::vector<Rating> players(count, engine.initial(settings));
    const auto start = bench::cpu_us();
    for (std::size_t i = 0; i < games; ++i) {
        const auto& duel = duels[i % duels.size()];
        std::array teams{Team{.players = std::span(players).subspan(duel.a, 1), .place = duel.place_of_a},
                         Team{.players = std::span(players).subspan(duel.b, 1), .place = 2}};
        engine.update(teams, settings);
    }
    const auto us = bench::cpu_us() - start;
    Measured measured{.per_cpu_second = static_cast<double>(games) * 1e6 / us};
    for (const auto& player : players) measured.sum += player.value;
    return measured;
}

double target_of(const Engine& engine) { return engine.name == "elo" ? 10e6 : 2e6; }

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"duels that each rating engine takes in, a CPU second"};
    std::size_t games = 4'000'000;
    std::uint32_t players = 10'000;
    app.add_option("--games", games, "games to play")->capture_default_str();
    app.add_option("--players", players, "players in the field")
        ->check(CLI::Range(2, 1'000'000))
        ->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    const auto duels = draw_duels(1 << 16, players);
    fmt::print("{:<24} {:>14} {:>8} {:>12} {:>5} {:>16}\n", "engine", "duels/CPU s", "ns", "target", "met",
               "sum of values");
    for (const auto* engine : all_engines()) {
        const auto measured = measure(*engine, duels, players, games);
        const auto target = target_of(*engine);
        fmt::print("{:<24} {:>14.0f} {:>8.1f} {:>12.0f} {:>5} {:>16.3f}\n", engine->name, measured.per_cpu_second,
                   1e9 / measured.per_cpu_second, target, measured.per_cpu_second >= target ? "yes" : "no",
                   measured.sum);
    }
}
