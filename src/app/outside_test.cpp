#include "app/outside.hpp"

#include <doctest/doctest.h>

#include "app/accounts_testing.hpp"
#include "app/tokens_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// Another issuer, whose tokens the world's server takes.
struct Elsewhere : AccountsWorld {
    SeededRandom chance{7};
    ServerKeys keys = ServerKeys::make(chance);
    Forge forge{keys.signing_seed};
    OutsideIssuer issuer{"https://id.example.org", "agon", {{forge.key_id, make_ed25519_key(forge.public_key)}}};
    Access access{world->engine, world->tokens, true, &issuer};

    JsonObject claims() const {
        const auto now = world.outside.clock.now().us / 1'000'000;
        return {{"iss", "https://id.example.org"}, {"aud", "agon"}, {"sub", "4711"}, {"iat", now}, {"exp", now + 600},
                {"preferred_username", "ana"}};
    }
    std::string token(const JsonObject& c, std::string_view type = "at+jwt") const {
        return forge.sign(fmt::format(R"({{"alg":"EdDSA","typ":"{}","kid":"{}"}})", type, forge.key_id), to_text(c));
    }
    std::string with(std::string_view name, const Json& value) const {
        auto c = claims();
        c[name] = value;
        return token(c);
    }
    Result<Actor> identify(const std::string& text) {
        auto actor = access.identify("Bearer " + text);
        if (!actor || !actor->newcomer) return actor;
        return world->run(access.welcome(std::move(*actor)));
    }
};

}  // namespace

TEST_CASE("whoever comes with a token of the outside issuer is made a user once, and is known from then on") {
    Elsewhere e;
    const auto first = e.identify(e.token(e.claims()));
    REQUIRE(first.has_value());
    CHECK(first->user->username == "ana");
    CHECK(first->user->role == users::Role::player);
    CHECK(e.identify(e.token(e.claims()))->user->user_id == first->user->user_id);
    CHECK(list_users(e.world->store).size() == 1);
    CHECK(e.identify(e.with("preferred_username", "anna"))->user->username == "ana");
    CHECK_CLEAN(e.world.verdict());
}

TEST_CASE("a name that is taken, or is none, becomes another") {
    Elsewhere e;
    e.sign_up("ana");
    CHECK(e.identify(e.token(e.claims()))->user->username == "ana-2");
    auto other = e.claims();
    other["sub"] = "4712";
    CHECK(e.identify(e.token(other))->user->username == "ana-3");
    other["sub"] = "4713";
    other["preferred_username"] = "<b>";
    CHECK(e.identify(e.token(other))->user->username.starts_with("user-"));
    other["sub"] = "4714";
    other.erase("preferred_username");
    CHECK(e.identify(e.token(other))->user->username.starts_with("user-"));
}

TEST_CASE("two first requests at the same moment make one user") {
    Elsewhere e;
    const auto actor = e.access.identify("Bearer " + e.token(e.claims()));
    auto one = e.world->spawn(e.access.welcome(*actor)), two = e.world->spawn(e.access.welcome(*actor));
    e.world->settle();
    CHECK(one->get()->user->user_id == two->get()->user->user_id);
    CHECK(list_users(e.world->store).size() == 1);
}

TEST_CASE("other keys count at once; a token by a key that is not known is told of, once, and nothing else is") {
    Elsewhere e;
    const auto token = e.token(e.claims());
    CHECK(e.identify(token).has_value());
    for (const auto* other : {"x.y.z", "", "a.b"}) CHECK(!e.identify(other).has_value());
    CHECK(!e.identify(e.with("exp", 1)).has_value());
    CHECK(!e.issuer.missed_a_key());
    e.issuer.use_keys({{"newer", make_ed25519_key(e.forge.public_key)}});
    CHECK(!e.identify(token).has_value());
    CHECK(e.issuer.missed_a_key());
    CHECK(!e.issuer.missed_a_key());
}

TEST_CASE("the issuer says who somebody is; the role is given here, and counts at once") {
    Elsewhere e;
    const auto id = e.identify(e.with("role", "admin"))->user->user_id;
    CHECK(e.identify(e.with("role", "admin"))->user->role == users::Role::player);
    REQUIRE(run_user_command(e.world->engine, id, users::ChangeRole{users::Role::host}).has_value());
    CHECK(e.identify(e.token(e.claims()))->user->role == users::Role::host);
}

TEST_CASE("nothing but a present access token of the issuer for this server opens anything") {
    Elsewhere e;
    const auto now = t0.us / 1'000'000;
    CHECK(e.identify(e.with("aud", JsonArray{"other", "agon"})).has_value());
    for (const auto& bad :
         {e.with("iss", "https://evil.example.org"), e.with("aud", "other"), e.with("aud", JsonArray{"other"}),
          e.with("aud", 7), e.with("sub", ""), e.with("sub", nullptr), e.with("exp", now - 60),
          e.with("exp", now + 3601), e.with("exp", "9999999999"),
          e.with("exp", std::numeric_limits<std::int64_t>::max()), e.with("iat", now + 61),
          e.with("iat", std::numeric_limits<std::int64_t>::min()), e.with("nbf", now + 61), e.token(e.claims(), "JWT"),
          e.token(e.claims(), "id+jwt"), e.token(e.claims()) + "x", std::string("x")})
        CHECK(!e.identify(bad).has_value());
    CHECK(list_users(e.world->store).size() == 1);
    CHECK(!e.world->access.identify("Bearer " + e.token(e.claims())).has_value());
}

TEST_CASE("this server's own tokens are good beside the outside issuer's, and neither passes for the other") {
    Elsewhere e;
    const auto ben = e.sign_up("ben");
    CHECK(e.identify(ben.access_token)->user->username == "ben");
    auto own = e.claims();
    own["iss"] = "agon", own["sub"] = ben.who.user_id.text(), own["role"] = "admin", own["jti"] = "x",
    own["username"] = "ben";
    CHECK(!e.identify(e.token(own)).has_value());
}

}  // namespace agon
