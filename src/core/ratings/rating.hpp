/// What every rating engine speaks of: a player's rating, and a game between teams of players.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "base/codec/describe.hpp"

namespace agon::ratings {

/// What an engine knows of a player. `initial` of the engine makes the first one.
struct Rating {
    /// The estimate of the player's strength, in the engine's points.
    double value = 0;
    /// The standard deviation of that estimate, in points; 0 where the engine keeps none.
    double deviation = 0;
    /// How much the strength itself is expected to move (Glicko-2's σ); 0 where the engine keeps none.
    double volatility = 0;
    /// Rated games so far.
    std::int64_t games = 0;
    bool operator==(const Rating&) const = default;
};
BOOST_DESCRIBE_STRUCT(Rating, (), (value, deviation, volatility, games))

/// The whole points that people see.
inline std::int64_t shown(const Rating& rating) { return std::llround(rating.value); }

enum class Venue : std::uint8_t { neutral, home };

/// One side of a game. A duel is two teams of one, a free-for-all many teams of one. The ratings stay the caller's.
struct Team {
    /// At least one.
    std::span<Rating> players;
    /// 1 for the winner; teams that are level share a place. Only the order matters, not the numbers. Not read by
    /// predictions.
    std::uint32_t place = 1;
    /// What the team scored in the game's own unit. Read only by engines that are set to look at the margin.
    double points = 0;
    /// Where the game favours one side: its home, white, the first move.
    Venue venue = Venue::neutral;
};

/// 1 where `a` did better than `b`, 0.5 where they are level, 0 where it did worse.
inline double score_against(const Team& a, const Team& b) {
    return a.place == b.place ? 0.5 : a.place < b.place ? 1.0 : 0.0;
}

/// The mean of the team's values, plus what its home is worth.
double mean_value(const Team&, double home_advantage);

}  // namespace agon::ratings
