#include "app/aggregates.hpp"

#include <fmt/format.h>

#include "base/names.hpp"

namespace agon {

/// What comes first of all that is announced.
std::optional<Instant> alarm_at(const Tournament& t) {
    std::optional<Instant> first;
    const auto take = [&](const std::optional<Instant>& at) {
        if (at && (!first || *at < *first)) first = at;
    };
    take(t.starts_at);
    take(t.check_in_ends_at);
    if (t.status == Status::upcoming) take(t.details.registration_opens_at);
    if (t.status == Status::registration_open) take(t.details.registration_closes_at);
    for (const auto& [match, claim] : t.claims) take(claim.counts_at);
    return first;
}

// --- the rules of each, which stand in the core: compiled here once, because their events' types are heavy -------------

Result<TournamentAggregate::Events> TournamentAggregate::decide(const State& s, const Command& c, Instant now) {
    return agon::decide(s, c, now);
}
TournamentAggregate::Events TournamentAggregate::consequences(const State& s, Instant now) {
    return agon::consequences(s, now);
}
void TournamentAggregate::evolve(State& s, const Event& e, Instant at) { agon::evolve(s, e, at); }
std::vector<ledger::TakePart> TournamentAggregate::parts(std::span<const Event> events) { return wallet_parts(events); }
Result<WalletAggregate::Events> WalletAggregate::decide(const State& s, const Command& c, Instant now) {
    return ledger::decide(s, c, now);
}
void WalletAggregate::evolve(State& s, const Event& e, Instant) { ledger::evolve(s, e); }
Result<GameAggregate::Events> GameAggregate::decide(const State& s, const Command& c, Instant) {
    return games::decide(s, c);
}
GameAggregate::Events GameAggregate::consequences(const State& s, Instant) { return games::consequences(s); }
void GameAggregate::evolve(State& s, const Event& e, Instant at) { games::evolve(s, e, at); }
Result<BotAggregate::Events> BotAggregate::decide(const State& s, const Command& c, Instant) {
    return bots::decide(s, c);
}
void BotAggregate::evolve(State& s, const Event& e, Instant at) { bots::evolve(s, e, at); }
Result<UserAggregate::Events> UserAggregate::decide(const State& s, const Command& c, Instant now) {
    return users::decide(s, c, now);
}
void UserAggregate::evolve(State& s, const Event& e, Instant at) { users::evolve(s, e, at); }
Result<VenueAggregate::Events> VenueAggregate::decide(const State& s, const Command& c, Instant) {
    return venues::decide(s, c);
}
void VenueAggregate::evolve(State& s, const Event& e, Instant at) { venues::evolve(s, e, at); }
Result<OccasionAggregate::Events> OccasionAggregate::decide(const State& s, const Command& c, Instant) {
    return occasions::decide(s, c);
}
void OccasionAggregate::evolve(State& s, const Event& e, Instant at) { occasions::evolve(s, e, at); }
Result<QueueAggregate::Events> QueueAggregate::decide(const State& s, const Command& c, Instant now) {
    return ranked::decide(s, c, now);
}
QueueAggregate::Events QueueAggregate::consequences(const State& s, Instant) { return ranked::consequences(s); }
void QueueAggregate::evolve(State& s, const Event& e, Instant at) { ranked::evolve(s, e, at); }
Result<RankedMatchAggregate::Events> RankedMatchAggregate::decide(const State& s, const Command& c, Instant now) {
    return ranked::decide(s, c, now);
}
void RankedMatchAggregate::evolve(State& s, const Event& e, Instant at) { ranked::evolve(s, e, at); }

// --- rows -----------------------------------------------------------------------------------------------------------------

std::vector<ledger::TakePart> wallet_parts(std::span<const TournamentEvent> events) {
    std::vector<ledger::MoneyMoved> moved;
    for (const auto& event : events)
        if (const auto* e = std::get_if<ledger::MoneyMoved>(&event)) moved.push_back(*e);
    return ledger::parts_of(moved);
}

RowTouch TournamentAggregate::touches_row(const Event& e) {
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
                          [](const auto&) { return RowTouch::none; },
                      },
                      e);
}

std::optional<RowChange> TournamentAggregate::row(Key id, const State& t) {
    if (t.deleted) return rows::remove_row<rows::TournamentRow>(id.text());
    return rows::set_row(rows::TournamentRow{
        .tournament_id = id,
        .name = t.name,
        .game_type = t.game_type,
        .format = std::string(t.format->name),
        .status = t.status,
        .driver = t.driver,
        .created_at = t.created_at,
        .start_time = t.started_at,
        .end_time = t.ended_at,
        .max_participants = t.max_entrants,
        .current_participants = static_cast<std::int64_t>(t.entrants.size()),
        .options = t.options,
        .game_options = t.game_options,
        .stages = t.plan,
        .alarm_at = alarm_at(t),
        .created_by = t.created_by,
        .match_count = static_cast<std::int64_t>(t.match_count()),
        .details = t.details,
        .venue_id = t.details.venue_id,
    });
}

