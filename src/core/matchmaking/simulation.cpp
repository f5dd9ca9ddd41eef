#include "core/matchmaking/simulation.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace agon::matchmaking {

namespace {

/// A day of virtual time begins here, so that no instant is near zero.
constexpr Instant start{1'000'000'000'000'000};

PlayerId numbered(std::uint64_t number) {
    PlayerId id;
    std::memcpy(id.uuid.bytes.data(), &number, sizeof number);
    return id;
}

double in_seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

Distribution distribution(std::vector<float> values) {
    if (values.empty()) return {};
    std::ranges::sort(values);
    double sum = 0;
    for (const auto v : values) sum += static_cast<double>(v);
    const auto share = [&](double q) {
        return static_cast<double>(values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))]);
    };
    return {sum / static_cast<double>(values.size()), share(0.5), share(0.9), share(0.95), share(0.99), share(1)};
}

}  // namespace

Simulation::Simulation(SimulationOptions options)
    : options_(options),
      prng_(options.seed),
      pool_(options.pool),
      next_(start),
      end_(start + Duration{static_cast<std::int64_t>(options.hours * 3600e6)}) {
    next_arrival();
}

bool Simulation::go_on(std::uint64_t joins) {
    for (; joins > 0 && next_ < end_; --joins) {
        decide_until(next_);
        arrive();
        next_arrival();
    }
    if (next_ < end_) return true;
    decide_until(end_);
    return false;
}

double Simulation::progress() const {
    return std::clamp(in_seconds(next_ - start) / in_seconds(end_ - start), 0.0, 1.0);
}

double Simulation::uniform() { return (static_cast<double>(prng_.next() >> 11) + 0.5) * 0x1p-53; }

/// Box and Muller, "A note on the generation of random normal deviates" (1958): two at a time.
double Simulation::normal() {
    if (const auto spare = std::exchange(spare_normal_, std::nullopt)) return *spare;
    const auto radius = std::sqrt(-2 * std::log(uniform())), angle = 2 * std::numbers::pi * uniform();
    spare_normal_ = radius * std::sin(angle);
    return radius * std::cos(angle);
}

/// A rate that changes by thinning (Lewis and Shedler, 1979): arrivals at the highest rate, of which some do not count.
void Simulation::next_arrival() {
    for (;;) {
        next_ = next_ + Duration{static_cast<std::int64_t>(-std::log(uniform()) / options_.rate * 1e6)};
        if (!options_.quiet_rate) return;
        const auto hour_angle = in_seconds(next_ - start) / 86'400 * 2 * std::numbers::pi;
        const auto busy = (1 + std::cos(hour_angle)) / 2, quiet = *options_.quiet_rate / options_.rate;
        if (uniform() < quiet + (1 - quiet) * busy) return;
    }
}

void Simulation::arrive() {
    const auto who = numbered(++joined_);
    const auto rating = options_.mean + options_.spread * normal();
    estimator_.arrived(rating, next_);
    CHECK_THAT(pool_.join({.player = who, .rating = rating, .waiting_since = {}, .avoids = {}}, next_, decisions_));
    largest_ = std::max(largest_, pool_.size());
    if (const auto status = pool_.status(who)) {
        const auto promised = status->meets_at ? std::optional(*status->meets_at - next_) : std::nullopt;
        told_[who] = estimator_.estimate(rating, Duration{0}, status->timeout_at - next_, promised, next_);
    }
    take(decisions_);
}

void Simulation::decide_until(Instant until) {
    for (auto next = pool_.next_deadline(); next && *next <= until; next = pool_.next_deadline()) {
        pool_.advance(*next, decisions_);
        take(decisions_);
    }
}

void Simulation::take(Decisions& decisions) {
    for (const auto& decision : decisions) {
        if (const auto* met = std::get_if<Matched>(&decision)) {
            gaps_.push_back(static_cast<float>(met->gap()));
            for (const auto* ticket : {&met->older, &met->younger}) ended(*ticket, met->at, WaitEnd::matched);
        } else if (const auto* out = std::get_if<TimedOut>(&decision)) {
            ++timed_out_;
            ended(out->ticket, out->at, WaitEnd::timed_out);
        }
    }
    decisions.clear();
}

void Simulation::ended(const Ticket& ticket, Instant at, WaitEnd how) {
    waits_.push_back(static_cast<float>(in_seconds(at - ticket.joined_at)));
    ramps_s_ += static_cast<double>(ticket.ramp_us) / 1e6;
    const auto told = told_.find(ticket.player);
    if (told == told_.end()) return;  // matched on arrival
    estimator_.learn(told->second, at - ticket.joined_at, how);
    told_.erase(told);
}

SimulationReport Simulation::report() const {
    const auto ended = std::max<double>(1, static_cast<double>(waits_.size()));
    return {.joined = joined_,
            .matched = waits_.size() - timed_out_,
            .timed_out = timed_out_,
            .unmatched_percent = 100 * static_cast<double>(timed_out_) / ended,
            .wait_s = distribution(waits_),
            .gap_points = distribution(gaps_),
            .largest_pool = largest_,
            .mean_ramp_s = ramps_s_ / ended,
            .estimate = estimator_.score()};
}

std::vector<double> histogram(const std::vector<float>& values, const std::vector<double>& edges) {
    std::vector<double> shares(edges.size());
    for (const auto v : values) {
        const auto place = std::ranges::upper_bound(edges, static_cast<double>(v)) - edges.begin();
        shares[static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, place - 1))] +=
            1 / static_cast<double>(values.size());
    }
    return shares;
}

}  // namespace agon::matchmaking
