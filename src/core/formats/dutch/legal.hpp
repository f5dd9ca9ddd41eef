/// Who may meet whom at all: the absolute criteria C1 and C3, as a matrix of bits over places.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/formats/dutch/card.hpp"

namespace agon::formats::dutch {

class Legal {
public:
    Legal(const Position&, std::span<const Card> cards);

    bool operator()(Place a, Place b) const { return (row(a)[b / 64] >> (b % 64) & 1) != 0; }
    /// The bits of a's possible opponents, lowest place first.
    const std::uint64_t* row(Place a) const { return bits_.data() + std::size_t{a} * words_; }

private:
    void forbid(Place a, Place b);

    std::size_t words_;
    std::vector<std::uint64_t> bits_;
};

}  // namespace agon::formats::dutch
