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
    /// Where the stage has groups: from 1.
    codec::Omittable<std::int64_t> group;
};
BOOST_DESCRIBE_STRUCT(MatchView, (), (match_id, player1, player2, game_id, status, winner, score, decision, group))

struct RoundView {
    std::int64_t round_number = 0;
    /// Where there are several stages: from 1.
    codec::Omittable<std::int64_t> stage;
    /// In double elimination.
    codec::Omittable<formats::Bracket> bracket;
    std::vector<MatchView> matches;
};
BOOST_DESCRIBE_STRUCT(RoundView, (), (round_number, stage, bracket, matches))

/// `place` to `place_to`: entrants that the format does not tell apart share their places.
struct StandingView {
    std::int64_t place = 0;
    std::int64_t place_to = 0;
    BotId bot_id;
    std::string bot_name;
    std::int64_t seed = 0;
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t draws = 0;
    /// In stages of points.
    codec::Omittable<double> points;
    codec::Omittable<std::map<std::string, double>> tiebreaks;
    codec::Omittable<std::int64_t> group;
    codec::Omittable<std::int64_t> group_place;
    /// `withdrawn` or `disqualified`.
    codec::Omittable<Leaving> left;
    /// What put it there.
    std::string why;
};
BOOST_DESCRIBE_STRUCT(StandingView, (),
                      (place, place_to, bot_id, bot_name, seed, wins, losses, draws, points, tiebreaks, group,
                       group_place, left, why))

struct BracketData {
    std::vector<RoundView> rounds;
    /// Where a stage goes by points.
    codec::Omittable<std::vector<StandingView>> standings;
    std::optional<BotId> champion;
    /// Why no more rounds could be drawn.
    codec::Omittable<std::string> stopped;
    /// Between two stages: who goes on, by seed, until the host starts the next.
    codec::Omittable<std::vector<BotId>> next_stage;
};
BOOST_DESCRIBE_STRUCT(BracketData, (), (rounds, standings, champion, stopped, next_stage))

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
    /// Why these two meet, here and now.
    std::string why;
};
BOOST_DESCRIBE_STRUCT(MatchListItem, (MatchView), (round_number, started_at, completed_at, why))

struct MatchList {
    TournamentId tournament_id;
    std::vector<MatchListItem> matches;
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(MatchList, (), (tournament_id, matches, total))

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

/// The tournament's status after an order to it, with a sentence.
struct StatusReply {
    TournamentId tournament_id;
    TournamentStatus status{};
    std::string message;
};
BOOST_DESCRIBE_STRUCT(StatusReply, (), (tournament_id, status, message))

/// Each value of one entrant's standing, and how it comes about.
struct CellView {
    std::string name;
    std::string title;
    std::string value;
    std::string why;
};
BOOST_DESCRIBE_STRUCT(CellView, (), (name, title, value, why))

struct ExplanationView {
    TournamentId tournament_id;
    BotId bot_id;
    std::string seed_why;
    StandingView standing;
    std::vector<CellView> cells;
};
BOOST_DESCRIBE_STRUCT(ExplanationView, (), (tournament_id, bot_id, seed_why, standing, cells))

/// What anybody needs to repeat the draw.
struct DrawView {
    TournamentId tournament_id;
    std::string method;
    std::string commitment;
    /// Published with the draw.
    std::optional<std::string> secret;
    std::optional<std::int64_t> draw_seed;
    /// In order of registration; once drawn, without who came late.
    std::vector<BotId> entrants;
    /// By seed, once drawn.
    std::vector<BotId> order;
};
BOOST_DESCRIBE_STRUCT(DrawView, (), (tournament_id, method, commitment, secret, draw_seed, entrants, order))

struct ChangeView {
    MatchId match_id;
    std::string before;
    std::string after;
    std::optional<BotId> winner_before;
    std::optional<BotId> winner_after;
};
BOOST_DESCRIBE_STRUCT(ChangeView, (), (match_id, before, after, winner_before, winner_after))

struct PlaceChangeView {
    BotId bot_id;
    std::string before;
    std::string after;
};
BOOST_DESCRIBE_STRUCT(PlaceChangeView, (), (bot_id, before, after))

struct RatingChangeView {
    BotId bot_id;
    MatchId match_id;
    /// What taking back that match's old result adds to the rating.
    std::int64_t change = 0;
};
BOOST_DESCRIBE_STRUCT(RatingChangeView, (), (bot_id, match_id, change))

/// Everything that follows from a correction.
struct CorrectionView {
    TournamentId tournament_id;
    MatchId match_id;
    bool dry_run = false;
    CorrectionMode mode{};
    std::vector<ChangeView> matches;
    std::vector<PlaceChangeView> places;
    std::vector<RatingChangeView> ratings;
    std::optional<BotId> champion_before;
    std::optional<BotId> champion_after;
};
BOOST_DESCRIBE_STRUCT(CorrectionView, (),
                      (tournament_id, match_id, dry_run, mode, matches, places, ratings, champion_before,
                       champion_after))

/// Or the refusal.
Result<StatusReply> status_reply(TournamentId, const Result<Status>&, std::string message);
TournamentView tournament_view(TournamentId, const Tournament&);
TournamentView tournament_view(const rows::TournamentRow&);
BracketView bracket_view(TournamentId, const Tournament&);
MatchList match_list(TournamentId, const Tournament&);
MatchListItem match_item(TournamentId, const Tournament&, MatchNumber);
GameView game_view(GameId, const games::PlayedGame&);
DrawView draw_view(TournamentId, const Tournament&);
CorrectionView correction_view(MatchId, const CorrectionPreview&, CorrectionMode, const Tournament&);

// standings_views.cpp
StandingsView standings_view(TournamentId, const Tournament&);
std::vector<StandingView> standings_list(const Tournament&);
/// How an entrant's seed and each cell of its standing came about; nothing where it has none.
std::optional<ExplanationView> explanation_view(TournamentId, const Tournament&, BotId);

}  // namespace agon::arena
