#include "adapters/system/jwks.hpp"

#include <doctest/doctest.h>

#include "base/test_data_testing.hpp"

namespace agon {

namespace {

/// The key of a group of vectors: the public half, or the only one.
Result<std::pair<std::string, JwsKeyPtr>> key_of(const Json& group) {
    const auto& object = group.as_object();
    return read_jwk(object.at(object.contains("public") ? "public" : "private"));
}

std::string jwks(const std::string& keys) { return R"({"keys":[)" + keys + "]}"; }

const std::string ed25519 =
    R"({"kty":"OKP","crv":"Ed25519","kid":"a","alg":"EdDSA","use":"sig","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

}  // namespace

TEST_CASE("every invalid JWS of Wycheproof is refused, and every valid one of our algorithms is accepted") {
    const auto data = testing::test_data("jws/json_web_signature_test.json");
    if (!data) return;
    int refused = 0, accepted = 0, by_policy = 0;
    for (const auto& group : data->at("testGroups").as_array()) {
        const auto key = key_of(group);
        const auto keys = key ? JwsKeys{*key} : JwsKeys{};
        for (const auto& test : group.at("tests").as_array()) {
            CAPTURE(test.at("tcId").as_int64());
            const bool good = verify_jws(test.at("jws").as_string(), keys).has_value();
            if (test.at("result") != "valid") {
                CHECK(!good);
                ++refused;
            } else if (key) {
                CHECK(good);
                ++accepted;
            } else {
                CHECK(!good);
                ++by_policy;
            }
        }
    }
    CHECK(refused == 355);
    CHECK(refused + accepted + by_policy == 401);
    MESSAGE("refused ", refused, ", accepted ", accepted, ", refused by policy ", by_policy);
}

TEST_CASE("a set of keys is read whole or refused with what is wrong") {
    CHECK(read_jwks(jwks(ed25519))->size() == 1);
    const auto wrong = [](const std::string& text) {
        const auto keys = read_jwks(text);
        return keys ? "good" : keys.error().message;
    };
    const auto changed = [](std::string_view from, std::string_view to) {
        auto text = ed25519;
        return text.replace(text.find(from), from.size(), to);
    };
    CHECK(wrong("{").starts_with("not valid JSON"));
    CHECK(wrong("[]") == "must be an object with a list `keys`");
    CHECK(wrong(jwks("")) == "must be an object with a list `keys`");
    CHECK(wrong(jwks(ed25519 + "," + ed25519)) == "two keys have the same kid");
    CHECK(wrong(jwks(changed("\"kid\":\"a\",", ""))) == "key 1: /kid field required");
    CHECK(wrong(jwks(changed("\"a\"", "\"../a\""))) == "key 1: /kid must be 1 to 64 letters, digits, '-' and '_'");
    CHECK(wrong(jwks(changed("\"sig\"", "\"enc\""))) == "key 1: /use must be 'sig', and /key_ops must hold 'verify'");
    CHECK(wrong(jwks(changed("EdDSA", "HS256"))).starts_with("key 1: /alg must be"));
    CHECK(wrong(jwks(changed("OKP", "oct"))).starts_with("key 1: /alg must be"));
    CHECK(wrong(jwks(changed("Ed25519", "X25519"))) == "key 1: not an Ed25519 key");
    CHECK(wrong(jwks(changed("11qY", "11q"))) == "key 1: not an Ed25519 key");
    CHECK(
        wrong(jwks(
            R"({"kty":"EC","crv":"P-256","kid":"a","alg":"ES256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"})")) ==
        "key 1: not a point of P-256");
    CHECK(wrong(jwks(R"({"kty":"RSA","kid":"a","alg":"RS256","n":"AQAB","e":"AQAB"})")) ==
          "key 1: an RSA key must have 2,048 to 8,192 bits and an odd exponent above 1");
}

}  // namespace agon
