/// Why a match is as it is.
#pragma once

#include <string>

#include "core/formats/stage.hpp"

namespace agon::formats {

/// A sentence, without its full stop, that says who meets here and by what rule: the format's own words where it drew
/// the match while it ran (`drawn_because`), else from the structure: the standard order, byes, whose winner meets whose,
/// where a loser drops and whom it can meet again when, the round of the Berger table.
///
/// Seeds count from 1. `first_match` is the number of the stage's first match where matches are numbered through over
/// several stages; the sentence names matches by those numbers.
std::string why(const Stage&, MatchNumber, MatchNumber first_match = 1);

}  // namespace agon::formats
