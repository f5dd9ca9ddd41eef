/// A tournament format: a value with a name and three pure functions. To add one: two files here and one line in
/// `all.cpp`; names in the API, OpenAPI and the property tests all come from `all_formats()`.
///
/// Formats know neither games nor people: they see seeds (0 is the top seed), matches by number, and who won.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/types.hpp"

namespace agon::formats {

/// An entrant by its place in the draw, from 0.
using Seed = std::uint32_t;
/// Not known yet: a match before it has to end.
inline constexpr Seed pending = ~Seed{0};
/// Nobody comes: a bye, or both of the match before were ruled out.
inline constexpr Seed nobody = ~Seed{0} - 1;

inline bool is_seed(Seed s) { return s < nobody; }

/// Where one side of a match comes from.
struct Slot {
    enum class From : std::uint8_t { seed, winner_of, loser_of, nobody } from = From::nobody;
    /// The seed, or the number of the match.
    std::uint32_t index = 0;
};

struct PlannedMatch {
    std::array<Slot, 2> slots;
};

enum class Bracket { winners, losers, final_ };
BOOST_DESCRIBE_ENUM(Bracket, winners, losers, final_)

struct PlannedRound {
    std::vector<PlannedMatch> matches;
    Bracket bracket = Bracket::winners;
};

struct Settings {
    std::uint32_t entrants = 0;
};

enum class MatchStatus : std::uint8_t { waiting, ready, in_progress, completed };
BOOST_DESCRIBE_ENUM(MatchStatus, waiting, ready, in_progress, completed)

using Score = std::array<std::int64_t, 2>;

struct Match {
    std::array<Slot, 2> slots;
    std::array<Seed, 2> players{pending, pending};
    std::uint32_t round = 0;
    MatchStatus status = MatchStatus::waiting;
    /// The side that won, 0 or 1; 2 where nobody did.
    std::uint8_t winner_side = 2;
    bool has_score = false;
    Score score{};
    /// Where winner and loser go on: the number of a match and its side, 0 for nowhere.
    std::array<MatchNumber, 2> goes_to{};
    std::array<std::uint8_t, 2> goes_to_side{};

    /// Completed without being played, because a side is empty.
    bool is_bye() const { return players[0] == nobody || players[1] == nobody; }
    Seed winner() const { return winner_side < 2 ? players[winner_side] : nobody; }
    Seed loser() const { return winner_side < 2 ? players[1 - winner_side] : nobody; }
};

struct Round {
    Bracket bracket = Bracket::winners;
    MatchNumber first = 1;
    std::uint32_t count = 0;
};

/// Places from 1; entrants that the format cannot tell apart share one (`first` to `last`).
struct Place {
    Seed seed = 0;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    bool operator==(const Place&) const = default;
};

class Stage;

struct Format {
    std::string_view name;
    std::string_view title;
    /// The rounds that are known before the first match.
    std::vector<PlannedRound> (*plan)(const Settings&);
    /// The round that can be drawn now that the last is over, or none.
    std::vector<PlannedRound> (*next)(const Stage&);
    /// Every entrant's place as it stands, best first; also half-way.
    std::vector<Place> (*rank)(const Stage&);
    /// A match must have a winner: one that ends level goes to the higher seed.
    bool needs_winner = true;
};

std::span<const Format* const> all_formats();
const Format* find_format(std::string_view name);

/// A format under way: its rounds and matches, and who goes where. Byes complete and advance by themselves.
class Stage {
public:
    Stage() = default;
    Stage(const Format&, const Settings&);

    const Format& format() const { return *format_; }
    const Settings& settings() const { return settings_; }
    std::span<const Round> rounds() const { return rounds_; }
    std::span<const Match> matches_of(const Round& round) const {
        return std::span(matches_).subspan(round.first - 1, round.count);
    }
    std::size_t match_count() const { return matches_.size(); }
    /// `number` from 1 to `match_count()`.
    const Match& match(MatchNumber number) const { return matches_[number - 1]; }

    /// Both sides are known and the match has not begun. In order of number.
    std::vector<MatchNumber> ready() const;
    bool is_finished() const { return open_ == 0; }

    /// A ready match begins.
    void begin(MatchNumber);
    /// A match in progress ends; `winner_side` 2 where nobody goes on.
    void complete(MatchNumber, std::uint8_t winner_side, std::optional<Score>);

private:
    void add(const std::vector<PlannedRound>&);
    void link(MatchNumber, std::uint8_t side);
    void seat(MatchNumber, std::uint8_t side, Seed);
    void settle(MatchNumber);
    void finish(MatchNumber, std::uint8_t winner_side);

    const Format* format_ = nullptr;
    Settings settings_;
    std::vector<Round> rounds_;
    std::vector<Match> matches_;
    /// Matches that became ready, in that order; those that began since are swept out now and then.
    std::vector<MatchNumber> ready_;
    std::size_t begun_ = 0;
    std::size_t open_ = 0;
};

}  // namespace agon::formats
