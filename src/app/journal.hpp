/// Group commit: what arrives during one disk commit goes into the next. One thread writes; a lone caller waits for
/// the disk only, and a crowd shares a commit: those whom the last commits released are given a moment (a fraction of
/// the last one's time) to come back, so that they do not wait for the commit of the one who was first. A crowd is
/// remembered for some commits: else, whenever its members come back one by one, each would get a commit of its own,
/// and the others would wait for all of them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/container/small_vector.hpp>

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
    /// Why the store kept none of it.
    std::optional<StoreBroken> broken;
};

/// How far a stream's state in memory is on disk. The journal keeps it while batches are under way.
struct Durability {
    /// Up to here it is.
    std::atomic<Version> durable = 0;
    /// A commit failed or met a conflict: what is in memory is not what is on disk.
    std::atomic<bool> stale = false;
};

class Journal {
public:
    /// A run of events in order of seq, shared by everybody who follows.
    using Chunk = std::shared_ptr<const std::vector<Recorded>>;
    using Done = std::move_only_function<void(const CommitOutcome&)>;

    explicit Journal(Store&);
    ~Journal();

    /// What moves on with a batch: once it is on disk, each `stream` is durable up to its `version`.
    struct Step {
        std::shared_ptr<Durability> stream;
        Version version = 0;
    };
    using Progress = boost::container::small_vector<Step, 1>;

    /// Any thread. `progress` is written first; then `done` is called on `context` (or on the journal's thread, where
    /// there is no context: then it must not block).
    /// A batch of which one stream is stale when its turn comes is not committed; it meets a conflict, even if it is
    /// empty, and then all its streams are stale.
    /// Batches are committed in the order of their submission. An empty batch is a barrier: done when all before it
    /// are.
    void submit(Batch, Progress progress, boost::asio::io_context* context, Done done);

    /// The same for a coroutine.
    Task<CommitOutcome> commit(Batch);

    /// For a coroutine that submits under a lock of its own: `start(context, done)` submits, taking `done`, and returns
    /// true, or returns false where there is nothing to wait for (then the outcome is an accepted, empty one).
    template <class Start>
    Task<CommitOutcome> await(Start start);

    /// Events after `seq`: from memory where they are recent, else from the store. Empty when there are none yet.
    Chunk after(Seq seq);
    /// The last event known to be on disk.
    Seq last_seq() const { return last_seq_.load(std::memory_order_acquire); }
    /// `wake` is called after each commit that appended events, with them, on the journal's thread. Both before `start`.
    void on_append(std::function<void(const std::vector<Recorded>&)> wake);
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
    static constexpr std::size_t smallest_crowd = 8;
    struct Waiting {
        Batch batch;
        Progress progress;
        boost::asio::io_context* context;
        Done done;
    };
    void run();
    void wait_for_a_group();
    std::vector<CommitOutcome> write(std::vector<Waiting>&);
    void remember(std::vector<Waiting>&, const std::vector<CommitOutcome>&);
    static void deliver(std::vector<Waiting>, std::vector<CommitOutcome>);

    Store& store_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Waiting> waiting_;
    /// So many are worth waking the thread for; more than one only while it gives a crowd its moment.
    std::size_t wanted_ = 1;
    bool stopping_ = false;
    // On the journal's thread: as many batches as a commit can be expected to find, and what the last one took.
    std::size_t crowd_ = 0;
    std::chrono::steady_clock::duration last_took_{};
    std::thread thread_;

    std::mutex recent_mutex_;
    std::deque<Chunk> recent_;
    std::size_t recent_events_ = 0;
    std::atomic<Seq> last_seq_;
    std::atomic<std::uint64_t> submitted_ = 0, settled_ = 0;
    std::vector<std::function<void(const std::vector<Recorded>&)>> on_append_;
    std::function<void(const CommitReport&)> on_commit_;
};

template <class Start>
Task<CommitOutcome> Journal::await(Start start) {
    auto executor = co_await boost::asio::this_coro::executor;
    constexpr boost::asio::use_awaitable_t<boost::asio::io_context::executor_type> token;
    co_return co_await boost::asio::async_initiate<decltype(token), void(CommitOutcome)>(
        [&start, &executor](auto handler) {
            auto* context = &executor.context();
            Done done = [h = std::move(handler)](const CommitOutcome& outcome) mutable { std::move(h)(outcome); };
            if (!start(context, done))
                boost::asio::post(*context, [d = std::move(done)]() mutable { d(CommitOutcome{}); });
        },
        token);
}

}  // namespace agon
