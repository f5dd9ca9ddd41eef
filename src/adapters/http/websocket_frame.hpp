/// WebSocket frames (RFC 6455, section 5) as the server's side needs them: it reads masked frames and writes unmasked
/// ones, without extensions. Pure functions over bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/http/input.hpp"

namespace agon {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Appends one whole frame. Control frames hold at most 125 bytes: the caller sees to it.
void append_frame(std::string& out, Opcode, std::string_view payload);
/// Appends a close frame; the reason is cut to what fits, at the end of a character.
void append_close(std::string& out, std::uint16_t code, std::string_view reason);

bool is_utf8(std::string_view);
/// Whether a peer may send this close code (RFC 6455, 7.4).
bool is_close_code(std::uint16_t);

/// What arrived next.
struct Heard {
    enum class Kind {
        nothing,  ///< more bytes are needed
        text,     ///< `text` is a whole message, in UTF-8
        ping,     ///< `text` is to be sent back
        pong,
        close,   ///< `code` is to be sent back; 1005 where the peer gave none
        failed,  ///< `code` says why the connection must end; `text` says it in words; nothing is read after it
    };
    Kind kind = Kind::nothing;
    std::string_view text;
    std::uint16_t code = 0;
};

/// Puts messages together. A frame is refused by its announced length, before its bytes take memory.
class FrameReader {
public:
    FrameReader(std::size_t max_message_bytes, std::uint16_t too_big_code)
        : max_message_bytes_(max_message_bytes), too_big_code_(too_big_code) {}

    /// Where received bytes go: fill `input().room()`, then call `next` until it says `nothing`.
    Input& input() { return input_; }
    /// The view in what it returns is valid until the next call.
    Heard next();

private:
    struct Frame {
        bool is_last = false;
        Opcode opcode{};
        std::uint64_t length = 0;
        std::array<char, 4> mask{};
        std::size_t header_bytes = 0;
    };

    Heard fail(std::uint16_t code, std::string_view why);
    /// `nothing` where the header is complete and good; `frame.header_bytes` is 0 where it is not complete.
    Heard read_header(Frame& frame);
    Heard judge_header(const Frame& frame);
    Heard take(const Frame& frame, std::string_view payload);
    Heard take_message(const Frame& frame, std::string_view payload);
    Heard take_close(std::string_view payload);
    void forget_message();

    std::size_t max_message_bytes_;
    std::uint16_t too_big_code_;
    Input input_;
    std::string message_;          ///< the pieces so far of a fragmented message
    bool in_message_ = false;      ///< a fragmented message has begun
    bool message_is_out_ = false;  ///< `message_` was handed out and is to be forgotten
    bool has_failed_ = false;
};

}  // namespace agon
