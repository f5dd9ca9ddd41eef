/// The criteria of C.04.3 (C4 to C21) as numbers that add up over pairs: what a matching has to maximise.
///
/// Every criterion is turned round from "as few as possible are hurt" to "as many as possible of the pairs keep it".
/// Then the best candidate of a bracket is the matching with the lexicographically greatest sums of fields.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/formats/dutch/card.hpp"
#include "core/formats/dutch/legal.hpp"

namespace agon::formats::dutch {

/// What stays the same while a round is being paired.
struct Context {
    std::span<const Card> cards;
    const Legal& legal;
    /// An odd number takes part: one has the bye.
    bool odd = false;
    /// C5: the lowest score with which somebody can have the bye and everybody else a legal opponent.
    Points bye_score = 0;
};

/// The part that a player has in the problem of one bracket, highest players first.
enum class Part : std::uint8_t {
    /// Moved down into the bracket (MDP).
    mover,
    /// Of the bracket's own score.
    resident,
    /// Of the next score group: C8 looks at them.
    next,
    /// Below: they only have to be paired somehow.
    lower
};

struct Member {
    Place place = 0;
    Part part = Part::resident;
};

/// Which fields above the criteria of quality take part.
struct Scope {
    /// C4 and C5: whoever is left over, with those below, has a complete pairing.
    bool completion = false;
    /// C8.
    bool look_ahead = false;
    /// C9.
    bool bye_games = false;
};

/// How much every pair keeps of each criterion. Pairs that are not to be made have no fields: mover with mover, and
/// those that reach beyond the scope. C1 and C3 are not looked at here.
class Criteria {
public:
    using Class = std::uint32_t;
    using Sums = std::vector<std::uint64_t>;

    /// `members` from the highest to the lowest.
    Criteria(const Context&, std::vector<Member> members, Scope);

    const std::vector<Member>& members() const { return members_; }
    std::size_t size() const { return members_.size(); }
    Scope scope() const { return scope_; }

    /// Players of one class are alike in all that the fields look at.
    Class class_of(std::size_t member) const { return class_of_[member]; }
    std::size_t classes() const { return counts_.size(); }
    std::size_t count(Class c) const { return counts_[c]; }

    /// The fields in falling priority; empty if such a pair is not to be made. The same in both orders.
    std::span<const std::uint32_t> values(Class a, Class b) const;
    /// How many bits hold any sum that a matching can have, by field.
    const std::vector<unsigned>& bits() const { return bits_; }
    unsigned total_bits() const;

    /// The sums of a matching's fields. `mate` by member.
    Sums sums(std::span<const std::uint32_t> mate) const;
    /// The greatest value of every field in a pair of two residents.
    Sums greatest_of_residents() const;
    /// Where the fields of C8 stand in the sums: first and one past the last.
    std::pair<std::size_t, std::size_t> look_ahead_fields() const { return look_ahead_; }

private:
    struct Profile;

    void classify(const Context&, std::vector<Profile>& profiles);
    void fill_table(const std::vector<Profile>& profiles);
    void drop_constant_fields(const std::vector<Profile>& profiles);
    void count_bits(const std::vector<Profile>& profiles);
    /// Whether pairs whose lower player is such a one are to be made.
    bool reaches(const Profile& lower) const;
    void weigh(const Profile& a, const Profile& b, std::vector<std::uint32_t>& out) const;

    std::vector<Member> members_;
    Scope scope_;
    bool odd_;
    /// The different scores of movers, highest first.
    std::vector<Points> mover_scores_;
    std::vector<Class> class_of_;
    std::vector<std::size_t> counts_;
    std::size_t fields_ = 0;
    std::size_t first_quality_ = 0;
    std::pair<std::size_t, std::size_t> look_ahead_{};
    std::vector<std::uint32_t> table_;
    std::vector<char> allowed_;
    std::vector<unsigned> bits_;
};

}  // namespace agon::formats::dutch
