#include "faces/openapi.hpp"

namespace agon {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// What operations share.
struct Document {
    codec::Schemas schemas;
    JsonObject responses;
};

bool takes_key(const Endpoint& e, const Face& face) {
    return face.takes_keys && e.method == Method::post && e.needs != Needs::nobody;
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

/// A status that an operation may refuse with. Why stands in the document once for each face.
struct Refused {
    int status = 0;
    std::string_view why;
    /// Of the body.
    std::string_view schema;
};

/// All but what a broken server, a broken head or an unknown method is answered with.
std::vector<Refused> refusals(const Endpoint& e, const Face& face) {
    const bool in_detail = face.mistake_status == 422;
    const bool adds_or_sets = e.method != Method::get && e.method != Method::delete_;
    const bool by_rank = e.needs != Needs::nobody && e.needs != Needs::user && e.needs != Needs::player;
    const auto rate = e.rate == Rate::by_face ? face.rate : e.rate;
    std::vector<Refused> all;
    const auto may = [&](bool it_does, int status, std::string_view why, std::string_view schema = {}) {
        const auto is_in = [status](const std::vector<int>& statuses) {
            return std::ranges::find(statuses, status) != statuses.end();
        };
        if ((it_does || is_in(e.also_refuses)) && !is_in(e.never_refuses))
            all.push_back({status, why, schema.empty() ? face.refusal_schema : schema});
    };
    may(e.query || adds_or_sets || !e.id_prefixes.empty(), 400,
        in_detail ? "A rule or a parameter is broken; `detail` says which."
                  : "The input or a rule is broken; `message` says which, as a list for fields.");
    may(true, 401, "Credentials are missing where they are needed, or not valid.");
    may(by_rank, 403, "These credentials do not allow it.");
    may(!e.id_prefixes.empty(), 404, "There is no such thing.");
    may(true, 406, "`Accept` names none of the media types that are served here.");
    may(false, 409, "Not now, or not twice.");
    may(e.body, 413, "The body is too large.");
    may(true, 414, "The path and query are too long.");
    may(e.body, 415, "The body is not JSON by its `Content-Type`.");
    may(e.body && in_detail, 422, "The body is not JSON or breaks the schema.", face.mistake_schema);
    may(takes_key(e, face), 422, "The `Idempotency-Key` was used for another request.");
    may(policy_of(rate), 429, "Too many requests; `Retry-After` says when to come back.");
    return all;
}

/// `404` of the Player API → `PlayerNotFound`
std::string refusal_name(const Face& face, int status) {
    std::string name(face.schema_prefix);
    for (const char c : status_text(status))
        if (c != ' ') name += c;
    return name;
}

JsonObject success(const Endpoint& e, codec::Schemas& all) {
    JsonObject content;
    if (e.success != 204)
        for (const auto type : e.content_types)
            content[type] = {{"schema", type != "application/json" ? Json{{"type", "string"}}
                                        : e.reply                  ? e.reply(all)
                                                                   : Json{{"type", "object"}}}};
    JsonObject result{{"description", "Success"}};
    if (!content.empty()) result["content"] = std::move(content);
    return result;
}

JsonObject responses(const Endpoint& e, const Face& face, Document& document) {
    JsonObject result;
    result[std::to_string(e.success)] = success(e, document.schemas);
    if (e.has_etag && e.method == Method::get)
        result["304"] = {{"description", "`If-None-Match` names the `ETag` of the answer."}};
    for (const auto& [status, why, schema] : refusals(e, face)) {
        const auto name = refusal_name(face, status);
        result[std::to_string(status)] = {{"$ref", "#/components/responses/" + name}};
        document.responses[name] = {
            {"description", why}, {"content", json_content({{"$ref", "#/components/schemas/" + std::string(schema)}})}};
    }
    return result;
}

Json operation(const Router::Route& route, Document& document) {
    const auto& e = route.endpoint;
    auto& all = document.schemas;
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
    if (takes_key(e, *route.face)) parameters.push_back({{"$ref", "#/components/parameters/IdempotencyKey"}});
    if (!parameters.empty()) op["parameters"] = std::move(parameters);
    if (e.body) op["requestBody"] = {{"required", true}, {"content", json_content(e.body(all))}};
    op["responses"] = responses(e, *route.face, document);
    return op;
}

void add_error_schemas(JsonObject& components) {
    components["Refusal"] = {
        {"type", "object"}, {"properties", {{"detail", {{"type", "string"}}}}}, {"required", JsonArray{"detail"}}};
    const Json step{{"oneOf", JsonArray{Json{{"type", "string"}}, Json{{"type", "integer"}}}}};
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

Json idempotency_key_parameter() {
    return {
        {"name", idempotency_key_header},
        {"in", "header"},
        {"required", false},
        {"description", "Made up by the client: whoever sends the same request with it again gets the first answer."},
        {"schema", {{"type", "string"}, {"minLength", 1}, {"maxLength", 255}}}};
}

}  // namespace

Json openapi(std::span<const Router::Route> routes, std::string_view version) {
    Document document;
    add_error_schemas(document.schemas.components);
    JsonObject paths;
    for (const auto& route : routes) {
        auto& item = paths[route.endpoint.path];
        if (!item.is_object()) item = JsonObject{};
        item.as_object()[lower(to_text(route.endpoint.method))] = operation(route, document);
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
         {{"schemas", std::move(document.schemas.components)},
          {"responses", std::move(document.responses)},
          {"parameters", {{"IdempotencyKey", idempotency_key_parameter()}}},
          {"securitySchemes",
           {{"bearer",
             {{"type", "http"},
              {"scheme", "bearer"},
              {"description",
               "A user's access token (from signing in, or `agon token`), a user's API key, or a bot's key."}}}}}}}};
}

}  // namespace agon
