#include "base/id.hpp"

#include <cstring>

namespace agon {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base32_digits = "0123456789abcdefghjkmnpqrstvwxyz";

/// The value of each byte as a digit; of a byte that is none, one with its top bit set.
constexpr std::uint8_t no_digit = 0x80;
using DigitValues = std::array<std::uint8_t, 256>;

constexpr DigitValues values_of(std::string_view digits) {
    DigitValues values{};
    values.fill(no_digit);
    for (std::size_t i = 0; i < digits.size(); ++i)
        values[static_cast<std::uint8_t>(digits[i])] = static_cast<std::uint8_t>(i);
    return values;
}

constexpr auto base32_values = values_of(base32_digits);
constexpr auto hex_values = [] {
    auto values = values_of(hex_digits);
    for (std::uint8_t i = 10; i < 16; ++i) values[static_cast<std::size_t>('A' + i - 10)] = i;
    return values;
}();

/// Where a UUID's text has the two digits of each byte.
constexpr std::array<std::uint8_t, 16> hex_places{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
constexpr std::array<std::uint8_t, 4> dash_places{8, 13, 18, 23};

void put_big_endian(std::uint8_t* to, std::uint64_t value) {
    for (int i = 7; i >= 0; --i, value >>= 8) to[i] = static_cast<std::uint8_t>(value);
}

std::uint64_t big_endian(const std::uint8_t* from) {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = (value << 8) | from[i];
    return value;
}

void put_base32(char* to, std::size_t count, std::uint64_t value) {
    for (auto i = count; i-- > 0; value >>= 5) to[i] = base32_digits[value & 31];
}

/// At most 12 digits. What is none leaves its mark in `seen`.
std::uint64_t read_base32(std::string_view digits, std::uint8_t& seen) {
    std::uint64_t value = 0;
    for (const char c : digits) {
        const auto digit = base32_values[static_cast<std::uint8_t>(c)];
        seen |= digit;
        value = (value << 5) | (digit & 31);
    }
    return value;
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
    append_uuid_text(out, id);
    return out;
}

void append_uuid_text(std::string& out, const Uuid& id) {
    std::array<char, 36> text;
    for (const auto at : dash_places) text[at] = '-';
    for (std::size_t i = 0; i < 16; ++i) {
        text[hex_places[i]] = hex_digits[id.bytes[i] >> 4];
        text[hex_places[i] + 1u] = hex_digits[id.bytes[i] & 15];
    }
    out.append(text.data(), text.size());
}

// 128 bits in 26 digits of 5, the first of which holds the top 3: 58 bits, 10 bits and 60 bits, each in one word.

void append_base32(std::string& out, const Uuid& id) {
    const auto high = big_endian(id.bytes.data()), low = big_endian(id.bytes.data() + 8);
    std::array<char, 26> text;
    put_base32(text.data(), 12, high >> 6);
    put_base32(text.data() + 12, 2, (high << 4) | (low >> 60));
    put_base32(text.data() + 14, 12, low);
    out.append(text.data(), text.size());
}

std::optional<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    for (const auto at : dash_places)
        if (text[at] != '-') return std::nullopt;
    Uuid id;
    std::uint8_t seen = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        const auto high = hex_values[static_cast<std::uint8_t>(text[hex_places[i]])];
        const auto low = hex_values[static_cast<std::uint8_t>(text[hex_places[i] + 1u])];
        seen |= high | low;
        id.bytes[i] = static_cast<std::uint8_t>((high << 4) | low);
    }
    if (seen & no_digit) return std::nullopt;
    return id;
}

std::optional<Uuid> parse_base32(std::string_view text) {
    if (text.size() != 26 || text[0] > '7') return std::nullopt;
    std::uint8_t seen = 0;
    const auto high = read_base32(text.substr(0, 12), seen);
    const auto middle = read_base32(text.substr(12, 2), seen);
    const auto low = read_base32(text.substr(14), seen);
    if (seen & no_digit) return std::nullopt;
    Uuid id;
    put_big_endian(id.bytes.data(), (high << 6) | (middle >> 4));
    put_big_endian(id.bytes.data() + 8, (middle << 60) | low);
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
