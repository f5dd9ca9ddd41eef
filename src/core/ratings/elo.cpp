#include "core/ratings/elo.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <boost/container/small_vector.hpp>

#include "core/ratings/engine_of.hpp"
#include "core/ratings/link.hpp"

namespace agon::ratings {

namespace {

using PerTeam = boost::container::small_vector<double, 8>;

/// 400 points are odds of ten to one.
constexpr double logits_per_point = std::numbers::ln10 / 400;

PerTeam strengths_of(std::span<const Team> teams, const EloSettings& settings) {
    PerTeam strengths;
    for (const auto& team : teams) strengths.push_back(mean_value(team, settings.home_advantage));
    return strengths;
}

/// How much more a game counts that was won by `margin` points, where the winner was `lead` points the stronger:
/// ln(margin + 1) · 2.2 / (2.2 + 0.001·lead), the multiplier that FiveThirtyEight published with its NFL ratings. The
/// divisor keeps favourites, who win by more, from running away; at an upset of 1,100 points it stops falling.
double margin_of_win(double margin, double lead) {
    return std::log(std::max(margin, 1.0) + 1.0) * 2.2 / std::max(2.2 + 0.001 * lead, 1.1);
}

/// The same for a level game, where the published divisor is 1.
constexpr double margin_of_draw = std::numbers::ln2 * 2.2;

/// What `a` scored beyond what was expected of it against `b`, weighted by the margin. Minus as much for `b`.
double surprise(const Team& a, const Team& b, double lead_of_a, const EloSettings& settings) {
    const double score = score_against(a, b);
    const double beyond = score - logistic(lead_of_a * logits_per_point);
    if (settings.margin == Margin::ignored) return beyond;
    if (score == 0.5) return beyond * margin_of_draw;
    return beyond * margin_of_win(std::abs(a.points - b.points), score == 1.0 ? lead_of_a : -lead_of_a);
}

/// Each team's surprise, as the mean over its opponents.
PerTeam surprises(std::span<const Team> teams, const EloSettings& settings) {
    const auto strengths = strengths_of(teams, settings);
    PerTeam sums(teams.size(), 0.0);
    for (std::size_t i = 0; i < teams.size(); ++i)
        for (std::size_t j = i + 1; j < teams.size(); ++j) {
            const double beyond = surprise(teams[i], teams[j], strengths[i] - strengths[j], settings);
            sums[i] += beyond;
            sums[j] -= beyond;
        }
    for (auto& sum : sums) sum /= static_cast<double>(teams.size() - 1);
    return sums;
}

double k_of(const Rating& player, const EloSettings& settings) {
    if (settings.k_factor == KFactor::shrinking) return 250 / std::pow(static_cast<double>(player.games) + 5, 0.4);
    return static_cast<double>(player.games < settings.provisional_games ? settings.provisional_k : settings.k);
}

/// Rounds half away from zero, so that opposite changes stay opposite.
double rounded(double points, const EloSettings& settings) {
    return settings.rounding == Rounding::whole_points ? std::round(points) : points;
}

}  // namespace

double expected_score(double a, double b) { return logistic((a - b) * logits_per_point); }

std::pair<std::int64_t, std::int64_t> update(std::int64_t a, std::int64_t b, double score_of_a,
                                             const EloSettings& settings) {
    const auto beyond = score_of_a - expected_score(static_cast<double>(a), static_cast<double>(b));
    const std::int64_t change = std::llround(static_cast<double>(settings.k) * beyond);
    return {std::max(a + change, settings.floor), std::max(b - change, settings.floor)};
}

Rating initial(const EloSettings& settings) { return {.value = static_cast<double>(settings.initial)}; }

Rating rested(const Rating& rating, double periods, const EloSettings& settings) {
    auto later = rating;
    const double kept = std::pow(1 - settings.reversion, periods);
    later.value = rounded(settings.reversion_mean + (rating.value - settings.reversion_mean) * kept, settings);
    return later;
}

void update(std::span<Team> teams, const EloSettings& settings) {
    if (teams.size() < 2) return;
    const auto beyond = surprises(teams, settings);
    const auto floor = static_cast<double>(settings.floor);
    for (std::size_t i = 0; i < teams.size(); ++i)
        for (auto& player : teams[i].players) {
            const double change = rounded(k_of(player, settings) * beyond[i], settings);
            player.value = std::max(player.value + change, floor);
            ++player.games;
        }
}

std::vector<double> predict(std::span<const Team> teams, const EloSettings& settings) {
    auto logits = strengths_of(teams, settings);
    for (auto& logit : logits) logit *= logits_per_point;
    return softmax(logits);
}

constinit const Engine elo = EngineOf<EloSettings>::make<initial, rested, update, predict>("elo", "Elo");

}  // namespace agon::ratings
