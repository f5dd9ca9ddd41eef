/// The cross table: who met whom in which round, with what colour and result. What pairings, tie-breaks and arbiters'
/// files are computed from; formats make one of their matches, `core/trf` reads and writes it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace agon::standings {

/// Points in tenths, so that they are exact: a chess draw is 5.
using Points = std::int64_t;

enum class Colour : std::uint8_t { none, white, black };

/// What a round was to a player. The letters are those of the FIDE Handbook's cross tables and of TRF.
enum class Outcome : std::uint8_t {
    /// 1, =, 0: a game was played.
    win,
    draw,
    loss,
    /// +, −: there was an opponent, but no game. Both sides may have `forfeit_loss`.
    forfeit_win,
    forfeit_loss,
    /// U: the bye of an odd field, given by the pairing.
    pairing_bye,
    /// F, H, Z: a bye on request with full, half or no points. `absent` is also every round before a late entry and
    /// after a withdrawal.
    full_bye,
    half_bye,
    absent
};

constexpr bool was_played(Outcome o) { return o <= Outcome::loss; }
/// Who has an opponent, whether or not a game was played.
constexpr bool was_paired(Outcome o) { return o <= Outcome::forfeit_loss; }

/// A player's index in the table.
using Row = std::uint32_t;
inline constexpr Row no_row = ~Row{0};

struct Round {
    Row opponent = no_row;
    Colour colour = Colour::none;
    Outcome outcome = Outcome::absent;
    /// Games (or goals, or frames) within the match, for formats of best-of matches; 0–0 where not told.
    std::int32_t games_for = 0;
    std::int32_t games_against = 0;
    bool operator==(const Round&) const = default;
};

/// What an outcome is worth.
struct Scoring {
    Points win = 10, draw = 5, loss = 0;
    Points forfeit_win = 10, forfeit_loss = 0;
    Points pairing_bye = 10, full_bye = 10, half_bye = 5, absent = 0;

    constexpr Points of(Outcome o) const {
        switch (o) {
            case Outcome::win: return win;
            case Outcome::draw: return draw;
            case Outcome::loss: return loss;
            case Outcome::forfeit_win: return forfeit_win;
            case Outcome::forfeit_loss: return forfeit_loss;
            case Outcome::pairing_bye: return pairing_bye;
            case Outcome::full_bye: return full_bye;
            case Outcome::half_bye: return half_bye;
            case Outcome::absent: return absent;
        }
        return 0;
    }
    bool operator==(const Scoring&) const = default;
};

struct Player {
    /// 0 where there is none.
    std::int32_t rating = 0;
    /// One for each round of the table so far.
    std::vector<Round> rounds;
};

/// Players in order of their pairing numbers (the strongest first): row 0 is number 1.
struct CrossTable {
    std::vector<Player> players;
    Scoring scoring;
    /// How many rounds the event has; at least as many as were played.
    std::uint32_t total_rounds = 0;
    /// Everybody meets everybody (once or more): some tie-breaks count an opponent's unplayed games otherwise.
    bool round_robin = false;

    std::size_t rounds_played() const {
        std::size_t most = 0;
        for (const auto& p : players) most = std::max(most, p.rounds.size());
        return most;
    }
    /// Points after the first `rounds` rounds.
    Points points(Row row, std::size_t rounds) const {
        Points sum = 0;
        const auto& played = players[row].rounds;
        for (std::size_t r = 0; r < std::min(rounds, played.size()); ++r) sum += scoring.of(played[r].outcome);
        return sum;
    }
    Points points(Row row) const { return points(row, players[row].rounds.size()); }
};

}  // namespace agon::standings
