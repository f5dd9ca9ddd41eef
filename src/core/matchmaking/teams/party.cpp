#include "core/matchmaking/teams/party.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace agon::matchmaking::teams {

double strength(const Party& party, const TeamRules& rules) {
    double sum = 0;
    for (const auto& m : party.members) sum += m.rating + rules.premade_points[party.size() - 1];
    return sum;
}

double placing(const Party& party, const TeamRules& rules) {
    double strongest = party.members.front().rating;
    for (const auto& m : party.members) strongest = std::max(strongest, m.rating);
    return std::max(strength(party, rules) / static_cast<double>(party.size()), strongest - rules.guard_points);
}

Result<void> check(const Party& party, const TeamRules& rules) {
    if (party.members.empty() || party.size() > rules.team_size)
        return refused(Code::invalid, fmt::format("a party has 1 to {} members", rules.team_size), "/members");
    for (std::size_t i = 0; i < party.size(); ++i) {
        const auto& m = party.members[i];
        if (!std::isfinite(m.rating) || !std::isfinite(m.deviation) || m.deviation < 0)
            return refused(Code::invalid, "a rating must be a number", fmt::format("/members/{}", i));
        for (std::size_t j = 0; j < i; ++j)
            if (party.members[j].player == m.player)
                return refused(Code::invalid, "the member is in the party twice", fmt::format("/members/{}", i));
    }
    if (party.rtt_ms.size() != rules.regions)
        return refused(Code::invalid, fmt::format("there are {} regions", rules.regions), "/rtt_ms");
    if (party.avoids.size() > max_avoided) return refused(Code::invalid, "too many players to avoid", "/avoids");
    return {};
}

Result<void> check(const TeamRules& rules) {
    if (const auto ok = matchmaking::check(rules.pool); !ok) return ok;
    if (rules.team_size < 1 || rules.team_size > max_team_size)
        return refused(Code::invalid, fmt::format("a team has 1 to {} players", max_team_size), "/team_size");
    if (rules.sides < 2 || rules.sides > max_sides || (rules.sides > 2 && rules.team_size > 1))
        return refused(Code::invalid, fmt::format("2 sides, or up to {} of one player", max_sides), "/sides");
    if (rules.regions < 1 || rules.regions > 64) return refused(Code::invalid, "1 to 64 regions", "/regions");
    if (rules.candidates < rules.players() || rules.candidates > 64)
        return refused(Code::invalid, "as many as a match has players, to 64", "/candidates");
    return {};
}

}  // namespace agon::matchmaking::teams
