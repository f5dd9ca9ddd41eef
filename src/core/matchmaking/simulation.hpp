/// A pool under invented players: how long they wait and how far apart those are who meet, for given settings.
///
/// Players come as a Poisson process, with ratings of a normal distribution; each joins once. The same seed gives the
/// same figures.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "base/prng.hpp"
#include "core/matchmaking/pool.hpp"
#include "core/matchmaking/wait_estimate.hpp"

namespace agon::matchmaking {

struct SimulationOptions {
    PoolSettings pool = {};
    /// Joins a second; with `quiet_rate` at the busiest hour, from where they sink to that rate twelve hours later.
    double rate = 1;
    std::optional<double> quiet_rate = {};
    double mean = 1200, spread = 300;
    double hours = 24;
    std::uint64_t seed = 1;
};

/// Of a list of numbers.
struct Distribution {
    double mean = 0, p50 = 0, p90 = 0, p95 = 0, p99 = 0, max = 0;
};
BOOST_DESCRIBE_STRUCT(Distribution, (), (mean, p50, p90, p95, p99, max))

struct SimulationReport {
    std::uint64_t joined = 0, matched = 0, timed_out = 0;
    /// Of those whose waiting ended, in percent.
    double unmatched_percent = 0;
    /// From joining to the match or the timeout.
    Distribution wait_s;
    /// Of matches.
    Distribution gap_points;
    std::uint64_t largest_pool = 0;
    /// Mean of the ramps that tickets had, in seconds.
    double mean_ramp_s = 0;
    /// Of those who were not matched on arrival.
    EstimateScore estimate;
};
BOOST_DESCRIBE_STRUCT(SimulationReport, (),
                      (joined, matched, timed_out, unmatched_percent, wait_s, gap_points, largest_pool, mean_ramp_s,
                       estimate))

class Simulation {
public:
    explicit Simulation(SimulationOptions);

    /// Lets so many more join (fewer where the hours are over first); false once the hours are over.
    bool go_on(std::uint64_t joins);
    /// From 0 to 1.
    double progress() const;

    SimulationReport report() const;
    /// One per match, in no order.
    const std::vector<float>& gaps() const { return gaps_; }
    /// Seconds; one per player whose waiting ended, in no order.
    const std::vector<float>& waits() const { return waits_; }

private:
    double uniform();
    double normal();
    void next_arrival();
    void arrive();
    void decide_until(Instant);
    void take(Decisions&);
    void ended(const Ticket&, Instant, WaitEnd);

    SimulationOptions options_;
    Prng prng_;
    Pool pool_;
    WaitEstimator estimator_;
    Instant next_, end_;
    Decisions decisions_;
    std::unordered_map<PlayerId, WaitEstimate> told_;
    std::vector<float> waits_, gaps_;
    std::uint64_t joined_ = 0, timed_out_ = 0;
    std::size_t largest_ = 0;
    double ramps_s_ = 0;
    std::optional<double> spare_normal_;
};

/// The shares of `values` below each of `edges`' steps: as many numbers as there are edges, the last for those above.
std::vector<double> histogram(const std::vector<float>& values, const std::vector<double>& edges);

}  // namespace agon::matchmaking
