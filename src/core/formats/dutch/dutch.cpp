#include "core/formats/dutch/dutch.hpp"

#include <algorithm>
#include <tuple>

#include "core/formats/dutch/bracket.hpp"
#include "core/formats/dutch/colours.hpp"
#include "core/formats/dutch/engine.hpp"

namespace agon::formats::dutch {

namespace {

Place end_of_group(std::span<const Card> cards, Place first) {
    auto end = first;
    while (end < cards.size() && cards[end].score == cards[first].score) ++end;
    return end;
}

/// From the highest score group to the lowest; whom a bracket leaves unpaired moves down into the next.
std::vector<PairedBracket> pair_brackets(const Context& context, const Tuning& tuning) {
    std::vector<PairedBracket> result;
    Bracket bracket;
    for (Place first = 0; first < context.cards.size(); first = bracket.next) {
        bracket.first = first;
        bracket.next = end_of_group(context.cards, first);
        bracket.lower = end_of_group(context.cards, bracket.next);
        result.push_back(pair_bracket(context, tuning, bracket));
        bracket.movers = result.back().left;
    }
    return result;
}

/// The order of boards (C.04.2): the higher player's points, then both players' points, then the higher's number.
auto board_key(const CrossTable& table, const Pair& pair) {
    const auto a = table.points(pair.white), b = table.points(pair.black);
    const auto first = std::pair{-a, pair.white} < std::pair{-b, pair.black} ? pair.white : pair.black;
    return std::tuple{-std::max(a, b), -(a + b), first};
}

}  // namespace

std::optional<Pairing> pair_next_round(const Position& position, const Tuning& tuning, Effort* effort) {
    const auto cards = cards_of(position);
    if (cards.empty()) return Pairing{};
    const Legal legal(position, cards);
    Context context{.cards = cards, .legal = legal, .odd = cards.size() % 2 == 1};
    const auto bye_score = lowest_bye_score(context, tuning);
    if (!bye_score) return {};
    context.bye_score = *bye_score;

    Pairing pairing;
    const auto brackets = pair_brackets(context, tuning);
    const auto initial = initial_colour_of(position);
    for (const auto& bracket : brackets) {
        for (const auto& [higher, lower] : bracket.pairs) {
            const auto colours = position.colours
                                     ? allocate(position.table, cards[higher], cards[lower], initial)
                                     : Colours{};
            auto white = cards[higher].row, black = cards[lower].row;
            if (!colours.higher_has_white) std::swap(white, black);
            pairing.pairs.push_back({.white = white, .black = black});
        }
        if (effort != nullptr) ++effort->brackets[static_cast<std::size_t>(bracket.level)];
    }
    if (!brackets.back().left.empty()) pairing.bye = cards[brackets.back().left.front()].row;
    std::ranges::sort(pairing.pairs, {}, [&](const Pair& pair) { return board_key(position.table, pair); });
    return pairing;
}

std::optional<Pairing> pair_next_round(const Position& position) { return pair_next_round(position, {}); }

}  // namespace agon::formats::dutch
