/// Single elimination: who loses a match is out.
///
/// Any number of entrants from 2 up. The bracket has the next power of two of places; where that is more than there
/// are entrants, the top seeds have a bye in round 1, and no match is bye against bye.
#pragma once

#include "core/formats/format.hpp"

namespace agon::formats {

/// The seeds in the order of the lines of a bracket of `size` (a power of two), from 0: seeds 0 and 1 can meet only
/// in the final, the top four only from the semi-finals on, and so on. 8: 0 7 3 4 1 6 2 5.
std::vector<Seed> bracket_order(std::uint32_t size);

extern const Format single_elimination;

}  // namespace agon::formats
