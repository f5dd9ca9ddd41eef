/// A report while it is read: what the records said so far, and where, until everything can be checked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/trf/line.hpp"
#include "core/trf/trf.hpp"

namespace agon::trf {

/// What the records of the point system said; what none says follows from the others (record 162).
struct PointSystem {
    std::optional<Points> win, draw, loss, forfeit_win, forfeit_loss, pairing_bye, full_bye, half_bye, absent;
    Scoring scoring() const;
};

struct Draft {
    Report report;
    /// The line of each of `report.players`.
    std::vector<std::size_t> player_lines;
    /// By number: the line of its player; 0 is none.
    std::vector<std::size_t> line_of_number = std::vector<std::size_t>(max_number + 1);
    PointSystem points;
    /// Where a player was first named by another record than his own; he must exist.
    std::map<Number, Place> mentions;
    std::size_t forbidden_pairs = 0;
    /// Where the number of rounds and the initial colour were said.
    Place total_rounds_place;
    /// Records XXA by player, until his record is there.
    std::map<Number, std::vector<Points>> acceleration;
};

/// What one line does to the draft. Refused: it is not as its record must be.
using Refusal = std::optional<Error>;

/// The columns of a player's record.
inline constexpr Columns number_columns{5, 8}, points_columns{81, 84}, opponent_columns{92, 95};
inline constexpr std::size_t entry_width = 10;
inline constexpr Columns opponent_in(std::size_t round) { return opponent_columns.shifted((round - 1) * entry_width); }
inline constexpr Columns colour_in(std::size_t round) {
    const auto column = opponent_in(round).last + 2;
    return {column, column};
}
inline constexpr Columns result_in(std::size_t round) { return colour_in(round).shifted(2); }

Refusal read_player(Draft&, const Line&);                // 001
Refusal read_point_system(Draft&, const Line&);          // 162
Refusal read_engine_points(Draft&, const Line&);         // BBW, BBD, BBL, BBZ, BBF, BBU
Refusal read_engine_point_list(Draft&, const Line&);     // XXS
Refusal read_byes(Draft&, const Line&);                  // 240
Refusal read_acceleration(Draft&, const Line&);          // 250
Refusal read_players_acceleration(Draft&, const Line&);  // XXA
Refusal read_forbidden(Draft&, const Line&);             // 260
Refusal read_always_forbidden(Draft&, const Line&);      // XXP
Refusal read_absent(Draft&, const Line&);                // XXZ

/// What only the whole file shows: opponents, their cards, points, rounds.
Refusal check_cards(const Draft&);
Refusal check_points(const Draft&);

}  // namespace agon::trf
