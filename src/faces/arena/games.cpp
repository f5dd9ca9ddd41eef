#include "app/drivers/game_to_play.hpp"
#include "faces/arena/arena.hpp"
#include "faces/arena/views.hpp"

namespace agon::arena {

namespace {

struct StrategyView {
    std::string name;
    std::string description;
};
BOOST_DESCRIBE_STRUCT(StrategyView, (), (name, description))

struct GameTypeView {
    std::string game_type;
    std::string title;
    /// JSON Schemas.
    Json move;
    Json options;
    std::vector<StrategyView> strategies;
};
BOOST_DESCRIBE_STRUCT(GameTypeView, (), (game_type, title, move, options, strategies))

struct GameTypeList {
    std::vector<GameTypeView> games;
};
BOOST_DESCRIBE_STRUCT(GameTypeList, (), (games))

struct LeaderboardQuery {
    std::string game_type = "rps";
    std::int64_t limit = 20;
    std::int64_t offset = 0;
    static constexpr codec::Note notes[] = {
        {.field = "game_type", .doc = "Which game's ratings", .has_default = true},
        {.field = "limit", .doc = "Most bots to return", .min = 1, .max = 100, .has_default = true},
        {.field = "offset", .doc = "Bots to skip", .min = 0, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(LeaderboardQuery, (), (game_type, limit, offset))

struct LeaderboardRow {
    std::int64_t rank = 0;
    BotId bot_id;
    std::string bot_name;
    std::int64_t rating = 0;
    std::int64_t games = 0;
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t draws = 0;
};
BOOST_DESCRIBE_STRUCT(LeaderboardRow, (), (rank, bot_id, bot_name, rating, games, wins, losses, draws))

struct Leaderboard {
    std::string game_type;
    std::vector<LeaderboardRow> leaderboard;
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(Leaderboard, (), (game_type, leaderboard, total))

Task<Result<GameTypeList>> types(Context&) {
    GameTypeList list;
    for (const auto* game : games::all_games()) {
        GameTypeView view{
            std::string(game->name), std::string(game->title), game->move_schema(), game->options_schema(), {}};
        for (const auto& strategy : game->strategies)
            view.strategies.push_back({std::string(strategy.name), std::string(strategy.doc)});
        list.games.push_back(std::move(view));
    }
    co_return list;
}

/// Nothing where the log has no word of it.
Task<RenderedPtr> begun(Context& c, GameId id) {
    return c.services.engine.view<GameAggregate>(
        id, ViewKind::game, [id](const games::PlayedGame& g, Version version) -> RenderedPtr {
            if (!g.has_started()) return nullptr;
            return std::make_shared<Rendered>(codec::to_json<spelling>(game_view(id, g)),
                                              fmt::format("\"{}-game\"", version));
        });
}

/// As it will begin, where its match is under way.
Task<RenderedPtr> about_to_begin(Context& c, GameId id) {
    const auto look = [id](const Tournament& t) -> RenderedPtr {
        const auto number = number_of(match_of(id));
        const auto start = game_to_play(t, number, attempt_of(id));
        if (!start) return nullptr;
        games::PlayedGame game;
        game.game = games::find_game(start->game_type);
        game.options = start->options;
        game.players = start->players;
        game.started_at = t.times[number - 1].started_at;
        return std::make_shared<Rendered>(codec::to_json<spelling>(game_view(id, game)), std::string{});
    };
    return c.services.engine.read<TournamentAggregate>(tournament_of(id), look);
}

/// A match under way names its game, whose first event may still be on its way to the log; and while that is found out
/// the game may begin and end.
Task<Result<RenderedPtr>> played(Context& c, GameId id) {
    auto game = co_await begun(c, id);
    if (!game) game = co_await about_to_begin(c, id);
    if (!game) game = co_await begun(c, id);
    if (!game) co_return refused(Code::not_found, "no such game");
    co_return game;
}

Task<Result<Leaderboard>> leaderboard(Context& c, Query<LeaderboardQuery> query) {
    co_await reach_ratings(c.services);
    const auto page = Ratings::leaderboard(c.services.engine.store(), query->game_type, rows::PlayerKind::bot,
                                           query->limit, query->offset);
    Leaderboard reply{.game_type = query->game_type, .leaderboard = {}, .total = page.total};
    for (const auto& row : page.rows)
        reply.leaderboard.push_back({query->offset + static_cast<std::int64_t>(reply.leaderboard.size()) + 1,
                                     BotId::parse(row.player).value_or(BotId{}), row.name, row.rating, row.games,
                                     row.wins, row.losses, row.draws});
    co_return reply;
}

}  // namespace

std::vector<Endpoint> game_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, types>(Method::get, "/api/games", "List the games, their moves and options", Needs::nobody),
        endpoint<S, played, GameView>(Method::get, "/api/games/{game_id}", "Get a played game, move by move",
                                      Needs::nobody),
        endpoint<S, leaderboard>(Method::get, "/api/leaderboard", "Ratings of a game's bots, best first",
                                 Needs::nobody),
    };
}

}  // namespace agon::arena
