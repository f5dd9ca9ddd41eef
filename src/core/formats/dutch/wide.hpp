/// Whole numbers that are wide enough for a weight of many fields: `Int128` as the compiler has it, `Wide<N>` of 64·N
/// bits (two's complement), and `Widest` without a limit. Arithmetic is exact: who uses them has counted the bits.
#pragma once

#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace agon::formats::dutch {

using Int128 = __int128;
/// Without expression templates, so that `auto` and `std::min` are safe.
using Widest = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>, boost::multiprecision::et_off>;

template <std::size_t N>
class Wide {
public:
    constexpr Wide(std::int64_t value = 0) {
        limbs_.fill(value < 0 ? ~std::uint64_t{0} : 0);
        limbs_[0] = static_cast<std::uint64_t>(value);
    }

    Wide& operator+=(const Wide& other) {
        unsigned carry = 0;
        for (std::size_t i = 0; i < N; ++i) limbs_[i] = add(limbs_[i], other.limbs_[i], carry);
        return *this;
    }
    Wide& operator-=(const Wide& other) {
        unsigned carry = 1;
        for (std::size_t i = 0; i < N; ++i) limbs_[i] = add(limbs_[i], ~other.limbs_[i], carry);
        return *this;
    }
    Wide& operator<<=(std::size_t bits) {
        const auto limbs = bits / 64, rest = bits % 64;
        for (auto i = N; i-- > 0;) {
            const auto high = i >= limbs ? limbs_[i - limbs] : 0;
            const auto low = i > limbs ? limbs_[i - limbs - 1] : 0;
            limbs_[i] = rest == 0 ? high : (high << rest) | (low >> (64 - rest));
        }
        return *this;
    }
    /// Half of an even number.
    Wide half() const {
        Wide result;
        for (std::size_t i = 0; i < N; ++i) result.limbs_[i] = (limbs_[i] >> 1) | (i + 1 < N ? limbs_[i + 1] << 63 : 0);
        result.limbs_[N - 1] |= limbs_[N - 1] & sign;
        return result;
    }

    friend Wide operator+(Wide a, const Wide& b) { return a += b; }
    friend Wide operator-(Wide a, const Wide& b) { return a -= b; }
    friend Wide operator<<(Wide a, std::size_t bits) { return a <<= bits; }
    bool operator==(const Wide&) const = default;
    friend std::strong_ordering operator<=>(const Wide& a, const Wide& b) {
        if (const auto by_sign = (b.limbs_[N - 1] & sign) <=> (a.limbs_[N - 1] & sign); by_sign != 0) return by_sign;
        for (auto i = N; i-- > 0;)
            if (a.limbs_[i] != b.limbs_[i]) return a.limbs_[i] <=> b.limbs_[i];
        return std::strong_ordering::equal;
    }

private:
    static constexpr std::uint64_t sign = std::uint64_t{1} << 63;

    static std::uint64_t add(std::uint64_t a, std::uint64_t b, unsigned& carry) {
        const auto sum = static_cast<unsigned __int128>(a) + b + carry;
        carry = static_cast<unsigned>(sum >> 64);
        return static_cast<std::uint64_t>(sum);
    }

    std::array<std::uint64_t, N> limbs_;
};

inline Int128 half(Int128 value) { return value >> 1; }
inline Widest half(const Widest& value) { return Widest(value / 2); }
template <std::size_t N>
Wide<N> half(const Wide<N>& value) {
    return value.half();
}

}  // namespace agon::formats::dutch
