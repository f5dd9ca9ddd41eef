#include "base/codec/schema.hpp"

#include <cmath>
#include <stdexcept>

namespace agon::codec {

namespace {

/// As `3`, not `3.0`.
Json bound(double x) { return x == std::floor(x) ? Json(static_cast<std::int64_t>(x)) : Json(x); }

void add_note(JsonObject& schema, const FieldSchema& field) {
    static constexpr std::array<std::pair<const char*, const char*>, 3> keywords{
        {{"minimum", "maximum"}, {"minLength", "maxLength"}, {"minItems", "maxItems"}}};
    const auto& [min, max] = keywords[static_cast<std::size_t>(field.bounded)];
    if (field.note.min != -unbounded) schema[min] = bound(field.note.min);
    if (field.note.max != unbounded) schema[max] = bound(field.note.max);
    if (!field.note.doc.empty()) schema["description"] = field.note.doc;
    if (field.default_value) schema["default"] = *parse_json(field.default_value());
}

}  // namespace

bool Schemas::take(const std::string& name, const void* type) {
    const auto [taken, is_new] = types.emplace(name, type);
    if (taken->second != type) throw std::logic_error("two structs of one document are called " + name);
    return is_new;
}

Json fields_schema(Schemas& all, std::span<const FieldSchema> fields) {
    JsonObject properties;
    JsonArray required;
    for (const auto& field : fields) {
        auto made = field.schema(all);
        if (auto* object = made.if_object()) add_note(*object, field);
        if (field.required) required.push_back(Json(field.name));
        properties[field.name] = std::move(made);
    }
    JsonObject result{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) result["required"] = std::move(required);
    return result;
}

}  // namespace agon::codec
