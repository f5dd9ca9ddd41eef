#include "adapters/bots/turn_action.hpp"

#include <doctest/doctest.h>

#include "base/codec/json.hpp"

namespace agon {

namespace {

const MatchId match{Uuid{{1}}};
const MatchId other{Uuid{{2}}};

Json json(std::string_view text) { return parse_json(text).value(); }

TurnRequest asked() {
    TurnRequest request;
    request.match_id = match;
    request.request_id = "r1";
    return request;
}

}  // namespace

TEST_CASE("a turn_action names its match, its request, an action and perhaps parameters") {
    const auto whole = read_turn_action(json(R"({"type":"turn_action","match_id":")" + match.text() +
                                             R"(","request_id":"r7","action":"raise","params":{"amount":40},"x":1})"));
    REQUIRE(whole);
    CHECK(whole->match_id == match);
    CHECK(whole->request_id == "r7");
    CHECK(whole->action == "raise");
    CHECK(to_text(whole->params) == R"({"amount":40})");
    const auto bare =
        read_turn_action(json(R"({"match_id":")" + match.text() + R"(","request_id":"r7","action":"rock"})"));
    CHECK(to_text(bare->params) == "{}");
}

TEST_CASE("what a turn_action lacks is pointed at") {
    const auto pointer = [](std::string_view text) { return read_turn_action(json(text)).error().pointer; };
    CHECK(pointer(R"({"request_id":"r","action":"rock"})") == "/match_id");
    CHECK(pointer(R"({"match_id":")" + match.text() + R"(","action":"rock"})") == "/request_id");
    CHECK(pointer(R"({"match_id":")" + match.text() + R"(","request_id":"r"})") == "/action");
    CHECK(pointer(R"({"match_id":"m","request_id":"r","action":"rock"})") == "/match_id");
    CHECK(pointer(R"({"match_id":")" + match.text() + R"(","request_id":7,"action":"rock"})") == "/request_id");
    CHECK(pointer(R"({"match_id":")" + match.text() + R"(","request_id":"","action":"rock"})") == "/request_id");
    CHECK(!read_turn_action(json("[]")));
}

TEST_CASE("a reply to a turn needs the action alone, and says the rest if it likes") {
    const auto bare = read_turn_action(json(R"({"action":"rock"})"), asked());
    REQUIRE(bare);
    CHECK(bare->match_id == match);
    CHECK(bare->request_id == "r1");
    const auto named =
        json(R"({"type":"turn_action","match_id":")" + other.text() + R"(","request_id":"r0","action":"rock"})");
    const auto whole = read_turn_action(named, asked());
    CHECK(whole->match_id == other);
    CHECK(whole->request_id == "r0");
    CHECK(read_turn_action(json(R"({"type":"pong","action":"rock"})"), asked()).error().pointer == "/type");
    CHECK(read_turn_action(json(R"({})"), asked()).error().pointer == "/action");
}

}  // namespace agon
