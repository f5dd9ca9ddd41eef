/// What can be asked of a tournament.
#pragma once

#include <map>

#include "core/tournament/events.hpp"

namespace agon {

struct CreateTournament {
    TournamentCreated what;
    /// Registration is open at once, or opens by an order of its own.
    bool open_registration = true;
};

struct OpenRegistration {};

struct RegisterEntrant {
    EntrantId entrant;
    std::string name;
    std::optional<std::int64_t> manual_seed;
};

/// Leaves before the start.
struct WithdrawEntrant {
    EntrantId entrant;
};

struct CloseRegistration {};

/// `ratings` for seeding by rating, where known. Chance comes from `draw_seed`.
struct StartTournament {
    std::uint64_t draw_seed = 0;
    std::map<EntrantId, double> ratings;
};

/// The start that was announced for a full tournament; refused before its time.
struct StartAsAnnounced {
    StartTournament start;
};

/// `winner_side` 0 or 1; none where the game was level (the higher seed goes on) or `nobody_wins`.
struct ReportResult {
    MatchNumber match = 0;
    std::optional<std::uint8_t> winner_side;
    bool nobody_wins = false;
    std::optional<formats::Score> score;
    std::string decision;
};

struct CancelTournament {
    std::string reason;
};

using TournamentCommand =
    std::variant<CreateTournament, OpenRegistration, RegisterEntrant, WithdrawEntrant, CloseRegistration,
                 StartTournament, StartAsAnnounced, ReportResult, CancelTournament>;

}  // namespace agon
