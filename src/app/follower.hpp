/// A name, a cursor, a function: the base of everything that reacts to the log. Events come in order, none is
/// skipped. A follower that wants something sends a command that is harmless when it is sent twice. An event whose
/// handling throws is handled again when the follower wakes next.
#pragma once

#include <boost/asio/io_context.hpp>

#include "app/journal.hpp"

namespace agon {

class Follower {
public:
    /// Follows on `context`'s thread. The journal must outlive it, and the context must have ended before it does.
    Follower(Journal&, boost::asio::io_context&);
    virtual ~Follower() = default;
    Follower(const Follower&) = delete;

    /// Begins after `seq`. Once, before the journal starts.
    void follow_from(Seq seq);
    Seq cursor() const { return cursor_.load(std::memory_order_acquire); }
    /// Looks whether there is something to read. Commits do that by themselves; after the store failed to be read and
    /// nothing is written, and after commits that were not worth it, this is how a follower goes on.
    void wake();

protected:
    virtual void handle(const Recorded&) = 0;
    /// After each run of events; the place to save the cursor.
    virtual void handled(Seq) {}
    /// Whether what a commit appended wakes it; on the journal's thread.
    virtual bool is_worth_waking(const std::vector<Recorded>&) { return true; }
    /// At each wake, once nothing is left to read; the place to save what was not, or was refused.
    virtual void caught_up() {}

private:
    void run();
    /// False where there is nothing to read.
    bool read_chunk();

    Journal& journal_;
    boost::asio::io_context& context_;
    std::atomic<Seq> cursor_ = 0;
    std::atomic<bool> awake_ = false;
};

}  // namespace agon
