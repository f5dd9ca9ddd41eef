/// A server of the Player API without sockets, and the people who use it.
#pragma once

#include <fmt/format.h>

#include "app/accounts_testing.hpp"
#include "faces/arena/arena.hpp"
#include "faces/player/live.hpp"
#include "faces/router.hpp"

namespace agon::testing {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Answer {
    Response response;
    int status = 0;
    std::string body;

    std::string header(std::string_view name) const {
        for (const auto& [key, value] : response.headers)
            if (key == name) return value;
        return {};
    }
    Json json() const { return parse_json(body).value(); }
    /// A member's text.
    std::string text(std::string_view name) const { return std::string(json().at(name).as_string()); }
};

struct PlayerWorld : AccountsWorld {
    PlayerWorld() { wire_faces(); }
    void restart() { live.reset(), AccountsWorld::restart(), wire_faces(); }
    void wire_faces() {
        router.reset();
        setup.emplace(world->engine, *accounts);
        idempotency.emplace(world->engine, world->tokens, world.outside.random);
        limits.emplace(world.outside.clock, world.outside.random);
        live.emplace(world->store, world->journal, world->contexts,
                     [this] { return player::make_live_teller(world->engine); });
        live->start();
        services.emplace(Services{.engine = world->engine,
                                  .tournaments = world->tournaments,
                                  .bots = world->bots,
                                  .access = world->access,
                                  .accounts = &*accounts,
                                  .setup = &*setup,
                                  .idempotency = &*idempotency,
                                  .random = &world.outside.random,
                                  .ratings = &world->ratings,
                                  .live = &*live,
                                  .matchmaking = &world->matchmaking,
                                  .flags = &world->flags});
        router.emplace(*services);
        router->add(arena::face, arena::endpoints());
        router->add(player::face, player::endpoints());
    }

    Answer ask(Method method, std::string_view target, std::string_view body = {}, Headers headers = {},
               std::string_view remote = "192.0.2.1") {
        return world->run(
            asking(method, std::string(target), std::string(body), std::move(headers), std::string(remote)));
    }
    /// The request owns what it views, for those that wait.
    Task<Answer> asking(Method method, std::string target, std::string body, Headers headers, std::string remote) {
        std::vector<std::pair<std::string_view, std::string_view>> views(headers.begin(), headers.end());
        const auto mark = std::min(target.find('?'), target.size());
        const std::string_view whole(target);
        auto response = co_await router->handle({.method = method,
                                                 .path = whole.substr(0, mark),
                                                 .query = whole.substr(std::min(mark + 1, whole.size())),
                                                 .headers = views,
                                                 .body = body,
                                                 .request_id = "r",
                                                 .remote = remote});
        const auto status = response.status;
        auto sent = response.shared ? response.shared->body : response.body;
        co_return Answer{std::move(response), status, std::move(sent)};
    }
    Answer get(std::string_view target, const std::string& token = {}) {
        return ask(Method::get, target, {}, bearer(token));
    }
    Answer post(std::string_view target, std::string_view body = {}, const std::string& token = {}) {
        return ask(Method::post, target, body, bearer(token));
    }
    Answer put(std::string_view target, std::string_view body, const std::string& token = {}) {
        return ask(Method::put, target, body, bearer(token));
    }
    Answer remove(std::string_view target, const std::string& token = {}) {
        return ask(Method::delete_, target, {}, bearer(token));
    }
    static Headers bearer(const std::string& token) {
        if (token.empty()) return {};
        return {{"Authorization", "Bearer " + token}};
    }
    /// The access token of a new user.
    std::string user(std::string name, users::Role role = users::Role::player) {
        return sign_up(std::move(name), role).access_token;
    }
    /// The types of the events after `seq`.
    std::string events_after(Seq seq) {
        std::string types;
        for (const auto& event : world->store.follow(seq, 1000)) types += (types.empty() ? "" : " ") + event.type;
        return types;
    }
    Seq last_seq() { return world->store.last_seq(); }

    /// Nobody is limited until a test says so.
    void limit() { services->limits = &*limits; }

    std::optional<Setup> setup;
    std::optional<Idempotency> idempotency;
    std::optional<RateLimits> limits;
    std::optional<Live> live;
    std::optional<Services> services;
    std::optional<Router> router;
};

/// The Player API's error body with a sentence.
inline std::string refusal(int status, std::string_view message) {
    return fmt::format(R"({{"statusCode":{},"message":"{}","error":"{}"}})", status, message, status_text(status));
}
/// The same with a list of one.
inline std::string mistake(std::string_view message) {
    return fmt::format(R"({{"statusCode":400,"message":["{}"],"error":"Bad Request"}})", message);
}

}  // namespace agon::testing
