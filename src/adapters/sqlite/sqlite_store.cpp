#include "adapters/sqlite/sqlite_store.hpp"

#include <atomic>
#include <set>

#include "adapters/sqlite/derived_file.hpp"
#include "adapters/sqlite/row_changes.hpp"
#include "adapters/sqlite/tables.hpp"
#include "adapters/sqlite/versions.hpp"
#include "base/result.hpp"

namespace agon {

namespace {

using sqlite::Database;

constexpr std::size_t known_streams = 65'536;

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

/// The log's file is written by `commit` alone, the other one by `save`; neither waits for the other.
class SqliteStore final : public Store {
public:
    SqliteStore(const std::filesystem::path& directory, OnFatal on_fatal)
        : trust_(std::move(on_fatal)),
          log_(sqlite::path_of(directory, sqlite::Holds::log), sqlite::Holds::log, trust_),
          derived_(directory, [this](Seq seq) { return mark_of(seq); }, trust_) {}

    std::vector<Committed> commit(std::span<const Batch> batches) override;
    void save(const Derived& derived) override { derived_.save(derived); }
    std::vector<Recorded> read(const StreamName& stream, Version after) override;
    std::vector<Recorded> follow(Seq after, std::size_t limit) override;
    Seq last_seq() override { return log_.lend()->integer("SELECT max(seq) FROM event"); }
    std::int64_t writes_by_others() override;
    Rows select(const RowQuery&) override;
    Seq cursor(const std::string& follower) override { return sqlite::cursor_of(*log_.lend(), follower); }
    Seq saved_cursor(const std::string& follower) override { return derived_.cursor(follower); }
    std::vector<std::string> prepare(std::span<const Table* const> tables) override;

private:
    template <class F>
    auto transaction(F work);
    void look_at_the_file(Database&);

    Committed apply(Database&, const Batch&);
    std::optional<Conflict> conflict_in(Database&, const Batch&);
    /// Streams on which a batch of this call was refused.
    std::set<StreamName> left_behind_;
    Version& version_of(Database&, const StreamName&);
    void append(Database&, const Append&, Instant at);
    static void set_cursor(Database&, const Cursor&);
    std::string mark_of(Seq);

    sqlite::Trust trust_;
    sqlite::StoreFile log_;
    sqlite::DerivedFile derived_;

