/// A tournament: its state, what may be done to it, and how it changes. Pure: same state, same command, same events.
#pragma once

#include <unordered_map>

#include "core/formats/format.hpp"
#include "core/tournament/commands.hpp"
#include "core/tournament/events.hpp"
#include "core/tournament/lifecycle.hpp"

namespace agon {

inline constexpr std::int64_t min_entrants = 2;
inline constexpr std::int64_t most_entrants = 65'536;
/// A match can be played anew so often: its games' ids have a byte for it.
inline constexpr std::uint8_t most_attempts = 200;
/// Rounds of more entrants than this are drawn beside other work (`Tournament::awaits_draw`).
inline constexpr std::uint32_t most_drawn_at_once = 400;

struct Entrant {
    EntrantId id;
    std::string name;
    std::optional<std::int64_t> manual_seed;
    Instant registered_at;
    std::string club;
    std::int32_t rating = 0;
    bool checked_in = false;
    std::optional<Leaving> left;
    std::string notes;
};

struct MatchTimes {
    Instant started_at;
    Instant completed_at;
    std::string decision;
};

/// What a match's players have said of it, and is not settled.
struct Claim {
    enum class Kind { result, no_show } kind{};
    EntrantId by;
    std::optional<EntrantId> winner;
    std::optional<std::vector<std::int64_t>> score;
    /// Then it counts by itself.
    std::optional<Instant> counts_at;
    /// By whom, and why; a host rules.
    std::optional<EntrantId> disputed_by;
    std::string reason;
};

/// A stage that has begun. Its matches are numbered through from `first_match`, its rounds from `first_round`.
struct StageRun {
    formats::Stage stage;
    /// Entrants by seed of the stage.
    std::vector<EntrantIndex> order;
    MatchNumber first_match = 1;
    std::uint32_t first_round = 1;
    /// Where the host lets rounds begin: up to this one, counted in the stage.
    std::uint32_t opened_round = 0;

    MatchNumber last_match() const { return first_match + static_cast<MatchNumber>(stage.match_count()) - 1; }
    std::optional<formats::Seed> seed_of(EntrantIndex) const;
};

struct Tournament {
    Status status = Status::upcoming;
    Driver driver{};
    TournamentId id;
    bool colours = false;
    bool deleted = false;
    bool check_in_closed = false;
    std::string name;
    std::string game_type;
    /// That of the first stage.
    const formats::Format* format = nullptr;
    std::int64_t max_entrants = 0;
    TournamentOptions options;
    std::vector<StagePlan> plan;
    Json game_options;
    std::optional<UserId> created_by;
    TournamentDetails details;

    Instant created_at;
    std::optional<Instant> started_at;
    std::optional<Instant> ended_at;
    /// When a full tournament starts by itself, and until when entrants check in.
    std::optional<Instant> starts_at;
    std::optional<Instant> check_in_ends_at;
    DrawSecret draw;

    /// In order of registration.
    std::vector<Entrant> entrants;
    std::unordered_map<EntrantId, EntrantIndex> index_of;
    std::vector<Entrant> waiting;

    /// From the start on: entrants by seed, and the stages that have begun.
    std::vector<EntrantIndex> order;
    std::vector<std::uint32_t> seed_of;
    std::uint64_t draw_seed = 0;
    /// How many were drawn: the first entrants of both lists; those after them came late.
    std::size_t drawn = 0;
    std::vector<StageRun> stages;
    /// Between two stages: who goes on, in order of seeds.
    std::optional<std::vector<EntrantIndex>> arranged;
    /// By match number − 1. Attempts outlive the matches of rounds that were undone.
    std::vector<MatchTimes> times;
    std::vector<std::uint8_t> attempts;
    /// Results from before a correction, for those who meet again: by stage and round, the two entrants.
    std::map<std::tuple<std::size_t, std::uint32_t, EntrantIndex, EntrantIndex>, MatchCompleted> replay;
    /// By match.
    std::map<MatchNumber, Claim> claims;
    std::size_t leavers = 0;
    std::optional<EntrantId> champion;
    /// Fees, until they are prizes or go back.
    ledger::Escrow escrow;
    /// Grows with every change that a draw rests on.
    std::uint64_t revision = 0;

