/// Read-only connections, lent to whichever thread reads.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "adapters/sqlite/database.hpp"

namespace agon::sqlite {

/// Any thread may call `lend`. There are as many connections as ever read at the same time; none is closed before the
/// pool is.
class Readers {
public:
    explicit Readers(std::filesystem::path file) : file_(std::move(file)) {}

    /// Has one connection until it goes; then the connection is free for the next.
    class Loan {
    public:
        Loan(Readers& readers, std::unique_ptr<Database> database)
            : readers_(readers), database_(std::move(database)) {}
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        ~Loan() { readers_.take_back(std::move(database_)); }

        Database* operator->() { return database_.get(); }
        Database& operator*() { return *database_; }

    private:
        Readers& readers_;
        std::unique_ptr<Database> database_;
    };

    Loan lend();

private:
    void take_back(std::unique_ptr<Database> database);

    std::filesystem::path file_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Database>> free_;
};

/// One read transaction: all statements within see the same state of the file.
class Snapshot {
public:
    explicit Snapshot(Database& database) : database_(database) { database_.query("BEGIN").run(); }
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;
    ~Snapshot() { database_.roll_back(); }

private:
    Database& database_;
};

}  // namespace agon::sqlite
