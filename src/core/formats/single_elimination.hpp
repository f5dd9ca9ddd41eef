/// Single elimination: who loses a match is out.
///
/// Any number of entrants from 2 up. The bracket has the next power of two of places; where that is more than there
/// are entrants, the top seeds have a bye in round 1, and no match is bye against bye. With `third_place` the losing
/// semi-finalists play one more match.
#pragma once

#include "core/formats/format.hpp"
#include "core/formats/places.hpp"

namespace agon::formats {

/// The seeds in the order of the lines of a bracket of `size` (a power of two), from 0: seeds 0 and 1 can meet only
/// in the final, the top four only from the semi-finals on, and so on. 8: 0 7 3 4 1 6 2 5.
std::vector<Seed> bracket_order(std::uint32_t size);

/// The losing semi-finalists' match, which stands after the final in the last round.
inline bool is_third_place(const Match& match) {
    return match.slots[0].from == Slot::From::loser_of && match.slots[1].from == Slot::From::loser_of;
}

extern const Format single_elimination;

}  // namespace agon::formats
