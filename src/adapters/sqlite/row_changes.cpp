#include "adapters/sqlite/row_changes.hpp"

#include "adapters/sqlite/row_sql.hpp"
#include "base/result.hpp"

namespace agon::sqlite {

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
    const Table* table = nullptr;
    std::string upsert;
    std::string remove;
    for (const auto* change : last_) {
        if (change->table != table) {
            table = change->table;
            upsert = upsert_sql(*table);
            remove = remove_sql(*table);
        }
        if (!change->values) {
            database.query(remove).bind(change->key).run();
            continue;
        }
        CHECK_THAT(change->values->size() == table->columns.size());
        auto query = database.query(upsert);
        for (const auto& value : *change->values) query.bind(value);
        query.run();
    }
}

}  // namespace agon::sqlite
