#include "adapters/sqlite/store_file.hpp"

#include <fmt/format.h>

namespace agon::sqlite {

namespace {

constexpr int wait_at_close_ms = 50;

}  // namespace

StoreFile::StoreFile(const std::filesystem::path& file, Holds holds, Trust& trust)
    : trust_(trust),
      writer_(open_writer(file, holds)),
      readers_(file),
      checkpointer_(std::make_unique<Checkpointer>(*writer_, trust_)) {}

StoreFile::~StoreFile() {
    checkpointer_.reset();
    try {
        writer_->wait_for_locks(wait_at_close_ms);
        if (!trust_.is_lost()) checkpoint(*writer_, Checkpoint::truncate);
    } catch (const Failure& failure) {
        // The log keeps it all, and was synced.
        if (failure.kind == StoreBroken::Kind::fatal) trust_.lose(failure.what());
    }
    if (trust_.is_lost()) writer_->leave_log_at_close();
}

void StoreFile::finish() {
    writer_->query("COMMIT").run();
    trust_.check();
    if (!checkpointer_->log_is_long()) return;
    try {
        checkpoint(*writer_, Checkpoint::passive);
    } catch (const Failure& failure) {
        // Only a failed sync concerns the commit, which is in the log.
        if (failure.kind == StoreBroken::Kind::fatal) throw;
    }
}

void StoreFile::roll_back(const std::exception& why) noexcept {
    const auto* failure = dynamic_cast<const Failure*>(&why);
    if (failure && failure->kind == StoreBroken::Kind::fatal) trust_.lose(failure->what());
    if (!writer_->roll_back()) trust_.lose(fmt::format("{}: a roll-back failed", writer_->file().string()));
}

}  // namespace agon::sqlite
