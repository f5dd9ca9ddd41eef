/// What an unplayed round counts (FIDE Handbook C.07, articles 15 and 16), and sums over opponents that follow it.
#pragma once

#include <cstdint>
#include <vector>

#include "core/standings/facts.hpp"

namespace agon::standings {

/// A half-point or zero-point bye; `absent` too (C.07 16.1.1).
constexpr bool is_requested_bye(Outcome o) { return o == Outcome::half_bye || o == Outcome::absent; }
/// The player chose not to play: a requested bye, or a game lost by forfeit (C.07 16.1.2).
constexpr bool is_voluntary(Outcome o) { return is_requested_bye(o) || o == Outcome::forfeit_loss; }

/// The points with which a player counts for opponents; `points` are the player's own (C.07 16.3).
Points adjusted_points(const CrossTable&, Row, Points points);

/// One round as part of a sum over opponents.
struct Part {
    enum class Against : std::uint8_t { opponent, dummy_for_bye, dummy_for_forfeit };
    enum class Fate : std::uint8_t { counts, cut_as_lowest, cut_as_highest };

    /// From 0.
    std::uint32_t round = 0;
    Against against = Against::opponent;
    /// The round was unplayed by the player's choice.
    bool voluntary = false;
    Fate fate = Fate::counts;
    /// The opponent's points, or those of the dummy opponent.
    Points score = 0;
    /// The player's own in this round.
    Points points = 0;
    /// What the round contributes, in hundredths.
    std::int64_t value = 0;
};

/// How many of the least and of the most valuable parts are left out (C.07 14.1 to 14.4).
struct Cut {
    int lowest = 0;
    int highest = 0;
};

/// What a part contributes: the opponent's points, or those times the player's own.
using Weigh = std::int64_t (*)(const Part&);

/// Writes the player's rounds to `parts`, weighed and cut.
void weighed_parts(const Facts&, Row, Weigh, Cut, std::vector<Part>& parts);
/// The sum of what was not cut, for everybody.
Column sum_over_opponents(const Facts&, Weigh, Cut);

}  // namespace agon::standings
