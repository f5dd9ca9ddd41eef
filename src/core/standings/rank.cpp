#include <algorithm>

#include "core/standings/tiebreak.hpp"

namespace agon::standings {

std::vector<TieBreak> order_of(const Settings& settings) {
    auto order = settings.tiebreaks;
    if (std::ranges::find(order, TieBreak::points) == order.end()) order.insert(order.begin(), TieBreak::points);
    return order;
}

std::vector<Standing> rank(const CrossTable& table, const Settings& settings) {
    const Facts facts(table, settings);
    Ties ties(table.players.size());
    std::vector<Column> columns;
    for (const auto tiebreak : order_of(settings)) {
        const auto& rule = rule_of(tiebreak);
        columns.push_back(rule.values(facts, ties));
        ties.split(columns.back(), rule.best);
    }

    std::vector<Standing> standings;
    standings.reserve(table.players.size());
    for (std::size_t g = 0; g < ties.size(); ++g) {
        const auto before = ties.rows_before(g);
        for (const auto row : ties.group(g)) {
            Standing standing{.row = row,
                              .first = static_cast<std::uint32_t>(before + 1),
                              .last = static_cast<std::uint32_t>(before + ties.group(g).size())};
            for (const auto& column : columns) standing.values.push_back(column[row]);
            standings.push_back(std::move(standing));
        }
    }
    return standings;
}

}  // namespace agon::standings
