#include <doctest/doctest.h>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

constexpr std::string_view tournaments = "/api/v1/tournaments";

struct Hosted : PlayerWorld {
    std::string announce(std::string_view more = "") {
        return post(tournaments, fmt::format(R"({{"name":"Cup","maxParticipants":4{}}})", more), host).text("id");
    }
    static std::string one(const std::string& id) { return std::string(tournaments) + "/" + id; }

    std::string host = user("hugo", users::Role::host), ana = user("ana");
};

}  // namespace

TEST_CASE("null takes away what a tournament need not have; what is not named stays") {
    Hosted w;
    const auto venue = w.post("/api/v1/venues", R"({"name":"Hall"})", w.user("root", users::Role::admin)).text("id");
    const auto id = w.announce(fmt::format(R"(,"venueId":"{}","description":"d","prizePool":9,
        "startTime":"2030-01-01T10:00:00Z","endTime":"2030-01-01T12:00:00Z")",
                                           venue));
    const auto shown = [&](std::string_view field) { return w.get(w.one(id), w.host).json().at(field); };
    REQUIRE(w.put(w.one(id), R"({"venueId":null,"startTime":null,"prizePool":null})", w.host).status == 200);
    CHECK(shown("venue").is_null());
    CHECK(shown("startTime").is_null());
    CHECK(shown("prizePool") == 0);
    CHECK(shown("endTime") == "2030-01-01T12:00:00Z");
    CHECK(shown("description") == "d");
    REQUIRE(w.put(w.one(id), R"({"description":null})", w.host).status == 200);
    CHECK(shown("description") == "");
    CHECK(w.put(w.one(id), R"({"name":null})", w.host).text("name") == "Cup");
}

TEST_CASE("all fields that are wrong are named") {
    Hosted w;
    CHECK(w.post(tournaments, R"({"maxParticipants":"x","entryFee":-1})", w.host).body ==
          R"({"statusCode":400,"message":["entryFee: -1 is too small; must be from 0 to 9,007,199,254,740,991",)"
          R"("name: field required","maxParticipants: must be a whole number, not a text"],"error":"Bad Request"})");
}

TEST_CASE("registration does not close before it opens") {
    Hosted w;
    CHECK(w.post(tournaments,
                 R"({"name":"x","maxParticipants":4,"registrationOpensAt":"2030-01-02T00:00:00Z",
                     "registrationClosesAt":"2030-01-01T00:00:00Z"})",
                 w.host)
              .body == mistake("registrationClosesAt: must not be before registrationOpensAt"));
}

TEST_CASE("a state that does not allow an order is named") {
    Hosted w;
    const auto id = w.announce();
    CHECK(w.put(w.one(id), R"({"status":"COMPLETED"})", w.host).body ==
          refusal(400, "A tournament that is UPCOMING cannot become COMPLETED"));
    CHECK(w.post(w.one(id) + "/start", "", w.host).body ==
          refusal(400, "Tournament is UPCOMING; its registration is not open yet"));
    CHECK(w.post(w.one(id) + "/join", "", w.ana).body == refusal(400, "Tournament registration is not open"));
}

TEST_CASE("people do not enter a tournament of bots, nor bots one of people") {
    Hosted w;
    const auto of_bots = w.world.tournament();
    CHECK(w.post(w.one(to_uuid_text(of_bots.uuid)) + "/join", "", w.ana).body ==
          refusal(400, "People cannot enter a tournament of bots"));
    const auto of_people = w.announce(R"(,"status":"REGISTRATION_OPEN","game":"rps")");
    const auto bot = w.post("/api/bots", R"({"name":"b","game_type":"rps"})").text("bot_id");
    CHECK(w.post("/api/tournaments/" + of_people + "/join", fmt::format(R"({{"bot_id":"{}"}})", bot)).body ==
          R"({"detail":"Bots cannot enter a tournament of people"})");
}

TEST_CASE("an open arena does not open the tournaments that people host") {
    Hosted w;
    const auto id = w.announce(R"(,"status":"REGISTRATION_OPEN")");
    REQUIRE(w.post(w.one(id) + "/join", "", w.ana).status == 201);
    for (const auto* order : {"start", "cancel", "ready"}) {
        CAPTURE(order);
        const auto path = fmt::format("/api/tournaments/{}/{}", id, order);
        CHECK(w.post(path).status == 401);
        CHECK(w.post(path, "", w.ana).status == 403);
    }
    CHECK(w.post(fmt::format("/api/tournaments/{}/cancel", id), "", w.host).status == 200);
}

}  // namespace agon
