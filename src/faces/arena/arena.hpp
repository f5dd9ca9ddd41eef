/// The Arena API: tournaments of bots, played automatically. snake_case, TypeIDs, errors as `{"detail": …}`.
#pragma once

#include "faces/router.hpp"

namespace agon::arena {

extern const Face face;

/// All of its endpoints: tournaments, bots, games.
std::vector<Endpoint> endpoints();

std::vector<Endpoint> tournament_endpoints();
/// What happens to a tournament beside the source's calls: check-in, leaving, rounds and stages, corrections.
std::vector<Endpoint> conduct_endpoints();
std::vector<Endpoint> bot_endpoints();
std::vector<Endpoint> game_endpoints();

}  // namespace agon::arena
