#include "adapters/memory/memory_store.hpp"

#include <deque>
#include <map>
#include <set>
#include <shared_mutex>

#include "base/codec/codec.hpp"
#include "base/result.hpp"

namespace agon {

using Row = std::vector<Value>;

struct MemoryRows {
    std::vector<Column> columns;
    std::optional<Listing> listing;
    std::map<std::string, Row> by_key;
};

struct MemoryData {
    std::shared_mutex mutex;
    /// The event with seq n stands at n − 1.
    std::deque<Recorded> log;
    std::unordered_map<StreamName, std::vector<Seq>> streams;
    std::map<std::string, MemoryRows> tables;
    std::map<std::string, Seq> cursors, saved_cursors;
};

namespace {

bool same(const Column& a, const Column& b) { return a.name == b.name && a.kind == b.kind && a.indexed == b.indexed; }

std::size_t column_index(const Table& table, std::string_view name) {
    const auto found = std::ranges::find(table.columns, name, &Column::name);
    CHECK_THAT(found != table.columns.end());
    return static_cast<std::size_t>(found - table.columns.begin());
}

/// Where values of one kind stand among those of others.
template <class T>
constexpr int rank_of = std::is_same_v<T, std::nullptr_t> ? 0
                        : std::is_arithmetic_v<T>         ? 1
                                                          : 2;

/// Order of two values of one column: nothing before all else, numbers by size, texts by bytes.
std::weak_ordering compare(const Value& a, const Value& b) {
    return std::visit(
        []<class A, class B>(const A& x, const B& y) -> std::weak_ordering {
            if constexpr (std::is_arithmetic_v<A> && std::is_arithmetic_v<B>)
                return std::weak_order(static_cast<long double>(x), static_cast<long double>(y));
            else if constexpr (std::is_same_v<A, std::string> && std::is_same_v<B, std::string>)
                return x <=> y;
            else
                return rank_of<A> <=> rank_of<B>;
        },
        a, b);
}

bool is_null(const Value& value) { return std::holds_alternative<std::nullptr_t>(value); }

using Texts = std::set<std::string>;

/// What `one_of` compares with; of other filters nothing.
Texts texts_of(const Filter& filter) {
    if (filter.compare != Filter::Compare::one_of || is_null(filter.value)) return {};
    const auto list = codec::read_text<std::vector<std::string>>(std::get<std::string>(filter.value)).value();
    return {list.begin(), list.end()};
}

/// `texts` are those of the filter.
bool holds(const Filter& filter, const Texts& texts, const Value& value) {
    if (filter.compare == Filter::Compare::equal) return compare(value, filter.value) == 0;
    if (is_null(value)) return false;
    if (filter.compare == Filter::Compare::not_null) return true;
    if (is_null(filter.value)) return false;
    if (filter.compare == Filter::Compare::one_of) return texts.contains(std::get<std::string>(value));
    const auto order = compare(value, filter.value);
    switch (filter.compare) {
        case Filter::Compare::less: return order < 0;
        case Filter::Compare::less_or_equal: return order <= 0;
        case Filter::Compare::greater: return order > 0;
        default: return order >= 0;
    }
}

/// A real column holds whole numbers as reals, as a database does.
Row as_stored(const Table& table, Row row) {
    CHECK_THAT(row.size() == table.columns.size());
    for (std::size_t i = 0; i < row.size(); ++i)
        if (table.columns[i].kind == ColumnKind::real)
            if (const auto* whole = std::get_if<std::int64_t>(&row[i])) row[i] = static_cast<double>(*whole);
    return row;
}

class MemoryStore final : public Store {
public:
    explicit MemoryStore(std::shared_ptr<MemoryData> data) : data_(std::move(data)) {}

