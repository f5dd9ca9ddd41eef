/// SQLite's C interface with owners: a connection, its statements, and failures as `StoreBroken`.
///
/// A connection belongs to one thread at a time; nothing in here locks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/store.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace agon::sqlite {

inline constexpr std::string_view log_file_name = "agon.db", derived_file_name = "derived.db";

/// What a person does about such a file of the store that is damaged.
std::string_view cure_of_damage(const std::filesystem::path& file);

/// SQLite answered with an error. `what()` names the file, what was being done, SQLite's message, the system's where
/// there is one, and what to do about it where there is something.
struct Failure : StoreBroken {
    using StoreBroken::StoreBroken;
};

class Database;

/// One run of a prepared statement, which it borrows: parameters are bound from the left, then `step` until there are
/// no more rows. When it goes, the statement is reset, so it never keeps a read transaction open. What is bound is
/// not copied and must live as long.
class Query {
public:
    Query(Database& database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query();

    Query& bind(std::int64_t);
    Query& bind(std::string_view);
    Query& bind(const std::string& text) { return bind(std::string_view{text}); }
    Query& bind(const Value&);

    /// Goes to the next row; false after the last.
    bool step();
    /// For statements without rows.
    void run();

    std::int64_t integer(int column) const;
    std::string text(int column) const;
    Value value(int column) const;

private:
    void check(int result) const;

    Database& database_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
};

enum class Access { read_only, read_write };

/// A connection and the statements prepared on it.
class Database {
public:
    /// The file must exist. Waits up to 5 s for a lock that another process holds, see `wait_for_locks`.
    Database(const std::filesystem::path& file, Access access);
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs one or more statements that return nothing.
    void execute(const std::string& sql);
    /// Prepares the statement at its first use and keeps it. One run of a statement at a time.
    Query query(std::string_view sql);
    /// The first column of the first row.
    std::int64_t integer(std::string_view sql);
    std::string text(std::string_view sql);

    /// By the statement that ran last.
    std::int64_t changed_rows() const noexcept;
    void wait_for_locks(int at_most_ms) noexcept;
    /// Rolls back what is open, if anything is. False when that failed.
    bool roll_back() noexcept;
    /// Closing it writes and syncs nothing: what the write-ahead log holds stays there for the next to open the file.
    void leave_log_at_close() noexcept;

    sqlite3* handle() const { return handle_.get(); }
    const std::filesystem::path& file() const { return file_; }
    /// Right after a call that failed, where `errno` is still the system's reason.
    [[noreturn]] void fail(std::string_view doing) const;

private:
    struct Close {
        void operator()(sqlite3*) const;
    };
    struct Finalize {
        void operator()(sqlite3_stmt*) const;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

    std::filesystem::path file_;
    std::unique_ptr<sqlite3, Close> handle_;
    std::unordered_map<std::string, Statement, Hash, std::equal_to<>> statements_;
};

}  // namespace agon::sqlite
