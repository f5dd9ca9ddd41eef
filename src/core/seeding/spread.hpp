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
/// equally strong. Seeds with the same label (by seed; empty for none) come into different groups as far as there are
/// any, by swaps within a pot.
std::vector<std::uint16_t> into_groups(std::uint32_t entrants, std::uint32_t groups, std::span<const std::string> labels);

/// Qualified entrants by seed of a bracket: the first class (group winners) has the first seeds, then the second, and so
/// on; within its class everybody is placed such that those with the same label meet as late as can be. An entrant
/// without a label is nobody's companion. Same input, same order.
std::vector<EntrantIndex> into_bracket(std::span<const std::vector<EntrantIndex>> classes,
                                       const std::map<EntrantIndex, std::string>& labels);

/// The classes one after the other.
std::vector<EntrantIndex> joined(std::span<const std::vector<EntrantIndex>> classes);

}  // namespace agon::seeding
