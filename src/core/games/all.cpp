#include <algorithm>
#include <array>

#include "core/games/game.hpp"
#include "core/games/rps.hpp"

namespace agon::games {

std::span<const Game* const> all_games() {
    static constexpr std::array games{&rps};
    return games;
}

const Game* find_game(std::string_view name) {
    const auto found = std::ranges::find(all_games(), name, &Game::name);
    return found == all_games().end() ? nullptr : *found;
}

const Strategy* find_strategy(const Game& game, std::string_view name) {
    const auto found = std::ranges::find(game.strategies, name, &Strategy::name);
    return found == game.strategies.end() ? nullptr : &*found;
}

}  // namespace agon::games
