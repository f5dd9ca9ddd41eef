#include "core/formats/places.hpp"

#include <algorithm>

namespace agon::formats {

std::vector<Place> places_by(std::span<const std::uint32_t> marks) {
    std::vector<Place> places;
    places.reserve(marks.size());
    for (Seed s = 0; s < marks.size(); ++s) places.push_back({.seed = s});
    std::ranges::stable_sort(places, std::greater{}, [&](const Place& p) { return marks[p.seed]; });
    for (std::size_t i = 0; i < places.size();) {
        auto end = i;
        while (end < places.size() && marks[places[end].seed] == marks[places[i].seed]) ++end;
        for (auto k = i; k < end; ++k) {
            places[k].first = static_cast<std::uint32_t>(i + 1);
            places[k].last = static_cast<std::uint32_t>(end);
        }
        i = end;
    }
    return places;
}

}  // namespace agon::formats
