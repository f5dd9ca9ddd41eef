/// Who may do what.
#pragma once

#include "app/bots.hpp"
#include "app/engine.hpp"
#include "app/outside.hpp"
#include "app/tokens.hpp"

namespace agon {

/// Who is asking, as far as its credentials tell.
struct Actor {
    std::optional<Identity> user;
    /// The user was known by an API key, not by a session.
    bool by_key = false;
    /// A token of this server for a user that is not in the log: the data is older than the token.
    bool is_unknown = false;
    /// A bot's API key was shown.
    std::optional<BotId> bot;
    /// Somebody of the outside issuer who has not been here before: `Access::welcome` makes a user.
    std::optional<OutsideIdentity> newcomer;

    bool is_anonymous() const { return !user && !bot; }
    bool is_admin() const { return user && user->role == users::Role::admin; }
};

/// What an endpoint asks of its caller.
enum class Needs {
    nobody,  ///< everybody may
    // On an open arena (a loopback address, or by the operator's word) nobody is asked for these.
    user,       ///< a signed-in user
    organiser,  ///< the user who created the tournament, or an admin; everywhere where people play in it
    bot_owner,  ///< the bot itself by its key, the user who registered it, or an admin
    // These are asked for everywhere.
    player,           ///< a user, by an access token or an API key
    person,           ///< a user by an access token: what an API key must not do, as making another one
    host,             ///< a user who is a host or an admin
    admin,            ///< a user who is an admin
    tournament_host,  ///< the host who created the tournament, or an admin
};

class Access : public BotDirectory {
public:
    /// `outside` may be null: then this server's tokens alone are good.
    Access(Engine& engine, const Tokens& tokens, bool open, const OutsideIssuer* outside = nullptr)
        : engine_(engine), tokens_(tokens), open_(open), outside_(outside) {}

    /// From an `Authorization` header: a user's access token or API key, or a bot's key. Without one, nobody.
    /// `unauthenticated` where there is one and it is not good: forged, expired, revoked. A revocation in this process
    /// counts at once, one by another process within a second.
    Result<Actor> identify(std::optional<std::string_view> authorization) const;
    /// Makes the newcomer a user.
    Task<Result<Actor>> welcome(Actor) const;

    /// For those of `Needs` that ask for a user everywhere; the others are good here.
    Result<void> check_role(Needs, const Actor&) const;
    Result<void> check_user(const Actor&) const;
    Result<void> check_organiser(const Actor&, TournamentId) const;
    /// Of a user whose role is good. Nothing is refused where there is no such tournament.
    Result<void> check_tournament_host(const Actor&, TournamentId) const;
    /// Nothing is refused to a caller with credentials where there is no such bot: the endpoint says that there is none.
    Result<void> check_bot_owner(const Actor&, BotId) const;

    bool is_open() const { return open_; }
    std::optional<BotId> by_key(std::string_view key) override { return bot_by_key(key); }

private:
    /// The bot that the key belongs to, while it does.
    std::optional<BotId> bot_by_key(std::string_view key) const;
    Result<Actor> identify_user(std::string_view token) const;
    Result<Actor> identify_outside(std::string_view token) const;
    Result<Actor> identify_key(std::string_view key) const;
    /// What the log says of a token's user.
    enum class Standing { good, revoked, unknown };
    Standing standing_of(const Identity&, Duration age) const;
    Result<void> check_owner(const Actor&, const std::optional<UserId>& owner) const;

    Engine& engine_;
    const Tokens& tokens_;
    bool open_;
    const OutsideIssuer* outside_;
};

}  // namespace agon
