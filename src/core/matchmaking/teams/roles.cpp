#include "core/matchmaking/teams/roles.hpp"

#include <bit>
#include <cmath>

namespace agon::matchmaking::teams {

namespace {

Roles playable(const Member& m) {
    const auto named = static_cast<Roles>(m.wants | m.accepts);
    return named != 0 ? named : static_cast<Roles>(0xff);
}

double displeasure(const Member& m, unsigned role) {
    if (((m.wants >> role) & 1) != 0 || (m.wants | m.accepts) == 0) return 0;
    return ((m.accepts >> role) & 1) != 0 ? 1 : 3 + 2.0 * m.autofilled;
}

}  // namespace

bool roles_suffice(std::span<const Member* const> members, std::size_t roles) {
    const auto all = (1u << roles) - 1;
    for (unsigned set = 1; set <= all; ++set) {
        std::size_t bound = 0;  // members who can play nothing outside of `set`
        for (const auto* m : members) bound += (playable(*m) & all & ~set) == 0;
        if (bound > static_cast<std::size_t>(std::popcount(set))) return false;
    }
    return true;
}

/// The least displeasure over sets of roles that the first members take (Held and Karp's way; 2^n · n steps).
std::optional<RoleAssignment> assign_roles(std::span<const Member* const> team, TeamRules::RoleRule rule) {
    const auto n = team.size();
    if (rule == TeamRules::RoleRule::strict && !roles_suffice(team, n)) return std::nullopt;
    std::array<double, 1 << max_team_size> least{};
    std::array<std::uint8_t, 1 << max_team_size> last{};
    for (unsigned taken = 1; taken < 1u << n; ++taken) {
        least[taken] = HUGE_VAL;
        const auto& member = *team[static_cast<std::size_t>(std::popcount(taken)) - 1];
        for (unsigned role = 0; role < n; ++role) {
            if ((taken >> role & 1) == 0) continue;
            if (rule == TeamRules::RoleRule::strict && (playable(member) >> role & 1) == 0) continue;
            const auto total = least[taken & ~(1u << role)] + displeasure(member, role);
            if (total < least[taken]) least[taken] = total, last[taken] = static_cast<std::uint8_t>(role);
        }
    }
    auto taken = (1u << n) - 1;
    if (least[taken] == HUGE_VAL) return std::nullopt;
    RoleAssignment found{.displeasure = least[taken]};
    for (auto i = n; i-- > 0;) {
        found.role[i] = last[taken];
        taken &= ~(1u << last[taken]);
    }
    return found;
}

}  // namespace agon::matchmaking::teams
