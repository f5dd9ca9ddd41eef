#include "adapters/jwks/jwks_watch.hpp"

#include <filesystem>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>

#include "adapters/outbound/test_server.hpp"
#include "base/temporary_directory_testing.hpp"

namespace agon {

namespace {

using namespace std::chrono_literals;

std::string set_of(std::string_view kid) {
    return fmt::format(
        R"({{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"{}","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}]}})",
        kid);
}

Result<std::shared_ptr<JwksWatch>> open(const std::string& where) {
    return JwksWatch::open(where, "https://id", "agon");
}

bool knows(const JwksWatch& watch, std::string_view kid) { return watch.issuer().keys()->contains(kid); }

/// Of the key `b`, as far as its header tells.
const std::string token_of_b = "eyJhbGciOiJFZERTQSIsImtpZCI6ImIifQ.e30.AA";

template <class Condition>
bool soon(Condition condition) {
    for (int i = 0; i < 2'000 && !condition(); ++i) std::this_thread::sleep_for(1ms);
    return condition();
}

/// What a URL answers, and how often it was asked.
struct Published {
    std::mutex mutex;
    std::string reply = http_reply(200, set_of("a"));
    TestServer server{[this](const std::string&) {
        const std::lock_guard lock(mutex);
        return reply;
    }};
    void now(std::string text) {
        const std::lock_guard lock(mutex);
        reply = std::move(text);
    }
    /// Waits for the answer to a request that is under way.
    bool asked(std::size_t times) const {
        return soon([&] { return server.requests().size() >= times; }) && server.requests().size() == times;
    }
};

}  // namespace

TEST_CASE("a file's keys are known from the start, and anew when it is written; a bad one changes nothing") {
    const testing::TemporaryDirectory folder;
    const auto file = folder.path / "keys.json";
    auto age = std::filesystem::file_time_type::clock::now() - 1h;
    const auto write = [&](const std::string& text) {
        std::ofstream(file) << text;
        std::filesystem::last_write_time(file, age += 1s);
    };
    CHECK(open(file).error().message == "cannot be read");
    write("{}");
    CHECK(open(file).error().message == "must be an object with a list `keys`");
    write(set_of("a"));
    const auto watch = *open(file);
    CHECK(knows(*watch, "a"));
    write(set_of("b"));
    watch->look(0s);
    CHECK(knows(*watch, "b"));
    CHECK(!knows(*watch, "a"));
    write("{}");
    watch->look(1s);
    CHECK(knows(*watch, "b"));
    std::filesystem::remove(file);
    watch->look(2s);
    CHECK(knows(*watch, "b"));
    write(set_of("c"));
    watch->look(3s);
    CHECK(knows(*watch, "c"));
}

TEST_CASE("a URL's keys are known from the start, and asked for again after ten minutes") {
    Published published;
    const auto watch = *open(published.server.url("/keys"));
    CHECK(knows(*watch, "a"));
    CHECK(published.server.requests().front().starts_with("GET /keys HTTP/1.1\r\n"));
    published.now(http_reply(200, set_of("b")));
    watch->look(1s);
    watch->look(600s);
    CHECK(published.asked(1));
    watch->look(601s);
    CHECK(soon([&] { return knows(*watch, "b"); }));
    CHECK(!knows(*watch, "a"));
}

TEST_CASE("a token that names another key has a URL asked sooner, but never more often than every ten seconds") {
    Published published;
    const auto watch = *open(published.server.url());
    published.now(http_reply(200, set_of("b")));
    watch->look(0s);
    CHECK(!watch->issuer().verify(token_of_b, Instant{}));
    watch->look(9s);
    CHECK(published.asked(1));
    watch->look(10s);
    CHECK(soon([&] { return knows(*watch, "b"); }));
    CHECK(!watch->issuer().verify(token_of_b, Instant{}));
    watch->look(30s);
    CHECK(published.asked(2));
}

TEST_CASE("a URL that fails is asked again, and what is known stays known") {
    Published published;
    published.now(http_reply(503, ""));
    const auto watch = *open(published.server.url());
    CHECK(watch->issuer().keys()->empty());
    watch->look(0s);
    published.now(http_reply(200, set_of("a")));
    watch->look(10s);
    CHECK(soon([&] { return knows(*watch, "a"); }));
    Duration at = 10s;
    const auto asked_with = [&](std::string answer) {
        published.now(std::move(answer));
        const auto before = published.server.requests().size();
        return soon([&] { return watch->look(at += 600s), published.server.requests().size() > before; });
    };
    for (const auto& bad : {http_reply(200, "<html>"), http_reply(200, R"({"keys":[]})"), http_reply(404, set_of("b")),
                            http_reply(200, std::string(70'000, ' ') + set_of("b"))}) {
        CHECK(asked_with(bad));
        CHECK(knows(*watch, "a"));
    }
    CHECK(asked_with(http_reply(200, set_of("c"))));
    CHECK(soon([&] { return knows(*watch, "c"); }));
}

TEST_CASE("a URL must be https, or this machine's own") {
    const auto wrong = [](const std::string& url) { return open(url).error().message; };
    CHECK(wrong("http://id.example.org/keys").starts_with("must be https; http is for this machine itself"));
    CHECK(wrong("http://10.0.0.1/keys") == "the URL leads to an address that is not public");
    CHECK(wrong("https://user@id.example.org/keys") == "the URL must not hold a user name or password");
    CHECK(wrong("https://") == "the URL names no host");
}

}  // namespace agon
