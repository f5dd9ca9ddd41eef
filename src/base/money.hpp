/// Money: a whole number of the smallest unit of a named currency, 64-bit, never a float.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace agon {

struct Money {
    std::int64_t units = 0;

    auto operator<=>(const Money&) const = default;
};

/// The sum or difference; nothing where it leaves 64 bits.
inline std::optional<Money> add(Money a, Money b) {
    Money sum;
    if (__builtin_add_overflow(a.units, b.units, &sum.units)) return std::nullopt;
    return sum;
}
inline std::optional<Money> subtract(Money a, Money b) {
    Money difference;
    if (__builtin_sub_overflow(a.units, b.units, &difference.units)) return std::nullopt;
    return difference;
}
/// `a` times a whole number; nothing where it leaves 64 bits.
inline std::optional<Money> times(Money a, std::int64_t factor) {
    Money product;
    if (__builtin_mul_overflow(a.units, factor, &product.units)) return std::nullopt;
    return product;
}

}  // namespace agon
