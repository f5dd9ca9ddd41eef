#include "core/games/played_game.hpp"

namespace agon::games {

namespace {

constexpr std::int64_t forfeit_in_row = 3;
constexpr std::int64_t forfeit_from_turns = 20;

bool has_forfeited(const PlayedGame& g, Seat seat) {
    if (g.missed_in_row[seat] >= forfeit_in_row) return true;
    return g.turns() >= forfeit_from_turns && g.missed[seat] * 10 > g.turns();
}

std::optional<Seat> only_other(std::span<const Seat> losers) {
    if (losers.size() != 1) return std::nullopt;
    return static_cast<Seat>(1 - losers.front());
}

GameFinished ended(const PlayedGame& g, std::span<const Seat> losers, EndedBy by, std::string decision) {
    return {only_other(losers), g.game->outcome(g.position).score, by, std::move(decision)};
}

}  // namespace

Result<std::vector<GameEvent>> decide(const PlayedGame& g, const GameCommand& command) {
    using Events = std::vector<GameEvent>;
    if (const auto* start = std::get_if<StartGame>(&command)) {
        if (g.has_started()) return refused(Code::wrong_state, "the game has started");
        return Events{GameStarted{start->game_type, start->options, start->players, start->seed}};
    }
    if (!g.has_started()) return refused(Code::wrong_state, "the game has not started");
    if (g.is_finished()) return refused(Code::wrong_state, "the game is over");
    if (const auto* turn = std::get_if<PlayTurn>(&command)) return Events{TurnPlayed{turn->moves}};
    const auto& end = std::get<EndGame>(command);
    return Events{ended(g, end.losers, end.ended_by, end.decision)};
}

void evolve(PlayedGame& g, const GameEvent& event, Instant at) {
    std::visit(overloaded{
                   [&](const GameStarted& e) {
                       g.game = find_game(e.game_type);
                       CHECK_THAT(g.game != nullptr);
                       g.options = e.options;
                       g.players = e.players;
                       g.position = g.game->start(e.options, e.seed);
                       g.missed.assign(e.players.size(), 0);
                       g.missed_in_row.assign(e.players.size(), 0);
                       g.started_at = at;
                   },
                   [&](const TurnPlayed& e) {
                       std::vector<SeatChoice> turn;
                       for (const auto& move : e.moves) {
                           auto& choice = turn.emplace_back(SeatChoice{move.seat, std::nullopt}).choice;
                           if (move.action) choice = Choice{*move.action, move.params.value_or(nullptr)};
                           g.missed_in_row[move.seat] = move.action ? 0 : g.missed_in_row[move.seat] + 1;
                           g.missed[move.seat] += move.action ? 0 : 1;
                       }
                       g.game->play(g.position, turn);
                       g.played.push_back({at, e.moves});
                   },
                   [&](const GameFinished& e) {
                       g.end = e;
                       g.ended_at = at;
                   },
               },
               event);
}

std::vector<GameEvent> consequences(const PlayedGame& g) {
    if (!g.has_started() || g.is_finished()) return {};
    const auto outcome = g.game->outcome(g.position);
    if (outcome.finished) return {GameFinished{outcome.winner, outcome.score, EndedBy::play, outcome.decision}};
    std::vector<Seat> losers;
    for (std::size_t i = 0; i < g.players.size(); ++i)
        if (const auto seat = static_cast<Seat>(i); has_forfeited(g, seat)) losers.push_back(seat);
    if (losers.empty()) return {};
    return {ended(g, losers, EndedBy::forfeit, "timeouts")};
}

}  // namespace agon::games
