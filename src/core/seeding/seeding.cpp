#include "core/seeding/seeding.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/prng.hpp"

namespace agon::seeding {

std::vector<EntrantIndex> draw(Method method, const std::vector<Candidate>& candidates, std::uint64_t draw_seed) {
    std::vector<EntrantIndex> order(candidates.size());
    std::iota(order.begin(), order.end(), EntrantIndex{0});
    switch (method) {
        case Method::random: Prng{draw_seed}.shuffle(order); break;
        case Method::rating:
            std::ranges::stable_sort(order, std::greater{}, [&](EntrantIndex i) {
                return candidates[i].rating.value_or(-std::numeric_limits<double>::infinity());
            });
            break;
        case Method::registration: break;
        case Method::manual:
            std::ranges::stable_sort(order, std::less{}, [&](EntrantIndex i) {
                return candidates[i].manual_seed.value_or(std::numeric_limits<std::uint32_t>::max());
            });
            break;
    }
    return order;
}

}  // namespace agon::seeding
