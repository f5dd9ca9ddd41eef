#include <algorithm>
#include <array>

#include "core/formats/double_elimination.hpp"
#include "core/formats/format.hpp"
#include "core/formats/round_robin.hpp"
#include "core/formats/single_elimination.hpp"
#include "core/formats/swiss.hpp"

namespace agon::formats {

std::span<const Format* const> all_formats() {
    static constexpr std::array formats{&single_elimination, &double_elimination, &round_robin, &swiss};
    return formats;
}

const Format* find_format(std::string_view name) {
    const auto found = std::ranges::find(all_formats(), name, &Format::name);
    return found == all_formats().end() ? nullptr : *found;
}

}  // namespace agon::formats
