/// A game's ratings worked out anew from the whole log, by any engine: how good its predictions were. Nothing is
/// written. The ratings are those that the follower would keep by the same rule, corrections included.
#pragma once

#include "app/rating_book.hpp"
#include "core/ratings/replay.hpp"

namespace agon {

struct RatingReplay {
    /// Every result as it came in, those that were corrected later and their corrections too, foretold before it counted.
    ratings::Scores scores;
    /// Best first; equal ones by their key.
    std::vector<rows::RatingRow> ratings;
};

/// `rule` is for `game_type`. Throws StoreBroken.
RatingReplay replay_ratings(Store&, const std::string& game_type, const RatingRule& rule);

}  // namespace agon
