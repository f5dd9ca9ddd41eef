#include "adapters/sqlite/sqlite_store.hpp"

#include <fmt/format.h>
#include <set>

#include "adapters/sqlite/checkpointer.hpp"
#include "adapters/sqlite/file.hpp"
#include "adapters/sqlite/readers.hpp"
#include "adapters/sqlite/row_changes.hpp"
#include "adapters/sqlite/row_sql.hpp"
#include "adapters/sqlite/versions.hpp"
#include "base/result.hpp"

namespace agon {

namespace {

using sqlite::Database;

constexpr std::size_t known_streams = 65'536;
constexpr int wait_at_close_ms = 50;

std::vector<Recorded> all_events(sqlite::Query& query) {
    std::vector<Recorded> out;
    while (query.step())
        out.push_back({.seq = query.integer(0),
                       .stream = query.text(1),
                       .version = query.integer(2),
                       .at = {query.integer(3)},
                       .type = query.text(4),
                       .data = query.text(5)});
    return out;
}

class SqliteStore final : public Store {
public:
    SqliteStore(const std::filesystem::path& file, OnFatal on_fatal)
        : trust_(std::move(on_fatal)),
          writer_(sqlite::open_writer(file)),
          readers_(file),
          checkpointer_(std::make_unique<sqlite::Checkpointer>(*writer_, trust_)) {}
    ~SqliteStore() override;

    std::vector<Committed> commit(std::span<const Batch> batches) override;
    std::vector<Recorded> read(const StreamName& stream, Version after) override;
    std::vector<Recorded> follow(Seq after, std::size_t limit) override;
    Seq last_seq() override;
    Rows select(const RowQuery&) override;
    Seq cursor(const std::string& follower) override;
    std::vector<std::string> prepare(std::span<const Table* const> tables) override;

private:
    template <class F>
    auto transaction(F work);
    void begin();
    void finish();
    void empty_log();

    Committed apply(const Batch&);
    std::optional<Conflict> conflict_in(const Batch&);
    /// Streams on which a batch of this call was refused.
    std::set<StreamName> left_behind_;
    Version& version_of(const StreamName&);
    void append(const Append&, Instant at);
    void save_cursors(std::span<const Batch>, std::span<const Committed>);
    bool prepare(const Table&);

    sqlite::Trust trust_;
    /// Held while the writer's connection is in use.
    std::mutex writing_;
    std::unique_ptr<Database> writer_;
    sqlite::Readers readers_;
    std::unique_ptr<sqlite::Checkpointer> checkpointer_;

