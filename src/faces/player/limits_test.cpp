#include <doctest/doctest.h>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

constexpr std::string_view me = "/api/v1/auth/me";

}  // namespace

TEST_CASE("a full disk has a word for programs; what the server cannot do otherwise has none") {
    PlayerWorld w;
    CHECK(w.router->refuse(507, "No space", me).body ==
          R"({"statusCode":507,"message":"No space","error":"Insufficient Storage","code":"storage_full"})");
    CHECK(w.router->refuse(503, "No store", me).body ==
          R"({"statusCode":503,"message":"No store","error":"Service Unavailable"})");
}

TEST_CASE("every answer tells the policy and what is left, and one too many is 429") {
    PlayerWorld w;
    const auto ana = w.user("ana"), ben = w.user("ben");
    w.limit();
    for (int left = 99; left >= 0; --left) {
        const auto answer = w.get(me, ana);
        REQUIRE(answer.status == 200);
        CHECK(answer.header("RateLimit-Policy") == "\"tournament\";q=100;w=60");
        CHECK(answer.header("RateLimit") ==
              fmt::format("\"tournament\";r={};t={}", left, (100 - left) * 6 / 10 + ((100 - left) * 6 % 10 != 0)));
        CHECK(answer.header("Retry-After").empty());
    }
    const auto refused = w.get(me, ana);
    CHECK(refused.status == 429);
    CHECK(refused.body == refusal(429, "Too many requests"));
    CHECK(refused.header("Retry-After") == "1");
    CHECK(refused.header("RateLimit") == "\"tournament\";r=0;t=60");
    CHECK(w.get(me, ben).status == 200);
    w.world.outside.clock.advance(seconds(0.6));
    CHECK(w.get(me, ana).status == 200);
    CHECK(w.get(me, ana).status == 429);
}

TEST_CASE("what is no route is counted by the address") {
    PlayerWorld w;
    w.router->add_socket("/ws");
    w.limit();
    CHECK(w.get("/api/v1/nothing").header("RateLimit") == "\"anonymous\";r=59;t=1");
    const auto method = w.remove("/api/v1/tournaments");
    CHECK(method.status == 405);
    CHECK(method.header("RateLimit") == "\"anonymous\";r=58;t=2");
    CHECK(w.ask(Method::get, me, {}, {{"Accept", "text/html"}}).header("RateLimit") == "\"anonymous\";r=57;t=3");
    for (int i = 0; i < 57; ++i) w.get("/api/v1/nothing");
    CHECK(w.get("/api/v1/nothing").body == refusal(429, "Too many requests"));
    CHECK(w.get("/ws").status == 426);
    CHECK(w.get("/ws").header("Upgrade") == "websocket");
}

TEST_CASE("a user's keys and sessions count together") {
    PlayerWorld w;
    const auto ana = w.user("ana");
    const auto key = w.post("/api/v1/auth/keys", R"({"name":"k"})", ana).text("key");
    w.limit();
    for (int i = 0; i < 50; ++i) w.get(me, ana), w.get(me, key);
    CHECK(w.get(me, key).status == 429);
    CHECK(w.get(me, ana).status == 429);
}

TEST_CASE("who is nobody is counted by its address, with a good body or a bad token") {
    PlayerWorld w;
    w.limit();
    for (int i = 0; i < 30; ++i) {
        CHECK(w.post("/api/v1/auth/refresh", R"({"refreshToken":"x"})").status == 401);
        CHECK(w.get(me, "forged").status == 401);
    }
    const auto refused = w.get(me);
    CHECK(refused.status == 429);
    CHECK(refused.header("RateLimit-Policy") == "\"anonymous\";q=60;w=60");
    CHECK(w.ask(Method::get, me, {}, {}, "198.51.100.7").status == 401);
    CHECK(w.get(me, w.user("ana")).status == 200);
}

TEST_CASE("an account is tried twenty times from one address, known or not, whatever its capitals") {
    PlayerWorld w;
    w.user("ana");
    w.limit();
    const auto attempt = [&](std::string_view name, std::string_view password, std::string_view from) {
        return w.ask(Method::post, "/api/v1/auth/login",
                     fmt::format(R"({{"username":"{}","password":"{}"}})", name, password), {}, from);
    };
    for (const auto& [one, other] : {std::pair{"ana", "ANA"}, {"nobody", "Nobody"}}) {
        const std::string from = one == std::string_view("ana") ? "192.0.2.1" : "192.0.2.2";
        for (int i = 0; i < 20; ++i) CHECK(attempt(i % 2 ? one : other, "wrong horse", from).status == 401);
        const auto refused = attempt(one, good_password, from);
        CHECK(refused.status == 429);
        CHECK(refused.body == refusal(429, "Too many requests"));
        CHECK(refused.header("Retry-After") == "3");
    }
    CHECK(attempt("ana", good_password, "198.51.100.7").status == 200);
    w.world.outside.clock.advance(seconds(3));
    CHECK(attempt("ana", good_password, "192.0.2.1").status == 200);
}

TEST_CASE("the arena is not limited") {
    PlayerWorld w;
    w.limit();
    for (int i = 0; i < 300; ++i) {
        const auto answer = w.get("/api/games");
        REQUIRE(answer.status == 200);
        CHECK(answer.header("RateLimit").empty());
    }
}

}  // namespace agon
