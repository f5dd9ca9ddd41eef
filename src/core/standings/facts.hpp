/// What tie-breaks are computed from, prepared once per call, and who is still equal. Inside standings only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/standings/standings.hpp"

namespace agon::standings {

/// One value per row, in hundredths.
using Column = std::vector<std::int64_t>;

/// Which value of a column goes first.
enum class Best { highest, lowest };

/// Borrows the table and the settings: both must outlive it.
struct Facts {
    /// Every round that was paired must name an opponent of the table.
    Facts(const CrossTable&, const Settings&);

    const CrossTable& table;
    const Settings& settings;
    /// The rounds that the table holds, and those that the event has.
    std::size_t rounds_so_far;
    std::size_t rounds_in_all;
    /// Each player's own points.
    std::vector<Points> points;
    /// The points with which a player counts in the tie-breaks of opponents (unplayed.hpp).
    std::vector<Points> adjusted;

    /// The two met, for tie-breaks that ask so: they played, or in a round robin one of them did not come; there a
    /// forfeit counts like a game (C.07 15.2).
    bool met(const Round& round) const {
        return was_played(round.outcome) || (table.round_robin && was_paired(round.outcome));
    }
};

/// The order so far: groups of rows, best first, whose values were equal in everything up to here.
class Ties {
public:
    /// Everybody is equal, in order of rows.
    explicit Ties(std::size_t players);

    /// Orders each group by the column and divides it where values differ. Equal ones keep their order.
    void split(const Column&, Best);

    std::size_t size() const { return starts_.size() - 1; }
    std::span<const Row> group(std::size_t index) const {
        return std::span(order_).subspan(starts_[index], starts_[index + 1] - starts_[index]);
    }
    /// How many rows stand before the group.
    std::size_t rows_before(std::size_t index) const { return starts_[index]; }
    /// The group that the row is in.
    std::span<const Row> group_of(Row) const;

private:
    std::vector<Row> order_;
    /// Where each group begins, and one past the end.
    std::vector<std::size_t> starts_;
};

}  // namespace agon::standings
