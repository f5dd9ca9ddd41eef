#include "faces/arena/arena.hpp"
#include "faces/arena/views.hpp"

namespace agon::arena {

namespace {

struct ConnectionRequest {
    bots::Carrier type = bots::Carrier::websocket;
    std::optional<std::string> url;
    std::optional<std::string> strategy;
    static constexpr codec::Note notes[] = {
        {.field = "type",
         .doc = "websocket: the bot connects to /api/bot/ws; webhook: the server calls `url`; builtin: a `strategy` of "
                "the server plays",
         .has_default = true},
        {.field = "url", .doc = "Where a webhook bot is called", .min = 1, .max = 2048},
        {.field = "strategy", .doc = "Which built-in strategy plays; by default `random`", .min = 1, .max = 50},
    };
};
BOOST_DESCRIBE_STRUCT(ConnectionRequest, (), (type, url, strategy))

struct RegisterRequest {
    std::string name;
    std::optional<std::vector<std::string>> game_types;
    std::optional<ConnectionRequest> connection;
    std::optional<std::string> description;
    std::optional<std::string> source_url;
    static constexpr codec::Note notes[] = {
        {.field = "name", .doc = "Shown in brackets", .min = 1, .max = 64, .is_name = true},
        {.field = "game_types", .doc = "The games it plays; every one where none are given", .max = 100},
        {.field = "connection", .doc = "How the bot is reached; by default it connects itself"},
        {.field = "description", .max = 1000},
        {.field = "source_url", .max = 2048},
    };
};
BOOST_DESCRIBE_STRUCT(RegisterRequest, (), (name, game_types, connection, description, source_url))

struct ConnectionView {
    bots::Carrier type{};
    codec::Omittable<std::string> url;
    codec::Omittable<std::string> strategy;
};
BOOST_DESCRIBE_STRUCT(ConnectionView, (), (type, url, strategy))

struct BotView {
    BotId bot_id;
    std::string name;
    std::vector<std::string> game_types;
    ConnectionView connection;
    std::string description;
    std::string source_url;
    Instant created_at;
};
BOOST_DESCRIBE_STRUCT(BotView, (), (bot_id, name, game_types, connection, description, source_url, created_at))

struct RegisteredBot : BotView {
    std::string api_key;
    codec::Omittable<std::string> webhook_secret;
};
BOOST_DESCRIBE_STRUCT(RegisteredBot, (BotView), (api_key, webhook_secret))

struct RotatedKey {
    BotId bot_id;
    std::string api_key;
    codec::Omittable<std::string> webhook_secret;
    Instant old_key_ends_at;
};
BOOST_DESCRIBE_STRUCT(RotatedKey, (), (bot_id, api_key, webhook_secret, old_key_ends_at))

struct BotList {
    std::vector<BotView> bots;
    std::int64_t total = 0;
};
BOOST_DESCRIBE_STRUCT(BotList, (), (bots, total))

struct DeletedBot {
    BotId bot_id;
    std::string message;
};
BOOST_DESCRIBE_STRUCT(DeletedBot, (), (bot_id, message))

struct PageQuery {
    std::int64_t limit = 20;
    std::int64_t offset = 0;
    static constexpr codec::Note notes[] = {
        {.field = "limit", .doc = "Most bots to return", .min = 1, .max = 100, .has_default = true},
        {.field = "offset", .doc = "Bots to skip", .min = 0, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (limit, offset))

/// A webhook's address may hold a secret of its own: it is shown to nobody but in the answer to its owner.
ConnectionView connection_view(const bots::Connection& connection, bool to_owner) {
    ConnectionView view{.type = connection.type};
    if (connection.url && to_owner) view.url = *connection.url;
    if (connection.strategy) view.strategy = *connection.strategy;
    return view;
}

void fill(BotView& view, BotId id, const bots::BotRegistered& bot, Instant created_at, bool to_owner) {
    view.bot_id = id;
    view.name = bot.name;
    view.game_types = bot.game_types;
    view.connection = connection_view(bot.connection, to_owner);
    view.description = bot.description;
    view.source_url = bot.source_url;
    view.created_at = created_at;
}

/// Without one, the bot connects by itself.
bots::Connection connection_of(const RegisterRequest& request) {
    if (!request.connection) return {};
    return {request.connection->type, request.connection->url, request.connection->strategy};
}

codec::Omittable<std::string> if_any(std::string text) {
    if (text.empty()) return {};
    return text;
}

Task<Result<RegisteredBot>> register_bot(Context& c, Body<RegisterRequest> body) {
    NewBot wanted{.name = body->name,
                  .game_types = body->game_types.value_or(std::vector<std::string>{}),
                  .connection = connection_of(body.value),
                  .description = body->description.value_or(""),
                  .source_url = body->source_url.value_or("")};
    if (c.actor.user) wanted.owner = c.actor.user->user_id;
    auto made = co_await c.services.bots.register_bot(std::move(wanted));
    if (!made) co_return std::unexpected(std::move(made.error()));
    const auto bot = co_await c.services.bots.find(made->bot_id);
    if (!bot) co_return refused(Code::not_found, "no such bot");
    RegisteredBot reply;
    fill(reply, made->bot_id, bot->what, bot->created_at, true);
    reply.api_key = made->api_key;
    reply.webhook_secret = if_any(made->webhook_secret);
    co_return reply;
}

Task<Result<BotList>> list(Context& c, Query<PageQuery> query) {
    const RowQuery rows{.order_by = "created_at", .descending = true, .limit = query->limit, .offset = query->offset};
    const auto page = rows::select<rows::BotRow>(c.services.engine.store(), rows);
    BotList reply{.total = page.total};
    for (const auto& row : page.rows)
        reply.bots.push_back({row.bot_id, row.name, row.game_types, connection_view(row.connection, false),
                              row.description, row.source_url, row.created_at});
    co_return reply;
}

Task<Result<BotView>> get(Context& c, BotId id) {
    const auto bot = co_await c.services.bots.find(id);
    if (!bot) co_return refused(Code::not_found, "no such bot");
    BotView view;
    fill(view, id, bot->what, bot->created_at, false);
    co_return view;
}

Task<Result<DeletedBot>> remove(Context& c, BotId id) {
    auto removed = co_await c.services.bots.remove(id);
    if (!removed) co_return std::unexpected(std::move(removed.error()));
    co_return DeletedBot{id, "Bot deleted"};
}

Task<Result<RotatedKey>> rotate_key(Context& c, BotId id) {
    auto rotated = co_await c.services.bots.rotate_key(id);
    if (!rotated) co_return std::unexpected(std::move(rotated.error()));
    co_return RotatedKey{id, rotated->api_key, if_any(rotated->webhook_secret), rotated->old_key_ends_at};
}

}  // namespace

Task<Result<NamedBot>> bot_named(Context& c, const std::string& bot_id) {
    const auto id = BotId::parse(bot_id);
    if (!id) co_return refused(Code::not_found, "no such bot");
    auto bot = co_await c.services.bots.find(*id);
    if (!bot) co_return refused(Code::not_found, "no such bot");
    co_return NamedBot{*id, std::move(*bot)};
}

std::vector<Endpoint> bot_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, register_bot>(Method::post, "/api/bots", "Register a bot; its key is shown once", Needs::user, 201)
            .also({403})
            .never({400}),
        endpoint<S, list>(Method::get, "/api/bots", "List bots, the newest first", Needs::nobody),
        endpoint<S, get>(Method::get, "/api/bots/{bot_id}", "Get a bot", Needs::nobody),
        endpoint<S, remove>(Method::delete_, "/api/bots/{bot_id}", "Delete a bot", Needs::bot_owner),
        endpoint<S, rotate_key>(Method::post, "/api/bots/{bot_id}/rotate-key",
                                "Give a bot a new key; the old one works for an hour more", Needs::bot_owner),
    };
}

}  // namespace agon::arena
