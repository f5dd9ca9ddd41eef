#include "core/trf/line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/trf/trf.hpp"

namespace agon::trf {

namespace {

constexpr char32_t replacement = 0xfffd;

bool is_blank_character(char32_t c) { return c == U' ' || c == U'\t'; }

/// One character of UTF-8 (RFC 3629) and its length; a length of 0 where there is none.
std::pair<char32_t, std::size_t> decode_one(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char head = byte(0);
    if (head < 0x80) return {head, 1};
    const std::size_t length = head >= 0xf0 && head < 0xf5 ? 4 : head >= 0xe0 ? 3 : head >= 0xc2 ? 2 : 0;
    if (length == 0 || head >= 0xf5 || bytes.size() < length) return {replacement, 0};
    char32_t c = head & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return {replacement, 0};
        c = (c << 6) | (byte(i) & 0x3fU);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = c >= 0xd800 && c < 0xe000;
    if (c < least[length] || is_surrogate || c > 0x10ffff) return {replacement, 0};
    return {c, length};
}

std::optional<std::u32string> from_utf8(std::string_view bytes) {
    std::u32string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto [c, length] = decode_one(bytes);
        if (length == 0) return std::nullopt;
        out += c;
        bytes.remove_prefix(length);
    }
    return out;
}

/// Latin-1; its bytes 0x80–0x9f are control characters, which no name has.
std::u32string from_latin1(std::string_view bytes) {
    std::u32string out;
    out.reserve(bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += byte >= 0x80 && byte < 0xa0 ? replacement : char32_t{byte};
    }
    return out;
}

void append_utf8(std::string& out, char32_t c) {
    const auto put = [&](char32_t bits) { out += static_cast<char>(static_cast<unsigned char>(bits)); };
    if (c < 0x80) return put(c);
    if (c < 0x800) return put(0xc0 | (c >> 6)), put(0x80 | (c & 0x3f));
    if (c < 0x10000) return put(0xe0 | (c >> 12)), put(0x80 | ((c >> 6) & 0x3f)), put(0x80 | (c & 0x3f));
    put(0xf0 | (c >> 18)), put(0x80 | ((c >> 12) & 0x3f)), put(0x80 | ((c >> 6) & 0x3f)), put(0x80 | (c & 0x3f));
}

bool is_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The value of up to nine digits.
std::uint32_t value_of(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char c : digits) value = value * 10 + static_cast<std::uint32_t>(c - '0');
    return value;
}

/// `11.5`, `11` or `.5` in tenths, where it is at most `max_points`.
std::optional<Points> tenths_of(std::string_view text) {
    const auto dot = std::min(text.find('.'), text.size());
    const auto whole = text.substr(0, dot);
    const auto tenths = text.substr(std::min(dot + 1, text.size()));
    if (whole.empty() && tenths.empty()) return std::nullopt;
    if (!is_digits(whole) || !is_digits(tenths) || whole.size() > 8 || tenths.size() > 1) return std::nullopt;
    const auto value = Points{value_of(whole)} * 10 + Points{value_of(tenths)};
    return value <= max_points ? std::optional(value) : std::nullopt;
}

/// What a file says may be quoted in a message: without its tabs, and not at any length.
std::string one_line(std::string message) {
    constexpr std::size_t longest = 240;
    std::ranges::replace(message, '\t', ' ');
    if (message.size() <= longest) return message;
    auto end = longest;
    while ((static_cast<unsigned char>(message[end]) & 0xc0) == 0x80) --end;
    return message.substr(0, end) + "…";
}

}  // namespace

std::unexpected<Error> wrong(const Place& place, std::string_view what) {
    auto where = fmt::format("line {}", place.line);
    if (place.record != "001") where += fmt::format(", record {}", place.record);
    const auto [first, last] = place.columns;
    if (first != 0)
        where += first == last ? fmt::format(", column {}", first) : fmt::format(", columns {}–{}", first, last);
    return refused(Code::invalid, one_line(fmt::format("{}: {}", where, what)));
}

std::optional<RawLine> Lines::next() {
    while (!rest_.empty()) {
        ++number_;
        const auto end = std::min(rest_.find_first_of("\r\n"), rest_.size());
        const auto text = rest_.substr(0, end);
        rest_.remove_prefix(end);
        rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, rest_.size()));
        if (text.find_first_not_of(" \t") != text.npos) return RawLine{number_, text};
    }
    return std::nullopt;
}

Line::Line(const RawLine& raw) : number_(raw.number) {
    auto decoded = from_utf8(raw.text);
    columns_ = decoded ? *std::move(decoded) : from_latin1(raw.text);
}

bool Line::is_blank(Columns columns) const {
    for (auto column = columns.first; column <= std::min(columns.last, width()); ++column)
        if (!is_blank_character(at(column))) return false;
    return true;
}

std::string Line::text(Columns columns) const {
    auto [first, last] = columns;
    last = std::min(last, width());
    while (first <= last && is_blank_character(at(first))) ++first;
    while (last >= first && is_blank_character(at(last))) --last;
    std::string out;
    for (auto column = first; column <= last; ++column) append_utf8(out, at(column));
    return out;
}

std::optional<Columns> Line::word_from(std::size_t column) const {
    auto first = column;
    while (first <= width() && is_blank_character(at(first))) ++first;
    if (first > width()) return std::nullopt;
    auto last = first;
    while (last < width() && !is_blank_character(at(last + 1))) ++last;
    return Columns{first, last};
}

std::optional<std::size_t> Line::control_character() const {
    const auto is_control = [](char32_t c) { return (c < 0x20 && c != U'\t') || (c >= 0x7f && c < 0xa0); };
    const auto found = std::ranges::find_if(columns_, is_control);
    if (found == columns_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns_.begin()) + 1;
}

Result<std::optional<std::uint32_t>> Line::number_in(Columns columns, std::string_view what, std::uint32_t most) const {
    const auto digits = text(columns);
    if (digits.empty()) return std::nullopt;
    if (!is_digits(digits) || digits.size() > 9)
        return wrong(place(columns), fmt::format("the {} is '{}'; it is a whole number", what, digits));
    const auto value = value_of(digits);
    if (value > most) return wrong(place(columns), fmt::format("the {} is {}; the most is {}", what, value, most));
    return value;
}

Result<std::uint32_t> Line::number_at(Columns columns, std::string_view what, std::uint32_t most) const {
    const auto number = number_in(columns, what, most);
    if (!number) return std::unexpected(number.error());
    if (!*number) return wrong(place(columns), fmt::format("the {} is missing", what));
    if (**number == 0) return wrong(place(columns), fmt::format("the {} is 0; they count from 1", what));
    return **number;
}

Result<std::optional<Points>> Line::points_in(Columns columns, std::string_view what) const {
    const auto written = text(columns);
    if (written.empty()) return std::nullopt;
    if (const auto points = tenths_of(written)) return points;
    return wrong(place(columns), fmt::format("the {} are '{}'; write them as in 11.5, at most 99.9", what, written));
}

}  // namespace agon::trf
