#include "app/follower.hpp"

#include <boost/asio/post.hpp>

#include "base/log.hpp"

namespace agon {

Follower::Follower(Journal& journal, boost::asio::io_context& context) : journal_(journal), context_(context) {}

void Follower::follow_from(Seq seq) {
    cursor_ = seq;
    journal_.on_append([this](const std::vector<Recorded>& events) {
        if (is_worth_waking(events)) wake();
    });
    wake();
}

void Follower::wake() {
    if (!awake_.exchange(true)) boost::asio::post(context_, [this] { run(); });
}

/// One chunk at a time, then back in the queue: a long backlog does not hold up the thread's connections.
void Follower::run() {
    awake_ = false;
    try {
        if (read_chunk()) wake();
    } catch (const std::exception& e) {
        // Where the store fails, the next commit or the next `wake` goes on at the event that it could not handle.
        log::error("a follower stopped", {{"after_seq", cursor_.load()}, {"why", e.what()}});
    }
}

bool Follower::read_chunk() {
    const auto chunk = journal_.after(cursor_);
    if (chunk->empty()) {
        caught_up();
        return false;
    }
    for (const auto& event : *chunk) {
        if (event.seq <= cursor_) continue;
        handle(event);
        cursor_.store(event.seq, std::memory_order_release);
    }
    handled(cursor_);
    return true;
}

}  // namespace agon
