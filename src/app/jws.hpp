/// Compact JSON Web Signatures (RFC 7515), as strict as they can be. The key decides the algorithm; the header has only
/// to agree with it.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/codec/json.hpp"

namespace agon {

inline constexpr std::size_t longest_jws = 4096;

/// A key that signatures are checked with. Any thread.
class JwsKey {
public:
    virtual ~JwsKey() = default;
    /// As in `EdDSA`: the only value of `alg` that goes with this key.
    virtual std::string_view algorithm() const = 0;
    virtual bool verifies(std::string_view signed_part, std::string_view signature) const = 0;
};
using JwsKeyPtr = std::shared_ptr<const JwsKey>;

/// By their `kid`.
using JwsKeys = std::map<std::string, JwsKeyPtr, std::less<>>;

/// The public half of Ed25519 (RFC 8032).
JwsKeyPtr make_ed25519_key(const std::array<std::uint8_t, 32>& public_key);

/// What a signature that holds was made over.
struct VerifiedJws {
    std::string key_id;
    /// The header's `typ`, or empty.
    std::string type;
    std::string payload;
};

/// Nothing for whatever is not a JWS of one of these keys. That is: at most 4 KiB; three parts of canonical base64url; a
/// header that is one JSON object, without members given twice and without `crit`, `jku`, `x5u`, `jwk`, `x5c`, `x5t`,
/// `b64`, `zip`, `enc`; a `kid` of `[A-Za-z0-9_-]{1,64}` that names a key (or none, where there is one key only); the
/// key's own `alg`; and a signature by it.
std::optional<VerifiedJws> verify_jws(std::string_view text, const JwsKeys&);

/// Whether it has the form of a JWS, and its `kid` could name a key but names none of these: its issuer has newer ones,
/// perhaps.
bool names_unknown_key(std::string_view text, const JwsKeys&);

/// Whether it can name a key: `[A-Za-z0-9_-]{1,64}`.
bool is_key_id(std::string_view);

}  // namespace agon
