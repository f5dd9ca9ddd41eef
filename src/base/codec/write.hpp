/// Described struct → JSON text, without a document in between.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>

#include "base/codec/describe.hpp"

namespace agon::codec {

template <Spelling S, class T>
void write(std::string& out, const T& value);

template <Spelling S, class T>
std::string to_json(const T& value) {
    std::string out;
    out.reserve(768);  // most answers fit, and do not grow piece by piece
    write<S>(out, value);
    return out;
}

template <Spelling S, class Tag>
void write_id(std::string& out, const Id<Tag>& id) {
    out += '"';
    if constexpr (S.ids == Ids::uuid) {
        append_uuid_text(out, id.uuid);
    } else {
        out += Tag::prefix;
        out += '_';
        append_base32(out, id.uuid);
    }
    out += '"';
}

/// `,"name":`
template <Spelling S, class Member>
constexpr std::string_view comma_and_key() {
    static constexpr auto text = [] {
        constexpr auto name = field_name<S, Member>();
        std::array<char, name.size() + 4> made{',', '"'};
        std::ranges::copy(name, made.begin() + 2);
        made[name.size() + 2] = '"', made[name.size() + 3] = ':';
        return made;
    }();
    return {text.data(), text.size()};
}

/// `{"name":value,…}`; an empty `Omittable` leaves no trace.
template <Spelling S, DescribedStruct T>
void write_struct(std::string& out, const T& value) {
    out += '{';
    std::size_t comma = 1;  // not before the first
    for_each_member<T>([&](auto member) {
        const auto& field = value.*member.pointer;
        if constexpr (is_omittable<std::remove_cvref_t<decltype(field)>>)
            if (!field) return;
        out.append(comma_and_key<S, decltype(member)>().substr(std::exchange(comma, 0)));
        write<S>(out, field);
    });
    out += '}';
}

template <Spelling S, class T>
void write(std::string& out, const T& value) {
    if constexpr (std::same_as<T, bool>) {
        out += value ? "true" : "false";
    } else if constexpr (std::integral<T>) {
        char buffer[24];
        out.append(buffer, std::to_chars(buffer, std::end(buffer), value).ptr);
    } else if constexpr (std::floating_point<T>) {
        write_json_number(out, value);
    } else if constexpr (Text<T>) {
        write_json_string(out, value);
    } else if constexpr (is_id<T>) {
        write_id<S>(out, value);
    } else if constexpr (std::same_as<T, Instant>) {
        out += '"';
        out += to_rfc3339(value, S.instants == Instants::whole_seconds);
        out += '"';
    } else if constexpr (std::same_as<T, Money>) {
        write<S>(out, value.units);
    } else if constexpr (std::same_as<T, Json>) {
        write_json(out, value);
    } else if constexpr (DescribedEnum<T>) {
        out += '"';
        out += word_of<S>(value);
        out += '"';
    } else if constexpr (is_optional<T> || is_omittable<T>) {
        if (value)
            write<S>(out, *value);
        else
            out += "null";
    } else if constexpr (is_list<T>) {
        out += '[';
        bool first = true;
        for (const auto& item : value) {
            if (!std::exchange(first, false)) out += ',';
            write<S, typename T::value_type>(out, item);
        }
        out += ']';
    } else if constexpr (is_map<T>) {
        out += '{';
        bool first = true;
        for (const auto& [key, item] : value) {
            if (!std::exchange(first, false)) out += ',';
            write_json_string(out, key);
            out += ':';
            write<S>(out, item);
        }
        out += '}';
    } else {
        static_assert(DescribedStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
        write_struct<S>(out, value);
    }
}

}  // namespace agon::codec
