/// What can happen to a tournament. The log holds these and nothing else; a field once written keeps its meaning.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/formats/format.hpp"
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

/// What a tournament's host chooses, beside the options of its game.
struct TournamentOptions {
    double time_limit_per_move = 30;
    seeding::Method seeding = seeding::Method::random;
    bool auto_start = false;
    double start_delay = 300;
    std::optional<double> no_show_timeout;
    double reconnect_grace = 30;
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
    };
    bool operator==(const TournamentOptions&) const = default;
};
BOOST_DESCRIBE_STRUCT(TournamentOptions, (),
                      (time_limit_per_move, seeding, auto_start, start_delay, no_show_timeout, reconnect_grace))

/// Seconds until an absent bot loses its match: as given, else the time for a move, but from 5 to 30.
inline double no_show_seconds(const TournamentOptions& options) {
    return options.no_show_timeout.value_or(std::clamp(options.time_limit_per_move, 5.0, 30.0));
}

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
};
BOOST_DESCRIBE_STRUCT(TournamentCreated, (),
                      (name, game_type, format, max_entrants, driver, options, game_options, created_by))

struct RegistrationOpened {};
BOOST_DESCRIBE_STRUCT(RegistrationOpened, (), ())

struct EntrantRegistered {
    EntrantId entrant;
    std::string name;
    std::optional<std::int64_t> manual_seed;
};
BOOST_DESCRIBE_STRUCT(EntrantRegistered, (), (entrant, name, manual_seed))

struct EntrantWithdrawn {
    EntrantId entrant;
};
BOOST_DESCRIBE_STRUCT(EntrantWithdrawn, (), (entrant))

/// Nobody else may enter. `starts_at` where the tournament then starts by itself.
struct RegistrationClosed {
    bool full = false;
    std::optional<Instant> starts_at;
};
BOOST_DESCRIBE_STRUCT(RegistrationClosed, (), (full, starts_at))

/// A place became free in a full tournament.
struct RegistrationReopened {};
BOOST_DESCRIBE_STRUCT(RegistrationReopened, (), ())

/// The draw is made: entrants by seed. `draw_seed` repeats a random draw.
struct TournamentStarted {
    std::vector<EntrantIndex> order;
    std::uint64_t draw_seed = 0;
};
BOOST_DESCRIBE_STRUCT(TournamentStarted, (), (order, draw_seed))

struct MatchStarted {
    MatchNumber match = 0;
};
BOOST_DESCRIBE_STRUCT(MatchStarted, (), (match))

/// `winner` is missing where nobody goes on. `level`: neither won, and the winner is the higher seed. `decision` says how
/// it was decided where that needs a word, as in `sudden_death`, `no_show` or `higher_seed`.
struct MatchCompleted {
    MatchNumber match = 0;
    std::optional<EntrantId> winner;
    std::optional<EntrantId> loser;
    std::optional<std::vector<std::int64_t>> score;
    std::string decision;
    bool level = false;
};
BOOST_DESCRIBE_STRUCT(MatchCompleted, (), (match, winner, loser, score, decision, level))

struct TournamentCompleted {
    std::optional<EntrantId> champion;
};
BOOST_DESCRIBE_STRUCT(TournamentCompleted, (), (champion))

struct TournamentCancelled {
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(TournamentCancelled, (), (reason))

using TournamentEvent = std::variant<TournamentCreated, RegistrationOpened, EntrantRegistered, EntrantWithdrawn,
                                     RegistrationClosed, RegistrationReopened, TournamentStarted, MatchStarted,
                                     MatchCompleted, TournamentCompleted, TournamentCancelled>;
using TournamentEvents = std::vector<TournamentEvent>;

}  // namespace agon
