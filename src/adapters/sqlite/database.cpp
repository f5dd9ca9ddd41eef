#include "adapters/sqlite/database.hpp"

#include <sqlite3.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "base/result.hpp"

namespace agon::sqlite {

namespace {

constexpr int lock_wait_ms = 5'000;

/// SQLite knows one way to be full. A limit on the size of files (EFBIG) and a quota are others.
bool is_storage_full(int code, int system_error) {
    if ((code & 0xff) == SQLITE_FULL) return true;
    const bool was_growing = code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE;
    return was_growing && (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG);
}

StoreBroken::Kind kind_of(int code, int system_error) {
    if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) return StoreBroken::Kind::fatal;
    return is_storage_full(code, system_error) ? StoreBroken::Kind::storage_full : StoreBroken::Kind::unavailable;
}

/// What a person can do about it, where there is something.
std::string advice(const std::filesystem::path& file, int code, StoreBroken::Kind kind) {
    if (kind == StoreBroken::Kind::storage_full) return "; free some space";
    if (kind == StoreBroken::Kind::fatal)
        return "; a sync failed, so nobody knows what the disk kept: check the disk and its cables (dmesg, smartctl)";
    switch (code & 0xff) {
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT: return fmt::format("; the file is damaged or not a database: {}", cure_of_damage(file));
        case SQLITE_BUSY: return "; another process holds the file";
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_READONLY: return "; check the owner and the permissions";
        default: return "";
    }
}

}  // namespace

std::string_view cure_of_damage(const std::filesystem::path& file) {
    return file.filename() == derived_file_name
               ? "delete it with its -wal and -shm files; it is made anew from the log at the next start"
               : "move it away with its -wal and -shm files and restore a backup (it is never repaired silently)";
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
void Database::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Database::Database(const std::filesystem::path& file, Access access) : file_(file) {
    const auto mode = access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    sqlite3* handle = nullptr;
    const auto result =
        sqlite3_open_v2(file.c_str(), &handle, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    handle_.reset(handle);
    if (result != SQLITE_OK) fail("open");
    wait_for_locks(lock_wait_ms);
}

void Database::wait_for_locks(int at_most_ms) noexcept { sqlite3_busy_timeout(handle_.get(), at_most_ms); }

void Database::fail(std::string_view doing) const {
    // `sqlite3_system_errno` would say it, but not where a COMMIT failed (SQLite 3.40).
    const auto last_error = errno;
    const auto code = handle_ ? sqlite3_extended_errcode(handle_.get()) : SQLITE_NOMEM;
    const auto* message = handle_ ? sqlite3_errmsg(handle_.get()) : "out of memory";
    const auto system_error = (code & 0xff) == SQLITE_IOERR ? last_error : 0;
    const auto kind = kind_of(code, system_error);
    throw Failure(
        fmt::format("{}: {}: {}{}{}", file_.string(), doing, message,
                    system_error ? fmt::format(" ({})", std::strerror(system_error)) : "", advice(file_, code, kind)),
        kind);
}

void Database::execute(const std::string& sql) {
    errno = 0;
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
}

Query Database::query(std::string_view sql) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        sqlite3_stmt* statement = nullptr;
        const auto length = static_cast<int>(sql.size());
        if (sqlite3_prepare_v3(handle_.get(), sql.data(), length, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
            SQLITE_OK)
            fail(sql);
        found = statements_.emplace(sql, Statement{statement}).first;
    }
    CHECK_THAT(!sqlite3_stmt_busy(found->second.get()));
    return {*this, found->second.get()};
}

std::int64_t Database::changed_rows() const noexcept { return sqlite3_changes64(handle_.get()); }

std::int64_t Database::integer(std::string_view sql) {
    auto q = query(sql);
    return q.step() ? q.integer(0) : 0;
}

std::string Database::text(std::string_view sql) {
    auto q = query(sql);
    return q.step() ? q.text(0) : std::string{};
}

bool Database::roll_back() noexcept {
    if (sqlite3_get_autocommit(handle_.get())) return true;
    try {
        query("ROLLBACK").run();
        return true;
    } catch (...) {
        return false;
    }
}

void Database::leave_log_at_close() noexcept {
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Query::~Query() { sqlite3_reset(statement_); }

void Query::check(int result) const {
    if (result != SQLITE_OK) database_.fail(sqlite3_sql(statement_));
}

Query& Query::bind(std::int64_t value) {
    check(sqlite3_bind_int64(statement_, ++bound_, value));
    return *this;
}

Query& Query::bind(std::string_view value) {
    // A view without a place would be bound as NULL.
    const auto* start = value.data() ? value.data() : "";
    check(sqlite3_bind_text64(statement_, ++bound_, start, value.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

Query& Query::bind(const Value& value) {
    std::visit(overloaded{
                   [&](std::nullptr_t) { check(sqlite3_bind_null(statement_, ++bound_)); },
                   [&](std::int64_t number) { bind(number); },
                   [&](double number) { check(sqlite3_bind_double(statement_, ++bound_, number)); },
                   [&](const std::string& text) { bind(std::string_view{text}); },
               },
               value);
    return *this;
}

bool Query::step() {
    errno = 0;
    const auto result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) database_.fail(sqlite3_sql(statement_));
    return false;
}

void Query::run() {
    while (step()) {
    }
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Query::text(int column) const {
    const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return start ? std::string(start, length) : std::string{};
}

Value Query::value(int column) const {
    switch (sqlite3_column_type(statement_, column)) {
        case SQLITE_INTEGER: return integer(column);
        case SQLITE_FLOAT: return sqlite3_column_double(statement_, column);
        case SQLITE_NULL: return nullptr;
        default: return text(column);
    }
}

}  // namespace agon::sqlite
