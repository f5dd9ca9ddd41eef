#include <doctest/doctest.h>

#include <cmath>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// Whether the ratings that follow from a result are saved.
enum class Saved { yes, no };

struct Hall : PlayerWorld {
    std::map<std::string, SignedIn> people;
    std::string token;

    Hall() {
        for (const auto* name : {"ana", "ben", "cleo"}) people.emplace(name, sign_up(name));
        token = people.at("ana").access_token;
    }
    /// With a key, which does not expire.
    void keep_in() { token = post("/api/v1/auth/keys", R"({"name":"k"})", token).text("key"); }
    UserId id(const std::string& name) { return people.at(name).who.user_id; }
    std::string uuid(const std::string& name) { return to_uuid_text(id(name).uuid); }

    /// A tournament of two, of a game that people play, and its result.
    TournamentId won(const std::string& winner, const std::string& loser, Saved saved = Saved::yes) {
        auto made = world->run(world->tournaments.create({.name = "Cup",
                                                          .game_type = "rps",
                                                          .config = JsonObject{{"seeding", "registration"}},
                                                          .driver = Driver::manual}));
        REQUIRE(made.has_value());
        for (const auto& name : {winner, loser})
            REQUIRE(world->run(world->tournaments.join(*made, {BotId{id(name).uuid}, name, {}, {}})).has_value());
        REQUIRE(world->run(world->tournaments.start(*made)).has_value());
        const auto side = world.state(*made).player(1, 0)->id.uuid == id(winner).uuid ? 0 : 1;
        const ReportResult result{.match = 1, .winner_side = static_cast<std::uint8_t>(side)};
        auto order = world->spawn(world->tournaments.order(*made, result));
        world->poll();
        world->journal.flush();
        if (saved == Saved::yes) REQUIRE(world->run(reached(world->ratings)));
        return *made;
    }
    JsonArray board(std::string_view query = "?game=rps") {
        const auto answer = get(fmt::format("/api/v1/leaderboard{}", query), token);
        REQUIRE(answer.status == 200);
        return answer.json().at("leaderboard").as_array();
    }
};

std::string name_at(const JsonArray& board, std::size_t place) {
    return std::string(board.at(place).at("user").at("username").as_string());
}

}  // namespace

TEST_CASE("the leaderboard has everybody who played, best first, and equal ratings share a rank") {
    Hall w;
    CHECK(
        w.get("/api/v1/leaderboard", w.token).body ==
        R"({"leaderboard":[],"totalCount":0,"pagination":{"page":1,"limit":20,"totalPages":0,"hasNext":false,"hasPrev":false}})");
    w.won("ana", "ben");
    CHECK(
        w.get("/api/v1/leaderboard?game=rps&limit=1", w.token).body ==
        fmt::format(
            R"({{"leaderboard":[{{"rank":1,"user":{{"id":"{}","username":"ana","profile":{{"avatarUrl":null,"skillRating":1200}}}},)"
            R"("rating":1216,"games":1,"wins":1,"losses":0,"draws":0,"streak":1,"inactive":false}}],"totalCount":2,)"
            R"("pagination":{{"page":1,"limit":1,"totalPages":2,"hasNext":true,"hasPrev":false}}}})",
            w.uuid("ana")));
    // Three ratings of which two are equal, wherever a page begins.
    rows::RatingRow cleo{.key = "rps/" + w.id("cleo").text(),
                         .game_type = "rps",
                         .kind = rows::PlayerKind::user,
                         .player = w.id("cleo").text(),
                         .rating = 1216,
                         .deviation = 50};
    save_by_hand(w.world->store, Ratings::follower_name, {rows::set_row(cleo)});
    const auto board = w.board();
    REQUIRE(board.size() == 3);
    CHECK(board[0].at("rank") == 1);
    CHECK(board[1].at("rank") == 1);
    CHECK(board[2].at("rank") == 3);
    CHECK(name_at(board, 2) == "ben");
    CHECK(w.board("?game=rps&limit=1&page=2").at(0).at("rank") == 1);
    CHECK(w.board("?game=rps&limit=1&page=3").at(0).at("rank") == 3);
    const auto& of_cleo = name_at(board, 0) == "cleo" ? board[0] : board[1];
    CHECK(of_cleo.at("uncertainty") == 50);
}

TEST_CASE("on a full disk the leaderboards show what could be saved, and all again once there is space") {
    Hall w;
    w.won("ana", "ben");
    w.won("ana", "ben", Saved::no);
    w.world->store.failing_with = StoreBroken::Kind::storage_full;
    w.world->store.failing_commits = w.world->store.failing_saves = 1000;
    CHECK(w.board().at(0).at("games") == 1);
    CHECK(w.get("/api/leaderboard?game_type=rps").status == 200);
    CHECK(w.get("/api/v1/auth/me", w.token).status == 200);
    w.world->store.failing_commits = w.world->store.failing_saves = 0;
    CHECK(w.board().at(0).at("games") == 2);
}

TEST_CASE("a broken store is no full one: the leaderboard waits for what was acknowledged") {
    Hall w;
    w.won("ana", "ben", Saved::no);
    w.world->store.failing_commits = w.world->store.failing_saves = 1000;
    CHECK_THROWS_AS(w.get("/api/leaderboard?game_type=rps"), StoreBroken);
}

