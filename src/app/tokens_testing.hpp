/// Tokens that must open nothing: the list of attacks, for the tokens' own test and for one that sends them to a server.
#pragma once

#include <fmt/format.h>
#include <sodium.h>

#include "app/tokens.hpp"
#include "base/encoding.hpp"

namespace agon::testing {

/// Signs whatever it is given, with a server's own key.
struct Forge {
    explicit Forge(const ServerKeys::Secret& seed) : key_id(ServerKeys::key_id(seed)) {
        crypto_sign_seed_keypair(public_key.data(), secret_key.data(), seed.data());
    }
    std::string sign(std::string_view header, std::string_view claims) const {
        return with_signature(to_base64url(header) + "." + to_base64url(claims));
    }
    std::string with_signature(const std::string& text) const {
        std::array<std::uint8_t, crypto_sign_BYTES> signature{};
        crypto_sign_detached(signature.data(), nullptr, bytes_of(text).data(), text.size(), secret_key.data());
        return text + "." + to_base64url(signature);
    }
    std::string hmac(const std::string& text, std::string_view key) const {
        std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> mac{};
        crypto_auth_hmacsha256_state state;
        crypto_auth_hmacsha256_init(&state, bytes_of(key).data(), key.size());
        crypto_auth_hmacsha256_update(&state, bytes_of(text).data(), text.size());
        crypto_auth_hmacsha256_final(&state, mac.data());
        return text + "." + to_base64url(mac);
    }
    std::string public_bytes() const { return {reinterpret_cast<const char*>(public_key.data()), public_key.size()}; }

    std::array<std::uint8_t, 32> public_key{};
    std::array<std::uint8_t, 64> secret_key{};
    std::string key_id;
};

struct Attack {
    std::string name;
    std::string token;
};

/// Each is one change away from `good`, a token by `keys` that `now` finds good.
class Attacks {
public:
    Attacks(const ServerKeys& keys, std::string good_token, Instant at)
        : forge(keys.signing_seed), good(std::move(good_token)), now(at.us / 1'000'000) {
        const auto first = good.find('.'), last = good.rfind('.');
        coded_header = good.substr(0, first);
        coded_claims = good.substr(first + 1, last - first - 1);
        coded_signature = good.substr(last + 1);
        header = parse_json(*from_base64url(coded_header))->as_object();
        claims = parse_json(*from_base64url(coded_claims))->as_object();
    }

    std::vector<Attack> all() {
        algorithms();
        public_key_as_a_secret();
        signatures();
        key_ids();
        keys_brought_along();
        forms();
        issuers_and_kinds();
        times();
        claims_of_other_kinds();
        duplicates();
        return std::move(found);
    }

private:
    void add(std::string name, std::string token) { found.push_back({std::move(name), std::move(token)}); }
    static std::string changed(JsonObject object, std::string_view name, const Json& value) {
        object[name] = value;
        return to_text(object);
    }
    static std::string without(JsonObject object, std::string_view name) {
        object.erase(name);
        return to_text(object);
    }
    void with_header(std::string_view name, const Json& value) {
        add(fmt::format("header {} = {}", name, to_text(value).substr(0, 40)),
            forge.sign(changed(header, name, value), to_text(claims)));
    }
    void with_claim(std::string_view name, const Json& value) {
        add(fmt::format("claim {} = {}", name, to_text(value)),
            forge.sign(to_text(header), changed(claims, name, value)));
    }

