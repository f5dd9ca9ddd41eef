/// Every list and look-up that the program keeps.
#pragma once

#include "app/rows/table_of.hpp"
#include "core/bots/bot.hpp"
#include "core/tournament/tournament.hpp"

namespace agon::rows {

struct TournamentRow {
    TournamentId tournament_id;
    std::string name;
    std::string game_type;
    std::string format;
    Status status{};
    Driver driver{};
    Instant created_at;
    std::optional<Instant> start_time;
    std::optional<Instant> end_time;
    std::int64_t max_participants = 0;
    std::int64_t current_participants = 0;
    TournamentOptions options;
    Json game_options;
    std::vector<StagePlan> stages;
    /// The next thing that it does by itself: it starts, or check-in ends.
    std::optional<Instant> alarm_at;
    static constexpr std::string_view table_name = "tournament";
    static constexpr std::string_view indexed[] = {"status", "game_type", "driver", "created_at", "alarm_at"};
    static constexpr std::string_view listed_in_order_of = "created_at";
    static constexpr std::array<std::string_view, 3> listed_by{"status", "driver", "game_type"};
};
BOOST_DESCRIBE_STRUCT(TournamentRow, (),
                      (tournament_id, name, game_type, format, status, driver, created_at, start_time, end_time,
                       max_participants, current_participants, options, game_options, stages, alarm_at))

struct BotRow {
    BotId bot_id;
    std::string name;
    Instant created_at;
    std::vector<std::string> game_types;
    bots::Connection connection;
    std::optional<UserId> owner;
    std::string description;
    std::string source_url;
    std::string key_hash;
    /// While both keys work; else null.
    std::optional<std::string> old_key_hash;
    std::optional<Instant> old_key_ends_at;
    static constexpr std::string_view table_name = "bot";
    static constexpr std::string_view indexed[] = {"created_at", "key_hash", "old_key_hash"};
};
BOOST_DESCRIBE_STRUCT(BotRow, (),
                      (bot_id, name, created_at, game_types, connection, owner, description, source_url, key_hash,
                       old_key_hash, old_key_ends_at))

/// Kept by the ratings' follower.
struct RatingRow {
    /// `rps/bot_01h…`
    std::string key;
    std::string game_type;
    BotId bot_id;
    std::string name;
    std::int64_t rating = 0;
    std::int64_t games = 0;
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t draws = 0;
    static constexpr std::string_view table_name = "rating";
    static constexpr std::string_view indexed[] = {"game_type", "rating"};
};
BOOST_DESCRIBE_STRUCT(RatingRow, (), (key, game_type, bot_id, name, rating, games, wins, losses, draws))

/// What a match did to two ratings; kept by the ratings' follower, so that it can be taken back.
struct RatedMatchRow {
    MatchId match_id;
    std::string game_type;
    BotId a, b;
    double score_of_a = 0;
    std::int64_t change_of_a = 0;
    std::int64_t change_of_b = 0;
    static constexpr std::string_view table_name = "rated_match";
    static constexpr std::array<std::string_view, 0> indexed{};
};
BOOST_DESCRIBE_STRUCT(RatedMatchRow, (), (match_id, game_type, a, b, score_of_a, change_of_a, change_of_b))

struct UserRow {
    UserId user_id;
    std::string username;
    std::string role;
    Instant created_at;
    /// The name as it is looked up: whatever its capitals.
    std::string name_key;
    /// Who that is at an outside issuer.
    std::optional<std::string> outside;
    std::optional<std::string> avatar_url;
    static constexpr std::string_view table_name = "user";
    static constexpr std::string_view indexed[] = {"role", "created_at", "name_key", "outside"};
};
BOOST_DESCRIBE_STRUCT(UserRow, (), (user_id, username, role, created_at, name_key, outside, avatar_url))

struct VenueRow {
    VenueId venue_id;
    std::string name;
    std::string address;
    Instant created_at;
    static constexpr std::string_view table_name = "venue";
    static constexpr std::string_view indexed[] = {"created_at"};
};
BOOST_DESCRIBE_STRUCT(VenueRow, (), (venue_id, name, address, created_at))

struct OccasionRow {
    OccasionId event_id;
    std::string title;
    std::string description;
    Instant created_at;
    static constexpr std::string_view table_name = "occasion";
    static constexpr std::string_view indexed[] = {"created_at"};
};
BOOST_DESCRIBE_STRUCT(OccasionRow, (), (event_id, title, description, created_at))

/// The answer to a request that carried an idempotency key (app/idempotency.hpp). Not from the log.
struct AnswerRow {
    /// Of who asked, for what, under which key: a hash.
    std::string scope;
    /// Of the request itself.
    std::string fingerprint;
    std::int64_t status = 0;
    /// Sealed.
    std::string answer;
    Instant created_at;
    static constexpr std::string_view table_name = "answer";
    static constexpr std::string_view indexed[] = {"created_at"};
};
BOOST_DESCRIBE_STRUCT(AnswerRow, (), (scope, fingerprint, status, answer, created_at))

/// A link with which somebody becomes an admin, once (app/setup.hpp). Not from the log.
struct SetupLinkRow {
    std::string token_hash;
    Instant ends_at;
    static constexpr std::string_view table_name = "setup_link";
    static constexpr std::span<const std::string_view> indexed{};
};
BOOST_DESCRIBE_STRUCT(SetupLinkRow, (), (token_hash, ends_at))

std::span<const Table* const> all_tables();

}  // namespace agon::rows
