/// What a pool of parties decides, and matches that ask it for players.
#pragma once

#include <array>
#include <span>
#include <variant>
#include <vector>

#include "core/matchmaking/teams/party.hpp"

namespace agon::matchmaking::teams {

struct TeamMatched {
    Instant at;
    std::size_t region = 0;
    std::vector<std::vector<Party>> sides;
    /// Per side, in the order of parties and members; empty without roles.
    std::vector<std::vector<std::uint8_t>> roles;
    /// Of side 0, with two sides.
    double win_probability = 0.5;
};

struct PartyTimedOut {
    Instant at;
    Party party;
};

/// A running match that is short of players: who plays now, per side; seats are open where a side is not full.
struct BackfillRequest {
    MatchId match;
    std::size_t region = 0;
    std::array<std::vector<Member>, 2> sides;
};

/// A party goes into a running match. The request goes on with the seats that are left, if any.
struct Backfilled {
    Instant at;
    MatchId match;
    std::size_t side = 0;
    Party party;
};

using TeamDecision = std::variant<TeamMatched, PartyTimedOut, Backfilled>;
using TeamDecisions = std::vector<TeamDecision>;

/// Swaps parties of equal size between matches that were made at the same instant in the same region, as long as that
/// lowers the sum of their costs and every rule still holds; judges at most `swaps` swaps. Others in the list stay as
/// they are.
void improve(std::span<TeamDecision> made, const TeamRules&, const Windows&, std::size_t swaps = 2000);

}  // namespace agon::matchmaking::teams
