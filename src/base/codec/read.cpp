#include "base/codec/read.hpp"

#include <fmt/ranges.h>

namespace agon::codec {

namespace {

std::string_view kind_name(const Json& value) {
    switch (value.kind()) {
        case boost::json::kind::null: return "null";
        case boost::json::kind::bool_: return value.get_bool() ? "true" : "false";
        case boost::json::kind::int64:
        case boost::json::kind::uint64:
        case boost::json::kind::double_: return "a number";
        case boost::json::kind::string: return "a text";
        case boost::json::kind::array: return "a list";
        case boost::json::kind::object: return "an object";
    }
    return "something else";
}

/// `2`, `65,536`
std::string with_commas(const Json& number) {
    auto text = to_text(number);
    if (text.find_first_not_of("-0123456789") != text.npos) return text;
    for (auto at = text.size(); at > (text[0] == '-' ? 4u : 3u);) text.insert(at -= 3, ",");
    return text;
}

/// `1 item`, `2 items`
std::string counted(double count, std::string_view unit) {
    return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

Mistake field_mistake(void* object, const JsonObject& members, const FieldReader& field, Missing missing) {
    const auto* value = members.if_contains(field.name);
    if (value && (!value->is_null() || field.may_be_null)) return field.read(object, *value, field.note);
    if (missing == Missing::keep_default) return std::nullopt;
    if (value && !field.note.has_default) return Error{Code::invalid, "must not be null", ""};
    if (!value && !field.may_be_missing) return Error{Code::invalid, "field required", ""};
    return std::nullopt;
}

}  // namespace

std::string snake_case(std::string_view type) {
    std::string text;
    for (const char c : type) {
        const bool capital = c >= 'A' && c <= 'Z';
        if (capital && !text.empty()) text += '_';
        text += capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
}

std::string either(const std::vector<std::string_view>& words) {
    if (words.empty()) return "nothing";
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
        text += fmt::format("'{}'", words[i]);
    }
    return text;
}

Mistake wrong_kind(std::string_view wanted, const Json& got) {
    return Error{Code::invalid, fmt::format("must be {}, not {}", wanted, kind_name(got)), ""};
}

bool is_wrong_kind(const Error& error) {
    static constexpr std::string_view kinds[] = {"null", "true", "false", "a number", "a text", "a list", "an object"};
    const auto& text = error.message;
    return text == "must not be null" || text == "must be a whole number" || std::ranges::any_of(kinds, [&](auto kind) {
               return text.starts_with("must be ") && text.ends_with(fmt::format(", not {}", kind));
           });
}

Mistake wrong_id(std::string_view noun) {
    const bool vowel = std::string_view("AEIOU").contains(noun.front());
    return Error{Code::invalid, fmt::format("not the id of {} {}", vowel ? "an" : "a", noun), ""};
}

Mistake check_range(const Json& number, const Note& note) {
    const auto value = number.to_number<double>();
    if (value >= note.min && value <= note.max) return std::nullopt;
    const auto what = value < note.min ? "too small" : "too large";
    std::string allowed;
    if (note.min == -unbounded)
        allowed = "at most " + with_commas(Json(note.max));
    else if (note.max == unbounded)
        allowed = "at least " + with_commas(Json(note.min));
    else
        allowed = fmt::format("from {} to {}", with_commas(Json(note.min)), with_commas(Json(note.max)));
    return Error{Code::invalid, fmt::format("{} is {}; must be {}", with_commas(number), what, allowed), ""};
}

Mistake check_length(std::size_t length, std::string_view unit, const Note& note) {
    const auto n = static_cast<double>(length);
    if (n >= note.min && n <= note.max) return std::nullopt;
    if (n < note.min) return Error{Code::invalid, fmt::format("needs at least {}", counted(note.min, unit)), ""};
    return Error{Code::invalid,
                 fmt::format("has {}; at most {} {} allowed", counted(n, unit), note.max, note.max == 1 ? "is" : "are"),
                 ""};
}

Mistake check_name(std::string_view utf8) {
    if (utf8.find_first_not_of(' ') == utf8.npos) return Error{Code::invalid, "must not be blank", ""};
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        const auto rest = utf8.substr(i);
        const bool control = byte < 0x20 || byte == 0x7f ||
                             (byte == 0xc2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xa0);
        if (control) return Error{Code::invalid, "must not contain control characters", ""};
        // U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069, U+061C.
        for (const std::string_view mark : {"\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
                                            "\u2066", "\u2067", "\u2068", "\u2069", "\u061c"})
            if (rest.starts_with(mark))
                return Error{Code::invalid, "must not contain marks that change the direction of text", ""};
    }
    return std::nullopt;
}

std::size_t count_characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

Mistake below(std::string_view name, Mistake mistake) {
    if (!mistake) return mistake;
    std::string step = "/";
    for (const char c : name) {
        if (c == '~')
            step += "~0";
        else if (c == '/')
            step += "~1";
        else
            step += c;
    }
    mistake->pointer.insert(0, step);
    return mistake;
}

Mistake read_fields(void* object, const Json& from, std::span<const FieldReader> fields, Missing missing) {
    const auto* members = from.if_object();
    if (!members) return wrong_kind("an object", from);
    for (const auto& field : fields)
        if (auto mistake = field_mistake(object, *members, field, missing))
            return below(field.name, std::move(mistake));
    return std::nullopt;
}

std::vector<Error> mistakes_in_fields(void* object, const Json& from, std::span<const FieldReader> fields,
                                      Missing missing) {
    const auto* members = from.if_object();
    if (!members) return {*wrong_kind("an object", from)};
    std::vector<Error> all;
    for (const auto& field : fields)
        if (auto mistake = field_mistake(object, *members, field, missing))
            all.push_back(*below(field.name, std::move(mistake)));
    return all;
}

}  // namespace agon::codec
