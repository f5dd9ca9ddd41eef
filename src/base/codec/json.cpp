#include "base/codec/json.hpp"

#include <charconv>
#include <cmath>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

namespace agon {

namespace bj = boost::json;

namespace {

/// Builds the value and counts the member names that it is given; Boost's object keeps the last of two equal ones.
struct CountingHandler {
    static constexpr std::size_t max_object_size = std::size_t(-1) / 2;
    static constexpr std::size_t max_array_size = std::size_t(-1) / 2;
    static constexpr std::size_t max_key_size = std::size_t(-1) / 2;
    static constexpr std::size_t max_string_size = std::size_t(-1) / 2;

    bj::storage_ptr memory;
    unsigned char room[1'024];
    bj::value_stack stack{{}, room, sizeof(room)};
    std::size_t names = 0;

    explicit CountingHandler(bj::storage_ptr m) : memory(std::move(m)) {}

    using Failure = bj::error_code;
    bool on_document_begin(Failure&) { return stack.reset(memory), true; }
    bool on_document_end(Failure&) { return true; }
    bool on_object_begin(Failure&) { return true; }
    bool on_object_end(std::size_t n, Failure&) { return stack.push_object(n), true; }
    bool on_array_begin(Failure&) { return true; }
    bool on_array_end(std::size_t n, Failure&) { return stack.push_array(n), true; }
    bool on_key_part(bj::string_view s, std::size_t, Failure&) { return stack.push_chars(s), true; }
    bool on_key(bj::string_view s, std::size_t, Failure&) { return ++names, stack.push_key(s), true; }
    bool on_string_part(bj::string_view s, std::size_t, Failure&) { return stack.push_chars(s), true; }
    bool on_string(bj::string_view s, std::size_t, Failure&) { return stack.push_string(s), true; }
    bool on_number_part(bj::string_view, Failure&) { return true; }
    bool on_int64(std::int64_t i, bj::string_view, Failure&) { return stack.push_int64(i), true; }
    bool on_uint64(std::uint64_t u, bj::string_view, Failure&) { return stack.push_uint64(u), true; }
    /// The parser's own double may be off by one unit in the last place; what was written is read back as it was.
    bool on_double(double d, bj::string_view text, Failure&) {
        std::from_chars(text.data(), text.data() + text.size(), d);
        return stack.push_double(d), true;
    }
    bool on_bool(bool b, Failure&) { return stack.push_bool(b), true; }
    bool on_null(Failure&) { return stack.push_null(), true; }
    bool on_comment_part(bj::string_view, Failure&) { return true; }
    bool on_comment(bj::string_view, Failure&) { return true; }
};

std::size_t count_names(const Json& value) {
    std::size_t names = 0;
    if (const auto* object = value.if_object())
        for (const auto& member : *object) names += 1 + count_names(member.value());
    if (const auto* array = value.if_array())
        for (const auto& item : *array) names += count_names(item);
    return names;
}

bool all_finite(const Json& value) {
    if (const auto* number = value.if_double()) return std::isfinite(*number);
    if (const auto* object = value.if_object())
        return std::ranges::all_of(*object, [](const auto& member) { return all_finite(member.value()); });
    if (const auto* array = value.if_array()) return std::ranges::all_of(*array, all_finite);
    return true;
}

}  // namespace

Result<Json> parse_json(std::string_view text) { return parse_json(text, {}); }

Result<Json> parse_json(std::string_view text, bj::storage_ptr memory) {
    bj::basic_parser<CountingHandler> parser{bj::parse_options{}, std::move(memory)};
    bj::error_code failure;
    const auto used = parser.write_some(false, text.data(), text.size(), failure);
    if (failure) return refused(Code::invalid, fmt::format("not valid JSON at byte {}: {}", used, failure.message()));
    if (used < text.size()) return refused(Code::invalid, fmt::format("not valid JSON at byte {}: extra data", used));
    auto value = parser.handler().stack.release();
    if (count_names(value) != parser.handler().names)
        return refused(Code::invalid, "not valid JSON: a member name appears twice in one object");
    if (!all_finite(value)) return refused(Code::invalid, "not valid JSON: a number is too large");
    return value;
}

void write_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, plain, i - plain);
        plain = i + 1;
        switch (c) {
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        }
    }
    out.append(text, plain);
    out += '"';
}

void write_json_number(std::string& out, double number) {
    char buffer[32];
    // A whole number prints as one: 30, not 3e+01.
    const bool whole = number == std::floor(number) && std::abs(number) < 1e15;
    const auto end = whole ? std::to_chars(buffer, std::end(buffer), static_cast<std::int64_t>(number)).ptr
                           : std::to_chars(buffer, std::end(buffer), number).ptr;
    out.append(buffer, end);
}

void write_json(std::string& out, const Json& value) {
    switch (value.kind()) {
        case bj::kind::null: out += "null"; break;
        case bj::kind::bool_: out += value.get_bool() ? "true" : "false"; break;
        case bj::kind::int64: fmt::format_to(std::back_inserter(out), "{}", value.get_int64()); break;
        case bj::kind::uint64: fmt::format_to(std::back_inserter(out), "{}", value.get_uint64()); break;
        case bj::kind::double_: write_json_number(out, value.get_double()); break;
        case bj::kind::string: write_json_string(out, value.get_string()); break;
        case bj::kind::array: {
            out += '[';
            bool first = true;
            for (const auto& item : value.get_array()) {
                if (!std::exchange(first, false)) out += ',';
                write_json(out, item);
            }
            out += ']';
            break;
        }
        case bj::kind::object: {
            out += '{';
            bool first = true;
            for (const auto& member : value.get_object()) {
                if (!std::exchange(first, false)) out += ',';
                write_json_string(out, member.key());
                out += ':';
                write_json(out, member.value());
            }
            out += '}';
            break;
        }
    }
}

std::string to_text(const Json& value) {
    std::string out;
    write_json(out, value);
    return out;
}

}  // namespace agon
