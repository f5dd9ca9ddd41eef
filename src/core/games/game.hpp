/// A game that Agon plays by itself between bots. A game is a value: a name and pure functions over its position.
/// To add one: two files here and one line in `all.cpp`.
#pragma once

#include <any>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec/json.hpp"
#include "base/prng.hpp"
#include "base/result.hpp"
#include "core/types.hpp"

namespace agon::games {

/// Where a game stands. Only the game that made it looks inside.
using Position = std::any;

struct Choice {
    std::string action;
    Json params = nullptr;
};

/// What one seat did in a turn; no choice where its time ran out.
struct SeatChoice {
    Seat seat = 0;
    std::optional<Choice> choice;
};

/// How a game stands or ended. Without a winner a finished game is level.
struct Outcome {
    bool finished = false;
    std::optional<Seat> winner;
    /// By seat; in the game's own unit (rounds won, chips).
    std::vector<std::int64_t> score;
    /// How it was decided where that needs a word, as in `sudden_death` or `statistical_draw`; else empty.
    std::string decision;
};

/// A built-in player. It decides from what its seat may know of the position.
struct Strategy {
    std::string_view name;
    std::string_view doc;
    Choice (*choose)(const Position&, Seat, Prng&);
};

struct Game {
    std::string_view name;
    std::string_view title;

    /// The schema of the options with their defaults, and of a move's `params`.
    Json (*options_schema)();
    Json (*move_schema)();
    /// Every option filled in. Refused with a pointer to the first that is wrong.
    Result<Json> (*complete_options)(const Json& given);

    /// `options` as `complete_options` gave them. `seed` decides all chance in the game.
    Position (*start)(const Json& options, std::uint64_t seed);
    /// The seats that must choose now, at the same time; empty once finished.
    std::vector<Seat> (*to_move)(const Position&);
    std::vector<std::string> (*valid_actions)(const Position&, Seat);
    /// Whether the choice may be played; refused with the pointer `/action` or `/params/…`.
    Result<void> (*check)(const Position&, Seat, const Choice&);
    /// Plays one turn: a choice of each seat in `to_move`, checked, or a missed one.
    void (*play)(Position&, std::span<const SeatChoice>);
    Outcome (*outcome)(const Position&);

    /// All that the seat may know: a bot needs no memory.
    Json (*view)(const Position&, Seat);
    /// The round in progress, from 1, and what the last finished turn came to, as every player is told.
    std::int64_t (*round)(const Position&);
    Json (*last_result)(const Position&);

    std::span<const Strategy> strategies;
    /// The option that says the best of how many rounds a match is; empty where the game has none.
    std::string_view best_of = {};
    /// Who moves first matters: sides are given out and balanced by the formats that can.
    bool has_first_move = false;
};

const Strategy* find_strategy(const Game&, std::string_view name);

/// Every game there is, in the order in which they are shown.
std::span<const Game* const> all_games();
const Game* find_game(std::string_view name);

}  // namespace agon::games
