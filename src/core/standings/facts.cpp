#include "core/standings/facts.hpp"

#include <algorithm>
#include <numeric>

#include "base/result.hpp"
#include "core/standings/unplayed.hpp"

namespace agon::standings {

Facts::Facts(const CrossTable& t, const Settings& s)
    : table(t),
      settings(s),
      rounds_so_far(t.rounds_played()),
      rounds_in_all(std::max<std::size_t>(t.total_rounds, rounds_so_far)) {
    const auto players = static_cast<Row>(t.players.size());
    points.reserve(players);
    adjusted.reserve(players);
    for (Row row = 0; row < players; ++row) {
        for (const auto& round : t.players[row].rounds)
            CHECK_THAT(!was_paired(round.outcome) || round.opponent < players);
        points.push_back(t.points(row));
        adjusted.push_back(adjusted_points(t, row, points.back()));
    }
}

Ties::Ties(std::size_t players) : order_(players) {
    std::iota(order_.begin(), order_.end(), Row{0});
    if (players > 0) starts_.push_back(0);
    starts_.push_back(players);
}

void Ties::split(const Column& column, Best best) {
    const auto better = [&](Row a, Row b) {
        return best == Best::highest ? column[a] > column[b] : column[a] < column[b];
    };
    std::vector<std::size_t> starts;
    for (std::size_t g = 0; g < size(); ++g) {
        std::stable_sort(order_.begin() + static_cast<std::ptrdiff_t>(starts_[g]),
                         order_.begin() + static_cast<std::ptrdiff_t>(starts_[g + 1]), better);
        starts.push_back(starts_[g]);
        for (auto i = starts_[g] + 1; i < starts_[g + 1]; ++i)
            if (column[order_[i]] != column[order_[i - 1]]) starts.push_back(i);
    }
    starts.push_back(order_.size());
    starts_ = std::move(starts);
}

std::span<const Row> Ties::group_of(Row row) const {
    for (std::size_t g = 0; g < size(); ++g)
        if (std::ranges::find(group(g), row) != group(g).end()) return group(g);
    return {};
}

}  // namespace agon::standings
