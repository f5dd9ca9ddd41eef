#include "app/bot_registry.hpp"

namespace agon {

namespace {

constexpr auto overlap = seconds(3600);

std::vector<std::string_view> game_names() {
    std::vector<std::string_view> names;
    for (const auto* game : games::all_games()) names.push_back(game->name);
    return names;
}

std::vector<std::string_view> strategy_names(const NewBot& bot) {
    std::vector<std::string_view> names;
    for (const auto* game : games::all_games()) {
        const bool wanted =
            bot.game_types.empty() || std::ranges::find(bot.game_types, game->name) != bot.game_types.end();
        if (wanted)
            for (const auto& strategy : game->strategies) names.push_back(strategy.name);
    }
    return names;
}

bool exists(const bots::Bot& bot) { return bot.is_live(); }

bool ended(const Tournament& t) { return t.ended_at.has_value(); }

std::vector<TournamentId> not_over(Store& store) {
    const std::vector open{Status::registration_open, Status::ready, Status::in_progress};
    const RowQuery query{.where = {{"status", Filter::Compare::one_of, rows::to_value(open)}}, .limit = 1'000'000};
    std::vector<TournamentId> ids;
    for (const auto& row : rows::select<rows::TournamentRow>(store, query).rows) ids.push_back(row.tournament_id);
    return ids;
}

/// How the entrant leaves the tournament as it stands; nothing where it is not in it.
std::optional<TournamentCommand> way_out(const Tournament& t, EntrantId entrant) {
    if (allows(t.status, Order::withdraw_entrant) && (t.has(entrant) || t.is_waiting(entrant)))
        return WithdrawEntrant{entrant};
    const auto found = t.index_of.find(entrant);
    if (!allows(t.status, Order::leave) || found == t.index_of.end() || t.entrants[found->second].left)
        return std::nullopt;
    return Leave{entrant, Leaving::withdrawn, "the bot was deleted"};
}

}  // namespace

Result<void> BotRegistry::check(const NewBot& bot) const {
    for (std::size_t i = 0; i < bot.game_types.size(); ++i)
        if (!games::find_game(bot.game_types[i]))
            return refused(Code::invalid, "must be " + codec::either(game_names()), fmt::format("/game_types/{}", i));
    const auto& connection = bot.connection;
    if (connection.type == bots::Carrier::builtin) {
        const auto names = strategy_names(bot);
        if (connection.strategy && std::ranges::find(names, *connection.strategy) == names.end())
            return refused(Code::invalid, "must be " + codec::either(names), "/connection/strategy");
    }
    if (connection.type == bots::Carrier::webhook) {
        if (!connection.url) return refused(Code::invalid, "field required", "/connection/url");
        if (auto ok = check_webhook_(*connection.url); !ok)
            return refused(Code::invalid, ok.error().message, "/connection/url");
    }
    return {};
}

Task<Result<BotRegistry::Secrets>> BotRegistry::register_bot(NewBot wanted) {
    if (auto ok = check(wanted); !ok) co_return std::unexpected(std::move(ok.error()));
    const BotId id{uuid7(engine_.clock().now(), random_.bits(), random_.bits())};
    Secrets secrets{.bot_id = id, .api_key = make_api_key(random_)};
    if (wanted.connection.type == bots::Carrier::webhook) secrets.webhook_secret = make_webhook_secret(random_);
    if (wanted.connection.type == bots::Carrier::builtin && !wanted.connection.strategy)
        wanted.connection.strategy = "random";
    bots::RegisterBot command{{.name = std::move(wanted.name),
                               .game_types = std::move(wanted.game_types),
                               .connection = std::move(wanted.connection),
                               .description = std::move(wanted.description),
                               .source_url = std::move(wanted.source_url),
                               .owner = wanted.owner,
                               .key_hash = hash_api_key(secrets.api_key),
                               .sealed_secret = tokens_.seal(secrets.webhook_secret, random_)}};
    auto done = co_await engine_.execute<BotAggregate>(id, bots::BotCommand(std::move(command)), exists);
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return secrets;
}

Task<Result<BotRegistry::Secrets>> BotRegistry::rotate_key(BotId id) {
    Secrets secrets{.bot_id = id,
                    .api_key = make_api_key(random_),
                    .webhook_secret = {},
                    .old_key_ends_at = engine_.clock().now() + overlap};
    if (endpoint_of(id)) secrets.webhook_secret = make_webhook_secret(random_);
    bots::RotateKey command{hash_api_key(secrets.api_key), tokens_.seal(secrets.webhook_secret, random_),
                            secrets.old_key_ends_at};
    auto done = co_await engine_.execute<BotAggregate>(id, bots::BotCommand(std::move(command)), exists);
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return secrets;
}

Task<Result<void>> BotRegistry::leave(TournamentId tournament, BotId id) {
    const EntrantId entrant{id.uuid};
    // It may start between the look and the order, and later be open again.
    for (int attempt = 1;; ++attempt) {
        auto command =
            engine_.peek<TournamentAggregate>(tournament, [&](const auto& t) { return way_out(t, entrant); });
        if (!command) co_return Result<void>{};
        auto done = co_await engine_.execute<TournamentAggregate>(tournament, std::move(*command), ended);
        if (done) co_return Result<void>{};
        if (attempt == 3) co_return std::unexpected(std::move(done.error()));
    }
}

Task<Result<void>> BotRegistry::leave_all(BotId id) {
    for (const auto tournament : not_over(engine_.store()))
        if (auto left = co_await leave(tournament, id); !left) co_return left;
    co_return Result<void>{};
}

Task<Result<void>> BotRegistry::remove(BotId id) {
    if (!co_await find(id)) co_return refused(Code::not_found, "no such bot");
    if (auto left = co_await leave_all(id); !left) co_return left;
    auto done = co_await engine_.execute<BotAggregate>(id, bots::BotCommand(bots::DeleteBot{}), exists);
    if (!done) co_return std::unexpected(std::move(done.error()));
    // Where it joined meanwhile.
    co_return co_await leave_all(id);
}

Task<std::optional<bots::Bot>> BotRegistry::find(BotId id) {
    co_return co_await engine_.read<BotAggregate>(
        id, [](const bots::Bot& bot) { return bot.is_live() ? std::optional(bot) : std::nullopt; });
}

std::optional<WebhookEndpoint> BotRegistry::endpoint_of(BotId id) {
    const auto now = engine_.clock().now();
    return engine_.peek<BotAggregate>(id, [&](const bots::Bot& bot) -> std::optional<WebhookEndpoint> {
        if (!bot.is_live() || bot.what.connection.type != bots::Carrier::webhook) return std::nullopt;
        WebhookEndpoint webhook{*bot.what.connection.url, {}};
        if (auto secret = tokens_.unseal(bot.what.sealed_secret)) webhook.secrets.push_back(std::move(*secret));
        if (!bot.old_sealed_secret.empty() && now < bot.old_key_ends_at)
            if (auto secret = tokens_.unseal(bot.old_sealed_secret)) webhook.secrets.push_back(std::move(*secret));
        return webhook;
    });
}

}  // namespace agon
