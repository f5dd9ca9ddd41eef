/// Tie-breaks that sum the points of the opponents (FIDE Handbook C.07, article 8).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/standings/text.hpp"
#include "core/standings/tiebreak.hpp"
#include "core/standings/unplayed.hpp"

namespace agon::standings::tiebreaks {

namespace {

std::int64_t opponents_points(const Part& part) { return part.score * 10; }

std::string why_of(const Facts& facts, Row row, Cut cut) {
    std::vector<Part> parts;
    weighed_parts(facts, row, opponents_points, cut, parts);
    if (parts.empty()) return "no opponents yet";
    std::vector<std::string> terms;
    terms.reserve(parts.size());
    for (const auto& part : parts) terms.push_back(number_text(part.value));
    return fmt::format("opponents' points {}{}", fmt::join(terms, " + "), notes_on(facts, row, parts));
}

/// Buchholz (8.1): the sum of the opponents' points; a cut leaves out the lowest or the highest of them (14.1 to 14.4).
template <Cut cut>
Column sums(const Facts& facts, const Ties&) {
    return sum_over_opponents(facts, opponents_points, cut);
}
template <Cut cut>
std::string why(const Facts& facts, const Ties&, Row row) {
    return why_of(facts, row, cut);
}

/// Fore Buchholz (8.3): Buchholz as it would be had all who were paired in the last round drawn, so that it can be told
/// before that round is over. A forfeit in that round becomes a game with the opponent.
CrossTable with_last_round_drawn(const CrossTable& table) {
    auto forecast = table;
    const auto rounds = table.rounds_played();
    for (auto& player : forecast.players)
        if (rounds > 0 && player.rounds.size() == rounds && was_paired(player.rounds.back().outcome))
            player.rounds.back().outcome = Outcome::draw;
    return forecast;
}

Column fore_sums(const Facts& facts, const Ties&) {
    const auto forecast = with_last_round_drawn(facts.table);
    return sum_over_opponents(Facts(forecast, facts.settings), opponents_points, {});
}

std::string fore_why(const Facts& facts, const Ties&, Row row) {
    const auto forecast = with_last_round_drawn(facts.table);
    return "with draws in the last round, " + why_of(Facts(forecast, facts.settings), row, {});
}

/// The Buchholz of each opponent whom the player met; the dummy opponents of unplayed rounds have none.
std::vector<std::int64_t> buchholz_of_opponents(const Facts& facts, Row row, const Column& buchholz_of) {
    std::vector<std::int64_t> found;
    for (const auto& round : facts.table.players[row].rounds)
        if (facts.met(round)) found.push_back(buchholz_of[round.opponent]);
    return found;
}

/// Average of Opponents' Buchholz (8.2): with two decimals, a half rounded up. 0 for who has met nobody.
Column averages(const Facts& facts, const Ties&) {
    const auto buchholz_of = sum_over_opponents(facts, opponents_points, {});
    Column result;
    for (Row row = 0; row < facts.points.size(); ++row) {
        std::int64_t sum = 0, count = 0;
        for (const auto& round : facts.table.players[row].rounds)
            if (facts.met(round)) sum += buchholz_of[round.opponent], ++count;
        result.push_back(count == 0 ? 0 : (2 * sum + count) / (2 * count));
    }
    return result;
}

std::string why_average(const Facts& facts, const Ties&, Row row) {
    const auto found = buchholz_of_opponents(facts, row, sum_over_opponents(facts, opponents_points, {}));
    if (found.empty()) return "no games yet";
    std::vector<std::string> terms;
    terms.reserve(found.size());
    for (const auto value : found) terms.push_back(number_text(value));
    return fmt::format("the opponents' Buchholz ({}) / {}", fmt::join(terms, " + "), terms.size());
}

}  // namespace

constinit const Rule buchholz{.tiebreak = TieBreak::buchholz,
                              .title = "Buchholz",
                              .acronym = "BH",
                              .article = "8.1",
                              .values = sums<Cut{}>,
                              .why = why<Cut{}>};
constinit const Rule buchholz_cut1{.tiebreak = TieBreak::buchholz_cut1,
                                   .title = "Buchholz Cut-1",
                                   .acronym = "BH-C1",
                                   .article = "14.1",
                                   .values = sums<Cut{.lowest = 1}>,
                                   .why = why<Cut{.lowest = 1}>};
constinit const Rule buchholz_cut2{.tiebreak = TieBreak::buchholz_cut2,
                                   .title = "Buchholz Cut-2",
                                   .acronym = "BH-C2",
                                   .article = "14.2",
                                   .values = sums<Cut{.lowest = 2}>,
                                   .why = why<Cut{.lowest = 2}>};
constinit const Rule buchholz_median1{.tiebreak = TieBreak::buchholz_median1,
                                      .title = "Buchholz Median-1",
                                      .acronym = "BH-M1",
                                      .article = "14.3",
                                      .values = sums<Cut{.lowest = 1, .highest = 1}>,
                                      .why = why<Cut{.lowest = 1, .highest = 1}>};
constinit const Rule buchholz_median2{.tiebreak = TieBreak::buchholz_median2,
                                      .title = "Buchholz Median-2",
                                      .acronym = "BH-M2",
                                      .article = "14.4",
                                      .values = sums<Cut{.lowest = 2, .highest = 2}>,
                                      .why = why<Cut{.lowest = 2, .highest = 2}>};
constinit const Rule fore_buchholz{.tiebreak = TieBreak::fore_buchholz,
                                   .title = "Fore Buchholz",
                                   .acronym = "FB",
                                   .article = "8.3",
                                   .values = fore_sums,
                                   .why = fore_why};
constinit const Rule average_buchholz{.tiebreak = TieBreak::average_buchholz,
                                      .title = "Average of Opponents' Buchholz",
                                      .acronym = "AOB",
                                      .article = "8.2",
                                      .digits = Digits::two,
                                      .values = averages,
                                      .why = why_average};

}  // namespace agon::standings::tiebreaks
