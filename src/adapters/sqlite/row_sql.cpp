#include "adapters/sqlite/row_sql.hpp"

#include <ranges>

#include <fmt/ranges.h>

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
std::string totals_name(const Table& table) { return quoted("row_" + table.name + "_totals"); }
std::string index_name(const Table& table, std::string_view what) {
    return quoted(fmt::format("row_{}_{}", table.name, what));
}

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
        case Compare::not_null:
        case Compare::one_of: break;
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
    if (filter.compare == Compare::one_of) return name + " IN (SELECT value FROM json_each(?))";
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

// --- listings -------------------------------------------------------------------------------------------------------

/// `piece(filter)` for every filter of the listing, joined.
template <class F>
std::string each_filter(const Table& table, std::string_view joint, F piece) {
    std::string out;
    for (const auto& filter : table.listing->filters) {
        if (!out.empty()) out += joint;
        out += piece(column_named(table, filter));
    }
    return out;
}

/// Some of the listing's filters, in its order.
using Subset = std::vector<std::string>;

std::string listing_index_name(const Table& table, const Subset& filters) {
    return index_name(table, fmt::format("list_{}", fmt::join(filters, "_")));
}

/// Of the rows that are equal in these filters, in the listing's order.
std::string listing_index_sql(const Table& table, const Subset& filters) {
    std::string columns;
    for (const auto& filter : filters) columns += quoted(filter) + ", ";
    return fmt::format(" CREATE INDEX {} ON {}({}{}, {});", listing_index_name(table, filters), table_name(table),
                       columns, quoted(table.listing->order_by), quoted(table.columns.front().name));
}

/// Adds `by` to the total of the group that `row` (`new` or `old`) belongs to.
std::string add_to_total(const Table& table, std::string_view row, int by) {
    const auto same = each_filter(table, " AND ",
                                  [&](const Column& c) { return fmt::format("{0} IS {1}.{0}", quoted(c.name), row); });
    auto out = fmt::format("UPDATE {} SET \"rows\" = \"rows\" + {} WHERE {};", totals_name(table), by, same);
    if (by < 0) return out + fmt::format(" DELETE FROM {} WHERE \"rows\" = 0 AND {};", totals_name(table), same);
    const auto values = each_filter(table, ", ", [](const Column& c) { return "new." + quoted(c.name); });
    return out + fmt::format(" INSERT INTO {} SELECT {}, 1 WHERE changes() = 0;", totals_name(table), values);
}

std::string totals_sql(const Table& table) {
    const auto totals = totals_name(table), rows = table_name(table);
    const auto filters = each_filter(table, ", ", [](const Column& c) { return quoted(c.name); });
    const auto typed =
        each_filter(table, ", ", [](const Column& c) { return quoted(c.name) + " " + std::string(type_name(c.kind)); });
    const auto moved = each_filter(
        table, " OR ", [](const Column& c) { return fmt::format("old.{0} IS NOT new.{0}", quoted(c.name)); });
    const auto more = add_to_total(table, "new", 1), less = add_to_total(table, "old", -1);
    const auto trigger = [&](std::string_view name, std::string_view when, const std::string& what) {
        return fmt::format(" CREATE TRIGGER {} AFTER {} BEGIN {} END;", index_name(table, name), when, what);
    };
    return fmt::format(" CREATE TABLE {0}({1}, \"rows\" INTEGER NOT NULL); CREATE INDEX {2} ON {0}({3});", totals,
                       typed, index_name(table, "totals_by"), filters) +
           trigger("added", "INSERT ON " + rows, more) + trigger("removed", "DELETE ON " + rows, less) +
           trigger("moved", fmt::format("UPDATE OF {} ON {} WHEN {}", filters, rows, moved), less + " " + more);
}

std::string listing_sql(const Table& table) {
    if (!table.listing) return {};
    const auto& filters = table.listing->filters;
    std::string out;
    for (std::size_t subset = 0; subset < std::size_t{1} << filters.size(); ++subset) {
        Subset chosen;
        for (std::size_t i = 0; i < filters.size(); ++i)
            if (subset >> i & 1) chosen.push_back(filters[i]);
        out += listing_index_sql(table, chosen);
    }
    return out + totals_sql(table);
}

