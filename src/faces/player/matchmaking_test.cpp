#include <doctest/doctest.h>

#include "faces/player/live_matchmaking.hpp"
#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

const std::string queue = "/api/v1/tournaments/matchmaking/";

std::string text(const Json& json, std::string_view name) { return std::string(json.at(name).as_string()); }

struct QueueOfPlayers : PlayerWorld {
    std::string ana = user("ana"), ben = user("ben"), admin = user("root", users::Role::admin);

    Answer join(const std::string& who, std::string_view body = {}) { return post(queue + "join", body, who); }
    Answer status(const std::string& who) { return get(queue + "status", who); }
    std::string match_of(const std::string& who) {
        return std::string(status(who).json().at("match").at("id").as_string());
    }
    std::string id_of(const std::string& who) { return get("/api/v1/auth/me", who).text("id"); }
    std::string path(const std::string& match, std::string_view what = {}) {
        return "/api/v1/tournaments/matches/" + match + std::string(what);
    }
    std::string result(const std::string& winner, int a, int b) {
        return fmt::format(R"({{"winnerId":"{}","scoreA":{},"scoreB":{}}})", id_of(winner), a, b);
    }
    void rules(ranked::QueueSettings settings) {
        world.outside.matchmaking.common = settings;
        restart();
    }
};

}  // namespace

TEST_CASE("joining tells how long it will take, in whole seconds") {
    QueueOfPlayers w;
    const auto joined = w.join(w.ana);
    CHECK(joined.status == 200);
    CHECK(joined.json().at("success") == true);
    CHECK(joined.json().at("estimatedWaitTime").is_int64());
    CHECK(joined.json().at("estimatedWaitTime").as_int64() > 0);
    CHECK(joined.json().at("estimatedWaitP90").as_int64() >= joined.json().at("estimatedWaitTime").as_int64());
    CHECK(joined.json().as_object().size() == 3);
    const auto again = w.join(w.ana);
    CHECK(again.status == 409);
    CHECK(again.body == refusal(409, "Already in the matchmaking queue"));
    CHECK(w.join(w.ana, R"({"game":"chess"})").status == 409);
}

TEST_CASE("the status says where one stands, and nulls where one stands nowhere") {
    QueueOfPlayers w;
    const auto nowhere = w.status(w.ana).json();
    CHECK(nowhere.at("inQueue") == false);
    for (const auto* name :
         {"estimatedWaitTime", "position", "poolSize", "window", "nextExpansionAt", "timeoutAt", "match"})
        CHECK(nowhere.at(name).is_null());
    w.join(w.ana);
    w.world->advance(seconds(70));
    const auto there = w.status(w.ana).json();
    CHECK(there.at("inQueue") == true);
    CHECK(there.at("estimatedWaitTime").is_int64());
    CHECK(there.at("position") == 1);
    CHECK(there.at("poolSize") == 1);
    CHECK(there.at("window").to_number<double>() == 150);
    CHECK(text(there, "nextExpansionAt") == to_rfc3339(t0 + seconds(120)));
    CHECK(text(there, "timeoutAt") == to_rfc3339(t0 + seconds(300)));
    CHECK(there.at("game") == "pool");
    CHECK(w.join(w.ben, R"({"game":"chess"})").status == 200);
    CHECK(w.status(w.ben).json().at("game") == "chess");
}

TEST_CASE("who leaves is out, and who is not in gets a clear answer") {
    QueueOfPlayers w;
    w.join(w.ana);
    CHECK(w.post(queue + "leave", "", w.ana).body == R"({"success":true})");
    CHECK(w.status(w.ana).json().at("inQueue") == false);
    const auto out = w.post(queue + "leave", "", w.ana);
    CHECK(out.status == 404);
    CHECK(out.body == refusal(404, "Not in the matchmaking queue"));
}

