/// Described struct → JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it).
#pragma once

#include "base/codec/describe.hpp"
#include "base/codec/write.hpp"

namespace agon::codec {

/// The schemas of a document's structs by name, each written once and pointed at by `$ref`.
struct Schemas {
    JsonObject components;
    /// Stands before a struct's name.
    std::string prefix = {};
};

template <Spelling S, class T>
Json schema(Schemas& all);

template <Spelling S, DescribedStruct T>
Json struct_schema(Schemas& all) {
    JsonObject properties;
    JsonArray required;
    const T defaults{};
    for_each_member<T>([&](auto member) {
        using Field = std::remove_cvref_t<decltype(defaults.*member.pointer)>;
        constexpr auto note = note_on<T>(decltype(member)::name);
        auto field = schema<S, Field>(all);
        if (auto* object = field.if_object(); object) {
            const bool text = Text<Field> || is_optional<Field>;
            const char* min = is_list<Field> ? "minItems" : text && !Number<Field> ? "minLength" : "minimum";
            const char* max = is_list<Field> ? "maxItems" : text && !Number<Field> ? "maxLength" : "maximum";
            if constexpr (is_optional<Field> || is_omittable<Field>)
                if constexpr (Number<typename Field::value_type>) min = "minimum", max = "maximum";
            const auto bound = [](double x) {
                return x == std::floor(x) ? Json(static_cast<std::int64_t>(x)) : Json(x);
            };
            if (note.min != -unbounded) (*object)[min] = bound(note.min);
            if (note.max != unbounded) (*object)[max] = bound(note.max);
            if (!note.doc.empty()) (*object)["description"] = note.doc;
            if (note.has_default) (*object)["default"] = *parse_json(to_json<S>(defaults.*member.pointer));
        }
        if (!is_omittable<Field> && !is_optional<Field> && !note.has_default)
            required.push_back(Json(field_name<S, decltype(member)>()));
        properties[field_name<S, decltype(member)>()] = std::move(field);
    });
    JsonObject result{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) result["required"] = std::move(required);
    return result;
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
    } else if constexpr (is_map<T>) {
        return {{"type", "object"}, {"additionalProperties", schema<S, typename T::mapped_type>(all)}};
    } else {
        const auto name = all.prefix + std::string(type_name<T>());
        if (!all.components.contains(name)) {
            all.components[name] = nullptr;  // a struct that contains itself finds its name taken
            auto made = struct_schema<S, T>(all);
            all.components[name] = std::move(made);
        }
        return {{"$ref", "#/components/schemas/" + name}};
    }
}

}  // namespace agon::codec
