/// A format under way: its rounds and matches, and who goes where.
#pragma once

#include <optional>
#include <unordered_map>

#include "core/formats/format.hpp"

namespace agon::formats {

enum class MatchStatus : std::uint8_t { waiting, ready, in_progress, completed };
BOOST_DESCRIBE_ENUM(MatchStatus, waiting, ready, in_progress, completed)

using Score = std::array<std::int64_t, 2>;

/// How a match ended.
struct Ending {
    /// The side that won, 0 or 1; 2 where nobody did: a draw if it was played, else nobody goes on.
    std::uint8_t winner_side = 2;
    /// Decided without a game, or against somebody who broke it off.
    bool forfeit = false;
    std::optional<Score> score;
    bool operator==(const Ending&) const = default;
};

struct Match {
    std::array<Slot, 2> slots;
    std::array<Seed, 2> players{pending, pending};
    /// From 1.
    std::uint32_t round = 0;
    std::uint16_t group = 0;
    MatchStatus status = MatchStatus::waiting;
    std::uint8_t winner_side = 2;
    bool forfeit = false;
    bool has_score = false;
    Score score{};
    /// Where winner and loser go on: the number of a match and its side, 0 for nowhere.
    std::array<MatchNumber, 2> goes_to{};
    std::array<std::uint8_t, 2> goes_to_side{};

    /// Completed without an opponent.
    bool is_bye() const { return players[0] == nobody || players[1] == nobody; }
    bool has(Seed s) const { return players[0] == s || players[1] == s; }
    Seed winner() const { return winner_side < 2 ? players[winner_side] : nobody; }
    Seed loser() const { return winner_side < 2 ? players[1 - winner_side] : nobody; }
    Ending ending() const { return {winner_side, forfeit, has_score ? std::optional(score) : std::nullopt}; }
};

struct Round {
    Bracket bracket = Bracket::winners;
    MatchNumber first = 1;
    std::uint32_t count = 0;
    /// Matches that have not ended.
    std::uint32_t open = 0;
    /// Drawn while the stage ran; it rests on the results before it.
    bool drawn = false;
};

/// A bye that an entrant asked for.
struct RequestedBye {
    Seed seed = 0;
    std::uint32_t round = 0;
    standings::Outcome kind = standings::Outcome::half_bye;
    bool operator==(const RequestedBye&) const = default;
};

/// Byes complete and advance by themselves; everything else happens by the calls below. Numbers of matches and rounds
/// count from 1. Copyable: a copy is a what-if.
class Stage {
public:
    Stage() = default;
    Stage(const Format&, Settings);

    const Format& format() const { return *format_; }
    const Settings& settings() const { return settings_; }
    std::span<const Round> rounds() const { return rounds_; }
    std::span<const Match> matches_of(const Round& round) const {
        return std::span(matches_).subspan(round.first - 1, round.count);
    }
    std::size_t match_count() const { return matches_.size(); }
    const Match& match(MatchNumber number) const { return matches_[number - 1]; }
    std::uint32_t group_of(Seed s) const { return settings_.group_of.empty() ? 0 : settings_.group_of[s]; }
    /// Why the match is as it is, where the format said so when it drew it.
    std::string_view drawn_because(MatchNumber) const;

    /// The matches that may begin now, in order of number: both sides known, and nobody in them is playing.
    std::vector<MatchNumber> startable() const;
    /// All matches have ended, and more are to be drawn.
    bool wants_draw() const { return open_ == 0 && !is_finished(); }
    bool is_finished() const { return open_ == 0 && (stopped_ || !format_->is_over || format_->is_over(*this)); }
    /// Why no more could be drawn although the format was not over.
    const std::optional<std::string>& stopped() const { return stopped_; }

    /// A ready match begins.
    void begin(MatchNumber);
    /// A match that is ready or in progress ends.
    void complete(MatchNumber, const Ending&);
    /// The rounds that the format drew.
    void draw(const std::vector<PlannedRound>&);
    /// Nothing more can be drawn.
    void stop(std::string why) { stopped_ = std::move(why); }

    /// The matches that were played or begun on the strength of this one's result, in order of number.
    std::vector<MatchNumber> dependents(MatchNumber) const;
    /// The match is ready again, as if it and its dependents had never begun; what was drawn after it is gone.
    void undo(MatchNumber);
    /// Another ending for a match that has ended, which leaves everything else as it is.
    void amend(MatchNumber, const Ending&);

    /// A late entrant; its seed is the last, its group the smallest.
    Seed admit(std::int32_t rating);
    /// Is not drawn any more. The matches that it stands in are the caller's to end.
    void leave(Seed);
    bool has_left(Seed s) const { return left_[s]; }
    /// Has not played yet and never will: its opponents have byes, and it has no place among the others.
    void vacate(Seed);
    bool is_vacated(Seed s) const { return vacated_[s]; }
    bool has_played(Seed) const;
    void request_bye(RequestedBye bye) { byes_.push_back(bye); }
    std::span<const RequestedBye> requested_byes() const { return byes_; }

private:
    void add(const std::vector<PlannedRound>&, bool drawn);
    std::uint16_t smallest_group() const;
    void link(MatchNumber, std::uint8_t side);
    void seat(MatchNumber, std::uint8_t side, Seed);
    void unseat(MatchNumber, std::uint8_t side);
    void settle(MatchNumber);
    void finish(MatchNumber, std::uint8_t winner_side);
    void reopen(MatchNumber);
    void drop_rounds_after(std::uint32_t round);
    void offer(MatchNumber);
    void go_to_open_round();
    void release(const Match&);
    void collect(MatchNumber, std::vector<MatchNumber>&) const;

    const Format* format_ = nullptr;
    Settings settings_;
    std::vector<Round> rounds_;
    std::vector<Match> matches_;
    std::unordered_map<MatchNumber, std::string> why_;
    /// Ready matches that may begin once their players are free; those that began since are swept out now and then.
    std::vector<MatchNumber> offered_;
    std::size_t begun_ = 0;
    std::size_t open_ = 0;
    /// Where rounds go in order: the first that has not ended, from 1.
    std::uint32_t open_round_ = 1;
    /// By seed.
    std::vector<std::uint8_t> playing_;
    std::vector<bool> left_, vacated_;
    std::vector<RequestedBye> byes_;
    std::optional<std::string> stopped_;
};

}  // namespace agon::formats
