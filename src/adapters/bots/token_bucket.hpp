/// A limit per second that lets through short bursts of up to a second's worth. Not thread-safe.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace agon {

class TokenBucket {
public:
    /// Full at first.
    TokenBucket(double per_second, Duration now) : per_second_(per_second), tokens_(per_second), filled_(now) {}

    /// Takes `amount` if that much is there. `now` is the steady clock's.
    bool take(double amount, Duration now) {
        const auto seconds = static_cast<double>((now - filled_).count()) / 1e6;
        tokens_ = std::min(per_second_, tokens_ + seconds * per_second_);
        filled_ = now;
        if (tokens_ < amount) return false;
        tokens_ -= amount;
        return true;
    }

private:
    double per_second_;
    double tokens_;
    Duration filled_;
};

}  // namespace agon
