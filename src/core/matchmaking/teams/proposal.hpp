/// A match of teams that could be made, and what it costs; and the best one around a party.
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "core/matchmaking/teams/party.hpp"
#include "core/matchmaking/teams/roles.hpp"

namespace agon::matchmaking::teams {

/// A match of teams, as far as it can be judged.
struct Priced {
    /// Per side and player, in the order of parties and members; empty without roles.
    std::vector<std::vector<std::uint8_t>> roles;
    /// Of side 0; ½ in a free-for-all.
    double win_probability = 0.5;
    /// In points:
    ///
    ///       per_half_win · 2 · |p − ½|       p: the win probability
    ///     + per_spread_point · spread        mean over teams of the strongest less the weakest (free-for-all: of all)
    ///     + per_unwanted_role · displeasure  of all teams (roles.hpp)
    ///     + per_rtt_ms · the longest round trip in the match's region
    ///     − per_second_waited · the sum of all players' waits
    double cost = 0;
};

using Side = std::vector<const Party*>;

/// Nothing where the roles cannot be filled, or where it would cost `limit` or more.
std::optional<Priced> price(std::span<const Side> sides, std::size_t region, const TeamRules&, Instant now,
                            double limit = HUGE_VAL);

struct Proposal : Priced {
    /// Places in the list that was searched.
    std::vector<std::vector<std::size_t>> sides;
    std::size_t region = 0;
};

/// The chance that side a wins: 1 / (1 + 10^(−g·d/400)), d the difference of the sides' mean strengths, and
/// g = 1 / √(1 + 3q²σ²/π²), q = ln 10 / 400, σ² the sum of the sides' mean variances (M. Glickman, "Parameter estimation
/// in large dynamic paired comparison experiments", 1999): what is unsure counts less.
double win_probability(std::span<const Party* const> a, std::span<const Party* const> b, const TeamRules&);

/// Whether two parties may be in one match: both windows hold the difference of their placings, nobody avoids anybody.
bool may_meet(const Party&, const Party&, const TeamRules&, const Windows&, Instant now);

/// The regions that a party accepts now, a bit each (the first 64): its round trip is within its cap, which relaxes
/// with the steps of its window.
std::uint64_t acceptable_regions(const Party&, const TeamRules&, const Windows&, Instant now);

/// The cheapest match that holds `parties[0]`, all of whose parties may meet each other, in a region that all accept.
/// Fills teams depth first, in the order given; gives up after `rules.fillings` complete ones, so with many parties it
/// is the best of those. Nothing where no team can be filled. At most 64 parties.
std::optional<Proposal> best_match(std::span<const Party* const> parties, const TeamRules&, const Windows&,
                                   Instant now);

}  // namespace agon::matchmaking::teams
