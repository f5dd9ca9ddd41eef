/// Random Swiss tournaments, paired by Agon and played by the ratings, as arbiters' files: for trying out programs, and
/// for comparing pairing engines.
#pragma once

#include "core/trf/trf.hpp"

namespace agon::swiss {

/// Percentages are of what they name, from 0 to 100.
struct SimulationSettings {
    std::uint32_t players = 0;
    std::uint32_t rounds = 0;
    std::uint64_t seed = 0;
    /// Of games, where the ratings are equal; a mismatch ends less often in a draw.
    std::uint32_t draws = 30;
    /// Of pairs of whom somebody does not come.
    std::uint32_t forfeits = 0;
    /// Of players, each round: a bye on request, of half a point or, one in four, of none.
    std::uint32_t byes = 0;
    /// Of players, each round after the first: absent from then on.
    std::uint32_t retire = 0;
};

/// The whole tournament, with dates, points and places. The same settings give the same tournament on every machine.
/// Refused: numbers that no tournament has; and where some round has no legal pairing, which happens when there are
/// few more players than rounds.
Result<trf::Report> simulate(const SimulationSettings&);

}  // namespace agon::swiss
