#include "core/ratings/take_back.hpp"

#include <algorithm>
#include <cmath>

namespace agon::ratings {

namespace {

double precision(double deviation) { return 1 / (deviation * deviation); }

/// Value and deviation of `now` divided by the game's factor. The value is written as a step from where it is, so that it
/// stays near where the bound on the deviation holds.
void divide_out(Rating& now, const Rating& before, const Rating& after, const Rating& initial) {
    const double was = precision(before.deviation);
    const double became = precision(after.deviation);
    const double left = std::max(precision(now.deviation) - (became - was), precision(initial.deviation));
    const double told = (after.value - now.value) * became - (before.value - now.value) * was;
    now.value -= told / left;
    now.deviation = 1 / std::sqrt(left);
}

}  // namespace

Rating taken_back(const Rating& now, const Rating& before, const Rating& after, const Rating& initial) {
    if (now == after) return before;
    Rating rating = now;
    --rating.games;
    if (after.deviation > 0 && before.deviation > 0 && now.deviation > 0)
        divide_out(rating, before, after, initial);
    else
        rating.value -= after.value - before.value;
    if (after.volatility > 0) rating.volatility *= before.volatility / after.volatility;
    return rating;
}

}  // namespace agon::ratings