/// One of the listing's own indexes begins with it.
bool is_listed_by(const Table& table, const Column& column) {
    return table.listing && (column.name == table.listing->order_by ||
                             std::ranges::find(table.listing->filters, column.name) != table.listing->filters.end());
}

/// Whether the query asks for rows that are equal in some of the listing's filters, and nothing else.
bool is_of_listing(const RowQuery& query) {
    return query.table->listing && std::ranges::all_of(query.where, [&](const Filter& filter) {
               return filter.compare == Compare::equal &&
                      std::ranges::find(query.table->listing->filters, filter.column) !=
                          query.table->listing->filters.end();
           });
}

/// The index of the listing that holds the query's rows and no others, in order.
std::string listing_index(const RowQuery& query) {
    Subset chosen;
    for (const auto& filter : query.table->listing->filters)
        if (std::ranges::find(query.where, filter, &Filter::column) != query.where.end()) chosen.push_back(filter);
    return listing_index_name(*query.table, chosen);
}

/// Beyond this many rows, sorting the found ones again would cost more than it saves.
constexpr std::int64_t longest_page = 1'000;

/// Finds the keys of a page in an index, then reads their rows.
std::string page_sql(const RowQuery& query, const std::string& index) {
    const auto name = table_name(*query.table);
    const auto key = quoted(query.table->columns.front().name);
    const auto columns = list(*query.table, [&](const Column& column) { return name + "." + quoted(column.name); });
    return fmt::format(
        "SELECT {0} FROM (SELECT {1} AS page_key FROM {2}{3}{4}{5} LIMIT ? OFFSET ?) CROSS JOIN {2} ON {2}.{1} = "
        "page_key{6}",
        columns, key, name, index, where_sql(query), order_sql(query), order_sql(query));
}

}  // namespace

std::string description(const Table& table) {
    auto out = list(table, [](const Column& column) {
        return fmt::format("{} {}{}", quoted(column.name), type_name(column.kind), column.indexed ? " indexed" : "");
    });
    if (table.listing)
        out += fmt::format(" in order of {} by {}", quoted(table.listing->order_by),
                           each_filter(table, ", ", [](const Column& c) { return quoted(c.name); }));
    return out;
}

std::string drop_sql(const Table& table) {
    return fmt::format("DROP TABLE IF EXISTS {}; DROP TABLE IF EXISTS {};", table_name(table), totals_name(table));
}

std::string create_sql(const Table& table) {
    const auto name = table_name(table);
    const auto columns = list(
        table, [](const Column& column) { return fmt::format("{} {}", quoted(column.name), type_name(column.kind)); });
    const auto key = quoted(table.columns.front().name);
    auto out =
        drop_sql(table) + fmt::format(" CREATE TABLE {}({}, PRIMARY KEY({})) WITHOUT ROWID;", name, columns, key);
    for (const auto& column : table.columns)
        if (column.indexed && &column != &table.columns.front() && !is_listed_by(table, column))
            out += fmt::format(" CREATE INDEX {} ON {}({}, {});", quoted("row_" + table.name + "_by_" + column.name),
                               name, quoted(column.name), key);
    return out + listing_sql(table);
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
    if (query.limit <= longest_page && is_of_listing(query) && query.order_by == query.table->listing->order_by)
        return page_sql(query, " INDEXED BY " + listing_index(query));
    if (query.limit <= longest_page && query.offset > 0 && query.where.empty()) return page_sql(query, "");
    return fmt::format("SELECT {} FROM {}{}{} LIMIT ? OFFSET ?", names(*query.table), table_name(*query.table),
                       where_sql(query), order_sql(query));
}

bool is_by_key(const RowQuery& query) {
    return query.offset <= 0 && query.limit > 0 && std::ranges::any_of(query.where, [&](const Filter& filter) {
               return filter.compare == Compare::equal && filter.column == query.table->columns.front().name;
           });
}

std::string count_sql(const RowQuery& query) {
    if (is_of_listing(query))
        return fmt::format("SELECT coalesce(sum(\"rows\"), 0) FROM {}{}", totals_name(*query.table), where_sql(query));
    return fmt::format("SELECT count(*) FROM {}{}", table_name(*query.table), where_sql(query));
}

std::vector<const Value*> bound_values(const RowQuery& query) {
    std::vector<const Value*> out;
    for (const auto& filter : query.where)
        if (has_parameter(filter)) out.push_back(&filter.value);
    return out;
}

}  // namespace agon::sqlite
