#include "core/users/user.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace agon::users {

namespace {

using Events = std::vector<UserEvent>;

UserEvent opened(const OpenSession& s) { return SessionOpened{s.session, s.refresh_hash, s.ends_at}; }

Result<Events> create(const User& user, const CreateUser& c) {
    if (user.exists) return refused(Code::conflict, "already exists");
    Events events{UserCreated{c.username, c.role, c.password_hash, c.outside}};
    if (c.session) events.push_back(opened(*c.session));
    return events;
}

Events change_password(const ChangePassword& c) {
    Events events{PasswordChanged{c.password_hash}};
    if (c.session) events.push_back(opened(*c.session));
    return events;
}

/// The one that was not used for the longest time makes room.
Result<Events> open_session(const User& user, const OpenSession& c, Instant now) {
    if (c.epoch && *c.epoch != user.epoch) return refused(Code::unauthenticated, "the password was changed");
    Events events;
    const auto open = std::ranges::count_if(user.sessions, [&](const auto& s) { return now < s.second.ends_at; });
    if (open >= static_cast<std::ptrdiff_t>(most_sessions)) {
        const auto oldest = std::ranges::min_element(user.sessions, {}, [](const auto& s) { return s.second.used_at; });
        events.push_back(SessionClosed{oldest->first, SessionEnd::displaced});
    }
    events.push_back(opened(c));
    return events;
}

Result<Events> refresh_session(const User& user, const RefreshSession& c, Instant now) {
    const auto* session = user.session(c.session, now);
    if (!session) return refused(Code::unauthenticated, "the session is over");
    if (session->refresh_hash != c.presented_hash) return Events{SessionClosed{c.session, SessionEnd::reused}};
    return Events{SessionRefreshed{c.session, c.next_hash, c.ends_at}};
}

Result<Events> make_api_key(const User& user, const MakeApiKey& c) {
    if (user.api_keys.size() >= most_api_keys)
        return refused(Code::exhausted, "at most 20 keys; revoke one that is not used any more");
    return Events{ApiKeyMade{c.key, c.name, c.prefix, c.hash}};
}

Result<Events> revoke_api_key(const User& user, const RevokeApiKey& c) {
    if (!user.api_keys.contains(c.key)) return refused(Code::not_found, "no such key");
    return Events{ApiKeyRevoked{c.key}};
}

Result<Events> block(const User& user, const BlockUser& c) {
    if (c.by == c.blocked) return refused(Code::invalid, "nobody can block oneself; name another player");
    if (user.blocked.contains(c.blocked)) return Events{};
    if (user.blocked.size() >= most_blocked)
        return refused(Code::exhausted,
                       fmt::format("at most {} players can be blocked; unblock one of them first", most_blocked));
    return Events{UserBlocked{c.blocked}};
}

Result<Events> decide_on(const User& user, const UserCommand& command, Instant now) {
    return std::visit(
        overloaded{
            [&](const CreateUser& c) { return create(user, c); },
            [&](const ChangeRole& c) {
                return Result<Events>(c.role == user.role ? Events{} : Events{RoleChanged{c.role}});
            },
            [&](const ChangePassword& c) { return Result<Events>(change_password(c)); },
            [&](const RehashPassword& c) {
                return Result<Events>(c.old_hash == user.password_hash ? Events{PasswordRehashed{c.new_hash}}
                                                                       : Events{});
            },
            [&](const RevokeAccess&) { return Result<Events>(Events{AccessRevoked{}}); },
            [&](const ChangeAvatar& c) {
                return Result<Events>(c.avatar_url == user.avatar_url ? Events{} : Events{AvatarChanged{c.avatar_url}});
            },
            [&](const OpenSession& c) { return open_session(user, c, now); },
            [&](const RefreshSession& c) { return refresh_session(user, c, now); },
            [&](const CloseSession& c) {
                return Result<Events>(
                    user.session(c.session, now) ? Events{SessionClosed{c.session, SessionEnd::logout}} : Events{});
            },
            [&](const MakeApiKey& c) { return make_api_key(user, c); },
            [&](const RevokeApiKey& c) { return revoke_api_key(user, c); },
            [&](const BlockUser& c) { return block(user, c); },
            [&](const UnblockUser& c) {
                return Result<Events>(user.blocked.contains(c.blocked) ? Events{UserUnblocked{c.blocked}} : Events{});
            },
        },
        command);
}

}  // namespace

const Session* User::session(const std::string& id, Instant now) const {
    const auto found = sessions.find(id);
    return found != sessions.end() && now < found->second.ends_at ? &found->second : nullptr;
}

Result<std::vector<UserEvent>> decide(const User& user, const UserCommand& command, Instant now) {
    if (!user.exists && !std::holds_alternative<CreateUser>(command)) return refused(Code::not_found, "no such user");
    return decide_on(user, command, now);
}

void evolve(User& user, const UserEvent& event, Instant at) {
    std::visit(overloaded{
                   [&](const UserCreated& e) {
                       user.username = e.username;
                       user.role = e.role;
                       user.password_hash = e.password_hash;
                       user.outside = e.outside;
                       user.created_at = at;
                       user.exists = true;
                   },
                   [&](const RoleChanged& e) { user.role = e.role, ++user.epoch; },
                   [&](const PasswordChanged& e) {
                       user.password_hash = e.password_hash;
                       user.sessions.clear();
                       ++user.epoch;
                   },
                   [&](const PasswordRehashed& e) { user.password_hash = e.password_hash; },
                   [&](const AccessRevoked&) {
                       user.sessions.clear();
                       user.api_keys.clear();
                       ++user.epoch;
                   },
                   [&](const AvatarChanged& e) { user.avatar_url = e.avatar_url; },
                   [&](const SessionOpened& e) {
                       // What has ended by itself is forgotten here.
                       std::erase_if(user.sessions, [&](const auto& s) { return s.second.ends_at <= at; });
                       user.sessions[e.session] = {e.refresh_hash, e.ends_at, at};
                   },
                   [&](const SessionRefreshed& e) { user.sessions[e.session] = {e.refresh_hash, e.ends_at, at}; },
                   [&](const SessionClosed& e) { user.sessions.erase(e.session); },
                   [&](const ApiKeyMade& e) { user.api_keys[e.key] = {e.name, e.prefix, e.hash, at}; },
                   [&](const ApiKeyRevoked& e) { user.api_keys.erase(e.key); },
                   [&](const UserBlocked& e) { user.blocked[e.blocked] = at; },
                   [&](const UserUnblocked& e) { user.blocked.erase(e.unblocked); },
               },
               event);
}

}  // namespace agon::users
