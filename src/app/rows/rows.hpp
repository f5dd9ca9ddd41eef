/// Every list and look-up that the program keeps.
#pragma once

#include "app/rows/table_of.hpp"
#include "core/bots/bot.hpp"
#include "core/integrity/signals.hpp"
#include "core/ledger/wallet.hpp"
#include "core/ranked/queue_events.hpp"
#include "core/ratings/rating.hpp"
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
    std::optional<UserId> created_by;
    std::int64_t match_count = 0;
    TournamentDetails details;
    std::optional<VenueId> venue_id;
    static constexpr std::string_view table_name = "tournament";
    static constexpr std::string_view indexed[] = {"status",     "game_type", "driver",
                                                   "created_at", "alarm_at",  "venue_id"};
    static constexpr std::string_view listed_in_order_of = "created_at";
    static constexpr std::array<std::string_view, 3> listed_by{"venue_id", "status", "game_type"};
};
BOOST_DESCRIBE_STRUCT(TournamentRow, (),
                      (tournament_id, name, game_type, format, status, driver, created_at, start_time, end_time,
                       max_participants, current_participants, options, game_options, stages, alarm_at, created_by,
                       match_count, details, venue_id))

/// A person in a tournament of people, also in its waiting list.
struct ParticipationRow {
    /// `tourn_…/user_…`
    std::string key;
    UserId user_id;
    TournamentId tournament_id;
    Instant joined_at;
    static constexpr std::string_view table_name = "participation";
    static constexpr std::string_view indexed[] = {"user_id", "joined_at"};
};
BOOST_DESCRIBE_STRUCT(ParticipationRow, (), (key, user_id, tournament_id, joined_at))

/// What moved in a wallet.
struct TransactionRow {
    /// `wallet_…/0000000017`: in the order of its stream.
    std::string key;
    ledger::WalletId wallet;
    ledger::TransferKind kind{};
    Money amount;
    Money balance;
    std::string currency;
    std::optional<TournamentId> tournament_id;
    std::string note;
    std::string business_key;
    Instant at;
    static constexpr std::string_view table_name = "wallet_transaction";
    static constexpr std::string_view indexed[] = {"wallet"};
};
BOOST_DESCRIBE_STRUCT(TransactionRow, (),
                      (key, wallet, kind, amount, balance, currency, tournament_id, note, business_key, at))

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

enum class PlayerKind { bot, user };
BOOST_DESCRIBE_ENUM(PlayerKind, bot, user)

/// Kept by the ratings' follower, as are the next two (app/ratings.hpp).
struct RatingRow {
    /// `rps/bot_01h…`, `pool/user_01h…`
    std::string key;
    std::string game_type;
    PlayerKind kind{};
    /// `bot_01h…`, `user_01h…`
    std::string player;
    std::string name;
    /// What is shown: `value` as a whole number.
    std::int64_t rating = 0;
    /// The engine's own state; its games are `games`.
    double value = 0;
    double deviation = 0;
    double volatility = 0;
    std::int64_t games = 0;
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t draws = 0;
    /// Wins in a row, or losses, which are negative; 0 after a draw.
    std::int64_t streak = 0;
    std::optional<Instant> last_played_at;
    /// How often it was changed: by a game, or by taking one back.
    std::int64_t changes = 0;
    static constexpr std::string_view table_name = "rating";
    static constexpr bool derived = true;
    static constexpr std::string_view indexed[] = {"game_type", "rating"};
};
BOOST_DESCRIBE_STRUCT(RatingRow, (),
                      (key, game_type, kind, player, name, rating, value, deviation, volatility, games, wins, losses,
                       draws, streak, last_played_at, changes))

/// A player of a rated match, before and after it.
struct RatedSide {
    std::string player;
    /// As the match before left it.
    ratings::Rating before;
    /// As this match found it, after the time since.
    ratings::Rating rested;
    ratings::Rating after;
    std::int64_t streak_before = 0;
    std::optional<Instant> last_played_before;
    /// Points that are seen to come, or to go.
    std::int64_t change() const { return ratings::shown(after) - ratings::shown(before); }
};
BOOST_DESCRIBE_STRUCT(RatedSide, (), (player, before, rested, after, streak_before, last_played_before))