TEST_CASE("two who join meet in a ranked match, report it, and may join again at once") {
    QueueOfPlayers w;
    w.join(w.ana);
    const auto seq = w.last_seq();
    CHECK(w.join(w.ben).body == R"({"success":true,"estimatedWaitTime":0,"estimatedWaitP90":0})");
    CHECK(w.events_after(seq) == "TicketQueued PairMatched RankedMatchStarted");
    const auto found = w.status(w.ana).json();
    CHECK(found.at("inQueue") == false);
    CHECK(found.at("match").at("opponent").at("username") == "ben");
    CHECK(found.at("match").at("ready") == true);
    const auto match = w.match_of(w.ana);
    CHECK(w.match_of(w.ben) == match);
    CHECK(w.join(w.ana).body == refusal(409, "A ranked match is not over yet"));

    const auto before = w.get(w.path(match), w.ben).json();
    CHECK(text(before, "id") == match);
    CHECK(before.at("status") == "IN_PROGRESS");
    CHECK(text(before, "playerAId") == w.id_of(w.ana));
    CHECK(before.at("playerB").at("username") == "ben");
    CHECK(before.at("winnerId").is_null());
    CHECK(before.at("scoreA").is_null());

    CHECK(w.post(w.path(match, "/result"), w.result(w.ana, 8, 11), w.ana).status == 400);
    CHECK(w.post(w.path(match, "/result"), R"({"winnerId":"x","scoreA":1,"scoreB":0})", w.ana).status == 400);
    CHECK(w.post(w.path(match, "/result"), w.result(w.admin, 11, 8), w.ana).body ==
          mistake("winnerId: must be one of the two players"));
    CHECK(w.post(w.path(match, "/result"), w.result(w.ana, 11, 8), w.user("eve")).status == 403);
    const auto done = w.post(w.path(match, "/result"), w.result(w.ana, 11, 8), w.ana);
    CHECK(done.status == 200);
    CHECK(done.text("status") == "COMPLETED");
    CHECK(done.text("winnerId") == w.id_of(w.ana));
    CHECK(done.json().at("scoreA") == 11);
    CHECK(done.json().at("winner").at("username") == "ana");
    CHECK(w.status(w.ana).json().at("match").is_null());
    CHECK(w.get(w.path(match), w.ana).body == done.body);
    const auto end = w.last_seq();
    CHECK(w.post(w.path(match, "/result"), w.result(w.ana, 11, 8), w.ben).status == 200);
    CHECK(w.post(w.path(match, "/result"), w.result(w.ben, 8, 11), w.ben).status == 409);
    CHECK(w.last_seq() == end);
    CHECK(w.join(w.ana).status == 200);
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("with confirmation a result counts with the opponent's word, and an admin rules a dispute") {
    QueueOfPlayers w;
    w.rules({.pool = {}, .queue = {}, .match = {.confirm_results = true}});
    for (const bool disputed : {false, true}) {
        w.join(w.ana);
        w.join(w.ben);
        const auto match = w.match_of(w.ana);
        CHECK(w.post(w.path(match, "/result"), w.result(w.ana, 11, 8), w.ana).text("status") == "IN_PROGRESS");
        CHECK(w.get(w.path(match), w.ben).json().at("claim").at("scoreA") == 11);
        CHECK(w.post(w.path(match, "/result/confirm"), "", w.ana).status == 409);
        if (!disputed) {
            CHECK(w.post(w.path(match, "/result/confirm"), "", w.ben).text("status") == "COMPLETED");
            continue;
        }
        CHECK(w.post(w.path(match, "/result/dispute"), R"({"reason":"no"})", w.ben).text("status") == "DISPUTED");
        CHECK(w.post(w.path(match, "/result/confirm"), "", w.ben).status == 409);
        CHECK(w.post(w.path(match, "/result"), w.result(w.ben, 8, 11), w.admin).text("status") == "COMPLETED");
    }
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("with a ready check the match is ready after both accepted; a penalty is shown before the act") {
    QueueOfPlayers w;
    w.rules({.pool = {}, .queue = {.ready_check = true, .ready_skip_s = 0}, .match = {}});
    w.join(w.ana);
    w.join(w.ben);
    auto asked = w.status(w.ana).json();
    CHECK(asked.at("inQueue") == true);
    CHECK(asked.at("match").at("ready") == false);
    CHECK(text(asked.at("match"), "acceptBy") == to_rfc3339(t0 + seconds(10)));
    CHECK(asked.at("match").at("declinePenalty") == 0);
    CHECK(w.post(queue + "accept", "", w.ana).body == R"({"success":true})");
    CHECK(w.status(w.ana).json().at("match").at("accepted") == true);
    CHECK(w.post(queue + "decline", "", w.ben).body == R"({"success":true})");
    CHECK(w.status(w.ben).json().at("inQueue") == false);
    CHECK(w.status(w.ana).json().at("inQueue") == true);
    w.join(w.ben);
    CHECK(w.status(w.ben).json().at("match").at("declinePenalty") == 60);
    CHECK(w.post(queue + "decline", "", w.ben).status == 200);
    CHECK(w.join(w.ben).status == 409);
    CHECK(text(w.status(w.ben).json(), "closedUntil") == to_rfc3339(t0 + seconds(60)));
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("a match that is asked for before it begins is there once it has begun") {
    QueueOfPlayers w;
    w.rules({.pool = {}, .queue = {.ready_check = true, .ready_skip_s = 0}, .match = {}});
    w.join(w.ana);
    w.join(w.ben);
    const auto match = w.match_of(w.ana);
    CHECK(w.get(w.path(match), w.ana).status == 404);
    CHECK(w.post(w.path(match, "/result"), w.result(w.ana, 2, 1), w.ana).status == 404);
    for (const auto& who : {w.ana, w.ben}) CHECK(w.post(queue + "accept", "", who).status == 200);
    CHECK(w.get(w.path(match), w.ben).status == 200);
    CHECK(w.post(w.path(match, "/result"), w.result(w.ana, 2, 1), w.ana).status == 200);
    CHECK(w.join(w.ana).status == 200);
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("statistics are for admins") {
    QueueOfPlayers w;
    w.join(w.ana);
    w.world->advance(seconds(30));
    w.join(w.ben);
    const auto eve = w.user("eve");
    w.join(eve, R"({"game":"chess","region":"eu"})");
    const auto s = w.get(queue + "statistics", w.admin).json();
    CHECK(s.at("queueSize") == 1);
    CHECK(s.at("averageWaitTime") == 15);
    CHECK(s.at("matchesCreated") == 1);
    CHECK(s.at("activeMatches") == 1);
    CHECK(w.get(queue + "statistics", w.ana).status == 403);
}

TEST_CASE("a join that is sent again with its key happens once") {
    QueueOfPlayers w;
    auto headers = PlayerWorld::bearer(w.ana);
    headers.emplace_back("Idempotency-Key", "k1");
    const auto first = w.ask(Method::post, queue + "join", "", headers);
    const auto again = w.ask(Method::post, queue + "join", "", headers);
    CHECK(first.status == 200);
    CHECK(again.body == first.body);
    CHECK(again.header("Idempotent-Replayed") == "true");
}

TEST_CASE("names of pools are checked, and there is an end to their number") {
    QueueOfPlayers w;
    CHECK(w.join(w.ana, R"({"game":"a b"})").status == 400);
    CHECK(w.join(w.ana, R"({"region":"a/b"})").status == 400);
    CHECK(w.join(w.ana, R"({"game":""})").status == 400);
    w.world.outside.matchmaking.only_listed = true;
    w.restart();
    CHECK(w.join(w.ana, R"({"game":"chess"})").body == refusal(404, "Matchmaking pool not found"));
    CHECK(w.join(w.ana).status == 200);
}

TEST_CASE("what is told on the players' sockets, in order") {
    QueueOfPlayers w;
    w.rules({.pool = {}, .queue = {.ready_check = true, .ready_skip_s = 0}, .match = {}});
    auto told = [&, seq = w.last_seq()]() mutable {
        std::string text;
        for (const auto& event : w.world->store.follow(seq, 1000)) {
            for (const auto& m : player::matchmaking_messages(event))
                text += (text.empty() ? "" : " ") +
                        std::string(to_uuid_text(m.user.uuid) == w.id_of(w.ana) ? "ana" : "ben") + ":" +
                        std::string(m.event.substr(12));
            seq = event.seq;
        }
        return text;
    };
    w.join(w.ana);
    w.world->advance(seconds(60));
    CHECK(told() == "ana:queued ana:expanded");
    w.join(w.ben);
    CHECK(told() == "ben:queued ana:matched ben:matched");
    w.post(queue + "decline", "", w.ben);
    CHECK(told() == "ben:declined ana:declined ana:queued");
    w.join(w.ben);
    w.post(queue + "accept", "", w.ana);
    w.post(queue + "accept", "", w.ben);
    CHECK(told() == "ben:queued ana:matched ben:matched ana:match_ready ben:match_ready");
    w.rules({});
    w.post("/api/v1/tournaments/matches/" + w.match_of(w.ana) + "/result", w.result(w.ana, 2, 1), w.ana);
    w.join(w.ana);
    w.post(queue + "leave", "", w.ana);
    w.join(w.ana);
    w.join(w.ben);
    CHECK(told() ==
          "ana:queued ana:cancelled ana:queued ben:queued ana:matched ana:match_ready ben:matched ben:match_ready");
    w.post("/api/v1/tournaments/matches/" + w.match_of(w.ana) + "/result", w.result(w.ana, 2, 1), w.ana);
    w.join(w.ana);
    w.world->advance(seconds(300));
    CHECK(told() == "ana:queued ana:expanded ana:expanded ana:expanded ana:expanded ana:timeout");
}

}  // namespace agon
