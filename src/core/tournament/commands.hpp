/// What can be asked of a tournament.
#pragma once

#include <map>

#include "core/tournament/events.hpp"
#include "core/tournament/lifecycle.hpp"

namespace agon {

/// Chosen at random before anybody enters: `commitment` is the SHA-256 of `secret` in hexadecimal, `seed` the first 63
/// bits of the SHA-256 of that text.
struct DrawSecret {
    std::string secret;
    std::string commitment;
    std::uint64_t seed = 0;
};

struct CreateTournament {
    TournamentCreated what;
    /// Registration is open at once, or opens by an order of its own.
    bool open_registration = true;
    DrawSecret draw;
};

struct OpenRegistration {
    DrawSecret draw;
};

/// The announced times have come; refused before.
struct OpenAsAnnounced {
    DrawSecret draw;
};
struct CloseAsAnnounced {};

/// Where all places are taken and there is a waiting list, it joins that. While the tournament runs: a late entrant.
struct RegisterEntrant {
    EntrantId entrant;
    std::string name;
    std::optional<std::int64_t> manual_seed;
    std::string club;
    std::int32_t rating = 0;
    std::string notes;
};

/// Leaves before the start.
struct WithdrawEntrant {
    EntrantId entrant;
};

struct CheckIn {
    EntrantId entrant;
};

struct CloseRegistration {};

/// Who has not checked in by now loses the place. Refused before its time.
struct CloseCheckIn {};

/// `ratings` where known. `draw_seed` is for tournaments whose registration opened without a secret.
struct StartTournament {
    std::uint64_t draw_seed = 0;
    std::map<EntrantId, double> ratings;
};

/// The tournament is announced anew as `what`; then the order is carried out that leads to status `to`.
struct ChangeTournament {
    /// Tournament::revision that `what` was made from; refused as a conflict where it has moved on.
    std::uint64_t basis = 0;
    TournamentChanged what;
    std::optional<Status> to;
    /// For registration that opens by it, and for a start.
    DrawSecret draw;
    StartTournament start;
};

struct DeleteTournament {};

/// Closes registration and makes the draw, which then stands until the start.
struct GenerateBracket {
    StartTournament draw;
};

/// Every entrant once, the top seed first.
struct SetSeeds {
    std::vector<EntrantId> order;
};

/// The start that was announced for a full tournament; refused before its time.
struct StartAsAnnounced {
    StartTournament start;
};

/// The host changes the order of those who go on to the next stage: the same entrants, each once.
struct ArrangeStage {
    std::vector<EntrantId> order;
};

/// The next stage starts as arranged, or the next round may begin.
struct Advance {};

/// A round that was drawn beside other work, for the tournament as it was at `basis` (Tournament::revision).
struct DrawRound {
    std::uint64_t basis = 0;
    formats::Draw draw;
};

/// Leaves while the tournament runs.
struct Leave {
    EntrantId entrant;
    Leaving how{};
    std::string reason;
};

struct GrantBye {
    EntrantId entrant;
    std::uint32_t round = 0;
    ByeKind kind{};
};

/// `winner_side` 0 or 1; none where the game was level (where the format needs a winner, the higher seed goes on) or
/// `nobody_wins`. `forfeit`: decided without a game, or by breaking it off.
struct ReportResult {
    MatchNumber match = 0;
    std::optional<std::uint8_t> winner_side;
    bool nobody_wins = false;
    std::optional<formats::Score> score;
    std::string decision;
    bool forfeit = false;
    /// Which playing of the match this is, from 1; 0: whichever. One that was undone meanwhile is refused.
    std::uint8_t attempt = 0;
};

/// `reopen`: the match is played again. Else the result as in ReportResult.
struct CorrectResult {
    CorrectionMode mode{};
    bool reopen = false;
    ReportResult result;
};

/// A player of the match says how it ended (driver `manual`). `winner` is missing for a draw.
struct ClaimResult {
    MatchNumber match = 0;
    EntrantId by;
    std::optional<EntrantId> winner;
    std::optional<std::vector<std::int64_t>> score;
};
struct ConfirmResult {
    MatchNumber match = 0;
    EntrantId by;
};
struct DisputeResult {
    MatchNumber match = 0;
    EntrantId by;
    std::string reason;
};
/// A host decides a match, whatever its players say.
struct RuleResult {
    MatchNumber match = 0;
    std::optional<EntrantId> winner;
    std::optional<std::vector<std::int64_t>> score;
};
struct ClaimNoShow {
    MatchNumber match = 0;
    EntrantId by;
};
struct AnswerNoShow {
    MatchNumber match = 0;
    EntrantId by;
};
/// What was claimed and not answered in time counts; nothing where none is due.
struct SettleClaims {};

struct CancelTournament {
    std::string reason;
};

using TournamentCommand =
    std::variant<CreateTournament, OpenRegistration, RegisterEntrant, WithdrawEntrant, CheckIn, CloseRegistration,
                 CloseCheckIn, StartTournament, StartAsAnnounced, ArrangeStage, Advance, DrawRound, Leave, GrantBye,
                 ReportResult, CorrectResult, CancelTournament, OpenAsAnnounced, CloseAsAnnounced, ChangeTournament,
                 DeleteTournament, GenerateBracket, SetSeeds, ClaimResult, ConfirmResult, DisputeResult, RuleResult,
                 ClaimNoShow, AnswerNoShow, SettleClaims>;

}  // namespace agon
