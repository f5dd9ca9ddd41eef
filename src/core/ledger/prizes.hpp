/// How a prize pool is divided: exactly, to the last coin.
///
/// A split gives each place's share of the pool, in hundredths of a per cent: `{5000, 3000, 2000}` is 50/30/20 per cent.
///
/// - What the split leaves (100 % less its sum) goes to the house, rounded down.
/// - Equal places share the sum of their places' shares: two in place 3 of `{50, 30, 15, 5}` have 10 % each.
/// - Places that nobody holds, because there are fewer entrants than prizes or somebody was disqualified, fall to the
///   places that are held, in proportion to their shares: two entrants under 50/30/20 get 62.5 and 37.5 per cent. So a
///   host cannot keep what was announced as prizes, and nobody gains by a small field but those who play in it.
///   Where no place of the split is held, everything goes to the house.
/// - Largest remainder: everybody gets the whole coins of the exact share; the coins left go one each to the largest
///   fractions, among equal ones to the better place, then in the order in which the entrants are named (by seed).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/money.hpp"
#include "base/result.hpp"

namespace agon::ledger {

/// 100 %.
inline constexpr std::int64_t whole_bp = 10'000;

inline std::vector<std::int64_t> default_split_bp() { return {5000, 3000, 2000}; }

/// Refused as `invalid` where it is empty, a share is not positive or the shares are more than 100 %.
Result<void> check_split(std::span<const std::int64_t> split_bp);

/// Places as a ranking prints them: from 1, equal ones share the best of theirs and the next come after all of them
/// (1, 2, 3, 3, 5). In any order; places may be missing. Refused as `invalid` where they overlap (1, 1, 2).
Result<void> check_places(std::span<const std::uint32_t> places);

struct Division {
    /// One for each of the places given, in their order; zero for who gets nothing.
    std::vector<Money> prizes;
    Money house;
    bool operator==(const Division&) const = default;
};

/// `prizes` and `house` sum to `pool`, which is not negative. Both checks above must hold.
Division divide(Money pool, std::span<const std::int64_t> split_bp, std::span<const std::uint32_t> places);

}  // namespace agon::ledger
