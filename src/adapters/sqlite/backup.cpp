#include "adapters/sqlite/backup.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "adapters/sqlite/database.hpp"

namespace agon::sqlite {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& path, std::string_view doing) {
    throw StoreBroken(fmt::format("{}: {}: {}", path.string(), doing, std::strerror(errno)));
}

void make_empty(const fs::path& file) {
    const auto fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) fail(file, "create");
    ::close(fd);
}

void sync_file(const fs::path& file) {
    const auto fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(file, "open");
    const auto result = ::fsync(fd);
    ::close(fd);
    if (result != 0) fail(file, "sync");
}

/// Everything in the one file, on disk.
void close_up(std::unique_ptr<Database> database) {
    database->text("PRAGMA journal_mode = DELETE");
    const auto file = database->file();
    database.reset();
    sync_file(file);
}

}  // namespace

void copy_database(const fs::path& original, const fs::path& copy) {
    make_empty(copy);
    Database from(original, Access::read_only);
    Database to(copy, Access::read_write);
    auto* backup = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
    if (!backup) to.fail("begin the copy");
    // All pages in one step, so that all are of one moment: what is written meanwhile would else start it anew.
    const auto stepped = sqlite3_backup_step(backup, -1);
    const auto finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE || finished != SQLITE_OK) to.fail("copy " + original.string());
}

void label_backup(const fs::path& copy, const BackupLabel& label) {
    auto database = std::make_unique<Database>(copy, Access::read_write);
    database->execute(
        "BEGIN IMMEDIATE; CREATE TABLE backup(made_at INTEGER NOT NULL, program TEXT NOT NULL, keys TEXT NOT NULL)");
    database->query("INSERT INTO backup(made_at, program, keys) VALUES(?, ?, ?)")
        .bind(label.made_at.us)
        .bind(label.program)
        .bind(label.keys)
        .run();
    database->execute("COMMIT");
    close_up(std::move(database));
}

std::optional<BackupLabel> read_label(const fs::path& backup) {
    Database database(backup, Access::read_only);
    if (database.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'backup'") == 0)
        return std::nullopt;
    auto query = database.query("SELECT made_at, program, keys FROM backup");
    if (!query.step()) return std::nullopt;
    return BackupLabel{{query.integer(0)}, query.text(1), query.text(2)};
}

void remove_label(const fs::path& copy) {
    auto database = std::make_unique<Database>(copy, Access::read_write);
    // The keys do not stay behind in a free page.
    database->execute("PRAGMA secure_delete = ON; DROP TABLE backup");
    close_up(std::move(database));
}

}  // namespace agon::sqlite
