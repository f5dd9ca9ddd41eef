/// What the pairing knows of each player who takes part in the next round: the definitions of FIDE Handbook C.04.3,
/// section A, read off the cross table once.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/formats/dutch/dutch.hpp"

namespace agon::formats::dutch {

/// A player's place in the order of the round: by score, highest first, then by pairing number. 0 is the highest.
using Place = std::uint32_t;

/// How strongly a player wishes for a colour (C.04.3 A.6), weakest first.
enum class Strength : std::uint8_t { none, mild, strong, absolute };

constexpr Colour opposite(Colour c) {
    if (c == Colour::none) return c;
    return c == Colour::white ? Colour::black : Colour::white;
}

/// The last round and the one before: only these two count for floats.
inline constexpr std::size_t float_rounds = 2;

struct Card {
    Row row = 0;
    /// With acceleration: what groups and order go by.
    Points score = 0;
    /// Without: what boards go by.
    Points plain_score = 0;

    Colour wants = Colour::none;
    Strength strength = Strength::none;
    /// Games with white less games with black.
    int colour_difference = 0;
    /// The colour of the last two played games, if it was the same.
    Colour repeated = Colour::none;
    /// The last round is being paired, and the score is above half of what was possible.
    bool topscorer = false;

    bool may_have_bye = true;
    std::uint32_t unplayed = 0;
    /// By round, the last one first.
    std::array<bool, float_rounds> floated_down{}, floated_up{};
    /// The parity of the number among those who take or took part; decides colours between players without a game.
    bool odd_number = true;

    int imbalance() const { return colour_difference < 0 ? -colour_difference : colour_difference; }
    bool same_wish(const Card& other) const { return wants != Colour::none && wants == other.wants; }
};

/// The cards of those present, in the order of the round: a card's index is the player's `Place`.
std::vector<Card> cards_of(const Position&);

/// The lot of round 1, told or read off the table (white where neither is possible).
Colour initial_colour_of(const Position&);

}  // namespace agon::formats::dutch