    bool exists() const { return format != nullptr && !deleted; }
    /// The draw is made and shown, and the tournament has not started.
    bool is_drawn() const { return status == Status::ready && !stages.empty(); }
    /// A match that its players do not agree on.
    bool is_disputed(MatchNumber) const;
    /// Declared, or else what the fees come to.
    Money prize_pool() const;
    bool is_full() const { return static_cast<std::int64_t>(entrants.size()) >= max_entrants; }
    bool has(EntrantId entrant) const { return index_of.contains(entrant); }
    bool is_waiting(EntrantId) const;
    /// From 1: the order of registration until the tournament starts, then the draw's.
    std::int64_t shown_seed(EntrantIndex) const;

    // Matches by their number in the tournament, from 1.

    std::size_t match_count() const { return stages.empty() ? 0 : stages.back().last_match(); }
    bool has_match(MatchNumber m) const { return m >= 1 && m <= match_count(); }
    const StageRun& run_of(MatchNumber) const;
    const formats::Match& match(MatchNumber) const;
    /// From 1, over all stages.
    std::uint32_t round_of(MatchNumber) const;
    /// Who plays on that side, or none for a bye and for who is not known yet.
    const Entrant* player(MatchNumber, std::size_t side) const;
    const Entrant* winner(MatchNumber) const;
    /// How often it was begun.
    std::uint8_t attempt(MatchNumber m) const { return m <= attempts.size() ? attempts[m - 1] : std::uint8_t{0}; }

    bool is_last_stage() const { return stages.size() == plan.size(); }
    /// The next round is to be drawn, by whoever draws beside the server's other work.
    bool awaits_draw() const;
};

/// Places over all stages, best first: those who play in the last stage by its places, then those who did not get there.
struct EntrantPlace {
    EntrantIndex entrant = 0;
    std::uint32_t first = 0, last = 0;
    bool operator==(const EntrantPlace&) const = default;
};
std::vector<EntrantPlace> places(const Tournament&);

/// Whether these stages can be played one after the other by so many entrants (0: not known yet); refused with what is
/// allowed, and where. Every stage's format exists.
Result<void> check_plan(const std::vector<StagePlan>&, std::uint32_t entrants);

/// How many rounds its host wants this match to be the best of; none where that is the game's own option.
std::optional<std::int64_t> best_of(const Tournament&, MatchNumber);

/// An entrant who is a user, and its part in the money.
inline EntrantId entrant_of(UserId user) { return {user.uuid}; }
inline UserId user_of(EntrantId entrant) { return {entrant.uuid}; }
inline ledger::ParticipantId participant_of(EntrantId entrant) { return {entrant.uuid}; }

/// The sentence of commands that were made from an older state.
inline constexpr std::string_view moved_on = "the tournament has moved on";

/// The events that the command leads to, or why it is refused:
/// `not_found` no such entrant or match; `wrong_state` not in this status; `conflict` already registered;
/// `exhausted` full; `forbidden` not one of the match's players; `invalid` an argument breaks a rule. A result that was accepted before is accepted again, with
/// no events, if it is the same.
Result<TournamentEvents> decide(const Tournament&, const TournamentCommand&, Instant now);

/// What follows from a state by itself: a full tournament closes its registration, ready matches begin, rounds are
/// drawn, and after the last match there is a champion. Applied after each command until nothing more follows.
TournamentEvents consequences(const Tournament&, Instant now);

/// The only way in which a tournament changes. `at` is when the event was recorded.
void evolve(Tournament&, const TournamentEvent&, Instant at);

/// What a correction would change.
struct CorrectionPreview {
    struct Change {
        MatchNumber match = 0;
        formats::MatchStatus before{}, after{};
        std::optional<EntrantId> winner_before, winner_after;
        /// It is not there any more, as its round will be drawn anew.
        bool gone = false;
    };
    std::vector<Change> matches;
    std::vector<EntrantPlace> places_before, places_after;
    std::optional<EntrantId> champion_before, champion_after;
};
/// The correction and what follows from it by itself, carried out on a copy. Refused as the correction itself would be.
Result<CorrectionPreview> preview(const Tournament&, const CorrectResult&, Instant now);

}  // namespace agon
