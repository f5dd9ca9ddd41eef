#include "adapters/system/system.hpp"

#include <sodium.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstring>

namespace agon {

Instant SystemClock::now() const {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

Duration SystemClock::steady() const {
    return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
}

std::uint64_t SystemRandom::bits() {
    std::uint64_t value = 0;
    std::array<std::uint8_t, sizeof value> bytes{};
    fill(bytes);
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
    const std::lock_guard lock(mutex_);
    if (out.size() > block_.size() - used_) {
        block_.resize(std::max<std::size_t>(4096, out.size()));
        randombytes_buf(block_.data(), block_.size());
        used_ = 0;
    }
    std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(used_), out.size(), out.begin());
    // What was handed out is not kept: it may have become a key.
    sodium_memzero(block_.data() + used_, out.size());
    used_ += out.size();
}

struct TimerPump::Parts {
    Parts(Timers& t, const Clock& c, boost::asio::io_context& io) : timers(t), clock(c), context(io), timer(io) {}

    Timers& timers;
    const Clock& clock;
    boost::asio::io_context& context;
    boost::asio::steady_timer timer;
    bool stopped = false;

    static void arm(const std::shared_ptr<Parts>& self) {
        if (self->stopped) return;
        const auto next = self->timers.next();
        if (!next) return;
        self->timer.expires_after(std::max(*next - self->clock.steady(), Duration{0}));
        self->timer.async_wait([self](const boost::system::error_code& cancelled) {
            if (cancelled) return;
            self->timers.run_due(self->clock.steady());
            arm(self);
        });
    }
};

TimerPump::TimerPump(Timers& timers, const Clock& clock, boost::asio::io_context& context)
    : parts_(std::make_shared<Parts>(timers, clock, context)) {}

TimerPump::~TimerPump() = default;

void TimerPump::start() {
    auto wake = [weak = std::weak_ptr(parts_)] {
        if (const auto parts = weak.lock()) boost::asio::post(parts->context, [parts] { Parts::arm(parts); });
    };
    parts_->timers.on_earlier(wake);
    wake();
}

void TimerPump::stop() {
    parts_->stopped = true;
    parts_->timer.cancel();
}

}  // namespace agon
