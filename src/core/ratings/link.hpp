/// From a difference in strength to a chance: the link functions of the engines. An engine predicts with the link that
/// its update learns by; a rating that is read through another one gives chances that are wrong.
#pragma once

#include <span>
#include <vector>

namespace agon::ratings {

/// 1 / (1 + e^−x). `logistic(x) + logistic(−x)` is 1 exactly, so that what one side gains is what the other loses.
double logistic(double x);

/// The derivative of the logistic, p·(1−p); unlike that product it is not 0 where p rounds to 1.
double logistic_slope(double x);

/// e^xᵢ / Σ e^xⱼ: the chance of each to be first (Luce's choice axiom). With two it is the logistic of the difference.
std::vector<double> softmax(std::span<const double> x);

}  // namespace agon::ratings
