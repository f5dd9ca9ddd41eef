/// What tests of team matchmaking speak in.
#pragma once

#include "core/matchmaking/pool_testing.hpp"
#include "core/matchmaking/teams/team_pool.hpp"

namespace agon::matchmaking::teams::testing {

using matchmaking::testing::at;
using matchmaking::testing::player;

inline TeamRules rules_of(std::size_t team_size) {
    TeamRules rules;
    rules.pool.ramp = Ramp::immediate;
    rules.team_size = team_size;
    return rules;
}

/// Members numbered from `first`, with these ratings; 20 ms from every region.
inline Party party(std::uint64_t first, std::vector<double> ratings, std::size_t regions = 1) {
    Party p;
    for (const auto r : ratings) p.members.push_back({.player = player(first++), .rating = r});
    p.rtt_ms.assign(regions, 20);
    return p;
}

/// As a pool would hold it.
inline Party waiting(Party p, Instant since) {
    p.joined_at = p.enqueued_at = since;
    p.timeout_at = since + std::chrono::seconds(300);
    return p;
}

}  // namespace agon::matchmaking::teams::testing
