#include "core/matchmaking/simulation.hpp"

#include <cmath>
#include <doctest/doctest.h>

#include "core/matchmaking/pool_testing.hpp"

namespace agon::matchmaking {

using testing::sanitized;

namespace {

SimulationReport simulated(PoolSettings settings, double rate, double joins, std::optional<double> quiet = {}) {
    Simulation simulation(
        {.pool = settings, .rate = rate, .quiet_rate = quiet, .hours = joins / rate / 3600, .seed = 7});
    while (simulation.go_on(100'000)) {
    }
    return simulation.report();
}

PoolSettings immediate(Rule rule = Rule::mutual, std::int64_t timeout_s = 300) {
    return {.timeout_s = timeout_s, .rule = rule, .ramp = Ramp::immediate};
}
PoolSettings ramp(double s) { return {.ramp = Ramp::fixed, .ramp_s = s}; }

/// What was measured when the rules were chosen, for ratings around 1200 and 300 wide; 0: not compared.
struct Row {
    const char* what;
    PoolSettings settings;
    double rate, mean_wait_s, p99_wait_s, mean_gap, p95_gap, unmatched_percent;
};
const Row table[] = {
    {"mutual", immediate(), 0.02, 102.9, 0, 74.6, 0, 13.7},
    {"either", immediate(Rule::either), 0.02, 81.3, 0, 103.9, 0, 0},
    {"timeout 600 s", immediate(Rule::mutual, 600), 0.02, 116.2, 0, 82.8, 0, 3.6},
    {"mutual", immediate(), 0.1, 35.7, 0, 53, 0, 1.8},
    {"either", immediate(Rule::either), 0.1, 29.5, 0, 67, 0, 0},
    {"timeout 600 s", immediate(Rule::mutual, 600), 0.1, 37.5, 0, 54, 0, 0.51},
    {"immediate", immediate(), 1, 5.1, 65, 47, 94, 0},
    {"ramp 10 s", ramp(10), 1, 8.8, 72, 31.6, 82, 0},
    {"immediate", immediate(), 10, 0.6, 6.6, 47, 94, 0},
    {"ramp 5 s", ramp(5), 10, 1.8, 10.4, 16.9, 50, 0},
    {"ramp 10 s", ramp(10), 10, 2.5, 13.6, 12.3, 37, 0},
    {"ramp 20 s", ramp(20), 10, 3.5, 18.8, 8.9, 26, 0},
    {"ramp 1 s", ramp(1), 100, 0.26, 1.4, 12.3, 37, 0},
    {"ramp 5 s", ramp(5), 100, 0.55, 3.0, 5.7, 17, 0},
};

}  // namespace

TEST_CASE("the simulator measures what was measured when the rules were chosen, within five percent") {
    for (const auto& row : table) {
        const auto report = simulated(row.settings, row.rate, sanitized ? 20'000 : 200'000);
        const auto near = [&](const char* figure, double measured, double expected) {
            const auto tolerance = sanitized ? 0.15 : 0.05;
            // The table's figures are rounded, the small ones to a tenth.
            if (expected > 0 && !(sanitized && expected < 2))
                CHECK_MESSAGE(std::abs(measured - expected) <= tolerance * expected + (expected < 1 ? 0.03 : 0),
                              row.what, " at ", row.rate, "/s: ", figure, " is ", measured, ", not ", expected);
        };
        near("mean wait", report.wait_s.mean, row.mean_wait_s);
        near("p99 of the wait", report.wait_s.p99, row.p99_wait_s);
        near("mean gap", report.gap_points.mean, row.mean_gap);
        near("p95 of the gap", report.gap_points.p95, row.p95_gap);
        near("unmatched", report.unmatched_percent, row.unmatched_percent);
    }
}

TEST_CASE("the adaptive ramp reaches its target gap where enough join, and is off where few do") {
    const auto busy = simulated({.target_gap = 25}, 10, 100'000);
    CHECK(busy.gap_points.mean == doctest::Approx(25).epsilon(0.12));
    CHECK(busy.mean_ramp_s == doctest::Approx(2.4).epsilon(0.1));
    const auto few = simulated({.target_gap = 25}, 0.2, 5000);
    CHECK(few.mean_ramp_s == 0);
}

TEST_CASE("nine in ten waits are within the estimate's p90, whatever the load") {
    for (const auto& [settings, rate, quiet] :
         {std::tuple{immediate(), 0.5, std::optional(0.02)}, {immediate(), 1.0, {}}, {ramp(10), 10.0, {}}}) {
        const auto score = simulated(settings, rate, sanitized ? 20'000 : 200'000, quiet).estimate;
        CHECK(score.scored > 1000);
        CHECK(score.coverage_p90 >= 0.85);
        CHECK(score.coverage_p90 <= 0.95);
        CHECK(score.coverage_p50 >= 0.45);
    }
}

TEST_CASE("the same seed gives the same figures, another seed others; everybody is accounted for") {
    const SimulationOptions options{.rate = 2, .hours = 1, .seed = 3};
    auto other_options = options;
    other_options.seed = 4;
    Simulation once(options), again(options), other(other_options);
    for (auto* s : {&once, &again, &other})
        while (s->go_on(1000)) {
        }
    CHECK(once.waits() == again.waits());
    CHECK(once.gaps() == again.gaps());
    CHECK(once.gaps() != other.gaps());
    CHECK(once.progress() == 1);
    const auto report = once.report();
    CHECK(report.matched == 2 * once.gaps().size());
    CHECK(report.joined - report.matched - report.timed_out <= report.largest_pool);
}

TEST_CASE("a histogram's shares add up, and each value counts in the step that begins at or below it") {
    CHECK(histogram({0, 1, 1, 5}, {0, 1, 2, 4}) == std::vector<double>{0.25, 0.5, 0, 0.25});
}

}  // namespace agon::matchmaking
