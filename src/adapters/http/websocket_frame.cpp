#include "adapters/http/websocket_frame.hpp"

#include <algorithm>

namespace agon {

namespace {

using Kind = Heard::Kind;

constexpr std::size_t most_in_control = 125;

bool is_control(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 8; }

bool is_known(std::uint8_t opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (auto byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

void unmask(char* bytes, std::size_t size, const std::array<char, 4>& mask) {
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ mask[i % 4]);
}

/// How many bytes the character at the front takes, 0 where it is not one (Unicode 15, table 3-7).
std::size_t character_bytes(std::string_view text) {
    const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const auto follows = [&](std::size_t i) { return (at(i) & 0xc0u) == 0x80u; };
    const auto first = at(0);
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
    const auto second = at(1);
    const auto from = first == 0xe0 ? 0xa0u : first == 0xf0 ? 0x90u : 0x80u;
    const auto to = first == 0xed ? 0x9fu : first == 0xf4 ? 0x8fu : 0xbfu;
    if (second < from || second > to) return 0;
    if (first >= 0xe0 && first <= 0xef) return follows(2) ? 3 : 0;
    if (first >= 0xf0 && first <= 0xf4) return follows(2) && follows(3) ? 4 : 0;
    return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto bytes = character_bytes(text);
        if (bytes == 0) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

bool is_close_code(std::uint16_t code) {
    if (code >= 3000) return code <= 4999;
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
    out.push_back(static_cast<char>(0x80u | static_cast<unsigned>(opcode)));
    if (payload.size() <= most_in_control) {
        out.push_back(static_cast<char>(payload.size()));
    } else if (payload.size() <= 0xffff) {
        out.push_back(126);
        append_big_endian(out, payload.size(), 2);
    } else {
        out.push_back(127);
        append_big_endian(out, payload.size(), 8);
    }
    out.append(payload);
}

void append_close(std::string& out, std::uint16_t code, std::string_view reason) {
    auto size = std::min(reason.size(), most_in_control - 2);
    while (size < reason.size() && size > 0 && (static_cast<unsigned char>(reason[size]) & 0xc0u) == 0x80u) --size;
    std::string payload;
    append_big_endian(payload, code, 2);
    append_frame(out, Opcode::close, payload.append(reason.substr(0, size)));
}

Heard FrameReader::fail(std::uint16_t code, std::string_view why) {
    has_failed_ = true;
    input_.drop_all();
    return {Kind::failed, why, code};
}

Heard FrameReader::read_header(Frame& frame) {
    const auto bytes = input_.view();
    if (bytes.size() < 2) return {};
    const auto first = static_cast<unsigned char>(bytes[0]);
    const auto second = static_cast<unsigned char>(bytes[1]);
    if ((first & 0x70u) != 0) return fail(1002, "A reserved bit is set");
    if (!is_known(first & 0x0fu)) return fail(1002, "The opcode is not known");
    if ((second & 0x80u) == 0) return fail(1002, "A client's frame must be masked");
    frame.is_last = (first & 0x80u) != 0;
    frame.opcode = static_cast<Opcode>(first & 0x0fu);
    const auto short_length = second & 0x7fu;
    const std::size_t length_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
    if (is_control(frame.opcode) && (!frame.is_last || length_bytes > 0))
        return fail(1002, "A control frame is one short frame");
    if (bytes.size() < 2 + length_bytes + 4) return {};
    frame.length = length_bytes == 0 ? short_length : big_endian(bytes.substr(2, length_bytes));
    if ((length_bytes == 2 && frame.length < 126) || (length_bytes == 8 && frame.length <= 0xffff))
        return fail(1002, "The length is not in its shortest form");
    std::ranges::copy(bytes.substr(2 + length_bytes, 4), frame.mask.begin());
    frame.header_bytes = 2 + length_bytes + 4;
    return {};
}

Heard FrameReader::judge_header(const Frame& frame) {
    if (is_control(frame.opcode)) return {};
    if (in_message_ != (frame.opcode == Opcode::continuation)) return fail(1002, "A fragment is out of order");
    if (frame.opcode == Opcode::binary) return fail(1003, "Only text is understood");
    if (frame.length > max_message_bytes_ - message_.size()) return fail(too_big_code_, "The message is too big");
    return {};
}

Heard FrameReader::next() {
    forget_message();
    while (!has_failed_) {
        Frame frame;
        if (auto wrong = read_header(frame); wrong.kind == Kind::failed) return wrong;
        if (frame.header_bytes == 0) return {};
        if (auto wrong = judge_header(frame); wrong.kind == Kind::failed) return wrong;
        if (input_.size() < frame.header_bytes + frame.length) return {};
        auto* payload = input_.data() + frame.header_bytes;
        unmask(payload, frame.length, frame.mask);
        input_.drop(frame.header_bytes + frame.length);
        if (auto heard = take(frame, {payload, frame.length}); heard.kind != Kind::nothing) return heard;
    }
    return {};
}

Heard FrameReader::take(const Frame& frame, std::string_view payload) {
    switch (frame.opcode) {
        case Opcode::ping: return {Kind::ping, payload, 0};
        case Opcode::pong: return {Kind::pong, payload, 0};
        case Opcode::close: return take_close(payload);
        default: return take_message(frame, payload);
    }
}

Heard FrameReader::take_message(const Frame& frame, std::string_view payload) {
    const bool is_whole = frame.is_last && !in_message_;
    in_message_ = !frame.is_last;
    if (!is_whole) message_.append(payload);
    if (!frame.is_last) return {};
    message_is_out_ = true;
    const auto text = is_whole ? payload : std::string_view{message_};
    if (!is_utf8(text)) return fail(1007, "The text is not UTF-8");
    return {Kind::text, text, 0};
}

Heard FrameReader::take_close(std::string_view payload) {
    if (payload.empty()) return {Kind::close, {}, 1005};
    const auto code =
        payload.size() < 2 ? std::uint16_t{0} : static_cast<std::uint16_t>(big_endian(payload.substr(0, 2)));
    if (!is_close_code(code)) return fail(1002, "The close code is not one");
    if (!is_utf8(payload.substr(2))) return fail(1007, "The reason is not UTF-8");
    has_failed_ = true;  // Nothing counts after a close frame.
    return {Kind::close, payload.substr(2), code};
}

void FrameReader::forget_message() {
    if (!message_is_out_) return;
    message_is_out_ = false;
    message_.clear();
}

}  // namespace agon
