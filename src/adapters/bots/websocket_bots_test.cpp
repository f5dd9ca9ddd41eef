#include "adapters/bots/websocket_bots.hpp"

#include <thread>

#include <doctest/doctest.h>

#include "adapters/bots/test_doubles.hpp"

namespace agon {

namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;
using Codes = std::vector<std::uint16_t>;

class TwoKeys : public BotDirectory {
public:
    std::optional<BotId> by_key(std::string_view key) override {
        if (key == "bk_ana") return ana;
        if (key == "bk_ben") return ben;
        return std::nullopt;
    }
};

/// A client's side of a connection, as the HTTP server would drive it.
struct Client {
    std::shared_ptr<FakePeer> peer = std::make_shared<FakePeer>();
    std::unique_ptr<WebSocketHandler> handler;

    Client(WebSocketBots& bots, std::string authorization) {
        handler = bots.route().open({.path = "/api/bot/ws", .authorization = std::move(authorization)});
        handler->opened(peer);
    }
    void says(std::string_view text) { handler->message(text); }
    void leaves() { handler->closed(); }
    Texts sent() { return peer->sent(); }
    Codes closes() { return peer->closes(); }
};

struct Lobby {
    FakeInbox inbox;
    TwoKeys keys;
    ManualClock clock;
    WebSocketBots bots{inbox, keys, clock};

    Client connect(std::string authorization = "") { return {bots, std::move(authorization)}; }
    /// A bot that has heard its hello, with the inbox's notes taken away.
    Client settled(std::string_view key = "bk_ana") {
        auto client = connect("Bearer " + std::string(key));
        client.sent();
        inbox.heard();
        return client;
    }
};

std::string turn_action(std::string_view request_id, std::string_view action) {
    return fmt::format(R"({{"type":"turn_action","match_id":"{}","request_id":"{}","action":"{}","params":{{}}}})",
                       a_match.text(), request_id, action);
}

const std::string hello = R"({"type":"hello","supported_versions":["1.0"],"selected_version":"1.0","bot_id":")" +
                          ana.text() + R"(","capabilities":["reconnect"],"server_ts":"2023-11-14T22:13:20Z"})";

std::string error_of(std::string_view code, std::string_view message) {
    return fmt::format(R"({{"type":"error","code":"{}","message":"{}"}})", code, message);
}

}  // namespace

TEST_CASE("the socket of a deleted bot is closed like one with a wrong key") {
    Lobby lobby;
    auto ana_s = lobby.settled("bk_ana"), ben_s = lobby.settled("bk_ben");
    lobby.bots.dismiss(ana);
    CHECK(ana_s.sent() == Texts{error_of("unauthenticated", "the bot was deleted")});
    CHECK(ana_s.closes() == Codes{4001});
    CHECK(ben_s.closes().empty());
    ana_s.leaves();
    CHECK(lobby.inbox.heard() == Texts{"disconnected ana"});
    lobby.bots.dismiss(ana);
    CHECK(ana_s.closes() == Codes{4001});
}

TEST_CASE("a key at the upgrade opens the lobby, and the driver is asked where the matches stand") {
    Lobby lobby;
    auto client = lobby.connect("Bearer bk_ana");
    CHECK(client.sent() == Texts{hello});
    CHECK(client.closes().empty());
    CHECK(lobby.inbox.heard() == Texts{"connected ana", "resume ana"});
    CHECK(lobby.bots.reachable(ana));
    CHECK(!lobby.bots.reachable(ben));
    auto other = lobby.connect("bearer bk_ben");
    CHECK(lobby.inbox.heard() == Texts{"connected ben", "resume ben"});
}

TEST_CASE("a key in the first frame opens the lobby too") {
    Lobby lobby;
    auto client = lobby.connect();
    CHECK(client.sent().empty());
    CHECK(lobby.inbox.heard().empty());
    client.says(R"({"type":"authenticate","token":"bk_ana"})");
    CHECK(client.sent() == Texts{hello});
    CHECK(lobby.inbox.heard() == Texts{"connected ana", "resume ana"});
    client.says(R"({"type":"authenticate","token":"bk_ben"})");
    CHECK(client.sent().empty());
    CHECK(!lobby.bots.reachable(ben));
}

