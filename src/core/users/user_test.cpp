#include "core/users/user.hpp"

#include <doctest/doctest.h>

namespace agon::users {

namespace {

constexpr Instant t0{1'700'000'000'000'000};

User ana() {
    User user;
    evolve(user, UserCreated{"ana", Role::player}, t0);
    return user;
}

}  // namespace

TEST_CASE("a user is created once, with a name and a role") {
    const auto events = decide(User{}, CreateUser{"ana", Role::host});
    REQUIRE(events.has_value());
    REQUIRE(events->size() == 1);
    CHECK(std::get<UserCreated>(events->front()).username == "ana");
    CHECK(std::get<UserCreated>(events->front()).role == Role::host);
    CHECK(decide(ana(), CreateUser{"ana", Role::player}).error().code == Code::conflict);
    CHECK(ana().created_at == t0);
}

TEST_CASE("a role is changed; to the same one is no event") {
    auto user = ana();
    const auto events = decide(user, ChangeRole{Role::admin});
    REQUIRE(events.has_value());
    for (const auto& event : *events) evolve(user, event, t0 + seconds(1));
    CHECK(user.role == Role::admin);
    CHECK(user.created_at == t0);
    CHECK(decide(user, ChangeRole{Role::admin})->empty());
    CHECK(decide(User{}, ChangeRole{Role::admin}).error().code == Code::not_found);
}

}  // namespace agon::users
