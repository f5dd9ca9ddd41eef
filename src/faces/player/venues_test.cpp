#include <doctest/doctest.h>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// Venues and events differ in their words only.
struct Kind {
    std::string_view path, noun, list, name, text, created, changed, deleted;
};
constexpr Kind kinds[] = {
    {"/api/v1/venues", "Venue", "venues", "name", "address", "VenueCreated", "VenueChanged", "VenueDeleted"},
    {"/api/v1/events", "Event", "events", "title", "description", "OccasionCreated", "OccasionChanged",
     "OccasionDeleted"},
};

std::string body(const Kind& kind, std::string_view name, std::string_view text) {
    return fmt::format(R"({{"{}":"{}","{}":"{}"}})", kind.name, name, kind.text, text);
}

}  // namespace

TEST_CASE("admins add, change and delete venues and events, and everybody who is signed in reads them") {
    for (const auto& kind : kinds) {
        PlayerWorld w;
        const auto admin = w.user("root", users::Role::admin), ana = w.user("ana");
        auto seq = w.last_seq();
        const auto made = w.post(kind.path, body(kind, "Arena", "1 Street"), admin);
        REQUIRE(made.status == 201);
        CHECK(w.events_after(seq) == kind.created);
        const auto path = std::string(kind.path) + "/" + made.text("id");
        CHECK(w.get(path, ana).body == made.body);
        CHECK(made.body ==
              fmt::format(R"({{"id":"{}",{}}})", made.text("id"),
                          body(kind, "Arena", "1 Street").substr(1, body(kind, "Arena", "1 Street").size() - 2)));

        seq = w.last_seq();
        const auto changed = w.put(path, fmt::format(R"({{"{}":"Hall"}})", kind.name), admin);
        CHECK(changed.status == 200);
        CHECK(changed.text(kind.name) == "Hall");
        CHECK(changed.text(kind.text) == "1 Street");
        CHECK(w.events_after(seq) == kind.changed);

        seq = w.last_seq();
        const auto deleted = w.remove(path, admin);
        CHECK(deleted.status == 204);
        CHECK(deleted.body.empty());
        CHECK(w.events_after(seq) == kind.deleted);
        CHECK(w.get(path, ana).body == refusal(404, std::string(kind.noun) + " not found"));
        CHECK(w.put(path, "{}", admin).status == 404);
        CHECK(w.remove(path, admin).status == 404);
        CHECK_CLEAN(w.world.verdict());
    }
}

TEST_CASE("venues and events come in pages, the newest first") {
    for (const auto& kind : kinds) {
        PlayerWorld w;
        const auto admin = w.user("root", users::Role::admin);
        CHECK(
            w.get(kind.path, admin).body ==
            fmt::format(
                R"({{"{}":[],"totalCount":0,"pagination":{{"page":1,"limit":20,"totalPages":0,"hasNext":false,"hasPrev":false}}}})",
                kind.list));
        for (int i = 0; i < 5; ++i) {
            w.post(kind.path, body(kind, std::to_string(i), ""), admin);
            w.world.outside.clock.advance(seconds(1));
        }
        const auto page = w.get(std::string(kind.path) + "?page=2&limit=2", admin).json();
        CHECK(to_text(page.at("pagination")) == R"({"page":2,"limit":2,"totalPages":3,"hasNext":true,"hasPrev":true})");
        CHECK(page.at("totalCount") == 5);
        const auto& items = page.at(kind.list).as_array();
        REQUIRE(items.size() == 2);
        CHECK(items[0].at(kind.name) == "2");
        CHECK(items[1].at(kind.name) == "1");
        CHECK(w.get(std::string(kind.path) + "?page=9", admin).json().at(kind.list).as_array().empty());
        for (const auto& [query, sentence] :
             {std::pair{"?page=0", "page: 0 is too small; must be from 1 to 1,000,000,000"},
              {"?limit=101", "limit: 101 is too large; must be from 1 to 100"},
              {"?limit=x", "limit: must be a whole number, not a text"},
              {"?colour=1", "colour: unknown parameter; known are 'page' or 'limit'"}})
            CHECK(w.get(std::string(kind.path) + query, admin).body == mistake(sentence));
    }
}

TEST_CASE("both forms of an id are read, and what is none is not found") {
    PlayerWorld w;
    const auto admin = w.user("root", users::Role::admin);
    const auto made = w.post("/api/v1/venues", R"({"name":"Arena"})", admin);
    const auto id = VenueId::parse(made.text("id")).value();
    CHECK(w.get("/api/v1/venues/" + id.text(), admin).body == made.body);
    for (const auto* bad : {"x", "0", "event_00000000000000000000000000", "00000000-0000-0000-0000-000000000000"})
        CHECK(w.get(std::string("/api/v1/venues/") + bad, admin).body == refusal(404, "Venue not found"));
}

TEST_CASE("a venue has a name; its address may be left out") {
    PlayerWorld w;
    const auto admin = w.user("root", users::Role::admin);
    CHECK(w.post("/api/v1/venues", "{}", admin).body == mistake("name: field required"));
    CHECK(w.post("/api/v1/venues", R"({"name":""})", admin).body == mistake("name: needs at least 1 character"));
    CHECK(w.post("/api/v1/venues", R"({"name":"Arena","address":null})", admin).text("address").empty());
    CHECK(w.post("/api/v1/venues", R"({"name":"Arena","colour":"red"})", admin).status == 201);
}

TEST_CASE("a venue is added once, however often the request comes") {
    PlayerWorld w;
    const auto admin = w.user("root", users::Role::admin);
    const auto add = [&] {
        return w.ask(Method::post, "/api/v1/venues", R"({"name":"Arena"})",
                     {{"Authorization", "Bearer " + admin}, {"Idempotency-Key", "k"}});
    };
    const auto first = add(), again = add();
    CHECK(first.status == 201);
    CHECK(again.body == first.body);
    CHECK(w.get("/api/v1/venues", admin).json().at("totalCount") == 1);
}

}  // namespace agon
