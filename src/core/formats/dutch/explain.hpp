/// Why a round was paired as it was: a sentence for each pair, each pair's colours and the bye, from what the search
/// found. Players are called by their numbers, as in "no. 4".
#pragma once

#include <string>
#include <vector>

#include "core/formats/dutch/bracket.hpp"
#include "core/formats/dutch/colours.hpp"

namespace agon::formats::dutch {

/// A bracket as it was given and as it was paired.
struct SettledBracket {
    Bracket bracket;
    PairedBracket paired;
};

/// "both have 2½ points", or why the higher player came down to meet the lower one. `brackets` from the highest down.
std::string why_pair(const Context&, const std::vector<SettledBracket>& brackets, Place higher, Place lower);
/// What decided who has which colour.
std::string why_colours(const Card& higher, const Card& lower, const Colours&);
/// Why this player has the bye.
std::string why_bye(const Context&, Place);

/// "2½", "0", "3", or tenths where they are not halves: "2.3".
std::string points_in_words(Points);

}  // namespace agon::formats::dutch
