/// What the oracle knows of a player; read off the table without the engine's cards.
#pragma once

#include <algorithm>
#include <vector>

#include "core/formats/dutch/dutch.hpp"

namespace agon::formats::dutch::testing {

struct OraclePlayer {
    Row row;
    Points score;
    int wish = 0;      // +1 white, −1 black
    int strength = 0;  // 3 absolute … 0 none
    int difference = 0;
    int repeated = 0;
    bool top = false, bye = true;
    int games = 0;
    int flt[2] = {0, 0};  // +1 up, −1 down; last round first
    std::size_t number = 0;
    std::vector<int> colours;
};

inline Points oracle_extra(const Position& position, Row row, std::size_t round) {
    if (position.acceleration.empty() || position.acceleration[row].size() <= round) return 0;
    return position.acceleration[row][round];
}

inline OraclePlayer oracle_player(const Position& position, Row row, std::size_t done, std::size_t number) {
    const auto& table = position.table;
    OraclePlayer p{.row = row, .score = oracle_extra(position, row, done), .number = number};
    Points before = 0;
    for (std::size_t r = 0; r < table.players[row].rounds.size(); ++r) {
        const auto& round = table.players[row].rounds[r];
        const auto got = table.scoring.of(round.outcome);
        int flt = 0;
        if (was_played(round.outcome)) {
            ++p.games;
            if (position.colours) p.colours.push_back(round.colour == Colour::white ? 1 : -1);
            const auto mine = before + oracle_extra(position, row, r);
            const auto other = table.points(round.opponent, r) + oracle_extra(position, round.opponent, r);
            flt = mine > other ? -1 : mine < other ? 1 : 0;
        } else {
            if (got > table.scoring.loss) flt = -1;
            if (round.outcome == standings::Outcome::pairing_bye || got >= table.scoring.win) p.bye = false;
        }
        if (done - r <= 2) p.flt[done - r - 1] = flt;
        before += got;
    }
    p.score += before;
    for (const auto c : p.colours) p.difference += c;
    const auto k = p.colours.size();
    if (k >= 2 && p.colours[k - 1] == p.colours[k - 2]) p.repeated = p.colours[k - 1];
    if (k > 0) p.wish = -p.colours[k - 1], p.strength = 1;
    if (p.difference == 1 || p.difference == -1) p.wish = -p.difference, p.strength = 2;
    if (p.repeated != 0) p.wish = -p.repeated, p.strength = 3;
    if (p.difference > 1 || p.difference < -1) p.wish = p.difference > 0 ? -1 : 1, p.strength = 3;
    const auto most = std::max(table.scoring.win, table.scoring.draw) * static_cast<Points>(done);
    p.top = done + 1 >= table.total_rounds && p.score * 2 > most;
    return p;
}

/// Those present, by score and number.
inline std::vector<OraclePlayer> oracle_players(const Position& position) {
    std::vector<OraclePlayer> players;
    std::size_t number = 0;
    for (Row row = 0; row < position.table.players.size(); ++row) {
        bool known = position.present[row];
        for (const auto& r : position.table.players[row].rounds)
            known = known || r.opponent != standings::no_row || r.outcome == standings::Outcome::pairing_bye;
        if (!known) continue;
        ++number;
        if (position.present[row])
            players.push_back(oracle_player(position, row, position.table.rounds_played(), number));
    }
    std::stable_sort(players.begin(), players.end(),
                     [](const OraclePlayer& a, const OraclePlayer& b) { return a.score > b.score; });
    return players;
}

}  // namespace agon::formats::dutch::testing
