#include "adapters/live/live_sockets.hpp"

#include <doctest/doctest.h>

#include "adapters/bots/test_doubles.hpp"
#include "app/accounts_testing.hpp"
#include "faces/player/live.hpp"

namespace agon {

namespace {

using testing::AccountsWorld;
using Codes = std::vector<std::uint16_t>;

struct LiveWorld : AccountsWorld {
    LiveWorld() { live.start(); }

    Live live{world->store, world->journal, world->contexts,
              [this] { return player::make_live_teller(world->engine); }};
    LiveSockets sockets{live, world->engine, world->access, world.outside.clock};
};

/// A client's side of a connection, as the HTTP server would drive it.
struct Client {
    explicit Client(LiveWorld& w, const std::string& token = {}) {
        const auto header = token.empty() ? std::string{} : "Bearer " + token;
        handler = w.sockets.route().open({.path = "/ws", .authorization = header});
        if (handler) handler->opened(peer);
    }
    ~Client() {
        if (handler) handler->closed();
    }
    Client(Client&&) = delete;

    void says(std::string_view event, const JsonObject& data = {}) {
        handler->message(to_text(JsonObject{{"event", event}, {"data", data}}));
    }
    void subscribes(std::string_view channel) { says("subscribe", {{"channel", channel}}); }
    void subscribes(std::string_view channel, Seq since) {
        says("subscribe", {{"channel", channel}, {"since", since}});
    }
    /// The frames since the last call.
    std::vector<JsonObject> hears() {
        std::vector<JsonObject> frames;
        for (const auto& text : peer->sent()) frames.push_back(parse_json(text)->as_object());
        return frames;
    }
    /// Their events.
    std::vector<std::string> events() {
        std::vector<std::string> names;
        for (const auto& frame : hears()) names.emplace_back(frame.at("event").as_string());
        return names;
    }
    JsonObject hears_one() {
        const auto frames = hears();
        REQUIRE(frames.size() == 1);
        return frames.front();
    }
    Codes closes() { return peer->closes(); }

