/// Described struct → JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it).
#pragma once

#include <array>
#include <span>
#include <type_traits>

#include "base/codec/describe.hpp"
#include "base/codec/write.hpp"

namespace agon::codec {

/// The schemas of a document's structs by name, each written once and pointed at by `$ref`.
struct Schemas {
    JsonObject components;
    /// Stands before a struct's name.
    std::string prefix = {};
    /// Which type stands behind a name.
    std::map<std::string, const void*> types = {};

    /// True the first time. Throws std::logic_error where another type has that name: its schema would be this one's.
    bool take(const std::string& name, const void* type);
};

/// Of an answer that is one of several, `std::variant`, there is only this: it is written as the one that it is.
template <Spelling S, class T>
Json schema(Schemas& all);

/// What a field's note bounds: a number, the length of a text, or that of a list.
enum class Bounded { number, text, list };

template <class Field>
constexpr Bounded bounded() {
    if constexpr (is_optional<Field> || is_omittable<Field>)
        return bounded<typename Field::value_type>();
    else
        return is_list<Field> ? Bounded::list : Text<Field> ? Bounded::text : Bounded::number;
}

/// One field of a struct, for what describes all structs alike.
struct FieldSchema {
    std::string_view name;
    Note note;
    Bounded bounded = Bounded::number;
    bool required = true;
    Json (*schema)(Schemas&);
    /// As JSON; null where there is no default.
    std::string (*default_value)();
};
Json fields_schema(Schemas&, std::span<const FieldSchema>);

template <Spelling S, class T, class Member>
constexpr FieldSchema field_schema() {
    using Field = std::remove_cvref_t<decltype(std::declval<T>().*Member::pointer)>;
    constexpr auto note = note_on<T>(Member::name);
    FieldSchema made{field_name<S, Member>(), note,
                     bounded<Field>(),        !is_omittable<Field> && !is_optional<Field> && !note.has_default,
                     schema<S, Field>,        nullptr};
    if constexpr (note.has_default) made.default_value = [] { return to_json<S>(T{}.*Member::pointer); };
    return made;
}

template <Spelling S, DescribedStruct T>
Json struct_schema(Schemas& all) {
    static constexpr auto fields = []<class... Member>(boost::mp11::mp_list<Member...>) {
        return std::array<FieldSchema, sizeof...(Member)>{field_schema<S, T, Member>()...};
    }(boost::mp11::mp_rename<Members<T>, boost::mp11::mp_list>{});
    return fields_schema(all, fields);
}

template <Spelling S, class T>
Json schema(Schemas& all) {
    if constexpr (std::same_as<T, bool>) {
        return {{"type", "boolean"}};
    } else if constexpr (std::integral<T> || std::same_as<T, Money>) {
        return {{"type", "integer"}};
    } else if constexpr (std::floating_point<T>) {
        return {{"type", "number"}};
    } else if constexpr (Text<T>) {
        return {{"type", "string"}};
    } else if constexpr (is_id<T>) {
        return {{"type", "string"},
                {"examples", JsonArray{Json(S.ids == Ids::uuid ? to_uuid_text(T{}.uuid) : T{}.text())}}};
    } else if constexpr (std::same_as<T, Instant>) {
        return {{"type", "string"}, {"format", "date-time"}};
    } else if constexpr (std::same_as<T, Json>) {
        return JsonObject{};
    } else if constexpr (DescribedEnum<T>) {
        JsonArray words;
        for (const auto w : words_of<S, T>()) words.push_back(Json(w));
        return {{"type", "string"}, {"enum", std::move(words)}};
    } else if constexpr (is_omittable<T>) {
        return schema<S, typename T::value_type>(all);
    } else if constexpr (is_optional<T>) {
        auto inner = schema<S, typename T::value_type>(all);
        auto& object = inner.as_object();
        if (const auto* type = object.if_contains("type"); type && !object.contains("enum")) {
            object["type"] = JsonArray{*type, "null"};
            return inner;
        }
        return {{"oneOf", JsonArray{inner, JsonObject{{"type", "null"}}}}};
    } else if constexpr (is_list<T>) {
        return {{"type", "array"}, {"items", schema<S, typename T::value_type>(all)}};
    } else if constexpr (is_variant<T>) {
        return [&all]<class... One>(std::type_identity<std::variant<One...>>) -> Json {
            return {{"anyOf", JsonArray{schema<S, One>(all)...}}};
        }(std::type_identity<T>{});
    } else if constexpr (is_map<T>) {
        return {{"type", "object"}, {"additionalProperties", schema<S, typename T::mapped_type>(all)}};
    } else {
        const auto name = all.prefix + std::string(type_name<T>());
        static constexpr char identity = 0;
        if (all.take(name, &identity)) {     // a struct that contains itself finds its name taken
            all.components[name] = nullptr;  // and stands before what it contains
            auto made = struct_schema<S, T>(all);
            all.components[name] = std::move(made);
        }
        return {{"$ref", "#/components/schemas/" + name}};
    }
}

}  // namespace agon::codec
