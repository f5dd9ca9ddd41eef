/// What the bench programs measure with: a steady clock, this process's CPU time, and percentiles.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace agon::bench {

using Clock = std::chrono::steady_clock;

inline double microseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

/// User and system time of all threads so far.
inline double cpu_us() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

/// The value that `share` (0 to 1) of all values do not exceed; 0 where there are none. Sorts them.
inline double percentile(std::vector<float>& values, double share) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    const auto last = values.size() - 1;
    return values[std::min(last, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

}  // namespace agon::bench
