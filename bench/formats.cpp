/// What formats cost, one line each: a large double elimination created and played, a large single elimination and a
/// large round robin created. Figures to stay under stand behind them.
#include <cstdio>

#include "base/prng.hpp"
#include "core/formats/format.hpp"
#include "measured.hpp"

namespace {

using namespace agon;
using namespace agon::formats;

Stage create(std::string_view format, std::uint32_t entrants) {
    return Stage(*find_format(format), Settings{.entrants = entrants});
}

/// After every result whoever can begins, as in a tournament.
std::uint32_t play(Stage& stage) {
    Prng prng{1};
    std::vector<MatchNumber> running;
    std::uint32_t played = 0;
    while (!stage.is_finished()) {
        if (stage.wants_draw()) stage.draw(stage.format().next(stage).rounds);
        for (const auto m : stage.startable()) {
            stage.begin(m);
            running.push_back(m);
        }
        std::swap(running[prng.below(running.size())], running.back());
        const auto winner = static_cast<std::uint8_t>(prng.below(2));
        stage.complete(running.back(), {.winner_side = winner, .score = Score{1, 0}});
        running.pop_back();
        ++played;
    }
    return played;
}

long memory_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

}  // namespace

int main() {
    auto begin = bench::cpu_us();
    auto ladder = create("double_elimination", 4096);
    const auto matches = play(ladder);
    std::printf("double elimination of 4,096 created, %u matches played: %.1f ms CPU (under 50)\n", matches,
                (bench::cpu_us() - begin) / 1e3);

    begin = bench::cpu_us();
    const auto table = create("round_robin", 1000);
    std::printf("round robin of 1,000 created, %zu matches: %.1f ms CPU (under 200)\n", table.match_count(),
                (bench::cpu_us() - begin) / 1e3);

    begin = bench::cpu_us();
    const auto bracket = create("single_elimination", 1'000'000);
    std::printf(
        "single elimination of 1,000,000 created, %zu matches: %.1f ms CPU (under 1,000), %ld MiB (under 500)\n",
        bracket.match_count(), (bench::cpu_us() - begin) / 1e3, memory_mib());
}
