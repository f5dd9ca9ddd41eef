#include "core/ratings/glicko2.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <boost/container/small_vector.hpp>

#include "core/ratings/engine_of.hpp"
#include "core/ratings/link.hpp"

namespace agon::ratings {

namespace {

/// Points per unit of the paper's own scale.
constexpr double scale = 173.7178;
/// ε of step 5.
constexpr double convergence = 0.000001;
/// Differences beyond that many units (8,000 points) tell nothing more.
constexpr double most_difference = 50;

double square(double x) { return x * x; }

/// Step 3: g(φ) = 1 / √(1 + 3φ²/π²). Takes φ².
double g(double phi_squared) { return 1.0 / std::sqrt(1.0 + 3.0 * phi_squared / square(std::numbers::pi)); }

/// Steps 3 and 4 over all games: 1/v, and Σ g(φⱼ)·(sⱼ − E).
struct Evidence {
    double information = 0;
    double surprise = 0;
};

Evidence evidence_of(double value, std::span<const Glicko2Game> games) {
    Evidence all;
    for (const auto& game : games) {
        const double weight = g(square(game.opponent_deviation / scale));
        const double difference = weight * (value + game.advantage - game.opponent) / scale;
        const double x = std::clamp(difference, -most_difference, most_difference);
        all.information += square(weight) * logistic_slope(x);
        all.surprise += weight * (game.score - logistic(x));
    }
    return all;
}

/// Step 5, the new volatility σ′, by the Illinois variant of regula falsi. x is ln σ².
class VolatilityStep {
public:
    VolatilityStep(double sigma, double phi_squared, double v, double delta, double tau)
        : a_(2 * std::log(sigma)), variance_(phi_squared + v), delta_squared_(square(delta)), tau_(tau) {}

    double new_sigma() const {
        // 2. A = a; B = ln(Δ² − φ² − v) where that is positive, else a − kτ for the first k = 1, 2, … with f(B) ≥ 0.
        double a = a_;
        double b = other_end();
        // 3. fA = f(A), fB = f(B).
        double fa = f(a), fb = f(b);
        // 4. While |B − A| > ε: C = A + (A − B)·fA/(fB − fA). If fC·fB ≤ 0 then A = B, else fA is halved. B = C.
        while (std::abs(b - a) > convergence) {
            const double c = a + (a - b) * fa / (fb - fa);
            const double fc = f(c);
            if (fc * fb <= 0)
                a = b, fa = fb;
            else
                fa /= 2;
            b = c, fb = fc;
        }
        // 5. σ′ = e^(A/2).
        return std::exp(a / 2);
    }

private:
    double other_end() const {
        if (delta_squared_ > variance_) return std::log(delta_squared_ - variance_);
        double b = a_ - tau_;
        while (f(b) < 0) b -= tau_;
        return b;
    }

    /// 1. f(x) = eˣ(Δ² − φ² − v − eˣ) / 2(φ² + v + eˣ)² − (x − a)/τ².
    double f(double x) const {
        const double e = std::exp(x);
        return e * (delta_squared_ - variance_ - e) / (2 * square(variance_ + e)) - (x - a_) / square(tau_);
    }

    double a_;
    double variance_;
    double delta_squared_;
    double tau_;
};

double bounded_deviation(double phi, const Glicko2Settings& settings) {
    return std::clamp(phi * scale, std::min(settings.min_deviation, settings.deviation), settings.deviation);
}

/// Step 6: φ* = √(φ² + σ²), for a part of a period or several.
double grown(double phi, double sigma, double periods) { return std::sqrt(square(phi) + periods * square(sigma)); }

/// The change of a player's value, and his new deviation and volatility, where his side plays as `value`.
Rating rate(const Rating& player, double value, std::span<const Glicko2Game> games, double periods,
            const Glicko2Settings& settings) {
    // Step 2, to the paper's scale, and steps 3 and 4.
    const double phi = player.deviation / scale;
    const auto evidence = evidence_of(value, games);
    const double v = 1.0 / evidence.information;
    const double delta = v * evidence.surprise;
    // Step 5.
    const double sigma = std::min(VolatilityStep(player.volatility, square(phi), v, delta, settings.tau).new_sigma(),
                                  settings.max_volatility);
    // Step 7: φ′ = 1/√(1/φ*² + 1/v), μ′ = μ + φ′²·Σ g(φⱼ)(sⱼ − E).
    const double before = bounded_deviation(grown(phi, sigma, periods), settings) / scale;
    const double phi_squared = 1.0 / (1.0 / square(before) + evidence.information);
    // Step 8, back to points.
    return {.value = player.value + phi_squared * evidence.surprise * scale,
            .deviation = bounded_deviation(std::sqrt(phi_squared), settings),
            .volatility = sigma,
            .games = player.games + static_cast<std::int64_t>(games.size())};
}

/// A team as one player.
struct Side {
    double value = 0;
    double deviation = 0;
};

Side side_of(const Team& team) {
    double squares = 0;
    for (const auto& player : team.players) squares += square(player.deviation);
    return {mean_value(team, 0), std::sqrt(squares / static_cast<double>(team.players.size()))};
}

double home_bonus(const Team& team, const Glicko2Settings& settings) {
    return team.venue == Venue::home ? settings.home_advantage : 0;
}

}  // namespace

Rating initial(const Glicko2Settings& settings) {
    return {.value = settings.initial, .deviation = settings.deviation, .volatility = settings.volatility};
}

Rating rested(const Rating& rating, double periods, const Glicko2Settings& settings) {
    auto later = rating;
    later.deviation = bounded_deviation(grown(rating.deviation / scale, rating.volatility, periods), settings);
    return later;
}

Rating rate_period(const Rating& player, std::span<const Glicko2Game> games, double periods,
                   const Glicko2Settings& settings) {
    if (games.empty()) return rested(player, periods, settings);
    return rate(player, player.value, games, periods, settings);
}

void update(std::span<Team> teams, const Glicko2Settings& settings) {
    if (teams.size() < 2) return;
    boost::container::small_vector<Side, 8> sides;
    for (const auto& team : teams) sides.push_back(side_of(team));
    boost::container::small_vector<Glicko2Game, 8> games;
    for (std::size_t i = 0; i < teams.size(); ++i) {
        games.clear();
        for (std::size_t j = 0; j < teams.size(); ++j)
            if (j != i)
                games.push_back({.opponent = sides[j].value,
                                 .opponent_deviation = sides[j].deviation,
                                 .score = score_against(teams[i], teams[j]),
                                 .advantage = home_bonus(teams[i], settings) - home_bonus(teams[j], settings)});
        for (auto& player : teams[i].players) {
            const auto played = player.games + 1;
            player = rate(player, sides[i].value, games, settings.periods_per_game, settings);
            player.games = played;
        }
    }
}

std::vector<double> predict(std::span<const Team> teams, const Glicko2Settings& settings) {
    std::vector<double> strengths;
    double squares = 0;
    for (const auto& team : teams) {
        const auto side = side_of(team);
        strengths.push_back((side.value + home_bonus(team, settings)) / scale);
        squares += square(side.deviation / scale);
    }
    const double weight = g(2 * squares / static_cast<double>(std::max<std::size_t>(teams.size(), 1)));
    for (auto& strength : strengths) strength *= weight;
    return softmax(strengths);
}

constinit const Engine glicko2 =
    EngineOf<Glicko2Settings>::make<initial, rested, update, predict>("glicko2", "Glicko-2");

}  // namespace agon::ratings