    std::vector<Committed> commit(std::span<const Batch> batches) override;
    void save(const Derived&) override;
    Seq saved_cursor(const std::string& follower) override;
    std::vector<Recorded> read(const StreamName& stream, Version after) override;
    std::vector<Recorded> follow(Seq after, std::size_t limit) override;
    Seq last_seq() override;
    /// Nobody knows here who wrote.
    std::int64_t writes_by_others() override { return last_seq(); }
    Rows select(const RowQuery&) override;
    Seq cursor(const std::string& follower) override;
    std::vector<std::string> prepare(std::span<const Table* const> tables) override;

private:
    Committed apply(const Batch&);
    std::optional<Conflict> conflict_in(const Batch&) const;
    void append(const Append&, Instant at);
    void change(const RowChange&);
    MemoryRows& rows_of(const Table&) const;
    bool has(const Table&) const;
    void make(const Table&);
    void prepare_derived(std::span<const Table* const>);

    std::shared_ptr<MemoryData> data_;
    /// Streams on which a batch of this call was refused.
    std::set<StreamName> left_behind_;
};

std::vector<Committed> MemoryStore::commit(std::span<const Batch> batches) {
    const std::unique_lock lock(data_->mutex);
    std::vector<Committed> outcomes;
    outcomes.reserve(batches.size());
    left_behind_.clear();
    for (const auto& batch : batches) outcomes.push_back(apply(batch));
    return outcomes;
}

void MemoryStore::save(const Derived& derived) {
    const std::unique_lock lock(data_->mutex);
    for (const auto& row : derived.rows) change(row);
    data_->saved_cursors[derived.cursor.follower] = derived.cursor.seq;
}

Committed MemoryStore::apply(const Batch& batch) {
    if (auto conflict = conflict_in(batch)) {
        left_behind_.insert(conflict->stream);
        return {.conflict = std::move(conflict)};
    }
    const auto before = data_->log.size();
    for (const auto& entry : batch.appends) append(entry, batch.at);
    for (const auto& row : batch.rows) change(row);
    if (batch.cursor) data_->cursors[batch.cursor->follower] = batch.cursor->seq;
    return {.first_seq = data_->log.size() > before ? static_cast<Seq>(before) + 1 : 0};
}

std::optional<Conflict> MemoryStore::conflict_in(const Batch& batch) const {
    // How far this batch itself moves a stream that it names more than once.
    std::unordered_map<std::string_view, Version> moved;
    for (const auto& entry : batch.appends) {
        const auto stream = data_->streams.find(entry.stream);
        auto& by = moved[entry.stream];
        const auto found = (stream == data_->streams.end() ? 0 : static_cast<Version>(stream->second.size())) + by;
        by += static_cast<Version>(entry.events.size());
        if (found != entry.expected || left_behind_.contains(entry.stream)) return Conflict{entry.stream, found};
    }
    return std::nullopt;
}

void MemoryStore::append(const Append& entry, Instant at) {
    auto& seqs = data_->streams[entry.stream];
    for (const auto& event : entry.events) {
        seqs.push_back(static_cast<Seq>(data_->log.size()) + 1);
        data_->log.push_back({.seq = seqs.back(),
                              .stream = entry.stream,
                              .version = static_cast<Version>(seqs.size()),
                              .at = at,
                              .type = event.type,
                              .data = event.data});
    }
}

MemoryRows& MemoryStore::rows_of(const Table& table) const {
    const auto found = data_->tables.find(table.name);
    CHECK_THAT(found != data_->tables.end());
    return found->second;
}

void MemoryStore::change(const RowChange& change) {
    auto& rows = rows_of(*change.table).by_key;
    if (change.values)
        rows.insert_or_assign(change.key, as_stored(*change.table, change.result()));
    else
        rows.erase(change.key);
}

std::vector<Recorded> MemoryStore::read(const StreamName& stream, Version after) {
    const std::shared_lock lock(data_->mutex);
    std::vector<Recorded> out;
    const auto found = data_->streams.find(stream);
    if (found == data_->streams.end()) return out;
    for (auto i = static_cast<std::size_t>(std::max<Version>(after, 0)); i < found->second.size(); ++i)
        out.push_back(data_->log[static_cast<std::size_t>(found->second[i] - 1)]);
    return out;
}

std::vector<Recorded> MemoryStore::follow(Seq after, std::size_t limit) {
    const std::shared_lock lock(data_->mutex);
    const auto from = std::min(static_cast<std::size_t>(std::max<Seq>(after, 0)), data_->log.size());
    const auto count = std::min(limit, data_->log.size() - from);
    const auto first = data_->log.begin() + static_cast<std::ptrdiff_t>(from);
    return {first, first + static_cast<std::ptrdiff_t>(count)};
}

Seq MemoryStore::last_seq() {
    const std::shared_lock lock(data_->mutex);
    return static_cast<Seq>(data_->log.size());
}

Seq MemoryStore::cursor(const std::string& follower) {
    const std::shared_lock lock(data_->mutex);
    const auto found = data_->cursors.find(follower);
    return found == data_->cursors.end() ? 0 : found->second;
}

Seq MemoryStore::saved_cursor(const std::string& follower) {
    const std::shared_lock lock(data_->mutex);
    const auto found = data_->saved_cursors.find(follower);
    return found == data_->saved_cursors.end() ? 0 : found->second;
}

/// The rows that `where` holds for, in order of their key.
std::vector<const Row*> matching(const RowQuery& query, const MemoryRows& rows) {
    struct Condition {
        std::size_t column = 0;
        const Filter& filter;
        Texts texts;
    };
    std::vector<Condition> conditions;
    for (const auto& filter : query.where)
        conditions.push_back({column_index(*query.table, filter.column), filter, texts_of(filter)});
    std::vector<const Row*> out;
    for (const auto& [key, row] : rows.by_key)
        if (std::ranges::all_of(conditions,
                                [&](const Condition& c) { return holds(c.filter, c.texts, row[c.column]); }))
            out.push_back(&row);
    return out;
}

void sort_rows(std::vector<const Row*>& rows, const RowQuery& query) {
    const auto by = query.order_by.empty() ? 0 : column_index(*query.table, query.order_by);
    std::ranges::sort(rows, [by](const Row* a, const Row* b) {
        const auto order = compare((*a)[by], (*b)[by]);
        return order != 0 ? order < 0 : compare(a->front(), b->front()) < 0;
    });
    if (query.descending) std::ranges::reverse(rows);
}

Rows MemoryStore::select(const RowQuery& query) {
    const std::shared_lock lock(data_->mutex);
    auto found = matching(query, rows_of(*query.table));
    sort_rows(found, query);
    Rows out{.total = static_cast<std::int64_t>(found.size())};
    const auto from = std::clamp<std::int64_t>(query.offset, 0, out.total);
    const auto count = std::clamp<std::int64_t>(query.limit, 0, out.total - from);
    for (const auto* row : std::span(found).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(count)))
        out.rows.push_back(*row);
    return out;
}

bool MemoryStore::has(const Table& table) const {
    const auto found = data_->tables.find(table.name);
    return found != data_->tables.end() && std::ranges::equal(found->second.columns, table.columns, same) &&
           found->second.listing == table.listing;
}

void MemoryStore::make(const Table& table) {
    data_->tables[table.name] = {.columns = table.columns, .listing = table.listing, .by_key = {}};
}

std::vector<std::string> MemoryStore::prepare(std::span<const Table* const> tables) {
    const std::unique_lock lock(data_->mutex);
    std::vector<std::string> to_fill;
    std::vector<const Table*> derived;
    for (const auto* table : tables) {
        if (table->derived) {
            derived.push_back(table);
        } else if (!has(*table)) {
            make(*table);
            if (!data_->log.empty()) to_fill.push_back(table->name);
        }
    }
    prepare_derived(derived);
    return to_fill;
}

void MemoryStore::prepare_derived(std::span<const Table* const> tables) {
    const auto last = static_cast<Seq>(data_->log.size());
    const bool good =
        std::ranges::all_of(tables, [this](const Table* table) { return has(*table); }) &&
        std::ranges::all_of(data_->saved_cursors, [&](const auto& cursor) { return cursor.second <= last; });
    if (tables.empty() || good) return;
    for (const auto* table : tables) make(*table);
    data_->saved_cursors.clear();
}

}  // namespace

std::shared_ptr<MemoryData> make_memory_data() { return std::make_shared<MemoryData>(); }

std::unique_ptr<Store> open_memory_store(std::shared_ptr<MemoryData> data) {
    return std::make_unique<MemoryStore>(std::move(data));
}

}  // namespace agon
