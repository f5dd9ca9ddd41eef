/// One database file of the store, with its one writer, its readers, and what empties its write-ahead log.
#pragma once

#include <memory>
#include <mutex>

#include "adapters/sqlite/checkpointer.hpp"
#include "adapters/sqlite/file.hpp"
#include "adapters/sqlite/readers.hpp"
#include "adapters/sqlite/trust.hpp"

namespace agon::sqlite {

/// Any thread. The trust is shared with the store's other file, and must outlive it.
class StoreFile {
public:
    /// Makes the file where it is missing. Throws StoreBroken.
    StoreFile(const std::filesystem::path& file, Holds, Trust&);
    StoreFile(const StoreFile&) = delete;
    StoreFile& operator=(const StoreFile&) = delete;
    ~StoreFile();

    /// Runs `work(writer)` between BEGIN IMMEDIATE and COMMIT, one caller at a time. Whatever fails, nothing stays open.
    template <class F>
    auto transaction(F work);

    /// Runs `look(writer)` outside of a transaction, unless one is under way.
    template <class F>
    void look_if_free(F look) {
        const std::unique_lock lock(writing_, std::try_to_lock);
        if (lock) look(*writer_);
    }

    Readers::Loan lend() { return readers_.lend(); }

private:
    void finish();
    void roll_back(const std::exception& why) noexcept;

    Trust& trust_;
    /// Held while the writer's connection is in use.
    std::mutex writing_;
    std::unique_ptr<Database> writer_;
    Readers readers_;
    std::unique_ptr<Checkpointer> checkpointer_;
};

template <class F>
auto StoreFile::transaction(F work) {
    const std::lock_guard lock(writing_);
    trust_.check();
    try {
        writer_->query("BEGIN IMMEDIATE").run();
        if constexpr (std::is_void_v<decltype(work(*writer_))>) {
            work(*writer_);
            finish();
        } else {
            auto result = work(*writer_);
            finish();
            return result;
        }
    } catch (const std::exception& e) {
        roll_back(e);
        throw;
    }
}

}  // namespace agon::sqlite
