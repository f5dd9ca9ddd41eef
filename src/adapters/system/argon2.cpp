#include "adapters/system/argon2.hpp"

#include <sodium.h>

#include <array>
#include <new>

namespace agon {

Argon2Hasher::Argon2Hasher(Argon2Cost cost) : cost_(cost) { CHECK_THAT(sodium_init() >= 0); }

std::string Argon2Hasher::hash(std::string_view password) const {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), cost_.passes, cost_.memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw std::bad_alloc();
    return text.data();
}

bool Argon2Hasher::verify(const std::string& hash, std::string_view password) const {
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

bool Argon2Hasher::is_outdated(const std::string& hash) const {
    return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.passes, cost_.memory_bytes) != 0;
}

}  // namespace agon
