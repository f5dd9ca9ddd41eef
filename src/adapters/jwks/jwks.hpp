/// Other issuers' public keys: a JSON Web Key Set (RFC 7517) of EdDSA (Ed25519), ES256 and RS256 keys, by OpenSSL.
#pragma once

#include "app/jws.hpp"

namespace agon {

/// One key (a JWK). It must say its `kid`, and must be for signatures; RSA has at least 2,048 bits. Its kind decides the
/// algorithm; where it says `alg`, it must say the same. `invalid` with what is wrong with it.
Result<std::pair<std::string, JwsKeyPtr>> read_jwk(const Json&);

struct Jwks {
    JwsKeys keys;
    /// Those of the set that were left out, as a sentence each.
    std::vector<std::string> left_out;
};

/// The keys of the set that `read_jwk` takes; of those with one `kid` the first. Issuers publish others beside them, which
/// are to be ignored (RFC 7517, section 5). `invalid` where none is left.
Result<Jwks> read_jwks(std::string_view text);

}  // namespace agon
