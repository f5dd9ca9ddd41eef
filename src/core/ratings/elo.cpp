#include "core/ratings/elo.hpp"

#include <algorithm>
#include <cmath>

namespace agon::ratings {

double expected_score(double a, double b) { return 1.0 / (1.0 + std::pow(10.0, (b - a) / 400.0)); }

std::pair<std::int64_t, std::int64_t> update(std::int64_t a, std::int64_t b, double score_of_a,
                                             const EloSettings& settings) {
    const auto surprise = score_of_a - expected_score(static_cast<double>(a), static_cast<double>(b));
    const std::int64_t change = std::llround(static_cast<double>(settings.k) * surprise);
    return {std::max(a + change, settings.floor), std::max(b - change, settings.floor)};
}

}  // namespace agon::ratings
