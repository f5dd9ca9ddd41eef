/// The pairing of one bracket (C.04.3, sections B and C): of all legal candidates the one that keeps the criteria best,
/// and of those the one that is generated first.
#pragma once

#include <utility>
#include <vector>

#include "core/formats/dutch/completion.hpp"

namespace agon::formats::dutch {

/// One score group and those who came down to it. Groups are ranges of places.
struct Bracket {
    /// From the highest down.
    std::vector<Place> movers;
    /// Residents are [first, next), the next group is [next, lower), and all others are from `lower` on.
    Place first = 0, next = 0, lower = 0;

    std::size_t size() const { return movers.size() + next - first; }
};

/// Whether the bye goes to somebody of this bracket (or to a mover who had to wait for the end): if it leaves one player
/// over, he has it.
inline bool has_bye(const Context& context, const Bracket& bracket) {
    return context.odd && context.bye_score >= context.cards[bracket.first].score;
}

struct PairedBracket {
    /// Higher player first.
    std::vector<std::pair<Place, Place>> pairs;
    /// From the highest down: the movers of the next bracket.
    std::vector<Place> left;
    /// The level at which it was solved (see `Tuning`).
    int level = 0;
};

PairedBracket pair_bracket(const Context&, const Tuning&, const Bracket&);

}  // namespace agon::formats::dutch
