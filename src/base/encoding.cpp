#include "base/encoding.hpp"

#include <array>

namespace agon {

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr auto values = [] {
    std::array<std::int8_t, 256> all{};
    all.fill(-1);
    for (std::size_t i = 0; i < digits.size(); ++i)
        all[static_cast<std::uint8_t>(digits[i])] = static_cast<std::int8_t>(i);
    return all;
}();

}  // namespace

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string to_base64url(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t held = 0;
    int bits = 0;
    for (const auto byte : bytes) {
        held = (held << 8) | byte;
        for (bits += 8; bits >= 6; bits -= 6) text += digits[(held >> (bits - 6)) & 63];
    }
    if (bits > 0) text += digits[(held << (6 - bits)) & 63];
    return text;
}

std::string to_base64url(std::string_view bytes) { return to_base64url(bytes_of(bytes)); }

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : text) {
        const auto value = values[static_cast<std::uint8_t>(c)];
        if (value < 0) return std::nullopt;
        held = (held << 6) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        bytes += static_cast<char>((held >> bits) & 255);
    }
    // Bits that stand for nothing must be zero, or one value would have several spellings.
    if ((held & ((1u << bits) - 1)) != 0) return std::nullopt;
    return bytes;
}

}  // namespace agon
