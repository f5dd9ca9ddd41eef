/// An endpoint is one value: method, path, types, who may, what it does. The router, OpenAPI, the documentation page
/// and the table of rights all read it; there is no second list of routes.
///
/// A handler is a function whose parameters say what it needs, in this order:
///
///     Task<Result<Registration>> join(Context&, TournamentId, Body<JoinRequest>);
///
/// ids (and a `Word`) come from the path's `{…}` in order, `Query<T>` from the query string, `Body<T>` from the JSON body. It answers
/// a described struct (rendered in the face's spelling), a `RenderedPtr` (sent as it is), `NoContent`, an `EventStream`, or
/// an `Error`.
#pragma once

#include <functional>

#include "app/access.hpp"
#include "app/accounts.hpp"
#include "app/bot_registry.hpp"
#include "app/idempotency.hpp"
#include "app/rate_limits.hpp"
#include "app/ratings.hpp"
#include "app/setup.hpp"
#include "app/tournaments.hpp"
#include "faces/http.hpp"

namespace agon {

class Flags;
class Live;
class Matchmaking;

/// What handlers work with. Lives as long as the server. What is a pointer is null where it is not served.
struct Services {
    Engine& engine;
    Tournaments& tournaments;
    BotRegistry& bots;
    Access& access;
    Accounts* accounts = nullptr;
    Setup* setup = nullptr;
    /// Null: nobody is limited.
    RateLimits* limits = nullptr;
    Idempotency* idempotency = nullptr;
    Random* random = nullptr;
    Ratings* ratings = nullptr;
    Live* live = nullptr;
    Matchmaking* matchmaking = nullptr;
    Flags* flags = nullptr;
    /// Who played no rated match for so long is shown as inactive; nobody where it is 0.
    Duration inactive_after{0};
};

/// Before a follower's rows are read: what was acknowledged is in them; on a full disk, what could be saved.
Task<void> reach(SavedFollower&);
Task<void> reach_ratings(const Services&);

struct Context {
    Services& services;
    const Request& request;
    Actor actor;
    /// The endpoint's status for what went well.
    int success = 200;
    /// Added to the answer, whatever it is.
    std::vector<std::pair<std::string, std::string>> headers = {};
    /// The input was good, and the handler was called.
    bool began = false;
    /// The request came with an idempotency key, and its answer is to be kept.
    Idempotency::Claim* claim = nullptr;

    /// For an endpoint that needs a user: who that is.
    const Identity& user() const { return *actor.user; }
};

/// The reply where there is nothing to say: an empty body.
struct NoContent {};

/// The reply that goes on: server-sent events, as long as the client stays.
struct EventStream {
    std::shared_ptr<BodyStream> events;
};
inline constexpr std::string_view event_stream_type = "text/event-stream";

/// A path parameter that is no id.
struct Word {
    std::string value;
};

template <class T>
struct Body {
    T value;
    const T* operator->() const { return &value; }
};
template <class T>
struct Query {
    T value;
    const T* operator->() const { return &value; }
};

/// Where a mistake in the input was: a face may answer differently.
enum class Where { nowhere, path, query, body };

struct Failure {
    Error error;
    Where where = Where::nowhere;
    /// What else is wrong with the same object, after `error`.
    std::vector<Error> more = {};
};

/// How a face speaks: one spelling and one error form.
struct Face {
    std::string_view prefix;
    std::string_view title;
    Response (*render_failure)(const Failure&);
    /// Its own form for what the http adapter or the router refuses.
    Response (*render_refusal)(int status, std::string_view sentence);
    /// What stands before its structs' names in the documentation: two faces may have a struct of one name.
    std::string_view schema_prefix = {};
    /// The documentation's names for its error form, and for that of a mistake in the body with its status.
    std::string_view refusal_schema = "Refusal";
    std::string_view mistake_schema = "Mistakes";
    int mistake_status = 422;
    /// The class of its endpoints that name none; those for admins are of the class `admin`.
    Rate rate = Rate::none;
    /// Its POSTs take an `Idempotency-Key`.
    bool takes_keys = false;
};

/// What a request may be sent again with, and what its answer then carries.
inline constexpr std::string_view idempotency_key_header = "Idempotency-Key";
inline constexpr std::string_view replayed_header = "Idempotent-Replayed";

/// A described type's schema, made for one document.
using SchemaMaker = Json (*)(codec::Schemas&);

struct Endpoint {
    Method method{};
    std::string_view path;
    std::string_view summary;
    Needs needs = Needs::nobody;
    Rate rate = Rate::by_face;
    int success = 200;
    /// Of the path's parameters; empty for one that is no id.
    std::vector<std::string_view> id_prefixes;
    SchemaMaker query = nullptr;
    SchemaMaker body = nullptr;
    SchemaMaker reply = nullptr;
    /// The media types that it answers with when it goes well, without parameters.
    std::vector<std::string_view> content_types = {"application/json"};
    /// Its answer has an ETag, and `If-None-Match` is heeded.
    bool has_etag = false;
    /// Statuses that it may refuse with though nothing else says so, and those that it never refuses with
    /// (faces/openapi.cpp).
    std::vector<int> also_refuses = {}, never_refuses = {};
    std::function<Task<std::expected<Response, Failure>>(Context&, std::span<const std::string_view> path_values)> run;

