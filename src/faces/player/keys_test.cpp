#include <doctest/doctest.h>

#include "app/tokens_testing.hpp"
#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

constexpr std::string_view keys = "/api/v1/auth/keys";

}  // namespace

TEST_CASE("a key is made, shown once, opens what its user may, and is revoked") {
    PlayerWorld w;
    const auto token = w.user("ana");
    const auto made = w.post(keys, R"({"name":"build server"})", token);
    REQUIRE(made.status == 201);
    const auto key = made.text("key");
    CHECK(key.starts_with("agk_"));
    CHECK(key.starts_with(made.text("prefix")));
    CHECK(made.header("Cache-Control") == "no-store");
    CHECK(w.get("/api/v1/auth/me", key).text("username") == "ana");

    const auto listed = w.get(keys, token);
    CHECK(listed.body ==
          fmt::format(R"({{"keys":[{{"id":"{}","name":"build server","prefix":"{}","createdAt":"{}"}}]}})",
                      made.text("id"), made.text("prefix"), made.text("createdAt")));
    CHECK(listed.body.find(key) == std::string::npos);

    CHECK(w.remove(std::string(keys) + "/" + made.text("id"), token).status == 204);
    CHECK(w.get("/api/v1/auth/me", key).body == refusal(401, "Unauthorized"));
    CHECK(w.remove(std::string(keys) + "/" + made.text("id"), token).body == refusal(404, "Key not found"));
}

TEST_CASE("a key cannot make, list or revoke keys, change the password, or log out") {
    PlayerWorld w;
    const auto key = w.post(keys, R"({"name":"k"})", w.user("ana")).text("key");
    const auto seq = w.last_seq();
    for (const auto& answer : {w.post(keys, R"({"name":"k2"})", key), w.get(keys, key),
                               w.remove(std::string(keys) + "/x", key), w.post("/api/v1/auth/logout", "", key),
                               w.put("/api/v1/auth/password",
                                     R"({"presentPassword":"correct horse","newPassword":"battery staple"})", key)}) {
        CHECK(answer.status == 403);
        CHECK(answer.body == refusal(403, "Insufficient permissions"));
    }
    CHECK(w.events_after(seq).empty());
}

TEST_CASE("a key of another form, of nobody, or changed in one place opens nothing") {
    PlayerWorld w;
    const auto key = w.post(keys, R"({"name":"k"})", w.user("ana")).text("key");
    for (std::size_t i = 4; i < key.size(); ++i) {
        auto changed = key;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CHECK(w.get("/api/v1/auth/me", changed).status == 401);
    }
    for (const auto& bad : {key + "A", key.substr(0, key.size() - 1), std::string("agk_"), "agr_" + key.substr(4)})
        CHECK(w.get("/api/v1/auth/me", bad).status == 401);
}

TEST_CASE("a key has a name, and there are twenty at most") {
    PlayerWorld w;
    const auto token = w.user("ana");
    CHECK(w.post(keys, "{}", token).body == mistake("name: field required"));
    CHECK(w.post(keys, R"({"name":"  "})", token).body == mistake("name: must not be blank"));
    for (int i = 0; i < 20; ++i) CHECK(w.post(keys, R"({"name":"k"})", token).status == 201);
    CHECK(w.post(keys, R"({"name":"k"})", token).body ==
          refusal(409, "At most 20 keys; revoke one that is not used any more"));
}

TEST_CASE("no attack on tokens gets further than 401") {
    PlayerWorld w;
    const auto token = w.user("ana");
    const auto seq = w.last_seq();
    for (const auto& [name, bad] : Attacks(w.world.outside.keys, token, w.world.outside.clock.now()).all()) {
        CAPTURE(name);
        const auto answer = w.put("/api/v1/auth/me", R"({"avatarUrl":"a.png"})", bad.empty() ? " " : bad);
        CHECK(answer.status == 401);
        CHECK(answer.body == refusal(401, "Unauthorized"));
        CHECK(answer.header("WWW-Authenticate") == "Bearer realm=\"agon\"");
    }
    CHECK(w.events_after(seq).empty());
    CHECK(w.get("/api/v1/auth/me", token).status == 200);
}

TEST_CASE("an expired token, and one of a key that was rotated out, open nothing") {
    PlayerWorld w;
    const auto token = w.user("ana");
    auto rotated = w.world.outside.keys;
    rotated.rotate(w.world.outside.random, 0);
    w.world->tokens.use_signing_keys(rotated);
    CHECK(w.get("/api/v1/auth/me", token).status == 401);
    w.world->tokens.use_signing_keys(w.world.outside.keys);
    CHECK(w.get("/api/v1/auth/me", token).status == 200);
    w.world.outside.clock.advance(seconds(659));
    CHECK(w.get("/api/v1/auth/me", token).status == 200);
    w.world.outside.clock.advance(seconds(1));
    CHECK(w.get("/api/v1/auth/me", token).status == 401);
}

}  // namespace agon