    // What the writer knows of the log's file, as long as nobody else writes to it.
    sqlite::Versions versions_{known_streams};
    Seq last_ = 0;
    std::optional<std::int64_t> file_changes_;
    /// How often somebody else may have written.
    std::atomic<std::int64_t> others_ = 0;
};

// --- the transaction --------------------------------------------------------------------------------------------------

/// Whatever fails, what the writer thought it knew is forgotten.
template <class F>
auto SqliteStore::transaction(F work) {
    try {
        return log_.transaction([&](Database& database) {
            look_at_the_file(database);
            return work(database);
        });
    } catch (...) {
        file_changes_.reset();
        throw;
    }
}

/// Drops what the writer knew if another process has written since.
void SqliteStore::look_at_the_file(Database& database) {
    const auto changes = database.integer("PRAGMA data_version");
    if (changes == file_changes_) return;
    versions_.forget();
    last_ = database.integer("SELECT max(seq) FROM event");
    file_changes_ = changes;
    ++others_;
}

/// Every commit looks; this is for when there are none.
std::int64_t SqliteStore::writes_by_others() {
    log_.look_if_free([&](Database& database) { look_at_the_file(database); });
    return others_;
}

std::vector<Committed> SqliteStore::commit(std::span<const Batch> batches) {
    return transaction([&](Database& database) {
        std::vector<Committed> outcomes;
        outcomes.reserve(batches.size());
        left_behind_.clear();
        sqlite::RowChanges rows;
        for (const auto& batch : batches) {
            outcomes.push_back(apply(database, batch));
            if (outcomes.back().accepted()) rows.add(batch.rows);
        }
        rows.write(database);
        for (std::size_t i = 0; i < batches.size(); ++i)
            if (const auto& cursor = batches[i].cursor; cursor && outcomes[i].accepted()) set_cursor(database, *cursor);
        return outcomes;
    });
}

/// Everything is checked before anything is written, so a refused batch needs no savepoint.
Committed SqliteStore::apply(Database& database, const Batch& batch) {
    if (auto conflict = conflict_in(database, batch)) {
        left_behind_.insert(conflict->stream);
        return {.conflict = std::move(conflict)};
    }
    const auto before = last_;
    for (const auto& entry : batch.appends) append(database, entry, batch.at);
    return {.first_seq = last_ > before ? before + 1 : 0};
}

std::optional<Conflict> SqliteStore::conflict_in(Database& database, const Batch& batch) {
    // How far this batch itself moves a stream that it names more than once.
    std::unordered_map<std::string_view, Version> moved;
    for (const auto& entry : batch.appends) {
        auto found = version_of(database, entry.stream);
        if (batch.appends.size() > 1) {
            auto& by = moved[entry.stream];
            found += by;
            by += static_cast<Version>(entry.events.size());
        }
        if (found != entry.expected || left_behind_.contains(entry.stream)) return Conflict{entry.stream, found};
    }
    return std::nullopt;
}

Version& SqliteStore::version_of(Database& database, const StreamName& stream) {
    if (auto* known = versions_.find(stream)) return *known;
    auto query = database.query("SELECT max(version) FROM event WHERE stream = ?");
    query.bind(stream).step();
    return versions_.set(stream, query.integer(0));
}

void SqliteStore::append(Database& database, const Append& entry, Instant at) {
    auto& version = version_of(database, entry.stream);
    for (const auto& event : entry.events)
        database.query("INSERT INTO event(seq, stream, version, at, type, data) VALUES(?, ?, ?, ?, ?, ?)")
            .bind(++last_)
            .bind(entry.stream)
            .bind(++version)
            .bind(at.us)
            .bind(event.type)
            .bind(event.data)
            .run();
}

void SqliteStore::set_cursor(Database& database, const Cursor& cursor) {
    database
        .query("INSERT INTO cursor(follower, seq) VALUES(?, ?) ON CONFLICT(follower) DO UPDATE SET seq = excluded.seq")
        .bind(cursor.follower)
        .bind(cursor.seq)
        .run();
}

// --- reading ----------------------------------------------------------------------------------------------------------

std::vector<Recorded> SqliteStore::read(const StreamName& stream, Version after) {
    auto reader = log_.lend();
    auto query = reader->query(
        "SELECT seq, stream, version, at, type, data FROM event WHERE stream = ? AND version > ? "
        "ORDER BY version");
    return all_events(query.bind(stream).bind(after));
}

std::vector<Recorded> SqliteStore::follow(Seq after, std::size_t limit) {
    auto reader = log_.lend();
    auto query =
        reader->query("SELECT seq, stream, version, at, type, data FROM event WHERE seq > ? ORDER BY seq LIMIT ?");
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
    return all_events(query.bind(after).bind(static_cast<std::int64_t>(std::min(limit, most))));
}

std::string SqliteStore::mark_of(Seq seq) {
    auto reader = log_.lend();
    auto query = reader->query("SELECT stream || ' ' || version || ' ' || at FROM event WHERE seq = ?");
    return query.bind(seq).step() ? query.text(0) : std::string();
}

Rows SqliteStore::select(const RowQuery& wanted) {
    return wanted.table->derived ? derived_.select(wanted) : sqlite::select(*log_.lend(), wanted);
}

// --- tables -----------------------------------------------------------------------------------------------------------

std::vector<std::string> SqliteStore::prepare(std::span<const Table* const> tables) {
    std::vector<const Table*> derived;
    auto to_fill = transaction([&](Database& database) {
        std::vector<std::string> made;
        for (const auto* table : tables) {
            if (table->derived) {
                derived.push_back(table);
                // Where an older program kept it.
                sqlite::drop_table(database, *table);
            } else if (!sqlite::has_table(database, *table)) {
                sqlite::make_table(database, *table);
                if (last_ > 0) made.push_back(table->name);
            }
        }
        return made;
    });
    derived_.prepare(derived);
    return to_fill;
}

}  // namespace

std::unique_ptr<Store> open_sqlite_store(const std::filesystem::path& directory, OnFatal on_fatal) {
    return std::make_unique<SqliteStore>(directory, std::move(on_fatal));
}

}  // namespace agon
