/// Who has which colour (C.04.3, section E).
#pragma once

#include <cstddef>

#include "core/formats/dutch/card.hpp"

namespace agon::formats::dutch {

/// The rules of section E in their order.
enum class ColourRule {
    /// Wishes differ, or only one has one.
    both_wishes,
    /// The stronger wish; of absolute ones, the wider difference.
    stronger_wish,
    /// To alternate with the latest round in which the two had different colours.
    last_difference,
    /// The higher player's wish.
    higher_player,
    /// Nobody has played: the parity of the higher player's number, and the lot.
    initial_colour,
    /// The game has no colours.
    none
};

struct Colours {
    bool higher_has_white = true;
    ColourRule rule = ColourRule::none;
    /// For `last_difference`: how many games of each back, 1 the latest.
    std::size_t games_back = 0;
};

Colours allocate(const CrossTable&, const Card& higher, const Card& lower, Colour initial);

}  // namespace agon::formats::dutch
