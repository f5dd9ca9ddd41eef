#include "app/access.hpp"

namespace agon {

namespace {

constexpr auto foreign_changes_after = seconds(1);

std::unexpected<Error> bad_token() { return refused(Code::unauthenticated, "the token is not valid"); }

/// What follows `Bearer` in any case (RFC 9110, 11.1), or nothing.
std::optional<std::string_view> bearer_token(std::string_view header) {
    constexpr std::string_view scheme = "bearer ";
    if (header.size() <= scheme.size()) return std::nullopt;
    for (std::size_t i = 0; i < scheme.size(); ++i)
        if ((header[i] | 0x20) != (scheme[i] | 0x20)) return std::nullopt;
    return header.substr(scheme.size());
}

}  // namespace

Result<Actor> Access::identify(std::optional<std::string_view> authorization) const {
    if (!authorization) return Actor{};
    const auto token = bearer_token(*authorization);
    if (!token) return bad_token();
    if (token->starts_with(api_key_prefix)) return identify_key(*token);
    if (!token->starts_with("bk_")) return identify_user(*token);
    if (auto bot = bot_by_key(*token)) return Actor{.bot = bot};
    return bad_token();
}

Result<Actor> Access::identify_user(std::string_view token) const {
    auto identity = tokens_.verify(token, engine_.clock().now());
    if (!identity && outside_) return identify_outside(token);
    if (!identity) return bad_token();
    auto standing = standing_of(*identity, foreign_changes_after);
    // It may come from another process, which knows more.
    if (standing == Standing::revoked) standing = standing_of(*identity, {});
    if (standing == Standing::revoked) return bad_token();
    return Actor{.user = std::move(*identity), .is_unknown = standing == Standing::unknown};
}

/// A user who is not in the log has nothing to revoke.
Access::Standing Access::standing_of(const Identity& who, Duration age) const {
    const auto now = engine_.clock().now();
    return engine_.peek_caught_up<UserAggregate>(who.user_id, age, [&](const users::User& u) {
        if (!u.exists) return Standing::unknown;
        const bool revoked = u.epoch != who.epoch || (!who.session.empty() && !u.session(who.session, now));
        return revoked ? Standing::revoked : Standing::good;
    });
}

/// The role is what this server gave: the issuer says who somebody is, not what they may do here.
Result<Actor> Access::identify_outside(std::string_view token) const {
    auto who = outside_->verify(token, engine_.clock().now());
    if (!who) return bad_token();
    const auto id = find_outside_user(engine_.store(), *who);
    if (!id) return Actor{.newcomer = std::move(*who)};
    return engine_.peek_caught_up<UserAggregate>(*id, foreign_changes_after, [&](const users::User& u) {
        return Actor{.user = Identity{*id, u.username, u.role, {}, u.epoch}};
    });
}

Task<Result<Actor>> Access::welcome(Actor actor) const {
    auto made = co_await find_or_create_outside_user(engine_, std::move(*actor.newcomer));
    if (!made) co_return std::unexpected(std::move(made.error()));
    co_return Actor{.user = std::move(*made)};
}

Result<Actor> Access::identify_key(std::string_view text) const {
    const auto shown = Credential::parse(api_key_prefix, text);
    if (!shown) return bad_token();
    const auto look = [&](const users::User& u) -> Result<Actor> {
        const auto key = u.api_keys.find(shown->id);
        if (key == u.api_keys.end() || !same_secret(key->second.hash, shown->hash)) return bad_token();
        return Actor{.user = Identity{shown->owner, u.username, u.role, {}, u.epoch}, .by_key = true};
    };
    return engine_.peek_caught_up<UserAggregate>(shown->owner, foreign_changes_after, look);
}

std::optional<BotId> Access::bot_by_key(std::string_view key) const {
    const auto hash = hash_api_key(key);
    for (const auto* column : {"key_hash", "old_key_hash"}) {
        const auto row = rows::find<rows::BotRow>(engine_.store(), column, hash);
        if (!row) continue;
        if (row->key_hash == hash || engine_.clock().now() < row->old_key_ends_at.value_or(Instant{}))
            return row->bot_id;
    }
    return std::nullopt;
}

Result<void> Access::check_role(Needs needs, const Actor& actor) const {
    const bool always = needs == Needs::player || needs == Needs::person || needs == Needs::host ||
                        needs == Needs::admin || needs == Needs::tournament_host;
    if (!always) return {};
    if (actor.is_anonymous()) return refused(Code::unauthenticated, "a bearer token is needed");
    if (!actor.user) return refused(Code::forbidden, "a user's token is needed");
    if (actor.is_unknown) return bad_token();
    const auto role = actor.user->role;
    const bool allowed = needs == Needs::player || (needs == Needs::person && !actor.by_key) ||
                         ((needs == Needs::host || needs == Needs::tournament_host) && role != users::Role::player) ||
                         (needs == Needs::admin && role == users::Role::admin);
    if (allowed) return {};
    return refused(Code::forbidden, "the role does not allow it");
}

Result<void> Access::check_user(const Actor& actor) const {
    if (open_ || actor.user) return {};
    if (actor.bot) return refused(Code::forbidden, "a user's token is needed");
    return refused(Code::unauthenticated, "a bearer token is needed");
}

Result<void> Access::check_owner(const Actor& actor, const std::optional<UserId>& owner) const {
    if (actor.is_admin()) return {};
    if (actor.is_anonymous()) return refused(Code::unauthenticated, "a bearer token is needed");
    if (actor.user && owner == actor.user->user_id) return {};
    return refused(Code::forbidden, "not allowed with these credentials");
}

Result<void> Access::check_organiser(const Actor& actor, TournamentId id) const {
    const auto [is_of_people, owner] = engine_.peek<TournamentAggregate>(
        id, [](const Tournament& t) { return std::pair(t.driver == Driver::manual, t.created_by); });
    if (open_ && !(is_of_people && owner)) return {};
    return check_owner(actor, owner);
}

Result<void> Access::check_tournament_host(const Actor& actor, TournamentId id) const {
    if (actor.is_admin()) return {};
    const bool theirs = engine_.peek<TournamentAggregate>(
        id, [&](const Tournament& t) { return !t.exists() || t.created_by == actor.user->user_id; });
    if (theirs) return {};
    return refused(Code::forbidden, "another host's tournament");
}

Result<void> Access::check_bot_owner(const Actor& actor, BotId bot) const {
    if (open_ || actor.bot == bot) return {};
    const auto [is_there, owner] =
        engine_.peek<BotAggregate>(bot, [](const bots::Bot& b) { return std::pair(b.is_live(), b.what.owner); });
    if (!is_there && !actor.is_anonymous()) return {};
    return check_owner(actor, owner);
}

}  // namespace agon
