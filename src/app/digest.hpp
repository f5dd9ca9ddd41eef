/// SHA-256 (FIPS 180-4), by libsodium.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace agon {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view text);
/// Two digits a byte, in lower case.
std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace agon
