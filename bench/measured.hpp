/// What the bench programs measure with: a steady clock, this process's CPU time, percentiles, and a turn on the CPU when
/// there is something to note.
#pragma once

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/// Asks the kernel to run the calling thread as soon as it wakes, for a tenth of a millisecond at a time; its share of
/// the CPU stays what it was. A load generator on the server's cores would else note an answer when a server's thread has
/// had its slice, milliseconds after it came, and that would count as the server's. Linux 6.12 and later
/// (sched_setattr(2), `sched_runtime` of SCHED_OTHER); earlier kernels do as before.
inline void run_when_woken() {
    /// The first version of the kernel's `struct sched_attr`, which the C library has no header for.
    struct {
        std::uint32_t size = 48, policy = 0;
        std::uint64_t flags = 0;
        std::int32_t nice = 0;
        std::uint32_t priority = 0;
        std::uint64_t runtime_ns = 100'000, deadline_ns = 0, period_ns = 0;
    } attributes;
    static_assert(sizeof attributes == 48, "its `size`");
    ::syscall(SYS_sched_setattr, 0, &attributes, 0);
}

}  // namespace agon::bench
