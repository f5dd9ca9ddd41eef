#include <doctest/doctest.h>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

const std::string queue = "/api/v1/tournaments/matchmaking/";

struct BlockWorld : PlayerWorld {
    std::string ana = user("ana"), ben = user("ben");

    std::string id_of(const std::string& who) { return get("/api/v1/auth/me", who).text("id"); }
    std::string path(const std::string& who) { return "/api/v1/blocks/" + id_of(who); }
    Answer block(const std::string& by, const std::string& whom) { return put(path(whom), "", by); }
    Answer join(const std::string& who, std::string_view body = {}) { return post(queue + "join", body, who); }
    bool has_match(const std::string& who) { return !get(queue + "status", who).json().at("match").is_null(); }
    /// After a match the two are 32 points apart, which the window holds after a minute.
    void set_apart() {
        world.outside.matchmaking.common.pool.window = 20;
        restart();
        join(ana);
        join(ben);
        const auto match = std::string(get(queue + "status", ana).json().at("match").at("id").as_string());
        REQUIRE(post("/api/v1/tournaments/matches/" + match + "/result",
                     fmt::format(R"({{"winnerId":"{}","scoreA":2,"scoreB":1}})", id_of(ana)), ana)
                    .status == 200);
    }
    /// The names of a page of the list.
    std::string names(const Answer& page) {
        std::string all;
        for (const auto& block : page.json().at("blocks").as_array())
            all += (all.empty() ? "" : " ") + std::string(block.at("user").at("username").as_string());
        return all;
    }
};

}  // namespace

