/// Places from marks.
#pragma once

#include "core/formats/format.hpp"

namespace agon::formats {

/// `marks` by seed: the higher, the better; equal ones share their places, in order of seed.
std::vector<Place> places_by(std::span<const std::uint32_t> marks);

}  // namespace agon::formats
