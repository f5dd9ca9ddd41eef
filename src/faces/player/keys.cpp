#include "faces/player/execute.hpp"

namespace agon::player {

namespace {

struct ApiKeyRequest {
    std::string name;
    static constexpr codec::Note notes[] = {
        {.field = "name", .doc = "What it is for, as in `build server`", .min = 1, .max = 64, .is_name = true}};
};
BOOST_DESCRIBE_STRUCT(ApiKeyRequest, (), (name))

struct ApiKeyView {
    std::string id;
    std::string name;
    /// How the key begins.
    std::string prefix;
    Instant created_at;
};
BOOST_DESCRIBE_STRUCT(ApiKeyView, (), (id, name, prefix, created_at))

struct NewApiKey : ApiKeyView {
    /// Shown this once.
    std::string key;
};
BOOST_DESCRIBE_STRUCT(NewApiKey, (ApiKeyView), (key))

struct ApiKeyList {
    std::vector<ApiKeyView> keys;
};
BOOST_DESCRIBE_STRUCT(ApiKeyList, (), (keys))

ApiKeyView view_of(const std::string& id, const users::ApiKey& key) { return {id, key.name, key.prefix, key.made_at}; }

Task<Result<NewApiKey>> make(Context& c, Body<ApiKeyRequest> body) {
    const auto key = c.services.accounts->new_api_key(c.user().user_id);
    c.headers.emplace_back("Cache-Control", "no-store");
    co_return co_await execute<UserAggregate>(
        c, c.user().user_id, users::MakeApiKey{key.id, body->name, key.shown(), key.hash},
        [key](const users::User& u) { return NewApiKey{view_of(key.id, u.api_keys.at(key.id)), key.text}; });
}

Task<Result<ApiKeyList>> list(Context& c) {
    co_return co_await c.services.engine.read<UserAggregate>(c.user().user_id, [](const users::User& u) {
        ApiKeyList all;
        for (const auto& [id, key] : u.api_keys) all.keys.push_back(view_of(id, key));
        std::ranges::stable_sort(all.keys, {}, &ApiKeyView::created_at);
        return all;
    });
}

Task<Result<NoContent>> revoke(Context& c, Word key_id) {
    co_return co_await execute<UserAggregate>(c, c.user().user_id, users::RevokeApiKey{key_id.value},
                                              [](const users::User&) { return NoContent{}; });
}

}  // namespace

std::vector<Endpoint> key_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, make>(Method::post, "/api/v1/auth/keys", "Make an API key for a program; it is shown once",
                          Needs::person, 201)
            .also({409}),
        endpoint<S, list>(Method::get, "/api/v1/auth/keys", "One's API keys", Needs::person),
        endpoint<S, revoke>(Method::delete_, "/api/v1/auth/keys/{key_id}", "Revoke an API key", Needs::person, 204),
    };
}

}  // namespace agon::player
