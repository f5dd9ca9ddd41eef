#include "core/formats/dutch/explain.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace agon::formats::dutch {

namespace {

std::string number(const Card& card) { return fmt::format("no. {}", card.row + 1); }

std::string_view name_of(Colour c) { return c == Colour::white ? "white" : "black"; }

std::string in_words(Points points) { return points_in_words(points) + (points == 10 ? " point" : " points"); }

/// What a wish for a colour rests on: a difference of two, a repeated colour, a difference of one, the last game.
std::string ground_of(const Card& card) {
    const auto had = name_of(opposite(card.wants));
    if (card.imbalance() >= 2)
        return fmt::format("{} games more with {} than with {}", card.imbalance(), had, name_of(card.wants));
    if (card.strength == Strength::absolute) return fmt::format("{} in the last two games", had);
    if (card.imbalance() == 1) return fmt::format("one game more with {} than with {}", had, name_of(card.wants));
    return fmt::format("{} in the last game", had);
}

const SettledBracket& home_of(const std::vector<SettledBracket>& brackets, Place place) {
    return *std::ranges::find_if(brackets, [&](const SettledBracket& settled) {
        return settled.bracket.first <= place && place < settled.bracket.next;
    });
}

/// Why somebody of this bracket had to leave it.
std::string why_down(const SettledBracket& settled, Points score) {
    const bool joined = !settled.bracket.movers.empty();
    const auto points = points_in_words(score);
    if (settled.bracket.size() == 1) return fmt::format("nobody else has {}", points);
    if (settled.paired.left.size() == 1)
        return joined ? fmt::format("with those from above, an odd number of players is on {}", points)
                      : fmt::format("an odd number of players has {}", points);
    return fmt::format("those on {}{} cannot all be paired with one another{}", points, joined ? " and from above" : "",
                       settled.paired.level < 2 ? "" : " and leave opponents to those below");
}

}  // namespace

std::string points_in_words(Points points) {
    const auto whole = points / 10, tenths = points % 10;
    if (points < 0) return fmt::format("-{}", points_in_words(-points));
    if (tenths == 0) return fmt::format("{}", whole);
    if (tenths == 5) return whole == 0 ? "½" : fmt::format("{}½", whole);
    return fmt::format("{}.{}", whole, tenths);
}

std::string why_pair(const Context& context, const std::vector<SettledBracket>& brackets, Place higher, Place lower) {
    const auto &a = context.cards[higher], &b = context.cards[lower];
    const bool accelerated = a.score != a.plain_score || b.score != b.plain_score;
    const std::string note = accelerated ? " (with acceleration)" : "";
    if (a.score == b.score) return fmt::format("both have {}{}", in_words(a.score), note);
    return fmt::format("{} floats down from {} to {}{}: {}", number(a), points_in_words(a.score),
                       points_in_words(b.score), note, why_down(home_of(brackets, higher), a.score));
}

std::string why_colours(const Card& higher, const Card& lower, const Colours& colours) {
    const auto& white = colours.higher_has_white ? higher : lower;
    const auto& black = colours.higher_has_white ? lower : higher;
    const auto wish = name_of(higher.wants);
    switch (colours.rule) {
        case ColourRule::both_wishes: {
            if (white.wants != Colour::none && black.wants != Colour::none) return "each has the colour it is due";
            const auto& due = white.wants != Colour::none ? white : black;
            return fmt::format("{} is due {} ({}), the other has played no game", number(due), name_of(due.wants),
                               ground_of(due));
        }
        case ColourRule::stronger_wish: {
            const auto& granted = white.wants == Colour::white ? white : black;
            return fmt::format("both are due {}; {} has the stronger wish for it ({})", wish, number(granted),
                               ground_of(granted));
        }
        case ColourRule::last_difference:
            return fmt::format("both are due {} as much, and swap the colours of the latest time they differed ({})",
                               wish,
                               colours.games_back == 1 ? "the last game"
                                                       : fmt::format("the last game but {}", colours.games_back - 1));
        case ColourRule::higher_player:
            return fmt::format("both are due {} as much, and {} is the higher", wish, number(higher));
        case ColourRule::initial_colour:
            return fmt::format("no game played yet: the lot gives {} {}, the higher of the two",
                               name_of(colours.higher_has_white ? Colour::white : Colour::black), number(higher));
        case ColourRule::none: return "a game without colours: the higher player is named first";
    }
    return {};
}

std::string why_bye(const Context& context, Place place) {
    const auto& own = context.cards[place];
    std::size_t others = 0;
    bool lower = false, missed_more = false, missed_less = false;
    for (const auto& card : context.cards) {
        if (!card.may_have_bye || card.row == own.row) continue;
        ++others;
        lower = lower || card.score < own.score;
        if (card.score != own.score) continue;
        missed_more = missed_more || card.unplayed > own.unplayed;
        missed_less = missed_less || card.unplayed < own.unplayed;
    }
    if (others == 0) return "an odd number takes part, and nobody else may have the bye";
    const auto why = lower ? fmt::format("on {}, the lowest score with which a bye leaves everybody else an opponent",
                                         in_words(own.score))
                           : fmt::format("on {}, the lowest score of those who may have the bye", in_words(own.score));
    return missed_more && !missed_less ? why + ", and has missed the fewest rounds of those on it" : why;
}

}  // namespace agon::formats::dutch
