/// A disk for tests whose power can be cut, that can be full, and that can fail to sync: an SQLite VFS over the default one
/// that knows what was synced and what was not. For test programs only.
///
///     sqlite::testing::Disk disk;            // from now on SQLite opens its files on it
///     disk.cut_at(17);                       // the power goes at the 17th write, sync, truncation or deletion
///     … work until it throws; close everything …
///     disk.come_back(Damage::torn, random);  // what was not synced is gone, or there, or there in parts
///     … open again and look …
///
/// What is written stands in the real files at once, as in a kernel's page cache, so a running program sees nothing of
/// this. Real files are never synced: that costs time and would say nothing. What SQLite does is one operation after
/// the other, so one seed gives one history as long as one thread works.
#pragma once

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/prng.hpp"

namespace agon::sqlite::testing {

/// What becomes of writes that were not synced when the power went.
enum class Damage {
    /// None of them reached the disk.
    undone,
    /// Some did, in whatever order.
    mixed,
    /// Of each some sectors of 512 bytes did.
    torn
};

/// One file: what would be there after a power cut at the least, and what was done to it since.
struct DiskFile {
    struct Change {
        enum class Kind { create, write, truncate, remove } kind{};
        std::int64_t at = 0;
        std::string data;
    };
    /// Nothing where there is no such file.
    std::optional<std::string> durable;
    std::vector<Change> changes;

    static void apply(std::optional<std::string>& content, const Change& change) {
        using enum Change::Kind;
        if (change.kind == create && !content) content.emplace();
        if (change.kind == remove) content.reset();
        if (!content) return;
        const auto at = static_cast<std::size_t>(change.at);
        if (change.kind == truncate) content->resize(at);
        if (change.kind != write) return;
        if (content->size() < at + change.data.size()) content->resize(at + change.data.size());
        content->replace(at, change.data.size(), change.data);
    }

    void sync() {
        for (const auto& change : changes) apply(durable, change);
        changes.clear();
    }

    /// Its directory was synced: whether it is there is durable, what it holds is not.
    void sync_entry() {
        using enum Change::Kind;
        const auto is_entry = [](const Change& c) { return c.kind == create || c.kind == remove; };
        const auto end = std::find_if(changes.rbegin(), changes.rend(), is_entry).base();
        for (auto change = changes.begin(); change != end; ++change)
            if (is_entry(*change)) apply(durable, *change);
        changes.erase(changes.begin(), end);
    }

    /// The content after a cut.
    void survive(Damage damage, Prng& random) {
        for (const auto& change : damage == Damage::undone ? std::vector<Change>{} : std::exchange(changes, {})) {
            const bool is_write = change.kind == Change::Kind::write;
            if (is_write && damage == Damage::torn)
                tear(change, random);
            else if (random.below(2) == 0)
                apply(durable, change);
            else if (change.kind == Change::Kind::create || change.kind == Change::Kind::remove)
                break;  // what follows was done to a file that is not this one
        }
        changes.clear();
    }

private:
    void tear(const Change& change, Prng& random) {
        constexpr std::size_t sector = 512;
        for (std::size_t from = 0; from < change.data.size();) {
            const auto at = static_cast<std::size_t>(change.at) + from;
            const auto length = std::min(sector - at % sector, change.data.size() - from);
            if (random.below(2) == 0)
                apply(durable, {Change::Kind::write, static_cast<std::int64_t>(at), change.data.substr(from, length)});
            from += length;
        }
    }
};

/// SQLite's default VFS from its construction until it goes; one at a time.
class Disk {
public:
    Disk() : base_(sqlite3_vfs_find(nullptr)), vfs_(*base_) {
        vfs_.zName = "agon-test-disk";
        vfs_.szOsFile = static_cast<int>(sizeof(File)) + base_->szOsFile;
        vfs_.pAppData = this;
        vfs_.pNext = nullptr;
        vfs_.xOpen = [](sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
            return of(vfs).open(name, *reinterpret_cast<File*>(file), flags, out);
        };
        vfs_.xDelete = [](sqlite3_vfs* vfs, const char* name, int sync) { return of(vfs).remove(name, sync != 0); };
        sqlite3_vfs_register(&vfs_, 1);
    }
    Disk(const Disk&) = delete;
    ~Disk() {
        sqlite3_vfs_unregister(&vfs_);
        sqlite3_vfs_register(base_, 1);
    }

