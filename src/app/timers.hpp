/// Deadlines on the steady clock. One heap for all; the owner asks for the next deadline and runs what is due, so that
/// a simulation can let time jump.
#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <mutex>

#include "base/time.hpp"

namespace agon {

class Timers {
public:
    using Handle = std::uint64_t;
    static constexpr Handle none = 0;

    /// Any thread. `call` is posted to `context` once `deadline` (on Clock::steady) has come.
    Handle at(Duration deadline, boost::asio::io_context& context, std::function<void()> call);
    /// Any thread. A call that is already posted still comes.
    void cancel(Handle);

    /// The earliest deadline, if any.
    std::optional<Duration> next() const;
    /// Posts everything that is due; returns how much that was.
    std::size_t run_due(Duration now);
    /// `changed` is called whenever the earliest deadline may have come closer.
    void on_earlier(std::function<void()> changed);

private:
    struct Entry {
        Handle handle;
        boost::asio::io_context* context;
        std::function<void()> call;
    };
    mutable std::mutex mutex_;
    std::multimap<Duration, Entry> entries_;
    std::unordered_map<Handle, std::multimap<Duration, Entry>::iterator> by_handle_;
    Handle last_ = 0;
    std::function<void()> changed_;
};

}  // namespace agon
