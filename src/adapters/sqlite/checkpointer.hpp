/// Moves what the write-ahead log holds into the database file, on a thread of its own, so that no commit waits for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "adapters/sqlite/database.hpp"
#include "adapters/sqlite/trust.hpp"

namespace agon::sqlite {

/// Watches one writer's commits from construction until it goes; the writer and the trust must outlive it.
///
/// From 1,000 pages in the log on it checkpoints passively, which waits for nobody and lets nobody wait. A log that
/// grows all the same (it is refilled faster than it is emptied) is emptied by the writer, see `log_is_long`. Where the
/// disk fails, as when it is full, that is logged once, and tried again with a commit a second later or more. Where it
/// fails to sync, trust is lost and the thread ends.
class Checkpointer {
public:
    Checkpointer(Database& writer, Trust& trust);
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;
    ~Checkpointer();

    /// The last commit left more than 64 MiB in the log, which the disk lets be emptied.
    bool log_is_long() const { return log_pages_ > long_log_pages && !failing_; }

private:
    static constexpr int due_pages = 1'000;
    static constexpr int long_log_pages = (64 << 20) / 4'096;

    void committed(int log_pages);
    void run(std::stop_token stop);
    bool empty_log();

    Database& writer_;
    Trust& trust_;
    Database own_;
    std::atomic<int> log_pages_ = 0;
    std::atomic<bool> failing_ = false;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool due_ = false;
    std::jthread thread_;
};

enum class Checkpoint { passive, truncate };

/// False when it did not move everything, for readers or another checkpoint stood in its way: that is harmless, for the
/// log keeps it all. Throws Failure where the disk failed; that is as harmless, unless it is fatal.
bool checkpoint(Database&, Checkpoint);

}  // namespace agon::sqlite