TEST_CASE("a player is blocked, listed and unblocked, and the same again changes nothing") {
    BlockWorld w;
    const auto seq = w.last_seq();
    const auto blocked = w.block(w.ana, w.ben);
    CHECK(blocked.status == 200);
    const auto entry =
        fmt::format(R"({{"user":{{"id":"{}","username":"ben"}},"blockedAt":"{}"}})", w.id_of(w.ben), to_rfc3339(t0));
    CHECK(blocked.body == entry);
    CHECK(w.events_after(seq) == "UserBlocked");
    w.world->advance(seconds(60));
    CHECK(w.block(w.ana, w.ben).body == entry);
    CHECK(w.get("/api/v1/blocks", w.ana).body ==
          fmt::format(R"({{"blocks":[{}],"totalCount":1,"pagination":{{"page":1,"limit":20,"totalPages":1,)"
                      R"("hasNext":false,"hasPrev":false}}}})",
                      entry));
    CHECK(w.remove(w.path(w.ben), w.ana).status == 204);
    CHECK(w.remove(w.path(w.ben), w.ana).status == 204);
    CHECK(w.events_after(seq) == "UserBlocked UserUnblocked");
    CHECK(w.get("/api/v1/blocks", w.ana).json().at("totalCount") == 0);
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("the list is one's own, and the blocked one learns nothing of it") {
    BlockWorld w;
    const auto before = w.get("/api/v1/auth/me", w.ben).body;
    w.block(w.ana, w.ben);
    CHECK(w.get("/api/v1/blocks", w.ben).json().at("blocks").as_array().empty());
    CHECK(w.get("/api/v1/auth/me", w.ben).body == before);
    CHECK(w.remove(w.path(w.ana), w.ben).status == 204);
    CHECK(w.get("/api/v1/blocks", w.ana).json().at("totalCount") == 1);
}

TEST_CASE("the list comes in pages, the latest first") {
    BlockWorld w;
    for (const auto* name : {"cem", "dan", "eve"}) {
        w.block(w.ana, w.user(name));
        w.world->advance(seconds(1));
    }
    const auto first = w.get("/api/v1/blocks?limit=2", w.ana);
    CHECK(w.names(first) == "eve dan");
    CHECK(first.json().at("pagination").at("totalPages") == 2);
    CHECK(w.names(w.get("/api/v1/blocks?limit=2&page=2", w.ana)) == "cem");
    CHECK(w.names(w.get("/api/v1/blocks?limit=2&page=3", w.ana)).empty());
    CHECK(w.get("/api/v1/blocks?limit=101", w.ana).status == 400);
}

TEST_CASE("what cannot be blocked is refused with the reason") {
    BlockWorld w;
    const auto seq = w.last_seq();
    CHECK(w.block(w.ana, w.ana).body == refusal(400, "Nobody can block oneself; name another player"));
    CHECK(w.put("/api/v1/blocks/00000000-0000-7000-8000-000000000000", "", w.ana).body ==
          refusal(404, "User not found"));
    CHECK(w.put("/api/v1/blocks/ben", "", w.ana).status == 404);
    CHECK(w.events_after(seq).empty());
    for (int i = 0; i < 50; ++i) CHECK(w.block(w.ana, w.user("player" + std::to_string(i))).status == 200);
    CHECK(w.block(w.ana, w.ben).body == refusal(409, "At most 50 players can be blocked; unblock one of them first"));
}

TEST_CASE("the two never meet in matchmaking, whoever of them blocked and whoever joins first") {
    for (const bool blocker_first : {true, false}) {
        BlockWorld w;
        w.block(w.ana, w.ben);
        const auto& [first, second] = blocker_first ? std::tie(w.ana, w.ben) : std::tie(w.ben, w.ana);
        w.join(first);
        w.join(second);
        w.world->advance(seconds(299));
        CHECK_FALSE(w.has_match(w.ana));
        const auto eve = w.user("eve");
        w.join(eve);
        CHECK(w.has_match(first));
        CHECK_FALSE(w.has_match(second));
        CHECK_CLEAN(w.world.verdict());
    }
}

TEST_CASE("a block counts for the two who wait already, also after a restart; a lifted one from the next join on") {
    BlockWorld w;
    w.set_apart();
    w.join(w.ana);
    w.join(w.ben);
    REQUIRE_FALSE(w.has_match(w.ana));
    const auto seq = w.last_seq();
    w.block(w.ana, w.ben);
    CHECK(w.events_after(seq) == "UserBlocked PlayersAvoided");
    w.restart();
    w.world->advance(seconds(200));
    CHECK_FALSE(w.has_match(w.ana));
    w.remove(w.path(w.ben), w.ana);
    w.world->advance(seconds(60));
    CHECK_FALSE(w.has_match(w.ana));
    for (const auto& who : {w.ana, w.ben}) {
        w.post(queue + "leave", "", who);
        w.join(who);
    }
    w.world->advance(seconds(60));
    CHECK(w.has_match(w.ana));
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("a block that crosses the joining counts for that ticket") {
    for (const bool join_first : {true, false})
        for (int steps = 0; steps < 6; ++steps) {
            BlockWorld w;
            const auto path = w.path(w.ben);
            const auto ask = [&w](Method method, const std::string& target) {
                return w.world->spawn(w.asking(method, target, "", w.bearer(w.ana), "192.0.2.1"));
            };
            const auto joining = [&] { return ask(Method::post, queue + "join"); };
            const auto blocking = [&] { return ask(Method::put, path); };
            const auto one = join_first ? joining() : blocking();
            for (int i = 0; i < steps; ++i) w.world->context.restart(), w.world->context.poll_one();
            const auto other = join_first ? blocking() : joining();
            w.world->settle();
            CHECK(one->get().status == 200);
            CHECK(other->get().status == 200);
            w.join(w.ben);
            CHECK_FALSE(w.has_match(w.ben));
        }
}

TEST_CASE("those who are blocked and those who are named in a join are avoided together, 63 at most") {
    BlockWorld w;
    std::string named;
    for (int i = 0; i < 63; ++i)
        named += fmt::format(R"({}"00000000-0000-7000-8000-0000000000{:02}")", i ? "," : "", i);
    w.block(w.ana, w.ben);
    CHECK(w.join(w.ana, fmt::format(R"({{"avoid":[{}]}})", named)).body ==
          mistake("avoid: at most 63 players can be avoided; 1 are blocked already and 63 more are named"));
    const auto eve = w.user("eve");
    CHECK(w.join(w.ana, fmt::format(R"({{"avoid":["{}"]}})", w.id_of(eve))).status == 200);
    w.join(w.ben);
    w.join(eve);
    CHECK_FALSE(w.has_match(w.ana));
    CHECK(w.has_match(eve));
}

}  // namespace agon
