#include "app/draw_secret.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>

namespace agon {

namespace {

using Hash = std::array<std::uint8_t, crypto_hash_sha256_BYTES>;

Hash sha256(std::string_view text) {
    Hash hash;
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
    return hash;
}

}  // namespace

std::string commitment_of(std::string_view secret) {
    std::string text;
    for (const auto byte : sha256(secret)) text += fmt::format("{:02x}", byte);
    return text;
}

std::uint64_t draw_seed_of(std::string_view secret) {
    const auto hash = sha256("draw:" + std::string(secret));
    std::uint64_t seed = 0;
    for (std::size_t i = 0; i < 8; ++i) seed = seed << 8 | hash[i];
    return seed >> 1;
}

DrawSecret make_draw_secret(Random& random) {
    std::string secret;
    for (int i = 0; i < 4; ++i) secret += fmt::format("{:016x}", random.bits());
    return {secret, commitment_of(secret), draw_seed_of(secret)};
}

}  // namespace agon
