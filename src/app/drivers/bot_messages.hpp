/// What the server and a bot say to each other, the same over every carrier (docs/bots.md). Each struct is a message;
/// its fields are the JSON.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/types.hpp"

namespace agon {

inline constexpr std::string_view bot_protocol_version = "1.0";

/// Where a bot sits in a match, as both players are told.
struct SeatInfo {
    Seat seat = 0;
    std::string display_name;
    BotId participant_id;
    bool is_self = false;
};
BOOST_DESCRIBE_STRUCT(SeatInfo, (), (seat, display_name, participant_id, is_self))

struct TournamentInfo {
    TournamentId tournament_id;
    std::string name;
    std::int64_t round = 0;
};
BOOST_DESCRIBE_STRUCT(TournamentInfo, (), (tournament_id, name, round))

/// Every message's head. `seq` counts the messages of one match to one bot, from 1.
struct Envelope {
    std::string type;
    MatchId match_id;
    std::int64_t seq = 0;
    Instant server_ts;
};
BOOST_DESCRIBE_STRUCT(Envelope, (), (type, match_id, seq, server_ts))

struct MatchStart : Envelope {
    std::string game_type;
    GameId game_id;
    std::vector<SeatInfo> seats;
    Seat your_seat = 0;
    std::int64_t turn_timeout_ms = 0;
    std::int64_t bank_ms = 0;
    Json game_config;
    TournamentInfo tournament;
    std::int64_t attempt = 1;
};
BOOST_DESCRIBE_STRUCT(MatchStart, (Envelope),
                      (game_type, game_id, seats, your_seat, turn_timeout_ms, bank_ms, game_config, tournament,
                       attempt))

struct RoundStart : Envelope {
    std::string round_id;
    std::int64_t round_number = 0;
    Json state;
};
BOOST_DESCRIBE_STRUCT(RoundStart, (Envelope), (round_id, round_number, state))

/// It is the bot's turn. `state` is complete: a bot needs no memory. The same turn always has the same `request_id`,
/// also when it is asked again after a reconnect or a restart of the server.
struct TurnRequest : Envelope {
    std::string game_type;
    std::string request_id;
    Seat seat = 0;
    std::int64_t timeout_ms = 0;
    std::int64_t bank_ms = 0;
    std::vector<std::string> valid_actions;
    Json state;
};
BOOST_DESCRIBE_STRUCT(TurnRequest, (Envelope), (game_type, request_id, seat, timeout_ms, bank_ms, valid_actions, state))

enum class RejectReason { not_valid, bad_params, stale, malformed };
BOOST_DESCRIBE_ENUM(RejectReason, not_valid, bad_params, stale, malformed)

struct ActionRejected : Envelope {
    std::string request_id;
    RejectReason reason{};
    std::int64_t remaining_ms = 0;
    std::string submitted_action;
    std::vector<std::string> valid_actions;
};
BOOST_DESCRIBE_STRUCT(ActionRejected, (Envelope), (request_id, reason, remaining_ms, submitted_action, valid_actions))

struct TurnResult : Envelope {
    Seat seat = 0;
    bool is_timeout = false;
    Json details;
};
BOOST_DESCRIBE_STRUCT(TurnResult, (Envelope), (seat, is_timeout, details))

struct RoundResult : Envelope {
    std::string round_id;
    std::int64_t round_number = 0;
    Json result;
};
BOOST_DESCRIBE_STRUCT(RoundResult, (Envelope), (round_id, round_number, result))

struct SeatResult {
    Seat seat = 0;
    BotId participant_id;
    std::int64_t rank = 0;
    std::int64_t score = 0;
};
BOOST_DESCRIBE_STRUCT(SeatResult, (), (seat, participant_id, rank, score))

enum class EndReason { complete, forfeit, cancelled, error, walkover };
BOOST_DESCRIBE_ENUM(EndReason, complete, forfeit, cancelled, error, walkover)

struct MatchEnd : Envelope {
    EndReason reason{};
    std::string detail;
    std::vector<SeatResult> results;
};
BOOST_DESCRIBE_STRUCT(MatchEnd, (Envelope), (reason, detail, results))

/// Where a match stands, with all that a bot needs to go on.
struct Snapshot : Envelope {
    std::string game_type;
    GameId game_id;
    std::vector<SeatInfo> seats;
    Seat your_seat = 0;
    std::int64_t turn_timeout_ms = 0;
    std::int64_t bank_ms = 0;
    Json game_config;
    TournamentInfo tournament;
    Json state;
    std::optional<TurnRequest> pending;
};
BOOST_DESCRIBE_STRUCT(Snapshot, (Envelope),
                      (game_type, game_id, seats, your_seat, turn_timeout_ms, bank_ms, game_config, tournament, state,
                       pending))

using BotMessage =
    std::variant<MatchStart, RoundStart, TurnRequest, ActionRejected, TurnResult, RoundResult, MatchEnd, Snapshot>;

/// The `type` of a message: `TurnRequest` is `turn_request`.
template <class M>
std::string_view message_type() {
    static const auto type = codec::snake_case(codec::type_name<M>());
    return type;
}

/// The message as JSON text.
std::string to_json(const BotMessage&);

/// `turn_action`, the one message of a bot that changes a match.
struct BotAnswer {
    MatchId match_id;
    std::string request_id;
    std::string action;
    Json params;
};
BOOST_DESCRIBE_STRUCT(BotAnswer, (), (match_id, request_id, action, params))

}  // namespace agon