    std::shared_ptr<FakePeer> peer = std::make_shared<FakePeer>();
    std::unique_ptr<WebSocketHandler> handler;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a client says who it is by the handshake or by its first frame") {
    LiveWorld w;
    const auto ana_in = w.sign_up("ana");
    const JsonObject welcome{{"event", "authenticated"},
                             {"data", {{"userId", to_uuid_text(ana_in.who.user_id.uuid)}, {"username", "ana"}}}};
    Client by_header(w, ana_in.access_token);
    CHECK(by_header.hears_one() == welcome);
    Client by_frame(w);
    CHECK(by_frame.hears().empty());
    by_frame.says("auth", {{"token", ana_in.access_token}});
    CHECK(by_frame.hears_one() == welcome);
    CHECK(w.live.subscribers() == 2);
}

TEST_CASE("bad credentials are 401 in the handshake, and an error and 1008 in a frame") {
    LiveWorld w;
    CHECK(!Client(w, "forged").handler);
    Client client(w);
    client.says("auth", {{"token", "forged"}});
    CHECK(client.events() == Names{"error"});
    CHECK(client.closes() == Codes{1008});
    client.says("ping");
    CHECK(client.hears().empty());
}

TEST_CASE("a bot's key opens nothing here") {
    LiveWorld w;
    auto made = w.world->run(w.world->bots.register_bot(
        {.name = "bot", .game_types = {}, .connection = {}, .description = {}, .source_url = {}, .owner = {}}));
    CHECK(!Client(w, made->api_key).handler);
}

TEST_CASE("who says nothing for ten seconds is closed, who said who it is stays") {
    LiveWorld w;
    const auto ana_in = w.sign_up("ana");
    Client silent(w), here(w, ana_in.access_token);
    w.world.outside.clock.advance(seconds(9));
    w.sockets.sweep();
    CHECK(silent.closes().empty());
    w.world.outside.clock.advance(seconds(1));
    w.sockets.sweep();
    CHECK(silent.closes() == Codes{1008});
    CHECK(here.closes().empty());
    silent.says("auth", {{"token", ana_in.access_token}});
    CHECK(silent.events().empty());
}

TEST_CASE("a socket outlives neither its token, nor its revocation, nor its user's role") {
    LiveWorld w;
    const auto ana_in = w.sign_up("ana"), ben_in = w.sign_up("ben"), cem_in = w.sign_up("cem");
    Client expires(w, ana_in.access_token), leaves(w, ben_in.access_token), rises(w, cem_in.access_token);
    const auto sweep_after = [&](double s) {
        w.world.outside.clock.advance(seconds(s));
        w.sockets.sweep();
    };
    sweep_after(6);
    CHECK((expires.closes().empty() && leaves.closes().empty()));
    const auto order = [&](const SignedIn& whose, users::UserCommand command) {
        const auto done = w.world->run(w.world->engine.execute<UserAggregate>(whose.who.user_id, std::move(command),
                                                                              [](const users::User&) { return 0; }));
        REQUIRE(done.has_value());
    };
    order(ben_in, users::CloseSession{ben_in.who.session});
    order(cem_in, users::ChangeRole{users::Role::admin});
    sweep_after(6);
    CHECK(leaves.closes() == Codes{1008});
    CHECK(rises.closes() == Codes{1008});
    CHECK(expires.closes().empty());
    sweep_after(700);
    CHECK(expires.closes() == Codes{1008});
}

TEST_CASE("a newer token of the same user prolongs a socket, another user's ends it") {
    LiveWorld w;
    const auto ana_in = w.sign_up("ana"), ben_in = w.sign_up("ben");
    Client ana_here(w, ana_in.access_token), mixed(w, ben_in.access_token);
    w.world.outside.clock.advance(seconds(500));
    const auto newer =
        w.world->tokens.issue(ana_in.who, w.world.outside.clock.now(), seconds(600), w.world.outside.random);
    ana_here.hears(), mixed.hears();
    ana_here.says("auth", {{"token", newer}});
    CHECK(ana_here.events() == Names{"authenticated"});
    CHECK(w.live.subscribers() == 2);
    mixed.says("auth", {{"token", newer}});
    CHECK(mixed.closes() == Codes{1008});
    w.world.outside.clock.advance(seconds(400));
    w.sockets.sweep();
    CHECK(ana_here.closes().empty());
}

TEST_CASE("a subscription answers with its position, replays what was missed, and goes on live") {
    LiveWorld w;
    Client client(w, w.sign_up("ana").access_token);
    client.hears();
    const auto id = w.world.tournament();
    w.world.join(id, w.world.builtin("rock"));
    const auto channel = "tournament:" + to_uuid_text(id.uuid);
    client.subscribes(id.text());
    CHECK(client.events() == Names{"error"});
    client.subscribes("tournament:" + id.text(), 0);
    const auto frames = client.hears();
    REQUIRE(frames.size() == 3);
    CHECK(frames[0] ==
          JsonObject{{"event", "subscribed"}, {"data", {{"channel", channel}, {"seq", w.world->journal.last_seq()}}}});
    CHECK(frames[1].at("event") == "tournament.updated");
    CHECK(frames[2].at("event") == "participant.joined");
    CHECK(frames[2].at("data").at("channel") == channel.c_str());
    w.world.join(id, w.world.builtin("random"));
    CHECK(client.events() == Names{"participant.joined"});
    client.says("unsubscribe", {{"channel", channel}});
    CHECK(client.events() == Names{"unsubscribed"});
    w.world.join(id, w.world.builtin("cycle"));
    CHECK(client.events().empty());
}

TEST_CASE("a long replay is sent in pieces, as the client reads") {
    LiveWorld w;
    Client client(w, w.sign_up("ana").access_token);
    const auto id = w.world.tournament();
    std::vector<BotId> bots;
    for (int i = 0; i < 200; ++i) w.world.join(id, w.world.builtin("rock"));
    client.hears();
    client.subscribes("tournament:" + id.text(), 0);
    std::size_t heard = client.hears().size();
    CHECK(heard == 65);
    for (auto more = heard; more > 0; heard += more) {
        client.handler->drained();
        more = client.hears().size();
        CHECK(more <= 64);
    }
    CHECK(heard == 1 + 1 + 200);
    w.world.join(id, w.world.builtin("rock"));
    CHECK(client.hears().size() == 1);
}

TEST_CASE("what is not understood or not allowed is answered with an error, and the tenth closes with 1008") {
    LiveWorld w;
    const auto ben_in = w.sign_up("ben");
    Client client(w, w.sign_up("ana").access_token);
    client.hears();
    const auto bens = "user:" + ben_in.who.user_id.text();
    const auto says = [&](std::string_view text) {
        client.handler->message(text);
        const auto frame = client.hears_one();
        CHECK(frame.at("event") == "error");
        return std::string(frame.at("data").at("message").as_string());
    };
    CHECK(says("{").starts_with("not valid JSON"));
    CHECK(says("[]") == "must be an object with an event");
    CHECK(says(R"({"event":7})") == "must be an object with an event");
    CHECK(says(R"({"event":"shout"})") == "unknown event; there are auth, subscribe, unsubscribe and ping");
    CHECK(says(R"({"event":"subscribe"})") == "channel: field required");
    CHECK(says(R"({"event":"subscribe","data":{"channel":"all"}})") ==
          "unknown channel; there are tournament:ID and user:ID");
    CHECK(says(R"({"event":"subscribe","data":{"channel":"x","since":-1}})").starts_with("since: "));
    client.subscribes(bens);
    CHECK(client.hears_one().at("data") ==
          Json{{"message", "what concerns another user is not told to you"}, {"channel", bens}});
    CHECK(says(R"({"event":"unsubscribe","data":{}})") == "channel: field required");
    CHECK(client.closes().empty());
    says("x");
    CHECK(client.closes() == Codes{1008});
}

TEST_CASE("nobody subscribes before saying who it is, but everybody may ping") {
    LiveWorld w;
    Client client(w);
    client.subscribes("tournament:x");
    CHECK(client.events() == Names{"error"});
    client.says("ping");
    const auto pong = client.hears_one();
    CHECK(pong.at("event") == "pong");
    CHECK(pong.at("data").at("time").is_string());
}

TEST_CASE("a client can neither flood the server nor watch without end") {
    LiveWorld w;
    const auto token = w.sign_up("ana").access_token;
    Client flood(w, token);
    for (int i = 0; i <= 100; ++i) flood.says("ping");
    CHECK(flood.closes() == Codes{1008});

    Client greedy(w, token);
    greedy.hears();
    for (int i = 0; i < 99; ++i) {
        w.world.outside.clock.advance(seconds(1));
        greedy.subscribes("tournament:" + w.world.tournament().text());
        CHECK(greedy.events() == Names{"subscribed"});
    }
    greedy.subscribes("tournament:" + w.world.tournament().text());
    CHECK(greedy.events() == Names{"error"});
    CHECK(greedy.closes().empty());
}

TEST_CASE("a socket that is gone watches nothing") {
    LiveWorld w;
    {
        Client client(w, w.sign_up("ana").access_token);
        CHECK(w.live.subscribers() == 1);
    }
    CHECK(w.live.subscribers() == 0);
}

}  // namespace agon
