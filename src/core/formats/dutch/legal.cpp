#include "core/formats/dutch/legal.hpp"

#include <algorithm>

namespace agon::formats::dutch {

namespace {

constexpr Place nowhere = ~Place{0};

std::vector<Place> places_by_row(std::size_t rows, std::span<const Card> cards) {
    std::vector<Place> places(rows, nowhere);
    for (Place p = 0; p < cards.size(); ++p) places[cards[p].row] = p;
    return places;
}

/// C3: two players with an absolute wish for the same colour do not meet, unless one of them is a topscorer.
bool colours_collide(const Card& a, const Card& b) {
    return a.strength == Strength::absolute && b.strength == Strength::absolute && a.wants == b.wants && !a.topscorer &&
           !b.topscorer;
}

}  // namespace

Legal::Legal(const Position& position, std::span<const Card> cards)
    : words_((cards.size() + 63) / 64), bits_(words_ * cards.size(), 0) {
    const auto n = static_cast<Place>(cards.size());
    const auto places = places_by_row(position.table.players.size(), cards);

    // Rows of the few kinds of player there are, once each.
    std::vector<std::uint64_t> all(words_, 0), no_white(words_, 0), no_black(words_, 0);
    const Card white{.wants = Colour::white, .strength = Strength::absolute};
    const Card black{.wants = Colour::black, .strength = Strength::absolute};
    for (Place p = 0; p < n; ++p) {
        const auto bit = std::uint64_t{1} << (p % 64);
        all[p / 64] |= bit;
        if (!colours_collide(white, cards[p])) no_white[p / 64] |= bit;
        if (!colours_collide(black, cards[p])) no_black[p / 64] |= bit;
    }
    for (Place p = 0; p < n; ++p) {
        const auto& from = colours_collide(white, cards[p])   ? no_white
                           : colours_collide(black, cards[p]) ? no_black
                                                              : all;
        std::ranges::copy(from, bits_.begin() + static_cast<std::ptrdiff_t>(p * words_));
    }

    // C1: nobody meets an opponent twice (a game that was not played does not count), nor one he must not meet.
    const auto place_of = [&](Row row) { return row < places.size() ? places[row] : nowhere; };
    for (Place p = 0; p < n; ++p) {
        forbid(p, p);
        for (const auto& round : position.table.players[cards[p].row].rounds)
            if (was_played(round.outcome)) forbid(p, place_of(round.opponent));
    }
    for (const auto& [a, b] : position.forbidden) forbid(place_of(a), place_of(b));
}

void Legal::forbid(Place a, Place b) {
    if (a == nowhere || b == nowhere) return;
    bits_[std::size_t{a} * words_ + b / 64] &= ~(std::uint64_t{1} << (b % 64));
    bits_[std::size_t{b} * words_ + a / 64] &= ~(std::uint64_t{1} << (a % 64));
}

}  // namespace agon::formats::dutch
