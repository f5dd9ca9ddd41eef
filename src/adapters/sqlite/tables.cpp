#include "adapters/sqlite/tables.hpp"

#include "adapters/sqlite/readers.hpp"
#include "adapters/sqlite/row_sql.hpp"
#include "base/result.hpp"

namespace agon::sqlite {

namespace {

std::vector<std::vector<Value>> page_of(Database& reader, const RowQuery& wanted) {
    auto query = reader.query(select_sql(wanted));
    for (const auto* value : bound_values(wanted)) query.bind(*value);
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
    auto query = reader.query(count_sql(wanted));
    for (const auto* value : bound_values(wanted)) query.bind(*value);
    return query.step() ? query.integer(0) : 0;
}

}  // namespace

bool has_table(Database& database, const Table& table) {
    auto stored = database.query("SELECT description FROM row_table WHERE name = ?");
    return stored.bind(table.name).step() && stored.text(0) == description(table);
}

void make_table(Database& database, const Table& table) {
    CHECK_THAT(!table.columns.empty() && table.columns.front().kind == ColumnKind::text);
    database.execute(create_sql(table));
    const auto described = description(table);
    database.query("INSERT OR REPLACE INTO row_table(name, description) VALUES(?, ?)")
        .bind(table.name)
        .bind(described)
        .run();
}

void drop_table(Database& database, const Table& table) {
    database.query("DELETE FROM row_table WHERE name = ?").bind(table.name).run();
    if (database.changed_rows() > 0) database.execute(drop_sql(table));
}

Rows select(Database& reader, const RowQuery& wanted) {
    if (is_by_key(wanted)) {
        Rows one{.rows = page_of(reader, wanted)};
        one.total = static_cast<std::int64_t>(one.rows.size());
        return one;
    }
    const Snapshot snapshot(reader);
    Rows out{.rows = page_of(reader, wanted)};
    // A first page that is not full says the total itself.
    const auto found = static_cast<std::int64_t>(out.rows.size());
    out.total = wanted.offset <= 0 && found < wanted.limit ? found : count_of(reader, wanted);
    return out;
}

Seq cursor_of(Database& reader, const std::string& follower) {
    auto query = reader.query("SELECT seq FROM cursor WHERE follower = ?");
    return query.bind(follower).step() ? query.integer(0) : 0;
}

}  // namespace agon::sqlite
