#include "app/users.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

TEST_CASE("a user's name is 3 to 32 plain characters, beginning with a letter or digit") {
    for (const auto* good : {"ana", "Ana-2", "a.b_c", "0ab", "12345678901234567890123456789012"})
        CHECK(check_username(good).has_value());
    for (const auto* bad :
         {"", "an", ".ana", "-ana", "_ana", "a na", "añá", "ana/", "123456789012345678901234567890123"})
        CHECK(check_username(bad).error().code == Code::invalid);
}

TEST_CASE("a user is made at the first mention and found at the next") {
    World world;
    const auto made = find_or_create_user(world->engine, "ana", {});
    REQUIRE(made.has_value());
    CHECK(made->username == "ana");
    CHECK(made->role == users::Role::player);
    const auto found = find_or_create_user(world->engine, "ana", {});
    CHECK(found->user_id == made->user_id);
    CHECK(find_or_create_user(world->engine, "ben", {})->user_id != made->user_id);
    CHECK(world->store.read(made->user_id.text(), 0).size() == 1);
    CHECK_CLEAN(world.verdict());
}

TEST_CASE("a role that is named is given, and stays when none is named") {
    World world;
    CHECK(find_or_create_user(world->engine, "ana", users::Role::host)->role == users::Role::host);
    CHECK(find_or_create_user(world->engine, "ana", {})->role == users::Role::host);
    CHECK(find_or_create_user(world->engine, "ana", users::Role::admin)->role == users::Role::admin);
    world.restart();
    CHECK(find_or_create_user(world->engine, "ana", {})->role == users::Role::admin);
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
