#include "adapters/http/websocket_frame.hpp"

#include <doctest/doctest.h>

#include "adapters/http/answer.hpp"
#include "adapters/http/websocket_upgrade.hpp"

namespace agon {

namespace {

using namespace std::literals;
using Kind = Heard::Kind;

constexpr unsigned last = 0x80;
constexpr unsigned text = 1;

/// A frame as a client sends it, with a mask and the length in its shortest form.
std::string frame(unsigned first, std::string_view payload) {
    std::string bytes;
    bytes.push_back(static_cast<char>(first));
    if (payload.size() < 126) {
        bytes.push_back(static_cast<char>(0x80u | payload.size()));
    } else {
        bytes.push_back(static_cast<char>(0xfe));
        bytes.push_back(static_cast<char>(payload.size() >> 8));
        bytes.push_back(static_cast<char>(payload.size()));
    }
    const auto mask = "\x11\x22\x33\x44"sv;
    bytes.append(mask);
    for (std::size_t i = 0; i < payload.size(); ++i) bytes.push_back(static_cast<char>(payload[i] ^ mask[i % 4]));
    return bytes;
}

void give(FrameReader& reader, std::string_view bytes) {
    std::ranges::copy(bytes, reader.input().room(bytes.size()).first);
    reader.input().filled(bytes.size());
}

Heard first_heard(std::string_view bytes, std::size_t limit = 1'000) {
    // The views of what is heard are not looked at by the callers of this.
    FrameReader reader{limit, 4009};
    give(reader, bytes);
    return reader.next();
}

struct Wrong {
    const char* name;
    std::string bytes;
    std::uint16_t code;
};

const Wrong wrongs[] = {
    {"a reserved bit", frame(last | 0x40 | text, "a"), 1002},
    {"the second reserved bit", frame(last | 0x20 | text, "a"), 1002},
    {"the third reserved bit", frame(last | 0x10 | text, "a"), 1002},
    {"opcode 3", frame(last | 3, "a"), 1002},
    {"opcode 7", frame(last | 7, "a"), 1002},
    {"opcode 11", frame(last | 11, "a"), 1002},
    {"opcode 15", frame(last | 15, "a"), 1002},
    {"no mask",
     "\x81\x01"
     "a"s,
     1002},
    {"a ping in two frames", frame(9, "a"), 1002},
    {"a close in two frames", frame(8, ""), 1002},
    {"a ping of 126 bytes", frame(last | 9, std::string(126, 'a')), 1002},
    {"a length of 2 bytes that fits in one", "\x81\xfe\x00\x05\x01\x02\x03\x04"s, 1002},
    {"a length of 8 bytes that fits in two", "\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff\x01\x02\x03\x04"s, 1002},
    {"a continuation of nothing", frame(last | 0, "a"), 1002},
    {"a text within a text", frame(text, "a") + frame(last | text, "b"), 1002},
    {"binary", frame(last | 2, "a"), 1003},
    {"half a character", frame(last | text, "\xc3"), 1007},
    {"an overlong slash", frame(last | text, "\xc0\xaf"), 1007},
    {"a surrogate", frame(last | text, "\xed\xa0\x80"), 1007},
    {"a character cut by the end of a fragmented text", frame(text, "\xc3") + frame(last | 0, "a"), 1007},
    {"a text that is too big", frame(last | text, std::string(1'001, 'a')), 4009},
    {"a text that says it is huge", "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04"s, 4009},
    {"a text with the highest bit of its length", "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02\x03\x04"s, 4009},
    {"fragments that are too big together", frame(text, std::string(600, 'a')) + frame(last | 0, std::string(600, 'a')),
     4009},
    {"a close of one byte", frame(last | 8, "a"), 1002},
    {"a close with 999", frame(last | 8, "\x03\xe7"), 1002},
    {"a close with 1004", frame(last | 8, "\x03\xec"), 1002},
    {"a close with 1005", frame(last | 8, "\x03\xed"), 1002},
    {"a close with 1006", frame(last | 8, "\x03\xee"), 1002},
    {"a close with 1015", frame(last | 8, "\x03\xf7"), 1002},
    {"a close with 2999", frame(last | 8, "\x0b\xb7"), 1002},
    {"a close with 5000", frame(last | 8, "\x13\x88"), 1002},
    {"a close with 65535", frame(last | 8, "\xff\xff"), 1002},
    {"a close whose reason is not UTF-8", frame(last | 8, "\x03\xe8\xff"), 1007},
};

}  // namespace

TEST_CASE("frames that break the protocol fail with their code, and nothing is read after them") {
    for (const auto& wrong : wrongs) {
        CAPTURE(wrong.name);
        FrameReader reader{1'000, 4009};
        give(reader, wrong.bytes + frame(last | text, "after"));
        const auto heard = reader.next();
        CHECK(heard.kind == Kind::failed);
        CHECK(heard.code == wrong.code);
        CHECK(reader.next().kind == Kind::nothing);
    }
}

TEST_CASE("a text comes whole, wherever the bytes are cut") {
    const auto message = std::string(300, 'x') + "é";
    const auto wire = frame(last | text, message);
    for (std::size_t cut = 0; cut < wire.size(); ++cut) {
        FrameReader reader{1'000, 1009};
        give(reader, std::string_view{wire}.substr(0, cut));
        REQUIRE(reader.next().kind == Kind::nothing);
        give(reader, std::string_view{wire}.substr(cut));
        const auto heard = reader.next();
        REQUIRE(heard.kind == Kind::text);
        CHECK(heard.text == message);
    }
}

TEST_CASE("a fragmented text is put together around a ping") {
    FrameReader reader{1'000, 1009};
    give(reader, frame(text, "ab") + frame(0, "\xc3") + frame(last | 9, "p") + frame(last | 0, "\xa9") +
                     frame(last | text, "next"));
    CHECK(reader.next().kind == Kind::ping);
    auto heard = reader.next();
    REQUIRE(heard.kind == Kind::text);
    CHECK(heard.text == "ab\xc3\xa9");
    heard = reader.next();
    CHECK(heard.text == "next");
    CHECK(reader.next().kind == Kind::nothing);
}

TEST_CASE("a close gives its code, 1005 where there is none") {
    CHECK(first_heard(frame(last | 8, "")).code == 1005);
    CHECK(first_heard(frame(last | 8, "\x03\xe8")).code == 1000);
    CHECK(first_heard(frame(last | 8, "\x0f\xa0why")).code == 4000);
    CHECK(first_heard(frame(last | 8, "\x03\xe8")).kind == Kind::close);
}

TEST_CASE("the largest message passes") {
    CHECK(first_heard(frame(last | text, std::string(1'000, 'a'))).kind == Kind::text);
}

TEST_CASE("frames are written with their length in its shortest form") {
    const auto header = [](std::size_t size) {
        std::string out;
        append_frame(out, Opcode::text, std::string(size, 'a'));
        return out.substr(0, out.size() - size);
    };
    CHECK(header(0) == "\x81\x00"s);
    CHECK(header(125) == "\x81\x7d"s);
    CHECK(header(126) == "\x81\x7e\x00\x7e"s);
    CHECK(header(65'535) == "\x81\x7e\xff\xff"s);
    CHECK(header(65'536) == "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST_CASE("a close frame cuts a long reason at the end of a character") {
    std::string out;
    append_close(out, 4001, std::string(122, 'a') + "éé");
    CHECK(out.size() == 2 + 2 + 122);
    CHECK(out.substr(0, 4) == "\x88\x7c\x0f\xa1"s);
}

TEST_CASE("UTF-8 is told from what is not") {
    for (auto good : {"", "a", "é", "€", "😀", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"})
        CHECK_MESSAGE(is_utf8(good), good);
    for (auto bad : {"\x80", "\xc1\x80", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                     "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "a\xf0\x9f\x98"})
        CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("the key of RFC 6455 gives the answer of RFC 6455") {
    const auto head_text =
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"s;
    Head head;
    REQUIRE_FALSE(judge(head_text, {}, head));
    const auto handshake = judge_upgrade(head, {});
    CHECK(handshake.status == 101);
    CHECK(handshake.accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("the Date of an answer is an IMF-fixdate") {
    CHECK(http_date({1'705'327'200'000'000}) == "Mon, 15 Jan 2024 14:00:00 GMT");
    CHECK(http_date({784'111'777'999'999}) == "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST_CASE("the head of an answer holds what the Response says, and never more lines than it means") {
    Response response;
    response.shared =
        std::make_shared<Rendered>(Rendered{.body = "{}", .etag = "\"7\"", .content_type = "application/json"});
    response.headers = {{"Location", "/a"}, {"X-Split", "a\r\nSet-Cookie: b"}};
    std::string out;
    append_head(out, response, {.date = "now", .request_id = "r", .closes = true});
    CHECK(out ==
          "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: application/json\r\nContent-Length: 2\r\nETag: \"7\"\r\n"
          "X-Request-Id: r\r\nLocation: /a\r\nConnection: close\r\n\r\n");
    out.clear();
    response.status = 304;
    append_head(out, response, {.date = "now", .request_id = {}, .closes = false});
    CHECK(out.starts_with("HTTP/1.1 304 Not Modified\r\nDate: now\r\nETag: \"7\"\r\n"));
    CHECK(out.find("Content-") == std::string::npos);
    CHECK(body_of(response).empty());
    CHECK(reason_phrase(431) == "Request Header Fields Too Large");
    CHECK(reason_phrase(299) == "Unknown");
}

}  // namespace agon
