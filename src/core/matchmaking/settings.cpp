#include "core/matchmaking/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace agon::matchmaking {

namespace {

double steps_to_ceiling(const PoolSettings& s) {
    return s.step > 0 ? std::ceil((s.ceiling - s.window) / s.step) : s.ceiling > s.window ? max_levels : 0;
}

/// The first field that is outside of its note's bounds (or no number); empty where all are inside.
std::string out_of_bounds(const PoolSettings& s) {
    std::string found;
    codec::for_each_member<PoolSettings>([&](auto member) {
        const auto value = s.*member.pointer;
        if constexpr (codec::Number<std::remove_cvref_t<decltype(value)>>) {
            const auto note = codec::note_on<PoolSettings>(member.name);
            const auto number = static_cast<double>(value);
            if (found.empty() && !(number >= note.min && number <= note.max)) found = member.name;
        }
    });
    return found;
}

}  // namespace

Result<void> check(const PoolSettings& s) {
    if (const auto field = out_of_bounds(s); !field.empty()) {
        const auto note = codec::note_on<PoolSettings>(field);
        return refused(Code::invalid, fmt::format("{} must be from {} to {}", field, note.min, note.max), "/" + field);
    }
    if (s.ceiling < s.window) return refused(Code::invalid, "ceiling must be at least the window", "/ceiling");
    if (steps_to_ceiling(s) >= max_levels)
        return refused(Code::invalid, fmt::format("the ceiling must be reached in fewer than {} steps", max_levels),
                       "/step");
    const auto first_step = static_cast<double>(s.step_s);
    if (s.ramp == Ramp::fixed && s.ramp_s > first_step)
        return refused(Code::invalid, "ramp_s must be at most step_s", "/ramp_s");
    if (s.ramp == Ramp::adaptive && s.max_ramp_s > first_step)
        return refused(Code::invalid, "max_ramp_s must be at most step_s", "/max_ramp_s");
    return {};
}

Windows::Windows(const PoolSettings& s) : step_(std::chrono::seconds(s.step_s)) {
    const auto count = static_cast<Level>(steps_to_ceiling(s)) + 1;
    for (Level level = 0; level < count; ++level) points_.push_back(std::min(s.ceiling, s.window + s.step * level));
}

Level Windows::level_of(Duration age) const {
    if (age < step_) return 0;
    return static_cast<Level>(std::min<std::int64_t>(last(), age / step_));
}

}  // namespace agon::matchmaking
