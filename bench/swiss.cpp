/// What one round of a Swiss tournament costs: simulates tournaments and prints the CPU time of each pairing.
///
///     bench_swiss [PLAYERS [ROUNDS [DRAWS% [SEED]]]]      1000 players, 9 rounds, 30 % draws, seed 1 by default
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "core/formats/dutch/engine.hpp"
#include "core/formats/dutch/simulation_testing.hpp"

namespace {

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

unsigned long argument(int count, char** arguments, int at, unsigned long otherwise) {
    return at < count ? std::strtoul(arguments[at], nullptr, 10) : otherwise;
}

}  // namespace

int main(int count, char** arguments) {
    using namespace agon::formats::dutch;
    testing::Habits habits;
    habits.players = argument(count, arguments, 1, 1000);
    habits.rounds = static_cast<std::uint32_t>(argument(count, arguments, 2, 9));
    habits.draws = static_cast<unsigned>(argument(count, arguments, 3, 30));
    habits.absences = static_cast<unsigned>(argument(count, arguments, 5, 0));
    testing::Simulation simulation(habits, argument(count, arguments, 4, 1));
    while (!simulation.over()) {
        const auto round = simulation.table().rounds_played() + 1;
        Effort effort;
        const auto begin = cpu_seconds();
        const auto pairing = pair_next_round(simulation.position(), {}, &effort);
        const auto seconds = cpu_seconds() - begin;
        std::printf("%zu players, round %zu: %.3f s CPU; brackets by level: %zu %zu %zu\n", habits.players, round,
                    seconds, effort.brackets[0], effort.brackets[1], effort.brackets[2]);
        if (!pairing) return 1;
        simulation.play(*pairing);
    }
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("greatest memory: %ld MiB\n", usage.ru_maxrss / 1024);
}
