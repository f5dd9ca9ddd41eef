#include "core/integrity/chance.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>

namespace agon::integrity {

double poisson_tail(std::int64_t k, double mean) {
    if (k <= 0) return 1;
    if (mean <= 0) return 0;
    return boost::math::gamma_p(static_cast<double>(k), mean);
}

double binomial_tail(std::int64_t k, std::int64_t n, double probability) {
    if (k <= 0) return 1;
    if (k > n || probability <= 0) return 0;
    return boost::math::ibeta(static_cast<double>(k), static_cast<double>(n - k + 1), probability);
}

}  // namespace agon::integrity
