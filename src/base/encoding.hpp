/// Bytes as text: base64url without padding (RFC 4648, 5) and hexadecimal.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace agon {

std::span<const std::uint8_t> bytes_of(std::string_view text);

std::string to_base64url(std::span<const std::uint8_t> bytes);
std::string to_base64url(std::string_view bytes);
/// Exactly the canonical form: no padding, no white space, no stray bits; else nothing.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace agon
