/// Passwords by Argon2id (RFC 9106), through libsodium.
#pragma once

#include "app/passwords.hpp"

namespace agon {

struct Argon2Cost {
    std::size_t memory_bytes = std::size_t{19} * 1024 * 1024;
    unsigned long long passes = 2;
};

/// One lane; a salt of 16 random bytes; the hash as `$argon2id$v=19$m=…,t=…,p=1$salt$hash`.
class Argon2Hasher : public PasswordHasher {
public:
    explicit Argon2Hasher(Argon2Cost cost = {});
    /// Throws std::bad_alloc where the memory cannot be had.
    std::string hash(std::string_view password) const override;
    bool verify(const std::string& hash, std::string_view password) const override;
    bool is_outdated(const std::string& hash) const override;

private:
    Argon2Cost cost_;
};

}  // namespace agon
