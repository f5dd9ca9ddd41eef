#include "faces/router.hpp"

#include <fmt/ranges.h>

#include <algorithm>

namespace agon {

namespace {

/// Splits `/api/tournaments/x` into its segments; false where there are too many.
bool split(std::string_view path, std::array<std::string_view, 12>& segments, std::size_t& count) {
    count = 0;
    if (path.starts_with('/')) path.remove_prefix(1);
    while (!path.empty()) {
        if (count == segments.size()) return false;
        const auto end = std::min(path.find('/'), path.size());
        segments[count++] = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return true;
}

bool same_method(Method asked, Method offered) {
    return asked == offered || (asked == Method::head && offered == Method::get);
}

/// RFC 9110, 13.1.2: `*`, or one of a list of entity tags, weak or strong.
bool matches_etag(std::string_view header, std::string_view etag) {
    return header == "*" || header.find(etag) != header.npos;
}

/// Whether an `Accept` header lets the type through (RFC 9110, 12.5.1; preferences among what it lists do not matter here).
bool takes(std::string_view accept, std::string_view type) {
    const auto group = std::string(type.substr(0, type.find('/') + 1)) + "*";
    for (const std::string_view range : {std::string_view("*/*"), std::string_view(group), type})
        if (accept.find(range) != accept.npos) return true;
    return accept.empty() || (type.ends_with("json") && accept.find("+json") != accept.npos);
}

template <class Types>
bool takes_any(const Request& request, const Types& served) {
    const auto accept = request.header("accept");
    return !accept || std::ranges::any_of(served, [&](auto type) { return takes(*accept, type); });
}

/// Not less than it is.
std::int64_t whole_seconds(std::chrono::nanoseconds d) { return std::chrono::ceil<std::chrono::seconds>(d).count(); }

/// draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it.
void add_limits(Response& response, Rate rate, const Metered& metered) {
    const auto& policy = *policy_of(rate);
    std::string left;
    left.append(1, '"').append(policy.name).append("\";r=").append(std::to_string(metered.remaining));
    left.append(";t=").append(std::to_string(whole_seconds(metered.full_after)));
    response.headers.emplace_back("RateLimit-Policy", policy.header);
    response.headers.emplace_back("RateLimit", std::move(left));
}

Response too_many(const Face& face, const Metered& metered) {
    auto response = face.render_refusal(429, "Too many requests");
    response.headers.emplace_back("Retry-After", std::to_string(whole_seconds(metered.retry_after)));
    return response;
}

Response refuse_again(const Face& face, Idempotency::Refusal why) {
    if (why == Idempotency::Refusal::other_request)
        return face.render_refusal(422, "The Idempotency-Key was used for another request");
    auto response = face.render_refusal(409, "The first request with this Idempotency-Key has no answer yet");
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

bool is_for_admins(Needs needs) {
    return needs == Needs::admin || needs == Needs::host || needs == Needs::tournament_host;
}

}  // namespace

void Router::add(const Face& face, std::vector<Endpoint> endpoints) {
    faces_.push_back(&face);
    for (auto& endpoint : endpoints) {
        Route route{&face, std::move(endpoint), {}};
        std::array<std::string_view, 12> segments;
        std::size_t count = 0;
        CHECK_THAT(split(route.endpoint.path, segments, count));
        for (std::size_t i = 0; i < count; ++i)
            route.segments.push_back(segments[i].starts_with('{') ? std::string_view{} : segments[i]);
        by_length_[count].push_back(routes_.size());
        routes_.push_back(std::move(route));
    }
    // Of `/matches/{id}` and `/{id}/{id}` the first is meant where both fit.
    const auto parameters = [&](std::size_t i) { return std::ranges::count(routes_[i].segments, std::string_view{}); };
    for (auto& routes : by_length_) std::ranges::stable_sort(routes, {}, parameters);
}

Router::Found Router::find(Method method, std::string_view path) const {
    std::array<std::string_view, 12> segments;
    std::size_t count = 0;
    Found found;
    if (!split(path, segments, count) || count == by_length_.size()) return found;
    for (const auto index : by_length_[count]) {
        const auto& route = routes_[index];
        std::size_t values = 0;
        bool same = true;
        for (std::size_t i = 0; i < count && same; ++i) {
            if (route.segments[i].empty())
                found.values[values++] = segments[i];
            else
                same = route.segments[i] == segments[i];
        }
        if (!same) continue;
        if (same_method(method, route.endpoint.method)) {
            found.route = &route;
            found.count = values;
            return found;
        }
        if (!found.allowed.empty()) found.allowed += ", ";
        found.allowed += to_text(route.endpoint.method);
        if (route.endpoint.method == Method::get) found.allowed += ", HEAD";
    }
    return found;
}

const Face* Router::face_of(std::string_view path) const {
    const Face* best = nullptr;
    for (const auto* face : faces_)
        if (path.starts_with(face->prefix) && (!best || face->prefix.size() > best->prefix.size())) best = face;
    return best ? best : faces_.empty() ? nullptr : faces_.front();
}

Response Router::refuse(int status, std::string_view sentence, std::string_view path) {
    const auto* face = face_of(path);
    if (!face) return {.status = status, .content_type = "text/plain; charset=utf-8", .body = std::string(sentence)};
    return face->render_refusal(status, sentence);
}

bool Router::is_page(std::string_view path) const {
    return std::ranges::find(fixed_, path, &FixedPage::path) != fixed_.end() ||
           std::ranges::find(live_, path, &LivePage::path) != live_.end();
}

std::optional<Response> Router::page(const Request& request) const {
    if (request.method != Method::get && request.method != Method::head) return std::nullopt;
    for (const auto& fixed : fixed_)
        if (fixed.path == request.path) {
            auto response = answer_rendered(request, fixed.content, 200);
            response.headers = fixed.headers;
            response.route = fixed.path;
            return response;
        }
    for (const auto& live : live_)
        if (live.path == request.path) {
            auto [status, body] = live.make();
            return Response{.status = status,
                            .content_type = live.content_type,
                            .body = std::move(body),
                            .shared = {},
                            .headers = {{"Cache-Control", "no-store"}},
                            .route = live.path};
        }
    return std::nullopt;
}

Task<Response> Router::handle(Request request) {
    auto found = find(request.method, request.path);
    if (found.route) co_return co_await run(request, std::move(found));
    if (auto fixed = page(request)) co_return std::move(*fixed);
    if (found.allowed.empty() && is_page(request.path)) found.allowed = "GET, HEAD";
    co_return refuse_unknown(request, found.allowed);
}

/// Counted as everything is that its face answers: who looks for routes must not find them faster.
Response Router::refuse_unknown(const Request& request, const std::string& allowed) {
    auto rate = Rate::none;
    const auto* face = face_of(request.path);
    const auto metered = face && face->rate != Rate::none ? count_address(request, rate) : std::nullopt;
    Response response;
    if (metered && !metered->allowed) {
        response = too_many(*face, *metered);
    } else if (allowed.empty() && std::ranges::find(sockets_, request.path) != sockets_.end()) {
        response = refuse(426, "This is a WebSocket: ask for an upgrade", request.path);
        response.headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
    } else if (allowed.empty()) {
        response = refuse(404, "Not Found", request.path);
    } else {
        response = refuse(405, "Method Not Allowed", request.path);
        response.headers.emplace_back("Allow", allowed);
    }
    if (metered) add_limits(response, rate, *metered);
    return response;
}

Task<Response> Router::run(Request request, Found found) {
    const auto& route = *found.route;
    const auto& face = *route.face;
    const auto of_route = [&](Response response) {
        response.route = route.endpoint.path;
        return response;
    };
    auto actor = services_.access.identify(request.header("authorization"));
    if (actor && actor->newcomer) actor = co_await services_.access.welcome(std::move(*actor));
    auto rate = Rate::none;
    const auto metered = count(route, request, actor ? &*actor : nullptr, rate);
    Response response;
    if (metered && !metered->allowed) {
        response = too_many(face, *metered);
    } else if (const auto& served = route.endpoint.content_types; !takes_any(request, served)) {
        response = face.render_refusal(406, fmt::format("Only {} is served here", fmt::join(served, ", ")));
    } else if (!actor) {
        response = face.render_failure({std::move(actor.error())});
    } else {
        Context context{services_, request, std::move(*actor)};
        response = co_await answer_once(context, found);
    }
    if (metered) add_limits(response, rate, *metered);
    co_return of_route(std::move(response));
}

/// By its class for a user, by its address for anybody else. Nothing where nobody counts.
std::optional<Metered> Router::count(const Route& route, const Request& request, const Actor* actor, Rate& rate) {
    rate = route.endpoint.rate;
    if (rate == Rate::by_face)
        rate = route.face->rate != Rate::none && is_for_admins(route.endpoint.needs) ? Rate::admin : route.face->rate;
    if (!services_.limits || rate == Rate::none) return std::nullopt;
    if (actor && actor->user) return services_.limits->take(rate, actor->user->user_id.text());
    return count_address(request, rate);
}

std::optional<Metered> Router::count_address(const Request& request, Rate& rate) {
    if (!services_.limits) return std::nullopt;
    rate = request.remote_is_loopback ? Rate::anonymous_here : Rate::anonymous;
    return services_.limits->take(rate, address_key(request.remote));
}

Task<Response> Router::answer(Context& context, const Found& found) {
    const auto& face = *found.route->face;
    auto result = co_await found.route->endpoint.run(context, std::span(found.values).first(found.count));
    auto response = result ? std::move(*result) : face.render_failure(result.error());
    for (auto& header : context.headers) response.headers.push_back(std::move(header));
    if (response.shared) response = answer_rendered(context.request, std::move(response.shared), response.status);
    co_return response;
}

Task<Response> Router::answer_once(Context& context, const Found& found) {
    const auto& request = context.request;
    const auto key = request.header(idempotency_key_header);
    const bool keyed = key && found.route->face->takes_keys && request.method == Method::post && context.actor.user;
    if (!keyed || !services_.idempotency) return answer(context, found);
    return answer_keyed(context, found, *key);
}

Task<Response> Router::answer_keyed(Context& context, const Found& found, std::string_view key) {
    const auto& request = context.request;
    const auto& face = *found.route->face;
    if (!is_idempotency_key(key))
        co_return face.render_failure(
            {Error{Code::invalid, "the Idempotency-Key must be 1 to 255 visible characters of ASCII", ""}});
    auto opened = services_.idempotency->open({.principal = context.user().user_id.text(),
                                               .method = to_text(request.method),
                                               .route = found.route->endpoint.path,
                                               .key = key,
                                               .path = request.path,
                                               .body = request.body});
    if (opened.refusal) co_return refuse_again(face, *opened.refusal);
    if (opened.answer)
        co_return Response{.status = opened.answer->status,
                           .body = std::move(opened.answer->body),
                           .headers = {{std::string(replayed_header), "true"}}};
    context.claim = opened.claim.get();
    auto response = co_await answer(context, found);
    // Input that was refused did nothing: it may be put right under the same key.
    if (context.began && !opened.claim->is_kept()) co_await opened.claim->keep({response.status, response.body});
    co_return response;
}

Response answer_rendered(const Request& request, RenderedPtr rendered, int status) {
    const auto known = request.header("if-none-match");
    if (known && !rendered->etag.empty() && matches_etag(*known, rendered->etag))
        return {.status = 304, .headers = {{"ETag", rendered->etag}}};
    Response response{.status = status};
    response.content_type = rendered->content_type;
    response.shared = std::move(rendered);
    return response;
}

}  // namespace agon
