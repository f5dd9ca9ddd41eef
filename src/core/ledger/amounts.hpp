/// Which amounts the ledger keeps: whole units of a named currency, from −(2^53−1) to 2^53−1, so that every reader of
/// JSON has them exactly. What would leave that is refused where it is decided.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/money.hpp"

namespace agon::ledger {

inline constexpr std::int64_t max_units = (std::int64_t{1} << 53) - 1;
inline constexpr std::string_view default_currency = "DojoCoins";

constexpr bool is_in_range(Money m) { return m.units >= -max_units && m.units <= max_units; }

/// The sum; nothing where it leaves the range.
inline std::optional<Money> add_in_range(Money a, Money b) {
    const auto sum = add(a, b);
    return sum && is_in_range(*sum) ? sum : std::nullopt;
}

inline Money negative(Money m) { return Money{-m.units}; }

/// 1 to 32 letters, digits, `-` or `_`.
inline bool is_currency(std::string_view name) {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return !name.empty() && name.size() <= 32 && name.find_first_not_of(allowed) == name.npos;
}

/// `500 DojoCoins`
inline std::string amount_text(Money m, std::string_view currency) { return fmt::format("{} {}", m.units, currency); }

}  // namespace agon::ledger
