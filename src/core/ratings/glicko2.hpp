/// Glicko-2 (M. Glickman, "Example of the Glicko-2 system", 2022): a rating with its deviation, and a volatility that
/// says how steady the player is.
///
/// The paper collects games into rating periods. The engine takes each game as a period of its own, as servers that
/// rate at once do; `rate_period` does a whole period as the paper has it. Of the time between two games each
/// `period_days` are a period without games (`rested`), parts of it in proportion. Where time alone is to count, set
/// `periods_per_game` to 0.
///
/// Teams and free-for-alls are a generalisation: a team plays as its mean value against the mean and root mean square
/// deviation of each other team, and every player's own deviation decides how far he moves. In a free-for-all the n−1
/// duels count as independent games, which makes the deviations of many-player games too small: there Weng-Lin is better.
///
/// Not zero-sum: the less certain player moves more.
#pragma once

#include "core/ratings/engine.hpp"

namespace agon::ratings {

struct Glicko2Settings {
    double initial = 1500;
    double deviation = 350;
    double volatility = 0.06;
    double tau = 0.5;
    double max_volatility = 0.1;
    double min_deviation = 0;
    double periods_per_game = 1;
    double period_days = 7;
    double home_advantage = 0;
    static constexpr codec::Note notes[] = {
        {.field = "initial", .doc = "a new player's points", .min = 0, .max = 10000, .has_default = true},
        {.field = "deviation",
         .doc = "a new player's deviation, in points; it never grows beyond",
         .min = 1,
         .max = 1000,
         .has_default = true},
        {.field = "volatility", .doc = "a new player's volatility", .min = 0.001, .max = 1, .has_default = true},
        {.field = "tau",
         .doc = "how fast volatility may change; less where upsets are common",
         .min = 0.1,
         .max = 2,
         .has_default = true},
        {.field = "max_volatility",
         .doc = "no volatility grows beyond: losing on purpose and winning it back gains nothing",
         .min = 0.001,
         .max = 1,
         .has_default = true},
        {.field = "min_deviation",
         .doc = "no deviation shrinks below, so that old ratings still move",
         .min = 0,
         .max = 1000,
         .has_default = true},
        {.field = "periods_per_game",
         .doc = "rating periods that pass in a game; 0 where only time makes a rating less certain",
         .min = 0,
         .max = 1,
         .has_default = true},
        {.field = "period_days",
         .doc = "days without a game that are a rating period; 0: time makes no rating less certain",
         .min = 0,
         .max = 3650,
         .has_default = true},
        {.field = "home_advantage",
         .doc = "points that playing at home (or having white) is worth",
         .min = -1000,
         .max = 1000,
         .has_default = true},
    };
    bool operator==(const Glicko2Settings&) const = default;
};
BOOST_DESCRIBE_STRUCT(Glicko2Settings, (),
                      (initial, deviation, volatility, tau, max_volatility, min_deviation, periods_per_game,
                       period_days, home_advantage))

extern const Engine glicko2;

/// A game of a period as one player saw it.
struct Glicko2Game {
    /// The opponent before the period.
    double opponent = 0;
    double opponent_deviation = 0;
    /// 1, 0.5 or 0.
    double score = 0;
    /// Points that the player stood better for it than his value says, as at home.
    double advantage = 0;
};

/// A player's rating after a period of games: steps 2 to 8 of the paper. `periods` is how much of a rating period it
/// lasted; the paper's is 1. Without games only the deviation grows.
Rating rate_period(const Rating&, std::span<const Glicko2Game>, double periods, const Glicko2Settings&);

// The engine's functions (engine.hpp says what they do), with the settings' type.
Rating initial(const Glicko2Settings&);
Rating rested(const Rating&, double periods, const Glicko2Settings&);
void update(std::span<Team>, const Glicko2Settings&);
/// For two teams the expected outcome of Glickman's "Parameter estimation in large dynamic paired comparison
/// experiments" (1999): g is taken of both deviations together. For more, the same by softmax.
std::vector<double> predict(std::span<const Team>, const Glicko2Settings&);

}  // namespace agon::ratings