TEST_CASE("bots are not among the people, nor people among the bots") {
    Hall w;
    w.won("ana", "ben");
    const auto arena = w.get("/api/leaderboard?game_type=rps");
    CHECK(arena.json().at("total") == 0);
    const std::vector bots{w.world.builtin("rock"), w.world.builtin("cycle")};
    w.world.playing(bots, {{"rounds_per_match", 1}});
    w.world->settle();
    CHECK(w.board().size() == 2);
    CHECK(w.get("/api/leaderboard?game_type=rps").json().at("total") == 2);
}

TEST_CASE("a history tells what each match did, the last first, and what a correction took back") {
    Hall w;
    w.won("ana", "ben");
    const auto id = w.won("ana", "cleo");
    const auto path = fmt::format("/api/v1/users/{}/ratings?game=rps", w.uuid("ana"));
    CHECK(w.get("/api/v1/users/" + w.uuid("ana") + "/ratings", w.token).json().at("totalCount") == 0);
    auto steps = w.get(path, w.token).json().at("ratings").as_array();
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].at("opponent").at("username") == "cleo");
    CHECK(steps[0].at("result") == "WON");
    CHECK(steps[0].at("before") == 1216);
    CHECK(steps[0].at("after") == 1231);
    CHECK(steps[0].at("change") == 15);
    CHECK(steps[1].at("opponent").at("id").as_string() == w.uuid("ben"));
    const CorrectResult corrected{.result = {.match = 1, .winner_side = std::uint8_t{0}, .forfeit = true}};
    REQUIRE(w.world->run(w.world->tournaments.order(id, corrected)).has_value());
    const auto page = w.get(path + "&limit=1", w.token).json();
    CHECK(page.at("totalCount") == 3);
    CHECK(page.at("ratings").as_array().at(0).at("result") == "TAKEN_BACK");
    CHECK(page.at("ratings").as_array().at(0).at("change") == -15);
}

TEST_CASE("who played no rated match for so many days is inactive, and can be left out of the ranks") {
    Hall w;
    w.keep_in();
    w.services->inactive_after = std::chrono::days(90);
    w.won("ben", "ana");
    w.world->advance(std::chrono::days(50));
    w.won("cleo", "ana");
    const auto inactive = [&](std::string_view query = "?game=rps") {
        std::string names;
        for (const auto& entry : w.board(query))
            names += fmt::format("{}{}{}{}", names.empty() ? "" : " ", to_text(entry.at("rank")),
                                 std::string(entry.at("user").at("username").as_string()),
                                 entry.at("inactive").as_bool() ? "-" : "");
        return names;
    };
    CHECK(inactive() == "1ben 2cleo 3ana");
    w.world->advance(std::chrono::days(40) - Duration{1});
    CHECK(inactive() == "1ben 2cleo 3ana");
    w.world->advance(Duration{1});
    CHECK(inactive() == "1ben- 2cleo 3ana");
    CHECK(inactive("?game=rps&active=false") == "1ben- 2cleo 3ana");
    CHECK(inactive("?game=rps&active=true") == "1cleo 2ana");
    CHECK(inactive("?game=rps&active=true&limit=1&page=2") == "2ana");
    CHECK(w.get("/api/v1/leaderboard?game=rps&active=true", w.token).json().at("totalCount") == 2);
    CHECK(w.get("/api/v1/leaderboard?active=yes", w.token).status == 400);
    CHECK(w.get(fmt::format("/api/v1/users/{}/ratings?active=true", w.uuid("ana")), w.token).status == 400);
    w.won("ben", "ana");
    CHECK(inactive("?game=rps&active=true") == "1ben 2cleo 3ana");
    w.world->advance(std::chrono::days(5000));
    CHECK(inactive("?game=rps&active=true").empty());
    w.services->inactive_after = Duration{0};
    CHECK(inactive("?game=rps&active=true") == "1ben 2cleo 3ana");
}

TEST_CASE(
    "uncertainty grows while nobody plays: on the leaderboard and in the profile; a step tells what it was then") {
    Hall w;
    w.keep_in();
    w.world->settle();
    for (const auto* game : {"rps", "pool"})
        switch_engine(w.world->store, game, rating_rule("glicko2", JsonObject{}).value(), w.world.outside.clock.now());
    w.restart();
    const auto me = [&] { return w.get("/api/v1/auth/me", w.token).json().at("profile"); };
    CHECK(me().at("skillRating") == 1500);
    CHECK(me().at("uncertainty") == 350);
    w.won("ana", "ben");
    const auto uncertainty = [&] { return w.board().at(0).at("uncertainty").to_number<double>(); };
    const auto after = uncertainty();
    const auto step = [&] {
        const auto history = w.get(fmt::format("/api/v1/users/{}/ratings?game=rps", w.uuid("ana")), w.token).json();
        return history.at("ratings").at(0).at("uncertainty").to_number<double>();
    };
    CHECK(after < 350);
    CHECK(step() == after);
    w.world->advance(std::chrono::days(70));
    CHECK(uncertainty() ==
          doctest::Approx(std::sqrt(after * after + 10 * 0.06 * 0.06 * 173.7178 * 173.7178)).epsilon(1e-4));
    CHECK(step() == after);
}

}  // namespace agon
