/// Who plays which role in a team: the assignment that displeases least.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "core/matchmaking/teams/party.hpp"

namespace agon::matchmaking::teams {

/// Role 0 … n−1 of each member, as they stand.
struct RoleAssignment {
    std::array<std::uint8_t, max_team_size> role{};
    /// 0 for each role that is wanted, 1 for an agreeable one, 3 and twice the earlier autofills for any other.
    double displeasure = 0;
};

/// For a full team of up to five. Nothing where somebody would get a role that is neither wanted nor agreeable, and
/// `rule` is strict. Ties go to the earlier member's lower role.
std::optional<RoleAssignment> assign_roles(std::span<const Member* const> team, TeamRules::RoleRule rule);

/// Hall's theorem ("On representatives of subsets", 1935): members have roles of their own iff every set of roles has at
/// most as many members who can play these only. A quick no before anything is assigned; for up to five.
bool roles_suffice(std::span<const Member* const> members, std::size_t roles);

}  // namespace agon::matchmaking::teams
