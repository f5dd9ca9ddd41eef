/// The Arena API: tournaments of bots, played automatically. snake_case, TypeIDs, errors as `{"detail": …}`.
#pragma once

#include "app/bot_registry.hpp"
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

struct NamedBot {
    BotId id;
    bots::Bot bot;
};
/// The bot that a body names; `not_found` where there is none, or no longer.
Task<Result<NamedBot>> bot_named(Context&, const std::string& bot_id);

}  // namespace agon::arena
