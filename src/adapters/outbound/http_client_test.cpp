#include "adapters/outbound/http_client.hpp"

#include <future>
#include <semaphore>

#include <doctest/doctest.h>

#include "adapters/outbound/test_server.hpp"

namespace agon {

namespace {

using namespace std::chrono_literals;

CallRules loopback() {
    const std::string cidrs[] = {"127.0.0.0/8", "::1/128"};
    return {.addresses = AddressRules::from(cidrs).value(), .http = true};
}

std::future<OutboundReply> start(HttpClient& client, OutboundRequest request) {
    auto promise = std::make_shared<std::promise<OutboundReply>>();
    auto future = promise->get_future();
    client.post(std::move(request), [promise](OutboundReply reply) { promise->set_value(std::move(reply)); });
    return future;
}

OutboundReply call(HttpClient& client, OutboundRequest request) {
    auto reply = start(client, std::move(request));
    REQUIRE(reply.wait_for(20s) == std::future_status::ready);
    return reply.get();
}

/// A server that replies to a request once a test lets it through.
class Held {
public:
    void let_through(int requests) { through_.release(requests); }
    /// Of the requests, once there are `count`.
    std::vector<std::string> bodies(std::size_t count) {
        for (int i = 0; i < 1000 && server.requests().size() < count; ++i) std::this_thread::sleep_for(5ms);
        std::vector<std::string> found;
        for (const auto& request : server.requests()) found.push_back(request.substr(request.find("\r\n\r\n") + 4));
        return found;
    }

private:
    std::counting_semaphore<> through_{0};

public:
    TestServer server{[this](const std::string&) {
        return through_.try_acquire_for(5s) ? http_reply(200, "") : http_reply(504, "");
    }};
};

}  // namespace

TEST_CASE("a call sends its headers and body, and gives back status and body") {
    TestServer server([](const std::string&) { return http_reply(201, "made"); });
    HttpClient client(loopback());
    const auto reply =
        call(client, {server.url("/hook?x=1"), {{"webhook-id", "m1"}, {"Content-Type", "application/json"}}, "{}"});
    CHECK(reply.outcome == Outcome::answered);
    CHECK(reply.status == 201);
    CHECK(reply.body == "made");
    CHECK(!reply.truncated);
    CHECK(reply.error.empty());
    REQUIRE(server.requests().size() == 1);
    const auto request = server.requests().front();
    CHECK(request.starts_with("POST /hook?x=1 HTTP/1.1\r\n"));
    CHECK(request.contains("\r\nwebhook-id: m1\r\n"));
    CHECK(request.contains("\r\nContent-Type: application/json\r\n"));
    CHECK(request.contains("\r\nUser-Agent: agon/"));
    CHECK(!request.contains("Expect"));
    CHECK(request.ends_with("\r\n\r\n{}"));
}

TEST_CASE("calls one after the other share a connection") {
    TestServer server([](const std::string&) { return http_reply(200, "ok"); });
    HttpClient client(loopback());
    for (int i = 0; i < 5; ++i) CHECK(call(client, {server.url(), {}, "x"}).status == 200);
    CHECK(server.connections() == 1);
    CHECK(server.requests().size() == 5);
}

TEST_CASE("at most four calls are with one host at a time") {
    std::atomic<int> now = 0, most = 0;
    TestServer server([&](const std::string&) {
        const int here = ++now;
        for (int seen = most; seen < here && !most.compare_exchange_weak(seen, here);) {
        }
        std::this_thread::sleep_for(30ms);
        --now;
        return http_reply(200, "");
    });
    HttpClient client(loopback());
    std::vector<std::future<OutboundReply>> replies;
    for (int i = 0; i < 12; ++i) replies.push_back(start(client, {server.url(), {}, "x"}));
    for (auto& reply : replies) CHECK(reply.get().status == 200);
    CHECK(most <= 4);
    CHECK(most > 1);
    CHECK(server.connections() <= 4);
}

TEST_CASE("of the calls that wait for a host the more urgent go first, then who came first") {
    Held held;
    HttpClient client(loopback());
    std::vector<std::future<OutboundReply>> replies;
    const auto post = [&](std::string body, Urgency urgency) {
        replies.push_back(start(client, {.url = held.server.url(), .body = std::move(body), .urgency = urgency}));
    };
    for (int i = 0; i < 4; ++i) post("first", Urgency::low);
    held.bodies(4);
    post("low", Urgency::low);
    post("high 1", Urgency::high);
    post("high 2", Urgency::high);
    post("highest", Urgency::highest);
    for (std::size_t requests = 5; requests <= 8; ++requests) {
        held.let_through(1);
        held.bodies(requests);
    }
    held.let_through(4);
    for (auto& reply : replies) CHECK(reply.get().status == 200);
    const auto order = held.bodies(8);
    REQUIRE(order.size() == 8);
    CHECK(std::vector(order.begin() + 4, order.end()) ==
          std::vector<std::string>{"highest", "high 1", "high 2", "low"});
}

TEST_CASE("a prepared call is written when its turn comes, and its time counts from then on") {
    Held held;
    HttpClient client(loopback());
    std::vector<std::future<OutboundReply>> first;
    for (int i = 0; i < 4; ++i) first.push_back(start(client, {held.server.url(), {}, "first"}));
    held.bodies(4);
    std::atomic<int> prepared = 0;
    const auto write = [&](OutboundRequest& request) {
        ++prepared;
        request.headers = {{"x", "y"}};
        request.body = "written";
        request.timeout = 5s;
        return true;
    };
    const auto refuse = [](OutboundRequest&) { return false; };
    auto late = start(client, {.url = held.server.url(), .timeout = 50ms, .prepare = write, .patience = 10s});
    auto dropped = start(client, {.url = held.server.url(), .prepare = write, .patience = 50ms});
    auto withdrawn = start(client, {.url = held.server.url(), .prepare = refuse, .patience = 10s});
    CHECK(dropped.get().outcome == Outcome::timed_out);
    CHECK(prepared == 0);
    held.let_through(5);
    CHECK(late.get().status == 200);
    CHECK(withdrawn.get().outcome == Outcome::refused);
    CHECK(prepared == 1);
    CHECK(held.server.requests().size() == 5);
    CHECK(held.server.requests().back().contains("\r\nx: y\r\n"));
    CHECK(held.bodies(5).back() == "written");
}

TEST_CASE("what is posted is sent once, also where a connection that was used before breaks") {
    TestServer server([](const std::string& request) {
        return request.ends_with("\r\n\r\ntake") ? std::string{} : http_reply(200, "ok");
    });
    HttpClient client(loopback());
    std::vector<std::future<OutboundReply>> warm;
    for (int i = 0; i < 4; ++i) warm.push_back(start(client, {server.url(), {}, "x"}));
    for (auto& reply : warm) CHECK(reply.get().status == 200);
    const auto before = server.requests().size();
    const auto reply = call(client, {server.url(), {}, "take"});
    CHECK(reply.outcome == Outcome::failed);
    CHECK(reply.error == "connection failed: closed without a reply");
    CHECK(server.requests().size() == before + 1);
    CHECK(call(client, {server.url(), {}, "x"}).status == 200);
    const auto connections = server.connections();
    CHECK(call(client, {.url = server.url(), .body = "x", .fresh_connection = true}).status == 200);
    CHECK(server.connections() == connections + 1);
}

TEST_CASE("a redirect is a reply like any other, and is not followed") {
    TestServer elsewhere([](const std::string&) { return http_reply(200, "secret"); });
    TestServer server(
        [&](const std::string&) { return http_reply(307, "", fmt::format("Location: {}\r\n", elsewhere.url())); });
    HttpClient client(loopback());
    const auto reply = call(client, {server.url(), {}, "x"});
    CHECK(reply.outcome == Outcome::answered);
    CHECK(reply.status == 307);
    CHECK(elsewhere.connections() == 0);
}

TEST_CASE("of a reply of ten megabytes the first 64 KiB are kept") {
    TestServer server([](const std::string&) { return http_reply(200, std::string(10'000'000, 'x')); });
    HttpClient client(loopback());
    const auto reply = call(client, {server.url(), {}, "x"});
    CHECK(reply.outcome == Outcome::answered);
    CHECK(reply.status == 200);
    CHECK(reply.truncated);
    CHECK(reply.body == std::string(64 * 1024, 'x'));
}

TEST_CASE("a reply of exactly 64 KiB is whole") {
    TestServer server([](const std::string&) { return http_reply(200, std::string(64 * 1024, 'x')); });
    HttpClient client(loopback());
    const auto reply = call(client, {server.url(), {}, "x"});
    CHECK(reply.body.size() == 64 * 1024);
    CHECK(!reply.truncated);
}

TEST_CASE("a slow reply times out, and those that wait behind it do too") {
    TestServer server([](const std::string&) {
        std::this_thread::sleep_for(600ms);
        return http_reply(200, "");
    });
    HttpClient client(loopback());
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::future<OutboundReply>> replies;
    for (int i = 0; i < 6; ++i) replies.push_back(start(client, {server.url(), {}, "x", 150ms}));
    for (auto& future : replies) {
        const auto reply = future.get();
        CHECK(reply.outcome == Outcome::timed_out);
        CHECK(reply.error == "timeout");
        CHECK(reply.status == 0);
    }
    CHECK(std::chrono::steady_clock::now() - begin < 550ms);
}

TEST_CASE("a name that leads to a refused address is not contacted") {
    TestServer server([](const std::string&) { return http_reply(200, "secret"); });
    const std::string elsewhere[] = {"10.0.0.0/8"};
    HttpClient client({.addresses = AddressRules::from(elsewhere).value(), .http = true});
    const auto reply = call(client, {fmt::format("http://localhost:{}/", server.port()), {}, "x"});
    CHECK(reply.outcome == Outcome::refused);
    CHECK(reply.error == "address not allowed");
    CHECK(reply.status == 0);
    CHECK(reply.body.empty());
    CHECK(server.connections() == 0);
}

TEST_CASE("a refused URL and a header with a line break are not sent") {
    TestServer server([](const std::string&) { return http_reply(200, "secret"); });
    HttpClient strict(CallRules{});
    const auto reply = call(strict, {server.url(), {}, "x"});
    CHECK(reply.outcome == Outcome::refused);
    CHECK(reply.error == "the URL must start with https://");
    HttpClient client(loopback());
    CHECK(call(client, {server.url(), {{"x", "a\r\nHost: b"}}, "x"}).outcome == Outcome::refused);
    CHECK(call(client, {server.url(), {{"x\n", "a"}}, "x"}).outcome == Outcome::refused);
    CHECK(server.connections() == 0);
}

TEST_CASE("no proxy of the environment is asked") {
    TestServer proxy([](const std::string&) { return http_reply(200, "proxy"); });
    TestServer server([](const std::string&) { return http_reply(200, "server"); });
    setenv("http_proxy", proxy.url().c_str(), 1);
    {
        HttpClient client(loopback());
        CHECK(call(client, {server.url(), {}, "x"}).body == "server");
    }
    unsetenv("http_proxy");
    CHECK(proxy.connections() == 0);
}

TEST_CASE("a closed port, a cut connection and something that is not HTTP fail") {
    HttpClient client(loopback());
    std::string closed;
    {
        TestServer gone([](const std::string&) { return std::string{}; });
        closed = gone.url();
    }
    TestServer cut([](const std::string&) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"); });
    for (const auto& url : {closed, "https" + closed.substr(4)}) {
        const auto reply = call(client, {url, {}, "x"});
        CHECK(reply.outcome == Outcome::failed);
        CHECK(reply.error.starts_with("connection failed: "));
    }
    CHECK(call(client, {cut.url(), {}, "x", 200ms}).outcome == Outcome::timed_out);
    TestServer odd([](const std::string&) { return std::string("hello\r\n\r\n"); });
    CHECK(call(client, {odd.url(), {}, "x"}).outcome == Outcome::failed);
}

TEST_CASE("stopping ends what is in flight and what comes later, each exactly once") {
    TestServer server([](const std::string&) {
        std::this_thread::sleep_for(300ms);
        return http_reply(200, "");
    });
    std::atomic<int> called = 0, stopped = 0;
    HttpClient client(loopback());
    const auto count = [&](const OutboundReply& reply) {
        ++called;
        if (reply.outcome == Outcome::stopped) ++stopped;
    };
    for (int i = 0; i < 6; ++i)
        client.post({server.url(), {}, "x"}, [&](const OutboundReply& reply) {
            count(reply);
            client.post({server.url(), {}, "again"}, count);
        });
    std::this_thread::sleep_for(50ms);
    client.stop();
    client.post({server.url(), {}, "late"}, count);
    client.stop();
    CHECK(called == 13);
    CHECK(stopped == 13);
}

TEST_CASE("calls may be posted from many threads") {
    TestServer server([](const std::string&) { return http_reply(200, ""); });
    HttpClient client(loopback());
    std::atomic<int> answered = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 10; ++i) answered += call(client, {server.url(), {}, "x"}).status == 200;
        });
    for (auto& thread : threads) thread.join();
    CHECK(answered == 40);
}

}  // namespace agon
