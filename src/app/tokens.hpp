/// Keys, tokens and sealed secrets. One algorithm per purpose and per key, by libsodium:
/// tokens are JWTs (RFC 7519, RFC 9068) signed with Ed25519; secrets that must be read again are sealed with
/// XSalsa20-Poly1305; API keys are kept as SHA-256 only.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "app/clock.hpp"
#include "base/codec/describe.hpp"
#include "core/users/user.hpp"

namespace agon {

/// The server's secrets: 32 random bytes each, kept in the data directory.
struct ServerKeys {
    std::array<std::uint8_t, 32> signing_seed{};
    std::array<std::uint8_t, 32> sealing_key{};

    static ServerKeys make(Random&);
};

/// Who a token speaks for.
struct Identity {
    UserId user_id;
    std::string username;
    users::Role role{};
};

class Tokens {
public:
    explicit Tokens(const ServerKeys&);

    std::string issue(const Identity&, Instant now, Duration lifetime, Random&) const;

    /// `unauthenticated`, with one message for every cause, for anything but an unexpired token of this server.
    Result<Identity> verify(std::string_view token, Instant now) const;

    /// For secrets that must be read again.
    std::string seal(std::string_view secret, Random&) const;
    std::optional<std::string> unseal(std::string_view sealed) const;

private:
    std::array<std::uint8_t, 32> public_key_{};
    std::array<std::uint8_t, 64> secret_key_{};
    std::array<std::uint8_t, 32> sealing_key_{};
    std::string key_id_;
};

/// `bk_` and 43 characters of base64url: 256 random bits.
std::string make_api_key(Random&);
/// `whsec_` and 32 random bytes in base64, as Standard Webhooks has it.
std::string make_webhook_secret(Random&);
/// SHA-256 in hexadecimal.
std::string hash_api_key(std::string_view key);

}  // namespace agon
