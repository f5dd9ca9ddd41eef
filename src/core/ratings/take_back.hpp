/// A game is taken out of a rating again, whatever was played since.
#pragma once

#include "core/ratings/rating.hpp"

namespace agon::ratings {

/// `now` without the game that once made `after` of `before`; `initial` is a new player's rating.
///
/// Where nothing was played since, it is `before` exactly. Else, with an engine that keeps points alone, the game's change
/// of points is subtracted. With one that keeps a deviation, a rating is a normal distribution, and the game multiplied it
/// by what it told: that factor is divided out (1/σ² and μ/σ² are subtracted), so a game that told little by today's
/// measure moves little. No deviation grows beyond a new player's. A volatility changes by the game's ratio.
Rating taken_back(const Rating& now, const Rating& before, const Rating& after, const Rating& initial);

}  // namespace agon::ratings
