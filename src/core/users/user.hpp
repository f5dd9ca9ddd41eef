/// Somebody who signs in: a name that nobody else has, a role, a password, sessions, keys for machines; and whom that one
/// blocked, which is nobody else's to know.
///
/// Nothing here can be turned back into a secret: passwords come hashed (Argon2id), refresh tokens and API keys as
/// SHA-256. What revokes access tokens is `epoch`: a token carries the epoch of its making and is good in that one only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/types.hpp"

namespace agon::users {

enum class Role { player, host, admin };
BOOST_DESCRIBE_ENUM(Role, player, host, admin)

/// Why a session ended before its time.
enum class SessionEnd {
    logout,     ///< the user said so
    reused,     ///< a refresh token came twice: one of the two who have it stole it
    displaced,  ///< the user has too many sessions; this one was not used for the longest time
};
BOOST_DESCRIBE_ENUM(SessionEnd, logout, reused, displaced)

struct UserCreated {
    std::string username;
    Role role{};
    /// Empty: cannot sign in by password.
    std::string password_hash;
    /// For a user of an outside issuer: who that is there.
    std::optional<std::string> outside;
};
BOOST_DESCRIBE_STRUCT(UserCreated, (), (username, role, password_hash, outside))

/// Ends the epoch.
struct RoleChanged {
    Role role{};
};
BOOST_DESCRIBE_STRUCT(RoleChanged, (), (role))

/// Ends the epoch and every session.
struct PasswordChanged {
    std::string password_hash;
};
BOOST_DESCRIBE_STRUCT(PasswordChanged, (), (password_hash))

/// The same password, hashed at the present cost.
struct PasswordRehashed {
    std::string password_hash;
};
BOOST_DESCRIBE_STRUCT(PasswordRehashed, (), (password_hash))

/// Ends the epoch, every session and every key.
struct AccessRevoked {};
BOOST_DESCRIBE_STRUCT(AccessRevoked, (), ())

struct AvatarChanged {
    std::optional<std::string> avatar_url;
};
BOOST_DESCRIBE_STRUCT(AvatarChanged, (), (avatar_url))

struct SessionOpened {
    std::string session;
    std::string refresh_hash;
    Instant ends_at;
};
BOOST_DESCRIBE_STRUCT(SessionOpened, (), (session, refresh_hash, ends_at))

struct SessionRefreshed {
    std::string session;
    std::string refresh_hash;
    Instant ends_at;
};
BOOST_DESCRIBE_STRUCT(SessionRefreshed, (), (session, refresh_hash, ends_at))

struct SessionClosed {
    std::string session;
    SessionEnd why{};
};
BOOST_DESCRIBE_STRUCT(SessionClosed, (), (session, why))

struct ApiKeyMade {
    std::string key;
    std::string name;
    /// What is shown of it later.
    std::string prefix;
    std::string hash;
};
BOOST_DESCRIBE_STRUCT(ApiKeyMade, (), (key, name, prefix, hash))

struct ApiKeyRevoked {
    std::string key;
};
BOOST_DESCRIBE_STRUCT(ApiKeyRevoked, (), (key))

/// Matchmaking never pairs this user with `blocked`, from now on.
struct UserBlocked {
    UserId blocked;
};
BOOST_DESCRIBE_STRUCT(UserBlocked, (), (blocked))

struct UserUnblocked {
    UserId unblocked;
};
BOOST_DESCRIBE_STRUCT(UserUnblocked, (), (unblocked))

using UserEvent =
    std::variant<UserCreated, RoleChanged, PasswordChanged, PasswordRehashed, AccessRevoked, AvatarChanged,
                 SessionOpened, SessionRefreshed, SessionClosed, ApiKeyMade, ApiKeyRevoked, UserBlocked, UserUnblocked>;

/// `unauthenticated` where the epoch is another than the one that the caller saw: the password that was right then may
/// have been changed since.
struct OpenSession {
    std::string session;
    std::string refresh_hash;
    Instant ends_at;
    std::optional<std::int64_t> epoch;
};
/// Also opens a session, where one is given.
struct CreateUser {
    std::string username;
    Role role{};
    std::string password_hash;
    std::optional<std::string> outside;
    std::optional<OpenSession> session;
};
struct ChangeRole {
    Role role{};
};
/// Also opens a session, where one is given: for whoever made the change.
struct ChangePassword {
    std::string password_hash;
    std::optional<OpenSession> session;
};
/// Nothing where the hash is no longer `old_hash`.
struct RehashPassword {
    std::string old_hash;
    std::string new_hash;
};
struct RevokeAccess {};
struct ChangeAvatar {
    std::optional<std::string> avatar_url;
};
/// `unauthenticated` where the session is over. Where `presented_hash` is not that of its present token, the session
/// is closed: the caller sees that by its absence.
struct RefreshSession {
    std::string session;
    std::string presented_hash;
    std::string next_hash;
    Instant ends_at;
};
/// Nothing where it is closed.
struct CloseSession {
    std::string session;
};
struct MakeApiKey {
    std::string key;
    std::string name;
    std::string prefix;
    std::string hash;
};
struct RevokeApiKey {
    std::string key;
};
/// By the user, of another one who is there; twice is once. `invalid` of oneself, `exhausted` beyond `most_blocked`.
struct BlockUser {
    UserId by;
    UserId blocked;
};
/// Nothing where that one is not blocked.
struct UnblockUser {
    UserId blocked;
};
using UserCommand =
    std::variant<CreateUser, ChangeRole, ChangePassword, RehashPassword, RevokeAccess, ChangeAvatar, OpenSession,
                 RefreshSession, CloseSession, MakeApiKey, RevokeApiKey, BlockUser, UnblockUser>;

inline constexpr std::size_t most_sessions = 20;
inline constexpr std::size_t most_api_keys = 20;
/// Fewer than a ticket of matchmaking can avoid, so that there is room for those whom a player avoids for once.
inline constexpr std::size_t most_blocked = 50;

struct Session {
    std::string refresh_hash;
    Instant ends_at;
    Instant used_at;
};
struct ApiKey {
    std::string name;
    std::string prefix;
    std::string hash;
    Instant made_at;
};

struct User {
    std::string username;
    Role role{};
    std::string password_hash;
    std::optional<std::string> outside;
    std::optional<std::string> avatar_url;
    Instant created_at;
    bool exists = false;
    std::int64_t epoch = 0;
    std::map<std::string, Session> sessions;
    std::map<std::string, ApiKey> api_keys;
    /// Whom this user blocked, and since when.
    std::map<UserId, Instant> blocked;

    /// The session, if it is open at `now`; else null.
    const Session* session(const std::string& id, Instant now) const;
};

Result<std::vector<UserEvent>> decide(const User&, const UserCommand&, Instant now);
void evolve(User&, const UserEvent&, Instant at);

}  // namespace agon::users
