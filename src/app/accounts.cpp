#include "app/accounts.hpp"

namespace agon {

namespace {

std::unexpected<Error> wrong_password() { return refused(Code::unauthenticated, "wrong username or password"); }
std::unexpected<Error> session_over() { return refused(Code::unauthenticated, "the session is over"); }

auto identity_in(UserId id, std::string session) {
    return [id, session = std::move(session)](const users::User& u) {
        return Identity{id, u.username, u.role, session, u.epoch};
    };
}

}  // namespace

users::OpenSession Accounts::new_session(const Credential& token) const {
    return {.session = token.id,
            .refresh_hash = token.hash,
            .ends_at = engine_.clock().now() + session_lifetime,
            .epoch = {}};
}

SignedIn Accounts::signed_in(Identity who, const Credential& refresh_token) const {
    auto access = tokens_.issue(who, engine_.clock().now(), access_token_lifetime, random_);
    return {std::move(who), std::move(access), refresh_token.text};
}

Task<Result<SignedIn>> Accounts::sign_up(std::string username, std::string password, users::Role role,
                                         std::function<void(Batch&)> attach) {
    auto name = parse_username(username);
    if (!name) co_return refused(Code::invalid, name.error().message, "/username");
    auto good = check_password(password, name->shown);
    if (!good) co_return std::unexpected(std::move(good.error()));
    const auto id = user_id_of(*name);
    // Before the hash, which costs more than the look.
    const bool taken = co_await engine_.read<UserAggregate>(id, [](const users::User& u) { return u.exists; });
    if (taken) co_return refused(Code::conflict, "the username is taken");
    auto hash = co_await passwords_.hash(std::move(*good));
    if (!hash) co_return std::unexpected(std::move(hash.error()));
    const auto token = Credential::make(refresh_token_prefix, id, random_);
    users::CreateUser command{.username = name->shown,
                              .role = role,
                              .password_hash = std::move(*hash),
                              .outside = {},
                              .session = new_session(token)};
    const auto add_rows = [attach](Batch& batch, const Identity&) {
        if (attach) attach(batch);
    };
    auto done = co_await engine_.execute<UserAggregate>(id, users::UserCommand(std::move(command)),
                                                        identity_in(id, token.id), add_rows);
    if (!done) co_return refused(Code::conflict, "the username is taken");
    co_return signed_in(std::move(*done), token);
}

Task<Result<bool>> Accounts::is_password(std::string hash, std::string password) {
    // What cannot be anybody's password still takes the time of one.
    const auto text = normalised(password.substr(0, 1024));
    co_return co_await passwords_.verify(std::move(hash), text ? *text : std::string());
}

Task<Result<void>> Accounts::rehash(UserId id, std::string old_hash, std::string password) {
    auto hash = co_await passwords_.hash(*normalised(password));
    if (!hash) co_return Result<void>{};  // too busy: the next time, then
    auto done = co_await engine_.execute<UserAggregate>(
        id, users::UserCommand(users::RehashPassword{std::move(old_hash), std::move(*hash)}),
        [](const users::User& u) { return u.exists; });
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return Result<void>{};
}

Task<Result<SignedIn>> Accounts::sign_in(std::string username, std::string password) {
    const auto id = find_user(engine_.store(), username);
    users::User user;
    if (id) {
        engine_.catch_up<UserAggregate>(*id);
        user = co_await engine_.read<UserAggregate>(*id, [](const users::User& u) { return u; });
    }
    auto same = co_await is_password(user.password_hash, password);
    if (!same) co_return std::unexpected(std::move(same.error()));
    if (!*same) co_return wrong_password();
    if (passwords_.is_outdated(user.password_hash))
        if (auto ok = co_await rehash(*id, user.password_hash, password); !ok)
            co_return std::unexpected(std::move(ok.error()));
    const auto token = Credential::make(refresh_token_prefix, *id, random_);
    auto command = new_session(token);
    command.epoch = user.epoch;
    auto done = co_await engine_.execute<UserAggregate>(*id, users::UserCommand(std::move(command)),
                                                        identity_in(*id, token.id));
    if (!done) co_return wrong_password();
    co_return signed_in(std::move(*done), token);
}

Task<Result<SignedIn>> Accounts::refresh(std::string refresh_token) {
    const auto shown = Credential::parse(refresh_token_prefix, refresh_token);
    if (!shown) co_return session_over();
    engine_.catch_up<UserAggregate>(shown->owner);
    const auto next = shown->renewed(refresh_token_prefix, random_);
    const auto session = new_session(next);
    const auto look = [id = shown->owner, next](const users::User& u) -> std::optional<Identity> {
        // Not there: the token was an earlier one, and that ended the session.
        const auto open = u.sessions.find(next.id);
        if (open == u.sessions.end() || open->second.refresh_hash != next.hash) return std::nullopt;
        return Identity{id, u.username, u.role, next.id, u.epoch};
    };
    auto done = co_await engine_.execute<UserAggregate>(
        shown->owner,
        users::UserCommand(users::RefreshSession{next.id, shown->hash, session.refresh_hash, session.ends_at}), look);
    if (!done || !*done) co_return session_over();
    co_return signed_in(std::move(**done), next);
}

Task<Result<SignedIn>> Accounts::change_password(Identity who, std::string present, std::string next) {
    auto good = check_password(next, who.username);
    if (!good) co_return refused(Code::invalid, good.error().message, "/new_password");
    const auto hash =
        co_await engine_.read<UserAggregate>(who.user_id, [](const users::User& u) { return u.password_hash; });
    auto same = co_await is_password(hash, std::move(present));
    if (!same) co_return std::unexpected(std::move(same.error()));
    if (!*same) co_return refused(Code::invalid, "is wrong", "/present_password");
    auto next_hash = co_await passwords_.hash(std::move(*good));
    if (!next_hash) co_return std::unexpected(std::move(next_hash.error()));
    const auto token = Credential::make(refresh_token_prefix, who.user_id, random_);
    auto done = co_await engine_.execute<UserAggregate>(
        who.user_id, users::UserCommand(users::ChangePassword{std::move(*next_hash), new_session(token)}),
        identity_in(who.user_id, token.id));
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return signed_in(std::move(*done), token);
}

}  // namespace agon
