/// Other issuers' public keys: a JSON Web Key Set (RFC 7517) of EdDSA (Ed25519), ES256 and RS256 keys, by OpenSSL.
#pragma once

#include "app/jws.hpp"

namespace agon {

/// One key (a JWK). It must say its `kid` and its `alg`, and must be for signatures; RSA has at least 2,048 bits.
/// `invalid` with what is wrong with it.
Result<std::pair<std::string, JwsKeyPtr>> read_jwk(const Json&);

/// Every key of the set must be one that `read_jwk` takes, and no two have one `kid`.
Result<JwsKeys> read_jwks(std::string_view text);

}  // namespace agon
