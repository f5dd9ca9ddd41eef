/// Keeping apart those who belong together: a club's entrants over groups, a group's entrants over a bracket.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/types.hpp"

namespace agon::seeding {

/// The group of each seed, from 0: pots of `groups` seeds are dealt out, every other pot backwards, so that groups are
/// equally strong. Then entrants of the same pot change places until those with the same label (by seed; empty or
/// missing for none) are spread evenly: no group has two more of a label than another. That can always be had. Later pots
/// and neighbours change first. Groups differ in size by one at most. Same input, same groups.
std::vector<std::uint16_t> into_groups(std::uint32_t entrants, std::uint32_t groups,
                                       std::span<const std::string> labels);

/// Qualified entrants by seed of a bracket in standard order: the first class (group winners) has the first seeds, then
/// the second, and so on; within its class everybody is placed such that those with the same label meet as late as can
/// be found by changing places, later classes and neighbours first. An entrant without a label is nobody's companion.
/// Same input, same order.
///
/// For a draw that keeps clubs apart, the classes are the seeds that may change places: 1, 2, 3–4, 5–8, …
std::vector<EntrantIndex> into_bracket(std::span<const std::vector<EntrantIndex>> classes,
                                       const std::map<EntrantIndex, std::string>& labels);

/// The classes one after the other.
std::vector<EntrantIndex> joined(std::span<const std::vector<EntrantIndex>> classes);

}  // namespace agon::seeding
