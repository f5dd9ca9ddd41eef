/// The PORT to the log and the rows: what an embedded file, a server or a test's memory must do.
/// `app/store_conformance.hpp` is its test.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.hpp"
#include "base/time.hpp"

namespace agon {

/// Position in the whole log, from 1, growing with every event. May have gaps, never goes back.
using Seq = std::int64_t;
/// Number of events in one stream: 0 before the first.
using Version = std::int64_t;
/// The stream's thing as a TypeID: `tourn_01h455…`, `game_01h455…`. The prefix says what decodes its events.
using StreamName = std::string;

struct NewEvent {
    std::string type;
    /// A described struct in the log's spelling.
    std::string data;
};

struct Recorded {
    Seq seq = 0;
    StreamName stream;
    Version version = 0;
    Instant at;
    std::string type;
    std::string data;
};

/// Events for one stream that must stand at `expected`.
struct Append {
    StreamName stream;
    Version expected = 0;
    std::vector<NewEvent> events;
};

// --- rows: lists and look-ups, kept in the same transaction as the events -----------------------------------------

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

enum class ColumnKind { integer, real, text };

struct Column {
    std::string name;
    ColumnKind kind = ColumnKind::text;
    /// Filtered or sorted by.
    bool indexed = false;
};

/// How a table is listed most: in order of `order_by`, all of it or the rows that equal something in some of `filters`
/// (at most four: a store may keep an index for each choice of them). However many rows there are, a page near the end of
/// such a list costs little more than the first, and its total is kept, not counted. Writing a row that changes none of
/// these columns costs nothing more.
struct Listing {
    std::string order_by;
    std::vector<std::string> filters;
    bool operator==(const Listing&) const = default;
};

/// One kind of row. The first column is its key, a text. Descriptors live as long as the program.
struct Table {
    std::string name;
    std::vector<Column> columns;
    std::optional<Listing> listing = std::nullopt;
    /// A follower keeps it, and can work it out anew from the log at any time: written by `Store::save` alone.
    bool derived = false;
};

/// One value of a row, by the column's place in its table.
struct ColumnValue {
    std::size_t column = 0;
    Value value;
};

/// Sets the row with that key, or removes it where there are no values. `values` holds one value per column, the key
/// included; `instead` replaces some of them, so that changes in a row may share the rest.
struct RowChange {
    const Table* table = nullptr;
    std::string key;
    std::shared_ptr<const std::vector<Value>> values;
    std::vector<ColumnValue> instead;

    /// What the row is set to. Only where there are values.
    std::vector<Value> result() const {
        auto all = *values;
        for (const auto& [column, value] : instead) all.at(column) = value;
        return all;
    }
};

struct Filter {
    std::string column;
    /// `one_of` compares texts; `value` is a JSON list of them.
    enum class Compare {
        equal,
        less,
        less_or_equal,
        greater,
        greater_or_equal,
        not_null,
        one_of
    } compare = Compare::equal;
    Value value;
};

struct RowQuery {
    const Table* table = nullptr;
    /// All must hold.
    std::vector<Filter> where;
    /// A column; rows that are equal in it come in order of their key, in the same direction.
    std::string order_by;
    bool descending = false;
    std::int64_t limit = 100;
    std::int64_t offset = 0;
};

struct Rows {
    std::vector<std::vector<Value>> rows;
    /// How many rows `where` holds for, whatever the limit.
    std::int64_t total = 0;
};

// --- writing ----------------------------------------------------------------------------------------------------------

/// How far a follower has read.
struct Cursor {
    std::string follower;
    Seq seq = 0;
};

/// What must happen together or not at all.
struct Batch {
    Instant at;
    std::vector<Append> appends;
    std::vector<RowChange> rows;
    std::optional<Cursor> cursor;
};

/// What a follower made of the log: rows of derived tables, and how far it had read for them.
struct Derived {
    std::vector<RowChange> rows;
    Cursor cursor;
};

struct Conflict {
    StreamName stream;
    Version found = 0;
};

/// `first_seq` is that of the batch's first event, 0 where it has none; the others follow without a gap, in the order
/// of `appends` and their events.
struct Committed {
    Seq first_seq = 0;
    std::optional<Conflict> conflict;
    bool accepted() const { return !conflict; }
};

/// The disk or the server failed. Nothing of the call was kept, or at worst, where the failure hides it, all of it.
struct StoreBroken : std::runtime_error {
    enum class Kind {
        unavailable,   ///< the next call may succeed
        storage_full,  ///< no space: nothing was kept; reading goes on, and with space so does writing
        fatal,         ///< a sync failed: nobody knows what the disk kept. Nothing more is written; start anew
    };
    explicit StoreBroken(const std::string& what, Kind k = Kind::unavailable) : std::runtime_error(what), kind(k) {}
    bool is_storage_full() const { return kind == Kind::storage_full; }
    Kind kind;
};

/// What the program does when its store is broken for good. Called once, on the thread that met it, before anybody is told
/// that a commit failed; so a program that ends here has acknowledged nothing that may be lost.
using OnFatal = std::function<void(const StoreBroken&)>;

/// The log's disk side. One writer: `commit` is called by the journal's thread alone, `save` by that of the followers;
/// everything else may be called from any thread, also during these. Blocking on purpose: no asynchronous code in a backend.
class Store {
public:
    virtual ~Store() = default;

    /// Applies every batch in one transaction and returns one outcome per batch, in order.
    ///
    /// A batch names the version that each of its streams must stand at, earlier batches of the same call counted
    /// in. If one does not, that batch is refused with the version found, and so are those of the same call that append
    /// to the same stream after it: they were decided on what is not there. Its other neighbours are kept. When this
    /// returns, what it accepted survives a power cut.
    /// Throws StoreBroken when the disk or the server fails.
    virtual std::vector<Committed> commit(std::span<const Batch> batches) = 0;

    /// Sets rows of derived tables and moves the cursor of their follower, in one transaction of its own: it waits for no
    /// commit, and none waits for it. It survives the end of the program, however it ends. A power cut may take the last
    /// ones, always rows and cursor together: their follower then reads again from where its cursor stands.
    /// Throws StoreBroken.
    virtual void save(const Derived&) = 0;

    /// Where that follower's saved rows stand, 0 before the first.
    virtual Seq saved_cursor(const std::string& follower) = 0;

    /// The events of `stream` after `version`, oldest first; empty when there are none or no such stream.
    virtual std::vector<Recorded> read(const StreamName& stream, Version after) = 0;

    /// The events of all streams after `seq`, in order of seq, at most `limit`.
    virtual std::vector<Recorded> follow(Seq after, std::size_t limit) = 0;

    /// The seq of the last event, 0 in an empty log.
    virtual Seq last_seq() = 0;

    /// Another number after somebody else has written to the log, as a second process does; it may change for other
    /// reasons too. Waits for no commit: during one, it is as of when that began.
    virtual std::int64_t writes_by_others() = 0;

    virtual Rows select(const RowQuery&) = 0;

    /// Where that follower stopped by its last commit, 0 before its first.
    virtual Seq cursor(const std::string& follower) = 0;

    /// Makes sure that the tables exist with these columns and this listing, before their first use. One that changed is
    /// dropped and made anew. The names of those that are empty although the log is not are returned: the caller fills
    /// them from the log (app/rows/rebuild.hpp).
    /// The derived ones, which must be named all in one call, are emptied together where one is new or changed, or where
    /// they tell of events that the log does not have: their followers begin anew. Those are not returned.
    virtual std::vector<std::string> prepare(std::span<const Table* const> tables) = 0;
};

}  // namespace agon
