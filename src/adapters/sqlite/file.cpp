#include "adapters/sqlite/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace agon::sqlite {

namespace fs = std::filesystem;

namespace {

/// What `user_version` says in files of this program.
constexpr std::int64_t schema_version = 1;

/// Larger files are not read through at every start; a damaged page shows when it is read.
constexpr std::uintmax_t checked_at_start_bytes = 256 << 20;

constexpr auto schema_of_log = R"(
    CREATE TABLE event(
        seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL,
        type TEXT NOT NULL, data TEXT NOT NULL, UNIQUE(stream, version));
    CREATE TABLE cursor(follower TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
)";
constexpr auto schema_of_derived = R"(
    CREATE TABLE cursor(follower TEXT PRIMARY KEY, seq INTEGER NOT NULL, event TEXT NOT NULL) WITHOUT ROWID;
)";
constexpr auto schema_of_both = R"(
    CREATE TABLE row_table(name TEXT PRIMARY KEY, description TEXT NOT NULL) WITHOUT ROWID;
    PRAGMA user_version = 1;
)";

[[noreturn]] void fail(const fs::path& path, std::string_view doing) {
    throw StoreBroken(fmt::format("{}: {}: {}", path.string(), doing, std::strerror(errno)));
}

/// Syncs what a directory lists.
void sync_directory(const fs::path& directory) {
    const auto fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail(directory, "open the directory");
    const auto result = ::fsync(fd);
    ::close(fd);
    if (result != 0) fail(directory, "sync the directory");
}

/// `directory` is absolute; so this ends at the root at the latest.
void make_directory(const fs::path& directory) {
    std::error_code ignored;
    if (fs::is_directory(directory, ignored)) return;
    make_directory(directory.parent_path());
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) fail(directory, "create the directory");
    sync_directory(directory.parent_path());
}

void make_file(const fs::path& file) {
    make_directory(file.parent_path());
    const auto fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno != EEXIST) fail(file, "create");
    if (fd >= 0) {
        ::close(fd);
        sync_directory(file.parent_path());
    }
}

void check_version(Database& database) {
    const auto found = database.integer("PRAGMA user_version");
    if (found > schema_version)
        throw StoreBroken(
            fmt::format("{}: written by a newer agon (schema {}, this one knows {}): start that one, or "
                        "restore a backup from before the upgrade",
                        database.file().string(), found, schema_version));
    if (found == 0 && database.integer("SELECT count(*) FROM sqlite_schema") > 0)
        throw StoreBroken(fmt::format("{}: a database of another program; choose another directory for agon's data",
                                      database.file().string()));
}

void check_pages(Database& database) {
    if (fs::file_size(database.file()) > checked_at_start_bytes) return;
    const auto found = database.text("PRAGMA quick_check(1)");
    if (found != "ok")
        throw StoreBroken(fmt::format("{}: the file is damaged ({}): {}", database.file().string(), found,
                                      cure_of_damage(database.file())));
}

void create_tables(Database& database, Holds holds) {
    database.execute("BEGIN IMMEDIATE");
    // Another process may have been quicker.
    if (database.integer("PRAGMA user_version") == 0) {
        database.execute(holds == Holds::log ? schema_of_log : schema_of_derived);
        database.execute(schema_of_both);
    }
    database.execute("COMMIT");
}

}  // namespace

fs::path path_of(const fs::path& directory, Holds holds) {
    // Absolute, because readers open the file later, when the program may work elsewhere.
    std::error_code failure;
    const auto path = fs::absolute(directory / (holds == Holds::log ? log_file_name : derived_file_name), failure);
    if (failure) throw StoreBroken(fmt::format("{}: {}", directory.string(), failure.message()));
    return path.lexically_normal();
}

std::unique_ptr<Database> open_writer(const fs::path& file, Holds holds) {
    make_file(file);
    auto database = std::make_unique<Database>(file, Access::read_write);
    check_version(*database);
    check_pages(*database);
    database->execute("PRAGMA page_size = 4096");
    if (database->text("PRAGMA journal_mode = WAL") != "wal")
        throw StoreBroken(fmt::format(
            "{}: its file system has no shared memory for a write-ahead log; use a local disk", file.string()));
    // 64 MiB of pages: with the default of 2 MiB, writes over many rows read most pages again.
    database->execute("PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536");
    database->execute(holds == Holds::log ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    create_tables(*database, holds);
    return database;
}

}  // namespace agon::sqlite
