/// The bare group commit of the limit programs: many writers share one SQLite transaction per sync, with the statements
/// and row sizes of `adapters/sqlite` and no rules, no JSON, no store in between.
#pragma once

#include <sqlite3.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "measured.hpp"

namespace agon::bench {

inline void check(sqlite3* database, int result) {
    if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW) return;
    fmt::print(stderr, "limit: {}\n", sqlite3_errmsg(database));
    std::exit(1);
}

class Connection {
public:
    explicit Connection(const std::filesystem::path& file) {
        check(handle_, sqlite3_open_v2(file.c_str(), &handle_,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr));
        execute(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-65536");
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() {
        for (auto* statement : statements_) sqlite3_finalize(statement);
        sqlite3_close(handle_);
    }

    void execute(const std::string& sql) {
        check(handle_, sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr));
    }
    sqlite3_stmt* prepare(const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        check(handle_, sqlite3_prepare_v3(handle_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statements_.emplace_back(statement);
    }
    void run(sqlite3_stmt* statement) {
        check(handle_, sqlite3_step(statement));
        sqlite3_reset(statement);
    }
    sqlite3* handle() { return handle_; }

private:
    sqlite3* handle_ = nullptr;
    std::vector<sqlite3_stmt*> statements_;
};

/// A tournament as a list shows it: a key and eleven columns, four of them indexed.
constexpr auto tables = R"(
    CREATE TABLE event(
        seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL,
        type TEXT NOT NULL, data TEXT NOT NULL, UNIQUE(stream, version));
    CREATE TABLE row_tournament(id TEXT, name TEXT, status TEXT, game TEXT, format TEXT, owner TEXT, entrants INTEGER,
        capacity INTEGER, prize INTEGER, created_at INTEGER, changed_at INTEGER, version INTEGER, PRIMARY KEY(id))
        WITHOUT ROWID;
    CREATE INDEX by_status ON row_tournament(status, id);
    CREATE INDEX by_game ON row_tournament(game, id);
    CREATE INDEX by_owner ON row_tournament(owner, id);
    CREATE INDEX by_created ON row_tournament(created_at, id);
)";
constexpr auto insert_event = "INSERT INTO event(seq, stream, version, at, type, data) VALUES(?, ?, ?, ?, ?, ?)";
constexpr auto upsert_row = R"(
    INSERT INTO row_tournament(id, name, status, game, format, owner, entrants, capacity, prize, created_at, changed_at,
        version) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT(id) DO UPDATE SET name = excluded.name, status = excluded.status, game = excluded.game,
        format = excluded.format, owner = excluded.owner, entrants = excluded.entrants, capacity = excluded.capacity,
        prize = excluded.prize, created_at = excluded.created_at, changed_at = excluded.changed_at,
        version = excluded.version)";
/// Sets a row whose indexed columns stay as they are, as they do here once it exists.
constexpr auto refresh_row = R"(
    UPDATE row_tournament SET name = ?2, format = ?5, entrants = ?7, capacity = ?8, prize = ?9, changed_at = ?11,
        version = ?12 WHERE id = ?1 AND status IS ?3 AND game IS ?4 AND owner IS ?6 AND created_at IS ?10)";

