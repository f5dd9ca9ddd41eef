/// Tournament report files (TRF), the arbiters' format (FIDE Handbook C.04 Annex 2): the version of 2016, the records
/// that the version of 2026 added, and the extensions `XX?` and `BB?` of the pairing engines. docs/swiss-files.md lists
/// the records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "core/standings/cross_table.hpp"

namespace agon::trf {

using standings::Colour;
using standings::CrossTable;
using standings::Outcome;
using standings::Points;
using standings::Row;
using standings::Scoring;

/// A player's starting rank, from 1; the columns of the format hold four digits. 0 is nobody.
using Number = std::uint32_t;
inline constexpr Number max_number = 9999;
inline constexpr std::uint32_t max_rounds = 255;
/// Points that four columns hold: 99.9.
inline constexpr Points max_points = 999;
/// A file is smaller than this; it holds the rounds of all players that there may be.
inline constexpr std::size_t max_bytes = std::size_t{32} << 20;
inline constexpr std::size_t max_forbidden_pairs = 1'000'000;
inline constexpr std::size_t max_accelerations = 1'000;
/// Lines that mean nothing to Agon.
inline constexpr std::size_t max_others = 100'000;

/// One round of one player, ten columns of his record.
struct Entry {
    Number opponent = 0;
    Colour colour = Colour::none;
    Outcome outcome = Outcome::absent;
    /// Off for W, D and L: a game of less than one move, which counts, but not for ratings.
    bool is_rated = true;
    bool operator==(const Entry&) const = default;
};

/// Record 001.
struct Player {
    Number number = 0;
    /// `m`, `w` or empty.
    std::string sex;
    std::string title;
    /// UTF-8, at most 33 characters; longer ones are cut when written.
    std::string name;
    /// 0 where there is none.
    std::uint32_t rating = 0;
    std::string federation;
    std::string fide_id;
    std::string birth_date;
    /// As the file says, or nothing where the columns are blank.
    std::optional<Points> points;
    /// 0 where there is none.
    std::uint32_t rank = 0;
    /// From round 1 to his last entry. What lies behind the rounds played is known beforehand: byes and absences.
    std::vector<Entry> rounds;
    /// Record XXA: points added while pairing round 1, 2, …
    std::vector<Points> acceleration;
    bool operator==(const Player&) const = default;
};

/// Record 240: who has a bye on request in a round: `full_bye`, `half_bye` or `absent`.
struct Byes {
    Outcome kind = Outcome::absent;
    std::uint32_t round = 0;
    std::vector<Number> players;
    bool operator==(const Byes&) const = default;
};

/// Record 250: points added to those of the players `first_player` to `last_player` while pairing these rounds.
struct Acceleration {
    Points points = 0;
    std::uint32_t first_round = 0, last_round = 0;
    Number first_player = 0, last_player = 0;
    bool operator==(const Acceleration&) const = default;
};

/// Records 260 and XXP: players of whom no two may meet from `first_round` to `last_round`; 0 to 0 is every round.
struct Forbidden {
    std::uint32_t first_round = 0, last_round = 0;
    std::vector<Number> players;
    bool operator==(const Forbidden&) const = default;
};

/// What a file says. Reading what `write` wrote gives an equal report.
struct Report {
    std::string name;            // 012
    std::string city;            // 022
    std::string federation;      // 032
    std::string start_date;      // 042, YYYY/MM/DD
    std::string end_date;        // 052
    std::string players_count;   // 062
    std::string rated_count;     // 072
    std::string teams_count;     // 082
    std::string type;            // 092
    std::string arbiter;         // 102
    std::string time_control;    // 122
    std::string ranking_method;  // 172
    std::string controller;      // 182, the program that pairs
    std::string type_code;       // 192, as in FIDE_DUTCH_2025
    std::string tiebreaks;       // 202
    std::string standings;       // 212
    std::string time_code;       // 222
    /// 112, a line each.
    std::vector<std::string> deputies;
    /// 132, YY/MM/DD by round.
    std::vector<std::string> round_dates;
    /// 142 and XXR; 0 where the file does not say.
    std::uint32_t total_rounds = 0;
    /// 152 and XXC: what the highest player got in round 1; `none` where the file does not say.
    Colour initial_colour = Colour::none;
    /// XXC rank: the records' order is the order of strength, not the players' numbers.
    bool is_ranked_by_order = false;
    /// 162, BB? and XXS.
    Scoring scoring;
    std::vector<Byes> byes;
    std::vector<Acceleration> accelerations;
    std::vector<Forbidden> forbidden;
    /// XXZ: absent from the next round.
    std::vector<Number> absent;
    /// In order of strength.
    std::vector<Player> players;
    /// Records that mean nothing to Agon, as they stood: comments, teams, national ratings.
    std::vector<std::string> others;
    bool operator==(const Report&) const = default;
};

/// The report in a file's bytes. Lines end in LF, CR LF or CR; a byte order mark is skipped; columns are characters
/// of UTF-8, or bytes of Latin-1 in lines that are no UTF-8. Linear in the file's size.
/// Refused with the first mistake, as in `line 14, columns 92–95: opponent 41, but the file has 40 players`: fields out
/// of their columns, cards of two opponents that contradict each other, points that the results do not give.
Result<Report> read(std::string_view file);

/// The report as a file; lines end in CR LF. Numbers, rounds and points must fit their columns (see above).
std::string write(const Report&);

/// How many rounds have been paired, or are over for everybody: what comes behind them is to be paired.
std::uint32_t rounds_played(const Report&);

/// Players in the report's order. A round without an entry is an absence. `total_rounds` is what the file says, at
/// least what was played.
CrossTable cross_table(const Report&);

/// What a file tells of a round that is to be paired, by row of the cross table; it takes a table of the rounds before
/// to pair it.
struct RoundFacts {
    std::vector<bool> present;
    Colour initial_colour = Colour::none;
    std::vector<std::pair<Row, Row>> forbidden;
    /// By row, then by round from 1 to this one; empty where nobody is accelerated.
    std::vector<std::vector<Points>> acceleration;
};

/// For `round` from 1 to `rounds_played` + 1. In a round that was played, those are present whom it paired. An initial
/// colour that the file does not say is read off the first round with colours. Baku acceleration, where record 192
/// asks for it and no other is given, takes `total_rounds`.
RoundFacts facts_of_round(const Report&, std::uint32_t round, std::uint32_t total_rounds);

/// 115 is `11.5`.
std::string points_text(Points);

/// The letter of an entry's result: `1 = 0 + - U F H Z`, or `W D L` where it is not rated.
char result_letter(const Entry&);

}  // namespace agon::trf
