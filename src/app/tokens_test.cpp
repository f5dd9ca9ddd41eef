#include "app/tokens.hpp"

#include <doctest/doctest.h>
#include <sodium.h>

#include "app/tokens_testing.hpp"
#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

const Identity ana{UserId{Uuid{{1}}}, "ana", users::Role::host};

struct Parts {
    std::string header, claims, signature;
    std::string text() const { return header + "." + claims + "." + signature; }
};

struct Desk {
    SeededRandom random;
    ServerKeys keys = ServerKeys::make(random);
    Tokens tokens{keys};
    std::string token = tokens.issue(ana, t0, seconds(600), random);

    bool is_good(const std::string& text, Instant now = t0) { return tokens.verify(text, now).has_value(); }
    Parts parts() {
        const auto first = token.find('.'), last = token.rfind('.');
        return {token.substr(0, first), token.substr(first + 1, last - first - 1), token.substr(last + 1)};
    }
    /// Signed with the server's own key, whatever it says.
    std::string forged(const std::string& header, const std::string& claims) {
        std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> pk{};
        std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> sk{};
        crypto_sign_seed_keypair(pk.data(), sk.data(), keys.signing_seed.data());
        const auto text = to_base64url(header) + "." + to_base64url(claims);
        std::string signature(crypto_sign_BYTES, '\0');
        crypto_sign_detached(reinterpret_cast<std::uint8_t*>(signature.data()), nullptr,
                             reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), sk.data());
        return text + "." + to_base64url(signature);
    }
    /// The token's own header or claims with one member changed.
    std::string with_header(std::string_view name, const Json& value) {
        return forged(changed(parts().header, name, value), *from_base64url(parts().claims));
    }
    std::string with_claim(std::string_view name, const Json& value) {
        return forged(*from_base64url(parts().header), changed(parts().claims, name, value));
    }
    static std::string changed(const std::string& part, std::string_view name, const Json& value) {
        auto json = *parse_json(*from_base64url(part));
        json.as_object()[name] = value;
        return to_text(json);
    }
};

}  // namespace

TEST_CASE("a token tells who it was issued to") {
    Desk desk;
    const auto who = desk.tokens.verify(desk.token, t0);
    REQUIRE(who.has_value());
    CHECK(who->user_id == ana.user_id);
    CHECK(who->username == "ana");
    CHECK(who->role == users::Role::host);
    CHECK(desk.forged(*from_base64url(desk.parts().header), *from_base64url(desk.parts().claims)) == desk.token);
}

TEST_CASE("a token holds from its issue to its expiry, give or take a minute for other clocks") {
    Desk desk;
    CHECK(desk.is_good(desk.token, t0 + seconds(659)));
    CHECK(!desk.is_good(desk.token, t0 + seconds(660)));
    CHECK(desk.is_good(desk.token, t0 - seconds(60)));
    CHECK(!desk.is_good(desk.token, t0 - seconds(61)));
}

