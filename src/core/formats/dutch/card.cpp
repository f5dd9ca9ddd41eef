#include "core/formats/dutch/card.hpp"

#include <algorithm>
#include <utility>

namespace agon::formats::dutch {

namespace {

using standings::Outcome;
using standings::Round;

bool took_part(const Round& round) { return was_paired(round.outcome) || round.outcome == Outcome::pairing_bye; }

Points added(const Position& position, Row row, std::size_t round) {
    if (row >= position.acceleration.size()) return 0;
    const auto& by_round = position.acceleration[row];
    return round < by_round.size() ? by_round[round] : 0;
}

/// A.6 (colour difference and preference). Rounds without a game are passed over as if they had not been.
void read_colours(const std::vector<Round>& rounds, Card& card) {
    Colour last = Colour::none, before = Colour::none;
    for (const auto& round : rounds) {
        if (!was_played(round.outcome) || round.colour == Colour::none) continue;
        card.colour_difference += round.colour == Colour::white ? 1 : -1;
        before = std::exchange(last, round.colour);
    }
    if (last == before) card.repeated = last;

    // Absolute: a difference beyond one, or the same colour in the last two games.
    const bool unbalanced = card.imbalance() > 1;
    if (unbalanced || card.repeated != Colour::none) card.strength = Strength::absolute;
    // Strong: a difference of one. Mild: none, to alternate with the last game.
    else if (card.imbalance() == 1)
        card.strength = Strength::strong;
    else if (last != Colour::none)
        card.strength = Strength::mild;

    if (unbalanced || card.strength == Strength::strong)
        card.wants = card.colour_difference > 0 ? Colour::black : Colour::white;
    else
        card.wants = opposite(last);
}

/// A.4 (floaters). A round without a game is a downfloat if it gave more than a loss; an absence without points is none.
void read_float(const Position& position, std::size_t played, Card& card, std::size_t back) {
    if (back >= played) return;
    const auto round = played - 1 - back;
    const auto& table = position.table;
    const auto& rounds = table.players[card.row].rounds;
    if (round >= rounds.size()) return;
    if (!was_played(rounds[round].outcome)) {
        card.floated_down[back] = table.scoring.of(rounds[round].outcome) > table.scoring.loss;
        return;
    }
    const auto opponent = rounds[round].opponent;
    if (opponent >= table.players.size()) return;
    const auto own = table.points(card.row, round) + added(position, card.row, round);
    const auto other = table.points(opponent, round) + added(position, opponent, round);
    card.floated_down[back] = own > other;
    card.floated_up[back] = own < other;
}

/// C2 (C.04.1): no bye for whom already had one, nor for whom a round without a game gave the points of a win.
bool may_have_bye(const CrossTable& table, const std::vector<Round>& rounds) {
    return std::ranges::none_of(rounds, [&](const Round& round) {
        return round.outcome == Outcome::pairing_bye ||
               (!was_played(round.outcome) && table.scoring.of(round.outcome) >= table.scoring.win);
    });
}

/// A.7: topscorers have more than half of the points that could be won, when the last round is being paired.
bool is_topscorer(const CrossTable& table, std::size_t played, Points score) {
    if (played + 1 < table.total_rounds) return false;
    const auto most = static_cast<Points>(played) * std::max(table.scoring.win, table.scoring.draw);
    return 2 * score > most;
}

Card card_of(const Position& position, std::size_t played, Row row, bool odd_number) {
    const auto& table = position.table;
    const auto& rounds = table.players[row].rounds;
    Card card{.row = row};
    card.plain_score = table.points(row);
    card.score = card.plain_score + added(position, row, played);
    if (position.colours) read_colours(rounds, card);
    card.topscorer = is_topscorer(table, played, card.score);
    card.may_have_bye = may_have_bye(table, rounds);
    const auto games = std::ranges::count_if(rounds, [](const Round& round) { return was_played(round.outcome); });
    card.unplayed = static_cast<std::uint32_t>(played - static_cast<std::size_t>(games));
    for (std::size_t back = 0; back < float_rounds; ++back) read_float(position, played, card, back);
    card.odd_number = odd_number;
    return card;
}

}  // namespace

std::vector<Card> cards_of(const Position& position) {
    const auto played = position.table.rounds_played();
    std::vector<Card> cards;
    std::size_t number = 0;
    for (Row row = 0; row < position.table.players.size(); ++row) {
        const bool present = row < position.present.size() && position.present[row];
        if (!present && std::ranges::none_of(position.table.players[row].rounds, took_part)) continue;
        ++number;
        if (present) cards.push_back(card_of(position, played, row, number % 2 == 1));
    }
    std::ranges::stable_sort(cards, std::greater{}, &Card::score);
    return cards;
}

/// The first round that shows a colour: the first player, by number, who has one. Those at even numbers have the other.
Colour initial_colour_of(const Position& position) {
    if (position.initial_colour != Colour::none) return position.initial_colour;
    const auto& players = position.table.players;
    const auto played = position.table.rounds_played();
    for (std::size_t round = 0; round < played; ++round) {
        bool odd = false;
        for (const auto& player : players) {
            const auto until = std::min(round + 1, player.rounds.size());
            if (std::none_of(player.rounds.begin(), player.rounds.begin() + static_cast<std::ptrdiff_t>(until),
                             took_part))
                continue;
            odd = !odd;
            if (round >= player.rounds.size() || player.rounds[round].colour == Colour::none) continue;
            return odd ? player.rounds[round].colour : opposite(player.rounds[round].colour);
        }
    }
    return Colour::white;
}

}  // namespace agon::formats::dutch
