#include "core/formats/stage_table.hpp"

#include <algorithm>

#include "core/formats/places.hpp"

namespace agon::formats {

namespace {

using standings::Colour;
using standings::Outcome;

Outcome outcome_for(const Match& m, std::uint8_t side) {
    const bool won = m.winner_side == side;
    if (m.forfeit) return won ? Outcome::forfeit_win : Outcome::forfeit_loss;
    return won ? Outcome::win : m.winner_side == 2 ? Outcome::draw : Outcome::loss;
}

standings::Round round_for(const Stage& stage, const Match& m, std::uint8_t side,
                           std::span<const standings::Row> row_of) {
    const auto opponent = m.players[1 - side];
    if (!is_seed(opponent))
        return {.outcome = stage.format().takes_late_entrants ? Outcome::pairing_bye : Outcome::absent};
    const bool coloured = stage.settings().colours;
    const auto colour = !coloured || m.forfeit ? Colour::none : side == 0 ? Colour::white : Colour::black;
    return {.opponent = row_of[opponent],
            .colour = colour,
            .outcome = outcome_for(m, side),
            .games_for = static_cast<std::int32_t>(m.score[side]),
            .games_against = static_cast<std::int32_t>(m.score[1 - side])};
}

}  // namespace

std::uint32_t group_count(const Stage& stage) {
    const auto& groups = stage.settings().group_of;
    return groups.empty() ? 1 : *std::ranges::max_element(groups) + 1u;
}

std::vector<Seed> seeds_of(const Stage& stage, std::uint32_t group) {
    std::vector<Seed> seeds;
    for (Seed s = 0; s < stage.settings().entrants; ++s)
        if (stage.group_of(s) == group) seeds.push_back(s);
    return seeds;
}

/// Swiss counts every round, played or not; a round robin counts games, whose order says nothing.
standings::CrossTable cross_table(const Stage& stage, std::uint32_t group) {
    const auto& settings = stage.settings();
    const auto seeds = seeds_of(stage, group);
    std::vector<standings::Row> row_of(settings.entrants, standings::no_row);
    standings::CrossTable table{.scoring = scoring_of(settings.options.points),
                                .total_rounds = static_cast<std::uint32_t>(stage.rounds().size()),
                                .round_robin = !stage.format().takes_late_entrants};
    for (const auto seed : seeds) {
        row_of[seed] = static_cast<standings::Row>(table.players.size());
        table.players.push_back({.rating = settings.ratings.empty() ? 0 : settings.ratings[seed]});
    }
    const auto whole = static_cast<std::size_t>(std::ranges::count(stage.rounds(), 0u, &Round::open));
    for (std::size_t r = 0; r < stage.rounds().size(); ++r) {
        for (const auto& m : stage.matches_of(stage.rounds()[r])) {
            if (m.group != group || m.status != MatchStatus::completed) continue;
            for (std::uint8_t side = 0; side < 2; ++side)
                if (is_seed(m.players[side]) && (!table.round_robin || !m.is_bye()))
                    table.players[row_of[m.players[side]]].rounds.push_back(round_for(stage, m, side, row_of));
        }
        if (table.round_robin || r >= whole) continue;
        for (auto& player : table.players)
            if (player.rounds.size() == r) player.rounds.push_back({});
    }
    if (table.round_robin) return table;
    for (const auto& bye : stage.requested_byes())
        if (row_of[bye.seed] != standings::no_row && bye.round <= table.players[row_of[bye.seed]].rounds.size())
            if (auto& round = table.players[row_of[bye.seed]].rounds[bye.round - 1]; !was_paired(round.outcome))
                round.outcome = bye.kind;
    table.total_rounds = std::max(table.total_rounds, static_cast<std::uint32_t>(settings.options.rounds.value_or(0)));
    return table;
}

std::vector<standings::TieBreak> default_tiebreaks(const Format& format) {
    using enum standings::TieBreak;
    if (!format.by_points) return {};
    if (format.takes_late_entrants)
        return {points, buchholz_cut1, buchholz, sonneborn_berger, direct_encounter, wins, game_difference, lots};
    return {points, direct_encounter, sonneborn_berger, wins, game_difference, game_wins, lots};
}

standings::Settings standing_settings(const Stage& stage) {
    const auto& options = stage.settings().options;
    standings::Settings settings{.tiebreaks = options.tiebreaks.value_or(default_tiebreaks(stage.format())),
                                 .edition = options.tiebreak_edition,
                                 .lots_seed = stage.settings().lots_seed};
    settings.tiebreaks = standings::order_of(settings);
    return settings;
}

std::vector<GroupStanding> group_standings(const Stage& stage, std::uint32_t group) {
    const auto seeds = seeds_of(stage, group);
    std::vector<GroupStanding> list;
    std::uint32_t skipped = 0;
    for (auto& s : standings::rank(cross_table(stage, group), standing_settings(stage))) {
        if (stage.is_vacated(seeds[s.row])) {
            ++skipped;
            continue;
        }
        list.push_back({seeds[s.row], s.first - skipped, s.last - skipped, std::move(s.values)});
    }
    return list;
}

std::vector<Place> rank_by_points(const Stage& stage) {
    std::vector<std::uint32_t> marks(stage.settings().entrants, 0);
    for (std::uint32_t g = 0; g < group_count(stage); ++g)
        for (const auto& s : group_standings(stage, g)) marks[s.seed] = stage.settings().entrants + 1 - s.first;
    return places_by(marks);
}

}  // namespace agon::formats