TEST_CASE("a wrong key is told so and closed, and nothing else happens") {
    Lobby lobby;
    for (const auto* header : {"Bearer bk_eve", "Bearer ", "Basic bk_ana", "bk_eve", "Bearer  bk_ana"}) {
        auto client = lobby.connect(header);
        CHECK(client.sent() == Texts{error_of("unauthenticated", "this is not the key of a bot")});
        CHECK(client.closes() == Codes{4001});
        client.says(R"({"type":"authenticate","token":"bk_ana"})");
        CHECK(client.sent().empty());
        client.leaves();
    }
    auto client = lobby.connect();
    client.says(R"({"type":"authenticate","token":"bk_eve"})");
    CHECK(client.closes() == Codes{4001});
    CHECK(lobby.inbox.heard().empty());
}

TEST_CASE("before the key nothing else may be said") {
    for (const auto& frame :
         {turn_action("r1", "rock"), std::string(R"({"type":"hello"})"), std::string(R"({"type":"authenticate"})"),
          std::string(R"({"type":"authenticate","token":7})")}) {
        Lobby lobby;
        auto client = lobby.connect();
        client.says(frame);
        CHECK(client.sent() == Texts{error_of("unauthenticated", "say authenticate with a token first")});
        CHECK(client.closes() == Codes{4001});
        CHECK(lobby.inbox.heard().empty());
    }
}

TEST_CASE("a socket that says no key within five seconds is closed, and one that did is not") {
    Lobby lobby;
    auto silent = lobby.connect();
    auto quick = lobby.connect("Bearer bk_ana");
    lobby.clock.advance(4999ms);
    lobby.bots.sweep();
    CHECK(silent.closes().empty());
    lobby.clock.advance(1ms);
    lobby.bots.sweep();
    lobby.bots.sweep();
    CHECK(silent.closes() == Codes{4001});
    CHECK(quick.closes().empty());
    silent.says(R"({"type":"authenticate","token":"bk_ben"})");
    CHECK(silent.sent().empty());
    CHECK(!lobby.bots.reachable(ben));
    auto gone = lobby.connect();
    gone.leaves();
    lobby.clock.advance(1min);
    lobby.bots.sweep();
    CHECK(gone.closes().empty());
}

TEST_CASE("an answer goes to the driver as it was said") {
    Lobby lobby;
    auto client = lobby.settled();
    client.says(turn_action("r1", "rock"));
    CHECK(lobby.inbox.heard() == Texts{"answered ana r1 rock {}"});
    CHECK(lobby.inbox.answers().front().match_id == a_match);
    CHECK(client.sent().empty());
}

TEST_CASE("ping is answered, resume is passed on, and what is not known is ignored and counted") {
    Lobby lobby;
    auto client = lobby.settled();
    client.says(R"({"type":"ping","more":1})");
    CHECK(client.sent() == Texts{R"({"type":"pong","server_ts":"2023-11-14T22:13:20Z"})"});
    client.says(R"({"type":"resume","resume_from":3})");
    CHECK(lobby.inbox.heard() == Texts{"resume ana"});
    client.says(R"({"type":"chat","text":"gl hf"})");
    client.says(R"({"type":"match_accept"})");
    CHECK(lobby.bots.unknown_messages() == 2);
    CHECK(client.sent().empty());
    CHECK(client.closes().empty());
    CHECK(lobby.inbox.heard().empty());
}

TEST_CASE("a bot's hello is content with a common version, and closes without one") {
    Lobby lobby;
    auto client = lobby.settled();
    client.says(R"({"type":"hello"})");
    client.says(R"({"type":"hello","client_name":"x","client_version":"2","supported_versions":["0.9","1.0"]})");
    CHECK(client.sent().empty());
    CHECK(client.closes().empty());
    client.says(R"({"type":"hello","supported_versions":["2.0"]})");
    CHECK(client.sent() == Texts{error_of("version", "this server speaks version 1.0")});
    CHECK(client.closes() == Codes{4013});
}

