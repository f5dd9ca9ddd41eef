/// What the game of a hosted match begins with, as its tournament has it.
#pragma once

#include <optional>

#include "core/games/played_game.hpp"
#include "core/tournament/tournament.hpp"

namespace agon {

/// Whether the match is under way.
bool is_played(const Tournament&, MatchNumber);

/// Nothing unless the match is under way in that attempt. The seed is left to who begins the game.
std::optional<games::StartGame> game_to_play(const Tournament&, MatchNumber, std::uint8_t attempt);

}  // namespace agon
