/// A tournament's `rules`: an object of the host's, of which Agon reads what it knows.
#pragma once

#include "faces/player/tournament_views.hpp"

namespace agon::player {

/// Options and stages of `what` as its rules say, with the formats' defaults; `format` is that of the only stage, where
/// it is given anew. Refused with a pointer below `/rules`.
Result<void> apply_rules(TournamentChanged& what, const std::optional<Format>& format);

}  // namespace agon::player
