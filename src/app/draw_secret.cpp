#include "app/draw_secret.hpp"

#include <fmt/format.h>

#include "app/digest.hpp"

namespace agon {

std::string commitment_of(std::string_view secret) { return to_hex(sha256(secret)); }

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
