/// A described struct as a row: its fields are the columns. The struct names its table and what is searched by:
///
///     struct BotRow {
///         BotId bot_id;
///         std::string name;
///         static constexpr std::string_view table_name = "bot";
///         static constexpr std::string_view indexed[] = {"name"};
///     };
///
/// One that is listed in long pages also says `listed_in_order_of` and `listed_by` (Listing in app/store.hpp); one that a
/// follower keeps says `derived`.
///
/// The first field is the key. Ids and enums are kept as text, instants and flags as integers, lists and structs as
/// JSON.
#pragma once

#include "app/store.hpp"
#include "base/codec/codec.hpp"

namespace agon::rows {

template <class Field>
constexpr ColumnKind kind_of() {
    if constexpr (codec::is_optional<Field>)
        return kind_of<typename Field::value_type>();
    else if constexpr (std::floating_point<Field>)
        return ColumnKind::real;
    else if constexpr (std::integral<Field> || std::same_as<Field, Instant> || std::same_as<Field, Money>)
        return ColumnKind::integer;
    else
        return ColumnKind::text;
}

template <class Row>
const Table& table_of() {
    static const Table table = [] {
        Table t{.name = std::string(Row::table_name), .columns = {}};
        codec::for_each_member<Row>([&](auto member) {
            using Field = std::remove_cvref_t<decltype(std::declval<Row>().*member.pointer)>;
            const bool indexed =
                std::ranges::find(Row::indexed, std::string_view(member.name)) != std::ranges::end(Row::indexed);
            t.columns.push_back({member.name, kind_of<Field>(), indexed});
        });
        if constexpr (requires { Row::listed_by; })
            t.listing = Listing{std::string(Row::listed_in_order_of), {Row::listed_by.begin(), Row::listed_by.end()}};
        if constexpr (requires { Row::derived; }) t.derived = Row::derived;
        return t;
    }();
    return table;
}

template <class T>
Value to_value(const T& field) {
    if constexpr (codec::is_optional<T>)
        return field ? to_value(*field) : Value{nullptr};
    else if constexpr (std::floating_point<T>)
        return static_cast<double>(field);
    else if constexpr (std::integral<T>)
        return static_cast<std::int64_t>(field);
    else if constexpr (std::same_as<T, Instant>)
        return field.us;
    else if constexpr (std::same_as<T, Money>)
        return field.units;
    else if constexpr (std::same_as<T, std::string>)
        return field;
    else if constexpr (is_id<T>)
        return field.text();
    else if constexpr (codec::DescribedEnum<T>)
        return std::string(codec::word_of<codec::log_spelling>(field));
    else
        return codec::to_json<codec::log_spelling>(field);
}

template <class T>
void from_value(T& field, const Value& value) {
    if constexpr (codec::is_optional<T>) {
        if (std::holds_alternative<std::nullptr_t>(value))
            field.reset();
        else
            from_value(field.emplace(), value);
    } else if constexpr (std::floating_point<T>) {
        field = static_cast<T>(std::get<double>(value));
    } else if constexpr (std::integral<T>) {
        field = static_cast<T>(std::get<std::int64_t>(value));
    } else if constexpr (std::same_as<T, Instant>) {
        field.us = std::get<std::int64_t>(value);
    } else if constexpr (std::same_as<T, Money>) {
        field.units = std::get<std::int64_t>(value);
    } else if constexpr (std::same_as<T, std::string>) {
        field = std::get<std::string>(value);
    } else if constexpr (is_id<T>) {
        field = T::parse(std::get<std::string>(value)).value_or(T{});
    } else if constexpr (codec::DescribedEnum<T>) {
        field = codec::enum_of<codec::log_spelling, T>(std::get<std::string>(value)).value_or(T{});
    } else {
        field = codec::read_text<T>(std::get<std::string>(value)).value_or(T{});
    }
}

template <class Row>
std::vector<Value> to_values(const Row& row) {
    std::vector<Value> values;
    codec::for_each_member<Row>([&](auto member) { values.push_back(to_value(row.*member.pointer)); });
    return values;
}

template <class Row>
Row from_values(const std::vector<Value>& values) {
    Row row{};
    std::size_t i = 0;
    codec::for_each_member<Row>([&](auto member) { from_value(row.*member.pointer, values.at(i++)); });
    return row;
}

/// The place of a column; it must be there.
template <class Row>
std::size_t column_index(std::string_view name) {
    const auto& columns = table_of<Row>().columns;
    const auto found = std::ranges::find(columns, name, &Column::name);
    CHECK_THAT(found != columns.end());
    return static_cast<std::size_t>(found - columns.begin());
}

template <class Row>
RowChange set_row(const Row& row) {
    auto values = to_values(row);
    auto key = std::get<std::string>(values.front());
    return {&table_of<Row>(), std::move(key), std::make_shared<const std::vector<Value>>(std::move(values)), {}};
}

template <class Row>
RowChange remove_row(std::string key) {
    return {&table_of<Row>(), std::move(key), nullptr, {}};
}

template <class Row>
struct Page {
    std::vector<Row> rows;
    std::int64_t total = 0;
};

/// `query.table` is filled in.
template <class Row>
Page<Row> select(Store& store, RowQuery query) {
    query.table = &table_of<Row>();
    const auto found = store.select(query);
    Page<Row> page{.total = found.total};
    for (const auto& values : found.rows) page.rows.push_back(from_values<Row>(values));
    return page;
}

/// The first row where `column` holds `key`; a text.
template <class Row>
std::optional<Row> find(Store& store, std::string_view column, std::string key) {
    auto page = select<Row>(store, {.where = {{.column = std::string(column), .value = std::move(key)}}, .limit = 1});
    if (page.rows.empty()) return std::nullopt;
    return std::move(page.rows.front());
}

/// The rows with these keys, by key; one that is not there is left out.
template <class Row>
std::unordered_map<std::string, Row> find_all(Store& store, const std::vector<std::string>& keys) {
    const auto& table = table_of<Row>();
    const Filter one_of_them{table.columns.front().name, Filter::Compare::one_of, to_value(keys)};
    // A page that is not full is not counted.
    const auto limit = static_cast<std::int64_t>(keys.size()) + 1;
    std::unordered_map<std::string, Row> found;
    for (const auto& values : store.select({.table = &table, .where = {one_of_them}, .limit = limit}).rows)
        found.emplace(std::get<std::string>(values.front()), from_values<Row>(values));
    return found;
}

/// Every row, or nothing where there are more than so many.
template <class Row>
std::optional<std::vector<Row>> all(Store& store, std::int64_t most) {
    auto page = select<Row>(store, {.limit = most});
    if (page.total > most) return std::nullopt;
    return std::move(page.rows);
}

/// Adds the removal of every row.
template <class Row>
void clear(Store& store, std::vector<RowChange>& changes) {
    for (const auto& values : store.select({.table = &table_of<Row>(), .limit = 1'000'000'000}).rows)
        changes.push_back(remove_row<Row>(std::get<std::string>(values.front())));
}

}  // namespace agon::rows
