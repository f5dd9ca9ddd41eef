// A report as a cross table, and what it tells of a round to be paired.
#include <algorithm>

#include "core/trf/trf.hpp"

namespace agon::trf {

namespace {

bool took_part(const Entry& e) { return standings::was_paired(e.outcome) || e.outcome == Outcome::pairing_bye; }

/// A player's row by his number.
class Rows {
public:
    explicit Rows(const Report& report) : row_(max_number + 1, standings::no_row) {
        for (Row row = 0; row < report.players.size(); ++row) row_[report.players[row].number] = row;
    }
    Row operator[](Number number) const { return row_[number]; }

private:
    std::vector<Row> row_;
};

const Entry* entry_in(const Player& player, std::uint32_t round) {
    return round >= 1 && round <= player.rounds.size() ? &player.rounds[round - 1] : nullptr;
}

std::vector<bool> who_was_paired(const Report& report, std::uint32_t round) {
    std::vector<bool> present;
    present.reserve(report.players.size());
    for (const auto& player : report.players) {
        const auto* entry = entry_in(player, round);
        present.push_back(entry && took_part(*entry));
    }
    return present;
}

std::vector<bool> who_is_there(const Report& report, std::uint32_t round, const Rows& rows) {
    std::vector<bool> present;
    present.reserve(report.players.size());
    for (const auto& player : report.players) present.push_back(!entry_in(player, round));
    for (const auto& byes : report.byes)
        if (byes.round == round)
            for (const auto number : byes.players) present[rows[number]] = false;
    for (const auto number : report.absent) present[rows[number]] = false;
    return present;
}

/// The highest player's colour in the first round with colours, from the first player who had one, whose colour is
/// the other where his place among those who had taken part by then is even.
Colour first_colour(const Report& report) {
    std::uint32_t first = max_rounds + 1;
    for (const auto& player : report.players)
        for (std::uint32_t round = 1; round < std::min<std::size_t>(first, player.rounds.size() + 1); ++round)
            if (player.rounds[round - 1].colour != Colour::none) first = round;
    bool is_odd = true;
    for (const auto& player : report.players) {
        const auto end = std::min<std::size_t>(first, player.rounds.size());
        if (!std::any_of(player.rounds.begin(), player.rounds.begin() + static_cast<std::ptrdiff_t>(end), took_part))
            continue;
        const auto* entry = entry_in(player, first);
        if (entry && entry->colour != Colour::none)
            return is_odd == (entry->colour == Colour::white) ? Colour::white : Colour::black;
        is_odd = !is_odd;
    }
    return Colour::none;
}

std::vector<std::pair<Row, Row>> forbidden_in(const Report& report, std::uint32_t round, const Rows& rows) {
    std::vector<std::pair<Row, Row>> pairs;
    for (const auto& f : report.forbidden) {
        if (f.last_round != 0 && (round < f.first_round || round > f.last_round)) continue;
        for (std::size_t i = 0; i < f.players.size(); ++i)
            for (std::size_t j = i + 1; j < f.players.size(); ++j)
                if (f.players[i] != f.players[j]) pairs.emplace_back(rows[f.players[i]], rows[f.players[j]]);
    }
    return pairs;
}

/// Baku acceleration as FIDE's reference engine does it (C.04.7): in the first half of the rounds the first half of
/// the players get points, in the first half of those rounds a win's, then a draw's.
Points baku(const Report& report, std::size_t row, std::uint32_t round, std::uint32_t total_rounds) {
    const auto accelerated = (total_rounds + 1) / 2;
    if (row >= (report.players.size() + 1) / 2 || round > accelerated) return 0;
    return round <= (accelerated + 1) / 2 ? report.scoring.win : report.scoring.draw;
}

Points added(const Report& report, const Player& player, std::uint32_t round) {
    if (round <= player.acceleration.size()) return player.acceleration[round - 1];
    Points points = 0;
    for (const auto& a : report.accelerations)
        if (round >= a.first_round && round <= a.last_round && player.number >= a.first_player &&
            player.number <= a.last_player)
            points = a.points;
    return points;
}

std::vector<std::vector<Points>> acceleration(const Report& report, std::uint32_t round, std::uint32_t total_rounds) {
    const bool is_said = !report.accelerations.empty() ||
                         std::ranges::any_of(report.players, [](const Player& p) { return !p.acceleration.empty(); });
    const bool is_baku = !is_said && report.type_code.ends_with("_BAKU");
    if (!is_said && !is_baku) return {};
    std::vector<std::vector<Points>> table(report.players.size(), std::vector<Points>(round));
    for (std::size_t row = 0; row < table.size(); ++row)
        for (std::uint32_t r = 1; r <= round; ++r)
            table[row][r - 1] = is_baku ? baku(report, row, r, total_rounds) : added(report, report.players[row], r);
    return table;
}

}  // namespace

std::uint32_t rounds_played(const Report& report) {
    std::uint32_t played = 0;
    auto known_of_all = max_rounds;
    for (const auto& player : report.players) {
        const auto last = std::find_if(player.rounds.rbegin(), player.rounds.rend(), took_part);
        played = std::max(played, static_cast<std::uint32_t>(player.rounds.rend() - last));
        known_of_all = std::min(known_of_all, static_cast<std::uint32_t>(player.rounds.size()));
    }
    return report.players.empty() ? 0 : std::max(played, known_of_all);
}

CrossTable cross_table(const Report& report) {
    const Rows rows(report);
    const auto played = rounds_played(report);
    CrossTable table{.scoring = report.scoring, .total_rounds = std::max(report.total_rounds, played)};
    for (const auto& player : report.players) {
        auto& row = table.players.emplace_back();
        row.rating = static_cast<std::int32_t>(player.rating);
        row.rounds.resize(played);
        for (std::size_t r = 0; r < std::min<std::size_t>(played, player.rounds.size()); ++r) {
            const auto& entry = player.rounds[r];
            const auto opponent = entry.opponent == 0 ? standings::no_row : rows[entry.opponent];
            row.rounds[r] = {.opponent = opponent, .colour = entry.colour, .outcome = entry.outcome};
        }
    }
    return table;
}

RoundFacts facts_of_round(const Report& report, std::uint32_t round, std::uint32_t total_rounds) {
    const Rows rows(report);
    const bool was_played = round <= rounds_played(report);
    return {.present = was_played ? who_was_paired(report, round) : who_is_there(report, round, rows),
            .initial_colour = report.initial_colour != Colour::none ? report.initial_colour : first_colour(report),
            .forbidden = forbidden_in(report, round, rows),
            .acceleration = acceleration(report, round, total_rounds)};
}

}  // namespace agon::trf
