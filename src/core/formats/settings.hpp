/// What a host chooses for a format, and what a format gets to work with.
#pragma once

#include <array>
#include <string>

#include "base/codec/describe.hpp"
#include "core/standings/standings.hpp"
#include "core/types.hpp"

namespace agon::formats {

/// How double elimination ends: one match; a second one where the winner of the losers bracket wins the first, so that
/// everybody who is out has lost twice; or none, the winner of the winners bracket being champion.
enum class GrandFinal { single, reset, none };
BOOST_DESCRIBE_ENUM(GrandFinal, single, reset, none)

/// What results are worth; one decimal at most.
struct MatchPoints {
    double win = 1;
    double draw = 0.5;
    double loss = 0;
    /// For the bye of an odd field.
    std::optional<double> bye;
    static constexpr codec::Note notes[] = {
        {.field = "win", .min = 0, .max = 100, .has_default = true},
        {.field = "draw", .min = 0, .max = 100, .has_default = true},
        {.field = "loss", .min = 0, .max = 100, .has_default = true},
        {.field = "bye",
         .doc = "for the bye of an odd field; as much as a win where none is given",
         .min = 0,
         .max = 100},
    };
    bool operator==(const MatchPoints&) const = default;
};
BOOST_DESCRIBE_STRUCT(MatchPoints, (), (win, draw, loss, bye))

/// The host's choices, by the words of the API; each format reads those that concern it.
struct StageOptions {
    std::optional<std::int64_t> rounds;
    GrandFinal grand_final = GrandFinal::reset;
    bool third_place = false;
    MatchPoints points;
    std::optional<std::vector<standings::TieBreak>> tiebreaks;
    standings::Edition tiebreak_edition = standings::Edition::fide_2026;
    std::int64_t groups = 1;
    static constexpr codec::Note notes[] = {
        {.field = "rounds",
         .doc = "Swiss: rounds to play, by default as many as leave at most one entrant undefeated; "
                "round robin: how often everybody meets everybody, 1 by default",
         .min = 1,
         .max = 1000},
        {.field = "grand_final",
         .doc = "double elimination: one match, a second one where the first beats the undefeated, or none",
         .has_default = true},
        {.field = "third_place",
         .doc = "single elimination: the losing semi-finalists play for it",
         .has_default = true},
        {.field = "points", .doc = "round robin and Swiss: what results are worth", .has_default = true},
        {.field = "tiebreaks", .doc = "round robin and Swiss: what decides among equal points, in order", .max = 20},
        {.field = "tiebreak_edition", .doc = "the handbook whose tie-breaks count", .has_default = true},
        {.field = "groups",
         .doc = "round robin and Swiss: so many groups, each played for itself",
         .min = 1,
         .max = 4096,
         .has_default = true},
    };
    bool operator==(const StageOptions&) const = default;
};
BOOST_DESCRIBE_STRUCT(StageOptions, (), (rounds, grand_final, third_place, points, tiebreaks, tiebreak_edition, groups))

/// What a stage is made of.
struct Settings {
    std::uint32_t entrants = 0;
    StageOptions options;
    /// By seed: the group each plays in, from 0; empty where there is one.
    std::vector<std::uint16_t> group_of;
    /// The game knows a first move: sides are given out and balanced by rule.
    bool colours = false;
    /// Swiss: the colour of the top seed in round 1, by lot.
    standings::Colour first_colour = standings::Colour::white;
    /// For tie-breaks by lot.
    std::uint64_t lots_seed = 0;
    /// By seed, 0 where there is none; for tie-breaks by rating.
    std::vector<std::int32_t> ratings;
};

/// The host's points in tenths.
standings::Scoring scoring_of(const MatchPoints&);
/// Why these points cannot be used: finer than tenths, or a win worth less than a draw, or a draw less than a loss.
Result<void> check_points(const MatchPoints&);
/// Why so many entrants cannot be parted into these groups: two to each at least.
Result<void> check_groups(const Settings&);

/// What formats by points read of the options.
inline constexpr std::string_view point_options[] = {"rounds", "points", "tiebreaks", "tiebreak_edition", "groups"};

}  // namespace agon::formats
