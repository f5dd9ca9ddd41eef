#include "app/users.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

TEST_CASE("a user is made at the first mention and found at the next, in whatever capitals") {
    World world;
    const auto made = find_or_create_user(world->engine, "ana", {});
    REQUIRE(made.has_value());
    CHECK(made->username == "ana");
    CHECK(made->role == users::Role::player);
    CHECK(find_or_create_user(world->engine, "ana", {})->user_id == made->user_id);
    CHECK(find_or_create_user(world->engine, "ANA", {})->username == "ana");
    CHECK(find_or_create_user(world->engine, "ben", {})->user_id != made->user_id);
    CHECK(world->store.read(made->user_id.text(), 0).size() == 1);
    CHECK_CLEAN(world.verdict());
}

TEST_CASE("a name that looks like one that is taken is taken, and is nobody's name") {
    World world;
    REQUIRE(find_or_create_user(world->engine, "bob", {}).has_value());
    const auto other = find_or_create_user(world->engine, "b0b", {});
    CHECK(other.error() == Error{Code::conflict, "the name is taken, or looks like that of bob", ""});
    CHECK(!find_user(world->store, "b0b"));
    CHECK(find_or_create_user(world->engine, "b", {}).error().code == Code::invalid);
}

TEST_CASE("a role that is named is given, and stays when none is named") {
    World world;
    CHECK(find_or_create_user(world->engine, "ana", users::Role::host)->role == users::Role::host);
    CHECK(find_or_create_user(world->engine, "ana", {})->role == users::Role::host);
    CHECK(find_or_create_user(world->engine, "ana", users::Role::admin)->role == users::Role::admin);
    world.restart();
    const auto found = find_or_create_user(world->engine, "ana", {});
    CHECK(found->role == users::Role::admin);
    CHECK(found->epoch == 1);
    CHECK_CLEAN(world.verdict());
}

TEST_CASE("two programs that make the same user at once make one") {
    World world;
    const auto other = std::make_unique<Process>(world.outside);
    world->store.during_commit = [&] { REQUIRE(find_or_create_user(other->engine, "ana", {}).has_value()); };
    CHECK(find_or_create_user(world->engine, "ana", {}).error().code == Code::conflict);
    CHECK(find_or_create_user(world->engine, "ana", {}).has_value());
    CHECK_CLEAN(world.verdict());
}

TEST_CASE("a store that fails is told, not hidden") {
    World world;
    world->store.failing_commits = 1;
    CHECK_THROWS_AS(find_or_create_user(world->engine, "ana", {}), StoreBroken);
    CHECK(find_or_create_user(world->engine, "ana", {}).has_value());
}

}  // namespace agon
