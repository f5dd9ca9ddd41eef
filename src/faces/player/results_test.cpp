#include <doctest/doctest.h>

#include <map>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// People in a round robin, and one of its matches that is played, between Ana and Ben where they are alone.
struct Duel : PlayerWorld {
    explicit Duel(std::string_view rules = "{}", const std::vector<std::string>& entrants = {"ana", "ben"}) {
        const auto request = fmt::format(
            R"({{"name":"x","maxParticipants":4,"format":"ROUND_ROBIN","status":"REGISTRATION_OPEN","rules":{}}})",
            rules);
        const auto cup = "/api/v1/tournaments/" + post("/api/v1/tournaments", request, host).text("id");
        std::map<std::string, std::string, std::less<>> token_of;
        for (const auto& name : entrants) {
            token_of[name] = user(name);
            REQUIRE(post(cup + "/join", "{}", token_of[name]).status == 201);
        }
        REQUIRE(post(cup + "/start", "", host).status == 200);
        const auto details = get(cup, host).json();
        const auto& matches = details.at("matches").as_array();
        const auto played =
            std::ranges::find_if(matches, [](const Json& m) { return m.at("status") == "IN_PROGRESS"; });
        REQUIRE(played != matches.end());
        match = "/api/v1/tournaments/matches/" + std::string(played->at("id").as_string());
        player_a = played->at("playerAId").as_string();
        a = token_of.find(std::string_view(played->at("playerA").at("username").as_string()))->second;
        b = token_of.find(std::string_view(played->at("playerB").at("username").as_string()))->second;
    }
    Answer report(std::string_view body) { return post(match + "/result", body, a); }
    Answer correct(std::string_view body) { return post(match + "/correct", body, host); }
    std::string status() { return get(match, a).text("status"); }

    std::string host = user("hugo", users::Role::host);
    std::string match, player_a;
    /// Tokens of its two players.
    std::string a, b;
};

}  // namespace

TEST_CASE("a result that says nothing is no draw") {
    Duel d;
    for (const auto* body : {"", "{}", R"({"winner":"ana"})", R"({"winnerId":null})"})
        CHECK(d.report(body).body == mistake("winnerId: field required"));
    CHECK(d.report(R"({"scoreB":1})").body == mistake("scoreA: scoreA and scoreB come together"));
    CHECK(d.status() == "IN_PROGRESS");
    CHECK(d.report(R"({"winnerId":null,"scoreA":5,"scoreB":5})").text("status") == "COMPLETED");
}

TEST_CASE("a correction that says nothing changes nothing") {
    Duel d;
    REQUIRE(d.report(fmt::format(R"({{"winnerId":"{}","scoreA":2,"scoreB":1}})", d.player_a)).status == 200);
    CHECK(d.correct("{}").body == mistake("winnerId: field required"));
    CHECK(d.get(d.match, d.a).text("winnerId") == d.player_a);
}

TEST_CASE("however a claim ends, the tournament's row says what the log says") {
    constexpr auto confirms = R"({"confirmResults":true,"confirmWithin":600,"noShowWait":600})";
    const std::pair<std::string_view, std::string_view> ends[] = {
        {"/result", "/result/confirm"}, {"/result", "/result/dispute"}, {"/no-show", "/present"}};
    for (const auto& [claim, answer] : ends) {
        CAPTURE(answer);
        Duel d(confirms, {"ana", "ben", "cem"});
        const auto body =
            claim == "/result" ? fmt::format(R"({{"winnerId":"{}","scoreA":2,"scoreB":1}})", d.player_a) : "";
        REQUIRE(d.post(d.match + std::string(claim), body, d.a).status == 200);
        CHECK_CLEAN(d.world.verdict());
        REQUIRE(d.post(d.match + std::string(answer), "", d.b).status == 200);
        CHECK_CLEAN(d.world.verdict());
    }
}

}  // namespace agon
