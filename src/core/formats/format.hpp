/// A tournament format: a value with a name and pure functions. To add one: two files here and one line in `all.cpp`;
/// names in the API, OpenAPI and the property tests all come from `all_formats()`.
///
/// Formats know neither games nor people: they see seeds (0 is the top seed), matches by number, and how they ended.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/formats/settings.hpp"

namespace agon::formats {

/// An entrant by its place in the draw, from 0.
using Seed = std::uint32_t;
/// Not known yet: a match before it has to end.
inline constexpr Seed pending = ~Seed{0};
/// Nobody comes: a bye, or both of the match before were ruled out.
inline constexpr Seed nobody = ~Seed{0} - 1;

constexpr bool is_seed(Seed s) { return s < nobody; }

/// Where one side of a match comes from.
struct Slot {
    enum class From : std::uint8_t { seed, winner_of, loser_of, nobody } from = From::nobody;
    /// The seed, or the number of the match.
    std::uint32_t index = 0;
    bool operator==(const Slot&) const = default;
};

constexpr Slot seed_slot(Seed s) { return {Slot::From::seed, s}; }
constexpr Slot winner_of(MatchNumber m) { return {Slot::From::winner_of, m}; }
constexpr Slot loser_of(MatchNumber m) { return {Slot::From::loser_of, m}; }
inline constexpr Slot no_slot{};

/// The first slot is the home side: it has white, or the first move, where the game knows that.
struct PlannedMatch {
    std::array<Slot, 2> slots;
    std::uint16_t group = 0;
    bool operator==(const PlannedMatch&) const = default;
};

enum class Bracket : std::uint8_t { winners, losers, final_ };
BOOST_DESCRIBE_ENUM(Bracket, winners, losers, final_)

struct PlannedRound {
    std::vector<PlannedMatch> matches;
    Bracket bracket = Bracket::winners;
    /// Why each match is as it is, for formats that decide while they run; else empty.
    std::vector<std::string> why;
};

/// Places from 1; entrants that the format cannot tell apart share one (`first` to `last`).
struct Place {
    Seed seed = 0;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    bool operator==(const Place&) const = default;
};

/// What comes after the last planned match: more rounds, or the reason why there can be none.
struct Draw {
    std::vector<PlannedRound> rounds;
    std::string impossible;
};

class Stage;

struct Format {
    std::string_view name;
    std::string_view title;
    /// Whether these settings can be played, as a sentence that says what is allowed and a pointer into the options.
    /// Where the number of entrants is not known yet it is 0, and what depends on it is not checked.
    Result<void> (*check)(const Settings&);
    /// Fills in what the host left open; what depends on the number of entrants stays open while that is 0. None where
    /// there is nothing.
    void (*complete)(Settings&) = nullptr;
    /// The rounds that are known before the first match.
    std::vector<PlannedRound> (*plan)(const Settings&);
    /// Every entrant's place as it stands, best first; also half-way.
    std::vector<Place> (*rank)(const Stage&);
    /// Both or none; a format without them plans all its rounds. All matches have ended: is that all? And where it is
    /// not: what is played next.
    bool (*is_over)(const Stage&) = nullptr;
    Draw (*next)(const Stage&) = nullptr;
    /// A match must have a winner: one that ends level goes to the higher seed.
    bool needs_winner = true;
    /// A round begins when the one before has ended. Else a match begins as soon as both sides are known.
    bool rounds_in_order = false;
    /// Places go by points and tie-breaks (`cross_table` in stage_table.hpp).
    bool by_points = false;
    bool takes_late_entrants = false;
    /// The host's options that it reads, by their words (StageOptions).
    std::span<const std::string_view> reads;
    /// Drawing the next round may take long enough to be done beside the server's other work.
    bool draws_slowly = false;
};

std::span<const Format* const> all_formats();
const Format* find_format(std::string_view name);

}  // namespace agon::formats

#include "core/formats/stage.hpp"
