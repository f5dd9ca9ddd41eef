/// Tie-breaks from ratings (FIDE Handbook C.07, article 10). Only games over the board count, in every kind of event,
/// and only those against rated opponents.
#include <array>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/standings/text.hpp"
#include "core/standings/tiebreak.hpp"

namespace agon::standings::tiebreaks {

namespace {

/// The rated games of a player. A win counts 1 and a draw ½ here, whatever they are worth in the event.
struct RatedGames {
    std::vector<std::int32_t> opponents;
    std::int64_t half_points = 0;

    auto count() const { return static_cast<std::int64_t>(opponents.size()); }
};

RatedGames rated_games_of(const CrossTable& table, Row row) {
    RatedGames games;
    for (const auto& round : table.players[row].rounds) {
        if (!was_played(round.outcome) || table.players[round.opponent].rating <= 0) continue;
        games.opponents.push_back(table.players[round.opponent].rating);
        games.half_points += round.outcome == Outcome::win ? 2 : round.outcome == Outcome::draw ? 1 : 0;
    }
    return games;
}

/// Average rating of opponents (10.1): to the nearest whole number, a half rounded up. 0 without rated games.
std::int64_t average_of(const RatedGames& games) {
    std::int64_t sum = 0;
    for (const auto opponent : games.opponents) sum += opponent;
    return games.opponents.empty() ? 0 : (2 * sum + games.count()) / (2 * games.count());
}

/// The difference of ratings at which a player is expected to score 50, 51, … 100 % (FIDE Handbook B.02, 8.1.1).
constexpr std::array<std::int16_t, 51> difference_at = {0,   7,   14,  21,  29,  36,  43,  50,  57,  65,   // 50 to 59
                                                        72,  80,  87,  95,  102, 110, 117, 125, 133, 141,  // 60 to 69
                                                        149, 158, 166, 175, 184, 193, 202, 211, 220, 230,  // 70 to 79
                                                        240, 251, 262, 273, 284, 296, 309, 322, 336, 351,  // 80 to 89
                                                        366, 383, 401, 422, 444, 470, 501, 538, 589, 677,  // 90 to 99
                                                        800};

/// What the player scored, in per cent to the nearest whole number, a half rounded up.
std::int64_t percentage_of(const RatedGames& games) {
    return (100 * games.half_points + games.count()) / (2 * games.count());
}

std::int64_t difference_of(const RatedGames& games) {
    const auto percent = static_cast<std::size_t>(percentage_of(games));
    return percent >= 50 ? difference_at[percent - 50] : -difference_at[50 - percent];
}

Column averages(const Facts& facts, const Ties&) {
    Column column;
    for (Row row = 0; row < facts.points.size(); ++row)
        column.push_back(average_of(rated_games_of(facts.table, row)) * 100);
    return column;
}

/// Tournament performance rating (10.2): the opponents' average, and the difference of ratings that goes with the score.
Column performances(const Facts& facts, const Ties&) {
    Column column;
    for (Row row = 0; row < facts.points.size(); ++row) {
        const auto games = rated_games_of(facts.table, row);
        column.push_back(games.opponents.empty() ? 0 : (average_of(games) + difference_of(games)) * 100);
    }
    return column;
}

Column ratings(const Facts& facts, const Ties&) {
    Column column;
    for (const auto& player : facts.table.players) column.push_back(std::int64_t{player.rating} * 100);
    return column;
}

std::string why_average(const Facts& facts, const Ties&, Row row) {
    const auto games = rated_games_of(facts.table, row);
    if (games.opponents.empty()) return "no games against rated opponents yet";
    return fmt::format("({}) / {}", fmt::join(games.opponents, " + "), games.count());
}

std::string why_performance(const Facts& facts, const Ties&, Row row) {
    const auto games = rated_games_of(facts.table, row);
    if (games.opponents.empty()) return "no games against rated opponents yet";
    const auto difference = difference_of(games);
    return fmt::format("the opponents' average {} {} {} for {} out of {} ({} %)", average_of(games),
                       difference < 0 ? "less" : "plus", std::abs(difference), number_text(games.half_points * 50),
                       games.count(), percentage_of(games));
}

std::string why_rating(const Facts& facts, const Ties&, Row row) {
    return facts.table.players[row].rating > 0 ? "" : "not rated";
}

}  // namespace

constinit const Rule average_rating{.tiebreak = TieBreak::average_rating,
                                    .title = "Average rating of opponents",
                                    .acronym = "ARO",
                                    .article = "10.1",
                                    .values = averages,
                                    .why = why_average};
constinit const Rule performance{.tiebreak = TieBreak::performance,
                                 .title = "Performance rating",
                                 .acronym = "TPR",
                                 .article = "10.2",
                                 .values = performances,
                                 .why = why_performance};
constinit const Rule rating{.tiebreak = TieBreak::rating,
                            .title = "Rating",
                            .acronym = "RTNG",
                            .article = "10",
                            .values = ratings,
                            .why = why_rating};

}  // namespace agon::standings::tiebreaks
