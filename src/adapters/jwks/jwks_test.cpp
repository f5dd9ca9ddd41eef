#include "adapters/jwks/jwks.hpp"

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

TEST_CASE("the keys of a set that can be used are read, and of the others is told why they are not") {
    CHECK(read_jwks(jwks(ed25519))->keys.size() == 1);
    CHECK(read_jwks("{").error().message.starts_with("not valid JSON"));
    CHECK(read_jwks("[]").error().message == "must be an object with a list `keys`");
    CHECK(read_jwks(jwks("")).error().message == "must be an object with a list `keys`");

    const auto second = [](const std::string& key) {
        const auto read = read_jwks(jwks(ed25519 + "," + key));
        CHECK(read->keys.size() == 1 + (read->left_out.empty() ? 1 : 0));
        return read->left_out.empty() ? "good" : read->left_out.front();
    };
    const auto changed = [](std::string_view from, std::string_view to) {
        auto text = ed25519;
        text.replace(text.find("\"a\""), 3, "\"b\"");
        return text.replace(text.find(from), from.size(), to);
    };
    CHECK(second(changed("", "")) == "good");
    CHECK(second(changed(R"("alg":"EdDSA",)", "")) == "good");
    CHECK(second(ed25519) == "key 2: one before it has the same /kid");
    CHECK(second(changed(R"("kid":"b",)", "")) == "key 2: /kid field required");
    CHECK(second(changed("\"b\"", "\"../b\"")) == "key 2: /kid must be 1 to 64 letters, digits, '-' and '_'");
    CHECK(second(changed("\"sig\"", "\"enc\"")) == "key 2: /use must be 'sig', and /key_ops must hold 'verify'");
    CHECK(second(changed("EdDSA", "HS256")) == "key 2: /alg must be 'EdDSA' for this /kty");
    CHECK(second(changed("OKP", "oct")) == "key 2: /kty must be 'OKP', 'EC' or 'RSA'");
    CHECK(second(changed("Ed25519", "X25519")) == "key 2: not an Ed25519 key");
    CHECK(second(changed("11qY", "11q")) == "key 2: not an Ed25519 key");
    CHECK(
        second(
            R"({"kty":"EC","crv":"P-256","kid":"b","alg":"ES256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"})") ==
        "key 2: not a point of P-256");
    CHECK(second(R"({"kty":"RSA","kid":"b","alg":"RS256","n":"AQAB","e":"AQAB"})") ==
          "key 2: an RSA key must have 2,048 to 8,192 bits and an odd exponent above 1");
    CHECK(read_jwks(jwks(R"({"kty":"oct","kid":"a"},{"kty":"RSA","kid":"b"})")).error().message ==
          "no key can be used: key 1: /kty must be 'OKP', 'EC' or 'RSA'; key 2: not an RSA key");
}

}  // namespace agon
