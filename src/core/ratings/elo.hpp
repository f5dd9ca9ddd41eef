/// Elo ratings (A. Elo, "The Rating of Chessplayers, Past and Present", 1978), in whole points unless set otherwise.
///
/// Teams and free-for-alls are a generalisation: a team is as strong as the mean of its players, who all move by the
/// team's change; with n teams each meets the n−1 others in duels that count 1/(n−1) each.
///
/// Zero-sum: in a duel, and between teams of one size, the winners gain exactly what the losers lose, unless somebody
/// stands at the floor or has another K than his opponent. In a free-for-all in whole points each player's change is
/// rounded by itself, so the sum can be off by half a point a player.
///
/// `rested` rounds too: in whole points let players rest whole periods, as between seasons. Many short rests, each of less
/// than half a point, would come to nothing.
#pragma once

#include <cstdint>
#include <utility>

#include "core/ratings/engine.hpp"

namespace agon::ratings {

enum class KFactor { constant, shrinking };
BOOST_DESCRIBE_ENUM(KFactor, constant, shrinking)

enum class Margin { ignored, logarithmic };
BOOST_DESCRIBE_ENUM(Margin, ignored, logarithmic)

enum class Rounding { whole_points, none };
BOOST_DESCRIBE_ENUM(Rounding, whole_points, none)

struct EloSettings {
    std::int64_t initial = 1200;
    std::int64_t k = 32;
    std::int64_t floor = 100;
    std::int64_t provisional_games = 0;
    std::int64_t provisional_k = 40;
    KFactor k_factor = KFactor::constant;
    Rounding rounding = Rounding::whole_points;
    Margin margin = Margin::ignored;
    double home_advantage = 0;
    double reversion = 0;
    double reversion_mean = 1200;
    static constexpr codec::Note notes[] = {
        {.field = "initial", .doc = "a new player's points", .min = 0, .max = 10000, .has_default = true},
        {.field = "k",
         .doc = "most points that a game can move, margin aside",
         .min = 1,
         .max = 1000,
         .has_default = true},
        {.field = "floor", .doc = "nobody falls below", .min = -100000, .max = 10000, .has_default = true},
        {.field = "provisional_games",
         .doc = "a player's first games, in which provisional_k stands for k",
         .min = 0,
         .max = 1000,
         .has_default = true},
        {.field = "provisional_k", .doc = "k in a player's first games", .min = 1, .max = 1000, .has_default = true},
        {.field = "k_factor",
         .doc =
             "shrinking: 250/(games+5)^0.4 instead of k and provisional_k, from 131 in the first game to 39 after 100",
         .has_default = true},
        {.field = "rounding", .doc = "whether points are whole numbers", .has_default = true},
        {.field = "margin",
         .doc = "logarithmic: a win by more points moves more, by a favourite less; needs the points of both sides",
         .has_default = true},
        {.field = "home_advantage",
         .doc = "points that playing at home (or having white) is worth",
         .min = -1000,
         .max = 1000,
         .has_default = true},
        {.field = "reversion",
         .doc = "share of the way to reversion_mean that a rating goes back in each rating period (a season, say)",
         .min = 0,
         .max = 1,
         .has_default = true},
        {.field = "reversion_mean", .doc = "where it goes back to", .min = 0, .max = 10000, .has_default = true},
    };
    bool operator==(const EloSettings&) const = default;
};
BOOST_DESCRIBE_STRUCT(EloSettings, (),
                      (initial, k, floor, provisional_games, provisional_k, k_factor, rounding, margin, home_advantage,
                       reversion, reversion_mean))

extern const Engine elo;

/// What A is expected to score against B, from 0 to 1: 1 / (1 + 10^((b−a)/400)).
double expected_score(double a, double b);

/// Both ratings after a game in which A scored 1 (won), 0.5 or 0. One side's change is rounded and mirrored, so no
/// point appears or disappears, except that nobody falls below the floor. Of the settings it reads `k` and `floor`; with
/// the others at their defaults it is what the engine does to two players.
std::pair<std::int64_t, std::int64_t> update(std::int64_t a, std::int64_t b, double score_of_a,
                                             const EloSettings& = {});

// The engine's functions (engine.hpp says what they do), with the settings' type.
Rating initial(const EloSettings&);
Rating rested(const Rating&, double periods, const EloSettings&);
void update(std::span<Team>, const EloSettings&);
std::vector<double> predict(std::span<const Team>, const EloSettings&);

}  // namespace agon::ratings
