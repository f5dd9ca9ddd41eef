#include "core/formats/dutch/dutch.hpp"

#include <algorithm>
#include <tuple>

#include "core/formats/dutch/bracket.hpp"
#include "core/formats/dutch/colours.hpp"
#include "core/formats/dutch/engine.hpp"
#include "core/formats/dutch/explain.hpp"

namespace agon::formats::dutch {

namespace {

Place end_of_group(std::span<const Card> cards, Place first) {
    auto end = first;
    while (end < cards.size() && cards[end].score == cards[first].score) ++end;
    return end;
}

/// From the highest score group to the lowest; whom a bracket leaves unpaired moves down into the next.
std::vector<SettledBracket> pair_brackets(const Context& context, const Tuning& tuning) {
    std::vector<SettledBracket> result;
    Bracket bracket;
    for (Place first = 0; first < context.cards.size(); first = bracket.next) {
        bracket.first = first;
        bracket.next = end_of_group(context.cards, first);
        bracket.lower = end_of_group(context.cards, bracket.next);
        result.push_back({bracket, pair_bracket(context, tuning, bracket)});
        bracket.movers = result.back().paired.left;
    }
    return result;
}

Pair with_colours(const Position& position, const Context& context, const std::vector<SettledBracket>& brackets,
                  Colour initial, Place higher, Place lower) {
    const auto &a = context.cards[higher], &b = context.cards[lower];
    const auto colours = position.colours ? allocate(position.table, a, b, initial) : Colours{};
    return {.white = colours.higher_has_white ? a.row : b.row,
            .black = colours.higher_has_white ? b.row : a.row,
            .why_pair = why_pair(context, brackets, higher, lower),
            .why_colours = why_colours(a, b, colours)};
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
    for (const auto& settled : brackets) {
        for (const auto& [higher, lower] : settled.paired.pairs)
            pairing.pairs.push_back(with_colours(position, context, brackets, initial, higher, lower));
        if (effort != nullptr) ++effort->brackets[static_cast<std::size_t>(settled.paired.level)];
    }
    if (const auto& left = brackets.back().paired.left; !left.empty()) {
        pairing.bye = cards[left.front()].row;
        pairing.why_bye = why_bye(context, left.front());
    }
    std::ranges::sort(pairing.pairs, {}, [&](const Pair& pair) { return board_key(position.table, pair); });
    return pairing;
}

std::optional<Pairing> pair_next_round(const Position& position) { return pair_next_round(position, {}); }

}  // namespace agon::formats::dutch
