#include "faces/openapi.hpp"

namespace agon {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// `get /api/tournaments/{tournament_id}/bracket` → `get_tournaments_tournament_id_bracket`
std::string operation_id(const Endpoint& e) {
    auto id = lower(to_text(e.method));
    auto path = e.path;
    path.remove_prefix(std::min(path.find('/', 1), path.size()));
    for (const char c : path)
        if (c == '/')
            id += '_';
        else if (c != '{' && c != '}')
            id += c == '-' ? '_' : c;
    return id;
}

JsonArray path_parameters(const Endpoint& e) {
    JsonArray parameters;
    std::size_t at = 0;
    for (const auto prefix : e.id_prefixes) {
        const auto open = e.path.find('{', at);
        const auto close = e.path.find('}', open);
        at = close;
        const auto name = e.path.substr(open + 1, close - open - 1);
        parameters.push_back(
            {{"name", name},
             {"in", "path"},
             {"required", true},
             {"description", prefix.empty() ? std::string("As it is listed.")
                                            : "A TypeID with the prefix `" + std::string(prefix) + "_`, or a UUID."},
             {"schema", {{"type", "string"}}}});
    }
    return parameters;
}

void add_query_parameters(JsonArray& parameters, const Endpoint& e) {
    if (!e.query) return;
    codec::Schemas scratch;
    const auto reference = e.query(scratch);
    const auto& schema = scratch.components.begin()->value();
    for (const auto& property : schema.at("properties").as_object()) {
        auto value = property.value();
        Json description = nullptr;
        if (auto* text = value.as_object().if_contains("description")) description = *text;
        value.as_object().erase("description");
        JsonObject parameter{{"name", property.key()}, {"in", "query"}, {"required", false}, {"schema", value}};
        if (!description.is_null()) parameter["description"] = description;
        parameters.push_back(std::move(parameter));
    }
}

JsonObject json_content(Json schema) { return {{"application/json", {{"schema", std::move(schema)}}}}; }

std::string_view rights_sentence(Needs needs) {
    switch (needs) {
        case Needs::nobody: return "";
        case Needs::user: return "On a closed arena: a signed-in user.";
        case Needs::organiser: return "On a closed arena: the user who created the tournament, or an admin.";
        case Needs::bot_owner: return "On a closed arena: the bot by its key, the user who registered it, or an admin.";
        case Needs::player: return "A signed-in user, or an API key.";
        case Needs::person: return "A signed-in user; not an API key.";
        case Needs::host: return "A host or an admin.";
        case Needs::admin: return "An admin.";
        case Needs::tournament_host: return "The host who created the tournament, or an admin.";
    }
    return "";
}

/// Needed everywhere, also on an open arena.
bool is_always_needed(Needs needs) {
    return needs == Needs::player || needs == Needs::person || needs == Needs::host || needs == Needs::admin ||
           needs == Needs::tournament_host;
}

JsonObject responses(const Endpoint& e, const Face& face, codec::Schemas& all) {
    JsonObject success{{"description", "Success"}};
    if (e.reply) success["content"] = json_content(e.reply(all));
    if (e.content_type == event_stream_type)
        success["content"] = {{e.content_type, {{"schema", {{"type", "string"}}}}}};
    JsonObject result;
    result[std::to_string(e.success)] = std::move(success);
    const auto reference = [](std::string_view schema) {
        return json_content({{"$ref", "#/components/schemas/" + std::string(schema)}});
    };
    const auto refusal = [&](const char* status, const char* why) {
        result[status] = {{"description", why}, {"content", reference(face.refusal_schema)}};
    };
    const bool in_detail = face.mistake_status == 422;
    if (e.query || e.body || e.method != Method::get)
        refusal("400", in_detail ? "A rule or a parameter is broken; `detail` says which."
                                 : "The input or a rule is broken; `message` says which, as a list for fields.");
    if (e.needs != Needs::nobody) {
        refusal("401", "Credentials are missing or not valid.");
        refusal("403", "These credentials do not allow it.");
    }
    if (!e.id_prefixes.empty() || e.body) refusal("404", "There is no such thing.");
    if (e.body && in_detail)
        result["422"] = {{"description", "The body is not JSON or breaks the schema."},
                         {"content", reference(face.mistake_schema)}};
    return result;
}

Json operation(const Router::Route& route, codec::Schemas& all) {
    const auto& e = route.endpoint;
    all.prefix = route.face->schema_prefix;
    JsonObject op{
        {"operationId", operation_id(e)}, {"summary", e.summary}, {"tags", JsonArray{Json(route.face->title)}}};
    if (const auto rights = rights_sentence(e.needs); !rights.empty()) {
        op["description"] = rights;
        JsonArray ways{JsonObject{{"bearer", JsonArray{}}}};
        if (!is_always_needed(e.needs)) ways.insert(ways.begin(), JsonObject{});
        op["security"] = std::move(ways);
    }
    auto parameters = path_parameters(e);
    add_query_parameters(parameters, e);
    if (!parameters.empty()) op["parameters"] = std::move(parameters);
    if (e.body) op["requestBody"] = {{"required", true}, {"content", json_content(e.body(all))}};
    op["responses"] = responses(e, *route.face, all);
    return op;
}

void add_error_schemas(JsonObject& components) {
    components["Refusal"] = {
        {"type", "object"}, {"properties", {{"detail", {{"type", "string"}}}}}, {"required", JsonArray{"detail"}}};
    const Json step{{"type", JsonArray{"string", "integer"}}};
    const Json mistake{{"type", "object"},
                       {"properties",
                        {{"loc", {{"type", "array"}, {"items", step}}},
                         {"msg", {{"type", "string"}}},
                         {"type", {{"type", "string"}}}}},
                       {"required", JsonArray{"loc", "msg", "type"}}};
    components["Mistakes"] = {{"type", "object"},
                              {"properties", {{"detail", {{"type", "array"}, {"items", mistake}}}}},
                              {"required", JsonArray{"detail"}}};
    const Json sentences{{"type", "array"}, {"items", {{"type", "string"}}}};
    components["PlayerError"] = {{"type", "object"},
                                 {"properties",
                                  {{"statusCode", {{"type", "integer"}}},
                                   {"message", {{"oneOf", JsonArray{Json{{"type", "string"}}, sentences}}}},
                                   {"error", {{"type", "string"}}}}},
                                 {"required", JsonArray{"statusCode", "message", "error"}}};
}

}  // namespace

Json openapi(std::span<const Router::Route> routes, std::string_view version) {
    codec::Schemas all;
    add_error_schemas(all.components);
    JsonObject paths;
    for (const auto& route : routes) {
        auto& item = paths[route.endpoint.path];
        if (!item.is_object()) item = JsonObject{};
        item.as_object()[lower(to_text(route.endpoint.method))] = operation(route, all);
    }
    return {
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "Agon"},
          {"version", version},
          {"description", "Tournaments and matchmaking, from registration to champion."},
          {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
        {"paths", std::move(paths)},
        {"components",
         {{"schemas", std::move(all.components)},
          {"securitySchemes",
           {{"bearer",
             {{"type", "http"},
              {"scheme", "bearer"},
              {"description",
               "A user's access token (from signing in, or `agon token`), a user's API key, or a bot's key."}}}}}}}};
}

}  // namespace agon
