/// Parties that look for a match of teams, and the rules of such matches: two teams of one to five, or everybody against
/// everybody.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "core/matchmaking/settings.hpp"
#include "core/matchmaking/ticket.hpp"

namespace agon::matchmaking::teams {

inline constexpr std::size_t max_team_size = 5;
inline constexpr std::size_t max_sides = 16;

/// A set of roles, one bit each; a team has as many roles as players, one for each.
using Roles = std::uint8_t;

struct Member {
    PlayerId player;
    double rating = 1200;
    /// How unsure the rating is, in points (Glicko's RD); 0: it counts as known.
    double deviation = 0;
    /// Roles that the member asks for, and others that are agreeable. Both empty: any.
    Roles wants = 0, accepts = 0;
    /// How often this member was lately given a role that was neither. Each time makes the next one less likely.
    std::uint32_t autofilled = 0;

    bool operator==(const Member&) const = default;
};

/// One to five who play on the same side.
struct Party {
    std::vector<Member> members;
    Instant joined_at;
    /// Since when it has been waiting; earlier than `joined_at` where there is wait credit.
    Instant enqueued_at;
    Instant timeout_at;
    /// Per region of the pool, the worst member's round trip in milliseconds; negative: not there.
    std::vector<std::int32_t> rtt_ms;
    /// Not with or against these players; sorted by the pool.
    std::vector<PlayerId> avoids;

    std::size_t size() const { return members.size(); }
    bool operator==(const Party&) const = default;
};

struct TeamRules {
    /// Windows, steps and timeout; rule and ramp are not used: a match needs everybody's window, and opens at once.
    PoolSettings pool;
    std::size_t team_size = 5;
    /// More than 2 with teams of one only.
    std::size_t sides = 2;
    std::size_t regions = 1;

    /// Points that each member of a party of 1, 2, … 5 is worth more for knowing the others; learned from results.
    std::array<double, max_team_size> premade_points = {0, 10, 20, 30, 40};
    /// A party is placed no lower than so many points below its strongest member.
    double guard_points = 300;

    /// Whether members have roles, and may be given one that they did not ask for.
    enum class RoleRule { none, strict, autofill } roles = RoleRule::none;

    /// The round trip that a party puts up with at first; it relaxes with each of the window's steps.
    double rtt_cap_ms = 80, rtt_step_ms = 20, rtt_ceiling_ms = 200;

    // What a match costs, in points: see `Proposal`.
    double per_half_win = 500, per_spread_point = 0.1, per_unwanted_role = 25, per_rtt_ms = 0.5,
           per_second_waited = 0.5;

    /// How many parties a search looks at, the nearest, and how many ways to fill a match it judges at most.
    std::size_t candidates = 32, fillings = 200;

    std::size_t players() const { return team_size * sides; }
};

/// Mean rating plus the premade bonus, but not below the guard: where the party stands among others.
double placing(const Party&, const TeamRules&);

/// Points that the party adds to its side: its ratings and its bonus.
double strength(const Party&, const TeamRules&);

/// Refuses, with a pointer, an empty or too large party, a member twice, ratings that are no numbers, and a wrong number
/// of regions.
Result<void> check(const Party&, const TeamRules&);

/// Refuses team sizes, sides and settings out of bounds.
Result<void> check(const TeamRules&);

}  // namespace agon::matchmaking::teams
