#include "core/ratings/replay.hpp"

#include <algorithm>
#include <cmath>

namespace agon::ratings {

namespace {

constexpr double least_chance = 1e-15;

}  // namespace

void Scoring::add(std::span<const double> chances, std::span<const std::uint32_t> places) {
    CHECK_THAT(!places.empty() && chances.size() == places.size());
    const auto first = std::ranges::min(places);
    const auto winners = std::ranges::count(places, first);
    for (std::size_t i = 0; i < places.size(); ++i) {
        const double won = places[i] == first ? 1.0 / static_cast<double>(winners) : 0.0;
        if (won > 0) log_loss_ -= won * std::log(std::max(chances[i], least_chance));
        brier_ += 0.5 * (chances[i] - won) * (chances[i] - won);
    }
    ++games_;
    if (winners > 1) return;
    ++decided_;
    const double best = std::ranges::max(chances);
    const auto winner = static_cast<std::size_t>(std::ranges::find(places, first) - places.begin());
    if (chances[winner] == best) foretold_ += 1.0 / static_cast<double>(std::ranges::count(chances, best));
}

Scores Scoring::scores() const {
    const auto mean = [](double sum, std::int64_t n) { return n == 0 ? 0.0 : sum / static_cast<double>(n); };
    return {.games = games_,
            .decided = decided_,
            .accuracy = mean(foretold_, decided_),
            .log_loss = mean(log_loss_, games_),
            .brier = mean(brier_, games_)};
}

Replay::Replay(const Engine& engine, Settings settings) : engine_(engine), settings_(std::move(settings)) {}

void Replay::play(const PlayedGame& game) {
    if (game.sides.size() < 2) return;
    std::vector<Seen*> players;
    std::vector<Rating> ratings;
    for (const auto& side : game.sides)
        for (const auto& player : side.players) {
            players.push_back(&seen(player, game.period));
            ratings.push_back(players.back()->rating);
        }

    std::vector<Team> teams;
    std::vector<std::uint32_t> places;
    std::size_t first = 0;
    for (const auto& side : game.sides) {
        const auto own = std::span(ratings).subspan(first, side.players.size());
        teams.push_back({.players = own, .place = side.place, .points = side.points, .venue = side.venue});
        places.push_back(side.place);
        first += own.size();
    }

    scoring_.add(engine_.predict(teams, settings_), places);
    engine_.update(teams, settings_);
    for (std::size_t i = 0; i < players.size(); ++i) players[i]->rating = ratings[i];
}

Replay::Seen& Replay::seen(const std::string& player, double period) {
    const auto [found, is_new] = players_.try_emplace(player);
    auto& seen = found->second;
    if (is_new)
        seen = {engine_.initial(settings_), period};
    else if (period > seen.period)
        seen = {engine_.rested(seen.rating, period - seen.period, settings_), period};
    return seen;
}

Rating Replay::rating_of(const std::string& player) const {
    const auto found = players_.find(player);
    return found == players_.end() ? engine_.initial(settings_) : found->second.rating;
}

std::vector<RatedPlayer> Replay::table() const {
    std::vector<RatedPlayer> table;
    table.reserve(players_.size());
    for (const auto& [player, seen] : players_) table.push_back({player, seen.rating});
    std::ranges::sort(table, [](const RatedPlayer& a, const RatedPlayer& b) {
        return a.rating.value != b.rating.value ? a.rating.value > b.rating.value : a.player < b.player;
    });
    return table;
}

}  // namespace agon::ratings
