#include "faces/player/execute.hpp"
#include "faces/player/profile.hpp"

namespace agon::player {

namespace {

struct Credentials {
    std::string username;
    std::string password;
    static constexpr codec::Note notes[] = {
        {.field = "username", .doc = "3 to 32 letters, digits, blanks, '-', '_' and '.' of one script"},
        {.field = "password", .doc = "8 to 256 bytes"},
    };
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (username, password))

struct RefreshRequest {
    std::string refresh_token;
    static constexpr codec::Note notes[] = {
        {.field = "refresh_token", .doc = "The last one that was given; works once"}};
};
BOOST_DESCRIBE_STRUCT(RefreshRequest, (), (refresh_token))

struct PasswordRequest {
    std::string present_password;
    std::string new_password;
};
BOOST_DESCRIBE_STRUCT(PasswordRequest, (), (present_password, new_password))

struct ProfileRequest {
    codec::Omittable<std::optional<std::string>> avatar_url;
    static constexpr codec::Note notes[] = {
        {.field = "avatar_url",
         .doc = "An http or https address, or a path; null for none; what is not given stays",
         .max = 2048}};
};
BOOST_DESCRIBE_STRUCT(ProfileRequest, (), (avatar_url))

struct SetupRequest : Credentials {
    std::string token;
    static constexpr codec::Note notes[] = {
        {.field = "token", .doc = "From the link that the server printed; works once"}};
};
BOOST_DESCRIBE_STRUCT(SetupRequest, (Credentials), (token))

struct Session {
    UserView user;
    std::string access_token;
    std::string refresh_token;
    /// Of the access token, in seconds.
    std::int64_t expires_in = 0;
};
BOOST_DESCRIBE_STRUCT(Session, (), (user, access_token, refresh_token, expires_in))

Task<users::User> user_of(Context& c, UserId id) {
    co_return co_await c.services.engine.read<UserAggregate>(id, [](const users::User& u) { return u; });
}

Task<Result<Session>> session(Context& c, Result<SignedIn> signed_in) {
    if (!signed_in) {
        // Too many passwords wait to be hashed; a second later most of them are.
        if (signed_in.error().code == Code::exhausted) c.headers.emplace_back("Retry-After", "1");
        co_return std::unexpected(std::move(signed_in.error()));
    }
    c.headers.emplace_back("Cache-Control", "no-store");
    const auto id = signed_in->who.user_id;
    co_await reach_ratings(c.services);
    co_return Session{user_view(c.services.engine, id, co_await user_of(c, id)), std::move(signed_in->access_token),
                      std::move(signed_in->refresh_token), std::chrono::seconds(access_token_lifetime).count()};
}

Task<Result<Session>> sign_up(Context& c, Body<Credentials> body) {
    co_return co_await session(c, co_await c.services.accounts->sign_up(body->username, body->password));
}

/// However many addresses and names somebody tries with: this name from this address is counted by itself.
Result<void> count_sign_in(Context& c, std::string_view username) {
    if (!c.services.limits) return {};
    const auto who = folded(username.substr(0, 256)) + "/" + address_key(c.request.remote);
    const auto metered = c.services.limits->take(Rate::sign_in, who);
    if (metered.allowed) return {};
    const auto wait = std::chrono::ceil<std::chrono::seconds>(metered.retry_after).count();
    c.headers.emplace_back("Retry-After", std::to_string(wait));
    return refused(Code::exhausted, "too many requests");
}

Task<Result<Session>> sign_in(Context& c, Body<Credentials> body) {
    if (auto ok = count_sign_in(c, body->username); !ok) co_return std::unexpected(std::move(ok.error()));
    co_return co_await session(c, co_await c.services.accounts->sign_in(body->username, body->password));
}

Task<Result<Session>> refresh(Context& c, Body<RefreshRequest> body) {
    co_return co_await session(c, co_await c.services.accounts->refresh(body->refresh_token));
}

Task<Result<Session>> change_password(Context& c, Body<PasswordRequest> body) {
    co_return co_await session(
        c, co_await c.services.accounts->change_password(c.user(), body->present_password, body->new_password));
}

Task<Result<Session>> set_up(Context& c, Body<SetupRequest> body) {
    co_return co_await session(c, co_await c.services.setup->make_admin(body->token, body->username, body->password));
}

Task<Result<Success>> sign_out(Context& c) {
    co_return co_await execute<UserAggregate>(c, c.user().user_id, users::CloseSession{c.user().session},
                                              [](const users::User&) { return Success{}; });
}

Task<Result<UserView>> me(Context& c) {
    co_await reach_ratings(c.services);
    co_return user_view(c.services.engine, c.user().user_id, co_await user_of(c, c.user().user_id));
}

/// An address that a page may show as a picture: never one that runs something.
bool is_picture_address(std::string_view text) {
    const auto plain = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\'; };
    if (text.empty() || !std::ranges::all_of(text, plain)) return false;
    if (text.starts_with("https://") || text.starts_with("http://")) return true;
    return !text.starts_with("//") && text.find(':') == text.npos;
}

Task<Result<UserView>> change_me(Context& c, Body<ProfileRequest> body) {
    const auto& wanted = body->avatar_url;
    if (wanted && *wanted && !is_picture_address(**wanted))
        co_return refused(Code::invalid, "must be an http or https address, or a path", "/avatar_url");
    const auto id = c.user().user_id;
    const auto view = [&c, id](const users::User& u) { return user_view(c.services.engine, id, u); };
    co_await reach_ratings(c.services);
    if (!wanted) co_return co_await c.services.engine.read<UserAggregate>(id, view);
    co_return co_await execute<UserAggregate>(c, id, users::ChangeAvatar{*wanted}, view);
}

}  // namespace

std::vector<Endpoint> auth_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, sign_up>(Method::post, "/api/v1/auth/register", "Make an account, and sign in", Needs::nobody, 201)
            .also({409}),
        endpoint<S, sign_in>(Method::post, "/api/v1/auth/login", "Sign in", Needs::nobody),
        endpoint<S, refresh>(Method::post, "/api/v1/auth/refresh",
                             "The next access token, for a refresh token, which then is void", Needs::nobody),
        endpoint<S, set_up>(Method::post, "/api/v1/auth/setup", "Become an admin, by the link that the server printed",
                            Needs::nobody, 201),
        endpoint<S, sign_out>(Method::post, "/api/v1/auth/logout", "End the session", Needs::person),
        endpoint<S, me>(Method::get, "/api/v1/auth/me", "Who is signed in", Needs::player),
        endpoint<S, change_me>(Method::put, "/api/v1/auth/me", "Change the profile", Needs::player),
        endpoint<S, change_password>(Method::put, "/api/v1/auth/password",
                                     "Change the password; every other session ends", Needs::person),
    };
}

}  // namespace agon::player
