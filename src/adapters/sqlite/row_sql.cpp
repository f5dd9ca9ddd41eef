#include "adapters/sqlite/row_sql.hpp"

#include <ranges>

#include <fmt/format.h>

#include "base/result.hpp"

namespace agon::sqlite {

namespace {

using Compare = Filter::Compare;

std::string quoted(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

/// Row tables stand apart from the store's own.
std::string table_name(const Table& table) { return quoted("row_" + table.name); }

std::string_view type_name(ColumnKind kind) {
    switch (kind) {
        case ColumnKind::integer: return "INTEGER";
        case ColumnKind::real: return "REAL";
        case ColumnKind::text: return "TEXT";
    }
    return "TEXT";
}

/// `piece(column)` for every column, joined by commas.
template <class F>
std::string list(const Table& table, F piece) {
    std::string out;
    for (const auto& column : table.columns) {
        if (!out.empty()) out += ", ";
        out += piece(column);
    }
    return out;
}

std::string names(const Table& table) {
    return list(table, [](const Column& column) { return quoted(column.name); });
}

const Column& column_named(const Table& table, std::string_view name) {
    const auto found = std::ranges::find(table.columns, name, &Column::name);
    CHECK_THAT(found != table.columns.end());
    return *found;
}

std::string_view symbol(Compare compare) {
    switch (compare) {
        case Compare::equal: return "=";
        case Compare::less: return "<";
        case Compare::less_or_equal: return "<=";
        case Compare::greater: return ">";
        case Compare::greater_or_equal: return ">=";
        case Compare::not_null: break;
    }
    return "IS NOT NULL";
}

/// "Equal to nothing" finds the rows without a value.
bool is_null_test(const Filter& filter) {
    return filter.compare == Compare::equal && std::holds_alternative<std::nullptr_t>(filter.value);
}
bool has_parameter(const Filter& filter) { return filter.compare != Compare::not_null && !is_null_test(filter); }

std::string condition(const Table& table, const Filter& filter) {
    const auto name = quoted(column_named(table, filter.column).name);
    if (is_null_test(filter)) return name + " IS NULL";
    return fmt::format("{} {}{}", name, symbol(filter.compare), has_parameter(filter) ? " ?" : "");
}

std::string where_sql(const RowQuery& query) {
    std::string out;
    for (const auto& filter : query.where) {
        out += out.empty() ? " WHERE " : " AND ";
        out += condition(*query.table, filter);
    }
    return out;
}

std::string order_sql(const RowQuery& query) {
    const auto& key = query.table->columns.front().name;
    const auto* direction = query.descending ? " DESC" : "";
    auto out = fmt::format(" ORDER BY {}{}", quoted(query.order_by.empty() ? key : query.order_by), direction);
    if (!query.order_by.empty() && query.order_by != key) {
        column_named(*query.table, query.order_by);
        out += fmt::format(", {}{}", quoted(key), direction);
    }
    return out;
}

}  // namespace

std::string description(const Table& table) {
    return list(table, [](const Column& column) {
        return fmt::format("{} {}{}", quoted(column.name), type_name(column.kind), column.indexed ? " indexed" : "");
    });
}

std::string create_sql(const Table& table) {
    const auto name = table_name(table);
    const auto columns = list(
        table, [](const Column& column) { return fmt::format("{} {}", quoted(column.name), type_name(column.kind)); });
    const auto key = quoted(table.columns.front().name);
    auto out = fmt::format("DROP TABLE IF EXISTS {0}; CREATE TABLE {0}({1}, PRIMARY KEY({2})) WITHOUT ROWID;", name,
                           columns, key);
    for (const auto& column : table.columns)
        if (column.indexed && &column != &table.columns.front())
            out += fmt::format(" CREATE INDEX {} ON {}({}, {});", quoted("row_" + table.name + "_by_" + column.name),
                               name, quoted(column.name), key);
    return out;
}

std::string upsert_sql(const Table& table) {
    const auto parameters = list(table, [](const Column&) { return std::string{"?"}; });
    const auto& key = table.columns.front();
    std::string changes;
    for (const auto& column : table.columns)
        if (&column != &key)
            changes += fmt::format("{0}{1} = excluded.{1}", changes.empty() ? "" : ", ", quoted(column.name));
    return fmt::format("INSERT INTO {}({}) VALUES({}) ON CONFLICT({}) DO {}{}", table_name(table), names(table),
                       parameters, quoted(key.name), changes.empty() ? "NOTHING" : "UPDATE SET ", changes);
}

std::string refresh_sql(const Table& table) {
    std::string changes;
    std::string unchanged;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto name = quoted(table.columns[i].name);
        if (i == 0)
            unchanged = fmt::format("{} = ?1", name);
        else if (table.columns[i].indexed)
            unchanged += fmt::format(" AND {} IS ?{}", name, i + 1);
        else
            changes += fmt::format("{}{} = ?{}", changes.empty() ? "" : ", ", name, i + 1);
    }
    const bool has_indexes = std::ranges::any_of(table.columns | std::views::drop(1), &Column::indexed);
    if (!has_indexes || changes.empty()) return {};
    return fmt::format("UPDATE {} SET {} WHERE {}", table_name(table), changes, unchanged);
}

std::string remove_sql(const Table& table) {
    return fmt::format("DELETE FROM {} WHERE {} = ?", table_name(table), quoted(table.columns.front().name));
}

std::string select_sql(const RowQuery& query) {
    return fmt::format("SELECT {} FROM {}{}{} LIMIT ? OFFSET ?", names(*query.table), table_name(*query.table),
                       where_sql(query), order_sql(query));
}

std::string count_sql(const RowQuery& query) {
    return fmt::format("SELECT count(*) FROM {}{}", table_name(*query.table), where_sql(query));
}

std::vector<const Value*> bound_values(const RowQuery& query) {
    std::vector<const Value*> out;
    for (const auto& filter : query.where)
        if (has_parameter(filter)) out.push_back(&filter.value);
    return out;
}

}  // namespace agon::sqlite
