#include "faces/arena/arena.hpp"
#include "faces/arena/views.hpp"

namespace agon::arena {

namespace {

struct CreateRequest {
    std::string name;
    std::string game_type;
    std::optional<std::string> format;
    std::optional<std::int64_t> max_participants;
    Json config = JsonObject{};
    static constexpr codec::Note notes[] = {
        {.field = "name", .doc = "Tournament name", .min = 1, .max = 100, .is_name = true},
        {.field = "game_type", .doc = "Game type, as in `rps`; GET /api/games lists them"},
        {.field = "format",
         .doc = "Tournament format: `single_elimination` (where none is given), `double_elimination`, `round_robin` or "
                "`swiss`; with `config.stages`, that of the first stage"},
        {.field = "max_participants",
         .doc = "Maximum number of participants; 65,536 where none is given",
         .min = min_entrants,
         .max = most_entrants},
        {.field = "config", .doc = "Options of the tournament and of its game", .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(CreateRequest, (), (name, game_type, format, max_participants, config))

struct ListQuery {
    std::optional<TournamentStatus> status;
    std::optional<std::string> game_type;
    std::int64_t limit = 20;
    std::int64_t offset = 0;
    static constexpr codec::Note notes[] = {
        {.field = "status", .doc = "Only tournaments with this status"},
        {.field = "game_type", .doc = "Only tournaments of this game"},
        {.field = "limit", .doc = "Most tournaments to return", .min = 1, .max = 100, .has_default = true},
        {.field = "offset", .doc = "Tournaments to skip", .min = 0, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(ListQuery, (), (status, game_type, limit, offset))

struct JoinRequest {
    std::string bot_id;
    std::optional<std::int64_t> seed;
    std::string club;
    static constexpr codec::Note notes[] = {
        {.field = "bot_id", .doc = "Bot ID to register"},
        {.field = "club",
         .doc = "Who it belongs to: entrants of one club are spread over groups",
         .max = 100,
         .has_default = true},
        {.field = "seed",
         .doc = "Wanted seed, for tournaments with seeding by hand (`manual`)",
         .min = 1,
         .max = most_entrants},
    };
};
BOOST_DESCRIBE_STRUCT(JoinRequest, (), (bot_id, seed, club))

struct LeaveRequest {
    std::string bot_id;
    static constexpr codec::Note notes[] = {{.field = "bot_id", .doc = "Bot ID to take out"}};
};
BOOST_DESCRIBE_STRUCT(LeaveRequest, (), (bot_id))

struct Registration {
    TournamentId tournament_id;
    BotId bot_id;
    std::int64_t seed = 0;
    Instant registered_at;
    /// All places are taken: it has the first that becomes free, after those before it.
    codec::Omittable<bool> waiting;
};
BOOST_DESCRIBE_STRUCT(Registration, (), (tournament_id, bot_id, seed, registered_at, waiting))

struct Left {
    TournamentId tournament_id;
    BotId bot_id;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(Left, (), (tournament_id, bot_id, message))

Task<Result<TournamentView>> create(Context& c, Body<CreateRequest> body) {
    NewTournament wanted{.name = body->name,
                         .game_type = body->game_type,
                         .format = body->format,
                         .max_participants = body->max_participants,
                         .config = body->config};
    if (c.actor.user) wanted.created_by = c.actor.user->user_id;
    auto id = co_await c.services.tournaments.create(std::move(wanted));
    if (!id) co_return std::unexpected(std::move(id.error()));
    co_return c.services.engine.peek<TournamentAggregate>(*id,
                                                          [&](const Tournament& t) { return tournament_view(*id, t); });
}

Task<Result<TournamentList>> list(Context& c, Query<ListQuery> query) {
    RowQuery rows{.order_by = "created_at", .descending = true, .limit = query->limit, .offset = query->offset};
    if (query->status) rows.where.push_back({.column = "status", .value = rows::to_value(meant(*query->status))});
    if (query->game_type) rows.where.push_back({.column = "game_type", .value = *query->game_type});
    const auto page = rows::select<rows::TournamentRow>(c.services.engine.store(), rows);
    TournamentList reply{.total = page.total};
    for (const auto& row : page.rows) reply.tournaments.push_back(tournament_view(row));
    co_return reply;
}

/// A document of the tournament, rendered once per version; `make(id, state)` builds its view.
template <ViewKind Kind, auto Make>
Task<Result<RenderedPtr>> document(Context& c, TournamentId id) {
    auto rendered = co_await c.services.engine.view<TournamentAggregate>(
        id, Kind, [id](const Tournament& t, Version version) -> RenderedPtr {
            if (!t.exists()) return nullptr;
            return std::make_shared<Rendered>(codec::to_json<spelling>(Make(id, t)),
                                              fmt::format("\"{}-{}\"", version, static_cast<int>(Kind)));
        });
    if (!rendered) co_return refused(Code::not_found, "no such tournament");
    co_return rendered;
}

TournamentView details_view(TournamentId id, const Tournament& t) { return tournament_view(id, t); }

Result<std::string> game_for_bots(const Tournament& t) {
    if (!t.exists()) return refused(Code::not_found, "no such tournament");
    if (t.driver == Driver::manual) return refused(Code::wrong_state, "bots cannot enter a tournament of people");
    return t.game_type;
}

Task<Result<Registration>> join(Context& c, TournamentId id, Body<JoinRequest> body) {
    const auto game = c.services.engine.peek<TournamentAggregate>(id, game_for_bots);
    if (!game) co_return std::unexpected(game.error());
    const auto named = co_await bot_named(c, body->bot_id);
    if (!named) co_return std::unexpected(named.error());
    const auto& [bot_id, bot] = *named;
    const auto& plays = bot.what.game_types;
    if (!plays.empty() && std::ranges::find(plays, *game) == plays.end())
        co_return refused(Code::conflict, "bot does not play " + *game);
    auto registered = co_await c.services.tournaments.join(id, {bot_id, bot.what.name, body->seed, body->club});
    if (!registered) co_return std::unexpected(std::move(registered.error()));
    Registration reply{id, bot_id, registered->seed, registered->registered_at, {}};
    if (registered->waiting) reply.waiting = true;
    co_return reply;
}

Task<Result<Left>> leave(Context& c, TournamentId id, Body<LeaveRequest> body) {
    const auto named = co_await bot_named(c, body->bot_id);
    if (!named) co_return std::unexpected(named.error());
    auto left = co_await c.services.tournaments.leave(id, named->id);
    if (!left) co_return std::unexpected(std::move(left.error()));
    co_return Left{id, named->id, "Bot left the tournament"};
}

Task<Result<StatusReply>> start(Context& c, TournamentId id) {
    co_return status_reply(id, co_await c.services.tournaments.start(id), "Tournament started successfully");
}

Task<Result<StatusReply>> cancel(Context& c, TournamentId id) {
    co_return status_reply(id, co_await c.services.tournaments.order(id, CancelTournament{"by the organiser"}),
                           "Tournament cancelled");
}

Task<Result<StatusReply>> ready(Context& c, TournamentId id) {
    co_return status_reply(id, co_await c.services.tournaments.order(id, CloseRegistration{}), "Registration closed");
}

}  // namespace

std::vector<Endpoint> tournament_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, create>(Method::post, "/api/tournaments", "Create a tournament", Needs::user, 201).never({400}),
        endpoint<S, list>(Method::get, "/api/tournaments", "List tournaments, the newest first", Needs::nobody),
        endpoint<S, document<ViewKind::details, details_view>, TournamentView>(
            Method::get, "/api/tournaments/{tournament_id}", "Get a tournament's details", Needs::nobody),
        endpoint<S, join>(Method::post, "/api/tournaments/{tournament_id}/join", "Register a bot for a tournament",
                          Needs::bot_owner, 201),
        endpoint<S, leave>(Method::post, "/api/tournaments/{tournament_id}/leave",
                           "Take a bot out of a tournament before it starts", Needs::bot_owner),
        endpoint<S, ready>(Method::post, "/api/tournaments/{tournament_id}/ready", "Close registration by hand",
                           Needs::organiser),
        endpoint<S, start>(Method::post, "/api/tournaments/{tournament_id}/start",
                           "Start a tournament and begin scheduling games", Needs::organiser),
        endpoint<S, cancel>(Method::post, "/api/tournaments/{tournament_id}/cancel",
                            "Cancel a tournament before its completion", Needs::organiser),
        endpoint<S, document<ViewKind::bracket, bracket_view>, BracketView>(
            Method::get, "/api/tournaments/{tournament_id}/bracket", "Get the current bracket", Needs::nobody),
        endpoint<S, document<ViewKind::standings, standings_view>, StandingsView>(
            Method::get, "/api/tournaments/{tournament_id}/standings", "Get the places as they stand", Needs::nobody),
        endpoint<S, document<ViewKind::matches, match_list>, MatchList>(
            Method::get, "/api/tournaments/{tournament_id}/matches", "List a tournament's matches", Needs::nobody),
        endpoint<S, document<ViewKind::draw, draw_view>, DrawView>(Method::get, "/api/tournaments/{tournament_id}/draw",
                                                                   "Get what repeats the draw", Needs::nobody),
    };
}

}  // namespace agon::arena
