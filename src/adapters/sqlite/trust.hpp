/// Whether the disk can be trusted. It cannot from the first failed sync on: the kernel may have dropped the pages that it
/// could not write, and would report success when asked again, so nobody asks again.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "app/store.hpp"

namespace agon::sqlite {

/// Any thread.
class Trust {
public:
    explicit Trust(OnFatal on_fatal) : on_fatal_(std::move(on_fatal)) {}

    bool is_lost() const { return lost_; }
    /// Throws why, where trust is lost.
    void check() const {
        if (!lost_) return;
        const std::lock_guard lock(mutex_);
        throw StoreBroken(why_, StoreBroken::Kind::fatal);
    }
    /// The first loss is reported, on this thread.
    void lose(const std::string& what) {
        {
            const std::lock_guard lock(mutex_);
            if (lost_) return;
            why_ = what + " (restart to write again)";
            lost_ = true;
        }
        if (on_fatal_) on_fatal_(StoreBroken(why_, StoreBroken::Kind::fatal));
    }

private:
    OnFatal on_fatal_;
    mutable std::mutex mutex_;
    std::string why_;
    std::atomic<bool> lost_ = false;
};

}  // namespace agon::sqlite
