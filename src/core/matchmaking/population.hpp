/// How many join a pool and how widely their ratings spread, by memory that fades; and the ramp that follows from it.
#pragma once

#include "base/codec/describe.hpp"
#include "base/time.hpp"
#include "core/matchmaking/settings.hpp"

namespace agon::matchmaking {

/// Faded sums: an arrival counts 1 when it happens and half of that five minutes later. Described, so that it can be
/// kept in a snapshot.
struct Population {
    static constexpr Duration half_life = std::chrono::minutes(5);
    /// Ratings are taken to spread so, with the weight of fifty arrivals, until arrivals say otherwise.
    static constexpr double prior_spread = 300, prior_weight = 50;

    double weight = 0, mean = 0, squares = 0;
    Instant at;

    void arrived(double rating, Instant now);
    /// Arrivals a second. It starts from 0, so the first minutes of a pool are seen too low, never too high.
    double rate(Instant now) const;
    /// Standard deviation of the ratings, in points.
    double spread() const;

    bool operator==(const Population&) const = default;

private:
    double faded(Instant now) const;
};
BOOST_DESCRIBE_STRUCT(Population, (), (weight, mean, squares, at))

/// How long the first window of one who joins now takes to open.
///
/// With `adaptive`: for a spread of 300 points the mean gap was measured as 123 / √(rate · ramp), so
/// ramp = (123 · spread / 300 / target)² / rate, at most `max_ramp_s`; 0 below `min_rate`, so that a small pool is
/// immediate.
Duration ramp_for(const PoolSettings&, const Population&, Instant now);

}  // namespace agon::matchmaking
