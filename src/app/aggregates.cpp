#include "app/aggregates.hpp"

#include "base/names.hpp"

namespace agon {

/// What comes first: check-in ends, or the tournament starts.
std::optional<Instant> alarm_at(const Tournament& t) {
    if (t.starts_at && t.check_in_ends_at) return std::min(*t.starts_at, *t.check_in_ends_at);
    return t.check_in_ends_at ? t.check_in_ends_at : t.starts_at;
}

std::optional<RowChange> TournamentAggregate::row(Key id, const State& t) {
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
    });
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

std::optional<RowChange> QueueAggregate::row(Key id, const State& queue) {
    if (!queue.exists) return std::nullopt;
    return rows::set_row(rows::QueueRow{id, queue.game, queue.region, queue.snapshot_at});
}

Version QueueAggregate::replay_after(Store& store, Key id) {
    const RowQuery query{.where = {{.column = "queue_id", .value = id.text()}}, .limit = 1};
    const auto page = rows::select<rows::QueueRow>(store, query);
    return page.rows.empty() ? 0 : page.rows.front().snapshot_at;
}

}  // namespace agon
