#include "core/standings/unplayed.hpp"

#include <algorithm>
#include <tuple>

namespace agon::standings {

namespace {

/// The dummy opponent of an unplayed round has the player's own points (C.07 16.4), however many those are by the
/// edition of 2023. The edition of 2026 caps them:
///   after a forfeit, at the adjusted points of the opponent who was scheduled (16.4.1);
///   for a bye, at what draws in all rounds of the event would have given (16.4.2).
Points dummy_points(const Facts& facts, Row row, const Round& round) {
    const auto own = facts.points[row];
    if (facts.settings.edition == Edition::fide_2023) return own;
    if (was_paired(round.outcome)) return std::min(own, facts.adjusted[round.opponent]);
    return std::min(own, facts.table.scoring.draw * static_cast<Points>(facts.rounds_in_all));
}

Part swiss_part(const Facts& facts, Row row, const Round& round) {
    if (was_played(round.outcome)) return {.score = facts.adjusted[round.opponent]};
    return {.against = was_paired(round.outcome) ? Part::Against::dummy_for_forfeit : Part::Against::dummy_for_bye,
            .voluntary = is_voluntary(round.outcome),
            .score = dummy_points(facts, row, round)};
}

/// A cut takes the contribution of the opponent with the fewest points, and of several such the lowest (C.07 14.1.1).
/// Where a round was unplayed by choice, the lowest contribution of those is cut instead, unless it is lower (16.5.1);
/// a second cut does the same with what is left (16.5.2).
void cut_lowest(std::vector<Part>& parts) {
    Part* least = nullptr;
    Part* chosen = nullptr;
    for (auto& part : parts) {
        if (part.fate != Part::Fate::counts) continue;
        if (!least || std::tie(part.score, part.value) < std::tie(least->score, least->value)) least = &part;
        if (!part.voluntary) continue;
        if (!chosen || std::tie(part.value, part.score) < std::tie(chosen->value, chosen->score)) chosen = &part;
    }
    if (chosen && chosen->value >= least->value) least = chosen;
    if (least) least->fate = Part::Fate::cut_as_lowest;
}

/// The exception for unplayed rounds does not extend to the highest contribution.
void cut_highest(std::vector<Part>& parts) {
    Part* most = nullptr;
    for (auto& part : parts) {
        if (part.fate != Part::Fate::counts) continue;
        if (!most || std::tie(part.score, part.value) > std::tie(most->score, most->value)) most = &part;
    }
    if (most) most->fate = Part::Fate::cut_as_highest;
}

}  // namespace

/// A round counts with the points it gave, with one exception (C.07 16.2.5, 16.3.2): a requested bye in the last
/// round, or after which every round was unplayed by choice, counts as a draw. So does each round after a withdrawal.
/// In a round robin every round counts as it is (15.2).
Points adjusted_points(const CrossTable& table, Row row, Points points) {
    if (table.round_robin) return points;
    const auto& rounds = table.players[row].rounds;
    for (auto round = rounds.rbegin(); round != rounds.rend() && is_voluntary(round->outcome); ++round)
        if (is_requested_bye(round->outcome)) points += table.scoring.draw - table.scoring.of(round->outcome);
    return points;
}

void weighed_parts(const Facts& facts, Row row, Weigh weigh, Cut cut, std::vector<Part>& parts) {
    parts.clear();
    const auto& table = facts.table;
    const auto& rounds = table.players[row].rounds;
    for (std::uint32_t r = 0; r < rounds.size(); ++r) {
        // In a round robin a forfeit counts like a game, and a free round does not count at all (C.07 15.2).
        if (table.round_robin && !was_paired(rounds[r].outcome)) continue;
        auto part =
            table.round_robin ? Part{.score = facts.points[rounds[r].opponent]} : swiss_part(facts, row, rounds[r]);
        part.round = r;
        part.points = table.scoring.of(rounds[r].outcome);
        part.value = weigh(part);
        parts.push_back(part);
    }
    for (int i = 0; i < cut.lowest; ++i) cut_lowest(parts);
    for (int i = 0; i < cut.highest; ++i) cut_highest(parts);
}

Column sum_over_opponents(const Facts& facts, Weigh weigh, Cut cut) {
    Column sums;
    sums.reserve(facts.points.size());
    std::vector<Part> parts;
    for (Row row = 0; row < facts.points.size(); ++row) {
        weighed_parts(facts, row, weigh, cut, parts);
        std::int64_t sum = 0;
        for (const auto& part : parts)
            if (part.fate == Part::Fate::counts) sum += part.value;
        sums.push_back(sum);
    }
    return sums;
}

}  // namespace agon::standings
