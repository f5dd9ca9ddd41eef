/// The round as a whole, with the settings that tests turn.
#pragma once

#include <array>

#include "core/formats/dutch/dutch.hpp"
#include "core/formats/dutch/solver.hpp"

namespace agon::formats::dutch {

/// What a round took, for tests and benchmarks.
struct Effort {
    /// Brackets by the level that settled them.
    std::array<std::size_t, 3> brackets{};
};

std::optional<Pairing> pair_next_round(const Position&, const Tuning&, Effort* = nullptr);

}  // namespace agon::formats::dutch