TEST_CASE("every bad token gets the same refusal") {
    Desk desk;
    for (const std::string bad : {"", ".", "..", "a.b.c", "bk_x"}) {
        const auto refusal = desk.tokens.verify(bad, t0);
        REQUIRE(!refusal.has_value());
        CHECK(refusal.error() == Error{Code::unauthenticated, "the token is not valid", ""});
    }
    CHECK(desk.tokens.verify(desk.token, t0 + seconds(10'000)).error() == desk.tokens.verify("x", t0).error());
}

TEST_CASE("another server's key does not open this one") {
    Desk desk;
    SeededRandom other{2};
    const Tokens theirs{ServerKeys::make(other)};
    CHECK(!desk.is_good(theirs.issue(ana, t0, seconds(600), other)));
}

TEST_CASE("every changed character makes a token void") {
    Desk desk;
    for (std::size_t i = 0; i < desk.token.size(); ++i) {
        auto changed = desk.token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CAPTURE(i);
        CHECK(!desk.is_good(changed));
    }
}

TEST_CASE("a token cut short, extended, or with another's signature is void") {
    Desk desk;
    const auto p = desk.parts();
    const auto other = desk.tokens.issue(ana, t0, seconds(601), desk.random);
    for (const auto& bad :
         {desk.token.substr(0, desk.token.size() - 1), desk.token + "A", p.header + "." + p.claims,
          p.header + "." + p.claims + ".", p.header + "." + p.claims + other.substr(other.rfind('.'))})
        CHECK(!desk.is_good(bad));
}

TEST_CASE("only three parts in the canonical base64url are a token") {
    Desk desk;
    const auto p = desk.parts();
    for (const auto& bad : {desk.token + "=", p.header + "=." + p.claims + "." + p.signature, " " + desk.token,
                            desk.token + "\n", p.header + "." + p.claims + "." + p.signature + ".", desk.token + ".a.b",
                            "." + desk.token, p.header + ".." + p.claims + "." + p.signature})
        CHECK(!desk.is_good(bad));
    CHECK(!desk.is_good(std::string(5000, 'A')));
}

TEST_CASE("no algorithm but its own, whatever the header says") {
    Desk desk;
    const auto p = desk.parts();
    for (const auto* alg : {"none", "None", "NONE", "", "HS256", "ES256", "RS256"})
        CHECK(!desk.is_good(desk.with_header("alg", alg)));
    CHECK(!desk.is_good(desk.with_header("alg", nullptr)));
    CHECK(!desk.is_good(desk.with_header("alg", JsonArray{"EdDSA"})));
    CHECK(!desk.is_good(to_base64url(R"({"alg":"none","typ":"at+jwt"})") + "." + p.claims + "."));
}

TEST_CASE("an HMAC made with the public key is no signature") {
    Desk desk;
    std::array<std::uint8_t, crypto_sign_PUBLICKEYBYTES> pk{};
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> sk{};
    crypto_sign_seed_keypair(pk.data(), sk.data(), desk.keys.signing_seed.data());
    const auto text = to_base64url(Desk::changed(desk.parts().header, "alg", "HS256")) + "." + desk.parts().claims;
    std::string mac(crypto_auth_hmacsha256_BYTES, '\0');
    crypto_auth_hmacsha256(reinterpret_cast<std::uint8_t*>(mac.data()),
                           reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), pk.data());
    CHECK(!desk.is_good(text + "." + to_base64url(mac)));
}

TEST_CASE("header members that change what a signature means are refused, signed or not") {
    Desk desk;
    for (const auto* name : {"crit", "jku", "x5u", "jwk", "b64", "x5c"})
        CHECK(!desk.is_good(desk.with_header(name, "x")));
    CHECK(!desk.is_good(desk.with_header("kid", "../../keys")));
    CHECK(!desk.is_good(desk.with_header("typ", "JWT")));
    CHECK(desk.is_good(desk.with_header("harmless", "x")));
}

TEST_CASE("claims of another issuer, audience or kind are refused") {
    Desk desk;
    CHECK(!desk.is_good(desk.with_claim("iss", "nika")));
    CHECK(!desk.is_good(desk.with_claim("aud", "elsewhere")));
    CHECK(!desk.is_good(desk.with_claim("aud", JsonArray{"agon"})));
    CHECK(!desk.is_good(desk.with_claim("sub", "bot_00000000000000000000000000")));
    CHECK(!desk.is_good(desk.with_claim("role", "root")));
    for (const Json& exp : {Json("1800000000"), Json(1e300), Json(-1), Json(nullptr), Json(1.5)})
        CHECK(!desk.is_good(desk.with_claim("exp", exp)));
    CHECK(!desk.is_good(desk.with_claim("iat", t0.us / 1'000'000 + 61)));
    CHECK(desk.is_good(desk.with_claim("more", 1)));
}

TEST_CASE("an expiry at the end of all numbers is refused or holds, but does not overflow") {
    Desk desk;
    desk.is_good(desk.with_claim("exp", std::numeric_limits<std::int64_t>::max()));
    CHECK(!desk.is_good(desk.with_claim("exp", std::numeric_limits<std::int64_t>::min())));
    CHECK(!desk.is_good(desk.with_claim("iat", std::numeric_limits<std::int64_t>::max())));
}

TEST_CASE("a member given twice is refused") {
    Desk desk;
    auto claims = *from_base64url(desk.parts().claims);
    claims.insert(1, R"("role":"player",)");
    CHECK(!desk.is_good(desk.forged(*from_base64url(desk.parts().header), claims)));
}

TEST_CASE("no attack of the list opens anything") {
    Desk desk;
    const Identity of_a_session{ana.user_id, "ana", users::Role::player, "session", 3};
    const auto good = desk.tokens.issue(of_a_session, t0, seconds(600), desk.random);
    REQUIRE(desk.is_good(good));
    const auto attacks = Attacks(desk.keys, good, t0).all();
    CHECK(attacks.size() >= 60);
    for (const auto& [name, token] : attacks) {
        CAPTURE(name);
        CHECK(!desk.is_good(token));
    }
    MESSAGE(attacks.size(), " attacks");
    CHECK(desk.is_good(good));
}

TEST_CASE("a token tells its session and its epoch") {
    Desk desk;
    const auto token =
        desk.tokens.issue({ana.user_id, "ana", users::Role::player, "s-1", 3}, t0, seconds(600), desk.random);
    const auto who = desk.tokens.verify(token, t0);
    CHECK(who->session == "s-1");
    CHECK(who->epoch == 3);
    CHECK(desk.tokens.verify(desk.token, t0)->session.empty());
}

TEST_CASE("a token of a session is good for 15 minutes at most; the operator's may be longer") {
    Desk desk;
    const Identity of_a_session{ana.user_id, "ana", users::Role::player, "s-1", 0};
    CHECK(desk.is_good(desk.tokens.issue(of_a_session, t0, seconds(900), desk.random)));
    CHECK(!desk.is_good(desk.tokens.issue(of_a_session, t0, seconds(901), desk.random)));
    CHECK(desk.is_good(desk.tokens.issue(ana, t0, std::chrono::days(7), desk.random), t0 + std::chrono::days(6)));
}

TEST_CASE("what was verified is remembered, but not past its end") {
    Desk desk;
    CHECK(desk.is_good(desk.token));
    CHECK(desk.is_good(desk.token, t0 + seconds(659)));
    CHECK(!desk.is_good(desk.token, t0 + seconds(660)));
    CHECK(!desk.is_good(desk.token, t0 - seconds(61)));
    CHECK(desk.is_good(desk.token));
}

TEST_CASE("an old key verifies until it is rotated out") {
    Desk desk;
    auto keys = desk.keys;
    keys.rotate(desk.random, 2);
    desk.tokens.use_signing_keys(keys);
    CHECK(desk.is_good(desk.token));
    const auto newer = desk.tokens.issue(ana, t0, seconds(600), desk.random);
    CHECK(newer.substr(0, newer.find('.')) != desk.token.substr(0, desk.token.find('.')));
    CHECK(desk.is_good(newer));
    keys.rotate(desk.random, 2);
    keys.rotate(desk.random, 2);
    desk.tokens.use_signing_keys(keys);
    CHECK(!desk.is_good(desk.token));
    CHECK(desk.is_good(newer));
    keys.rotate(desk.random, 0);
    desk.tokens.use_signing_keys(keys);
    CHECK(!desk.is_good(newer));
}

TEST_CASE("a credential is found by its own text, renewed under its id, and of one form only") {
    SeededRandom random;
    const auto key = Credential::make(api_key_prefix, ana.user_id, random);
    CHECK(key.text.starts_with("agk_"));
    CHECK(key.text.size() == 84);
    CHECK(key.shown() == key.text.substr(0, 12));
    CHECK(key.hash == hash_api_key(key.text));
    const auto parsed = Credential::parse(api_key_prefix, key.text);
    REQUIRE(parsed.has_value());
    CHECK(parsed->id == key.id);
    CHECK(parsed->owner == ana.user_id);
    const auto next = key.renewed(api_key_prefix, random);
    CHECK(next.id == key.id);
    CHECK(next.owner == key.owner);
    CHECK(next.hash != key.hash);
    for (const auto& bad : {std::string(), key.text + "A", key.text.substr(1), key.text.substr(0, 83),
                            "agr_" + key.text.substr(4), key.text.substr(0, 83) + "="})
        CHECK(!Credential::parse(api_key_prefix, bad));
}

TEST_CASE("what is sealed comes back whole, and only unchanged and with the same key") {
    Desk desk;
    for (const auto& secret : {std::string(), std::string("whsec_abc"), std::string(1000, 'x')}) {
        const auto sealed = desk.tokens.seal(secret, desk.random);
        CHECK(desk.tokens.unseal(sealed) == secret);
        CHECK(sealed != desk.tokens.seal(secret, desk.random));
        auto changed = sealed;
        changed[sealed.size() / 2] = changed[sealed.size() / 2] == 'A' ? 'B' : 'A';
        CHECK(!desk.tokens.unseal(changed));
        SeededRandom other{2};
        CHECK(!Tokens{ServerKeys::make(other)}.unseal(sealed));
    }
    for (const auto* bad : {"", "AAAA", "not base64!"}) CHECK(!desk.tokens.unseal(bad));
}

TEST_CASE("keys look as documented, and no two are the same") {
    SeededRandom random;
    const auto key = make_api_key(random);
    CHECK(key.starts_with("bk_"));
    CHECK(key.size() == 46);
    CHECK(key != make_api_key(random));
    CHECK(make_webhook_secret(random).starts_with("whsec_"));
    CHECK(hash_api_key("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace agon
