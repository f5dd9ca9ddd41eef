#include "core/seeding/spread.hpp"

namespace agon::seeding {

std::vector<std::uint16_t> into_groups(std::uint32_t entrants, std::uint32_t groups, std::span<const std::string>) {
    std::vector<std::uint16_t> group_of;
    for (std::uint32_t s = 0; s < entrants; ++s) {
        const auto at = s % groups;
        group_of.push_back(static_cast<std::uint16_t>(s / groups % 2 == 0 ? at : groups - 1 - at));
    }
    return group_of;
}

std::vector<EntrantIndex> into_bracket(std::span<const std::vector<EntrantIndex>> classes,
                                       const std::map<EntrantIndex, std::string>&) {
    return joined(classes);
}

std::vector<EntrantIndex> joined(std::span<const std::vector<EntrantIndex>> classes) {
    std::vector<EntrantIndex> all;
    for (const auto& c : classes) all.insert(all.end(), c.begin(), c.end());
    return all;
}

}  // namespace agon::seeding
