/// Weng and Lin's Bayesian ratings for teams and free-for-alls (R. C. Weng and C.-J. Lin, "A Bayesian approximation
/// method for online ranking", Journal of Machine Learning Research 12, 2011): every player is a normal distribution,
/// `value` its mean θ and `deviation` its σ; a team is the sum of its players. Each game is one pass without
/// iterations.
///
/// Two of the paper's models. `weng_lin_plackett_luce` (Algorithm 4) sees a ranking as a row of choices: who is first of
/// all, who is first of the rest, and so on. `weng_lin_bradley_terry` (Algorithm 1, full pairing) sees it as all the
/// duels of two teams, so many teams move a rating further. Between two teams they are the same.
///
/// The paper's Plackett-Luce shares the credit of a place among all that hold it: who joins a large group of level teams
/// can gain less than who comes just behind it. Where many are often level, Bradley-Terry is the better choice.
///
/// The defaults have the proportions of the paper (deviation = 2·beta, tau = deviation/100) on about Elo's scale: once the
/// deviations are small, 400 points are odds of ten to one.
#pragma once

#include "core/ratings/engine.hpp"

namespace agon::ratings {

struct WengLinSettings {
    double initial = 1200;
    double deviation = 250;
    double beta = 125;
    double tau = 2.5;
    double period_days = 7;
    double kappa = 0.0001;
    double home_advantage = 0;
    static constexpr codec::Note notes[] = {
        {.field = "initial", .doc = "a new player's points", .min = 0, .max = 10000, .has_default = true},
        {.field = "deviation",
         .doc = "a new player's deviation, in points; it never grows beyond",
         .min = 0.001,
         .max = 10000,
         .has_default = true},
        {.field = "beta",
         .doc = "how much a player's performance varies from game to game, in points",
         .min = 0.001,
         .max = 10000,
         .has_default = true},
        {.field = "tau",
         .doc = "how much deviation a game or a rating period adds, in points, so that old ratings still move",
         .min = 0,
         .max = 1000,
         .has_default = true},
        {.field = "period_days",
         .doc = "days without a game that are a rating period; 0: time makes no rating less certain",
         .min = 0,
         .max = 3650,
         .has_default = true},
        {.field = "kappa",
         .doc = "the smallest share of its square that a deviation keeps in one game",
         .min = 0.000001,
         .max = 1,
         .has_default = true},
        {.field = "home_advantage",
         .doc = "points that playing at home (or having white) is worth to a team",
         .min = -1000,
         .max = 1000,
         .has_default = true},
    };
    bool operator==(const WengLinSettings&) const = default;
};
BOOST_DESCRIBE_STRUCT(WengLinSettings, (), (initial, deviation, beta, tau, period_days, kappa, home_advantage))

extern const Engine weng_lin_plackett_luce;
extern const Engine weng_lin_bradley_terry;

// The engines' functions (engine.hpp says what they do), with the settings' type.
Rating initial(const WengLinSettings&);
Rating rested(const Rating&, double periods, const WengLinSettings&);
void update_plackett_luce(std::span<Team>, const WengLinSettings&);
void update_bradley_terry(std::span<Team>, const WengLinSettings&);
/// The logistic of the difference over c = √(Σ(σᵢ² + β²)), the link of the update; for more than two teams by softmax.
std::vector<double> predict(std::span<const Team>, const WengLinSettings&);

}  // namespace agon::ratings
