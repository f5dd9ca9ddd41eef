/// A seedable generator: the same seed gives the same numbers on every machine and with every compiler.
/// Not for secrets; those come from `app/clock.hpp`'s `Random` port.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace agon {

/// xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded by splitmix64.
class Prng {
public:
    explicit Prng(std::uint64_t seed) {
        for (auto& word : state_) word = splitmix(seed);
    }

    std::uint64_t next() {
        const auto result = rotl(state_[1] * 5, 7) * 9;
        const auto t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = rotl(state_[3], 45);
        return result;
    }

    /// A whole number from 0 to bound−1, each equally likely (Lemire, "Fast random integer generation in an
    /// interval", 2019). `bound` is at least 1.
    std::uint64_t below(std::uint64_t bound) {
        auto wide = static_cast<unsigned __int128>(next()) * bound;
        for (auto low = static_cast<std::uint64_t>(wide); low < bound; low = static_cast<std::uint64_t>(wide)) {
            if (low >= (0 - bound) % bound) break;
            wide = static_cast<unsigned __int128>(next()) * bound;
        }
        return static_cast<std::uint64_t>(wide >> 64);
    }

    /// Fisher and Yates, from the back.
    template <class T>
    void shuffle(std::vector<T>& items) {
        for (auto i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
    }

private:
    static std::uint64_t rotl(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
    static std::uint64_t splitmix(std::uint64_t& seed) {
        auto z = seed += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    std::array<std::uint64_t, 4> state_{};
};

}  // namespace agon