TEST_CASE("what cannot be read is told, and the fifth time closes") {
    Lobby lobby;
    auto client = lobby.settled();
    client.says("rock");
    client.says(R"(["turn_action"])");
    client.says(R"({"type":"turn_action","match_id":"match_x","request_id":"r1","action":"rock"})");
    client.says(R"({"type":"hello","supported_versions":"1.0"})");
    const auto errors = client.sent();
    REQUIRE(errors.size() == 4);
    for (const auto& error : errors) CHECK(error.starts_with(R"({"type":"error","code":"protocol","message":")"));
    CHECK(errors[1] == error_of("protocol", "must be an object with a type"));
    CHECK(errors[2] == error_of("protocol", "match_id: not the id of a Match"));
    CHECK(client.closes().empty());
    client.says(R"({"no":"type"})");
    CHECK(client.sent().size() == 1);
    CHECK(client.closes() == Codes{4009});
    client.says(turn_action("r1", "rock"));
    CHECK(lobby.inbox.heard().empty());
}

TEST_CASE("more than 200 messages in a second close the socket, and 200 in each do not") {
    Lobby lobby;
    auto client = lobby.settled();
    for (int second = 0; second < 3; ++second) {
        for (int i = 0; i < 200; ++i) client.says(R"({"type":"resume"})");
        lobby.clock.advance(1s);
    }
    CHECK(lobby.inbox.heard().size() == 600);
    CHECK(client.closes().empty());
    for (int i = 0; i < 202; ++i) client.says(R"({"type":"resume"})");
    CHECK(lobby.inbox.heard().size() == 200);
    CHECK(client.sent() == Texts{error_of("rate_limited", "too many messages or bytes in a second")});
    CHECK(client.closes() == Codes{4009});
}

TEST_CASE("more than 64 KiB in a second close the socket") {
    Lobby lobby;
    auto client = lobby.settled();
    std::string frame = R"({"type":"x","pad":")";
    frame += std::string(4096 - frame.size() - 2, 'x') + "\"}";
    REQUIRE(frame.size() == 4096);
    for (int i = 0; i < 16; ++i) client.says(frame);
    CHECK(client.closes().empty());
    client.says(frame);
    CHECK(client.closes() == Codes{4009});
}

TEST_CASE("the newest socket of a bot gets the messages, and the older one is closed") {
    Lobby lobby;
    auto old_one = lobby.settled();
    auto new_one = lobby.connect("Bearer bk_ana");
    CHECK(old_one.closes() == Codes{4000});
    CHECK(lobby.inbox.heard() == Texts{"resume ana"});
    new_one.sent();
    lobby.bots.deliver(ana, a_turn("r1"));
    CHECK(new_one.sent() == Texts{to_json(*a_turn("r1"))});
    CHECK(old_one.sent().empty());

    old_one.leaves();
    CHECK(lobby.inbox.heard().empty());
    CHECK(lobby.bots.reachable(ana));
    new_one.leaves();
    CHECK(lobby.inbox.heard() == Texts{"disconnected ana"});
    CHECK(!lobby.bots.reachable(ana));
    lobby.bots.deliver(ana, a_turn("r2"));
    CHECK(new_one.sent().empty());
    auto back = lobby.connect("Bearer bk_ana");
    CHECK(lobby.inbox.heard() == Texts{"connected ana", "resume ana"});
}

TEST_CASE("a message reaches its bot, and nobody else") {
    Lobby lobby;
    auto one = lobby.settled("bk_ana");
    auto two = lobby.settled("bk_ben");
    lobby.bots.deliver(ben, a_turn("r1"));
    CHECK(one.sent().empty());
    CHECK(two.sent() == Texts{to_json(*a_turn("r1"))});
}

TEST_CASE("the route says how large a message may be and how a larger one closes") {
    Lobby lobby;
    const auto route = lobby.bots.route();
    CHECK(route.path == "/api/bot/ws");
    CHECK(route.max_message_bytes == 4096);
    CHECK(route.too_big_code == 4008);
}

TEST_CASE("the driver may deliver while it is told of a connection") {
    struct Eager : FakeInbox {
        WebSocketBots* bots = nullptr;
        void resume(BotId bot) override { bots->deliver(bot, a_turn("pending")); }
    } inbox;
    TwoKeys keys;
    ManualClock clock;
    WebSocketBots bots{inbox, keys, clock};
    inbox.bots = &bots;
    Client client(bots, "Bearer bk_ana");
    CHECK(client.sent() == Texts{hello, to_json(*a_turn("pending"))});
}

TEST_CASE("sockets that come and go on many threads leave the driver with the truth") {
    Lobby lobby;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) {
                auto client = lobby.connect("Bearer bk_ana");
                client.says(R"({"type":"ping"})");
                lobby.bots.deliver(ana, a_turn("r"));
                lobby.bots.sweep();
                client.leaves();
            }
        });
    for (auto& thread : threads) thread.join();
    bool connected = false;
    for (const auto& note : lobby.inbox.heard()) {
        if (note == "resume ana") continue;
        CHECK(note == (connected ? "disconnected ana" : "connected ana"));
        connected = !connected;
    }
    CHECK(!connected);
    CHECK(!lobby.bots.reachable(ana));
}

}  // namespace agon
