#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>

#include "base/codec/codec.hpp"
#include "cli/commands.hpp"
#include "core/matchmaking/simulation.hpp"

namespace agon::cli {

namespace {

using namespace matchmaking;

struct SimulateArguments {
    std::vector<double> rates = {1};
    std::vector<std::string> policies = {"target:25"};
    std::string rule = "mutual";
    PoolSettings pool;
    SimulationOptions options;
    double quiet_rate = 0;
    bool json = false, csv = false;
};

/// One run, as it is printed.
struct SimulatedRun {
    std::string policy;
    double rate = 0, spread = 0, hours = 0;
    std::int64_t seed = 0;
    PoolSettings pool;
    SimulationReport report;
};
BOOST_DESCRIBE_STRUCT(SimulatedRun, (), (policy, rate, spread, hours, seed, pool, report))

constexpr double most_joins = 2e7;

/// `immediate`, `ramp:SECONDS` or `target:POINTS`, put into the settings; false where it is none of these.
bool read_policy(std::string_view policy, PoolSettings& settings) {
    if (policy == "immediate") return settings.ramp = Ramp::immediate, true;
    const auto number_after = [policy](std::string_view head, double& number) {
        if (!policy.starts_with(head)) return false;
        const auto* end = policy.data() + policy.size();
        const auto read = std::from_chars(policy.data() + head.size(), end, number);
        return read.ec == std::errc{} && read.ptr == end;
    };
    if (number_after("ramp:", settings.ramp_s)) return settings.ramp = Ramp::fixed, true;
    if (number_after("target:", settings.target_gap)) return settings.ramp = Ramp::adaptive, true;
    return false;
}

/// `1234567` → `1,234,567`
std::string grouped(std::uint64_t number) {
    auto text = std::to_string(number);
    for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3)
        text.insert(static_cast<std::size_t>(i), 1, ',');
    return text;
}

/// A bar on a terminal's standard error, taken away at the end.
class Progress {
public:
    explicit Progress(std::string what) : what_(std::move(what)) {}
    ~Progress() {
        if (live_) fmt::print(stderr, "\r\x1b[K");
    }
    void show(double share) const {
        if (!live_) return;
        const auto done = static_cast<std::size_t>(share * 40);
        std::string bar;
        for (std::size_t i = 0; i < 40; ++i) bar += i < done ? "█" : "░";
        fmt::print(stderr, "\r{} {} {:3.0f} %", what_, bar, share * 100);
    }

private:
    std::string what_;
    bool live_ = isatty(STDERR_FILENO) != 0;
};

Simulation simulated(const SimulationOptions& options, const std::string& policy) {
    Simulation simulation(options);
    const Progress progress(fmt::format("{}/s {}", options.rate, policy));
    do progress.show(simulation.progress());
    while (simulation.go_on(20'000));
    return simulation;
}

// --- for people --------------------------------------------------------------------------------------------------------

void print_bars(std::string_view what, std::string_view unit, const std::vector<float>& values,
                const std::vector<double>& edges) {
    const auto shares = histogram(values, edges);
    const auto most = std::max(1e-9, *std::ranges::max_element(shares));
    fmt::print("\n{}\n", what);
    for (std::size_t i = 0; i < edges.size(); ++i) {
        const auto label =
            i + 1 < edges.size() ? fmt::format("{}–{}", edges[i], edges[i + 1]) : fmt::format("{} and more", edges[i]);
        const auto eighths = static_cast<int>(shares[i] / most * 40 * 8 + 0.5);
        std::string bar;
        for (int e = 0; e < eighths / 8; ++e) bar += "█";
        static constexpr std::string_view parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
        bar += parts[eighths % 8];
        fmt::print("{:>14} {:<3} {:>5.1f} %  {}\n", label, unit, shares[i] * 100, bar);
    }
}

void print_one(const SimulatedRun& run, const Simulation& simulation) {
    const auto& r = run.report;
    fmt::print("{} joins a second for {} hours, ratings {} wide, policy {}\n\n", run.rate, run.hours, run.spread,
               run.policy);
    fmt::print("{:<12}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}\n", "", "mean", "p50", "p90", "p95", "p99", "max");
    const auto line = [](std::string_view what, const Distribution& d) {
        fmt::print("{:<12}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}{:>9.2f}\n", what, d.mean, d.p50, d.p90, d.p95, d.p99,
                   d.max);
    };
    line("wait, s", r.wait_s);
    line("gap, points", r.gap_points);
    fmt::print("\n{} joined, {} matched, {} timed out ({:.2f} %); at most {} waited\n", grouped(r.joined),
               grouped(r.matched), grouped(r.timed_out), r.unmatched_percent, r.largest_pool);
    fmt::print("the wait was within the estimate's p90 {:.1f} % of the time, within its p50 {:.1f} %\n",
               r.estimate.coverage_p90 * 100, r.estimate.coverage_p50 * 100);
    print_bars("how long they waited", "s", simulation.waits(), {0, 1, 2, 5, 10, 20, 30, 60, 120, 180, 240, 300});
    print_bars("how far apart they were", "", simulation.gaps(), {0, 10, 20, 30, 40, 50, 60, 80, 100, 150, 200, 300});
}

void print_row(const SimulatedRun& run) {
    const auto& r = run.report;
    fmt::print("{:>8}  {:<12}{:>10.2f}{:>10.1f}{:>10.1f}{:>10.1f}{:>11.2f} %{:>10.1f} %\n", run.rate, run.policy,
               r.wait_s.mean, r.wait_s.p99, r.gap_points.mean, r.gap_points.p95, r.unmatched_percent,
               r.estimate.coverage_p90 * 100);
}

// --- for programs --------------------------------------------------------------------------------------------------------

void print_csv(const SimulatedRun& run) {
    const auto& r = run.report;
    const auto rule = codec::word_of<codec::Spelling{}>(run.pool.rule);
    fmt::print("{},{},{},{},{},{},{},{:.4f},{:.4f},{:.4f},{:.4f},{:.4f},{:.3f},{:.3f},{:.3f},{},{:.3f},{:.4f}\n",
               run.rate, run.policy, rule, run.pool.timeout_s, r.joined, r.matched, r.timed_out, r.unmatched_percent,
               r.wait_s.mean, r.wait_s.p50, r.wait_s.p90, r.wait_s.p99, r.gap_points.mean, r.gap_points.p50,
               r.gap_points.p95, r.largest_pool, r.mean_ramp_s, r.estimate.coverage_p90);
}

constexpr std::string_view csv_header =
    "rate,policy,rule,timeout_s,joined,matched,timed_out,unmatched_percent,wait_mean_s,wait_p50_s,wait_p90_s,wait_p99_"
    "s,"
    "gap_mean,gap_p50,gap_p95,largest_pool,mean_ramp_s,coverage_p90";

int simulate(SimulateArguments arguments) {
    const auto rule = codec::enum_of<codec::Spelling{}, Rule>(arguments.rule);
    arguments.pool.rule = *rule;
    const bool several = arguments.rates.size() * arguments.policies.size() > 1;
    std::vector<SimulationOptions> all;
    for (const auto rate : arguments.rates)
        for (const auto& policy : arguments.policies) {
            auto options = arguments.options;
            options.rate = rate;
            options.pool = arguments.pool;
            if (arguments.quiet_rate > 0) options.quiet_rate = std::min(rate, arguments.quiet_rate);
            if (!read_policy(policy, options.pool))
                return fail(2, fmt::format("--policy {}: write immediate, ramp:SECONDS or target:POINTS", policy));
            if (const auto ok = check(options.pool); !ok) return fail(2, ok.error().message);
            if (rate * options.hours * 3600 > most_joins)
                return fail(2, fmt::format("--rate {} for {} hours: more than {} joins", rate, options.hours,
                                           grouped(static_cast<std::uint64_t>(most_joins))));
            all.push_back(options);
        }
    if (arguments.csv) fmt::print("{}\n", csv_header);
    if (several && !arguments.csv && !arguments.json)
        fmt::print("{:>8}  {:<12}{:>10}{:>10}{:>10}{:>10}{:>13}{:>12}\n", "joins/s", "policy", "wait, s", "p99", "gap",
                   "p95", "unmatched", "within p90");
    std::vector<SimulatedRun> runs;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& policy = arguments.policies[i % arguments.policies.size()];
        const auto simulation = simulated(all[i], policy);
        runs.push_back({policy, all[i].rate, all[i].spread, all[i].hours, static_cast<std::int64_t>(all[i].seed),
                        all[i].pool, simulation.report()});
        if (arguments.csv)
            print_csv(runs.back());
        else if (!arguments.json)
            several ? print_row(runs.back()) : print_one(runs.back(), simulation);
        std::fflush(stdout);
    }
    if (arguments.json) fmt::print("{}\n", codec::to_json<codec::Spelling{}>(runs));
    return 0;
}

void add_matchmaking(CLI::App& simulate_command, Run& chosen) {
    static SimulateArguments arguments;
    auto* command = simulate_command.add_subcommand(
        "matchmaking", "how long players would wait and how far apart those would be who meet, for given settings");
    const auto option = [command](const char* name, auto& value, const char* what) {
        return command->add_option(name, value, what)->capture_default_str();
    };
    option("--rate", arguments.rates, "joins a second; several, with commas, are compared")
        ->delimiter(',')
        ->check(CLI::Range(0.0001, 10'000.0));
    option("--policy", arguments.policies, "immediate, ramp:SECONDS or target:POINTS; several are compared")
        ->delimiter(',');
    option("--spread", arguments.options.spread, "standard deviation of the ratings")->check(CLI::Range(0.0, 2000.0));
    option("--hours", arguments.options.hours, "how long, in the simulated time")->check(CLI::Range(0.01, 10'000.0));
    option("--quiet-rate", arguments.quiet_rate,
           "joins a second at the quietest hour of the day, while --rate is the busiest; 0: always the same")
        ->check(CLI::Range(0.0, 10'000.0));
    option("--seed", arguments.options.seed, "the same seed gives the same figures");
    option("--rule", arguments.rule, "whose window counts")->check(CLI::IsMember({"mutual", "either"}));
    option("--window", arguments.pool.window, "points to either side at first");
    option("--step", arguments.pool.step, "points added each time");
    option("--step-time", arguments.pool.step_s, "seconds between two steps");
    option("--ceiling", arguments.pool.ceiling, "points to either side at most");
    option("--timeout", arguments.pool.timeout_s, "seconds until waiting ends");
    auto* json = command->add_flag("--json", arguments.json, "as JSON: a list of runs");
    command->add_flag("--csv", arguments.csv, "as CSV: a line per run")->excludes(json);
    command->footer(
        "Examples:\n"
        "  agon simulate matchmaking --rate 10 --hours 24\n"
        "  agon simulate matchmaking --rate 0.1,1,10 --policy immediate,ramp:10,target:25 --hours 10");
    command->callback([&chosen] { chosen = [] { return simulate(arguments); }; });
}

}  // namespace

void add_simulate(CLI::App& program, Run& chosen) {
    auto* command = program.add_subcommand("simulate", "try settings on invented players");
    command->require_subcommand(1);
    command->footer("Example:\n  agon simulate matchmaking --rate 10 --hours 24");
    add_matchmaking(*command, chosen);
}

}  // namespace agon::cli
