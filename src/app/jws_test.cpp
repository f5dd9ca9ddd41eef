#include "app/jws.hpp"

#include <doctest/doctest.h>

#include <sodium.h>

#include "base/encoding.hpp"
#include "base/test_data_testing.hpp"

namespace agon {

namespace {

std::string from_hex(std::string_view hex) {
    std::string bytes(hex.size() / 2, '\0');
    std::size_t size = 0;
    REQUIRE(sodium_hex2bin(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size(), hex.data(), hex.size(), nullptr,
                           &size, nullptr) == 0);
    bytes.resize(size);
    return bytes;
}

/// Accepts everything signed "yes".
struct YesKey : JwsKey {
    std::string_view algorithm() const override { return "EdDSA"; }
    bool verifies(std::string_view, std::string_view signature) const override { return signature == "yes"; }
};

std::string jws(std::string_view header, std::string_view payload = "{}", std::string_view signature = "yes") {
    return to_base64url(header) + "." + to_base64url(payload) + "." + to_base64url(signature);
}

}  // namespace

TEST_CASE("Ed25519 signatures are judged as Wycheproof does, 151 of 151") {
    const auto data = testing::test_data("jws/ed25519_test.json");
    if (!data) return;
    int judged = 0;
    for (const auto& group : data->at("testGroups").as_array()) {
        std::array<std::uint8_t, 32> bytes{};
        std::ranges::copy(bytes_of(from_hex(group.at("publicKey").at("pk").as_string())), bytes.begin());
        const auto key = make_ed25519_key(bytes);
        for (const auto& test : group.at("tests").as_array()) {
            CAPTURE(test.at("tcId").as_int64());
            const bool good = key->verifies(from_hex(test.at("msg").as_string()), from_hex(test.at("sig").as_string()));
            CHECK(good == (test.at("result") == "valid"));
            ++judged;
        }
    }
    CHECK(judged == 151);
}

TEST_CASE("a key is found by its id; without one only where there is no choice") {
    const JwsKeys one{{"a", std::make_shared<YesKey>()}};
    const JwsKeys two{{"a", std::make_shared<YesKey>()}, {"b", std::make_shared<YesKey>()}};
    CHECK(verify_jws(jws(R"({"alg":"EdDSA","kid":"a"})"), two)->key_id == "a");
    CHECK(verify_jws(jws(R"({"alg":"EdDSA"})"), one)->key_id == "a");
    CHECK(!verify_jws(jws(R"({"alg":"EdDSA"})"), two));
    CHECK(!verify_jws(jws(R"({"alg":"EdDSA","kid":"c"})"), two));
    CHECK(!verify_jws(jws(R"({"alg":"EdDSA","kid":7})"), one));
    CHECK(!verify_jws(jws(R"({"alg":"EdDSA","kid":null})"), one));
    CHECK(!verify_jws(jws(R"({"alg":"EdDSA"})"), {}));
}

TEST_CASE("the type and the payload come back as they were signed") {
    const JwsKeys keys{{"a", std::make_shared<YesKey>()}};
    const auto good = verify_jws(jws(R"({"alg":"EdDSA","typ":"at+jwt"})", "payload"), keys);
    REQUIRE(good.has_value());
    CHECK(good->type == "at+jwt");
    CHECK(good->payload == "payload");
    CHECK(verify_jws(jws(R"({"alg":"EdDSA"})"), keys)->type.empty());
    CHECK(!verify_jws(jws(R"({"alg":"EdDSA","typ":7})"), keys));
    CHECK(!verify_jws(jws(R"({"alg":"EdDSA"})", "{}", "no"), keys));
}

TEST_CASE("a key's id is 1 to 64 plain characters") {
    CHECK(is_key_id("aZ0-_"));
    CHECK(is_key_id(std::string(64, 'a')));
    for (const auto& bad : {std::string(), std::string(65, 'a'), std::string("../a"), std::string("a b"),
                            std::string("a\0b", 3), std::string("a'--"), std::string("é")})
        CHECK(!is_key_id(bad));
}

}  // namespace agon
