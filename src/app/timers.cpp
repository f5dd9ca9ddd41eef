#include "app/timers.hpp"

#include <boost/asio/post.hpp>

namespace agon {

Timers::Handle Timers::at(Duration deadline, boost::asio::io_context& context, std::function<void()> call) {
    bool earliest = false;
    Handle handle = none;
    {
        const std::lock_guard lock(mutex_);
        handle = ++last_;
        const auto entry = entries_.emplace(deadline, Entry{handle, &context, std::move(call)});
        by_handle_[handle] = entry;
        earliest = entry == entries_.begin();
    }
    if (earliest && changed_) changed_();
    return handle;
}

void Timers::cancel(Handle handle) {
    const std::lock_guard lock(mutex_);
    const auto found = by_handle_.find(handle);
    if (found == by_handle_.end()) return;
    entries_.erase(found->second);
    by_handle_.erase(found);
}

std::optional<Duration> Timers::next() const {
    const std::lock_guard lock(mutex_);
    if (entries_.empty()) return std::nullopt;
    return entries_.begin()->first;
}

std::size_t Timers::run_due(Duration now) {
    std::vector<Entry> due;
    {
        const std::lock_guard lock(mutex_);
        while (!entries_.empty() && entries_.begin()->first <= now) {
            by_handle_.erase(entries_.begin()->second.handle);
            due.push_back(std::move(entries_.begin()->second));
            entries_.erase(entries_.begin());
        }
    }
    for (auto& entry : due) boost::asio::post(*entry.context, std::move(entry.call));
    return due.size();
}

void Timers::on_earlier(std::function<void()> changed) { changed_ = std::move(changed); }

}  // namespace agon
