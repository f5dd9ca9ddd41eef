#include "adapters/sqlite/checkpointer.hpp"

#include <sqlite3.h>

namespace agon::sqlite {

Checkpointer::Checkpointer(Database& writer) : writer_(writer), own_(writer.file(), Access::read_write) {
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
        checkpoint(own_, Checkpoint::passive);
        lock.lock();
    }
}

bool checkpoint(Database& database, Checkpoint how) noexcept {
    const auto mode = how == Checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE;
    int in_log = 0;
    int moved = 0;
    const auto result = sqlite3_wal_checkpoint_v2(database.handle(), nullptr, mode, &in_log, &moved);
    return result == SQLITE_OK && in_log == moved;
}

}  // namespace agon::sqlite
