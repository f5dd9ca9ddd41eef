/// Keys, tokens and sealed secrets. One algorithm per purpose and per key, by libsodium:
/// access tokens are JWTs (RFC 7519, RFC 9068) signed with Ed25519; secrets that must be read again are sealed with
/// XSalsa20-Poly1305; refresh tokens and API keys are random, and kept as SHA-256 only.
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/clock.hpp"
#include "app/jws.hpp"
#include "base/adaptive_mutex.hpp"
#include "base/codec/describe.hpp"
#include "core/users/user.hpp"

namespace agon {

/// The server's secrets: 32 random bytes each, kept in the data directory.
struct ServerKeys {
    using Secret = std::array<std::uint8_t, 32>;

    /// Signs; the public halves of `old_signing_seeds` still verify what was signed before.
    Secret signing_seed{};
    Secret sealing_key{};
    std::vector<Secret> old_signing_seeds;

    static ServerKeys make(Random&);
    /// A new seed signs from now on; the last `keep` still verify.
    void rotate(Random&, std::size_t keep);
    /// The `kid` of a seed's tokens.
    static std::string key_id(const Secret& signing_seed);
};

/// Who a token speaks for.
struct Identity {
    UserId user_id;
    std::string username;
    users::Role role{};
    /// Of a session: its id. Empty for a token that the operator made.
    std::string session;
    /// The user's epoch when the token was made.
    std::int64_t epoch = 0;
};

/// How long an access token of a session is good. Nobody needs to wait for its end: what it came from can be revoked.
inline constexpr auto access_token_lifetime = std::chrono::minutes(10);
inline constexpr auto longest_session_token = std::chrono::minutes(15);

/// Any thread.
class Tokens {
public:
    explicit Tokens(const ServerKeys&);

    std::string issue(const Identity&, Instant now, Duration lifetime, Random&) const;

    /// `unauthenticated`, with one message for every cause, for anything but an unexpired token of this server. Whether
    /// it was revoked is for `Access` to say. What was verified is remembered until it expires.
    Result<Identity> verify(std::string_view token, Instant now) const;

    /// Other keys from now on. What the old ones signed is good only where the new ones include them. The sealing key
    /// stays.
    void use_signing_keys(const ServerKeys&);

    /// For secrets that must be read again.
    std::string seal(std::string_view secret, Random&) const;
    std::optional<std::string> unseal(std::string_view sealed) const;

private:
    struct Signing {
        std::array<std::uint8_t, 64> secret_key{};
        std::string key_id;
        JwsKeys keys;
    };
    struct Verified {
        Identity identity;
        std::int64_t iat = 0, exp = 0;
    };
    static std::shared_ptr<const Signing> signing_of(const ServerKeys&);
    std::shared_ptr<const Signing> signing() const;
    /// A keyed hash of the token that nobody can aim at: another token has it with a chance of 2⁻¹²⁸.
    using Digest = std::array<std::uint64_t, 2>;
    Digest digest_of(std::string_view token) const;
    std::optional<Verified> remembered(const Digest&) const;
    void remember(const Digest&, const Verified&) const;

    mutable AdaptiveMutex mutex_;
    std::shared_ptr<const Signing> signing_;
    struct ByDigest {
        std::size_t operator()(const Digest& digest) const { return digest[0]; }
    };
    using Remembered = std::unordered_map<Digest, Verified, ByDigest>;
    /// Those of late, and those of before: when there are many of the first, the second are forgotten.
    mutable Remembered verified_, verified_before_;
    std::array<std::uint8_t, 16> digest_key_{};
    ServerKeys::Secret sealing_key_;
};

/// A random secret that names its owner, so that it is found without an index: 16 characters for the credential's id,
/// then the owner and 32 random bytes, all in base64url after a prefix.
struct Credential {
    std::string id;
    UserId owner;
    std::string text;
    /// Of `text`.
    std::string hash;

    static Credential make(std::string_view prefix, UserId owner, Random&);
    /// Another secret under the same id.
    Credential renewed(std::string_view prefix, Random&) const;
    /// Nothing where the text has another form.
    static std::optional<Credential> parse(std::string_view prefix, std::string_view text);
    /// The prefix and the id's first characters: enough to tell one's keys apart.
    std::string shown() const { return text.substr(0, 12); }
};
inline constexpr std::string_view api_key_prefix = "agk_";
inline constexpr std::string_view refresh_token_prefix = "agr_";

/// `bk_` and 43 characters of base64url: 256 random bits.
std::string make_api_key(Random&);
/// `whsec_` and 32 random bytes in base64, as Standard Webhooks has it.
std::string make_webhook_secret(Random&);
/// SHA-256 in hexadecimal.
std::string hash_api_key(std::string_view key);
/// In constant time.
bool same_secret(std::string_view a, std::string_view b);

}  // namespace agon
