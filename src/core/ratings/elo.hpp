/// Elo ratings in whole points (A. Elo, "The Rating of Chessplayers, Past and Present", 1978).
#pragma once

#include <cstdint>
#include <utility>

namespace agon::ratings {

struct EloSettings {
    std::int64_t initial = 1200;
    std::int64_t k = 32;
    std::int64_t floor = 100;
};

/// What A is expected to score against B, from 0 to 1: 1 / (1 + 10^((b−a)/400)).
double expected_score(double a, double b);

/// Both ratings after a game in which A scored 1 (won), 0.5 or 0. One side's change is rounded and mirrored, so no
/// point appears or disappears, except that nobody falls below the floor.
std::pair<std::int64_t, std::int64_t> update(std::int64_t a, std::int64_t b, double score_of_a,
                                             const EloSettings& = {});

}  // namespace agon::ratings
