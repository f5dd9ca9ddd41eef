#include "adapters/sqlite/row_changes.hpp"

#include "adapters/sqlite/row_sql.hpp"
#include "base/result.hpp"

namespace agon::sqlite {

namespace {

struct Statements {
    const Table* table = nullptr;
    std::string refresh;
    std::string upsert;
    std::string remove;
    /// Refreshes in vain, one after another.
    int misses = 0;

    Statements() = default;
    explicit Statements(const Table& of)
        : table(&of), refresh(refresh_sql(of)), upsert(upsert_sql(of)), remove(remove_sql(of)) {}

    /// A refresh spares the indexes, but is in vain for a row that is new, or moves in one of them.
    bool is_refresh_worth_trying() const { return !refresh.empty() && misses < 16; }
};

void run(Database& database, const std::string& sql, const std::vector<Value>& values) {
    auto query = database.query(sql);
    for (const auto& value : values) query.bind(value);
    query.run();
}

void set(Database& database, Statements& statements, const std::vector<Value>& values) {
    CHECK_THAT(values.size() == statements.table->columns.size());
    if (statements.is_refresh_worth_trying()) {
        run(database, statements.refresh, values);
        const bool was_there = database.changed_rows() > 0;
        statements.misses = was_there ? 0 : statements.misses + 1;
        if (was_there) return;
    }
    run(database, statements.upsert, values);
}

}  // namespace

void RowChanges::add(std::span<const RowChange> changes) {
    for (const auto& change : changes) {
        const auto [place, is_new] = places_.try_emplace({change.table, change.key}, last_.size());
        if (is_new)
            last_.push_back(&change);
        else
            last_[place->second] = &change;
    }
}

void RowChanges::write(Database& database) {
    // A table's statements are spelt once per transaction, and neighbours in its b-tree are written one after another.
    std::ranges::sort(last_, [](const RowChange* a, const RowChange* b) {
        return a->table != b->table ? std::less<>{}(a->table, b->table) : a->key < b->key;
    });
    Statements statements;
    for (const auto* change : last_) {
        if (change->table != statements.table) statements = Statements(*change->table);
        if (change->values)
            set(database, statements, change->instead.empty() ? *change->values : change->result());
        else
            database.query(statements.remove).bind(change->key).run();
    }
}

}  // namespace agon::sqlite
