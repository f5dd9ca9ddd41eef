#include "adapters/bots/webhook_bots.hpp"

#include <semaphore>
#include <thread>

#include <doctest/doctest.h>

#include "adapters/bots/test_doubles.hpp"
#include "adapters/outbound/signature.hpp"
#include "adapters/outbound/test_server.hpp"

namespace agon {

namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

const std::vector<std::string> secrets{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};

CallRules loopback() {
    const std::string cidrs[] = {"127.0.0.0/8"};
    return {.addresses = AddressRules::from(cidrs).value(), .http = true};
}

class OneWebhook : public WebhookDirectory {
public:
    std::optional<WebhookEndpoint> endpoint_of(BotId bot) override {
        return bot == ana ? std::optional(endpoint) : std::nullopt;
    }
    WebhookEndpoint endpoint;
};

/// A webhook, and the carrier that calls it.
struct Called {
    TestServer server;
    FakeInbox inbox;
    OneWebhook directory;
    ManualClock clock;
    HttpClient client{loopback()};
    WebhookBots bots{client, inbox, directory, clock};

    explicit Called(TestServer::Script script) : server(std::move(script)) {
        directory.endpoint = {server.url("/bot"), secrets};
    }
    ~Called() { client.stop(); }

    /// What the inbox hears within `patience`, as soon as there is something.
    Texts heard(std::chrono::milliseconds patience = 5s) {
        const auto until = std::chrono::steady_clock::now() + patience;
        while (std::chrono::steady_clock::now() < until) {
            if (auto notes = inbox.heard(); !notes.empty()) return notes;
            std::this_thread::sleep_for(5ms);
        }
        return {};
    }
    /// The requests, once there are `count` and a moment passed in which more might have come.
    Texts requests(std::size_t count) {
        for (int i = 0; i < 1000 && server.requests().size() < count; ++i) std::this_thread::sleep_for(5ms);
        std::this_thread::sleep_for(50ms);
        return server.requests();
    }
};

std::string header(const std::string& request, std::string_view name) {
    const auto at = request.find(fmt::format("\r\n{}: ", name));
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

std::string body(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

}  // namespace

TEST_CASE("a turn is asked with a signature, and the reply is the answer") {
    Called called([](const std::string&) { return http_reply(200, R"({"action":"rock"})"); });
    called.bots.deliver(ana, a_turn("r1"));
    CHECK(called.heard() == Texts{"answered ana r1 rock {}"});
    CHECK(called.inbox.answers().front().match_id == a_match);
    const auto requests = called.requests(1);
    REQUIRE(requests.size() == 1);
    const auto& request = requests.front();
    CHECK(request.starts_with("POST /bot HTTP/1.1\r\n"));
    CHECK(header(request, "Content-Type") == "application/json");
    auto sent = std::get<TurnRequest>(*a_turn("r1"));
    sent.server_ts = called.clock.now();
    CHECK(body(request) == to_json(sent));
    const WebhookHeaders signed_as{header(request, "webhook-id"), header(request, "webhook-timestamp"),
                                   header(request, "webhook-signature")};
    CHECK(signed_as.id == "r1");
    CHECK(verify_webhook(secrets, signed_as, called.clock.now(), body(request)));
}

TEST_CASE("a reply may name its match and request itself") {
    Called called([](const std::string&) {
        return http_reply(200, R"({"type":"turn_action","match_id":")" + a_match.text() +
                                   R"(","request_id":"r0","action":"raise","params":{"amount":40}})");
    });
    called.bots.deliver(ana, a_turn("r1"));
    CHECK(called.heard() == Texts{R"(answered ana r0 raise {"amount":40})"});
}

TEST_CASE("a turn that met 500 is asked once more under the same id") {
    std::atomic<int> calls = 0;
    Called called([&](const std::string&) {
        return ++calls == 1 ? http_reply(500, "oops") : http_reply(200, R"({"action":"paper"})");
    });
    called.bots.deliver(ana, a_turn("r1"));
    CHECK(called.heard() == Texts{"answered ana r1 paper {}"});
    const auto requests = called.requests(2);
    REQUIRE(requests.size() == 2);
    CHECK(header(requests[0], "webhook-id") == "r1");
    CHECK(header(requests[1], "webhook-id") == "r1");
    CHECK(called.inbox.sent().size() == 1);
}

TEST_CASE("the second time a turn is asked it says what is left of its time") {
    ManualClock* clock = nullptr;
    Called called([&](const std::string&) {
        clock->advance(500ms);
        return http_reply(500, "");
    });
    clock = &called.clock;
    called.bots.deliver(ana, a_turn("r1"));
    const auto requests = called.requests(2);
    REQUIRE(requests.size() == 2);
    CHECK(body(requests[0]).contains(R"("timeout_ms":2000,)"));
    CHECK(body(requests[1]).contains(R"("timeout_ms":1500,)"));
}

TEST_CASE("a turn that meets a connection which breaks after use is asked twice, and no more") {
    Called called([](const std::string& request) {
        return request.contains("turn_request") ? std::string{} : http_reply(204, "");
    });
    const auto notice = std::make_shared<const BotMessage>(MatchEnd{});
    for (int i = 0; i < 4; ++i) called.bots.deliver(ana, notice);
    CHECK(called.requests(4).size() == 4);
    called.bots.deliver(ana, a_turn("r1"));
    CHECK(called.requests(6).size() == 6);
    CHECK(called.inbox.heard().empty());
}

