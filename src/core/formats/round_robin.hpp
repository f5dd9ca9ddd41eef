/// Round robin: everybody meets everybody, once or several times, by the Berger tables of the FIDE Handbook (C.05,
/// Annex 1). In groups, everybody of a group, the rounds of all groups side by side.
///
/// The first named has white, the home side or the first move. An odd field has one free entrant a round, which is no
/// match. In the second cycle sides change, and the last two rounds of the first are swapped, so that nobody has the
/// same side three times in a row (but of four entrants one can).
#pragma once

#include "core/formats/format.hpp"

namespace agon::formats {

/// The pairs of one round, numbers from 1, home side first. `round` from 1 to n−1, where n is `entrants` made even; in
/// an odd field one is paired with number n, who is not there.
std::vector<std::pair<std::uint32_t, std::uint32_t>> berger_round(std::uint32_t round, std::uint32_t entrants);

/// The round in which two numbers of the table meet; the inverse of `berger_round`.
std::uint32_t berger_round_of(std::uint32_t one, std::uint32_t other, std::uint32_t entrants);

extern const Format round_robin;

}  // namespace agon::formats
