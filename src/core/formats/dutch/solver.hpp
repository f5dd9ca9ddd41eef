/// From criteria to a matching: packs the fields into whole numbers that are wide enough, and solves.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/formats/dutch/criteria.hpp"
#include "core/formats/dutch/matching.hpp"

namespace agon::formats::dutch {

/// How to compute, for tests: every setting must give the same pairings.
struct Tuning {
    /// Brackets are solved at this level at once: 0 alone, 1 with the next group, 2 with all players below.
    int first_level = 0;
    /// Weights have at least this many bits.
    unsigned least_bits = 0;
    /// Not 0: the players' numbers inside the solver are shuffled by this seed.
    std::uint64_t shuffle = 0;
    /// Off: no candidate is accepted without solving its bracket.
    bool shortcuts = true;
};

/// A field below the criteria that depends on the higher player of a pair with a resident; may be negative.
struct TopField {
    unsigned bits = 0;
    /// By member.
    std::vector<std::int64_t> value;
};

/// What comes after the criteria: the fields that tell the earliest candidate from the others, in falling priority,
/// and what has been decided already. Members are numbered as in `Criteria`.
struct Order {
    std::vector<TopField> tops;
    /// Each of these members, as the higher of its pair, is to meet as high a player as possible.
    std::vector<Vertex> to_meet_the_highest;
    /// May not be the higher (the lower) of a pair with a resident; empty where there is no such member.
    std::vector<char> not_higher, not_lower;

    bool empty() const {
        return tops.empty() && to_meet_the_highest.empty() && not_higher.empty() && not_lower.empty();
    }
};

class Solver {
public:
    Solver(const Context& context, const Tuning& tuning) : context_(context), tuning_(tuning) {}

    /// By member: whom it is matched with, or `no_vertex`.
    std::vector<Vertex> solve(const Criteria&, const Order& = {}) const;

    /// Gives every member of `tops` (in order) an opponent of `bottoms` such that the pairs keep the criteria best, and
    /// of all such choices the one that gives the first top the highest bottom, then the second … Nothing if that is
    /// impossible or the sums of the fields come out below `required`.
    std::optional<std::vector<Vertex>> assign(const Criteria&, const std::vector<Vertex>& tops,
                                              const std::vector<Vertex>& bottoms, const Criteria::Sums& required) const;

    /// How many bits are left for fields of `Order` before weights become wider and slower.
    static unsigned spare_bits(const Criteria&);
    /// The bits of a field in which a member is to meet the highest player.
    static unsigned bits_to_meet(const Criteria&);

private:
    const Context& context_;
    const Tuning& tuning_;
};

}  // namespace agon::formats::dutch
