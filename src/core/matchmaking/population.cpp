#include "core/matchmaking/population.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace agon::matchmaking {

namespace {

constexpr double measured_gap = 123, measured_spread = 300;

double in_seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

}  // namespace

double Population::faded(Instant now) const {
    if (now <= at) return 1;
    return std::exp2(-static_cast<double>((now - at).count()) / static_cast<double>(half_life.count()));
}

// Weighted mean and sum of squares, updated as in D. H. D. West, "Updating mean and variance estimates" (1979).
void Population::arrived(double rating, Instant now) {
    const auto fading = faded(now);
    weight = weight * fading + 1;
    squares *= fading;
    at = std::max(at, now);
    const auto off = rating - mean;
    mean += off / weight;
    squares += off * (rating - mean);
}

double Population::rate(Instant now) const { return weight * faded(now) * std::numbers::ln2 / in_seconds(half_life); }

double Population::spread() const {
    return std::sqrt((squares + prior_weight * prior_spread * prior_spread) / (weight + prior_weight));
}

Duration ramp_for(const PoolSettings& settings, const Population& population, Instant now) {
    if (settings.ramp == Ramp::immediate) return Duration{0};
    if (settings.ramp == Ramp::fixed) return seconds(settings.ramp_s);
    const auto rate = population.rate(now);
    if (rate < settings.min_rate) return Duration{0};
    const auto ratio = measured_gap * population.spread() / measured_spread / settings.target_gap;
    return seconds(std::min(settings.max_ramp_s, ratio * ratio / rate));
}

}  // namespace agon::matchmaking
