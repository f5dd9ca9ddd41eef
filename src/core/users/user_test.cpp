#include "core/users/user.hpp"

#include <doctest/doctest.h>

namespace agon::users {

namespace {

constexpr Instant t0{1'700'000'000'000'000};

User ana() {
    User user;
    evolve(user, UserCreated{"ana", Role::player, "hash", {}}, t0);
    return user;
}

/// Decides and applies; how many events it took.
std::size_t run(User& user, const UserCommand& command, Instant now = t0) {
    const auto events = decide(user, command, now);
    REQUIRE(events.has_value());
    for (const auto& event : *events) evolve(user, event, now);
    return events->size();
}

OpenSession session(std::string id, Instant ends_at = t0 + seconds(100)) {
    return {std::move(id), "token-1", ends_at, {}};
}

}  // namespace

TEST_CASE("a user is created once, with a name and a role") {
    const auto events = decide(User{}, CreateUser{"ana", Role::host, "", {}, {}}, t0);
    REQUIRE(events.has_value());
    REQUIRE(events->size() == 1);
    CHECK(std::get<UserCreated>(events->front()).username == "ana");
    CHECK(std::get<UserCreated>(events->front()).role == Role::host);
    CHECK(decide(ana(), CreateUser{"ana", Role::player, "", {}, {}}, t0).error().code == Code::conflict);
    CHECK(ana().created_at == t0);
}

TEST_CASE("whoever is created with a session has it") {
    User user;
    CHECK(run(user, CreateUser{"ana", Role::player, "hash", {}, session("s")}) == 2);
    CHECK(user.session("s", t0));
    CHECK(!user.session("s", t0 + seconds(100)));
}

TEST_CASE("nothing but a creation happens to a user who is not there") {
    for (const UserCommand& command :
         {UserCommand(ChangeRole{Role::admin}), UserCommand(ChangePassword{"x", {}}), UserCommand(RevokeAccess{}),
          UserCommand(ChangeAvatar{}), UserCommand(session("s")), UserCommand(CloseSession{"s"})})
        CHECK(decide(User{}, command, t0).error().code == Code::not_found);
}

TEST_CASE("a role is changed and ends the epoch; to the same one is no event") {
    auto user = ana();
    CHECK(run(user, ChangeRole{Role::admin}) == 1);
    CHECK(user.role == Role::admin);
    CHECK(user.epoch == 1);
    CHECK(user.created_at == t0);
    CHECK(run(user, ChangeRole{Role::admin}) == 0);
}

TEST_CASE("a changed password ends every session but the one of who changed it") {
    auto user = ana();
    run(user, session("a"));
    run(user, session("b"));
    run(user, ChangePassword{"new", session("c")});
    CHECK(user.password_hash == "new");
    CHECK(user.epoch == 1);
    CHECK(user.sessions.size() == 1);
    CHECK(user.session("c", t0));
}

TEST_CASE("a password is hashed again only if it is still the same") {
    auto user = ana();
    CHECK(run(user, RehashPassword{"other", "better"}) == 0);
    CHECK(run(user, RehashPassword{"hash", "better"}) == 1);
    CHECK(user.password_hash == "better");
    CHECK(user.epoch == 0);
}

TEST_CASE("a refresh token works once; the second time it ends its session") {
    auto user = ana();
    run(user, session("s"));
    CHECK(run(user, RefreshSession{"s", "token-1", "token-2", t0 + seconds(200)}, t0 + seconds(50)) == 1);
    CHECK(user.session("s", t0 + seconds(150))->refresh_hash == "token-2");
    CHECK(run(user, RefreshSession{"s", "token-1", "token-3", t0 + seconds(300)}) == 1);
    CHECK(!user.session("s", t0));
    CHECK(decide(user, RefreshSession{"s", "token-2", "token-3", t0 + seconds(300)}, t0).error().code ==
          Code::unauthenticated);
}

TEST_CASE("a session that is over is not refreshed") {
    auto user = ana();
    run(user, session("s"));
    CHECK(decide(user, RefreshSession{"s", "token-1", "token-2", t0 + seconds(300)}, t0 + seconds(100)).error().code ==
          Code::unauthenticated);
    CHECK(decide(user, RefreshSession{"x", "token-1", "token-2", t0 + seconds(300)}, t0).error().code ==
          Code::unauthenticated);
}

TEST_CASE("a session is closed once; others stay") {
    auto user = ana();
    run(user, session("a"));
    run(user, session("b"));
    CHECK(run(user, CloseSession{"a"}) == 1);
    CHECK(run(user, CloseSession{"a"}) == 0);
    CHECK(!user.session("a", t0));
    CHECK(user.session("b", t0));
}

TEST_CASE("the session that was unused for the longest makes room for one too many") {
    auto user = ana();
    for (std::size_t i = 0; i < most_sessions; ++i)
        run(user, session("s" + std::to_string(i)), t0 + seconds(static_cast<double>(i)));
    run(user, RefreshSession{"s0", "token-1", "token-2", t0 + seconds(100)}, t0 + seconds(30));
    CHECK(run(user, session("new"), t0 + seconds(31)) == 2);
    CHECK(user.sessions.size() == most_sessions);
    CHECK(user.session("s0", t0));
    CHECK(!user.session("s1", t0));
}

TEST_CASE("sessions that ended by themselves are forgotten, not displaced") {
    auto user = ana();
    for (std::size_t i = 0; i < most_sessions; ++i) run(user, session("s" + std::to_string(i)));
    CHECK(run(user, session("new", t0 + seconds(300)), t0 + seconds(100)) == 1);
    CHECK(user.sessions.size() == 1);
}

TEST_CASE("keys are made up to a number, revoked once, and go with a revocation of everything") {
    auto user = ana();
    for (std::size_t i = 0; i < most_api_keys; ++i)
        run(user, MakeApiKey{"k" + std::to_string(i), "build server", "agk_x", "h"});
    CHECK(decide(user, MakeApiKey{"more", "n", "agk_x", "h"}, t0).error().code == Code::exhausted);
    CHECK(run(user, RevokeApiKey{"k3"}) == 1);
    CHECK(decide(user, RevokeApiKey{"k3"}, t0).error().code == Code::not_found);
    run(user, session("s"));
    run(user, RevokeAccess{});
    CHECK(user.api_keys.empty());
    CHECK(user.sessions.empty());
    CHECK(user.epoch == 1);
}

TEST_CASE("no session is opened for a password that was changed meanwhile") {
    auto user = ana();
    CHECK(decide(user, OpenSession{"s", "token-1", t0 + seconds(100), 1}, t0).error().code == Code::unauthenticated);
    CHECK(run(user, OpenSession{"s", "token-1", t0 + seconds(100), 0}) == 1);
}

TEST_CASE("an avatar is set, kept and taken away") {
    auto user = ana();
    CHECK(run(user, ChangeAvatar{"https://example.org/a.png"}) == 1);
    CHECK(run(user, ChangeAvatar{"https://example.org/a.png"}) == 0);
    CHECK(user.avatar_url == "https://example.org/a.png");
    CHECK(run(user, ChangeAvatar{}) == 1);
    CHECK(!user.avatar_url);
}

namespace {

UserId player(std::uint8_t number) {
    UserId id;
    id.uuid.bytes[15] = number;
    return id;
}

}  // namespace

TEST_CASE("a player is blocked and unblocked; twice is once") {
    auto user = ana();
    CHECK(run(user, BlockUser{player(1), player(2)}, t0 + seconds(5)) == 1);
    CHECK(run(user, BlockUser{player(1), player(2)}, t0 + seconds(9)) == 0);
    CHECK(user.blocked == std::map<UserId, Instant>{{player(2), t0 + seconds(5)}});
    CHECK(run(user, UnblockUser{player(2)}) == 1);
    CHECK(run(user, UnblockUser{player(2)}) == 0);
    CHECK(user.blocked.empty());
    CHECK(user.epoch == 0);
}

TEST_CASE("nobody blocks oneself, or more than fifty") {
    auto user = ana();
    CHECK(decide(user, BlockUser{player(1), player(1)}, t0).error().code == Code::invalid);
    for (std::size_t i = 0; i < most_blocked; ++i)
        CHECK(run(user, BlockUser{player(1), player(static_cast<std::uint8_t>(100 + i))}) == 1);
    const auto refusal = decide(user, BlockUser{player(1), player(2)}, t0).error();
    CHECK(refusal.code == Code::exhausted);
    CHECK(refusal.message == "at most 50 players can be blocked; unblock one of them first");
    CHECK(run(user, BlockUser{player(1), player(100)}) == 0);
    run(user, UnblockUser{player(100)});
    CHECK(run(user, BlockUser{player(1), player(2)}) == 1);
}

}  // namespace agon::users
