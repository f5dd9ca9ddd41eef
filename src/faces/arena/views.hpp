/// What the Arena API shows, letter for letter, and how the domain becomes it.
#pragma once

#include "app/ratings.hpp"
#include "app/tournaments.hpp"
#include "core/games/played_game.hpp"

namespace agon::arena {

inline constexpr codec::Spelling spelling{};

enum class TournamentStatus { upcoming, registration, ready, in_progress, completed, cancelled };
BOOST_DESCRIBE_ENUM(TournamentStatus, upcoming, registration, ready, in_progress, completed, cancelled)
TournamentStatus shown(Status);
Status meant(TournamentStatus);

enum class MatchStatus { waiting, in_progress, completed };
BOOST_DESCRIBE_ENUM(MatchStatus, waiting, in_progress, completed)

struct TournamentView {
    TournamentId tournament_id;
    std::string name;
    std::string game_type;
    std::string format;
    TournamentStatus status{};
    Instant created_at;
    std::optional<Instant> start_time;
    std::optional<Instant> end_time;
    std::int64_t max_participants = 0;
    std::int64_t current_participants = 0;
    Json config;
};
BOOST_DESCRIBE_STRUCT(TournamentView, (),
                      (tournament_id, name, game_type, format, status, created_at, start_time, end_time,
                       max_participants, current_participants, config))

struct TournamentList {
    std::vector<TournamentView> tournaments;
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(TournamentList, (), (tournaments, total))

struct PlayerView {
    BotId bot_id;
    std::string bot_name;
    std::int64_t seed = 0;
};
BOOST_DESCRIBE_STRUCT(PlayerView, (), (bot_id, bot_name, seed))

struct MatchView {
    MatchId match_id;
    std::optional<PlayerView> player1;
    std::optional<PlayerView> player2;
    std::optional<GameId> game_id;
    MatchStatus status{};
    std::optional<BotId> winner;
    std::optional<std::string> score;
    /// How it was decided where that needs a word, as in `sudden_death` or `no_show`.
    codec::Omittable<std::string> decision;
};
BOOST_DESCRIBE_STRUCT(MatchView, (), (match_id, player1, player2, game_id, status, winner, score, decision))

struct RoundView {
    std::int64_t round_number = 0;
    std::vector<MatchView> matches;
};
BOOST_DESCRIBE_STRUCT(RoundView, (), (round_number, matches))

struct BracketData {
    std::vector<RoundView> rounds;
    std::optional<BotId> champion;
};
BOOST_DESCRIBE_STRUCT(BracketData, (), (rounds, champion))

struct BracketView {
    TournamentId tournament_id;
    std::string format;
    TournamentStatus status{};
    BracketData data;
};
BOOST_DESCRIBE_STRUCT(BracketView, (), (tournament_id, format, status, data))

struct MatchListItem : MatchView {
    std::int64_t round_number = 0;
    std::optional<Instant> started_at;
    std::optional<Instant> completed_at;
};
BOOST_DESCRIBE_STRUCT(MatchListItem, (MatchView), (round_number, started_at, completed_at))

struct MatchList {
    TournamentId tournament_id;
    std::vector<MatchListItem> matches;
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(MatchList, (), (tournament_id, matches, total))

/// `place` to `place_to`: entrants that the format does not tell apart share their places.
struct StandingView {
    std::int64_t place = 0;
    std::int64_t place_to = 0;
    BotId bot_id;
    std::string bot_name;
    std::int64_t seed = 0;
    std::int64_t wins = 0;
    std::int64_t losses = 0;
};
BOOST_DESCRIBE_STRUCT(StandingView, (), (place, place_to, bot_id, bot_name, seed, wins, losses))

struct StandingsView {
    TournamentId tournament_id;
    std::string format;
    TournamentStatus status{};
    std::vector<StandingView> standings;
};
BOOST_DESCRIBE_STRUCT(StandingsView, (), (tournament_id, format, status, standings))

enum class GameStatus { in_progress, completed };
BOOST_DESCRIBE_ENUM(GameStatus, in_progress, completed)

struct GameView {
    GameId game_id;
    MatchId match_id;
    TournamentId tournament_id;
    std::string game_type;
    GameStatus status{};
    std::vector<games::Player> players;
    Json config;
    /// Every turn with its time; `elapsed_ms` is how long each player took.
    std::vector<games::PlayedTurn> turns;
    std::optional<BotId> winner;
    std::optional<std::string> score;
    codec::Omittable<std::string> decision;
    Instant started_at;
    std::optional<Instant> ended_at;
};
BOOST_DESCRIBE_STRUCT(GameView, (),
                      (game_id, match_id, tournament_id, game_type, status, players, config, turns, winner, score,
                       decision, started_at, ended_at))

TournamentView tournament_view(TournamentId, const Tournament&);
TournamentView tournament_view(const rows::TournamentRow&);
BracketView bracket_view(TournamentId, const Tournament&);
MatchList match_list(TournamentId, const Tournament&);
StandingsView standings_view(TournamentId, const Tournament&);
GameView game_view(GameId, const games::PlayedGame&);

}  // namespace agon::arena
