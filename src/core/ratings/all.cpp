#include <algorithm>
#include <array>

#include "core/ratings/elo.hpp"
#include "core/ratings/engine.hpp"
#include "core/ratings/glicko2.hpp"
#include "core/ratings/weng_lin.hpp"

namespace agon::ratings {

std::span<const Engine* const> all_engines() {
    static constexpr std::array engines{&elo, &glicko2, &weng_lin_plackett_luce, &weng_lin_bradley_terry};
    return engines;
}

const Engine* find_engine(std::string_view name) {
    const auto found = std::ranges::find(all_engines(), name, &Engine::name);
    return found == all_engines().end() ? nullptr : *found;
}

}  // namespace agon::ratings
