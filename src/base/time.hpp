/// Instants and durations. Everything that needs the present takes it as an argument; only clocks behind
/// `app/clock.hpp` know it.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace agon {

using Duration = std::chrono::microseconds;

/// A point in time, UTC, in microseconds since 1970-01-01T00:00:00Z.
struct Instant {
    std::int64_t us = 0;

    auto operator<=>(const Instant&) const = default;
    Instant operator+(Duration d) const { return {us + d.count()}; }
    Instant operator-(Duration d) const { return {us - d.count()}; }
    Duration operator-(Instant other) const { return Duration{us - other.us}; }
};

constexpr Duration seconds(double s) { return Duration{static_cast<std::int64_t>(s * 1e6)}; }

/// RFC 3339 in UTC. `whole_seconds` cuts the fraction; otherwise it is shown, in microseconds, where there is one.
std::string to_rfc3339(Instant, bool whole_seconds = false);

/// Reads RFC 3339 with any offset, to the microsecond; nothing where the text is not a valid instant.
std::optional<Instant> parse_rfc3339(std::string_view);

}  // namespace agon
