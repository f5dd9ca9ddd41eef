// What a pool costs: one event, a million tickets from arrival to departure, and the pairing of a backlog.
//
//     bench_matchmaking            as text
//     bench_matchmaking --json     for bench/run.py
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>

#include "base/prng.hpp"
#include "core/matchmaking/batch.hpp"
#include "core/matchmaking/pool.hpp"
#include "measured.hpp"

namespace {

using namespace agon;
using namespace agon::matchmaking;

PlayerId player(std::uint64_t number) {
    PlayerId id;
    for (std::size_t i = 0; i < 8; ++i) id.uuid.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return id;
}

/// Near enough to a normal distribution of mean 1200 and spread 300.
double rating(Prng& prng) {
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(prng.next() >> 11) * 0x1p-53;
    return 1200 + 300 * (sum - 6);
}

double uniform(Prng& prng) { return (static_cast<double>(prng.next() >> 11) + 0.5) * 0x1p-53; }

struct Arrival {
    PlayerId player;
    double rating;
    Instant at;
};

/// Poisson arrivals, `rate` a second.
std::vector<Arrival> arrivals(std::size_t count, double rate, Prng& prng) {
    std::vector<Arrival> all(count);
    double now = 0;
    for (std::size_t i = 0; i < count; ++i) {
        now += -std::log(uniform(prng)) / rate;
        all[i] = {player(i), rating(prng), Instant{static_cast<std::int64_t>(now * 1e6)}};
    }
    return all;
}

struct Figures {
    double ns_per_ticket = 0, ns_per_event = 0;
    std::size_t tickets = 0, largest = 0;
};

/// Every ticket arrives and is matched or times out; every deadline is kept, as a server would. An event is an arrival
/// or a deadline.
Figures run_pool(PoolSettings settings, double rate, std::size_t tickets, std::uint64_t seed) {
    Prng prng(seed);
    const auto all = arrivals(tickets, rate, prng);
    Pool pool(settings);
    Decisions decisions;
    std::size_t events = 0, largest = 0;
    const auto until = [&](Instant end) {
        for (auto next = pool.next_deadline(); next && *next <= end; next = pool.next_deadline(), ++events) {
            pool.advance(*next, decisions);
            decisions.clear();
        }
    };
    const auto before = bench::cpu_us();
    for (const auto& a : all) {
        until(a.at);
        (void)pool.join({a.player, a.rating, {}, {}}, a.at, decisions);
        decisions.clear();
        largest = std::max(largest, pool.size());
        ++events;
    }
    until(Instant{INT64_MAX / 2});
    const auto ns = (bench::cpu_us() - before) * 1000;
    return {ns / static_cast<double>(tickets), ns / static_cast<double>(events), tickets, largest};
}

template <class Work>
double best_ms(int times, Work work) {
    double best = 1e9;
    for (int i = 0; i < times; ++i) {
        const auto before = bench::cpu_us();
        work();
        best = std::min(best, (bench::cpu_us() - before) / 1000);
    }
    return best;
}

/// One window for all, as after a long outage.
double neighbours_ms() {
    Prng prng(3);
    std::vector<double> ratings(100'000);
    for (auto& r : ratings) r = rating(prng);
    return best_ms(5, [&] { (void)pair_neighbours(ratings, 500); });
}

/// Windows of any level.
double looking_back_ms() {
    Prng prng(4);
    std::vector<Candidate> all(100'000);
    for (auto& c : all) {
        const auto level = prng.below(9);
        c = {rating(prng), 100 + 50 * static_cast<double>(level), std::chrono::seconds(60 * level)};
    }
    return best_ms(2, [&] { (void)pair_up(all, Rule::mutual); });
}

/// A pool of a hundred thousand, restored and resumed.
double resume_ms() {
    Prng prng(5);
    PoolSnapshot snapshot;
    for (std::uint64_t i = 0; i < 100'000; ++i) {
        const Instant at{static_cast<std::int64_t>(i) * 6000};
        snapshot.tickets.push_back({player(i), rating(prng), at, at, at + std::chrono::seconds(300), 0, {}});
        snapshot.at = at;
    }
    return best_ms(2, [&] {
        Decisions decisions;
        auto pool = Pool::restore({}, snapshot);
        pool.resume(snapshot.at + std::chrono::seconds(20), std::chrono::seconds(30), decisions);
    });
}

}  // namespace

int main(int argc, char** argv) {
    bool json = false;
    CLI::App program{"Measures matchmaking's core."};
    program.add_flag("--json", json, "as JSON");
    CLI11_PARSE(program, argc, argv);

    const PoolSettings at_once{.ramp = Ramp::immediate}, ramp{.ramp = Ramp::fixed, .ramp_s = 10};
    const auto million = run_pool(at_once, 100, 1'000'000, 1);
    const auto slow = run_pool(at_once, 1, 1'000'000, 1);
    const auto ramped = run_pool(ramp, 10, 1'000'000, 1);
    const auto busy = run_pool(ramp, 100, 1'000'000, 1);
    const auto neighbours = neighbours_ms(), looking_back = looking_back_ms(), resumed = resume_ms();
    if (json) {
        fmt::print(
            "{{\"ns_per_event\":{:.0f},\"ns_per_event_ramp\":{:.0f},\"million_tickets_ms\":{:.0f},"
            "\"batch_100k_ms\":{:.2f},\"batch_100k_any_windows_ms\":{:.0f},\"resume_100k_ms\":{:.0f}}}\n",
            slow.ns_per_event, ramped.ns_per_event, million.ns_per_ticket, neighbours, looking_back, resumed);
        return 0;
    }
    const auto show = [](const char* what, const Figures& f) {
        fmt::print("{:<42}{:>6.0f} ns/event {:>6.0f} ns/ticket   at most {} waiting\n", what, f.ns_per_event,
                   f.ns_per_ticket, f.largest);
    };
    show("a million tickets, 1 join/s, immediate", slow);
    show("a million tickets, 100 joins/s, immediate", million);
    show("a million tickets, 10 joins/s, ramp 10 s", ramped);
    show("a million tickets, 100 joins/s, ramp 10 s", busy);
    fmt::print("100,000 in batch, one window               {:>6.2f} ms\n", neighbours);
    fmt::print("100,000 in batch, windows of nine levels   {:>6.0f} ms\n", looking_back);
    fmt::print("100,000 restored and resumed               {:>6.0f} ms\n", resumed);
}
