#include "adapters/outbound/signature.hpp"

#include <doctest/doctest.h>

namespace agon {

namespace {

// The example of the Standard Webhooks specification's own libraries.
const std::string secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string other_secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const std::string id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const std::string body = R"({"test": 2432232314})";
const std::string signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const Instant then{1614265330'000'000};

Code verdict(std::span<const std::string> secrets, const WebhookHeaders& headers, Instant now, std::string_view text) {
    const auto verified = verify_webhook(secrets, headers, now, text);
    REQUIRE(!verified);
    return verified.error().code;
}

}  // namespace

TEST_CASE("a webhook is signed as the specification's example") {
    CHECK(sign_webhook({&secret, 1}, id, then, body).value() == WebhookHeaders{id, "1614265330", signature});
}

TEST_CASE("while secrets rotate every one of them signs, and either alone verifies") {
    const std::vector both{other_secret, secret};
    const auto headers = sign_webhook(both, id, then, body).value();
    CHECK(headers.signature.ends_with(" " + signature));
    CHECK(headers.signature.size() == 2 * signature.size() + 1);
    CHECK(verify_webhook({&secret, 1}, headers, then, body));
    CHECK(verify_webhook({&other_secret, 1}, headers, then, body));
    CHECK(verify_webhook(both, {id, "1614265330", signature}, then, body));
}

TEST_CASE("a changed id, timestamp, body, secret or signature does not verify") {
    const WebhookHeaders good{id, "1614265330", signature};
    REQUIRE(verify_webhook({&secret, 1}, good, then, body));
    CHECK(verdict({&secret, 1}, {"msg_x", good.timestamp, signature}, then, body) == Code::unauthenticated);
    CHECK(verdict({&secret, 1}, {id, "1614265331", signature}, then, body) == Code::unauthenticated);
    CHECK(verdict({&secret, 1}, good, then, body + " ") == Code::unauthenticated);
    CHECK(verdict({&other_secret, 1}, good, then, body) == Code::unauthenticated);
    CHECK(verdict({}, good, then, body) == Code::unauthenticated);
    for (const auto* odd : {"", " ", "v1,", "v1,g0hM9SsE", "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
                            "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="})
        CHECK(verdict({&secret, 1}, {id, good.timestamp, odd}, then, body) == Code::unauthenticated);
}

TEST_CASE("a timestamp may be five minutes off, and no more") {
    const WebhookHeaders good{id, "1614265330", signature};
    const auto five = std::chrono::minutes(5);
    CHECK(verify_webhook({&secret, 1}, good, then + five, body));
    CHECK(verify_webhook({&secret, 1}, good, then - five, body));
    CHECK(verdict({&secret, 1}, good, then + five + std::chrono::seconds(1), body) == Code::unauthenticated);
    CHECK(verdict({&secret, 1}, good, then - five - std::chrono::seconds(1), body) == Code::unauthenticated);
    for (const auto* odd : {"", "x", "1614265330x", " 1614265330", "1614265330.0", "99999999999999999999"})
        CHECK(verify_webhook({&secret, 1}, {id, odd, signature}, then, body).error().message ==
              "webhook-timestamp is not within five minutes of now");
}

TEST_CASE("a secret that cannot be read signs and verifies nothing") {
    for (const std::string odd : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_short", "whsec_!!!!",
                                  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw x"})
        CHECK_MESSAGE(sign_webhook({&odd, 1}, id, then, body).error().code == Code::invalid, odd);
    CHECK(sign_webhook({}, id, then, body).error().message == "the webhook has no secret");
    const std::string odd = "whsec_short";
    CHECK(verdict({&odd, 1}, {id, "1614265330", signature}, then, body) == Code::invalid);
    const std::string long_secret = "whsec_" + std::string(88, 'A');
    CHECK(!sign_webhook({&long_secret, 1}, id, then, body));
}

}  // namespace agon
