/// The draw of lots, which anybody can repeat.
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/prng.hpp"
#include "core/standings/tiebreak.hpp"

namespace agon::standings::tiebreaks {

namespace {

/// Each row in turn draws a number from the seed; the smallest number is lot 1. Players who join the table's end leave
/// the order of the others as it was.
Column lots_of(const Facts& facts, const Ties&) {
    Prng prng{facts.settings.lots_seed};
    std::vector<std::uint64_t> drawn(facts.points.size());
    for (auto& number : drawn) number = prng.next();

    std::vector<Row> order(drawn.size());
    std::iota(order.begin(), order.end(), Row{0});
    std::ranges::stable_sort(order, {}, [&](Row row) { return drawn[row]; });

    Column column(drawn.size());
    for (std::size_t i = 0; i < order.size(); ++i) column[order[i]] = static_cast<std::int64_t>(i + 1) * 100;
    return column;
}

std::string why_lot(const Facts& facts, const Ties&, Row) {
    return fmt::format("of {}, drawn from the seed {}; the lowest lot goes first", facts.points.size(),
                       facts.settings.lots_seed);
}

}  // namespace

constinit const Rule lots{.tiebreak = TieBreak::lots,
                          .title = "Lot",
                          .acronym = "",
                          .article = "",
                          .best = Best::lowest,
                          .values = lots_of,
                          .why = why_lot};

}  // namespace agon::standings::tiebreaks
