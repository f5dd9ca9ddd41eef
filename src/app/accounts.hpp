/// Signing up, signing in, staying signed in.
///
/// Whoever signs in gets an access token (a JWT of ten minutes, `Tokens`) and a refresh token. The refresh token works
/// once: it buys the next pair. When one comes a second time, somebody has stolen it, and the whole session ends.
#pragma once

#include "app/passwords.hpp"
#include "app/users.hpp"

namespace agon {

/// Without being used, a session lasts so long.
inline constexpr auto session_lifetime = std::chrono::days(30);

struct SignedIn {
    Identity who;
    std::string access_token;
    std::string refresh_token;
};

/// Any thread. Throws StoreBroken where the store fails.
class Accounts {
public:
    Accounts(Engine& engine, const Tokens& tokens, Passwords& passwords, Random& random)
        : engine_(engine), tokens_(tokens), passwords_(passwords), random_(random) {}

    /// `invalid` with the rule that the name or the password breaks; `conflict` where the name is taken or looks like
    /// one that is; `exhausted` where too many passwords wait to be hashed. `attach` as in `Engine::execute`.
    Task<Result<SignedIn>> sign_up(std::string username, std::string password, users::Role role = users::Role::player,
                                   std::function<void(Batch&)> attach = {});

    /// `unauthenticated` for an unknown name and for a wrong password, after the same time.
    Task<Result<SignedIn>> sign_in(std::string username, std::string password);

    /// `unauthenticated` for anything but a session's present refresh token; an earlier one also ends the session.
    Task<Result<SignedIn>> refresh(std::string refresh_token);

    /// Ends every session and every access token; the caller gets a new session. `invalid` where `present` is wrong or
    /// `next` is weak.
    Task<Result<SignedIn>> change_password(Identity who, std::string present, std::string next);

    /// A key for programs of that user, not known to anybody yet.
    Credential new_api_key(UserId owner) const { return Credential::make(api_key_prefix, owner, random_); }

private:
    Task<Result<bool>> is_password(std::string hash, std::string password);
    /// As the log has it, hashed at the present cost.
    Task<Result<void>> rehash(UserId, std::string old_hash, std::string password);
    users::OpenSession new_session(const Credential&) const;
    SignedIn signed_in(Identity, const Credential& refresh_token) const;

    Engine& engine_;
    const Tokens& tokens_;
    Passwords& passwords_;
    Random& random_;
};

}  // namespace agon
