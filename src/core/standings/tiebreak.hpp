/// A tie-break is a value with names and two pure functions. To add one: its enumerator in `standings.hpp`, the value
/// in the file of its idea, its name below and its line in `all.cpp`.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/standings/facts.hpp"

namespace agon::standings {

/// How a rule's values are written.
enum class Digits { as_needed, two, place };

struct Rule {
    TieBreak tiebreak;
    /// As an organiser reads it.
    std::string_view title;
    /// The handbook's acronym and its article in C.07; empty where the handbook has no such tie-break.
    std::string_view acronym;
    std::string_view article;
    Best best = Best::highest;
    Digits digits = Digits::as_needed;
    /// Everybody's value. Only direct encounter looks at who is equal up to here.
    Column (*values)(const Facts&, const Ties&);
    /// What a value is made of, as a phrase; empty where there is nothing to add.
    std::string (*why)(const Facts&, const Ties&, Row);
};

/// In order of the enumerators.
std::span<const Rule* const> all_tiebreaks();
const Rule& rule_of(TieBreak);

namespace tiebreaks {

// counts.cpp
extern const Rule points, wins, games_won_over_the_board, black_games, black_wins, progressive, game_wins,
    game_difference;
// direct_encounter.cpp
extern const Rule direct_encounter;
// buchholz.cpp
extern const Rule buchholz, buchholz_cut1, buchholz_cut2, buchholz_median1, buchholz_median2, fore_buchholz,
    average_buchholz;
// sonneborn_berger.cpp
extern const Rule sonneborn_berger, sonneborn_berger_cut1, koya;
// performance.cpp
extern const Rule average_rating, performance, rating;
// lots.cpp
extern const Rule lots;

}  // namespace tiebreaks

}  // namespace agon::standings
