#include <algorithm>
#include <array>

#include "core/ratings/elo.hpp"
#include "core/ratings/engine.hpp"
#include "core/ratings/glicko2.hpp"
#include "core/ratings/weng_lin.hpp"

namespace agon::ratings {

Rating rested_until(Instant now, std::optional<Instant> last_played, const Rating& rating, const Engine& engine,
                    const Settings& settings) {
    const double days = engine.period_days(settings);
    if (!last_played || days <= 0 || now <= *last_played) return rating;
    using Days = std::chrono::duration<double, std::chrono::days::period>;
    return engine.rested(rating, Days(now - *last_played).count() / days, settings);
}

std::span<const Engine* const> all_engines() {
    static constexpr std::array engines{&elo, &glicko2, &weng_lin_plackett_luce, &weng_lin_bradley_terry};
    return engines;
}

const Engine* find_engine(std::string_view name) {
    const auto found = std::ranges::find(all_engines(), name, &Engine::name);
    return found == all_engines().end() ? nullptr : *found;
}

}  // namespace agon::ratings
