/// Standings: a cross table ordered by points and a list of tie-breaks (FIDE Handbook C.07 and C.02.13), each value
/// exact and explained.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/standings/cross_table.hpp"

namespace agon::standings {

/// Names are words of the API; each is computed in the function of its name, which quotes its article.
enum class TieBreak {
    points,
    direct_encounter,
    wins,
    games_won_over_the_board,
    black_games,
    black_wins,
    buchholz,
    buchholz_cut1,
    buchholz_cut2,
    buchholz_median1,
    buchholz_median2,
    fore_buchholz,
    average_buchholz,
    sonneborn_berger,
    sonneborn_berger_cut1,
    koya,
    progressive,
    average_rating,
    performance,
    game_wins,
    game_difference,
    rating,
    lots
};
BOOST_DESCRIBE_ENUM(TieBreak, points, direct_encounter, wins, games_won_over_the_board, black_games, black_wins,
                    buchholz, buchholz_cut1, buchholz_cut2, buchholz_median1, buchholz_median2, fore_buchholz,
                    average_buchholz, sonneborn_berger, sonneborn_berger_cut1, koya, progressive, average_rating,
                    performance, game_wins, game_difference, rating, lots)

/// The handbook's rules as they were in force before and from 1 March 2026; they differ in what an unplayed round counts.
enum class Edition { fide_2023, fide_2026 };
BOOST_DESCRIBE_ENUM(Edition, fide_2023, fide_2026)

struct Settings {
    /// In order of their weight. `points` comes first where it is not listed.
    std::vector<TieBreak> tiebreaks;
    Edition edition = Edition::fide_2026;
    /// For `lots`: the same number draws the same lots.
    std::uint64_t lots_seed = 0;
};

/// What places are decided by, the weightiest first: the settings' list, with `points` before it where it is not in it.
std::vector<TieBreak> order_of(const Settings&);

struct Standing {
    Row row = 0;
    /// Places from 1; those whom the whole list leaves equal share `first` to `last`.
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    /// One for each of `order_of(settings)`, in hundredths (8.25 is 825). The highest is the best, but for two:
    /// `direct_encounter` is the place among those who were equal before it (0 where nobody was), and the lowest of
    /// `lots` goes first.
    std::vector<std::int64_t> values;
};

/// Everybody, best first; equal ones in order of their rows. Any round of any event, also half-way: a player whose
/// rounds end before the others' has a round that is not over, and it counts nothing yet.
std::vector<Standing> rank(const CrossTable&, const Settings&);

/// A value as the handbook prints it: `8.25`, `12½` is `12.5`, `1820`; averages and Sonneborn-Berger always with two
/// decimals, direct encounter among nobody as `–`. `all_tiebreaks()` (tiebreak.hpp) has titles and articles.
std::string value_text(TieBreak, std::int64_t value);

/// How the value comes about, as one sentence with the figures it is made of: `Buchholz 12.5: opponents' points
/// 1.5 + 1.5 + 4 + 2 + 3.5`. Players are named by their numbers (`No. 9` is row 8).
std::string explain(const CrossTable&, const Settings&, TieBreak, Row);

}  // namespace agon::standings
