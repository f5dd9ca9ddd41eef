#include "adapters/http/gate.hpp"

#include <doctest/doctest.h>

#include "adapters/http/request_parser.hpp"

namespace agon {

namespace {

using namespace std::literals;

constexpr int passes = 0;

struct Case {
    const char* name;
    std::string head;
    int status;
};

std::string get(std::string_view target, std::string_view fields = {}) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n{}\r\n", target, fields);
}

std::string post(std::string_view fields) { return fmt::format("POST / HTTP/1.1\r\nHost: a\r\n{}\r\n", fields); }

std::string with_host(std::string_view hosts) { return fmt::format("GET / HTTP/1.1\r\n{}\r\n", hosts); }

std::string line(std::string_view request_line) { return fmt::format("{}\r\nHost: a\r\n\r\n", request_line); }

std::string many_fields(int count) {
    std::string fields;
    for (int i = 0; i < count; ++i) fields += fmt::format("X-{}: 1\r\n", i);
    return fields;
}

const Case request_lines[] = {
    {"the simplest request", line("GET / HTTP/1.1"), passes},
    {"every known method: HEAD", line("HEAD / HTTP/1.1"), passes},
    {"every known method: POST", line("POST / HTTP/1.1"), passes},
    {"every known method: PUT", line("PUT / HTTP/1.1"), passes},
    {"every known method: PATCH", line("PATCH / HTTP/1.1"), passes},
    {"every known method: DELETE", line("DELETE / HTTP/1.1"), passes},
    {"every known method: OPTIONS", line("OPTIONS / HTTP/1.1"), passes},
    {"an unknown method", line("BREW / HTTP/1.1"), 501},
    {"TRACE is not served", line("TRACE / HTTP/1.1"), 501},
    {"CONNECT is not served", line("CONNECT a:443 HTTP/1.1"), 501},
    {"methods are case-sensitive", line("get / HTTP/1.1"), 501},
    {"a method that is no token", line("G@T / HTTP/1.1"), 400},
    {"a method with a NUL", line("G\0T / HTTP/1.1"sv), 400},
    {"no method", line(" / HTTP/1.1"), 400},
    {"an empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"no version (HTTP/0.9)", line("GET /"), 400},
    {"no target", line("GET HTTP/1.1"), 400},
    {"two spaces before the target", line("GET  / HTTP/1.1"), 400},
    {"two spaces before the version", line("GET /  HTTP/1.1"), 400},
    {"a tab instead of a space", line("GET\t/ HTTP/1.1"), 400},
    {"a space at the end of the line", line("GET / HTTP/1.1 "), 400},
    {"a space in the target", line("GET /a b HTTP/1.1"), 400},
    {"HTTP/2.0", line("GET / HTTP/2.0"), 505},
    {"HTTP/1.2", line("GET / HTTP/1.2"), 505},
    {"HTTP/0.9 in words", line("GET / HTTP/0.9"), 505},
    {"HTTP/3.0", line("GET / HTTP/3.0"), 505},
    {"a version of three digits", line("GET / HTTP/1.11"), 400},
    {"a version without a dot", line("GET / HTTP/11"), 400},
    {"a version in small letters", line("GET / http/1.1"), 400},
    {"another protocol", line("GET / HTCPCP/1.0"), 400},
    {"a version with letters", line("GET / HTTP/1.x"), 400},
    {"HTTP/1.0 is answered", "GET / HTTP/1.0\r\n\r\n", passes},
    {"HTTP/1.0 with a Host", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", passes},
    {"HTTP/1.0 with two Hosts", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400},
    {"HTTP/1.0 with chunks", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"a TLS hello", "\x16\x03\x01\x02\r\n\r\n"s, 400},
};

const Case targets[] = {
    {"a query", get("/a?b=c&d=%2F..%00"), passes},
    {"an escape in the path", get("/caf%C3%A9"), passes},
    {"a dot inside a segment", get("/a.b/..c/d../.well-known"), passes},
    {"three dots", get("/..."), passes},
    {"an empty segment", get("//a"), passes},
    {"absolute form", get("http://a/"), 400},
    {"asterisk form", line("OPTIONS * HTTP/1.1"), 400},
    {"authority form", get("a:80"), 400},
    {"no slash first", get("a/b"), 400},
    {"a dot segment", get("/a/./b"), 400},
    {"two dots", get("/a/../b"), 400},
    {"two dots at the end", get("/a/.."), 400},
    {"a dot at the end", get("/a/."), 400},
    {"dots at the beginning", get("/../etc/passwd"), 400},
    {"dots before the query", get("/..?a"), 400},
    {"encoded dots", get("/%2e%2e/b"), 400},
    {"half-encoded dots", get("/a/.%2E/b"), 400},
    {"one encoded dot", get("/%2E"), 400},
    {"an encoded slash", get("/a%2fb"), 400},
    {"an encoded slash in capitals", get("/a%2Fb"), 400},
    {"an encoded backslash", get("/a%5Cb"), 400},
    {"a backslash", get("/a\\..\\b"), 400},
    {"an encoded NUL", get("/a%00"), 400},
    {"a NUL", get("/a\0b"sv), 400},
    {"a NUL in the query", get("/a?\0"sv), 400},
    {"a broken escape", get("/%zz"), 400},
    {"a cut escape", get("/a%2"), 400},
    {"a lone percent", get("/a%"), 400},
    {"a fragment", get("/a#b"), 400},
    {"a byte of 0x80", get("/\x80"), 400},
    {"UTF-8 as it is", get("/caf\xc3\xa9"), 400},
    {"UTF-8 in the query", get("/?q=\xc3\xa9"), 400},
    {"a DEL", get("/\x7f"), 400},
    {"a control character", get("/\x01"), 400},
    {"a bare CR in the line", get("/\r/"), 400},
    {"a bare LF in the line", get("/\n/"), 400},
    {"a target of 2 KiB", get("/" + std::string(2047, 'a')), passes},
    {"a target of 2 KiB and one", get("/" + std::string(2048, 'a')), 414},
    {"a query that is too long", get("/?" + std::string(2048, 'a')), 414},
};

const Case fields[] = {
    {"no Host", with_host(""), 400},
    {"two Hosts", with_host("Host: a\r\nHost: b\r\n"), 400},
    {"the same Host twice", with_host("Host: a\r\nHost: a\r\n"), 400},
    {"an empty Host", with_host("Host:\r\n"), 400},
    {"a Host in any case", with_host("hOsT: a\r\n"), passes},
    {"a Host without a blank", with_host("Host:a\r\n"), passes},
    {"a Host with a port", with_host("Host: example.org:8080\r\n"), passes},
    {"a Host in IPv4", with_host("Host: 127.0.0.1:80\r\n"), passes},
    {"a Host in IPv6", with_host("Host: [::1]:80\r\n"), passes},
    {"a Host in IPv6 without a port", with_host("Host: [2001:db8::1]\r\n"), passes},
    {"a Host in open IPv6", with_host("Host: ::1\r\n"), 400},
    {"a Host in unclosed IPv6", with_host("Host: [::1\r\n"), 400},
    {"a Host with a port of letters", with_host("Host: a:b\r\n"), 400},
    {"a Host with an empty port", with_host("Host: a:\r\n"), 400},
    {"a Host with a long port", with_host("Host: a:123456\r\n"), 400},
    {"a Host with two ports", with_host("Host: a:1:2\r\n"), 400},
    {"a Host with user info", with_host("Host: me@a\r\n"), 400},
    {"a Host with a path", with_host("Host: a/b\r\n"), 400},
    {"a Host with a comma", with_host("Host: a, b\r\n"), 400},
    {"a Host with a blank", with_host("Host: a b\r\n"), 400},
    {"a space before the colon", get("/", "X : 1\r\n"), 400},
    {"a Host with a space before the colon", with_host("Host : a\r\n"), 400},
    {"no colon", get("/", "X\r\n"), 400},
    {"no name", get("/", ": 1\r\n"), 400},
    {"a name that is no token", get("/", "X(y): 1\r\n"), 400},
    {"a name with a NUL", get("/", "X\0: 1\r\n"sv), 400},
    {"a name of 0x80", get("/", "X\x80: 1\r\n"), 400},
    {"an empty value", get("/", "X:\r\n"), passes},
    {"a value with a tab", get("/", "X: a\tb\r\n"), passes},
    {"a value with a NUL", get("/", "X: a\0b\r\n"sv), 400},
    {"a value with a bare CR", get("/", "X: a\rb\r\n"), 400},
    {"a value with a bare LF", get("/", "X: a\nY: b\r\n"), 400},
    {"a value of 0x80", get("/", "X: \x80\r\n"), 400},
    {"a value in Latin-1", get("/", "X: caf\xe9\r\n"), 400},
    {"a value with a DEL", get("/", "X: \x7f\r\n"), 400},
    {"a folded field", get("/", "X: a\r\n b\r\n"), 400},
    {"a field folded by a tab", get("/", "X: a\r\n\tb\r\n"), 400},
    {"a fold behind the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
    {"64 fields", get("/", many_fields(63)), passes},
    {"65 fields", get("/", many_fields(64)), 431},
    {"1,000 fields", get("/", many_fields(1'000)), 431},
    {"a field that is too long", get("/", fmt::format("X: {}\r\n", std::string(9'000, 'a'))), 431},
    {"a field of 7 KiB", get("/", fmt::format("X: {}\r\n", std::string(7'000, 'a'))), passes},
};

const Case framings[] = {
    {"a length", post("Content-Length: 3\r\n"), passes},
    {"a length of nothing", post("Content-Length: 0\r\n"), passes},
    {"a length with a zero first", post("Content-Length: 003\r\n"), passes},
    {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n"), 400},
    {"the same length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n"), 400},
    {"a list of lengths", post("Content-Length: 3, 3\r\n"), 400},
    {"a length with a sign", post("Content-Length: +3\r\n"), 400},
    {"a negative length", post("Content-Length: -1\r\n"), 400},
    {"a length in hex", post("Content-Length: 0x3\r\n"), 400},
    {"a length with a fraction", post("Content-Length: 3.0\r\n"), 400},
    {"an empty length", post("Content-Length:\r\n"), 400},
    {"a length in words", post("Content-Length: three\r\n"), 400},
    {"a length with a blank inside", post("Content-Length: 1 2\r\n"), 400},
    {"the largest body", post("Content-Length: 65536\r\n"), passes},
    {"a body of one byte more", post("Content-Length: 65537\r\n"), 413},
    {"a length beyond 64 bits", post("Content-Length: 99999999999999999999999\r\n"), 413},
    {"a length that wraps to 1", post("Content-Length: 18446744073709551617\r\n"), 413},
    {"chunks", post("Transfer-Encoding: chunked\r\n"), passes},
    {"chunks in capitals", post("Transfer-Encoding: CHUNKED\r\n"), passes},
    {"chunks behind a tab", post("Transfer-Encoding:\tchunked\r\n"), passes},
    {"chunks, then a length", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
    {"a length, then chunks", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"chunks and a length of 0", post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"xchunked", post("Transfer-Encoding: xchunked\r\n"), 400},
    {"chunked, identity", post("Transfer-Encoding: chunked, identity\r\n"), 400},
    {"identity, chunked", post("Transfer-Encoding: identity, chunked\r\n"), 400},
    {"gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n"), 400},
    {"gzip", post("Transfer-Encoding: gzip\r\n"), 400},
    {"identity", post("Transfer-Encoding: identity\r\n"), 400},
    {"gzip with a length behind it", post("Transfer-Encoding: gzip\r\nContent-Length: 3\r\n"), 400},
    {"identity with a length behind it", post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n"), 400},
    {"chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n"), 400},
    {"chunked with a comma", post("Transfer-Encoding: chunked,\r\n"), 400},
    {"chunked in quotes", post("Transfer-Encoding: \"chunked\"\r\n"), 400},
    {"chunked with a parameter", post("Transfer-Encoding: chunked;q=1\r\n"), 400},
    {"an empty Transfer-Encoding", post("Transfer-Encoding:\r\n"), 400},
    {"a vertical tab before chunked",
     post("Transfer-Encoding: \x0b"
          "chunked\r\n"),
     400},
    {"a folded chunked", post("Transfer-Encoding:\r\n chunked\r\n"), 400},
    {"chunked with a space before the colon", post("Transfer-Encoding : chunked\r\n"), 400},
    {"a length with an underscore is another field", post("Content_Length: 3\r\n"), passes},
    {"GET with a body", get("/", "Content-Length: 1\r\n"), 400},
    {"GET with an empty body", get("/", "Content-Length: 0\r\n"), passes},
    {"GET with chunks", get("/", "Transfer-Encoding: chunked\r\n"), 400},
    {"HEAD with a body", "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", 400},
    {"DELETE with a body", "DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", 400},
    {"DELETE with chunks", "DELETE / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"a compressed body", post("Content-Length: 3\r\nContent-Encoding: gzip\r\n"), 415},
    {"a compressed body in chunks", post("Transfer-Encoding: chunked\r\nContent-Encoding: br\r\n"), 415},
    {"a body in identity", post("Content-Length: 3\r\nContent-Encoding: identity\r\n"), passes},
    {"the known expectation", post("Content-Length: 3\r\nExpect: 100-Continue\r\n"), passes},
    {"another expectation", post("Content-Length: 3\r\nExpect: 200-ok\r\n"), 417},
    {"an expectation without a body", get("/", "Expect: wonders\r\n"), 417},
};

void check(std::span<const Case> cases) {
    Head head;
    for (const auto& one : cases) {
        CAPTURE(one.name);
        REQUIRE(head_end(one.head) > 0);
        const auto refusal = judge(one.head, {}, head);
        CHECK((refusal ? refusal->status : passes) == one.status);
        // What the gate lets through, Beast must read in the same way.
        if (!refusal) CHECK(second_opinion(one.head, head));
    }
}

}  // namespace

TEST_CASE("the gate judges request lines") { check(request_lines); }
TEST_CASE("the gate judges targets") { check(targets); }
TEST_CASE("the gate judges header fields") { check(fields); }
TEST_CASE("the gate judges where a request ends") { check(framings); }

TEST_CASE("a head that passed is read into its parts") {
    const auto text =
        "POST /a/b?c=d?e HTTP/1.1\r\nHost: example.org:80\r\nX-Request-Id: r-1\r\nContent-Length: 12\r\n"
        "Expect: 100-continue\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c, WebSocket\r\nX:  y \t\r\n\r\n"s;
    Head head;
    REQUIRE_FALSE(judge(text, {}, head));
    CHECK(head.method == Method::post);
    CHECK(head.path == "/a/b");
    CHECK(head.query == "c=d?e");
    CHECK(head.host == "example.org:80");
    CHECK(head.request_id == "r-1");
    CHECK(head.content_length == 12);
    CHECK(head.expects_continue);
    CHECK(head.wants_websocket);
    CHECK_FALSE(head.wants_close);
    CHECK(head.field("x") == "y");
    CHECK(head.fields.size() == 7);
}

TEST_CASE("a head that is used again keeps nothing of the one before") {
    Head head;
    REQUIRE_FALSE(
        judge(post("Transfer-Encoding: chunked\r\nConnection: close\r\nX-Request-Id: a\r\nExpect: 100-continue\r\n"),
              {}, head));
    REQUIRE(head.wants_close);
    const auto plain = get("/");
    REQUIRE_FALSE(judge(plain, {}, head));
    CHECK_FALSE(head.is_chunked);
    CHECK_FALSE(head.wants_close);
    CHECK_FALSE(head.expects_continue);
    CHECK(head.request_id.empty());
    CHECK(head.fields.size() == 1);
}

TEST_CASE("a refused head still tells the path, for the form of the error") {
    Head head;
    CHECK(judge("GET /api/x HTTP/1.1\r\n\r\n", {}, head));
    CHECK(head.path == "/api/x");
    const auto long_target = "GET /api/v1/x?" + std::string(2'048, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n";
    CHECK(judge(long_target, {}, head)->status == 414);
    CHECK(head.path == "/api/v1/x");
    CHECK(judge("GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", {}, head));
    CHECK(head.path == "/../x");
}

TEST_CASE("a request id of the client is taken only where it is short and plain") {
    Head head;
    for (const auto& bad : {""s, "a b"s, "a/b"s, "a\"b"s, std::string(65, 'a')}) {
        const auto text = get("/", fmt::format("X-Request-Id: {}\r\n", bad));
        REQUIRE_FALSE(judge(text, {}, head));
        CHECK(head.request_id.empty());
    }
    const auto longest = get("/", fmt::format("X-Request-Id: {}\r\n", std::string(64, 'a')));
    REQUIRE_FALSE(judge(longest, {}, head));
    CHECK(head.request_id.size() == 64);
}

TEST_CASE("the end of a head is found wherever the bytes are cut") {
    const auto text = get("/") + "rest";
    const auto end = text.size() - 4;
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
        const auto first = head_end(std::string_view{text}.substr(0, cut));
        CHECK(first == (cut >= end ? end : 0));
        if (first == 0) CHECK(head_end(text, cut) == end);
    }
}

TEST_CASE("a beginning that no continuation makes good is refused at once") {
    const HttpLimits limits;
    CHECK_FALSE(judge_beginning("GET / HT", limits));
    CHECK_FALSE(judge_beginning("GET / HTTP/1.1\r", limits));
    CHECK_FALSE(judge_beginning("GET / HTTP/1.1\r\nHost", limits));
    CHECK(judge_beginning("GET / HTTP/1.1\nHost: a\n\n", limits)->status == 400);
    CHECK(judge_beginning("\nGET", limits)->status == 400);
    CHECK(judge_beginning("GET /\0"sv, limits)->status == 400);
    CHECK(judge_beginning("GET /" + std::string(9'000, 'a'), limits)->status == 414);
    CHECK(judge_beginning("GET / HTTP/1.1\r\nX: " + std::string(9'000, 'a'), limits)->status == 431);
}

TEST_CASE("chunks are put together, wherever the bytes are cut, and their trailers thrown away") {
    const auto head = post("Transfer-Encoding: chunked\r\n");
    const auto wire = "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\nGET"s;
    for (std::size_t cut = 0; cut < wire.size(); ++cut) {
        std::string body;
        ChunkedBody chunks{head, 100, body};
        auto used = chunks.read(std::string_view{wire}.substr(0, cut));
        while (chunks.state() == ChunkedBody::State::reading) {
            const auto more = chunks.read(std::string_view{wire}.substr(used));
            REQUIRE(more > 0);
            used += more;
        }
        CHECK(chunks.state() == ChunkedBody::State::complete);
        CHECK(body == "abc0123456789");
        CHECK(wire.substr(used) == "GET");
    }
}

TEST_CASE("chunks that are malformed or too large are told apart") {
    const auto state_after = [](std::string_view wire) {
        std::string body;
        ChunkedBody chunks{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 10, body};
        for (std::size_t more = 1; more > 0;) {
            more = chunks.read(wire);
            wire.remove_prefix(more);
        }
        return chunks.state();
    };
    CHECK(state_after("3\r\nabc\r\n") == ChunkedBody::State::reading);
    CHECK(state_after("b\r\n") == ChunkedBody::State::too_large);
    CHECK(state_after("6\r\n123456\r\n6\r\n123456\r\n0\r\n\r\n") == ChunkedBody::State::too_large);
    for (auto wrong : {"x\r\n", "-1\r\n", "+3\r\nabc\r\n", "0x3\r\nabc\r\n", "3\nabc\n", "3\r\nabcd\r\n",
                       "fffffffffffffffff\r\n", " 3\r\nabc\r\n"})
        CHECK_MESSAGE(state_after(wrong + "\r\n0\r\n\r\n"s) == ChunkedBody::State::malformed, std::string{wrong});
}

}  // namespace agon
