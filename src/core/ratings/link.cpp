#include "core/ratings/link.hpp"

#include <algorithm>
#include <cmath>

namespace agon::ratings {

double logistic(double x) {
    const double chance_of_stronger = 1.0 / (1.0 + std::exp(-std::abs(x)));
    return x < 0 ? 1.0 - chance_of_stronger : chance_of_stronger;
}

double logistic_slope(double x) {
    const double e = std::exp(-std::abs(x));
    return e / ((1.0 + e) * (1.0 + e));
}

std::vector<double> softmax(std::span<const double> x) {
    if (x.size() == 2) return {logistic(x[0] - x[1]), logistic(x[1] - x[0])};
    std::vector<double> chances(x.begin(), x.end());
    if (chances.empty()) return chances;
    const double most = std::ranges::max(chances);
    double sum = 0;
    for (auto& chance : chances) sum += chance = std::exp(chance - most);
    for (auto& chance : chances) chance /= sum;
    return chances;
}

}  // namespace agon::ratings
