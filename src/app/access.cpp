#include "app/access.hpp"

namespace agon {

Result<Actor> Access::identify(std::optional<std::string_view> authorization) const {
    if (!authorization) return Actor{};
    constexpr std::string_view scheme = "Bearer ";
    if (!authorization->starts_with(scheme)) return refused(Code::unauthenticated, "the token is not valid");
    const auto token = authorization->substr(scheme.size());
    if (token.starts_with("bk_")) {
        if (auto bot = bot_by_key(token)) return Actor{.bot = bot};
        return refused(Code::unauthenticated, "the token is not valid");
    }
    auto identity = tokens_.verify(token, engine_.clock().now());
    if (!identity) return std::unexpected(std::move(identity.error()));
    return Actor{.user = std::move(*identity)};
}

std::optional<BotId> Access::bot_by_key(std::string_view key) const {
    const auto hash = hash_api_key(key);
    for (const auto* column : {"key_hash", "old_key_hash"}) {
        const RowQuery query{.where = {{.column = column, .value = hash}}, .limit = 1};
        const auto found = rows::select<rows::BotRow>(engine_.store(), query);
        if (found.rows.empty()) continue;
        const auto& row = found.rows.front();
        if (row.key_hash == hash || engine_.clock().now() < row.old_key_ends_at.value_or(Instant{})) return row.bot_id;
    }
    return std::nullopt;
}

Result<void> Access::check_user(const Actor& actor) const {
    if (open_ || actor.user) return {};
    if (actor.bot) return refused(Code::forbidden, "a user's token is needed");
    return refused(Code::unauthenticated, "a bearer token is needed");
}

Result<void> Access::check_owner(const Actor& actor, const std::optional<UserId>& owner) const {
    if (open_ || actor.is_admin()) return {};
    if (actor.is_anonymous()) return refused(Code::unauthenticated, "a bearer token is needed");
    if (actor.user && owner == actor.user->user_id) return {};
    return refused(Code::forbidden, "not allowed with these credentials");
}

Result<void> Access::check_organiser(const Actor& actor, TournamentId id) const {
    if (open_) return {};
    return check_owner(actor, engine_.peek<TournamentAggregate>(id, [](const Tournament& t) { return t.created_by; }));
}

Result<void> Access::check_bot_owner(const Actor& actor, BotId bot) const {
    if (open_ || actor.bot == bot) return {};
    return check_owner(actor, engine_.peek<BotAggregate>(bot, [](const bots::Bot& b) { return b.what.owner; }));
}

}  // namespace agon
