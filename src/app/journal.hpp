/// Group commit: what arrives during one disk commit goes into the next. One thread writes; a lone caller waits for
/// the disk only, and a crowd shares a commit.
#pragma once

#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <thread>

#include "app/store.hpp"
#include "app/task.hpp"

namespace agon {

/// What became of a batch: its outcome, or why the store could not answer.
struct CommitOutcome {
    Committed committed;
    std::exception_ptr broken;
    bool accepted() const { return !broken && committed.accepted(); }
};

/// What one commit came to, for metrics.
struct CommitReport {
    std::size_t batches = 0;
    std::size_t events = 0;
    std::chrono::steady_clock::duration took{};
    bool broken = false;
};

class Journal {
public:
    /// A run of events in order of seq, shared by everybody who follows.
    using Chunk = std::shared_ptr<const std::vector<Recorded>>;
    using Done = std::move_only_function<void(const CommitOutcome&)>;

    explicit Journal(Store&);
    ~Journal();

    /// Any thread. `settled` is called first, on the journal's thread, and must not block; then `done` on `context`
    /// (or also on the journal's thread, where there is no context).
    /// Batches are committed in the order of their submission. An empty batch is a barrier: done when all before it
    /// are.
    void submit(Batch, Done settled, boost::asio::io_context* context, Done done);

    /// The same for a coroutine.
    Task<CommitOutcome> commit(Batch);

    /// For a coroutine that submits under a lock of its own: `start(context, done)` submits and returns true, or
    /// returns false where there is nothing to wait for (then the outcome is an accepted, empty one).
    using Start = std::function<bool(boost::asio::io_context*, Done)>;
    Task<CommitOutcome> await(Start start);

    /// Events after `seq`: from memory where they are recent, else from the store. Empty when there are none yet.
    Chunk after(Seq seq);
    /// The last event known to be on disk.
    Seq last_seq() const { return last_seq_.load(std::memory_order_acquire); }
    /// `wake` is called after each commit that appended events, on the journal's thread. Both before `start`.
    void on_append(std::function<void()> wake);
    void on_commit(std::function<void(const CommitReport&)> report);

    /// Whether anything is on its way to the disk.
    bool is_busy() const { return submitted_.load() != settled_.load(); }

    /// Commits everything that waits, on the calling thread; false where nothing waited. The thread below does it by
    /// itself; a simulation does it when it chooses.
    bool flush();

    void start();
    /// Commits what waits and ends the thread.
    void stop();

private:
    struct Waiting {
        Batch batch;
        Done settled;
        boost::asio::io_context* context;
        Done done;
    };
    void run();
    std::vector<CommitOutcome> write(std::vector<Waiting>&);
    void remember(std::vector<Waiting>&, const std::vector<CommitOutcome>&);
    static void deliver(std::vector<Waiting>, std::vector<CommitOutcome>);

    Store& store_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Waiting> waiting_;
    bool stopping_ = false;
    std::thread thread_;

    std::mutex recent_mutex_;
    std::deque<Chunk> recent_;
    std::size_t recent_events_ = 0;
    std::atomic<Seq> last_seq_;
    std::atomic<std::uint64_t> submitted_ = 0, settled_ = 0;
    std::vector<std::function<void()>> on_append_;
    std::function<void(const CommitReport&)> on_commit_;
};

}  // namespace agon
