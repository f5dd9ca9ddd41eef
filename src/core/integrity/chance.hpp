/// How likely a number is, or a larger one.
#pragma once

#include <cstdint>

namespace agon::integrity {

/// P(X ≥ k), X from a Poisson distribution of that mean.
double poisson_tail(std::int64_t k, double mean);
/// P(X ≥ k), X from `n` trials that succeed with that probability each.
double binomial_tail(std::int64_t k, std::int64_t n, double probability);

}  // namespace agon::integrity
