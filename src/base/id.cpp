#include "base/id.hpp"

#include <cstring>

namespace agon {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base32_digits = "0123456789abcdefghjkmnpqrstvwxyz";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

constexpr auto base32_values = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < base32_digits.size(); ++i)
        values[static_cast<std::uint8_t>(base32_digits[i])] = static_cast<std::int8_t>(i);
    return values;
}();

void put_big_endian(std::uint8_t* to, std::uint64_t value) {
    for (int i = 7; i >= 0; --i, value >>= 8) to[i] = static_cast<std::uint8_t>(value);
}

}  // namespace

Uuid uuid7(Instant now, std::uint64_t random_high, std::uint64_t random_low) {
    Uuid id;
    const auto ms = static_cast<std::uint64_t>(now.us / 1000);
    put_big_endian(id.bytes.data(), (ms << 16) | 0x7000 | (random_high & 0x0fff));
    put_big_endian(id.bytes.data() + 8, (random_low & 0x3fffffffffffffff) | 0x8000000000000000);
    return id;
}

std::string to_uuid_text(const Uuid& id) {
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += hex_digits[id.bytes[i] >> 4];
        out += hex_digits[id.bytes[i] & 15];
    }
    return out;
}

void append_base32(std::string& out, const Uuid& id) {
    // 128 bits in 26 digits of 5: the first digit holds the top 3 bits.
    unsigned __int128 value = 0;
    for (const auto byte : id.bytes) value = (value << 8) | byte;
    const auto at = out.size();
    out.resize(at + 26);
    for (std::size_t i = 26; i-- > 0; value >>= 5) out[at + i] = base32_digits[static_cast<std::size_t>(value & 31)];
}

std::optional<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Uuid id;
    std::size_t at = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            if (text[at++] != '-') return std::nullopt;
        const int high = hex_value(text[at]), low = hex_value(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
        at += 2;
    }
    return id;
}

std::optional<Uuid> parse_base32(std::string_view text) {
    if (text.size() != 26 || text[0] > '7') return std::nullopt;
    unsigned __int128 value = 0;
    for (const char c : text) {
        const int digit = base32_values[static_cast<std::uint8_t>(c)];
        if (digit < 0) return std::nullopt;
        value = (value << 5) | static_cast<unsigned>(digit);
    }
    Uuid id;
    for (std::size_t i = 16; i-- > 0; value >>= 8) id.bytes[i] = static_cast<std::uint8_t>(value & 255);
    return id;
}

}  // namespace agon

std::size_t std::hash<agon::Uuid>::operator()(const agon::Uuid& id) const noexcept {
    // Both halves count: ids of one tournament's matches differ in the last bytes only.
    std::uint64_t high = 0, low = 0;
    std::memcpy(&high, id.bytes.data(), 8);
    std::memcpy(&low, id.bytes.data() + 8, 8);
    auto mixed = (high ^ (low * 0x9e3779b97f4a7c15)) * 0xbf58476d1ce4e5b9;
    return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}
