/// What can happen to a tournament. The log holds these and nothing else; a field once written keeps its meaning.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/formats/format.hpp"
#include "core/ledger/escrow.hpp"
#include "core/seeding/seeding.hpp"
#include "core/types.hpp"

namespace agon {

/// How a match gets its result: a participant or host reports it, a game inside Agon is played, or somebody else's
/// game reports it.
enum class Driver { manual, hosted, integrated };
BOOST_DESCRIBE_ENUM(Driver, manual, hosted, integrated)

/// Who enters: a bot, a user, a team. The face that registered it knows which.
struct EntrantTag {
    static constexpr std::string_view prefix = "entrant", noun = "Entrant";
};
using EntrantId = Id<EntrantTag>;

/// What becomes of the matches of an entrant who leaves while the tournament runs: its opponents win them, or, where it
/// has not played yet, it is taken out as if it had never come.
enum class WithdrawalPolicy { forfeit, remove };
BOOST_DESCRIBE_ENUM(WithdrawalPolicy, forfeit, remove)

/// One of a tournament's stages, each played by its own format.
struct StagePlan : formats::StageOptions {
    std::string format;
    /// How many of each group (or of all, where there is one) go on to the next stage.
    std::int64_t advance = 0;
    static constexpr codec::Note notes[] = {
        {.field = "format", .doc = "the stage's format"},
        {.field = "advance",
         .doc = "how many of each group go on to the next stage; not in the last one",
         .min = 0,
         .max = 65536,
         .has_default = true},
    };
    bool operator==(const StagePlan&) const = default;
};
BOOST_DESCRIBE_STRUCT(StagePlan, (formats::StageOptions), (format, advance))

/// What a tournament's host chooses, beside the options of its stages and of its game.
struct TournamentOptions {
    double time_limit_per_move = 30;
    seeding::Method seeding = seeding::Method::random;
    bool auto_start = false;
    double start_delay = 300;
    std::optional<double> no_show_timeout;
    double reconnect_grace = 30;
    double check_in = 0;
    bool waiting_list = false;
    bool late_entry = false;
    WithdrawalPolicy withdrawal = WithdrawalPolicy::forfeit;
    bool auto_advance = true;
    bool stage_review = false;
    std::map<std::string, std::int64_t> best_of;
    static constexpr codec::Note notes[] = {
        {.field = "time_limit_per_move", .doc = "seconds for a move", .min = 0.01, .max = 86400, .has_default = true},
        {.field = "seeding", .doc = "how the seeds are drawn when the tournament starts", .has_default = true},
        {.field = "auto_start", .doc = "start by itself when full", .has_default = true},
        {.field = "start_delay",
         .doc = "seconds from full to the start by itself",
         .min = 0,
         .max = 31536000,
         .has_default = true},
        {.field = "no_show_timeout",
         .doc = "seconds until an absent bot loses its match; by default time_limit_per_move, but from 5 to 30",
         .min = 0.01,
         .max = 86400},
        {.field = "reconnect_grace",
         .doc = "seconds that a bot's clock stands still when it loses its connection for the first time in a match",
         .min = 0,
         .max = 3600,
         .has_default = true},
        {.field = "check_in",
         .doc = "seconds after registration closes in which entrants must check in; 0: no check-in",
         .min = 0,
         .max = 2592000,
         .has_default = true},
        {.field = "waiting_list",
         .doc = "who comes when all places are taken waits for one to become free",
         .has_default = true},
        {.field = "late_entry", .doc = "Swiss: entrants may join while it runs", .has_default = true},
        {.field = "withdrawal",
         .doc = "who leaves while it runs forfeits what is left, or is removed where it has not played yet",
         .has_default = true},
        {.field = "auto_advance", .doc = "rounds begin by themselves, or by the host's order", .has_default = true},
        {.field = "stage_review",
         .doc = "the host may change the order of the next stage's entrants before it starts it",
         .has_default = true},
        {.field = "best_of",
         .doc = "rounds per match by round: `default`, `final`, `semi_finals`, `quarter_finals`, `third_place`, or a "
                "round's number",
         .has_default = true},
    };
    bool operator==(const TournamentOptions&) const = default;
};
BOOST_DESCRIBE_STRUCT(TournamentOptions, (),
                      (time_limit_per_move, seeding, auto_start, start_delay, no_show_timeout, reconnect_grace,
                       check_in, waiting_list, late_entry, withdrawal, auto_advance, stage_review, best_of))

/// Seconds until an absent bot loses its match: as given, else the time for a move, but from 5 to 30.
inline double no_show_seconds(const TournamentOptions& options) {
    return options.no_show_timeout.value_or(std::clamp(options.time_limit_per_move, 5.0, 30.0));
}

/// What is said of money before anybody pays; the escrow's terms from the moment when registration opens.
struct MoneyTerms {
    std::string currency{ledger::default_currency};
    Money entry_fee;
    std::optional<Money> prize_pool;
    std::vector<std::int64_t> prize_split_bp = ledger::default_split_bp();
    bool operator==(const MoneyTerms&) const = default;
};
BOOST_DESCRIBE_STRUCT(MoneyTerms, (), (currency, entry_fee, prize_pool, prize_split_bp))

/// How players' own reports become results (driver `manual`). Times in seconds.
struct ReportRules {
    /// The winner's score at most.
    std::optional<std::int64_t> max_score;
    /// A report counts once the opponent confirms it.
    bool confirm_results = false;
    /// A report that nobody answers for so long counts; 0: it waits.
    double confirm_within = 0;
    /// So long has an opponent to answer somebody who says that nobody is there.
    double no_show_wait = 600;
    static constexpr codec::Note notes[] = {
        {.field = "max_score", .doc = "the highest score that may be reported", .min = 1, .max = 1'000'000},
        {.field = "confirm_results", .doc = "results count once the opponent confirms them", .has_default = true},
        {.field = "confirm_within",
         .doc = "seconds after which a report that nobody answers counts; 0: it waits",
         .min = 0,
         .max = 2'592'000,
         .has_default = true},
        {.field = "no_show_wait",
         .doc = "seconds that an opponent has to answer a claim that nobody is there",
         .min = 1,
         .max = 86'400,
         .has_default = true},
    };
    bool operator==(const ReportRules&) const = default;
};
BOOST_DESCRIBE_STRUCT(ReportRules, (), (max_score, confirm_results, confirm_within, no_show_wait))

/// What a tournament of people is announced with.
struct TournamentDetails {
    std::string description;
    /// As announced: nothing happens by itself at these.
    std::optional<Instant> start_time;
    std::optional<Instant> end_time;
    std::optional<Instant> registration_opens_at;
    std::optional<Instant> registration_closes_at;
    std::optional<VenueId> venue_id;
    std::optional<OccasionId> event_id;
    /// As the host wrote them: what Agon does not know is for the players.
    Json rules = JsonObject{};
    ReportRules reports;
    MoneyTerms money;
    bool operator==(const TournamentDetails&) const = default;
};
BOOST_DESCRIBE_STRUCT(TournamentDetails, (),
                      (description, start_time, end_time, registration_opens_at, registration_closes_at, venue_id,
                       event_id, rules, reports, money))

struct TournamentCreated {
    std::string name;
    std::string game_type;
    std::string format;
    std::int64_t max_entrants = 0;
    Driver driver{};
    TournamentOptions options;
    /// Every option of the game, filled in.
    Json game_options;
    std::optional<UserId> created_by;
    /// At least one; old logs have none, and mean one of `format`.
    std::vector<StagePlan> stages;
    /// The game knows a first move.
    bool colours = false;
    TournamentDetails details;
    /// Nil in old logs, which know no money.
    TournamentId tournament_id;
};
BOOST_DESCRIBE_STRUCT(TournamentCreated, (),
                      (name, game_type, format, max_entrants, driver, options, game_options, created_by, stages,
                       colours, details, tournament_id))

/// The host announced it anew, all of it. What follows from stages and options has not happened yet.
struct TournamentChanged {
    std::string name;
    std::string game_type;
    std::int64_t max_entrants = 0;
    TournamentOptions options;
    std::vector<StagePlan> stages;
    TournamentDetails details;
};
BOOST_DESCRIBE_STRUCT(TournamentChanged, (), (name, game_type, max_entrants, options, stages, details))

/// Nobody sees it any more.
struct TournamentDeleted {};
BOOST_DESCRIBE_STRUCT(TournamentDeleted, (), ())

/// The seed of the draw is chosen before anybody enters. Its hash (`commitment`, SHA-256 of `secret`) is shown from then
/// on, the secret itself with the draw: the organiser cannot choose a draw that pleases it.
struct RegistrationOpened {
    std::string commitment;
    std::string secret;
    std::uint64_t draw_seed = 0;
};
BOOST_DESCRIBE_STRUCT(RegistrationOpened, (), (commitment, secret, draw_seed))

/// `club`: who belongs together is kept apart where the format can. While the tournament runs: a late entrant.
struct EntrantRegistered {
    EntrantId entrant;
    std::string name;
    std::optional<std::int64_t> manual_seed;
    std::string club;
    std::int32_t rating = 0;
    /// What it said to the host.
    std::string notes;
};
BOOST_DESCRIBE_STRUCT(EntrantRegistered, (), (entrant, name, manual_seed, club, rating, notes))

/// All places are taken; it waits for one.
struct EntrantQueued {
    EntrantId entrant;
    std::string name;
    std::optional<std::int64_t> manual_seed;
    std::string club;
    std::string notes;
};
BOOST_DESCRIBE_STRUCT(EntrantQueued, (), (entrant, name, manual_seed, club, notes))

/// The first in the waiting list has a place.
struct EntrantPromoted {
    EntrantId entrant;
};
BOOST_DESCRIBE_STRUCT(EntrantPromoted, (), (entrant))

/// Before the start; also from the waiting list. `reason` as in `not_checked_in`, else empty.
struct EntrantWithdrawn {
    EntrantId entrant;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(EntrantWithdrawn, (), (entrant, reason))

struct EntrantCheckedIn {
    EntrantId entrant;
};
BOOST_DESCRIBE_STRUCT(EntrantCheckedIn, (), (entrant))

/// Nobody else may enter. `starts_at` where the tournament then starts by itself, `check_in_ends_at` where entrants have
/// to check in.
struct RegistrationClosed {
    bool full = false;
    std::optional<Instant> starts_at;
    std::optional<Instant> check_in_ends_at;
};
BOOST_DESCRIBE_STRUCT(RegistrationClosed, (), (full, starts_at, check_in_ends_at))

struct CheckInClosed {};
BOOST_DESCRIBE_STRUCT(CheckInClosed, (), ())

/// A place became free in a full tournament.
struct RegistrationReopened {};
BOOST_DESCRIBE_STRUCT(RegistrationReopened, (), ())

/// The draw is made: entrants by seed. `draw_seed` repeats a random draw. `groups`: the group of each seed, where there
/// are several. `ratings`: by entrant, where they were looked up.
struct TournamentStarted {
    std::vector<EntrantIndex> order;
    std::uint64_t draw_seed = 0;
    std::vector<std::uint16_t> groups;
    std::vector<std::int32_t> ratings;
};
BOOST_DESCRIBE_STRUCT(TournamentStarted, (), (order, draw_seed, groups, ratings))

/// The draw is made, and shown, before the start; registration is closed. It is void once somebody leaves.
struct BracketGenerated {
    std::vector<EntrantIndex> order;
    std::uint64_t draw_seed = 0;
    std::vector<std::uint16_t> groups;
    std::vector<std::int32_t> ratings;
};
BOOST_DESCRIBE_STRUCT(BracketGenerated, (), (order, draw_seed, groups, ratings))

/// The host's own order of seeds.
struct SeedsSet {
    std::vector<EntrantId> order;
};
BOOST_DESCRIBE_STRUCT(SeedsSet, (), (order))

/// A stage is over, and these go on to the next, in this order of seeds, unless the host changes it.
struct StageArranged {
    std::vector<EntrantIndex> order;
};
BOOST_DESCRIBE_STRUCT(StageArranged, (), (order))

/// The next stage begins.
struct StageStarted {
    std::vector<EntrantIndex> order;
    std::vector<std::uint16_t> groups;
};
BOOST_DESCRIBE_STRUCT(StageStarted, (), (order, groups))

/// Two seeds of the stage, or one and its bye; `a` has the home side.
struct DrawnMatch {
    std::uint32_t a = 0;
    std::optional<std::uint32_t> b;
    std::uint16_t group = 0;
    std::string why;
};
BOOST_DESCRIBE_STRUCT(DrawnMatch, (), (a, b, group, why))

/// The format drew the next round of the running stage from the results so far.
struct RoundDrawn {
    std::vector<DrawnMatch> matches;
    formats::Bracket bracket{};
};
BOOST_DESCRIBE_STRUCT(RoundDrawn, (), (matches, bracket))

/// No legal round can be drawn any more: the stage ends as it stands.
struct DrawFailed {
    std::string why;
};
BOOST_DESCRIBE_STRUCT(DrawFailed, (), (why))

/// The host lets the matches of the stage's rounds up to `round` begin.
struct RoundOpened {
    std::uint32_t round = 0;
};
BOOST_DESCRIBE_STRUCT(RoundOpened, (), (round))

/// `attempt`: which playing of the match this is, from 1.
struct MatchStarted {
    MatchNumber match = 0;
    std::uint8_t attempt = 1;
};
BOOST_DESCRIBE_STRUCT(MatchStarted, (), (match, attempt))

/// `winner` is missing where nobody goes on. `level`: neither won, and the winner is the higher seed. `decision` says how
/// it was decided where that needs a word, as in `sudden_death`, `no_show` or `higher_seed`.
struct MatchCompleted {
    MatchNumber match = 0;
    std::optional<EntrantId> winner;
    std::optional<EntrantId> loser;
    std::optional<std::vector<std::int64_t>> score;
    std::string decision;
    bool level = false;
    /// Not played, or not to its end.
    bool forfeit = false;
    /// The result that the same two had before a correction, taken over.
    bool replayed = false;
    /// The two of a draw: level, and without a winner.
    std::vector<EntrantId> drew;
};
BOOST_DESCRIBE_STRUCT(MatchCompleted, (), (match, winner, loser, score, decision, level, forfeit, replayed, drew))

/// A player reported how the match ended; it counts once the opponent confirms it, or at `counts_at`. `winner` is missing
/// for a draw.
struct ResultClaimed {
    MatchNumber match = 0;
    EntrantId by;
    std::optional<EntrantId> winner;
    std::optional<std::vector<std::int64_t>> score;
    std::optional<Instant> counts_at;
};
BOOST_DESCRIBE_STRUCT(ResultClaimed, (), (match, by, winner, score, counts_at))

/// The two do not agree on the result; a host rules.
struct ResultDisputed {
    MatchNumber match = 0;
    EntrantId by;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(ResultDisputed, (), (match, by, reason))

/// A player says that the opponent is not there, and wins at `counts_at` unless it answers.
struct NoShowClaimed {
    MatchNumber match = 0;
    EntrantId by;
    Instant counts_at;
};
BOOST_DESCRIBE_STRUCT(NoShowClaimed, (), (match, by, counts_at))

/// The opponent is there.
struct NoShowAnswered {
    MatchNumber match = 0;
};
BOOST_DESCRIBE_STRUCT(NoShowAnswered, (), (match))

enum class Leaving { withdrawn, disqualified };
BOOST_DESCRIBE_ENUM(Leaving, withdrawn, disqualified)

/// While the tournament runs. `removed`: it had not played, and is treated as if it had never come.
struct EntrantLeft {
    EntrantId entrant;
    Leaving how{};
    std::string reason;
    bool removed = false;
};
BOOST_DESCRIBE_STRUCT(EntrantLeft, (), (entrant, how, reason, removed))

enum class ByeKind { half, zero, full };
BOOST_DESCRIBE_ENUM(ByeKind, half, zero, full)

/// A bye on request in a round of the running stage that is not drawn yet.
struct ByeGranted {
    EntrantId entrant;
    std::uint32_t round = 0;
    ByeKind kind{};
};
BOOST_DESCRIBE_STRUCT(ByeGranted, (), (entrant, round, kind))

/// What happens to what rests on a corrected result: it is undone; undone, and the results of those who meet again are
/// taken over; or left as it is.
enum class CorrectionMode { rewind, replay, keep };
BOOST_DESCRIBE_ENUM(CorrectionMode, rewind, replay, keep)

/// Another result for a match that had one, or none (`reopened`: it is played again). `undone` are the matches that were
/// begun or played on the strength of the old one.
struct ResultCorrected {
    MatchNumber match = 0;
    CorrectionMode mode{};
    bool reopened = false;
    std::optional<EntrantId> winner;
    std::optional<EntrantId> loser;
    std::optional<std::vector<std::int64_t>> score;
    bool level = false;
    bool forfeit = false;
    std::vector<EntrantId> drew;
    std::string reason;
    std::vector<MatchNumber> undone;

