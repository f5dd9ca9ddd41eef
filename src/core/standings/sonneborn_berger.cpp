/// Tie-breaks that weigh results by whom they were against (FIDE Handbook C.07, article 9).
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/standings/text.hpp"
#include "core/standings/tiebreak.hpp"
#include "core/standings/unplayed.hpp"

namespace agon::standings::tiebreaks {

namespace {

/// Both factors are tenths, so the product is hundredths.
std::int64_t points_times_opponents(const Part& part) { return part.points * part.score; }

/// Sonneborn-Berger (9.1): for each opponent, the points scored against them times their own.
template <Cut cut>
Column sums(const Facts& facts, const Ties&) {
    return sum_over_opponents(facts, points_times_opponents, cut);
}

template <Cut cut>
std::string why(const Facts& facts, const Ties&, Row row) {
    std::vector<Part> parts;
    weighed_parts(facts, row, points_times_opponents, cut, parts);
    if (parts.empty()) return "no opponents yet";
    std::vector<std::string> terms;
    terms.reserve(parts.size());
    for (const auto& part : parts)
        terms.push_back(fmt::format("{}×{}", points_text(part.points), points_text(part.score)));
    return fmt::format("points times the opponent's points {}{}", fmt::join(terms, " + "), notes_on(facts, row, parts));
}

/// Half or more of the most that the player could have. The free round of an odd round robin gives no chance of points.
bool reached_half(const Facts& facts, Row row) {
    Points most = 0;
    for (const auto& round : facts.table.players[row].rounds)
        if (!facts.table.round_robin || was_paired(round.outcome)) most += facts.table.scoring.win;
    return 2 * facts.points[row] >= most;
}

/// Whether each player counts for the others' Koya.
std::vector<bool> those_who_reached_half(const Facts& facts) {
    std::vector<bool> reached(facts.points.size());
    for (Row row = 0; row < reached.size(); ++row) reached[row] = reached_half(facts, row);
    return reached;
}

/// Koya (9.2): the points scored against those who have at least half of the possible points.
Column koya_points(const Facts& facts, const Ties&) {
    const auto strong = those_who_reached_half(facts);
    Column sums;
    for (const auto& player : facts.table.players) {
        std::int64_t sum = 0;
        for (const auto& round : player.rounds)
            if (facts.met(round) && strong[round.opponent]) sum += facts.table.scoring.of(round.outcome) * 10;
        sums.push_back(sum);
    }
    return sums;
}

std::string why_koya(const Facts& facts, const Ties&, Row row) {
    const auto strong = those_who_reached_half(facts);
    std::vector<std::string> terms;
    for (const auto& round : facts.table.players[row].rounds)
        if (facts.met(round) && strong[round.opponent])
            terms.push_back(fmt::format("{} against {}", points_text(facts.table.scoring.of(round.outcome)),
                                        player_text(round.opponent)));
    if (terms.empty()) return "no opponent has half of the possible points";
    return fmt::format("from opponents who have at least half of the possible points, {}", listed(terms));
}

}  // namespace

constinit const Rule sonneborn_berger{.tiebreak = TieBreak::sonneborn_berger,
                                      .title = "Sonneborn-Berger",
                                      .acronym = "SB",
                                      .article = "9.1",
                                      .digits = Digits::two,
                                      .values = sums<Cut{}>,
                                      .why = why<Cut{}>};
constinit const Rule sonneborn_berger_cut1{.tiebreak = TieBreak::sonneborn_berger_cut1,
                                           .title = "Sonneborn-Berger Cut-1",
                                           .acronym = "SB-C1",
                                           .article = "14.1",
                                           .digits = Digits::two,
                                           .values = sums<Cut{.lowest = 1}>,
                                           .why = why<Cut{.lowest = 1}>};
constinit const Rule koya{.tiebreak = TieBreak::koya,
                          .title = "Koya",
                          .acronym = "KS",
                          .article = "9.2",
                          .values = koya_points,
                          .why = why_koya};

}  // namespace agon::standings::tiebreaks
