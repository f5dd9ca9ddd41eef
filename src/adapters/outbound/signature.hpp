/// Signatures on what the server sends to webhooks, in the form of Standard Webhooks (standardwebhooks.com, version 1):
/// HMAC-SHA256 over `id.timestamp.body`, so that a receiver knows the sender, the freshness and the whole of a message.
/// May be called from any thread.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace agon {

/// The three headers `webhook-id`, `webhook-timestamp` (seconds since 1970) and `webhook-signature`
/// (`v1,<base64>`, one per secret, separated by spaces).
struct WebhookHeaders {
    std::string id;
    std::string timestamp;
    std::string signature;

    bool operator==(const WebhookHeaders&) const = default;
};

/// How far a timestamp may lie from the receiver's clock.
inline constexpr std::chrono::minutes signature_tolerance{5};

/// Signs with each secret (`whsec_` and base64 of 24 to 64 bytes), so that a receiver that knows one of them is content
/// while secrets rotate. Refused when there is no secret, or one that cannot be read.
Result<WebhookHeaders> sign_webhook(std::span<const std::string> secrets, std::string_view id, Instant now,
                                    std::string_view body);

/// Whether one of the header's signatures is one of the secrets', and the timestamp is fresh. Refused with
/// `Code::unauthenticated` and what is wrong. Compares in constant time.
Result<void> verify_webhook(std::span<const std::string> secrets, const WebhookHeaders&, Instant now,
                            std::string_view body);

}  // namespace agon
