#include <doctest/doctest.h>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

std::string with_token(const std::string& token, std::string_view name = "root",
                       std::string_view password = good_password) {
    return fmt::format(R"({{"token":"{}","username":"{}","password":"{}"}})", token, name, password);
}

struct Desk : PlayerWorld {
    std::string link() { return make_setup_token(world->engine, world.outside.random); }
    Answer set_up(const std::string& body) { return post("/api/v1/auth/setup", body); }
};

}  // namespace

TEST_CASE("whoever has the link becomes an admin, once") {
    Desk w;
    CHECK(!has_admin(w.world->store));
    const auto link = w.link();
    const auto made = w.set_up(with_token(link));
    REQUIRE(made.status == 201);
    CHECK(made.json().at("user").at("role") == "ADMIN");
    CHECK(has_admin(w.world->store));
    CHECK(w.set_up(with_token(link, "root2")).body == refusal(401, "Unauthorized"));
    CHECK(w.get("/api/v1/auth/me", made.text("accessToken")).status == 200);
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("a link is not used up by a bad name or password, but by a later link and by time") {
    Desk w;
    const auto first = w.link();
    CHECK(w.set_up(with_token(first, "x")).status == 400);
    CHECK(w.set_up(with_token(first, "root", "short")).status == 400);
    w.user("taken");
    CHECK(w.set_up(with_token(first, "taken")).status == 409);
    const auto second = w.link();
    CHECK(w.set_up(with_token(first)).status == 401);
    w.world.outside.clock.advance(Duration(setup_link_lifetime));
    CHECK(w.set_up(with_token(second)).status == 401);
    CHECK(w.set_up(with_token(w.link())).status == 201);
}

TEST_CASE("of two who use a link at the same moment one becomes an admin") {
    Desk w;
    const auto link = w.link();
    std::vector<std::shared_ptr<Pending<Answer>>> both;
    for (const auto* name : {"root", "rival"})
        both.push_back(w.world->spawn(w.asking(Method::post, "/api/v1/auth/setup", with_token(link, name), {}, "x")));
    w.world->settle();
    CHECK((both[0]->get().status == 201) != (both[1]->get().status == 201));
    CHECK(list_users(w.world->store).size() == 1);
}

TEST_CASE("what is no link opens nothing") {
    Desk w;
    const auto link = w.link();
    for (const auto& bad : {std::string(), std::string("x"), link + "A", "agr_" + link.substr(4)})
        CHECK(w.set_up(with_token(bad)).status == 401);
    CHECK(!has_admin(w.world->store));
}

}  // namespace agon