inline void bind_text(sqlite3_stmt* statement, int column, std::string_view text) {
    sqlite3_bind_text64(statement, column, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

/// The statements of one transaction. Only the writer's thread uses it.
class Log {
public:
    /// An event's data has so many bytes.
    Log(const std::filesystem::path& file, int rows, std::size_t data_bytes)
        : connection_(file), versions_(static_cast<std::size_t>(rows)) {
        data_.resize(data_bytes, ' ');
        connection_.execute(tables);
        for (int row = 0; row < rows; ++row) streams_.push_back(fmt::format("tourn_{:026}", row));
        begin_ = connection_.prepare("BEGIN IMMEDIATE");
        commit_ = connection_.prepare("COMMIT");
        changed_ = connection_.prepare("PRAGMA data_version");
        insert_ = connection_.prepare(insert_event);
        upsert_ = connection_.prepare(upsert_row);
        refresh_ = connection_.prepare(refresh_row);
        begin();
        for (std::size_t row = 0; row < streams_.size(); ++row) set_row(upsert_, row);
        commit();
    }

    void begin() {
        connection_.run(begin_);
        connection_.run(changed_);
    }
    void commit() { connection_.run(commit_); }

    void append(std::size_t row) {
        sqlite3_bind_int64(insert_, 1, ++seq_);
        bind_text(insert_, 2, streams_[row]);
        sqlite3_bind_int64(insert_, 3, ++versions_[row]);
        sqlite3_bind_int64(insert_, 4, 1'705'327'200'000'000 + seq_);
        bind_text(insert_, 5, "EntrantRegistered");
        bind_text(insert_, 6, data_);
        connection_.run(insert_);
    }

    void write_row(std::size_t row) { set_row(refresh_, row); }

    sqlite3* handle() { return connection_.handle(); }

private:
    void set_row(sqlite3_stmt* statement, std::size_t row) {
        int column = 0;
        bind_text(statement, ++column, streams_[row]);
        for (const auto* text :
             {"Spring Open 2024", "registration_open", "rps", "swiss", "user_01h455vb4pex5vsknk084sn02q"})
            bind_text(statement, ++column, text);
        for (const auto number : {versions_[row], std::int64_t{65'536}, std::int64_t{10'000},
                                  std::int64_t{1'705'327'200'000'000}, 1'705'327'200'000'000 + seq_, versions_[row]})
            sqlite3_bind_int64(statement, ++column, number);
        connection_.run(statement);
    }

    Connection connection_;
    std::vector<std::string> streams_;
    std::vector<std::int64_t> versions_;
    std::int64_t seq_ = 0;
    std::string data_ = R"({"entrant":"bot_01h455vb4pex5vsknk084sn02q","name":"Deep Paper 3","seed":17,)"
                        R"("at":"2024-01-15T14:00:00.000123Z","owner":"user_01h455vb4pex5vsknk0"})";
    sqlite3_stmt *begin_, *commit_, *changed_, *insert_, *upsert_, *refresh_;
};

/// Empties the log beside the commits, from 1,000 pages on; beyond 64 MiB the writer empties it.
class Checkpoints {
public:
    Checkpoints(const std::filesystem::path& file, sqlite3* writer) : own_(file) {
        own_.run(own_.prepare("SELECT count(*) FROM sqlite_schema"));
        const auto hook = [](void* self, sqlite3* database, const char*, int pages) {
            if (pages > 16'384)
                sqlite3_wal_checkpoint_v2(database, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
            if (pages >= 1'000) static_cast<Checkpoints*>(self)->wake();
            return SQLITE_OK;
        };
        sqlite3_wal_hook(writer, hook, this);
        thread_ = std::jthread([this](std::stop_token stop) { run(stop); });
    }

private:
    void wake() {
        {
            const std::lock_guard lock(mutex_);
            due_ = true;
        }
        due_now_.notify_one();
    }
    void run(std::stop_token stop) {
        for (std::unique_lock lock(mutex_); due_now_.wait(lock, stop, [this] { return due_; });) {
            due_ = false;
            lock.unlock();
            sqlite3_wal_checkpoint_v2(own_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
            lock.lock();
        }
    }

    Connection own_;
    std::mutex mutex_;
    std::condition_variable_any due_now_;
    bool due_ = false;
    std::jthread thread_;
};

/// A virtual writer: has one write under way at any time.
struct Writer {
    std::size_t row = 0;
    Clock::time_point asked;
};

/// Of an event where nothing else is asked for: a registered entrant.
inline constexpr std::size_t registration_bytes = 146;

/// Takes all that waits, commits it, and hands the done ones back in one piece.
class Group {
public:
    Group(Log& log, bool one_row) : log_(log), one_row_(one_row) {}

    void submit(Writer* writer) {
        bool was_empty;
        {
            const std::lock_guard lock(mutex_);
            was_empty = waiting_.empty();
            waiting_.push_back(writer);
        }
        if (was_empty) wake_.notify_one();
    }

    template <class Done>
    void run(std::stop_token stop, Done done) {
        for (;;) {
            std::vector<Writer*> taken;
            {
                std::unique_lock lock(mutex_);
                if (!wake_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
                taken.swap(waiting_);
            }
            const auto began = Clock::now();
            write(taken);
            {
                const std::lock_guard lock(mutex_);
                took_us_.push_back(static_cast<float>(microseconds_since(began)));
            }
            done(std::move(taken));
        }
    }

    /// Any thread.
    double median_commit_us() {
        const std::lock_guard lock(mutex_);
        return percentile(took_us_, 0.5);
    }

private:
    /// A row that several of them change is written once.
    void write(const std::vector<Writer*>& taken) {
        log_.begin();
        for (const auto* writer : taken) log_.append(writer->row);
        if (one_row_) {
            log_.write_row(0);
        } else {
            std::vector<std::size_t> rows;
            for (const auto* writer : taken) rows.push_back(writer->row);
            std::ranges::sort(rows);
            rows.erase(std::ranges::unique(rows).begin(), rows.end());
            for (const auto row : rows) log_.write_row(row);
        }
        log_.commit();
    }

    Log& log_;
    bool one_row_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::vector<Writer*> waiting_;
    std::vector<float> took_us_;
};

}  // namespace agon::bench