    Endpoint also(std::initializer_list<int> statuses) && {
        also_refuses = statuses;
        return std::move(*this);
    }
    Endpoint never(std::initializer_list<int> statuses) && {
        never_refuses = statuses;
        return std::move(*this);
    }
    Endpoint answering(std::initializer_list<std::string_view> types) && {
        content_types = types;
        return std::move(*this);
    }
    Endpoint without_etag() && {
        has_etag = false;
        return std::move(*this);
    }
};

// --- decoding, for the templates below ---------------------------------------------------------------------------------

/// Members of a query string: percent-decoded, `+` as a space. Nothing where an escape is broken.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);
/// The body as JSON that lies in `memory`, or a mistake; an empty body is an empty object.
std::expected<Json, Failure> parse_body(const Request&, boost::json::storage_ptr memory);
/// The query as a JSON object, each value as the schema of `T` wants it; unknown names are refused.
std::expected<Json, Failure> typed_query(std::string_view query,
                                         const std::vector<std::pair<std::string_view, bool>>& names_and_is_literal);
Failure not_found(std::string_view noun);

namespace detail {

template <class T>
inline constexpr bool is_body = false;
template <class T>
inline constexpr bool is_body<Body<T>> = true;
template <class T>
inline constexpr bool is_query = false;
template <class T>
inline constexpr bool is_query<Query<T>> = true;

/// A T, or everything that is wrong with its fields.
template <codec::Spelling S, class T>
std::expected<T, Failure> decode(const Json& json, Where where) {
    auto value = codec::read<T, S>(json);
    if (value) return std::move(*value);
    Failure failure{std::move(value.error()), where};
    if (failure.error.pointer.empty()) return std::unexpected(std::move(failure));
    failure.more = codec::all_mistakes<T, S>(json);
    failure.more.erase(failure.more.begin());
    return std::unexpected(std::move(failure));
}

template <codec::Spelling S, class T>
std::expected<T, Failure> decode_body(const Request& request) {
    codec::TextMemory memory;
    const auto json = parse_body(request, memory);
    if (!json) return std::unexpected(json.error());
    return decode<S, T>(*json, Where::body);
}

/// A number, or true or false: written as in JSON.
template <class Field>
constexpr bool is_literal_field() {
    if constexpr (codec::is_optional<Field>)
        return is_literal_field<typename Field::value_type>();
    else
        return codec::Number<Field> || std::same_as<Field, bool>;
}

template <codec::Spelling S, class T>
std::expected<T, Failure> decode_query(std::string_view query) {
    std::vector<std::pair<std::string_view, bool>> names;
    codec::for_each_member<T>([&](auto member) {
        using Field = std::remove_cvref_t<decltype(std::declval<T>().*member.pointer)>;
        names.emplace_back(codec::field_name<S, decltype(member)>(), is_literal_field<Field>());
    });
    auto json = typed_query(query, names);
    if (!json) return std::unexpected(std::move(json.error()));
    return decode<S, T>(*json, Where::query);
}

template <codec::Spelling S, class Arg>
std::expected<Arg, Failure> decode_argument(const Request& request, std::span<const std::string_view>& path_values) {
    if constexpr (is_body<Arg>) {
        auto value = decode_body<S, decltype(Arg::value)>(request);
        if (!value) return std::unexpected(std::move(value.error()));
        return Arg{std::move(*value)};
    } else if constexpr (is_query<Arg>) {
        auto value = decode_query<S, decltype(Arg::value)>(request.query);
        if (!value) return std::unexpected(std::move(value.error()));
        return Arg{std::move(*value)};
    } else if constexpr (std::same_as<Arg, Word>) {
        const Word word{std::string(path_values.front())};
        path_values = path_values.subspan(1);
        return word;
    } else {
        static_assert(is_id<Arg>, "a handler takes ids, a Word, Query<T> and Body<T>");
        const auto id = Arg::parse(path_values.front());
        path_values = path_values.subspan(1);
        if (!id) return std::unexpected(not_found(Arg::tag::noun));
        return *id;
    }
}

/// Who may, by what the arguments name: an organiser's tournament, or a match of it, in the path; a bot in the path or in
/// the body. What is asked of the caller alone was checked before they were read.
template <class... Args>
Result<void> check_rights(Needs needs, Context& c, const Args&... args) {
    const auto& access = c.services.access;
    if (needs == Needs::nobody) return {};
    if (needs == Needs::user) return access.check_user(c.actor);
    Result<void> verdict{};
    const auto check = [&](const auto& arg) {
        using Arg = std::remove_cvref_t<decltype(arg)>;
        if constexpr (std::same_as<Arg, TournamentId>) {
            if (needs == Needs::organiser) verdict = access.check_organiser(c.actor, arg);
            if (needs == Needs::tournament_host) verdict = access.check_tournament_host(c.actor, arg);
        } else if constexpr (std::same_as<Arg, MatchId>) {
            if (needs == Needs::organiser) verdict = access.check_organiser(c.actor, tournament_of(arg));
            if (needs == Needs::tournament_host) verdict = access.check_tournament_host(c.actor, tournament_of(arg));
        } else if constexpr (std::same_as<Arg, BotId>) {
            if (needs == Needs::bot_owner) verdict = access.check_bot_owner(c.actor, arg);
        } else if constexpr (is_body<Arg>) {
            if constexpr (requires { arg.value.bot_id; })
                if (needs == Needs::bot_owner)
                    verdict = access.check_bot_owner(c.actor, BotId::parse(arg.value.bot_id).value_or(BotId{}));
        }
    };
    (check(args), ...);
    return verdict;
}

template <codec::Spelling S, class Reply>
Response render_reply(int status, Reply&& reply) {
    Response response{.status = status};
    if constexpr (std::same_as<std::remove_cvref_t<Reply>, RenderedPtr>)
        response.shared = std::forward<Reply>(reply);
    else if constexpr (std::same_as<std::remove_cvref_t<Reply>, EventStream>)
        response.content_type = event_stream_type, response.stream = std::move(reply.events);
    else if constexpr (!std::same_as<std::remove_cvref_t<Reply>, NoContent>)
        codec::write<S>(response.body, reply);
    return response;
}

template <codec::Spelling S, class T>
Json make_schema(codec::Schemas& all) {
    return codec::schema<S, T>(all);
}

template <codec::Spelling S, auto Handler, class Reply, class... Args>
Task<std::expected<Response, Failure>> run_handler(Context& c, std::span<const std::string_view> path_values,
                                                   Needs needs, int success) {
    if (auto ok = c.services.access.check_role(needs, c.actor); !ok)
        co_return std::unexpected(Failure{std::move(ok.error())});
    // Braces: the arguments are decoded from left to right.
    std::tuple<std::expected<Args, Failure>...> decoded{decode_argument<S, Args>(c.request, path_values)...};
    std::optional<Failure> failure;
    std::apply([&](auto&... args) { ((!args && !failure ? void(failure = std::move(args.error())) : void()), ...); },
               decoded);
    if (failure) co_return std::unexpected(std::move(*failure));
    auto rights = std::apply([&](auto&... args) { return check_rights(needs, c, *args...); }, decoded);
    if (!rights) co_return std::unexpected(Failure{std::move(rights.error())});
    c.success = success;
    c.began = true;
    auto task = std::apply([&](auto&... args) { return Handler(c, std::move(*args)...); }, decoded);
    auto reply = co_await std::move(task);
    if (!reply) co_return std::unexpected(Failure{std::move(reply.error())});
    co_return render_reply<S>(success, std::move(*reply));
}

template <codec::Spelling S, auto Handler, class Reply, class... Args>
Endpoint make_endpoint(Task<Result<Reply>> (*)(Context&, Args...)) {
    Endpoint e;
    const auto describe = [&]<class Arg>(std::type_identity<Arg>) {
        if constexpr (is_body<Arg>)
            e.body = make_schema<S, decltype(Arg::value)>;
        else if constexpr (is_query<Arg>)
            e.query = make_schema<S, decltype(Arg::value)>;
        else if constexpr (std::same_as<Arg, Word>)
            e.id_prefixes.push_back({});
        else
            e.id_prefixes.push_back(Arg::tag::prefix);
    };
    (describe(std::type_identity<Args>{}), ...);
    constexpr bool is_described =
        !std::same_as<Reply, RenderedPtr> && !std::same_as<Reply, NoContent> && !std::same_as<Reply, EventStream>;
    if constexpr (is_described) e.reply = make_schema<S, Reply>;
    if constexpr (std::same_as<Reply, EventStream>) e.content_types = {event_stream_type};
    e.has_etag = std::same_as<Reply, RenderedPtr>;
    return e;
}

template <codec::Spelling S, auto Handler, class Reply, class... Args>
auto runner(Task<Result<Reply>> (*)(Context&, Args...), Needs needs, int success) {
    return [needs, success](Context& c, std::span<const std::string_view> path_values) {
        return run_handler<S, Handler, Reply, Args...>(c, path_values, needs, success);
    };
}

}  // namespace detail

/// `Shown` names the described type behind a `RenderedPtr`, for the documentation.
template <codec::Spelling S, auto Handler, class Shown = void>
Endpoint endpoint(Method method, std::string_view path, std::string_view summary, Needs needs, int success = 200,
                  Rate rate = Rate::by_face) {
    auto e = detail::make_endpoint<S, Handler>(Handler);
    e.method = method;
    e.path = path;
    e.summary = summary;
    e.needs = needs;
    e.rate = rate;
    e.success = success;
    if constexpr (!std::is_void_v<Shown>) e.reply = detail::make_schema<S, Shown>;
    e.run = detail::runner<S, Handler>(Handler, needs, success);
    return e;
}

}  // namespace agon
