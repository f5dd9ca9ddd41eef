#include "core/ratings/rating.hpp"

#include "base/result.hpp"

namespace agon::ratings {

double mean_value(const Team& team, double home_advantage) {
    CHECK_THAT(!team.players.empty());
    double sum = 0;
    for (const auto& player : team.players) sum += player.value;
    const double mean = sum / static_cast<double>(team.players.size());
    return team.venue == Venue::home ? mean + home_advantage : mean;
}

}  // namespace agon::ratings
