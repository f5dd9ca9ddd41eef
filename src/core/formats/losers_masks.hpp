/// Where the losers of each winners' round drop in the losers bracket of double elimination.
///
/// The loser of match m of winners' round r, both from 0, enters the losers bracket at slot m XOR mask. Seen from the
/// top bit, two rounds' losers meet the earlier the longer the beginning that their masks share; so good masks part
/// early, and there is a best choice.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace agon::formats {

inline constexpr std::uint32_t most_lines = 65536;

/// For a winners bracket of `size` lines, a power of two up to `most_lines`: the masks of winners' rounds 2, 3, …, log2(size).
///
/// Each puts the first possible rematch of the losers bracket as late as any masks do. For 8 to 64 and from 256 to
/// 65,536 no masks with that have fewer rematches to be expected; the test finds them again by an exact search over the
/// ways to part the rounds bit by bit.
std::vector<std::uint32_t> drop_masks(std::uint32_t size);

/// How often those who have met in the winners bracket meet again in the losers bracket.
struct Rematches {
    /// The earliest round of the losers bracket in which it can happen.
    std::uint32_t earliest = 0;
    /// In a whole tournament of even games, without byes and without the grand final.
    double expected = 0;
};
Rematches rematches(std::uint32_t size, std::span<const std::uint32_t> masks);

/// Losers of winners' round `r` and, before them, of `q` < r that may meet again: in which losers round, when from the
/// top bit their masks have `shared` bits in common; and how many times that is to be expected over all matches of
/// round q.
struct Meeting {
    std::uint32_t round = 0;
    double expected = 0;
};
Meeting meeting(std::uint32_t size, std::uint32_t q, std::uint32_t r, std::uint32_t shared);

/// The round of the losers bracket that the losers of winners' round `r` enter, both from 1.
constexpr std::uint32_t drop_round(std::uint32_t r) { return r == 1 ? 1 : 2 * r - 2; }

}  // namespace agon::formats
