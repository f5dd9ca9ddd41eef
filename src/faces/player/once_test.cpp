#include <doctest/doctest.h>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

constexpr std::string_view keys = "/api/v1/auth/keys";

struct Keyed : PlayerWorld {
    std::string token = user("ana");

    Headers headers(std::string key) {
        return {{"Authorization", "Bearer " + token}, {"Idempotency-Key", std::move(key)}};
    }
    Answer make(std::string_view body, std::string key) {
        return ask(Method::post, keys, body, headers(std::move(key)));
    }
    std::size_t count() { return get(keys, token).json().at("keys").as_array().size(); }
};

}  // namespace

TEST_CASE("a request that is sent again happens once, and gets the same answer, also after a restart") {
    Keyed w;
    const auto first = w.make(R"({"name":"k"})", "key-1");
    REQUIRE(first.status == 201);
    CHECK(first.header("Idempotent-Replayed").empty());
    for (int i = 0; i < 3; ++i) {
        const auto again = w.make(R"({"name":"k"})", "key-1");
        CHECK(again.status == 201);
        CHECK(again.body == first.body);
        CHECK(again.header("Idempotent-Replayed") == "true");
        w.restart();
    }
    CHECK(w.count() == 1);
    CHECK(w.make(R"({"name":"k"})", "key-2").body != first.body);
    CHECK(w.count() == 2);
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("a key is for one request: another body is 422, and nothing happens") {
    Keyed w;
    w.make(R"({"name":"k"})", "key-1");
    const auto seq = w.last_seq();
    const auto other = w.make(R"({"name":"other"})", "key-1");
    CHECK(other.status == 422);
    CHECK(other.body == refusal(422, "The Idempotency-Key was used for another request"));
    CHECK(w.events_after(seq).empty());
}

TEST_CASE("a key is its user's and its route's own") {
    Keyed w;
    const auto mine = w.make(R"({"name":"k"})", "key-1");
    const auto ben = w.user("ben");
    const auto theirs = w.ask(Method::post, keys, R"({"name":"k"})",
                              {{"Authorization", "Bearer " + ben}, {"Idempotency-Key", "key-1"}});
    CHECK(theirs.status == 201);
    CHECK(theirs.body != mine.body);
    CHECK(w.ask(Method::post, "/api/v1/auth/logout", "", w.headers("key-1")).status == 200);
}

TEST_CASE("while the first has no answer, the second is told to wait") {
    Keyed w;
    auto first = w.world->spawn(w.asking(Method::post, std::string(keys), R"({"name":"k"})", w.headers("key-1"), "x"));
    w.world->poll();
    CHECK(!first->done());
    auto second = w.world->spawn(w.asking(Method::post, std::string(keys), R"({"name":"k"})", w.headers("key-1"), "x"));
    w.world->poll();
    REQUIRE(second->done());
    CHECK(second->get().status == 409);
    CHECK(second->get().header("Retry-After") == "1");
    w.world->settle();
    CHECK(first->get().status == 201);
    CHECK(w.make(R"({"name":"k"})", "key-1").body == first->get().body);
    CHECK(w.count() == 1);
}

TEST_CASE("after a crash there is the effect with its answer, or neither") {
    Keyed w;
    {
        auto lost =
            w.world->spawn(w.asking(Method::post, std::string(keys), R"({"name":"k"})", w.headers("key-1"), "x"));
        w.world->poll();
    }
    w.restart();  // nothing had reached the disk
    CHECK(w.count() == 0);
    const auto made = w.make(R"({"name":"k"})", "key-1");
    CHECK(made.header("Idempotent-Replayed").empty());
    {
        auto unheard =
            w.world->spawn(w.asking(Method::post, std::string(keys), R"({"name":"k2"})", w.headers("key-2"), "x"));
        w.world->poll();
        w.world->journal.flush();  // on disk; the answer never leaves
    }
    w.restart();
    CHECK(w.count() == 2);
    const auto again = w.make(R"({"name":"k2"})", "key-2");
    CHECK(again.status == 201);
    CHECK(again.header("Idempotent-Replayed") == "true");
    CHECK(w.count() == 2);
}

TEST_CASE("a broken store keeps neither") {
    Keyed w;
    w.world->store.failing_commits = 1;
    CHECK_THROWS_AS(w.make(R"({"name":"k"})", "key-1"), StoreBroken);
    CHECK(w.count() == 0);
    CHECK(w.make(R"({"name":"k"})", "key-1").status == 201);
    CHECK(w.count() == 1);
}

TEST_CASE("a mistake in the input is not kept; what a rule refused is") {
    Keyed w;
    CHECK(w.make(R"({"name":7})", "key-1").status == 400);
    CHECK(w.make(R"({"name":"k"})", "key-1").status == 201);
    for (int i = 1; i < 20; ++i) w.make(R"({"name":"k"})", "fill-" + std::to_string(i));
    const auto refused = w.make(R"({"name":"k"})", "key-2");
    CHECK(refused.status == 409);
    const auto id = w.get(keys, w.token).json().at("keys").as_array().front().at("id").as_string();
    CHECK(w.remove(std::string(keys) + "/" + std::string(id), w.token).status == 204);
    const auto again = w.make(R"({"name":"k"})", "key-2");
    CHECK(again.body == refused.body);
    CHECK(again.header("Idempotent-Replayed") == "true");
    CHECK(w.make(R"({"name":"k"})", "key-3").status == 201);
}

TEST_CASE("money moves once under a key, which is the admin's own, also when the kept answer is gone") {
    Keyed w;
    const auto root = w.user("root", users::Role::admin), other = w.user("other", users::Role::admin);
    const auto ana = std::string(w.get("/api/v1/auth/me", w.token).json().at("id").as_string());
    const auto give = [&](const std::string& admin, const std::string& key) {
        return w.ask(Method::post, "/api/v1/wallet/deposits", R"({"userId":")" + ana + R"(","amount":5})",
                     {{"Authorization", "Bearer " + admin}, {"Idempotency-Key", key}});
    };
    const auto balance = [&] { return w.get("/api/v1/wallet", w.token).json().at("balance").as_int64(); };
    CHECK(give(root, "a/b").status == 201);
    CHECK(give(other, "a/b").status == 201);
    CHECK(give(root, std::string(255, 'k')).status == 201);
    CHECK(balance() == 15);
    w.world.outside.clock.advance(seconds(25 * 3600));
    w.idempotency->sweep();
    w.world->settle();
    const auto again = [&](std::string name) {
        const auto body = fmt::format(R"({{"username":"{}","password":"{}"}})", name, good_password);
        return std::string(w.post("/api/v1/auth/login", body).json().at("accessToken").as_string());
    };
    CHECK(give(again("root"), "a/b").status == 201);
    w.token = again("ana");
    CHECK(balance() == 15);
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("a key is 1 to 255 visible characters") {
    Keyed w;
    for (const auto& bad :
         {std::string(), std::string(256, 'k'), std::string("a b"), std::string("k\x80"), std::string("k\t")})
        CHECK(w.make(R"({"name":"k"})", bad).status == 400);
    CHECK(w.make(R"({"name":"k"})", std::string(255, 'k')).status == 201);
    CHECK(w.count() == 1);
}

TEST_CASE("an answer is kept for a day, sealed, and then forgotten") {
    Keyed w;
    const auto first = w.make(R"({"name":"k"})", "key-1");
    const auto kept = [&] { return rows::select<rows::AnswerRow>(w.world->store, {}).rows; };
    REQUIRE(kept().size() == 1);
    CHECK(kept().front().answer.find("agk_") == std::string::npos);
    w.world.outside.clock.advance(seconds(24 * 3600 - 1));
    w.idempotency->sweep();
    w.world->settle();
    CHECK(kept().size() == 1);
    w.world.outside.clock.advance(seconds(1));
    w.idempotency->sweep();
    w.world->settle();
    CHECK(kept().empty());
}

}  // namespace agon
