/// Swiss: a set number of rounds, each against an opponent of like score, nobody twice.
///
/// Rounds are drawn by the FIDE (Dutch) System (dutch/dutch.hpp), one when the last has ended. Where the game knows a
/// first move its colour rules hold, else they are off. An odd field gives one bye a round, to nobody twice. Entrants
/// may come late, leave, and ask for byes. Where no legal round is left the stage ends as it stands.
#pragma once

#include "core/formats/format.hpp"

namespace agon::formats {

/// As many rounds as leave at most one of `entrants` undefeated: ceil(log2 n).
std::uint32_t default_swiss_rounds(std::uint32_t entrants);

extern const Format swiss;

}  // namespace agon::formats
