/// JSON → described struct, or the first mistake: what is wrong, what is allowed, and where (a JSON Pointer).
/// Unknown members are ignored.
#pragma once

#include <array>
#include <cmath>
#include <span>

#include "base/codec/describe.hpp"

namespace agon::codec {

using Mistake = std::optional<Error>;

Mistake wrong_kind(std::string_view wanted, const Json& got);
/// Whether it is the kind of JSON that is wrong, and not the value.
bool is_wrong_kind(const Error&);
Mistake wrong_id(std::string_view noun);
Mistake check_range(const Json& number, const Note&);
/// `unit` is of one, as in "character".
Mistake check_length(std::size_t length, std::string_view unit, const Note&);
/// Refuses blanks only, control characters, and the marks that change the direction of text.
Mistake check_name(std::string_view utf8);
/// Characters, not bytes.
std::size_t count_characters(std::string_view utf8);
Mistake below(std::string_view name, Mistake);

template <Spelling S, class T>
Mistake read_into(T& out, const Json& from, const Note& note = {});

template <class T, Spelling S = log_spelling>
Result<T> read(const Json& from) {
    T value{};
    if (auto mistake = read_into<S>(value, from)) return std::unexpected(std::move(*mistake));
    return value;
}

/// What a short text needs while it is read lies on the stack.
class TextMemory {
public:
    operator boost::json::storage_ptr() { return &resource_; }

private:
    unsigned char room_[2'048];
    boost::json::monotonic_resource resource_{room_};
};

template <class T, Spelling S = log_spelling>
Result<T> read_text(std::string_view text) {
    TextMemory memory;
    const auto parsed = parse_json(text, memory);
    if (!parsed) return std::unexpected(parsed.error());
    return read<T, S>(*parsed);
}

template <std::integral T>
Mistake read_integer(T& out, const Json& from, const Note& note) {
    if (!from.is_number()) return wrong_kind("a whole number", from);
    boost::json::error_code failure;
    const auto value = from.to_number<T>(failure);
    const bool whole = !from.is_double() || from.get_double() == std::floor(from.get_double());
    if (!whole) return Error{Code::invalid, "must be a whole number", ""};
    if (auto mistake = check_range(from, note)) return mistake;
    if (failure) return Error{Code::invalid, "out of range", ""};
    out = value;
    return std::nullopt;
}

/// One field of a struct, for what reads all structs alike.
struct FieldReader {
    std::string_view name;
    Note note;
    bool may_be_null = false;
    bool may_be_missing = false;
    Mistake (*read)(void* object, const Json&, const Note&);
};
/// Of an object of the type whose fields they are.
Mistake read_fields(void* object, const Json& from, std::span<const FieldReader>, Missing);
/// The first mistake of each field.
std::vector<Error> mistakes_in_fields(void* object, const Json& from, std::span<const FieldReader>, Missing);

template <Spelling S, class T, class Member>
constexpr FieldReader field_reader() {
    using Field = std::remove_cvref_t<decltype(std::declval<T>().*Member::pointer)>;
    constexpr bool optional = is_optional<Field> || is_omittable<Field>;
    constexpr auto note = note_on<T>(Member::name);
    return {field_name<S, Member>(), note, optional || std::same_as<Field, Json>, optional || note.has_default,
            [](void* object, const Json& from, const Note& on) {
                return read_into<S>(static_cast<T*>(object)->*Member::pointer, from, on);
            }};
}

/// A table per struct and one loop for all of them: a body per struct would be most of what the compiler has to do.
template <Spelling S, DescribedStruct T>
inline constexpr auto field_readers = []<class... Member>(boost::mp11::mp_list<Member...>) {
    return std::array<FieldReader, sizeof...(Member)>{field_reader<S, T, Member>()...};
}(boost::mp11::mp_rename<Members<T>, boost::mp11::mp_list>{});

template <Spelling S, DescribedStruct T>
Mistake read_struct(T& out, const Json& from) {
    return read_fields(&out, from, field_readers<S, T>, S.missing);
}

/// Once `read` refused: the first mistake of every field, in their order.
template <DescribedStruct T, Spelling S = log_spelling>
std::vector<Error> all_mistakes(const Json& from) {
    T value{};
    return mistakes_in_fields(&value, from, field_readers<S, T>, S.missing);
}

template <Spelling S, class T>
Mistake read_into(T& out, const Json& from, const Note& note) {
    if constexpr (std::same_as<T, bool>) {
        if (!from.is_bool()) return wrong_kind("true or false", from);
        out = from.get_bool();
    } else if constexpr (std::integral<T>) {
        return read_integer(out, from, note);
    } else if constexpr (std::floating_point<T>) {
        if (!from.is_number()) return wrong_kind("a number", from);
        out = static_cast<T>(from.to_number<double>());
        return check_range(from, note);
    } else if constexpr (std::same_as<T, std::string>) {
        if (!from.is_string()) return wrong_kind("a text", from);
        out = from.get_string();
        if (auto mistake = check_length(count_characters(out), "character", note)) return mistake;
        return note.is_name ? check_name(out) : std::nullopt;
    } else if constexpr (is_id<T>) {
        if (!from.is_string()) return wrong_kind("an id", from);
        const auto id = T::parse(from.get_string());
        if (!id) return wrong_id(T::tag::noun);
        out = *id;
    } else if constexpr (std::same_as<T, Instant>) {
        constexpr std::string_view wanted = "an instant in RFC 3339, as in 2024-01-15T14:00:00Z";
        if (!from.is_string()) return wrong_kind(wanted, from);
        const auto at = parse_rfc3339(from.get_string());
        if (!at) return Error{Code::invalid, fmt::format("must be {}", wanted), ""};
        out = *at;
    } else if constexpr (std::same_as<T, Money>) {
        return read_integer(out.units, from, note);
    } else if constexpr (std::same_as<T, Json>) {
        out = from;
    } else if constexpr (DescribedEnum<T>) {
        if (!from.is_string()) return wrong_kind(either(words_of<S, T>()), from);
        const auto value = enum_of<S, T>(from.get_string());
        if (!value) return Error{Code::invalid, "must be " + either(words_of<S, T>()), ""};
        out = *value;
    } else if constexpr (is_optional<T> || is_omittable<T>) {
        // An `Omittable<std::optional<…>>` tells null from what is not given.
        constexpr bool tells_null = is_omittable<T> && is_optional<typename T::value_type>;
        if (!tells_null && from.is_null()) return out.reset(), std::nullopt;
        return read_into<S>(out.emplace(), from, note);
    } else if constexpr (is_list<T>) {
        const auto* items = from.if_array();
        if (!items) return wrong_kind("a list", from);
        if (auto mistake = check_length(items->size(), "item", note)) return mistake;
        out.clear();
        out.reserve(items->size());
        for (const auto& item : *items) {
            typename T::value_type value{};
            if (auto mistake = read_into<S>(value, item)) return below(std::to_string(out.size()), std::move(mistake));
            out.push_back(std::move(value));
        }
    } else if constexpr (is_map<T>) {
        const auto* members = from.if_object();
        if (!members) return wrong_kind("an object", from);
        for (const auto& member : *members)
            if (auto mistake = read_into<S>(out[std::string(member.key())], member.value()))
                return below(member.key(), std::move(mistake));
    } else {
        static_assert(DescribedStruct<T>, "describe the struct with BOOST_DESCRIBE_STRUCT");
        return read_struct<S>(out, from);
    }
    return std::nullopt;
}

}  // namespace agon::codec
