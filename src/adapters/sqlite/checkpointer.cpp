#include "adapters/sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include <cerrno>

#include "base/log.hpp"

namespace agon::sqlite {

namespace {
constexpr auto pause_after_failure = std::chrono::seconds(1);
}

Checkpointer::Checkpointer(Database& writer, Trust& trust)
    : writer_(writer), trust_(trust), own_(writer.file(), Access::read_write) {
    // A connection that never wrote joins the log with its first read.
    own_.execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
    own_.integer("SELECT count(*) FROM sqlite_schema");
    const auto hook = [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Checkpointer*>(self)->committed(pages);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(writer_.handle(), hook, this);
    thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

Checkpointer::~Checkpointer() { sqlite3_wal_hook(writer_.handle(), nullptr, nullptr); }

void Checkpointer::committed(int log_pages) {
    log_pages_ = log_pages;
    if (log_pages < due_pages) return;
    {
        const std::lock_guard lock(mutex_);
        due_ = true;
    }
    wake_.notify_one();
}

void Checkpointer::run(std::stop_token stop) {
    for (std::unique_lock lock(mutex_); wake_.wait(lock, stop, [this] { return due_; });) {
        due_ = false;
        lock.unlock();
        const bool went_well = empty_log();
        lock.lock();
        if (trust_.is_lost()) return;
        if (!went_well) wake_.wait_for(lock, stop, pause_after_failure, [] { return false; });
    }
}

/// False where the disk failed.
bool Checkpointer::empty_log() {
    try {
        checkpoint(own_, Checkpoint::passive);
        failing_ = false;
    } catch (const Failure& failure) {
        if (failure.kind == StoreBroken::Kind::fatal)
            trust_.lose(failure.what());
        else if (!failing_.exchange(true))
            log::warn("the write-ahead log cannot be emptied and grows", {{"why", failure.what()}});
        return false;
    }
    return true;
}

bool checkpoint(Database& database, Checkpoint how) {
    const auto mode = how == Checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE;
    int in_log = 0;
    int moved = 0;
    errno = 0;
    const auto result = sqlite3_wal_checkpoint_v2(database.handle(), nullptr, mode, &in_log, &moved);
    if (const auto kind = result & 0xff; kind != SQLITE_OK && kind != SQLITE_BUSY && kind != SQLITE_LOCKED)
        database.fail("checkpoint");
    return result == SQLITE_OK && in_log == moved;
}

}  // namespace agon::sqlite