void TournamentAggregate::event_rows(Key id, const State& t, const Event& event, const EventPlace& place,
                                     std::vector<RowChange>& rows) {
    if (t.driver != Driver::manual) return;
    const auto key = [&](EntrantId entrant) { return id.text() + "/" + user_of(entrant).text(); };
    const auto set = [&](EntrantId entrant) {
        rows.push_back(rows::set_row(rows::ParticipationRow{key(entrant), user_of(entrant), id, place.at}));
    };
    std::visit(overloaded{
                   [&](const EntrantRegistered& e) { set(e.entrant); },
                   [&](const EntrantQueued& e) { set(e.entrant); },
                   [&](const EntrantWithdrawn& e) {
                       rows.push_back(rows::remove_row<rows::ParticipationRow>(key(e.entrant)));
                   },
                   [&](const TournamentDeleted&) {
                       for (const auto& e : t.entrants)
                           rows.push_back(rows::remove_row<rows::ParticipationRow>(key(e.id)));
                   },
                   [](const auto&) {},
               },
               event);
}

void WalletAggregate::event_rows(Key id, const State&, const Event& event, const EventPlace& place,
                                 std::vector<RowChange>& rows) {
    const auto& [account, balance, transfer] = std::get<ledger::MoneyMoved>(event);
    rows.push_back(rows::set_row(rows::TransactionRow{
        .key = fmt::format("{}/{:010}", account, place.version),
        .wallet = id,
        .kind = transfer.kind,
        .amount = ledger::entry_of(transfer, account)->amount,
        .balance = balance,
        .currency = transfer.currency,
        .tournament_id = transfer.tournament,
        .note = transfer.note,
        .business_key = transfer.business_key,
        .at = transfer.at,
    }));
}

ColumnValue TournamentAggregate::count(const State& t) {
    static const auto column = rows::column_index<rows::TournamentRow>("current_participants");
    return {column, static_cast<std::int64_t>(t.entrants.size())};
}

std::optional<RowChange> BotAggregate::row(Key id, const State& bot) {
    if (bot.deleted) return rows::remove_row<rows::BotRow>(id.text());
    const bool rotated = !bot.old_key_hash.empty();
    return rows::set_row(rows::BotRow{
        .bot_id = id,
        .name = bot.what.name,
        .created_at = bot.created_at,
        .game_types = bot.what.game_types,
        .connection = bot.what.connection,
        .owner = bot.what.owner,
        .description = bot.what.description,
        .source_url = bot.what.source_url,
        .key_hash = bot.what.key_hash,
        .old_key_hash = rotated ? std::optional(bot.old_key_hash) : std::nullopt,
        .old_key_ends_at = rotated ? std::optional(bot.old_key_ends_at) : std::nullopt,
    });
}

RowTouch UserAggregate::touches_row(const Event& e) {
    const bool shown = std::holds_alternative<users::UserCreated>(e) || std::holds_alternative<users::RoleChanged>(e) ||
                       std::holds_alternative<users::AvatarChanged>(e);
    return shown ? RowTouch::all : RowTouch::none;
}

std::optional<RowChange> UserAggregate::row(Key id, const State& user) {
    return rows::set_row(rows::UserRow{
        .user_id = id,
        .username = user.username,
        .role = std::string(codec::word_of<codec::log_spelling>(user.role)),
        .created_at = user.created_at,
        .name_key = folded(user.username),
        .outside = user.outside,
        .avatar_url = user.avatar_url,
    });
}

std::optional<RowChange> VenueAggregate::row(Key id, const State& venue) {
    if (venue.deleted) return rows::remove_row<rows::VenueRow>(id.text());
    return rows::set_row(rows::VenueRow{id, venue.name, venue.address, venue.created_at});
}

std::optional<RowChange> OccasionAggregate::row(Key id, const State& occasion) {
    if (occasion.deleted) return rows::remove_row<rows::OccasionRow>(id.text());
    return rows::set_row(rows::OccasionRow{id, occasion.title, occasion.description, occasion.created_at});
}

RowTouch QueueAggregate::touches_row(const Event& e) {
    const bool shown =
        std::holds_alternative<ranked::QueueOpened>(e) || std::holds_alternative<ranked::QueueSnapshot>(e);
    return shown ? RowTouch::all : RowTouch::none;
}

std::optional<RowChange> QueueAggregate::row(Key id, const State& queue) {
    if (!queue.exists) return std::nullopt;
    return rows::set_row(rows::QueueRow{id, queue.game, queue.region, queue.snapshot_at});
}

Version QueueAggregate::replay_after(Store& store, Key id) {
    const auto row = rows::find<rows::QueueRow>(store, "queue_id", id.text());
    return row ? row->snapshot_at : 0;
}

}  // namespace agon