    /// The new result, as it would have been recorded.
    MatchCompleted result() const {
        return {.match = match,
                .winner = winner,
                .loser = loser,
                .score = score,
                .decision = "corrected",
                .level = level,
                .forfeit = forfeit,
                .drew = drew};
    }
};
BOOST_DESCRIBE_STRUCT(ResultCorrected, (),
                      (match, mode, reopened, winner, loser, score, level, forfeit, drew, reason, undone))

struct TournamentCompleted {
    std::optional<EntrantId> champion;
};
BOOST_DESCRIBE_STRUCT(TournamentCompleted, (), (champion))

struct TournamentCancelled {
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(TournamentCancelled, (), (reason))

using TournamentEvent =
    std::variant<TournamentCreated, RegistrationOpened, EntrantRegistered, EntrantQueued, EntrantPromoted,
                 EntrantWithdrawn, EntrantCheckedIn, RegistrationClosed, RegistrationReopened, CheckInClosed,
                 TournamentStarted, StageArranged, StageStarted, RoundDrawn, DrawFailed, RoundOpened, MatchStarted,
                 MatchCompleted, EntrantLeft, ByeGranted, ResultCorrected, TournamentCompleted, TournamentCancelled,
                 TournamentChanged, TournamentDeleted, BracketGenerated, SeedsSet, ResultClaimed, ResultDisputed,
                 NoShowClaimed, NoShowAnswered, ledger::EscrowOpened, ledger::MoneyMoved, ledger::EscrowSettled>;
using TournamentEvents = std::vector<TournamentEvent>;

}  // namespace agon
