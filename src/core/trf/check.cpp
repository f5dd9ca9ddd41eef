// What only the whole file shows: that the cards of two opponents agree, and that points follow from results.
#include <fmt/format.h>

#include "core/trf/draft.hpp"

namespace agon::trf {

namespace {

/// A player's round, with all that a message needs.
struct Card {
    const Draft& draft;
    std::size_t index;
    std::size_t round;

    const Player& player() const { return draft.report.players[index]; }
    const Entry& entry() const { return player().rounds[round - 1]; }
    Place place(Columns columns) const { return {draft.player_lines[index], "001", columns}; }
};

/// Who won by one card lost by the other. Both may have lost, and an arbiter may give one of them half a point
/// (FIDE Laws of Chess 12.9).
bool agree(const Entry& a, const Entry& b) {
    if (standings::was_played(a.outcome) != standings::was_played(b.outcome) || a.is_rated != b.is_rated) return false;
    const auto is_won = [](Outcome o) { return o == Outcome::win || o == Outcome::forfeit_win; };
    const auto is_lost = [](Outcome o) { return o == Outcome::loss || o == Outcome::forfeit_loss; };
    if (is_won(a.outcome)) return is_lost(b.outcome);
    return is_lost(a.outcome) || !is_won(b.outcome);
}

Refusal unknown_opponent(const Card& card) {
    const auto opponent = card.entry().opponent;
    const auto& players = card.draft.report.players;
    const bool has_gaps = players.back().number != players.size();
    const auto what = has_gaps && opponent <= players.back().number
                          ? fmt::format("opponent {}, but the file has no player {}", opponent, opponent)
                          : fmt::format("opponent {}, but the file has {} players", opponent, players.size());
    return wrong(card.place(opponent_in(card.round)), what).error();
}

Refusal check_against(const Card& card, const Card& other) {
    const auto& mine = card.entry();
    const auto& theirs = other.entry();
    const auto other_line = card.draft.player_lines[other.index];
    if (mine.colour != Colour::none && mine.colour == theirs.colour)
        return wrong(
                   card.place(colour_in(card.round)),
                   fmt::format("players {} and {} both have {} in round {} (line {})", card.player().number,
                               mine.opponent, mine.colour == Colour::white ? "white" : "black", card.round, other_line))
            .error();
    if (!agree(mine, theirs))
        return wrong(card.place(result_in(card.round)),
                     fmt::format("'{}' against player {}, whose line {} says '{}'", result_letter(mine), mine.opponent,
                                 other_line, result_letter(theirs)))
            .error();
    return {};
}

Refusal check_card(const Card& card, const std::vector<std::size_t>& index_of_number) {
    const auto& entry = card.entry();
    if (entry.opponent == 0) return {};
    if (entry.opponent == card.player().number)
        return wrong(card.place(opponent_in(card.round)), fmt::format("player {} against himself", entry.opponent))
            .error();
    if (card.draft.line_of_number[entry.opponent] == 0) return unknown_opponent(card);
    const Card other{card.draft, index_of_number[entry.opponent], card.round};
    const auto& rounds = other.player().rounds;
    const auto theirs = card.round <= rounds.size() ? rounds[card.round - 1].opponent : 0;
    if (theirs == card.player().number) return check_against(card, other);
    const auto who = theirs == 0 ? std::string("nobody") : fmt::format("player {}", theirs);
    return wrong(card.place(opponent_in(card.round)),
                 fmt::format("opponent {}, whose line {} says {} in round {}", entry.opponent,
                             card.draft.player_lines[other.index], who, card.round))
        .error();
}

}  // namespace

Refusal check_cards(const Draft& draft) {
    const auto& players = draft.report.players;
    std::vector<std::size_t> index_of_number(max_number + 1);
    for (std::size_t i = 0; i < players.size(); ++i) index_of_number[players[i].number] = i;
    for (std::size_t i = 0; i < players.size(); ++i)
        for (std::size_t round = 1; round <= players[i].rounds.size(); ++round)
            if (auto refusal = check_card({draft, i, round}, index_of_number)) return refusal;
    return {};
}

/// Points count the rounds played. Some programs add the byes already known for the next round, or its acceleration.
Refusal check_points(const Draft& draft) {
    const auto& report = draft.report;
    const auto table = cross_table(report);
    const auto played = rounds_played(report);
    const auto facts = facts_of_round(report, played + 1, table.total_rounds);
    for (Row row = 0; row < report.players.size(); ++row) {
        const auto& player = report.players[row];
        if (!player.points) continue;
        const auto earned = table.points(row);
        const auto known = played < player.rounds.size() ? report.scoring.of(player.rounds[played].outcome) : 0;
        const auto added = facts.acceleration.empty() ? 0 : facts.acceleration[row].back();
        const auto said = *player.points;
        if (said == earned || said == earned + known || said == earned + added || said == earned + known + added)
            continue;
        return wrong({draft.player_lines[row], "001", points_columns},
                     fmt::format("{} points, but the results give {}", points_text(said), points_text(earned)))
            .error();
    }
    return {};
}

}  // namespace agon::trf
