// What befalls a tournament: corrections, a cancellation, bots that are deleted; and what its standings say of it.
#include <doctest/doctest.h>

#include "app/world_testing.hpp"
#include "faces/arena/arena.hpp"
#include "faces/router.hpp"

namespace agon {

using namespace testing;

namespace {

constexpr auto GET = Method::get, POST = Method::post, DELETE_ = Method::delete_;

struct Desk {
    World world;
    Services services{.engine = world->engine,
                      .tournaments = world->tournaments,
                      .bots = world->bots,
                      .access = world->access,
                      .ratings = &world->ratings};
    Router router{services};

    Desk() { router.add(arena::face, arena::endpoints()); }

    Response ask(Method method, const std::string& path, const std::string& body = {}) {
        auto response = world->run(router.handle({.method = method,
                                                  .path = path,
                                                  .query = {},
                                                  .headers = {},
                                                  .body = body,
                                                  .request_id = "r",
                                                  .remote = "127.0.0.1"}));
        if (response.shared) response.body = response.shared->body;
        return response;
    }
    Json get(const std::string& path) {
        const auto response = ask(GET, path);
        REQUIRE(response.status == 200);
        return *parse_json(response.body);
    }
    Json get(TournamentId id, const std::string& what) { return get("/api/tournaments/" + id.text() + what); }
    void order(TournamentId id, TournamentCommand command) {
        REQUIRE(world->run(world->tournaments.order(id, std::move(command))).has_value());
        world->settle();
    }
    void remove(BotId bot) {
        const auto response = ask(DELETE_, "/api/bots/" + bot.text());
        CHECK(response.status == 200);
        CHECK(response.body == fmt::format(R"({{"bot_id":"{}","message":"Bot deleted"}})", bot.text()));
        world->settle();
    }
    std::vector<BotId> builtins(int n) {
        std::vector<BotId> all;
        for (int i = 0; i < n; ++i) all.push_back(world.builtin(i % 2 == 0 ? "rock" : "cycle"));
        return all;
    }
    std::vector<BotId> remotes(int n, bool connected = true) {
        std::vector<BotId> all;
        for (int i = 0; i < n; ++i) all.push_back(world.remote("Bot", connected));
        return all;
    }
    /// Of these, in `format`, which has begun.
    TournamentId playing(const std::vector<BotId>& bots, std::string_view format, JsonObject stage = {},
                         JsonObject config = {}) {
        stage.emplace("format", format);
        config.emplace("stages", JsonArray{std::move(stage)});
        config.emplace("rounds_per_match", 1);
        return world.playing(bots, std::move(config));
    }
    /// Each place and why, as they are shown.
    std::vector<std::string> whys(TournamentId id) {
        std::vector<std::string> all;
        const auto view = get(id, "/standings");
        for (const auto& standing : view.at("standings").as_array())
            all.push_back(fmt::format("{} {}", standing.at("place").as_int64(),
                                      std::string_view(standing.at("why").as_string())));
        return all;
    }
};

using Whys = std::vector<std::string>;

ReportResult won_by(MatchNumber match, std::uint8_t side) { return {.match = match, .winner_side = side}; }

}  // namespace

// --- corrections --------------------------------------------------------------------------------------------------------

TEST_CASE("a correction's score is whole, not negative, and agrees with the winner") {
    Desk desk;
    const auto bots = desk.builtins(2);
    const auto id = desk.playing(bots, "round_robin");
    desk.world->settle();
    const auto winner = fmt::format(R"("winner":"{}")", bots[0].text());
    const struct {
        std::string what, where, message;
    } refused[] = {
        {winner + R"(,"score":[0,-1])", R"("score",1)", "must be at least 0"},
        {winner + R"(,"score":[1000001,0])", R"("score",0)", "must be at most 1000000"},
        {winner + R"(,"score":[0,2])", R"("score")", "the scores do not agree with the winner"},
        {winner + R"(,"score":[1,1])", R"("score")", "the scores do not agree with the winner"},
        {R"("draw":true,"score":[2,1])", R"("score")", "a draw has equal scores"},
        {R"("nobody_wins":true,"score":[3,1])", R"("score",0)", "a match that nobody won has no score"},
        {R"("reopen":true,"score":[3,1])", R"("score",0)", "a match that is played again has no score"},
    };
    const auto path = "/api/matches/" + match_id(id, 1).text() + "/correct";
    for (const auto& [what, where, message] : refused)
        for (const auto* more : {"", R"(,"dry_run":true)"}) {
            CAPTURE(what);
            const auto answer = desk.ask(POST, path, "{" + what + more + "}");
            CHECK(answer.status == 422);
            CHECK(answer.body == fmt::format(R"({{"detail":[{{"loc":["body",{}],"msg":"{}","type":"value_error"}}]}})",
                                             where, message));
        }
    CHECK(desk.ask(POST, path, "{" + winner + R"(,"score":[5,2]})").status == 200);
    CHECK(desk.get("/api/matches/" + match_id(id, 1).text()).at("score") == "5-2");
}

// --- cancellation -------------------------------------------------------------------------------------------------------

TEST_CASE("a match that was being played when its tournament was cancelled is over, and nobody won it") {
    Desk desk;
    const auto id = desk.playing(desk.remotes(4), "single_elimination");
    desk.world->advance(seconds(3));
    desk.order(id, CancelTournament{"rain"});
    const auto matches = desk.get(id, "/matches");
    const auto ended = desk.get(id, "").at("end_time");
    for (std::size_t i = 0; i < 3; ++i) {
        CAPTURE(i);
        const auto& match = matches.at("matches").at(i).as_object();
        const bool begun = i < 2;
        CHECK(match.at("status") == (begun ? "completed" : "waiting"));
        CHECK(match.at("completed_at") == (begun ? ended : Json(nullptr)));
        CHECK(match.at("winner").is_null());
        CHECK(match.contains("decision") == begun);
        if (begun) CHECK(match.at("decision") == "cancelled");
        if (begun) CHECK(desk.get("/api/matches/" + match_id(id, 1).text()).at("status") == "completed");
    }
    const auto bracket = desk.get(id, "/bracket");
    CHECK(bracket.at("data").at("rounds").at(0).at("matches").at(1).at("decision") == "cancelled");
    CHECK(desk.whys(id) == Whys(4, "1 still in when the tournament was cancelled"));
    CHECK(desk.get(id, "/standings").at("standings").at(0).at("draws") == 0);
}

// --- brackets and explanations ------------------------------------------------------------------------------------------

TEST_CASE("every round of a double elimination names its bracket, also of two entrants without a final") {
    Desk desk;
    const auto id = desk.playing(desk.builtins(2), "double_elimination", {{"grand_final", "none"}});
    CHECK(desk.get(id, "/bracket").at("data").at("rounds").at(0).at("bracket") == "winners");
    const auto single = desk.playing(desk.builtins(2), "single_elimination");
    CHECK_FALSE(desk.get(single, "/bracket").at("data").at("rounds").at(0).as_object().contains("bracket"));
}

TEST_CASE("a standing tells of the match for third place") {
    Desk desk;
    const auto id = desk.playing(desk.remotes(4), "single_elimination", {{"third_place", true}});
    desk.order(id, won_by(1, 0));
    desk.order(id, won_by(2, 0));
    CHECK(desk.whys(id) == Whys{"1 still in", "1 still in", "3 lost a semi-final, and plays for third place",
                                "3 lost a semi-final, and plays for third place"});
    SUBCASE("that was played") {
        desk.order(id, won_by(4, 0));
        desk.order(id, won_by(3, 0));
        CHECK(desk.whys(id) == Whys{"1 lost no match that put it out", "2 out in round 2",
                                    "3 won the match for third place", "4 lost the match for third place"});
    }
    SUBCASE("that nobody won") {
        desk.order(id, {ReportResult{.match = 4, .nobody_wins = true}});
        CHECK(desk.whys(id).back() == "3 lost a semi-final; nobody won the match for third place");
    }
}

TEST_CASE("who comes back through the losers bracket is not out") {
    Desk desk;
    const auto id = desk.playing(desk.remotes(4), "double_elimination", {{"grand_final", "single"}});
    // The first seed loses at once, and wins all that comes later.
    const auto first = desk.world.state(id).entrants[0].id;
    bool lost = false;
    while (desk.world.state(id).status == Status::in_progress) {
        const auto t = desk.world.state(id);
        for (MatchNumber m = 1; m <= t.match_count(); ++m) {
            if (t.match(m).status != formats::MatchStatus::in_progress) continue;
            const bool home = t.player(m, 0)->id == first, away = t.player(m, 1)->id == first;
            const bool wins_at_home = home ? lost : !(away && lost);
            lost = lost || home || away;
            desk.order(id, won_by(m, wins_at_home ? 0 : 1));
            break;
        }
        if (desk.world.state(id).status == Status::in_progress)
            for (const auto& why : desk.whys(id))
                CHECK((why.ends_with("still in") || why.find("out in round") != why.npos));
    }
    CHECK(desk.world.champion(id) == BotId{first.uuid}.text());
    CHECK(desk.whys(id)[0] == "1 lost no match that put it out");
    CHECK(desk.whys(id)[1].starts_with("2 out in round"));
}

TEST_CASE("who was taken out before it had played is not said to be in") {
    for (const auto* format : {"single_elimination", "round_robin", "swiss"}) {
        CAPTURE(format);
        Desk desk;
        const auto bots = desk.remotes(5);
        const auto id = desk.playing(bots, format, {}, {{"withdrawal", "remove"}});
        desk.order(id, Leave{EntrantId{bots[0].uuid}, Leaving::withdrawn, ""});
        const auto t = desk.world.state(id);
        if (!t.stages[0].stage.is_vacated(*t.stages[0].seed_of(0))) continue;
        CHECK(desk.whys(id).back() == "5 withdrew before it had played: it counts as if it had never come");
    }
}

// --- deleted bots -------------------------------------------------------------------------------------------------------

TEST_CASE("a deleted bot leaves what has not started") {
    Desk desk;
    const auto bots = desk.remotes(4);
    const auto open = desk.world.tournament({}, 4), full = desk.world.tournament({{"waiting_list", true}}, 2);
    for (const auto bot : {bots[0], bots[1]}) desk.world.join(open, bot);
    for (const auto bot : {bots[1], bots[0], bots[2], bots[3]}) desk.world.join(full, bot);
    desk.remove(bots[2]);
    desk.remove(bots[0]);
    CHECK(desk.get(open, "").at("current_participants") == 1);
    CHECK(desk.world.state(full).waiting.empty());
    CHECK(desk.world.state(full).has(EntrantId{bots[3].uuid}));
    CHECK(desk.ask(DELETE_, "/api/bots/" + bots[0].text()).status == 404);
    CHECK_CLEAN(desk.world.verdict());
}

TEST_CASE("a deleted bot withdraws from what runs: its opponents go on at once, and it is not champion") {
    Desk desk;
    const auto bots = desk.remotes(4);
    const auto id = desk.playing(bots, "single_elimination");
    const auto over = desk.playing(desk.builtins(2), "single_elimination");
    desk.remove(bots[0]);
    auto t = desk.world.state(id);
    CHECK(t.winner(1)->id.uuid == bots[3].uuid);
    CHECK(t.times[0].decision == "withdrawn");
    CHECK(t.entrants[0].left == Leaving::withdrawn);
    // It waits for its opponent in the final.
    desk.remove(bots[3]);
    desk.order(id, won_by(2, 0));
    CHECK(desk.world.champion(id) == bots[1].text());
    CHECK(desk.world.state(over).status == Status::completed);
}

TEST_CASE("a crash while a bot is deleted leaves a bot that can be deleted again") {
    for (int flushes = 0; flushes < 5; ++flushes) {
        CAPTURE(flushes);
        World world;
        const auto ana = world.remote("Ana"), ben = world.remote("Ben");
        const auto open = world.tournament({}, 4);
        world.join(open, ana);
        const auto running = world.playing({ana, ben}, {{"rounds_per_match", 1}});
        const auto removed = world->spawn(world->bots.remove(ana));
        for (int i = 0; i < flushes; ++i) {
            world->poll();
            world->journal.flush();
        }
        world.restart();
        const bool is_there = world->run(world->bots.find(ana)).has_value();
        if (!is_there) CHECK(!world.state(open).has(EntrantId{ana.uuid}));
        CHECK(world->run(world->bots.remove(ana)).has_value() == is_there);
        CHECK(world.state(open).entrants.empty());
        CHECK(world.champion(running) == ben.text());
        CHECK_FALSE(world->run(world->bots.find(ana)).has_value());
        CHECK_CLEAN(world.verdict());
    }
}

}  // namespace agon
