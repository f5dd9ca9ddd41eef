#include "app/follower.hpp"

#include <boost/asio/post.hpp>

namespace agon {

Follower::Follower(Journal& journal, boost::asio::io_context& context) : journal_(journal), context_(context) {}

void Follower::follow_from(Seq seq) {
    cursor_ = seq;
    journal_.on_append([this] { wake(); });
    wake();
}

void Follower::wake() {
    if (!awake_.exchange(true)) boost::asio::post(context_, [this] { run(); });
}

/// One chunk at a time, then back in the queue: a long backlog does not hold up the thread's connections.
void Follower::run() {
    awake_ = false;
    const auto chunk = journal_.after(cursor_);
    if (chunk->empty()) return;
    for (const auto& event : *chunk)
        if (event.seq > cursor_) handle(event);
    cursor_.store(chunk->back().seq, std::memory_order_release);
    handled(cursor_);
    wake();
}

}  // namespace agon
