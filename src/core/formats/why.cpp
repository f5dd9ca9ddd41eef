#include "core/formats/why.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "core/formats/losers_masks.hpp"
#include "core/formats/round_robin.hpp"
#include "core/formats/single_elimination.hpp"

namespace agon::formats {

namespace {

using From = Slot::From;

/// One match of an elimination bracket, with what its sentence needs.
class Bracketed {
public:
    Bracketed(const Stage& stage, MatchNumber number, MatchNumber first_match)
        : stage_(stage),
          match_(stage.match(number)),
          bracket_(stage.rounds()[match_.round - 1].bracket),
          place_(number - stage.rounds()[match_.round - 1].first),
          shift_(first_match - 1) {
        for (std::uint32_t r = 0; r < match_.round; ++r)
            if (stage.rounds()[r].bracket == bracket_) ++round_;
    }

    std::string why() const { return who() + absent(); }

private:
    std::string who() const {
        const auto a = match_.slots[0].from, b = match_.slots[1].from;
        if (bracket_ == Bracket::final_) return final();
        if (bracket_ == Bracket::losers && round_ == 1) return first_of_losers();
        if (a == From::seed || b == From::seed) return first_of_winners();
        if (a == From::loser_of && b == From::loser_of) return third_place();
        if (a == From::loser_of) return drops();
        return fmt::format("the winner of match {} meets the winner of match {}", match(0), match(1));
    }

    /// The number by which the outside knows the match that the side comes from.
    MatchNumber match(std::uint8_t side) const { return match_.slots[side].index + shift_; }
    std::uint32_t entrants() const { return stage_.settings().entrants; }
    std::uint32_t lines() const { return std::bit_ceil(std::max(entrants(), 2u)); }

    std::string first_of_winners() const {
        const auto [a, b] = match_.slots;
        if (a.from == From::seed && b.from == From::seed)
            return fmt::format(
                "seed {} meets seed {}: in the standard order of {} lines the two of a match in round 1 "
                "add up to {}, and seeds 1 and 2 can meet in the bracket's last round only",
                a.index + 1, b.index + 1, lines(), lines() + 1);
        const auto empty = lines() - entrants();
        return fmt::format("seed {} has a bye: {} entrants leave {} of the {} lines empty, and the top {} it",
                           (a.from == From::seed ? a : b).index + 1, entrants(), empty, lines(),
                           empty == 1 ? "seed has" : fmt::format("{} seeds have", empty));
    }

    /// Its slots pair the losers of two neighbours in winners' round 1; from a bye nobody drops.
    std::string first_of_losers() const {
        const auto source = stage_.rounds().front().first + 2 * place_ + shift_;
        const bool a = match_.slots[0].from == From::loser_of, b = match_.slots[1].from == From::loser_of;
        if (a && b) return fmt::format("the losers of matches {} and {} of round 1 meet", match(0), match(1));
        if (!a && !b)
            return fmt::format("nobody comes here: matches {} and {} of round 1 were byes", source, source + 1);
        return fmt::format("the loser of match {} has a bye: match {} was one, so nobody drops from it",
                           match(a ? 0 : 1), source + (a ? 1 : 0));
    }

    /// A loser from the winners bracket against who has come up through the losers bracket.
    std::string drops() const {
        const auto r = round_ / 2 + 1;
        return fmt::format(
            "the loser of match {}, of winners' round {}, drops here and meets the winner of match {}; {}", match(0), r,
            match(1), again(r));
    }

    /// Whom a loser of winners' round `r` has beaten has been in the losers bracket since.
    std::string again(std::uint32_t r) const {
        const auto size = lines();
        const auto masks = drop_masks(size);
        const auto mask = [&](std::uint32_t round) { return round == 1 ? 0 : masks[round - 2]; };
        const auto rounds = static_cast<std::uint32_t>(std::bit_width(size)) - 1;
        auto earliest = 2 * rounds;
        for (std::uint32_t q = 1; q < r; ++q) {
            const auto different = static_cast<std::uint32_t>(std::bit_width((mask(q) >> (r - q)) ^ mask(r)));
            earliest = std::min(earliest, meeting(size, q, r, rounds - r - different).round);
        }
        if (earliest == round_) return "whom it has beaten before may have come this far too";
        return fmt::format("whom it has beaten before it can meet again from losers' round {} on", earliest);
    }

    std::string third_place() const {
        return fmt::format("the losers of the semi-finals, matches {} and {}, play for third place", match(0),
                           match(1));
    }

    std::string final() const {
        if (match_.slots[1].from == From::loser_of)
            return fmt::format("two entrants have no losers bracket: the winner of match {} meets its loser again",
                               match(0));
        return fmt::format(
            "the winner of the winners bracket (match {}) meets the winner of the losers bracket (match "
            "{})",
            match(0), match(1));
    }

    /// Sides to which nobody comes although somebody could have.
    std::string absent() const {
        std::string text;
        for (std::uint8_t side = 0; side < 2; ++side) {
            const auto slot = match_.slots[side];
            if (match_.players[side] != nobody || slot.from == From::nobody) continue;
            if (slot.from == From::seed)
                text += fmt::format("; seed {} was taken out before it played", slot.index + 1);
            else
                text += fmt::format("; nobody comes from match {}", match(side));
        }
        return text;
    }

    const Stage& stage_;
    const Match& match_;
    Bracket bracket_;
    /// From 0, within the round.
    std::uint32_t place_;
    MatchNumber shift_;
    /// Within the bracket, from 1.
    std::uint32_t round_ = 0;
};

/// An entrant's number in its group's table, from 1.
std::uint32_t number_in_group(const Stage& stage, Seed seed) {
    const auto& groups = stage.settings().group_of;
    if (groups.empty()) return seed + 1;
    return static_cast<std::uint32_t>(std::count(groups.begin(), groups.begin() + seed + 1, groups[seed]));
}

std::uint32_t size_of_group(const Stage& stage, std::uint32_t group) {
    const auto& groups = stage.settings().group_of;
    return groups.empty() ? stage.settings().entrants : static_cast<std::uint32_t>(std::ranges::count(groups, group));
}

std::string berger(const Stage& stage, MatchNumber number) {
    const auto& match = stage.match(number);
    const auto size = size_of_group(stage, match.group);
    const auto home = number_in_group(stage, match.slots[0].index), away = number_in_group(stage, match.slots[1].index);
    const auto cycles = static_cast<std::uint32_t>(stage.settings().options.rounds.value_or(1));
    const auto cycle = (match.round - 1) / (static_cast<std::uint32_t>(stage.rounds().size()) / cycles) + 1;
    auto text = fmt::format("round {} of the Berger table for {}: number {} is at home to number {}",
                            berger_round_of(home, away, size), size + size % 2, home, away);
    if (cycle % 2 == 0) text += fmt::format("; in cycle {} of {} sides are changed", cycle, cycles);
    if (size % 2 == 1)
        text += fmt::format("; of {} entrants one a round is free, as number {} does not exist", size, size + 1);
    if (!stage.settings().group_of.empty()) text += fmt::format("; in group {}", match.group + 1);
    return text;
}

}  // namespace

std::string why(const Stage& stage, MatchNumber number, MatchNumber first_match) {
    if (const auto told = stage.drawn_because(number); !told.empty()) return std::string(told);
    if (&stage.format() == &round_robin) return berger(stage, number);
    if (stage.format().by_points) return {};
    return Bracketed(stage, number, first_match).why();
}

}  // namespace agon::formats
