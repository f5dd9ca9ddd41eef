/// A mutex for short sections that many threads want: whoever finds it taken looks again for some microseconds before going
/// to sleep.
///
/// To sleep costs two switches of the core, and where there are more threads than cores also the wait for a turn, which is
/// milliseconds: a thousand times what the section takes. The looks are rare, so that they do not take the lock's cache line
/// from who holds it.
#pragma once

#include <mutex>

namespace agon {

/// To be locked as a `std::mutex` is.
class AdaptiveMutex {
public:
    void lock() {
        for (int looks = 0; looks < most_looks; ++looks) {
            if (mutex_.try_lock()) return;
            for (int i = 0; i < pauses_between; ++i) pause();
        }
        mutex_.lock();
    }
    bool try_lock() { return mutex_.try_lock(); }
    void unlock() { mutex_.unlock(); }

private:
    static void pause() {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("isb");
#endif
    }

    /// A pause is 10 to 140 cycles, by the processor: 5 to 50 microseconds in all.
    static constexpr int most_looks = 32;
    static constexpr int pauses_between = 32;

    std::mutex mutex_;
};

}  // namespace agon
