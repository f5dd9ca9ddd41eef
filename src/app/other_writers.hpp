/// Whether another process wrote to the log, as `agon user` does beside a server: asked of the store now and then for
/// everybody, so that not every state has to be compared with the disk by itself.
#pragma once

#include <atomic>

#include "app/clock.hpp"
#include "app/store.hpp"

namespace agon {

/// Any thread.
class OtherWriters {
public:
    OtherWriters(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

    /// Another number once others have written; what they wrote within the last `age` may not be counted yet.
    std::int64_t count(Duration age) {
        const auto now = clock_.steady().count();
        auto looked = looked_us_.load();
        if (now - looked >= age.count() && looked_us_.compare_exchange_strong(looked, now))
            count_ = store_.writes_by_others();
        return count_;
    }
    /// As of the last look.
    std::int64_t last_count() const { return count_; }

private:
    static constexpr std::int64_t never = -(std::int64_t{1} << 60);

    Store& store_;
    const Clock& clock_;
    std::atomic<std::int64_t> looked_us_ = never;
    std::atomic<std::int64_t> count_ = 0;
};

}  // namespace agon