/// What a match did to two ratings, so that it can be taken back.
struct RatedMatchRow {
    MatchId match_id;
    std::string game_type;
    RatedSide a, b;
    double score_of_a = 0;
    static constexpr std::string_view table_name = "rated_match";
    static constexpr bool derived = true;
    static constexpr std::array<std::string_view, 0> indexed{};
};
BOOST_DESCRIBE_STRUCT(RatedMatchRow, (), (match_id, game_type, a, b, score_of_a))

enum class RatedOutcome { won, lost, drew, taken_back };
BOOST_DESCRIBE_ENUM(RatedOutcome, won, lost, drew, taken_back)

/// One step of a person's rating. Steps are only added: each begins where the one before it ended.
struct RatingChangeRow {
    /// The rating's key and the number, so that their order is that of the steps.
    std::string change_id;
    std::string rating_key;
    /// From 1.
    std::int64_t number = 0;
    MatchId match_id;
    std::string opponent;
    std::string opponent_name;
    RatedOutcome outcome{};
    std::int64_t before = 0;
    std::int64_t after = 0;
    /// After it; 0 where the engine keeps none.
    double deviation = 0;
    Instant at;
    static constexpr std::string_view table_name = "rating_change";
    static constexpr bool derived = true;
    static constexpr std::span<const std::string_view> indexed{};
};
BOOST_DESCRIBE_STRUCT(RatingChangeRow, (),
                      (change_id, rating_key, number, match_id, opponent, opponent_name, outcome, before, after,
                       deviation, at))

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

struct QueueRow {
    ranked::QueueId queue_id;
    std::string game;
    std::string region;
    /// Replaying may begin after so many events of the stream: the next one is a snapshot.
    std::int64_t snapshot_at = 0;
    static constexpr std::string_view table_name = "queue";
    static constexpr std::span<const std::string_view> indexed{};
};
BOOST_DESCRIBE_STRUCT(QueueRow, (), (queue_id, game, region, snapshot_at))

/// What is counted of a game for the signals of unfair play. Kept by the flags' follower, as are the next three
/// (app/flags.hpp).
struct IntegrityGameRow {
    std::string game_type;
    integrity::GameWeek week;
    static constexpr std::string_view table_name = "integrity_game";
    static constexpr bool derived = true;
    static constexpr std::span<const std::string_view> indexed{};
};
BOOST_DESCRIBE_STRUCT(IntegrityGameRow, (), (game_type, week))

struct IntegrityPlayerRow {
    /// `pool/user_01h…`
    std::string key;
    integrity::PlayerRecord record;
    static constexpr std::string_view table_name = "integrity_player";
    static constexpr bool derived = true;
    static constexpr std::span<const std::string_view> indexed{};
};
BOOST_DESCRIBE_STRUCT(IntegrityPlayerRow, (), (key, record))

struct IntegrityPairRow {
    /// `pool/user_01h…/user_01h…`, the lesser id first.
    std::string key;
    integrity::PairWeek week;
    static constexpr std::string_view table_name = "integrity_pair";
    static constexpr bool derived = true;
    static constexpr std::span<const std::string_view> indexed{};
};
BOOST_DESCRIBE_STRUCT(IntegrityPairRow, (), (key, week))

/// A finding of integrity::count, with its latest numbers.
struct FlagRow {
    /// `met_too_often/pool/2964/user_01h…/user_01h…`: once a week.
    std::string key;
    integrity::Signal signal{};
    std::string game_type;
    UserId player;
    std::optional<UserId> other;
    /// The last match that it rests on.
    MatchId match_id;
    std::int64_t week = 0;
    double observed = 0;
    std::int64_t of = 0;
    double expected = 0;
    double probability = 0;
    Instant first_at;
    Instant at;
    static constexpr std::string_view table_name = "flag";
    static constexpr bool derived = true;
    static constexpr std::string_view indexed[] = {"signal", "game_type", "player", "at"};
};
BOOST_DESCRIBE_STRUCT(FlagRow, (),
                      (key, signal, game_type, player, other, match_id, week, observed, of, expected, probability,
                       first_at, at))

std::span<const Table* const> all_tables();

}  // namespace agon::rows