    /// The power goes at the `n`-th operation from now on, which fails as everything does from then on.
    void cut_at(std::uint64_t n) {
        const std::lock_guard lock(mutex_);
        left_ = n;
    }
    bool is_off() const {
        const std::lock_guard lock(mutex_);
        return is_off_;
    }
    /// How many operations there were.
    std::uint64_t operations() const {
        const std::lock_guard lock(mutex_);
        return operations_;
    }

    /// Cuts the power, where that has not happened, and brings it back. Nothing may be open.
    void come_back(Damage damage, Prng& random) {
        const std::lock_guard lock(mutex_);
        for (auto& [path, file] : files_) {
            file.survive(damage, random);
            std::filesystem::remove(path + "-shm");
            if (file.durable)
                std::ofstream(path, std::ios::binary | std::ios::trunc) << *file.durable;
            else
                std::filesystem::remove(path);
        }
        is_off_ = false;
        left_ = 0;
    }

    /// Every `PRAGMA synchronous = …` is taken for `NORMAL`, whoever says it: commits are not synced then.
    bool is_lazy = false;
    /// How every write is answered while it has a value: "no space left" (ENOSPC), beyond a quota (EDQUOT) or a limit on the
    /// size of files (EFBIG), broken (EIO).
    std::atomic<int> writes_fail_with = 0;
    /// The same for the database file alone, which only a checkpoint writes.
    std::atomic<int> database_writes_fail_with = 0;
    std::atomic<int> failed_writes = 0;
    /// The next sync fails (or the next of the database file, which only a checkpoint syncs), and what it should have brought
    /// to the disk is lost: the kernel drops such pages.
    std::atomic<bool> next_sync_fails = false;
    std::atomic<bool> next_database_sync_fails = false;
    std::atomic<int> syncs = 0;

private:
    struct File {
        sqlite3_file base;
        Disk* disk;
        DiskFile* state;
        /// Its next sync syncs the directory too: a journal, at its first.
        bool is_new_journal;
        bool is_database;
        sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };
    using Kind = DiskFile::Change::Kind;

    static Disk& of(sqlite3_vfs* vfs) { return *static_cast<Disk*>(vfs->pAppData); }
    static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

    /// Counts the operation; true where the power is off now, with it.
    bool goes_off() {
        ++operations_;
        if (left_ > 0 && --left_ == 0) is_off_ = true;
        return is_off_;
    }

    int open(const char* name, File& file, int flags, int* out) {
        const std::lock_guard lock(mutex_);
        file.base.pMethods = nullptr;
        if (is_off_) return SQLITE_CANTOPEN;
        const bool was_there = name && std::filesystem::exists(name);
        const auto result = base_->xOpen(base_, name, file.real(), flags, out);
        if (!file.real()->pMethods) return result;
        file.disk = this;
        file.state = name ? &state_of(name, was_there) : nullptr;
        file.is_new_journal =
            (flags & SQLITE_OPEN_CREATE) != 0 && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
        file.is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0;
        file.base.pMethods = &methods();
        return result;
    }

