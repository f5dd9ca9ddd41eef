/// Rock paper scissors for two: both choose at once.
///
/// `first_to`: best of `rounds_per_match` rounds. A drawn round is replayed and counts for nothing. With an even
/// number the match can stand level after all rounds; `tiebreaker` decides: `sudden_death` plays on, the next decided
/// round wins; `draw` and `higher_seed` end it level (in a bracket the higher seed then goes on).
/// `fixed_turns`: `turns` rounds, draws counted. The score is rounds won; a difference within the statistical margin
/// 1.96·√(2·turns/3) of two random players is a `statistical_draw`, to which `tiebreaker` applies likewise.
/// `max_sudden_death` drawn rounds in a row end the match as it stands (`draw_limit`): two bots that always play the
/// same end too.
///
/// A missed move loses the round; where both miss, it is drawn.
#pragma once

#include "core/games/game.hpp"

namespace agon::games {

extern const Game rps;

}  // namespace agon::games
