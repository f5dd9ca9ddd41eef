#include "core/ratings/weng_lin.hpp"

#include <algorithm>
#include <cmath>

#include <boost/container/small_vector.hpp>

#include "core/ratings/engine_of.hpp"
#include "core/ratings/link.hpp"

namespace agon::ratings {

namespace {

double square(double x) { return x * x; }

/// A team as the paper has it: θ = Σ θⱼ and σ² = Σ σⱼ² over its players, and what the game says of them.
struct Side {
    double theta = 0;
    double variance = 0;
    /// Ω, the team's step in θ, and Δ, the share of σ² that it loses.
    double omega = 0;
    double delta = 0;
};
using Sides = boost::container::small_vector<Side, 8>;

Sides sides_of(std::span<const Team> teams, const WengLinSettings& settings) {
    Sides sides;
    for (const auto& team : teams) {
        CHECK_THAT(!team.players.empty());
        Side side{.theta = team.venue == Venue::home ? settings.home_advantage : 0};
        for (const auto& player : team.players) {
            side.theta += player.value;
            side.variance += square(player.deviation);
        }
        sides.push_back(side);
    }
    return sides;
}

/// c = √(Σ (σᵢ² + β²)) over all teams.
double c_of(const Sides& sides, const WengLinSettings& settings) {
    double sum = 0;
    for (const auto& side : sides) sum += side.variance + square(settings.beta);
    return std::sqrt(sum);
}

/// Algorithm 1, step 2: for each other team q, c_iq = √(σᵢ² + σ_q² + 2β²), p_iq = e^(θᵢ/c) / (e^(θᵢ/c) + e^(θ_q/c)),
/// δ = σᵢ²/c·(s − p_iq), η = γ·(σᵢ/c)²·p_iq·p_qi with γ = σᵢ/c.
void compare_pairs(std::span<const Team> teams, Sides& sides, const WengLinSettings& settings) {
    for (std::size_t i = 0; i < sides.size(); ++i)
        for (std::size_t q = i + 1; q < sides.size(); ++q) {
            auto &a = sides[i], &b = sides[q];
            const double c = std::sqrt(a.variance + b.variance + 2 * square(settings.beta));
            const double x = (a.theta - b.theta) / c;
            const double beyond = score_against(teams[i], teams[q]) - logistic(x);
            const double slope = logistic_slope(x) / (c * c * c);
            a.omega += a.variance / c * beyond;
            b.omega -= b.variance / c * beyond;
            a.delta += a.variance * std::sqrt(a.variance) * slope;
            b.delta += b.variance * std::sqrt(b.variance) * slope;
        }
}

/// The choice that team q won: out of C_q, the teams that did not do better. `sum` is Σ e^(θₛ/c) over them, `level` |A_q|,
/// how many share q's place.
struct Choice {
    double sum = 0;
    double level = 0;
};

using Weights = boost::container::small_vector<double, 8>;

Choice choice_of(std::size_t q, std::span<const Team> teams, const Weights& weights) {
    Choice choice;
    for (std::size_t s = 0; s < teams.size(); ++s) {
        if (teams[s].place >= teams[q].place) choice.sum += weights[s];
        if (teams[s].place == teams[q].place) ++choice.level;
    }
    return choice;
}

/// e^(θᵢ/c), all divided by the largest.
Weights weights_of(const Sides& sides, double c) {
    const double most = std::ranges::max(sides, {}, &Side::theta).theta;
    Weights weights;
    for (const auto& side : sides) weights.push_back(std::exp((side.theta - most) / c));
    return weights;
}

/// Algorithm 4, step 2: for each q that did not do worse than i, with p_iq = e^(θᵢ/c) / Σ_{s∈C_q} e^(θₛ/c),
/// δ = σᵢ²/(c·|A_q|)·([i = q] − p_iq), η = γ·σᵢ²/(c²·|A_q|)·p_iq·(1 − p_iq) with γ = σᵢ/c.
void compare_choices(std::span<const Team> teams, Sides& sides, const WengLinSettings& settings) {
    const double c = c_of(sides, settings);
    const auto weights = weights_of(sides, c);
    for (std::size_t q = 0; q < sides.size(); ++q) {
        const auto choice = choice_of(q, teams, weights);
        for (std::size_t i = 0; i < sides.size(); ++i) {
            if (teams[i].place < teams[q].place) continue;
            auto& side = sides[i];
            const double p = choice.sum > 0 ? weights[i] / choice.sum : 1;
            side.omega += side.variance / (c * choice.level) * ((i == q ? 1.0 : 0.0) - p);
            side.delta += side.variance * std::sqrt(side.variance) / (c * c * c * choice.level) * p * (1 - p);
        }
    }
}

/// Both algorithms, step 3: μᵢⱼ += σᵢⱼ²/σᵢ²·Ωᵢ and σᵢⱼ² *= max(1 − σᵢⱼ²/σᵢ²·Δᵢ, κ).
void apply(std::span<Team> teams, const Sides& sides, const WengLinSettings& settings) {
    for (std::size_t i = 0; i < teams.size(); ++i)
        for (auto& player : teams[i].players) {
            const double share = square(player.deviation) / sides[i].variance;
            player.value += share * sides[i].omega;
            player.deviation *= std::sqrt(std::max(1 - share * sides[i].delta, settings.kappa));
            ++player.games;
        }
}

template <void (*compare)(std::span<const Team>, Sides&, const WengLinSettings&)>
void update_by(std::span<Team> teams, const WengLinSettings& settings) {
    if (teams.size() < 2) return;
    for (const auto& team : teams)
        for (auto& player : team.players) player = rested(player, 1, settings);
    auto sides = sides_of(teams, settings);
    compare(teams, sides, settings);
    apply(teams, sides, settings);
}

}  // namespace

Rating initial(const WengLinSettings& settings) { return {.value = settings.initial, .deviation = settings.deviation}; }

Rating rested(const Rating& rating, double periods, const WengLinSettings& settings) {
    auto later = rating;
    const double variance = square(rating.deviation) + periods * square(settings.tau);
    later.deviation = std::min(std::sqrt(variance), settings.deviation);
    return later;
}

void update_plackett_luce(std::span<Team> teams, const WengLinSettings& settings) {
    update_by<compare_choices>(teams, settings);
}

void update_bradley_terry(std::span<Team> teams, const WengLinSettings& settings) {
    update_by<compare_pairs>(teams, settings);
}

std::vector<double> predict(std::span<const Team> teams, const WengLinSettings& settings) {
    const auto sides = sides_of(teams, settings);
    const double c = c_of(sides, settings);
    std::vector<double> strengths;
    for (const auto& side : sides) strengths.push_back(side.theta / c);
    return softmax(strengths);
}

constinit const Engine weng_lin_plackett_luce =
    EngineOf<WengLinSettings>::make<initial, rested, update_plackett_luce, predict>("weng_lin_plackett_luce",
                                                                                    "Weng-Lin, Plackett-Luce");
constinit const Engine weng_lin_bradley_terry =
    EngineOf<WengLinSettings>::make<initial, rested, update_bradley_terry, predict>("weng_lin_bradley_terry",
                                                                                    "Weng-Lin, Bradley-Terry");

}  // namespace agon::ratings