    DiskFile& state_of(const std::string& path, bool was_there) {
        const auto [found, is_new] = files_.try_emplace(path);
        auto& file = found->second;
        if (is_new && was_there) {
            std::ifstream stream(path, std::ios::binary);
            file.durable.emplace(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
        }
        if (!was_there) file.changes.push_back({Kind::create, 0, {}});
        return file;
    }

    int remove(const char* name, bool sync) {
        const std::lock_guard lock(mutex_);
        if (goes_off()) return SQLITE_IOERR_DELETE;
        if (const auto found = files_.find(name); found != files_.end()) {
            found->second.changes.push_back({Kind::remove, 0, {}});
        }
        if (sync) sync_directory();
        return base_->xDelete(base_, name, 0);
    }

    int write(File& file, const void* data, int size, sqlite3_int64 at) {
        const std::lock_guard lock(mutex_);
        const bool late = is_off_;
        const bool off = goes_off();
        if (late) return SQLITE_IOERR_WRITE;
        const int failure =
            file.is_database && database_writes_fail_with != 0 ? database_writes_fail_with : writes_fail_with;
        if (failure != 0) {
            // As SQLite's own VFS does.
            ++failed_writes;
            errno = failure;
            return errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        }
        if (file.state)
            file.state->changes.push_back(
                {Kind::write, at, std::string(static_cast<const char*>(data), static_cast<std::size_t>(size))});
        return off ? SQLITE_IOERR_WRITE : file.real()->pMethods->xWrite(file.real(), data, size, at);
    }

    int truncate(File& file, sqlite3_int64 size) {
        const std::lock_guard lock(mutex_);
        if (goes_off()) return SQLITE_IOERR_TRUNCATE;
        if (file.state) file.state->changes.push_back({Kind::truncate, size, {}});
        return file.real()->pMethods->xTruncate(file.real(), size);
    }

    void sync_directory() {
        for (auto& [path, file] : files_) file.sync_entry();
    }

    int sync(File& file) {
        const std::lock_guard lock(mutex_);
        ++syncs;
        if (goes_off()) return SQLITE_IOERR_FSYNC;
        if (next_sync_fails.exchange(false) || (file.is_database && next_database_sync_fails.exchange(false))) {
            errno = EIO;
            if (file.state) std::erase_if(file.state->changes, [](const auto& c) { return c.kind == Kind::write; });
            return SQLITE_IOERR_FSYNC;
        }
        if (file.state) file.state->sync();
        if (std::exchange(file.is_new_journal, false)) sync_directory();
        return SQLITE_OK;
    }

    int control(File& file, int what, void* argument) {
        if (what == SQLITE_FCNTL_PRAGMA && is_lazy) {
            auto** words = static_cast<char**>(argument);
            // In the statement's own text, where `1` is short enough to fit.
            if (words[1] && words[2] && sqlite3_stricmp(words[1], "synchronous") == 0)
                words[2][0] = '1', words[2][1] = '\0';
        }
        return file.real()->pMethods->xFileControl(file.real(), what, argument);
    }

    static const sqlite3_io_methods& methods() {
        using S = sqlite3_file;
        static const sqlite3_io_methods all{
            .iVersion = 2,
            .xClose = [](S* f) { return of(f).real()->pMethods->xClose(of(f).real()); },
            .xRead =
                [](S* f, void* to, int size, sqlite3_int64 at) {
                    if (of(f).disk->is_off()) return SQLITE_IOERR_READ;
                    return of(f).real()->pMethods->xRead(of(f).real(), to, size, at);
                },
            .xWrite = [](S* f, const void* data, int size,
                         sqlite3_int64 at) { return of(f).disk->write(of(f), data, size, at); },
            .xTruncate = [](S* f, sqlite3_int64 size) { return of(f).disk->truncate(of(f), size); },
            .xSync = [](S* f, int) { return of(f).disk->sync(of(f)); },
            .xFileSize = [](S* f,
                            sqlite3_int64* size) { return of(f).real()->pMethods->xFileSize(of(f).real(), size); },
            .xLock = [](S* f, int how) { return of(f).real()->pMethods->xLock(of(f).real(), how); },
            .xUnlock = [](S* f, int how) { return of(f).real()->pMethods->xUnlock(of(f).real(), how); },
            .xCheckReservedLock =
                [](S* f, int* out) { return of(f).real()->pMethods->xCheckReservedLock(of(f).real(), out); },
            .xFileControl = [](S* f, int what, void* argument) { return of(f).disk->control(of(f), what, argument); },
            .xSectorSize = [](S* f) { return of(f).real()->pMethods->xSectorSize(of(f).real()); },
            .xDeviceCharacteristics = [](S* f) { return of(f).real()->pMethods->xDeviceCharacteristics(of(f).real()); },
            .xShmMap =
                [](S* f, int page, int size, int extend, void volatile** out) {
                    return of(f).real()->pMethods->xShmMap(of(f).real(), page, size, extend, out);
                },
            .xShmLock = [](S* f, int offset, int n,
                           int flags) { return of(f).real()->pMethods->xShmLock(of(f).real(), offset, n, flags); },
            .xShmBarrier = [](S* f) { of(f).real()->pMethods->xShmBarrier(of(f).real()); },
            .xShmUnmap = [](S* f, int remove) { return of(f).real()->pMethods->xShmUnmap(of(f).real(), remove); },
            .xFetch = nullptr,
            .xUnfetch = nullptr,
        };
        return all;
    }

    sqlite3_vfs* base_;
    sqlite3_vfs vfs_;
    mutable std::mutex mutex_;
    std::map<std::string, DiskFile> files_;
    bool is_off_ = false;
    /// Operations until the power goes; 0: it stays.
    std::uint64_t left_ = 0;
    std::uint64_t operations_ = 0;
};

}  // namespace agon::sqlite::testing
