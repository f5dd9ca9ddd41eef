/// What the engine can run: each aggregate ties a stream's name to its state, its rules and its rows.
#pragma once

#include "app/rows/rows.hpp"
#include "core/bots/bot.hpp"
#include "core/games/played_game.hpp"
#include "core/ledger/wallet.hpp"
#include "core/occasions/occasion.hpp"
#include "core/ranked/queue.hpp"
#include "core/ranked/ranked_match.hpp"
#include "core/tournament/tournament.hpp"
#include "core/users/user.hpp"
#include "core/venues/venue.hpp"

namespace agon {

/// What an event changes in its aggregate's row: nothing, only the one number that `count` gives, or anything.
enum class RowTouch { none, count, all };

/// Where an event stands.
struct EventPlace {
    Version version = 0;
    Instant at;
};

/// An aggregate that keeps rows of single events, beside the one of its state.
template <class A>
concept KeepsEventRows = requires { &A::event_rows; };
/// An aggregate whose events need wallets to take part.
template <class A>
concept MovesMoney = requires { &A::parts; };

/// When a tournament next does something by itself, if it is to.
std::optional<Instant> alarm_at(const Tournament&);

/// Events of money; each wallet's part in them is decided with them (Engine::Parts).
std::vector<ledger::TakePart> wallet_parts(std::span<const TournamentEvent>);

struct TournamentAggregate {
    using Key = TournamentId;
    using State = Tournament;
    using Command = TournamentCommand;
    using Event = TournamentEvent;
    static Result<TournamentEvents> decide(const State& s, const Command& c, Instant now) {
        return agon::decide(s, c, now);
    }
    static TournamentEvents consequences(const State& s, Instant now) { return agon::consequences(s, now); }
    static void evolve(State& s, const Event& e, Instant at) { agon::evolve(s, e, at); }
    static RowTouch touches_row(const Event& e) {
        return std::visit(overloaded{
                              [](const EntrantRegistered&) { return RowTouch::count; },
                              [](const EntrantPromoted&) { return RowTouch::count; },
                              [](const EntrantWithdrawn&) { return RowTouch::count; },
                              [](const TournamentCreated&) { return RowTouch::all; },
                              [](const RegistrationOpened&) { return RowTouch::all; },
                              [](const RegistrationClosed&) { return RowTouch::all; },
                              [](const RegistrationReopened&) { return RowTouch::all; },
                              [](const CheckInClosed&) { return RowTouch::all; },
                              [](const TournamentStarted&) { return RowTouch::all; },
                              [](const ResultCorrected&) { return RowTouch::all; },
                              [](const TournamentCompleted&) { return RowTouch::all; },
                              [](const TournamentCancelled&) { return RowTouch::all; },
                              [](const TournamentChanged&) { return RowTouch::all; },
                              [](const TournamentDeleted&) { return RowTouch::all; },
                              [](const BracketGenerated&) { return RowTouch::all; },
                              [](const SeedsSet&) { return RowTouch::all; },
                              [](const RoundDrawn&) { return RowTouch::all; },
                              [](const StageStarted&) { return RowTouch::all; },
                              [](const ResultClaimed&) { return RowTouch::all; },
                              [](const NoShowClaimed&) { return RowTouch::all; },
                              [](const auto&) { return RowTouch::none; },
                          },
                          e);
    }
    static const Table* table() { return &rows::table_of<rows::TournamentRow>(); }
    /// `current_participants`
    static ColumnValue count(const State&);
    static std::optional<RowChange> row(Key, const State&);
    /// Who takes part in what.
    static void event_rows(Key, const State&, const Event&, const EventPlace&, std::vector<RowChange>&);
    static std::vector<ledger::TakePart> parts(std::span<const Event> events) { return wallet_parts(events); }
};

struct WalletAggregate {
    using Key = ledger::WalletId;
    using State = ledger::Wallet;
    using Command = ledger::WalletCommand;
    using Event = ledger::WalletEvent;
    static Result<std::vector<Event>> decide(const State& s, const Command& c, Instant now) {
        return ledger::decide(s, c, now);
    }
    static std::vector<Event> consequences(const State&, Instant) { return {}; }
    static void evolve(State& s, const Event& e, Instant) { ledger::evolve(s, e); }
    static RowTouch touches_row(const Event&) { return RowTouch::none; }
    static const Table* table() { return nullptr; }
    static ColumnValue count(const State&) { return {}; }
    static std::optional<RowChange> row(Key, const State&) { return std::nullopt; }
    /// The list of its transactions.
    static void event_rows(Key, const State&, const Event&, const EventPlace&, std::vector<RowChange>&);
};

struct GameAggregate {
    using Key = GameId;
    using State = games::PlayedGame;
    using Command = games::GameCommand;
    using Event = games::GameEvent;
    static Result<std::vector<Event>> decide(const State& s, const Command& c, Instant) { return games::decide(s, c); }
    static std::vector<Event> consequences(const State& s, Instant) { return games::consequences(s); }
    static void evolve(State& s, const Event& e, Instant at) { games::evolve(s, e, at); }
    static RowTouch touches_row(const Event&) { return RowTouch::none; }
    static const Table* table() { return nullptr; }
    static ColumnValue count(const State&) { return {}; }
    static std::optional<RowChange> row(Key, const State&) { return std::nullopt; }
};

struct BotAggregate {
    using Key = BotId;
    using State = bots::Bot;
    using Command = bots::BotCommand;
    using Event = bots::BotEvent;
    static Result<std::vector<Event>> decide(const State& s, const Command& c, Instant) { return bots::decide(s, c); }
    static std::vector<Event> consequences(const State&, Instant) { return {}; }
    static void evolve(State& s, const Event& e, Instant at) { bots::evolve(s, e, at); }
    static RowTouch touches_row(const Event&) { return RowTouch::all; }
    static const Table* table() { return nullptr; }
    static ColumnValue count(const State&) { return {}; }
    static std::optional<RowChange> row(Key, const State&);
};

struct UserAggregate {
    using Key = UserId;
    using State = users::User;
    using Command = users::UserCommand;
    using Event = users::UserEvent;
    static Result<std::vector<Event>> decide(const State& s, const Command& c, Instant now) {
        return users::decide(s, c, now);
    }
    static std::vector<Event> consequences(const State&, Instant) { return {}; }
    static void evolve(State& s, const Event& e, Instant at) { users::evolve(s, e, at); }
    static RowTouch touches_row(const Event& e) {
        const bool shown = std::holds_alternative<users::UserCreated>(e) ||
                           std::holds_alternative<users::RoleChanged>(e) ||
                           std::holds_alternative<users::AvatarChanged>(e);
        return shown ? RowTouch::all : RowTouch::none;
    }
    static const Table* table() { return nullptr; }
    static ColumnValue count(const State&) { return {}; }
    static std::optional<RowChange> row(Key, const State&);
};

struct VenueAggregate {
    using Key = VenueId;
    using State = venues::Venue;
    using Command = venues::VenueCommand;
    using Event = venues::VenueEvent;
    static Result<std::vector<Event>> decide(const State& s, const Command& c, Instant) { return venues::decide(s, c); }
    static std::vector<Event> consequences(const State&, Instant) { return {}; }
    static void evolve(State& s, const Event& e, Instant at) { venues::evolve(s, e, at); }
    static RowTouch touches_row(const Event&) { return RowTouch::all; }
    static const Table* table() { return nullptr; }
    static ColumnValue count(const State&) { return {}; }
    static std::optional<RowChange> row(Key, const State&);
};

struct OccasionAggregate {
    using Key = OccasionId;
    using State = occasions::Occasion;
    using Command = occasions::OccasionCommand;
    using Event = occasions::OccasionEvent;
    static Result<std::vector<Event>> decide(const State& s, const Command& c, Instant) {
        return occasions::decide(s, c);
    }
    static std::vector<Event> consequences(const State&, Instant) { return {}; }
    static void evolve(State& s, const Event& e, Instant at) { occasions::evolve(s, e, at); }
    static RowTouch touches_row(const Event&) { return RowTouch::all; }
    static const Table* table() { return nullptr; }
    static ColumnValue count(const State&) { return {}; }
    static std::optional<RowChange> row(Key, const State&);
};

struct QueueAggregate {
    using Key = ranked::QueueId;
    using State = ranked::Queue;
    using Command = ranked::QueueCommand;
    using Event = ranked::QueueEvent;
    static Result<std::vector<Event>> decide(const State& s, const Command& c, Instant now) {
        return ranked::decide(s, c, now);
    }
    static std::vector<Event> consequences(const State& s, Instant) { return ranked::consequences(s); }
    static void evolve(State& s, const Event& e, Instant at) { ranked::evolve(s, e, at); }
    static RowTouch touches_row(const Event& e) {
        const bool shown =
            std::holds_alternative<ranked::QueueOpened>(e) || std::holds_alternative<ranked::QueueSnapshot>(e);
        return shown ? RowTouch::all : RowTouch::none;
    }
    static const Table* table() { return nullptr; }
    static ColumnValue count(const State&) { return {}; }
    static std::optional<RowChange> row(Key, const State&);
    /// The version before the last snapshot: what comes earlier need not be replayed.
    static Version replay_after(Store&, Key);
};

struct RankedMatchAggregate {
    using Key = MatchId;
    using State = ranked::RankedMatch;
    using Command = ranked::RankedMatchCommand;
    using Event = ranked::RankedMatchEvent;
    static Result<std::vector<Event>> decide(const State& s, const Command& c, Instant now) {
        return ranked::decide(s, c, now);
    }
    static std::vector<Event> consequences(const State&, Instant) { return {}; }
    static void evolve(State& s, const Event& e, Instant at) { ranked::evolve(s, e, at); }
    static RowTouch touches_row(const Event&) { return RowTouch::none; }
    static const Table* table() { return nullptr; }
    static ColumnValue count(const State&) { return {}; }
    static std::optional<RowChange> row(Key, const State&) { return std::nullopt; }
};

}  // namespace agon
