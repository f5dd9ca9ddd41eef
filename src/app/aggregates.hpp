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
/// An aggregate whose stream is begun by the events of another.
template <class A>
concept BeginsElsewhere = requires { requires A::begins_elsewhere; };

/// When a tournament next does something by itself, if it is to.
std::optional<Instant> alarm_at(const Tournament&);

/// Events of money; each wallet's part in them is decided with them (WalletParts).
std::vector<ledger::TakePart> wallet_parts(std::span<const TournamentEvent>);

/// What an aggregate is, and what most of them do.
template <class K, class S, class C, class E>
struct Aggregate {
    using Key = K;
    using State = S;
    using Command = C;
    using Event = E;
    using Events = std::vector<E>;
    /// What follows by itself.
    static Events consequences(const State&, Instant) { return {}; }
    static RowTouch touches_row(const Event&) { return RowTouch::none; }
    /// For those that touch only a count at times: the table, and its column with the number.
    static const Table* table() { return nullptr; }
    static ColumnValue count(const State&) { return {}; }
    static std::optional<RowChange> row(Key, const State&) { return std::nullopt; }
};

struct TournamentAggregate : Aggregate<TournamentId, Tournament, TournamentCommand, TournamentEvent> {
    static Result<Events> decide(const State&, const Command&, Instant);
    static Events consequences(const State&, Instant);
    static void evolve(State&, const Event&, Instant);
    static RowTouch touches_row(const Event&);
    static const Table* table() { return &rows::table_of<rows::TournamentRow>(); }
    /// `current_participants`
    static ColumnValue count(const State&);
    static std::optional<RowChange> row(Key, const State&);
    /// Who takes part in what.
    static void event_rows(Key, const State&, const Event&, const EventPlace&, std::vector<RowChange>&);
    static std::vector<ledger::TakePart> parts(std::span<const Event>);
};

struct WalletAggregate : Aggregate<ledger::WalletId, ledger::Wallet, ledger::WalletCommand, ledger::WalletEvent> {
    static Result<Events> decide(const State&, const Command&, Instant);
    static void evolve(State&, const Event&, Instant);
    /// The list of its transactions.
    static void event_rows(Key, const State&, const Event&, const EventPlace&, std::vector<RowChange>&);
};

struct GameAggregate : Aggregate<GameId, games::PlayedGame, games::GameCommand, games::GameEvent> {
    static Result<Events> decide(const State&, const Command&, Instant);
    static Events consequences(const State&, Instant);
    static void evolve(State&, const Event&, Instant);
};

struct BotAggregate : Aggregate<BotId, bots::Bot, bots::BotCommand, bots::BotEvent> {
    static Result<Events> decide(const State&, const Command&, Instant);
    static void evolve(State&, const Event&, Instant);
    static RowTouch touches_row(const Event&) { return RowTouch::all; }
    static std::optional<RowChange> row(Key, const State&);
};

struct UserAggregate : Aggregate<UserId, users::User, users::UserCommand, users::UserEvent> {
    static Result<Events> decide(const State&, const Command&, Instant);
    static void evolve(State&, const Event&, Instant);
    static RowTouch touches_row(const Event&);
    static std::optional<RowChange> row(Key, const State&);
};

struct VenueAggregate : Aggregate<VenueId, venues::Venue, venues::VenueCommand, venues::VenueEvent> {
    static Result<Events> decide(const State&, const Command&, Instant);
    static void evolve(State&, const Event&, Instant);
    static RowTouch touches_row(const Event&) { return RowTouch::all; }
    static std::optional<RowChange> row(Key, const State&);
};

struct OccasionAggregate
    : Aggregate<OccasionId, occasions::Occasion, occasions::OccasionCommand, occasions::OccasionEvent> {
    static Result<Events> decide(const State&, const Command&, Instant);
    static void evolve(State&, const Event&, Instant);
    static RowTouch touches_row(const Event&) { return RowTouch::all; }
    static std::optional<RowChange> row(Key, const State&);
};

struct QueueAggregate : Aggregate<ranked::QueueId, ranked::Queue, ranked::QueueCommand, ranked::QueueEvent> {
    static Result<Events> decide(const State&, const Command&, Instant);
    static Events consequences(const State&, Instant);
    static void evolve(State&, const Event&, Instant);
    static RowTouch touches_row(const Event&);
    static std::optional<RowChange> row(Key, const State&);
    /// The version before the last snapshot: what comes earlier need not be replayed.
    static Version replay_after(Store&, Key);
};

struct RankedMatchAggregate
    : Aggregate<MatchId, ranked::RankedMatch, ranked::RankedMatchCommand, ranked::RankedMatchEvent> {
    /// Its first event is written with those of its queue (`begin_matches`).
    static constexpr bool begins_elsewhere = true;
    static Result<Events> decide(const State&, const Command&, Instant);
    static void evolve(State&, const Event&, Instant);
};

}  // namespace agon