    // What the writer knows of the file, as long as nobody else writes to it.
    sqlite::Versions versions_{known_streams};
    Seq last_ = 0;
    std::optional<std::int64_t> file_changes_;
};

SqliteStore::~SqliteStore() {
    checkpointer_.reset();
    try {
        writer_->wait_for_locks(wait_at_close_ms);
        if (!trust_.is_lost()) sqlite::checkpoint(*writer_, sqlite::Checkpoint::truncate);
    } catch (const sqlite::Failure& failure) {
        // The log keeps it all, and was synced.
        if (failure.kind == StoreBroken::Kind::fatal) trust_.lose(failure.what());
    }
    if (trust_.is_lost()) writer_->leave_log_at_close();
}

// --- the transaction --------------------------------------------------------------------------------------------------

/// Runs `work` between BEGIN and COMMIT. Whatever fails, nothing stays open, and what the writer thought it knew is
/// forgotten.
template <class F>
auto SqliteStore::transaction(F work) {
    const std::lock_guard lock(writing_);
    trust_.check();
    try {
        begin();
        auto result = work();
        finish();
        return result;
    } catch (const std::exception& e) {
        const auto* failure = dynamic_cast<const sqlite::Failure*>(&e);
        if (failure && failure->kind == StoreBroken::Kind::fatal) trust_.lose(failure->what());
        file_changes_.reset();
        if (!writer_->roll_back()) trust_.lose(fmt::format("{}: a roll-back failed", writer_->file().string()));
        throw;
    }
}

/// Takes the write lock, and drops what the writer knew if another process has written since.
void SqliteStore::begin() {
    writer_->query("BEGIN IMMEDIATE").run();
    const auto changes = writer_->integer("PRAGMA data_version");
    if (changes == file_changes_) return;
    versions_.forget();
    last_ = writer_->integer("SELECT max(seq) FROM event");
    file_changes_ = changes;
}

void SqliteStore::finish() {
    writer_->query("COMMIT").run();
    trust_.check();
    if (checkpointer_->log_is_long()) empty_log();
}

/// Only a failed sync concerns the commit, which is in the log.
void SqliteStore::empty_log() {
    try {
        sqlite::checkpoint(*writer_, sqlite::Checkpoint::passive);
    } catch (const sqlite::Failure& failure) {
        if (failure.kind == StoreBroken::Kind::fatal) throw;
    }
}

std::vector<Committed> SqliteStore::commit(std::span<const Batch> batches) {
    return transaction([&] {
        std::vector<Committed> outcomes;
        outcomes.reserve(batches.size());
        left_behind_.clear();
        sqlite::RowChanges rows;
        for (const auto& batch : batches) {
            outcomes.push_back(apply(batch));
            if (outcomes.back().accepted()) rows.add(batch.rows);
        }
        rows.write(*writer_);
        save_cursors(batches, outcomes);
        return outcomes;
    });
}

/// Everything is checked before anything is written, so a refused batch needs no savepoint.
Committed SqliteStore::apply(const Batch& batch) {
    if (auto conflict = conflict_in(batch)) {
        left_behind_.insert(conflict->stream);
        return {.conflict = std::move(conflict)};
    }
    const auto before = last_;
    for (const auto& entry : batch.appends) append(entry, batch.at);
    return {.first_seq = last_ > before ? before + 1 : 0};
}

std::optional<Conflict> SqliteStore::conflict_in(const Batch& batch) {
    // How far this batch itself moves a stream that it names more than once.
    std::unordered_map<std::string_view, Version> moved;
    for (const auto& entry : batch.appends) {
        auto found = version_of(entry.stream);
        if (batch.appends.size() > 1) {
            auto& by = moved[entry.stream];
            found += by;
            by += static_cast<Version>(entry.events.size());
        }
        if (found != entry.expected || left_behind_.contains(entry.stream)) return Conflict{entry.stream, found};
    }
    return std::nullopt;
}

Version& SqliteStore::version_of(const StreamName& stream) {
    if (auto* known = versions_.find(stream)) return *known;
    auto query = writer_->query("SELECT max(version) FROM event WHERE stream = ?");
    query.bind(stream).step();
    return versions_.set(stream, query.integer(0));
}

void SqliteStore::append(const Append& entry, Instant at) {
    auto& version = version_of(entry.stream);
    for (const auto& event : entry.events)
        writer_->query("INSERT INTO event(seq, stream, version, at, type, data) VALUES(?, ?, ?, ?, ?, ?)")
            .bind(++last_)
            .bind(entry.stream)
            .bind(++version)
            .bind(at.us)
            .bind(event.type)
            .bind(event.data)
            .run();
}

void SqliteStore::save_cursors(std::span<const Batch> batches, std::span<const Committed> outcomes) {
    std::map<std::string_view, Seq> last;
    for (std::size_t i = 0; i < batches.size(); ++i)
        if (outcomes[i].accepted() && batches[i].cursor) last[batches[i].cursor->follower] = batches[i].cursor->seq;
    for (const auto& [follower, seq] : last)
        writer_
            ->query(
                "INSERT INTO cursor(follower, seq) VALUES(?, ?) ON CONFLICT(follower) DO UPDATE SET seq = excluded.seq")
            .bind(follower)
            .bind(seq)
            .run();
}

// --- reading ----------------------------------------------------------------------------------------------------------

std::vector<Recorded> SqliteStore::read(const StreamName& stream, Version after) {
    auto reader = readers_.lend();
    auto query = reader->query(
        "SELECT seq, stream, version, at, type, data FROM event WHERE stream = ? AND version > ? "
        "ORDER BY version");
    return all_events(query.bind(stream).bind(after));
}

std::vector<Recorded> SqliteStore::follow(Seq after, std::size_t limit) {
    auto reader = readers_.lend();
    auto query =
        reader->query("SELECT seq, stream, version, at, type, data FROM event WHERE seq > ? ORDER BY seq LIMIT ?");
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
    return all_events(query.bind(after).bind(static_cast<std::int64_t>(std::min(limit, most))));
}

Seq SqliteStore::last_seq() { return readers_.lend()->integer("SELECT max(seq) FROM event"); }

Seq SqliteStore::cursor(const std::string& follower) {
    auto reader = readers_.lend();
    auto query = reader->query("SELECT seq FROM cursor WHERE follower = ?");
    return query.bind(follower).step() ? query.integer(0) : 0;
}

std::vector<std::vector<Value>> page_of(Database& reader, const RowQuery& wanted) {
    auto query = reader.query(sqlite::select_sql(wanted));
    for (const auto* value : sqlite::bound_values(wanted)) query.bind(*value);
    query.bind(std::max<std::int64_t>(wanted.limit, 0)).bind(std::max<std::int64_t>(wanted.offset, 0));
    std::vector<std::vector<Value>> out;
    const auto columns = static_cast<int>(wanted.table->columns.size());
    while (query.step()) {
        auto& row = out.emplace_back();
        row.reserve(wanted.table->columns.size());
        for (int i = 0; i < columns; ++i) row.push_back(query.value(i));
    }
    return out;
}

std::int64_t count_of(Database& reader, const RowQuery& wanted) {
    auto query = reader.query(sqlite::count_sql(wanted));
    for (const auto* value : sqlite::bound_values(wanted)) query.bind(*value);
    return query.step() ? query.integer(0) : 0;
}

Rows SqliteStore::select(const RowQuery& wanted) {
    auto reader = readers_.lend();
    if (sqlite::is_by_key(wanted)) {
        Rows one{.rows = page_of(*reader, wanted)};
        one.total = static_cast<std::int64_t>(one.rows.size());
        return one;
    }
    const sqlite::Snapshot snapshot(*reader);
    Rows out{.rows = page_of(*reader, wanted)};
    // A first page that is not full says the total itself.
    const auto found = static_cast<std::int64_t>(out.rows.size());
    out.total = wanted.offset <= 0 && found < wanted.limit ? found : count_of(*reader, wanted);
    return out;
}

// --- tables -----------------------------------------------------------------------------------------------------------

std::vector<std::string> SqliteStore::prepare(std::span<const Table* const> tables) {
    return transaction([&] {
        std::vector<std::string> to_fill;
        for (const auto* table : tables)
            if (prepare(*table) && last_ > 0) to_fill.push_back(table->name);
        return to_fill;
    });
}

/// True when the table was made (anew).
bool SqliteStore::prepare(const Table& table) {
    CHECK_THAT(!table.columns.empty() && table.columns.front().kind == ColumnKind::text);
    const auto wanted = sqlite::description(table);
    {
        auto stored = writer_->query("SELECT description FROM row_table WHERE name = ?");
        if (stored.bind(table.name).step() && stored.text(0) == wanted) return false;
    }
    writer_->execute(sqlite::create_sql(table));
    writer_->query("INSERT OR REPLACE INTO row_table(name, description) VALUES(?, ?)")
        .bind(table.name)
        .bind(wanted)
        .run();
    return true;
}

}  // namespace

std::unique_ptr<Store> open_sqlite_store(const std::filesystem::path& directory, OnFatal on_fatal) {
    try {
        return std::make_unique<SqliteStore>(sqlite::make_file(directory), std::move(on_fatal));
    } catch (const std::filesystem::filesystem_error& error) {
        throw StoreBroken(error.what());
    }
}

}  // namespace agon
