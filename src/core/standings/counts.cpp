/// Tie-breaks that add something up round by round (FIDE Handbook C.07, article 7), and those of matches of several
/// games, which the handbook does not have.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/standings/text.hpp"
#include "core/standings/tiebreak.hpp"

namespace agon::standings::tiebreaks {

namespace {

Column own_points(const Facts& facts, const Ties&) {
    Column column;
    for (const auto points_of : facts.points) column.push_back(points_of * 10);
    return column;
}

std::string why_points(const Facts& facts, const Ties&, Row row) {
    std::vector<std::string> terms;
    for (const auto& round : facts.table.players[row].rounds)
        terms.push_back(points_text(facts.table.scoring.of(round.outcome)));
    return terms.empty() ? "no rounds yet" : fmt::format("{}", fmt::join(terms, " + "));
}

// --- how many rounds were such ------------------------------------------------------------------------------------

using Such = bool (*)(const Scoring&, const Round&);

/// Wins (7.1): rounds that gave as many points as a win, played or not.
bool gave_a_win(const Scoring& scoring, const Round& round) {
    return round.outcome == Outcome::win || (!was_played(round.outcome) && scoring.of(round.outcome) == scoring.win);
}
/// Games won over the board (7.2).
bool was_won(const Scoring&, const Round& round) { return round.outcome == Outcome::win; }
/// Games played with the black pieces (7.3).
bool was_black(const Scoring&, const Round& round) {
    return was_played(round.outcome) && round.colour == Colour::black;
}
/// Games won with the black pieces (7.4).
bool was_won_as_black(const Scoring& scoring, const Round& round) {
    return was_won(scoring, round) && was_black(scoring, round);
}

template <Such such>
Column count(const Facts& facts, const Ties&) {
    Column column;
    for (const auto& player : facts.table.players) {
        std::int64_t rounds = 0;
        for (const auto& round : player.rounds) rounds += such(facts.table.scoring, round);
        column.push_back(rounds * 100);
    }
    return column;
}

template <Such such>
std::string why_count(const Facts& facts, const Ties&, Row row) {
    std::vector<std::uint32_t> rounds;
    const auto& played = facts.table.players[row].rounds;
    for (std::uint32_t r = 0; r < played.size(); ++r)
        if (such(facts.table.scoring, played[r])) rounds.push_back(r);
    return rounds_text(rounds);
}

// --- progressive --------------------------------------------------------------------------------------------------

/// Progressive scores (7.5): the sum of the points that the player had after each round, byes and forfeits as they
/// counted. Points that came early weigh more.
template <class Each>
void for_each_score(const Facts& facts, Row row, Each each) {
    Points so_far = 0;
    for (const auto& round : facts.table.players[row].rounds) each(so_far += facts.table.scoring.of(round.outcome));
}

Column progressive_scores(const Facts& facts, const Ties&) {
    Column column(facts.points.size());
    for (Row row = 0; row < column.size(); ++row)
        for_each_score(facts, row, [&](Points score) { column[row] += score * 10; });
    return column;
}

std::string why_progressive(const Facts& facts, const Ties&, Row row) {
    std::vector<std::string> terms;
    for_each_score(facts, row, [&](Points score) { terms.push_back(points_text(score)); });
    return terms.empty() ? "no rounds yet" : fmt::format("points after each round {}", fmt::join(terms, " + "));
}

// --- games within matches -----------------------------------------------------------------------------------------

struct Games {
    std::int64_t won = 0, lost = 0;
};

Games games_of(const Player& player) {
    Games games;
    for (const auto& round : player.rounds) games.won += round.games_for, games.lost += round.games_against;
    return games;
}

Column games_won(const Facts& facts, const Ties&) {
    Column column;
    for (const auto& player : facts.table.players) column.push_back(games_of(player).won * 100);
    return column;
}

Column games_won_less_lost(const Facts& facts, const Ties&) {
    Column column;
    for (const auto& player : facts.table.players) {
        const auto games = games_of(player);
        column.push_back((games.won - games.lost) * 100);
    }
    return column;
}

std::string why_games_won(const Facts& facts, const Ties&, Row row) {
    std::vector<std::string> terms;
    for (const auto& round : facts.table.players[row].rounds) terms.push_back(fmt::format("{}", round.games_for));
    return terms.empty() ? "no rounds yet" : fmt::format("{}", fmt::join(terms, " + "));
}

std::string why_game_difference(const Facts& facts, const Ties&, Row row) {
    const auto games = games_of(facts.table.players[row]);
    return fmt::format("{} won, {} lost", games.won, games.lost);
}

}  // namespace

constinit const Rule points{.tiebreak = TieBreak::points,
                            .title = "Points",
                            .acronym = "PTS",
                            .article = "",
                            .values = own_points,
                            .why = why_points};
constinit const Rule wins{.tiebreak = TieBreak::wins,
                          .title = "Wins",
                          .acronym = "WIN",
                          .article = "7.1",
                          .values = count<gave_a_win>,
                          .why = why_count<gave_a_win>};
constinit const Rule games_won_over_the_board{.tiebreak = TieBreak::games_won_over_the_board,
                                              .title = "Games won",
                                              .acronym = "WON",
                                              .article = "7.2",
                                              .values = count<was_won>,
                                              .why = why_count<was_won>};
constinit const Rule black_games{.tiebreak = TieBreak::black_games,
                                 .title = "Games with black",
                                 .acronym = "BPG",
                                 .article = "7.3",
                                 .values = count<was_black>,
                                 .why = why_count<was_black>};
constinit const Rule black_wins{.tiebreak = TieBreak::black_wins,
                                .title = "Wins with black",
                                .acronym = "BWG",
                                .article = "7.4",
                                .values = count<was_won_as_black>,
                                .why = why_count<was_won_as_black>};
constinit const Rule progressive{.tiebreak = TieBreak::progressive,
                                 .title = "Progressive scores",
                                 .acronym = "PS",
                                 .article = "7.5",
                                 .values = progressive_scores,
                                 .why = why_progressive};
constinit const Rule game_wins{.tiebreak = TieBreak::game_wins,
                               .title = "Games won in matches",
                               .acronym = "",
                               .article = "",
                               .values = games_won,
                               .why = why_games_won};
constinit const Rule game_difference{.tiebreak = TieBreak::game_difference,
                                     .title = "Game difference",
                                     .acronym = "",
                                     .article = "",
                                     .values = games_won_less_lost,
                                     .why = why_game_difference};

}  // namespace agon::standings::tiebreaks
