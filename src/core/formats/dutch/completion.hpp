/// C4, C5 and C8 seen from above: can those who are left over, with all players below, be paired, and how well does the
/// next bracket fare?
#pragma once

#include <map>
#include <optional>
#include <span>

#include "core/formats/dutch/solver.hpp"

namespace agon::formats::dutch {

/// C8 of one choice of downfloaters: how many pairs the next bracket can make, and how many of the downfloaters are
/// paired there, by score. Greater is better.
struct Ahead {
    std::size_t pairs = 0;
    std::map<Points, std::size_t, std::greater<>> floaters;
    bool operator==(const Ahead&) const = default;
};

class Completion {
public:
    Completion(const Context& context, const Solver& solver) : context_(context), solver_(solver) {}

    /// Whether these players can all be paired with each other; in an odd field all but the one who has the bye.
    bool exists(std::vector<Member> members) const;
    /// The best that the next bracket can do if `floaters` come down into [next, lower) and all from `next` on are
    /// paired in the end; nothing if they cannot be.
    std::optional<Ahead> look_ahead(std::span<const Place> floaters, Place next, Place lower) const;
    /// What no choice of floaters with these scores can surpass.
    Ahead bound(std::span<const Place> floaters, Place next, Place lower) const;

    /// The part of a matching that C8 looks at.
    Ahead ahead_in(const Criteria&, std::span<const Vertex> mate) const;

private:
    bool is_complete(const Criteria&, std::span<const Vertex> mate) const;

    const Context& context_;
    const Solver& solver_;
};

/// C5: the lowest score of a player who can have the bye while all others are paired. Nothing if there is no such
/// player, or in an even field no legal pairing; 0 in an even field that has one.
std::optional<Points> lowest_bye_score(Context, const Tuning&);

/// Whether this player may be the one who has the bye.
inline bool takes_bye(const Context& context, Place place) {
    const auto& card = context.cards[place];
    return context.odd && card.may_have_bye && card.score == context.bye_score;
}

/// Places [first, last) in one part.
void append_members(std::vector<Member>& members, Place first, Place last, Part part);

}  // namespace agon::formats::dutch
