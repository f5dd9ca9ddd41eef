/// One game of a hosted match: its record in the log, and the rules on time and forfeits that hold in every game.
///
/// - A seat that gives no answer in time misses its turn; what that means is the game's rule.
/// - Three missed turns in a row, or one turn in ten once twenty are missed or played, forfeit the game.
/// - Where both seats forfeit, nobody wins.
#pragma once

#include "base/codec/describe.hpp"
#include "core/games/game.hpp"

namespace agon::games {

struct Player {
    BotId bot_id;
    std::string name;
    bool operator==(const Player&) const = default;
};
BOOST_DESCRIBE_STRUCT(Player, (), (bot_id, name))

/// What one seat did in one turn, as it is remembered and shown.
struct MoveRecord {
    Seat seat = 0;
    std::optional<std::string> action;
    codec::Omittable<Json> params;
    std::int64_t elapsed_ms = 0;
    bool is_timeout = false;
    bool operator==(const MoveRecord&) const = default;
};
BOOST_DESCRIBE_STRUCT(MoveRecord, (), (seat, action, params, elapsed_ms, is_timeout))

enum class EndedBy { play, forfeit, walkover, cancelled };
BOOST_DESCRIBE_ENUM(EndedBy, play, forfeit, walkover, cancelled)

// --- events ---------------------------------------------------------------------------------------------------------

struct GameStarted {
    std::string game_type;
    Json options;
    std::vector<Player> players;
    std::uint64_t seed = 0;
};
BOOST_DESCRIBE_STRUCT(GameStarted, (), (game_type, options, players, seed))

struct TurnPlayed {
    std::vector<MoveRecord> moves;
};
BOOST_DESCRIBE_STRUCT(TurnPlayed, (), (moves))

struct GameFinished {
    std::optional<Seat> winner;
    std::vector<std::int64_t> score;
    EndedBy ended_by{};
    /// As in `sudden_death`, `timeouts`, `no_show`.
    std::string decision;
};
BOOST_DESCRIBE_STRUCT(GameFinished, (), (winner, score, ended_by, decision))

using GameEvent = std::variant<GameStarted, TurnPlayed, GameFinished>;

// --- commands -------------------------------------------------------------------------------------------------------

struct StartGame {
    std::string game_type;
    Json options;
    std::vector<Player> players;
    std::uint64_t seed = 0;
};

/// One record for each seat that had to move, each choice checked by the game before.
struct PlayTurn {
    std::vector<MoveRecord> moves;
};

/// The seats lose: they never came, left for good or broke the protocol. With all seats nobody wins.
struct EndGame {
    std::vector<Seat> losers;
    EndedBy ended_by{};
    std::string decision;
};

using GameCommand = std::variant<StartGame, PlayTurn, EndGame>;

// --- state ----------------------------------------------------------------------------------------------------------

/// A turn as it was played: one record for each seat that had to move.
struct PlayedTurn {
    Instant at;
    std::vector<MoveRecord> moves;
};
BOOST_DESCRIBE_STRUCT(PlayedTurn, (), (at, moves))

struct PlayedGame {
    const Game* game = nullptr;
    Json options;
    std::vector<Player> players;
    Position position;
    std::vector<PlayedTurn> played;
    std::vector<std::int64_t> missed_in_row;
    std::vector<std::int64_t> missed;
    std::optional<GameFinished> end;
    Instant started_at;
    Instant ended_at;

    std::int64_t turns() const { return static_cast<std::int64_t>(played.size()); }
    bool has_started() const { return game != nullptr; }
    bool is_finished() const { return end.has_value(); }
};

/// Refused where the game is over (`wrong_state`) or has begun already.
Result<std::vector<GameEvent>> decide(const PlayedGame&, const GameCommand&);
void evolve(PlayedGame&, const GameEvent&, Instant at);
/// What follows by itself: the end of a game that is decided or forfeited.
std::vector<GameEvent> consequences(const PlayedGame&);

}  // namespace agon::games
