/// Draws that nobody can choose: commit and reveal.
///
/// When registration opens, the server draws a secret and publishes its SHA-256, the commitment. The draw's seed comes
/// from the secret alone, and entrants are drawn in the order in which they registered. With the draw the secret is
/// published: anybody can hash it, and repeat the draw (`agon verify-draw`).
#pragma once

#include "app/clock.hpp"
#include "core/tournament/commands.hpp"

namespace agon {

/// 32 random bytes in hexadecimal, with what follows from them.
DrawSecret make_draw_secret(Random&);

/// SHA-256 of the text, in hexadecimal.
std::string commitment_of(std::string_view secret);
/// The first 63 bits of the SHA-256 of `draw:` and the text: a JSON number that every reader takes exactly.
std::uint64_t draw_seed_of(std::string_view secret);

}  // namespace agon
