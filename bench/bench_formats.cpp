/// What formats cost, as one line of JSON: a large double elimination created and played, a large single elimination and
/// a large round robin created, standings with five tie-breaks. CPU time of one thread.
#include <cstdio>

#include "base/prng.hpp"
#include "core/formats/format.hpp"
#include "core/standings/standings.hpp"
#include "core/standings/standings_testing.hpp"
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

/// The best of five, as the others do in their first: five tie-breaks over 1,000 players and 11 rounds.
double standings_ms() {
    using enum standings::TieBreak;
    const auto table = standings::testing::random_swiss(1000, 11, 1);
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
        const auto begin = bench::cpu_us();
        const standings::Settings settings{
            .tiebreaks = {buchholz_cut1, buchholz, sonneborn_berger, progressive, direct_encounter}};
        const auto ranked = standings::rank(table, settings);
        best = std::min(best, (bench::cpu_us() - begin) / 1e3);
    }
    return best;
}

}  // namespace

int main() {
    auto begin = bench::cpu_us();
    auto ladder = create("double_elimination", 4096);
    const auto matches = play(ladder);
    const auto ladder_ms = (bench::cpu_us() - begin) / 1e3;

    begin = bench::cpu_us();
    const auto table = create("round_robin", 1000);
    const auto table_ms = (bench::cpu_us() - begin) / 1e3;

    begin = bench::cpu_us();
    const auto bracket = create("single_elimination", 1'000'000);
    const auto bracket_ms = (bench::cpu_us() - begin) / 1e3;
    const auto bracket_mib = memory_mib();

    std::printf(
        "{\"double_elimination_ms\":%.1f,\"double_elimination_matches\":%u,\"round_robin_ms\":%.1f,"
        "\"round_robin_matches\":%zu,\"single_elimination_ms\":%.1f,\"single_elimination_mib\":%ld,"
        "\"standings_ms\":%.2f}\n",
        ladder_ms, matches, table_ms, table.match_count(), bracket_ms, bracket_mib, standings_ms());
}