TEST_CASE("a turn goes before other messages, and its time begins when it is sent") {
    std::counting_semaphore<> through{0};
    Called called([&](const std::string&) {
        return through.try_acquire_for(5s) ? http_reply(200, R"({"action":"rock"})") : http_reply(504, "");
    });
    const auto notice = std::make_shared<const BotMessage>(MatchEnd{});
    for (int i = 0; i < 5; ++i) called.bots.deliver(ana, notice);
    called.requests(4);
    called.bots.deliver(ana, a_turn("r1"));
    called.clock.advance(3s);
    CHECK(called.requests(4).size() == 4);
    CHECK(called.inbox.sent().empty());
    through.release(1);
    auto sent = std::get<TurnRequest>(*a_turn("r1"));
    sent.server_ts = called.clock.now();
    CHECK(body(called.requests(5).back()) == to_json(sent));
    CHECK(called.inbox.sent() == std::vector{std::pair{std::string("r1"), Duration(3s)}});
    through.release(5);
    CHECK(called.heard() == Texts{"answered ana r1 rock {}"});
    const auto requests = called.requests(6);
    REQUIRE(requests.size() == 6);
    CHECK(body(requests[5]) == to_json(*notice));
}

TEST_CASE("a turn that met a cut connection is asked once more") {
    std::atomic<int> calls = 0;
    Called called([&](const std::string&) {
        return ++calls == 1 ? std::string("nonsense\r\n\r\n") : http_reply(200, R"({"action":"paper"})");
    });
    called.bots.deliver(ana, a_turn("r1"));
    CHECK(called.heard() == Texts{"answered ana r1 paper {}"});
}

TEST_CASE("a webhook that is down is asked twice, and no more") {
    Called called([](const std::string&) { return http_reply(503, ""); });
    called.bots.deliver(ana, a_turn("r1"));
    CHECK(called.requests(2).size() == 2);
    CHECK(called.inbox.heard().empty());
}

TEST_CASE("another status, a redirect, bad JSON or a reply without an action is no answer, and not asked again") {
    for (const auto& reply :
         {http_reply(404, ""), http_reply(204, ""), http_reply(201, R"({"action":"rock"})"),
          http_reply(302, R"({"action":"rock"})", "Location: http://127.0.0.1:1/\r\n"), http_reply(200, "rock"),
          http_reply(200, "{}"), http_reply(200, R"({"action":7})"), http_reply(200, ""),
          http_reply(200, R"({"action":"rock","pad":")" + std::string(100'000, 'x') + "\"}")}) {
        Called called([&](const std::string&) { return reply; });
        called.bots.deliver(ana, a_turn("r1"));
        CHECK(called.requests(1).size() == 1);
        CHECK(called.inbox.heard().empty());
    }
}

TEST_CASE("a slow webhook has the turn's time, and no more") {
    Called called([](const std::string&) {
        std::this_thread::sleep_for(400ms);
        return http_reply(200, R"({"action":"rock"})");
    });
    called.bots.deliver(ana, a_turn("r1", 100));
    CHECK(called.heard(600ms).empty());
    CHECK(called.server.requests().size() == 1);
    called.bots.deliver(ana, a_turn("r2", 0));
    CHECK(called.requests(1).size() == 1);
}

TEST_CASE("no retry starts once the turn's time is over") {
    ManualClock* clock = nullptr;
    Called called([&](const std::string&) {
        clock->advance(3s);
        return http_reply(500, "");
    });
    clock = &called.clock;
    called.bots.deliver(ana, a_turn("r1", 2000));
    CHECK(called.requests(1).size() == 1);
}

TEST_CASE("other messages are sent once, signed, and their replies do not matter") {
    Called called([](const std::string&) { return http_reply(500, R"({"action":"rock"})"); });
    MatchEnd end;
    end.type = "match_end";
    end.match_id = a_match;
    end.seq = 12;
    called.bots.deliver(ana, std::make_shared<const BotMessage>(end));
    const auto requests = called.requests(1);
    REQUIRE(requests.size() == 1);
    CHECK(header(requests[0], "webhook-id") == a_match.text() + ".12");
    CHECK(body(requests[0]) == to_json(end));
    CHECK(called.inbox.heard().empty());
}

TEST_CASE("a bot without a webhook, with a bad secret or at a refused address is not called") {
    Called called([](const std::string&) { return http_reply(200, R"({"action":"rock"})"); });
    called.bots.deliver(ben, a_turn("r1"));
    called.directory.endpoint.secrets = {"hunter2"};
    called.bots.deliver(ana, a_turn("r1"));
    called.directory.endpoint = {"http://10.0.0.1/", secrets};
    called.bots.deliver(ana, a_turn("r1"));
    CHECK(called.requests(0).empty());
    CHECK(called.inbox.heard().empty());
    CHECK(called.inbox.sent().size() == 3);  // their time runs all the same
    CHECK(called.bots.reachable(ana));
}

}  // namespace agon
