/// What can be asked of a tournament.
#pragma once

#include <map>

#include "core/tournament/events.hpp"

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

/// Where all places are taken and there is a waiting list, it joins that. While the tournament runs: a late entrant.
struct RegisterEntrant {
    EntrantId entrant;
    std::string name;
    std::optional<std::int64_t> manual_seed;
    std::string club;
    std::int32_t rating = 0;
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

struct CancelTournament {
    std::string reason;
};

using TournamentCommand =
    std::variant<CreateTournament, OpenRegistration, RegisterEntrant, WithdrawEntrant, CheckIn, CloseRegistration,
                 CloseCheckIn, StartTournament, StartAsAnnounced, ArrangeStage, Advance, DrawRound, Leave, GrantBye,
                 ReportResult, CorrectResult, CancelTournament>;

}  // namespace agon
