#include "core/formats/losers_masks.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/result.hpp"

namespace agon::formats {

namespace {

/// Row i is for 2^(i+2) lines. 8 to 128 as published (of 128, earliest rematch 8; expected 0.741, and 0.717 is possible
/// with 8, 8, 6, 0, 1, 0); from 256 on the result of the search in losers_masks_test.cpp.
constexpr std::array<std::array<std::uint32_t, 15>, 15> table{{
    {0},
    {1, 0},
    {3, 0, 0},
    {2, 2, 0, 0},
    {8, 7, 1, 1, 0},
    {8, 10, 6, 1, 1, 0},
    {16, 12, 8, 6, 0, 1, 0},
    {16, 16, 12, 8, 6, 0, 1, 0},
    {128, 80, 48, 28, 2, 2, 2, 0, 0},
    {128, 128, 80, 48, 28, 6, 1, 2, 0, 0},
    {128, 128, 128, 80, 48, 28, 6, 0, 2, 0, 0},
    {1024, 768, 416, 16, 16, 16, 12, 14, 5, 0, 1, 0},
    {256, 1024, 256, 160, 144, 80, 48, 28, 6, 1, 2, 0, 0},
    {4096, 512, 1152, 768, 416, 48, 8, 16, 12, 14, 5, 0, 1, 0},
    {4096, 4096, 1536, 1152, 768, 416, 112, 40, 4, 4, 14, 5, 1, 1, 0},
}};

std::uint32_t log2_of(std::uint32_t size) { return static_cast<std::uint32_t>(std::bit_width(size)) - 1; }

}  // namespace

std::vector<std::uint32_t> drop_masks(std::uint32_t size) {
    CHECK_THAT(size <= most_lines);
    if (size < 4) return {};
    const auto masks = log2_of(size) - 1;
    return {table[masks - 1].begin(), table[masks - 1].begin() + masks};
}

/// The loser of a match of round q and its winner, who loses in round r. Let d = r − q. The first stands in slot
/// (m XOR mask_q) >> d when the second enters at (m >> d) XOR mask_r; where the two differ does not depend on m. If
/// nowhere, they meet there; else as many pairings later as their highest different bit has places.
Meeting meeting(std::uint32_t size, std::uint32_t q, std::uint32_t r, std::uint32_t shared) {
    const auto rounds = log2_of(size);
    const auto apart = rounds - r - shared;
    const auto at = apart == 0 ? drop_round(r) : drop_round(r) + 2 * apart - 1;
    // size / 2^q matches; the winner gets to lose in round r and not before with 2^−d; each match until they meet is
    // won with 1/2.
    const auto won = (at - drop_round(q)) + (at - drop_round(r));
    return {at, std::ldexp(1.0, static_cast<int>(rounds) - static_cast<int>(r) - static_cast<int>(won))};
}

Rematches rematches(std::uint32_t size, std::span<const std::uint32_t> masks) {
    const auto rounds = log2_of(size);
    const auto mask = [&](std::uint32_t r) { return r == 1 ? 0 : masks[r - 2]; };
    Rematches sum{.earliest = 2 * rounds};
    for (std::uint32_t r = 2; r <= rounds; ++r)
        for (std::uint32_t q = 1; q < r; ++q) {
            const auto different = static_cast<std::uint32_t>(std::bit_width((mask(q) >> (r - q)) ^ mask(r)));
            const auto met = meeting(size, q, r, rounds - r - different);
            sum.earliest = std::min(sum.earliest, met.round);
            sum.expected += met.expected;
        }
    return sum;
}

}  // namespace agon::formats
