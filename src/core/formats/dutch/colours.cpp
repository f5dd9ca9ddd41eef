#include "core/formats/dutch/colours.hpp"

#include <algorithm>

namespace agon::formats::dutch {

namespace {

/// The colours of the played games, the latest first.
std::vector<Colour> history(const CrossTable& table, const Card& card) {
    std::vector<Colour> colours;
    for (const auto& round : table.players[card.row].rounds)
        if (was_played(round.outcome) && round.colour != Colour::none) colours.push_back(round.colour);
    std::ranges::reverse(colours);
    return colours;
}

Colours granting(const Card& card, bool is_higher, ColourRule rule) {
    return {.higher_has_white = (card.wants == Colour::white) == is_higher, .rule = rule};
}

}  // namespace

Colours allocate(const CrossTable& table, const Card& higher, const Card& lower, Colour initial) {
    // E.1: grant both wishes.
    if (higher.wants != lower.wants) {
        const bool by_higher = higher.wants != Colour::none;
        return granting(by_higher ? higher : lower, by_higher, ColourRule::both_wishes);
    }
    if (higher.wants != Colour::none) {
        // E.2: grant the stronger wish; if both are absolute, that of the player with the wider colour difference.
        if (higher.strength != lower.strength) {
            const bool by_higher = higher.strength > lower.strength;
            return granting(by_higher ? higher : lower, by_higher, ColourRule::stronger_wish);
        }
        if (higher.strength == Strength::absolute && higher.imbalance() != lower.imbalance()) {
            const bool by_higher = higher.imbalance() > lower.imbalance();
            return granting(by_higher ? higher : lower, by_higher, ColourRule::stronger_wish);
        }
        // E.3: alternate the colours from the latest time at which they differed.
        const auto ours = history(table, higher), theirs = history(table, lower);
        for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i)
            if (ours[i] != theirs[i])
                return {.higher_has_white = ours[i] == Colour::black,
                        .rule = ColourRule::last_difference,
                        .games_back = i + 1};
        // E.4: grant the wish of the higher player.
        return granting(higher, true, ColourRule::higher_player);
    }
    // E.5: nobody has a wish. An odd number gives the initial colour, an even one the other.
    const auto colour = higher.odd_number ? initial : opposite(initial);
    return {.higher_has_white = colour == Colour::white, .rule = ColourRule::initial_colour};
}

}  // namespace agon::formats::dutch