    void algorithms() {
        for (const auto* alg :
             {"none", "None", "NONE", "", "eddsa", "EdDSA ", "HS256", "ES256", "RS256", "Ed25519", "ES256K"})
            with_header("alg", alg);
        for (const Json& alg : {Json(nullptr), Json(JsonArray{"EdDSA"}), Json(1), Json(true), Json(JsonObject{})})
            with_header("alg", alg);
        add("no alg", forge.sign(without(header, "alg"), to_text(claims)));
        const auto none = to_base64url(changed(header, "alg", "none"));
        add("alg none, no signature", none + "." + coded_claims + ".");
        add("alg none, the good signature", none + "." + coded_claims + "." + coded_signature);
    }
    void public_key_as_a_secret() {
        const auto text = to_base64url(changed(header, "alg", "HS256")) + "." + coded_claims;
        const auto raw = forge.public_bytes();
        const std::string der = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21" + std::string(1, '\0') + raw;
        std::string base64(sodium_base64_encoded_len(der.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
        sodium_bin2base64(base64.data(), base64.size(), bytes_of(der).data(), der.size(),
                          sodium_base64_VARIANT_ORIGINAL);
        base64.resize(base64.find('\0'));
        add("HS256 with the public key, raw", forge.hmac(text, raw));
        add("HS256 with the public key, DER", forge.hmac(text, der));
        add("HS256 with the public key, PEM",
            forge.hmac(text, "-----BEGIN PUBLIC KEY-----\n" + base64 + "\n-----END PUBLIC KEY-----\n"));
        add("HS256 with the public key, JWK",
            forge.hmac(text, R"({"kty":"OKP","crv":"Ed25519","x":")" + to_base64url(raw) + "\"}"));
        add("HS256 with an empty secret", forge.hmac(text, ""));
    }
    void signatures() {
        const auto text = coded_header + "." + coded_claims;
        const auto signature = *from_base64url(coded_signature);
        const auto with = [&](std::string name, const std::string& bytes) {
            add(std::move(name), text + "." + to_base64url(bytes));
        };
        with("signature of zeros", std::string(64, '\0'));
        with("r of zeros", std::string(32, '\0') + signature.substr(32));
        with("s of zeros", signature.substr(0, 32) + std::string(32, '\0'));
        // The order of the group, little-endian: RFC 8032, 5.1.
        const std::string order =
            "\xed\xd3\xf5\x5c\x1a\x63\x12\x58\xd6\x9c\xf7\xa2\xde\xf9\xde\x14" + std::string(15, '\0') + "\x10";
        with("s of the group's order", signature.substr(0, 32) + order);
        auto above = signature;
        unsigned carry = 0;
        for (std::size_t i = 0; i < 32; ++i) {
            carry += static_cast<std::uint8_t>(above[32 + i]) + unsigned{static_cast<std::uint8_t>(order[i])};
            above[32 + i] = static_cast<char>(carry & 255);
            carry >>= 8;
        }
        with("s above the group's order", above);
        with("truncated signature", signature.substr(0, 63));
        with("extended signature", signature + "x");
        with("empty signature", "");
        with("halves swapped", signature.substr(32) + signature.substr(0, 32));
        auto other = claims;
        other["jti"] = "another";
        const auto others = forge.sign(to_text(header), to_text(other));
        add("another token's signature", text + others.substr(others.rfind('.')));
        add("another token's claims",
            coded_header + others.substr(others.find('.'), others.rfind('.') - others.find('.') + 1) + coded_signature);
        add(
            "signed over the payload alone", text + "." + [&] {
                const auto s = forge.with_signature(coded_claims);
                return s.substr(s.rfind('.') + 1);
            }());
    }
    void key_ids() {
        for (const auto& kid : {std::string("../../keys"), std::string("/dev/null"), std::string("' OR '1'='1"),
                                std::string("x\0y", 3), std::string(3000, 'k'), std::string("unknown"), std::string(),
                                forge.key_id + " ", std::string("https://127.0.0.1/keys")})
            with_header("kid", Json(std::string_view(kid)));
        for (const Json& kid : {Json(nullptr), Json(0), Json(JsonArray{Json(std::string_view(forge.key_id))})})
            with_header("kid", kid);
    }
    void keys_brought_along() {
        const JsonObject jwk{{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", to_base64url(forge.public_bytes())}};
        with_header("jwk", jwk);
        with_header("jku", "http://127.0.0.1:9/keys.json");
        with_header("x5u", "http://127.0.0.1:9/key.pem");
        with_header("x5c", JsonArray{"MIIB"});
        with_header("x5t", "abc");
        with_header("crit", JsonArray{"exp"});
        with_header("crit", JsonArray{});
        with_header("b64", false);
        with_header("zip", "DEF");
        with_header("enc", "A256GCM");
    }
    void forms() {
        const auto p = [&](std::string_view h, std::string_view c, std::string_view s) {
            return fmt::format("{}.{}.{}", h, c, s);
        };
        add("empty", "");
        add("dots", "..");
        add("two parts", coded_header + "." + coded_claims);
        add("four parts", good + ".x");
        add("five parts, as a JWE has", good + ".x.y");
        add("a dot at the end", good + ".");
        add("a dot at the front", "." + good);
        add("padding in the header", p(coded_header + "=", coded_claims, coded_signature));
        add("padding in the claims", p(coded_header, coded_claims + "==", coded_signature));
        add("padding in the signature", good + "==");
        add("a blank inside",
            p(coded_header, coded_claims.substr(0, 9) + " " + coded_claims.substr(9), coded_signature));
        add("a line's end inside", p(coded_header, coded_claims + "\n", coded_signature));
        add("a tab in the signature",
            p(coded_header, coded_claims, coded_signature.substr(0, 9) + "\t" + coded_signature.substr(9)));
        add("percent-encoded dots", p(coded_header, coded_claims, "") + "%2e" + coded_signature);
        add("JSON serialisation", fmt::format(R"({{"protected":"{}","payload":"{}","signature":"{}"}})", coded_header,
                                              coded_claims, coded_signature));
        add("64 KiB",
            forge.sign(to_text(header), changed(claims, "more", Json(std::string_view(std::string(65'536, 'x'))))));
        add("a token in a token", forge.sign(changed(header, "cty", "JWT"), good));
        add("claims that are no JSON", forge.sign(to_text(header), "{"));
        add("claims that are a list", forge.sign(to_text(header), "[]"));
        add("claims of nothing", forge.sign(to_text(header), ""));
        add("a header that is no JSON", forge.sign("{", to_text(claims)));
        add("a header that is a list", forge.sign("[]", to_text(claims)));
    }
    void issuers_and_kinds() {
        for (const auto* type :
             {"JWT", "jwt", "", "AT+JWT", "refresh+jwt", "setup+jwt", "ticket+jwt", "application/at+jwt"})
            with_header("typ", type);
        add("no typ", forge.sign(without(header, "typ"), to_text(claims)));
        with_claim("iss", "elsewhere");
        with_claim("iss", "");
        with_claim("iss", JsonArray{"agon"});
        with_claim("aud", "elsewhere");
        with_claim("aud", JsonArray{"agon"});
        with_claim("aud", nullptr);
        for (const auto* name : {"iss", "aud", "sub", "exp", "iat", "jti", "role"})
            add(fmt::format("no {}", name), forge.sign(to_text(header), without(claims, name)));
    }
    void times() {
        for (const Json& exp : {Json("9999999999"), Json(1e300), Json(-1), Json(0), Json(nullptr), Json(1.5),
                                Json(true), Json(now - 60), Json(std::numeric_limits<std::int64_t>::max()),
                                Json(std::numeric_limits<std::int64_t>::min()), Json(JsonArray{Json(now + 600)})})
            with_claim("exp", exp);
        add("exp = 1e400", forge.sign(to_text(header), R"({"exp":1e400,)" + without(claims, "exp").substr(1)));
        with_claim("exp", now + 901);  // longer than any session's token
        with_claim("nbf", now + 61);
        with_claim("nbf", "soon");
        with_claim("iat", now + 61);
        with_claim("iat", std::numeric_limits<std::int64_t>::max());
        with_claim("iat", std::numeric_limits<std::int64_t>::min());
        with_claim("iat", now + 600);  // not before its own end
    }
    void claims_of_other_kinds() {
        for (const Json& sub : {Json(""), Json("ana"), Json(7), Json("bot_00000000000000000000000000"), Json(nullptr)})
            with_claim("sub", sub);
        for (const Json& role : {Json("root"), Json(""), Json("ADMIN"), Json(JsonArray{"admin"}), Json(2)})
            with_claim("role", role);
        with_claim("jti", "");
        with_claim("sid", 7);
        with_claim("epoch", "0");
    }
    void duplicates() {
        const auto twice = [](const JsonObject& object, const std::string& member) {
            return "{" + member + "," + to_text(object).substr(1);
        };
        add("role twice", forge.sign(to_text(header), twice(claims, R"("role":"player")")));
        add("exp twice", forge.sign(to_text(header), twice(claims, R"("exp":1)")));
        add("sub twice, spelt differently", forge.sign(to_text(header), twice(claims, R"("s\u0075b":"x")")));
        add("alg twice", forge.sign(twice(header, R"("alg":"none")"), to_text(claims)));
        add("kid twice", forge.sign(twice(header, R"("kid":"x")"), to_text(claims)));
    }

    Forge forge;
    std::string good, coded_header, coded_claims, coded_signature;
    std::int64_t now;
    JsonObject header, claims;
    std::vector<Attack> found;
};

}  // namespace agon::testing
