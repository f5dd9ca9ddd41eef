#include "base/adaptive_mutex.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace agon {

TEST_CASE("one thread at a time is inside") {
    AdaptiveMutex mutex;
    int entered = 0;
    const auto enter_often = [&] {
        for (int i = 0; i < 20'000; ++i) {
            const std::lock_guard lock(mutex);
            ++entered;
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(enter_often);
    for (auto& thread : threads) thread.join();
    CHECK(entered == 80'000);
}

TEST_CASE("who waits longer than it looks gets in as well") {
    AdaptiveMutex mutex;
    std::unique_lock lock(mutex);
    bool inside = false;
    std::thread other([&] {
        const std::lock_guard wait(mutex);
        inside = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(!inside);
    CHECK(!mutex.try_lock());
    lock.unlock();
    other.join();
    CHECK(inside);
}

}  // namespace agon
