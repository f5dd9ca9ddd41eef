#include "faces/endpoint.hpp"

#include <charconv>

namespace agon {

namespace {

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%') {
            unsigned value = 0;
            if (i + 2 >= text.size()) return std::nullopt;
            const auto* first = text.data() + i + 1;
            if (std::from_chars(first, first + 2, value, 16).ptr != first + 2) return std::nullopt;
            out += static_cast<char>(value);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

Failure bad_query(std::string message, std::string_view name = {}) {
    return {Error{Code::invalid, std::move(message), name.empty() ? "" : "/" + std::string(name)}, Where::query};
}

/// `application/json` and `application/…+json`, in any case, whatever parameters follow (RFC 9110, 8.3.1).
bool is_json(std::string_view content_type) {
    std::string type(content_type.substr(0, content_type.find(';')));
    while (type.ends_with(' ') || type.ends_with('\t')) type.pop_back();
    for (auto& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

/// A number, or true or false, where the schema wants one of them, if it is one; else the text, which the schema then
/// refuses.
Json query_value(const std::string& text, bool is_literal) {
    std::int64_t whole = 0;
    if (!is_literal) return Json(text);
    if (text == "true" || text == "false") return Json(text == "true");
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, whole);
    if (read.ptr != end || text.empty()) return Json(text);
    if (read.ec == std::errc{}) return whole;
    return parse_json(text).value_or(Json(text));  // beyond 64 bits
}

}  // namespace

std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> members;
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto member = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (member.empty()) continue;
        const auto equals = std::min(member.find('='), member.size());
        auto name = percent_decode(member.substr(0, equals));
        auto value = percent_decode(member.substr(std::min(equals + 1, member.size())));
        if (!name || !value) return std::nullopt;
        members.emplace_back(std::move(*name), std::move(*value));
    }
    return members;
}

std::expected<Json, Failure> parse_body(const Request& request, boost::json::storage_ptr memory) {
    const auto type = request.header("content-type");
    if (type && !request.body.empty() && !is_json(*type))
        return std::unexpected(Failure{Error{Code::invalid, "unsupported media type", ""}, Where::body});
    if (request.body.empty()) return JsonObject{};
    auto json = parse_json(request.body, std::move(memory));
    if (!json) return std::unexpected(Failure{std::move(json.error()), Where::body});
    return std::move(*json);
}

std::expected<Json, Failure> typed_query(std::string_view query,
                                         const std::vector<std::pair<std::string_view, bool>>& names) {
    const auto members = parse_query(query);
    if (!members) return std::unexpected(bad_query("the query string has a broken % escape"));
    JsonObject object;
    for (const auto& [name, value] : *members) {
        const auto known = std::ranges::find(names, name, &std::pair<std::string_view, bool>::first);
        if (known == names.end()) {
            std::vector<std::string_view> allowed;
            for (const auto& n : names) allowed.push_back(n.first);
            return std::unexpected(bad_query("unknown parameter; known are " + codec::either(allowed), name));
        }
        if (object.contains(name)) return std::unexpected(bad_query("given twice", name));
        object[name] = query_value(value, known->second);
    }
    return object;
}

Failure not_found(std::string_view noun) {
    return {Error{Code::not_found, "no such " + std::string(noun), ""}, Where::path};
}

Task<void> reach(SavedFollower& follower) {
    try {
        co_await follower.reach();
    } catch (const StoreBroken& broken) {
        if (!broken.is_storage_full()) throw;
    }
}

Task<void> reach_ratings(const Services& services) {
    if (services.ratings) co_await reach(*services.ratings);
}

}  // namespace agon
