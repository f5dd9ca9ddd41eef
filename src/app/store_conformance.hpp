/// The test of every Store: each rule of the port (`app/store.hpp`) by its name. For test programs only, as it checks
/// through doctest.
///
///     TEST_CASE("foo keeps the rules of the port") {
///         store_conformance([] { return open_foo(fresh()); }, [] { return open_foo(same()); });
///     }
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <thread>

#include <doctest/doctest.h>

#include "app/store.hpp"
#include "base/prng.hpp"

namespace agon::conformance {

using Opener = std::function<std::unique_ptr<Store>()>;

struct Openers {
    /// An empty store.
    Opener fresh;
    /// The data of the last fresh one again, as after a restart; called when that one is gone. May be null.
    Opener again;
};

// --- shorthand --------------------------------------------------------------------------------------------------------

inline Append append(StreamName stream, Version expected, std::vector<std::string> types) {
    Append out{std::move(stream), expected, {}};
    for (auto& type : types) out.events.push_back({std::move(type), "{}"});
    return out;
}

inline Batch batch(std::vector<Append> appends) { return {.at = {1'000}, .appends = std::move(appends)}; }

inline Committed commit_one(Store& store, Batch one) { return store.commit({&one, 1}).front(); }

inline std::vector<std::string> types(const std::vector<Recorded>& events) {
    std::vector<std::string> out;
    for (const auto& event : events) out.push_back(event.type);
    return out;
}

using Texts = std::vector<std::string>;

/// Bots as a list shows them.
inline const Table& bot_table() {
    static const Table table{"bot_test",
                             {{"id", ColumnKind::text},
                              {"name", ColumnKind::text, true},
                              {"rating", ColumnKind::real, true},
                              {"games", ColumnKind::integer, true},
                              {"select", ColumnKind::text}}};
    return table;
}

inline RowChange bot(std::string key, Value name, Value rating, Value games, Value motto = nullptr) {
    std::vector<Value> values{key, std::move(name), std::move(rating), std::move(games), std::move(motto)};
    return {&bot_table(), key, std::make_shared<const std::vector<Value>>(std::move(values)), {}};
}
inline RowChange no_bot(std::string key) { return {&bot_table(), std::move(key), nullptr, {}}; }

inline void prepare_bots(Store& store) {
    const auto* table = &bot_table();
    CHECK(store.prepare({&table, 1}).empty());
}

inline void put(Store& store, std::vector<RowChange> rows) {
    CHECK(commit_one(store, {.at = {1}, .rows = std::move(rows)}).accepted());
}

inline Texts keys(const Rows& found) {
    Texts out;
    for (const auto& row : found.rows) out.push_back(std::get<std::string>(row.front()));
    return out;
}

inline Texts keys_where(Store& store, std::string column, Filter::Compare compare, Value value) {
    return keys(store.select(
        {.table = &bot_table(), .where = {{std::move(column), compare, std::move(value)}}, .order_by = "id"}));
}

inline Texts keys_by(Store& store, std::string column, bool descending) {
    return keys(store.select({.table = &bot_table(), .order_by = std::move(column), .descending = descending}));
}

/// What must survive any store and any wire: quotes, wildcards, other alphabets, and SQL that must stay text.
inline const Texts& awkward_texts() {
    static const Texts texts{"",
                             " ",
                             "O'Brien \"Bobby\" `x` \\",
                             "x'); DROP TABLE event; --",
                             "%_?$1:name@p",
                             "Ağrı \u2014 \u6F22\u5B57 \U0001F916",
                             "line\nbreak\ttab\r",
                             "{\"a\":[1,null]}"};
    return texts;
}

// --- events -----------------------------------------------------------------------------------------------------------

inline void empty_store_answers(const Openers& open) {
    auto store = open.fresh();
    CHECK(store->last_seq() == 0);
    CHECK(store->cursor("ratings") == 0);
    CHECK(store->read("tourn_a", 0).empty());
    CHECK(store->follow(0, 10).empty());
    CHECK(store->commit({}).empty());
}

inline void events_come_back_as_written(const Openers& open) {
    auto store = open.fresh();
    const auto done =
        commit_one(*store, {.at = {1'705'327'200'000'123},
                            .appends = {{"tourn_a", 0, {{"Created", R"({"name":"x"})"}, {"Opened", "{}"}}}}});
    CHECK(done.accepted());
    CHECK(done.first_seq >= 1);
    const auto events = store->read("tourn_a", 0);
    REQUIRE(events.size() == 2);
    CHECK(events[0].seq == done.first_seq);
    CHECK(events[0].stream == "tourn_a");
    CHECK(events[0].version == 1);
    CHECK(events[0].at.us == 1'705'327'200'000'123);
    CHECK(events[0].type == "Created");
    CHECK(events[0].data == R"({"name":"x"})");
    CHECK(events[1].version == 2);
}

inline void seqs_of_a_batch_have_no_gap(const Openers& open) {
    auto store = open.fresh();
    const auto first = commit_one(*store, batch({append("a", 0, {"1", "2"}), append("b", 0, {"3"})}));
    const auto second = commit_one(*store, batch({append("b", 1, {"4"}), append("a", 2, {"5"})}));
    const auto log = store->follow(0, 100);
    CHECK(types(log) == Texts{"1", "2", "3", "4", "5"});
    REQUIRE(log.size() == 5);
    for (Seq i = 0; i < 3; ++i) CHECK(log[static_cast<std::size_t>(i)].seq == first.first_seq + i);
    CHECK(log[3].seq == second.first_seq);
    CHECK(log[4].seq == second.first_seq + 1);
    CHECK(second.first_seq > log[2].seq);
    CHECK(store->last_seq() == log[4].seq);
}

inline void read_starts_after_a_version(const Openers& open) {
    auto store = open.fresh();
    commit_one(*store, batch({append("a", 0, {"1", "2", "3"}), append("ab", 0, {"x"})}));
    CHECK(types(store->read("a", 1)) == Texts{"2", "3"});
    CHECK(store->read("a", 3).empty());
    CHECK(store->read("a", 99).empty());
    CHECK(types(store->read("ab", 0)) == Texts{"x"});
    CHECK(store->read("A", 0).empty());
}

inline void follow_crosses_streams_in_pages(const Openers& open) {
    auto store = open.fresh();
    commit_one(*store, batch({append("a", 0, {"1"}), append("b", 0, {"2"}), append("a", 1, {"3"})}));
    commit_one(*store, batch({append("c", 0, {"4", "5"})}));
    Texts seen;
    for (Seq after = 0;;) {
        const auto page = store->follow(after, 2);
        CHECK(page.size() <= 2);
        if (page.empty()) break;
        for (const auto& type : types(page)) seen.push_back(type);
        after = page.back().seq;
    }
    CHECK(seen == Texts{"1", "2", "3", "4", "5"});
    CHECK(store->follow(0, 0).empty());
    CHECK(store->follow(store->last_seq(), 10).empty());
}

inline void awkward_event_data_survives(const Openers& open) {
    auto store = open.fresh();
    Append entry{"a", 0, {}};
    for (const auto& text : awkward_texts()) entry.events.push_back({"T" + text, text});
    entry.events.push_back({"Large", std::string(300'000, 'x')});
    CHECK(commit_one(*store, batch({entry})).accepted());
    const auto events = store->read("a", 0);
    REQUIRE(events.size() == entry.events.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        CHECK(events[i].type == entry.events[i].type);
        CHECK(events[i].data == entry.events[i].data);
    }
}

inline void ten_thousand_events_in_one_batch(const Openers& open) {
    auto store = open.fresh();
    Append entry{"a", 0, {}};
    for (int i = 0; i < 10'000; ++i) entry.events.push_back({"Moved", std::to_string(i)});
    const auto done = commit_one(*store, batch({entry}));
    CHECK(done.accepted());
    CHECK(store->last_seq() == done.first_seq + 9'999);
    const auto events = store->follow(done.first_seq + 9'989, 100);
    REQUIRE(events.size() == 10);
    CHECK(events.back().version == 10'000);
    CHECK(events.back().data == "9999");
    CHECK(store->read("a", 0).size() == 10'000);
}

// --- conflicts --------------------------------------------------------------------------------------------------------

inline void conflict_is_refused_alone(const Openers& open) {
    auto store = open.fresh();
    commit_one(*store, batch({append("a", 0, {"1"})}));
    const std::vector<Batch> three{batch({append("b", 0, {"2"})}), batch({append("a", 0, {"late"})}),
                                   batch({append("b", 1, {"3"})})};
    const auto done = store->commit(three);
    REQUIRE(done.size() == 3);
    CHECK(done[0].accepted());
    REQUIRE_FALSE(done[1].accepted());
    CHECK(done[1].conflict->stream == "a");
    CHECK(done[1].conflict->found == 1);
    CHECK(done[1].first_seq == 0);
    CHECK(done[2].accepted());
    CHECK(types(store->follow(0, 10)) == Texts{"1", "2", "3"});
}

inline void earlier_batches_of_a_call_count(const Openers& open) {
    auto store = open.fresh();
    const std::vector<Batch> three{batch({append("a", 0, {"1", "2"})}), batch({append("a", 2, {"3"})}),
                                   batch({append("a", 9, {"early"})})};
    const auto done = store->commit(three);
    CHECK(done[0].accepted());
    CHECK(done[1].accepted());
    REQUIRE(done[2].conflict);
    CHECK(done[2].conflict->found == 3);
    CHECK(types(store->read("a", 0)) == Texts{"1", "2", "3"});
}

inline void what_was_decided_on_a_refused_batch_is_refused(const Openers& open) {
    auto store = open.fresh();
    commit_one(*store, batch({append("a", 0, {"1", "2"})}));
    // The second stands at the very version that is there, but counts on the first.
    const auto done = store->commit(std::vector{batch({append("a", 1, {"late"})}), batch({append("a", 2, {"later"})}),
                                                batch({append("b", 0, {"3"})})});
    CHECK_FALSE(done[0].accepted());
    CHECK_FALSE(done[1].accepted());
    CHECK(done[2].accepted());
    CHECK(types(store->follow(0, 10)) == Texts{"1", "2", "3"});
    CHECK(commit_one(*store, batch({append("a", 2, {"4"})})).accepted());
}

inline void conflicting_batch_keeps_nothing(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    commit_one(*store, batch({append("wallet", 0, {"1"})}));
    auto both = batch({append("tourn", 0, {"Paid"}), append("wallet", 0, {"Charged"})});
    both.rows = {bot("x", "x", 1.0, 1)};
    both.cursor = Cursor{"ratings", 7};
    const auto done = commit_one(*store, both);
    REQUIRE(done.conflict);
    CHECK(done.conflict->stream == "wallet");
    CHECK(done.conflict->found == 1);
    CHECK(store->read("tourn", 0).empty());
    CHECK(store->select({.table = &bot_table(), .order_by = "id"}).total == 0);
    CHECK(store->cursor("ratings") == 0);
    both.appends[1].expected = 1;
    CHECK(commit_one(*store, both).accepted());
    CHECK(store->read("tourn", 0).front().version == 1);
}

inline void append_without_events_only_checks(const Openers& open) {
    auto store = open.fresh();
    commit_one(*store, batch({append("a", 0, {"1"})}));
    const auto kept = commit_one(*store, batch({append("a", 1, {}), append("b", 0, {"2"})}));
    CHECK(kept.accepted());
    CHECK(kept.first_seq == store->last_seq());
    CHECK_FALSE(commit_one(*store, batch({append("a", 0, {}), append("b", 1, {"3"})})).accepted());
    CHECK(types(store->follow(0, 10)) == Texts{"1", "2"});
}

// --- cursors and rows -------------------------------------------------------------------------------------------------

inline void batch_with_a_cursor_only(const Openers& open) {
    auto store = open.fresh();
    const auto done = commit_one(*store, {.at = {1}, .cursor = Cursor{"webhooks", 42}});
    CHECK(done.accepted());
    CHECK(done.first_seq == 0);
    CHECK(store->cursor("webhooks") == 42);
    CHECK(store->cursor("ratings") == 0);
    commit_one(*store, {.at = {1}, .cursor = Cursor{"webhooks", 40}});
    CHECK(store->cursor("webhooks") == 40);
    CHECK(store->last_seq() == 0);
}

inline void batch_with_rows_only(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    const auto done = commit_one(*store, {.at = {1}, .rows = {bot("b1", "Ana", 1500.5, 3, "go")}});
    CHECK(done.accepted());
    CHECK(done.first_seq == 0);
    const auto found = store->select({.table = &bot_table(), .order_by = "id"});
    REQUIRE(found.rows.size() == 1);
    CHECK(found.rows[0] == std::vector<Value>{"b1", "Ana", 1500.5, std::int64_t{3}, "go"});
    CHECK(store->last_seq() == 0);
}

inline void rows_are_replaced_and_removed(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    put(*store, {bot("a", "Ana", 1.0, 1, "old"), bot("b", "Ben", 2.0, 2)});
    put(*store, {bot("a", "Anna", 3.0, 5), no_bot("b"), no_bot("never was")});
    const auto found = store->select({.table = &bot_table(), .order_by = "id"});
    CHECK(found.total == 1);
    REQUIRE(found.rows.size() == 1);
    CHECK(found.rows[0] == std::vector<Value>{"a", "Anna", 3.0, std::int64_t{5}, nullptr});
    CHECK(keys_where(*store, "name", Filter::Compare::equal, "Ana").empty());
}

inline void rows_change_in_any_column(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    const auto found = [&] { return store->select({.table = &bot_table(), .order_by = "id"}).rows; };
    for (const auto& row :
         {bot("a", "Ana", nullptr, 1, "old"), bot("a", "Ana", nullptr, 1, "new"), bot("a", "Ana", 2.5, 1, "new"),
          bot("a", "Ana", 2.5, 1, nullptr), bot("a", "Ana", nullptr, 1, "last"), bot("a", "Eva", nullptr, 1, "last")}) {
        put(*store, {row, bot("b", "Ben", 1.0, 1)});
        REQUIRE(found().size() == 2);
        CHECK(found()[0] == *row.values);
        CHECK(keys_where(*store, "name", Filter::Compare::equal, (*row.values)[1]) == Texts{"a"});
        CHECK(keys_where(*store, "rating", Filter::Compare::equal, (*row.values)[2]) == Texts{"a"});
    }
}

inline void many_rows_change_together(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    // Of the bots 0 to 99 every `step`-th moves in what is indexed, the others in what is not.
    for (const int step : {1, 2, 40, 101, 3}) {
        std::vector<RowChange> rows;
        for (int i = 0; i < 100; ++i)
            rows.push_back(bot(fmt::format("{:02}", i), i % step == 0 ? fmt::format("of {}", step) : "all", 1.0, 1,
                               fmt::format("{} by {}", i, step)));
        put(*store, rows);
        const auto found = store->select({.table = &bot_table(), .order_by = "id", .limit = 100}).rows;
        for (std::size_t i = 0; i < rows.size(); ++i) CHECK(found.at(i) == *rows[i].values);
        CHECK(keys_where(*store, "name", Filter::Compare::equal, fmt::format("of {}", step)).size() ==
              static_cast<std::size_t>((99 + step) / step));
    }
}

inline void values_given_instead_replace_shared_ones(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    auto one = bot("a", "Ana", 1.0, 1, "shared"), two = one;
    one.instead = {{3, std::int64_t{2}}};
    two.instead = {{3, std::int64_t{3}}, {2, 4.5}};
    const auto found = [&] { return store->select({.table = &bot_table(), .order_by = "id"}).rows; };
    put(*store, {one});
    CHECK(found()[0] == one.result());
    put(*store, {one, two});
    CHECK(found()[0] == std::vector<Value>{"a", "Ana", 4.5, std::int64_t{3}, "shared"});
}

inline void last_change_to_a_row_wins(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    const std::vector<Batch> batches{
        {.at = {1}, .rows = {bot("a", "first", 1.0, 1), bot("b", "first", 1.0, 1)}},
        {.at = {1}, .rows = {no_bot("a"), bot("b", "second", 1.0, 1), bot("c", "x", 1.0, 1)}},
        {.at = {1}, .rows = {bot("a", "third", 1.0, 1), no_bot("c")}}};
    store->commit(batches);
    const auto found = store->select({.table = &bot_table(), .order_by = "id"});
    REQUIRE(found.rows.size() == 2);
    CHECK(found.rows[0][1] == Value{"third"});
    CHECK(found.rows[1][1] == Value{"second"});
}

inline void refused_rows_do_not_hide_kept_ones(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    std::vector<Batch> batches{batch({append("a", 0, {"1"})}), batch({append("a", 0, {"late"})})};
    batches[0].rows = {bot("a", "kept", 1.0, 1)};
    batches[0].cursor = Cursor{"f", 1};
    batches[1].rows = {bot("a", "refused", 1.0, 1)};
    batches[1].cursor = Cursor{"f", 2};
    store->commit(batches);
    CHECK(keys_where(*store, "name", Filter::Compare::equal, "kept") == Texts{"a"});
    CHECK(store->cursor("f") == 1);
}

inline void awkward_row_texts_survive(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    for (const auto& text : awkward_texts()) {
        put(*store, {bot("key" + text, text, nullptr, nullptr, text)});
        const auto found = store->select(
            {.table = &bot_table(), .where = {{"name", Filter::Compare::equal, text}}, .order_by = "name"});
        REQUIRE(found.rows.size() == 1);
        CHECK(found.rows[0] == std::vector<Value>{"key" + text, text, nullptr, nullptr, text});
    }
    for (const auto& text : awkward_texts()) put(*store, {no_bot("key" + text)});
    CHECK(store->select({.table = &bot_table(), .order_by = "id"}).total == 0);
}

inline void texts_with_nul_survive(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    const std::string left("a\0b", 3);
    const std::string right("a\0c", 3);
    put(*store, {bot("l", left, nullptr, nullptr), bot("r", right, nullptr, nullptr), bot("s", "a", nullptr, nullptr)});
    CHECK(keys_where(*store, "name", Filter::Compare::equal, left) == Texts{"l"});
    CHECK(keys_by(*store, "name", false) == Texts{"s", "l", "r"});
    CHECK(store->select({.table = &bot_table(), .order_by = "id"}).rows[0][1] == Value{left});
}

// --- select -----------------------------------------------------------------------------------------------------------

inline std::unique_ptr<Store> with_five_bots(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    put(*store, {bot("a", "Zoe", 1500.0, 10), bot("b", "ana", 1400.5, 10), bot("c", nullptr, nullptr, nullptr),
                 bot("d", "Ana", 1600.0, -3), bot("e", "Änne", 1400.5, 2)});
    return store;
}

inline void select_compares(const Openers& open) {
    using enum Filter::Compare;
    auto store = with_five_bots(open);
    CHECK(keys_where(*store, "games", equal, std::int64_t{10}) == Texts{"a", "b"});
    CHECK(keys_where(*store, "games", less, std::int64_t{10}) == Texts{"d", "e"});
    CHECK(keys_where(*store, "games", less_or_equal, std::int64_t{10}) == Texts{"a", "b", "d", "e"});
    CHECK(keys_where(*store, "rating", greater, 1400.5) == Texts{"a", "d"});
    CHECK(keys_where(*store, "rating", greater_or_equal, 1400.5) == Texts{"a", "b", "d", "e"});
    CHECK(keys_where(*store, "name", not_null, nullptr) == Texts{"a", "b", "d", "e"});
    CHECK(keys_where(*store, "name", equal, "Ana") == Texts{"d"});
    CHECK(keys_where(*store, "name", less, "a") == Texts{"a", "d"});
    CHECK(keys_where(*store, "id", greater, "c") == Texts{"d", "e"});
    CHECK(keys_where(*store, "id", one_of, R"(["e","nobody","a","e"])") == Texts{"a", "e"});
    CHECK(keys_where(*store, "name", one_of, R"(["Änne","Zoe"])") == Texts{"a", "e"});
    CHECK(keys_where(*store, "name", one_of, "[]").empty());
}

inline void select_and_nothing(const Openers& open) {
    using enum Filter::Compare;
    auto store = with_five_bots(open);
    CHECK(keys_where(*store, "name", equal, nullptr) == Texts{"c"});
    for (const auto compare : {less, less_or_equal, greater, greater_or_equal, one_of})
        CHECK(keys_where(*store, "name", compare, nullptr).empty());
    CHECK(keys_by(*store, "rating", false).front() == "c");
    CHECK(keys_by(*store, "rating", true).back() == "c");
}

inline void all_filters_must_hold(const Openers& open) {
    using enum Filter::Compare;
    auto store = with_five_bots(open);
    const auto found = store->select(
        {.table = &bot_table(),
         .where = {{"games", equal, std::int64_t{10}}, {"rating", less, 1500.0}, {"name", not_null, nullptr}},
         .order_by = "id"});
    CHECK(keys(found) == Texts{"b"});
    CHECK(found.total == 1);
}

inline void rows_come_in_order(const Openers& open) {
    auto store = with_five_bots(open);
    CHECK(keys_by(*store, "id", false) == Texts{"a", "b", "c", "d", "e"});
    CHECK(keys_by(*store, "id", true) == Texts{"e", "d", "c", "b", "a"});
    // Equal in rating: by key, in the same direction. Texts in order of their bytes.
    CHECK(keys_by(*store, "rating", false) == Texts{"c", "b", "e", "a", "d"});
    CHECK(keys_by(*store, "rating", true) == Texts{"d", "a", "e", "b", "c"});
    CHECK(keys_by(*store, "games", false) == Texts{"c", "d", "e", "a", "b"});
    CHECK(keys_by(*store, "name", false) == Texts{"c", "d", "a", "b", "e"});
}

inline void pages_and_total(const Openers& open) {
    auto store = with_five_bots(open);
    const auto page = [&](std::int64_t limit, std::int64_t offset) {
        return store->select({.table = &bot_table(), .order_by = "id", .limit = limit, .offset = offset});
    };
    CHECK(keys(page(2, 0)) == Texts{"a", "b"});
    CHECK(keys(page(2, 2)) == Texts{"c", "d"});
    CHECK(keys(page(2, 4)) == Texts{"e"});
    for (const auto& [limit, offset] : {std::pair{2, 0}, {2, 4}, {5, 0}, {100, 0}, {100, 3}, {2, 77}, {0, 0}})
        CHECK(page(limit, offset).total == 5);
    CHECK(page(2, 77).rows.empty());
    CHECK(page(0, 0).rows.empty());
}

// --- listings ---------------------------------------------------------------------------------------------------------

/// Tournaments as a long list shows them.
inline const Table& cups() {
    static const Table table{"cup_test",
                             {{"id", ColumnKind::text},
                              {"status", ColumnKind::text, true},
                              {"venue", ColumnKind::text, true},
                              {"created", ColumnKind::integer, true},
                              {"players", ColumnKind::integer}},
                             Listing{"created", {"venue", "status"}}};
    return table;
}

inline RowChange cup(std::string key, Value status, Value venue, Value created, Value players = nullptr) {
    std::vector<Value> values{key, std::move(status), std::move(venue), std::move(created), std::move(players)};
    return {&cups(), key, std::make_shared<const std::vector<Value>>(std::move(values)), {}};
}

/// What a listing must answer, found by looking at every row.
inline Rows looked_through(const std::map<std::string, RowChange>& all, const RowQuery& query) {
    std::vector<std::vector<Value>> found;
    for (const auto& [key, change] : all)
        if (std::ranges::all_of(query.where, [&](const Filter& f) {
                return (*change.values)[f.column == "status" ? 1 : 2] == f.value;
            }))
            found.push_back(*change.values);
    std::ranges::sort(found, [](const auto& a, const auto& b) {
        return std::pair(std::get<std::int64_t>(a[3]), std::get<std::string>(a[0])) <
               std::pair(std::get<std::int64_t>(b[3]), std::get<std::string>(b[0]));
    });
    if (query.descending) std::ranges::reverse(found);
    Rows out{.total = static_cast<std::int64_t>(found.size())};
    for (auto i = query.offset; i < std::min(query.offset + query.limit, out.total); ++i)
        out.rows.push_back(found[static_cast<std::size_t>(i)]);
    return out;
}

inline void check_listing(Store& store, const std::map<std::string, RowChange>& all, const std::vector<Filter>& where) {
    for (const bool descending : {false, true})
        for (const auto& [limit, offset] : {std::pair{3, 0}, {3, 4}, {5, 20}, {1'000'000, 0}, {2, 1'000}}) {
            const RowQuery query{.table = &cups(),
                                 .where = where,
                                 .order_by = "created",
                                 .descending = descending,
                                 .limit = limit,
                                 .offset = offset};
            const auto found = store.select(query), wanted = looked_through(all, query);
            CHECK(found.rows == wanted.rows);
            CHECK(found.total == wanted.total);
        }
}

/// Rows come, change in every column, and go; after each step every list of them is what looking through them gives.
inline void listings_are_what_looking_through_gives(const Openers& open) {
    auto store = open.fresh();
    const Table* tables[] = {&cups()};
    store->prepare(tables);
    std::map<std::string, RowChange> all;
    const std::vector<Value> statuses{"open", "over"}, venues{"hall", "park", nullptr};
    Prng random{1};
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random.below(n)); };
    for (int step = 0; step < 12; ++step) {
        std::vector<RowChange> changes;
        for (int i = 0; i < 8; ++i) {
            const auto key = "cup" + std::to_string(below(40));
            if (below(5) == 0)
                changes.push_back({&cups(), key, nullptr, {}});
            else
                changes.push_back(cup(key, statuses[below(2)], venues[below(3)], static_cast<std::int64_t>(below(10)),
                                      static_cast<std::int64_t>(step)));
            changes.back().values ? void(all.insert_or_assign(key, changes.back())) : void(all.erase(key));
        }
        put(*store, changes);
        check_listing(*store, all, {});
        for (const auto& status : statuses) {
            check_listing(*store, all, {{"status", Filter::Compare::equal, status}});
            for (const auto& venue : venues)
                check_listing(*store, all,
                              {{"status", Filter::Compare::equal, status}, {"venue", Filter::Compare::equal, venue}});
        }
        for (const auto& venue : venues) check_listing(*store, all, {{"venue", Filter::Compare::equal, venue}});
    }
}

inline void a_listing_with_other_filters(const Openers& open) {
    using enum Filter::Compare;
    auto store = open.fresh();
    const Table* tables[] = {&cups()};
    store->prepare(tables);
    put(*store, {cup("a", "open", "hall", std::int64_t{1}, std::int64_t{8}),
                 cup("b", "open", "hall", std::int64_t{2}, std::int64_t{4}),
                 cup("c", "over", "hall", std::int64_t{3}, std::int64_t{8}),
                 cup("d", "open", nullptr, std::int64_t{4}, std::int64_t{8})});
    const auto list = [&](std::vector<Filter> where, std::string order) {
        const auto found = store->select(
            {.table = &cups(), .where = std::move(where), .order_by = std::move(order), .descending = true});
        CHECK(found.total == static_cast<std::int64_t>(found.rows.size()));
        return keys(found);
    };
    CHECK(list({{"status", equal, "open"}, {"players", equal, std::int64_t{8}}}, "created") == Texts{"d", "a"});
    CHECK(list({{"status", equal, "open"}, {"created", less, std::int64_t{3}}}, "created") == Texts{"b", "a"});
    CHECK(list({{"venue", not_null, nullptr}}, "created") == Texts{"c", "b", "a"});
    CHECK(list({{"venue", equal, "hall"}}, "players") == Texts{"c", "a", "b"});
}

inline void a_changed_listing_makes_the_table_anew(const Openers& open) {
    auto store = open.fresh();
    const Table* tables[] = {&cups()};
    store->prepare(tables);
    commit_one(*store, batch({append("a", 0, {"1"})}));
    put(*store, {cup("a", "open", "hall", std::int64_t{1})});
    CHECK(store->prepare(tables).empty());
    auto changed = cups();
    changed.listing->filters = {"status"};
    const Table* others[] = {&changed};
    CHECK(store->prepare(others) == Texts{"cup_test"});
    CHECK(store->select({.table = &changed, .order_by = "created"}).total == 0);
    changed.listing.reset();
    CHECK(store->prepare(others) == Texts{"cup_test"});
    CHECK(store->prepare(tables) == Texts{"cup_test"});
    put(*store, {cup("a", "open", "hall", std::int64_t{1})});
    CHECK(store->select({.table = &cups(), .order_by = "created", .limit = 1, .offset = 1}).total == 1);
}

// --- tables -----------------------------------------------------------------------------------------------------------

inline void prepare_keeps_what_is_the_same(const Openers& open) {
    auto store = with_five_bots(open);
    prepare_bots(*store);
    CHECK(store->select({.table = &bot_table(), .order_by = "id"}).total == 5);
}

inline void prepare_empties_what_changed(const Openers& open) {
    auto store = with_five_bots(open);
    commit_one(*store, batch({append("a", 0, {"1"})}));
    auto changed = bot_table();
    changed.columns.push_back({"country", ColumnKind::text});
    const Table* tables[] = {&changed};
    CHECK(store->prepare(tables) == Texts{"bot_test"});
    CHECK(store->select({.table = &changed, .order_by = "id"}).total == 0);
    const std::vector<Value> values{"a", "Ana", 1.0, std::int64_t{1}, nullptr, "TR"};
    const RowChange row{&changed, "a", std::make_shared<const std::vector<Value>>(values), {}};
    put(*store, {row});
    CHECK(store->select({.table = &changed, .order_by = "id"}).rows[0] == *row.values);
    CHECK(store->prepare(tables).empty());
    CHECK(types(store->follow(0, 10)) == Texts{"1"});
}

inline void new_table_over_old_events_is_to_be_filled(const Openers& open) {
    auto store = open.fresh();
    const Table* tables[] = {&bot_table()};
    commit_one(*store, batch({append("a", 0, {"1"})}));
    CHECK(store->prepare(tables) == Texts{"bot_test"});
    CHECK(store->prepare(tables).empty());
}

// --- what is derived ----------------------------------------------------------------------------------------------------

/// Two tables of followers, by the number of the first one's columns.
inline std::array<Table, 2> derived_tables(std::size_t columns = 2) {
    std::vector<Column> first{{"id"}, {"points", ColumnKind::integer, true}, {"more"}};
    first.resize(columns);
    return {Table{.name = "derived_test", .columns = std::move(first), .derived = true},
            Table{.name = "other_derived_test", .columns = {{"id"}}, .derived = true}};
}

inline void save_points(Store& store, const Table& table, std::int64_t points, Cursor cursor) {
    std::vector<Value> values{"a", points};
    values.resize(table.columns.size(), nullptr);
    store.save({{{&table, "a", std::make_shared<const std::vector<Value>>(std::move(values)), {}}}, std::move(cursor)});
}

inline std::vector<std::int64_t> points_in(Store& store, const Table& table) {
    std::vector<std::int64_t> points;
    for (const auto& row : store.select({.table = &table, .order_by = "id"}).rows)
        points.push_back(std::get<std::int64_t>(row[1]));
    return points;
}

using Points = std::vector<std::int64_t>;

inline void derived_rows_move_with_their_cursor(const Openers& open) {
    auto store = open.fresh();
    const auto tables = derived_tables();
    const Table* all[] = {&bot_table(), &tables[0], &tables[1]};
    CHECK(store->prepare(all).empty());
    CHECK(store->saved_cursor("ratings") == 0);
    commit_one(*store, batch({append("a", 0, {"1", "2", "3"})}));
    save_points(*store, tables[0], 5, {"ratings", 1});
    save_points(*store, tables[0], 7, {"ratings", 2});
    CHECK(store->saved_cursor("ratings") == 2);
    CHECK(store->saved_cursor("flags") == 0);
    CHECK(store->cursor("ratings") == 0);
    CHECK(points_in(*store, tables[0]) == Points{7});
    CHECK(store->select({.table = &tables[0], .where = {{"points", Filter::Compare::equal, std::int64_t{7}}}}).total ==
          1);
    CHECK(store->prepare(all).empty());
    CHECK(points_in(*store, tables[0]) == Points{7});
    store->save({{{&tables[0], "a", nullptr, {}}}, {"ratings", 0}});
    CHECK(points_in(*store, tables[0]).empty());
    CHECK(store->saved_cursor("ratings") == 0);
}

inline void derived_rows_survive_a_restart(const Openers& open) {
    if (!open.again) return;
    auto store = open.fresh();
    const auto tables = derived_tables();
    const Table* all[] = {&tables[0], &tables[1]};
    store->prepare(all);
    commit_one(*store, batch({append("a", 0, {"1"})}));
    save_points(*store, tables[0], 5, {"ratings", 1});
    store.reset();
    store = open.again();
    CHECK(store->prepare(all).empty());
    CHECK(store->saved_cursor("ratings") == 1);
    CHECK(points_in(*store, tables[0]) == Points{5});
}

inline void derived_tables_begin_anew_together(const Openers& open) {
    auto store = open.fresh();
    const auto tables = derived_tables(), changed = derived_tables(3);
    const Table* all[] = {&tables[0], &tables[1]};
    store->prepare(all);
    commit_one(*store, batch({append("a", 0, {"1", "2"})}));
    const std::vector<Value> key{"b"};
    store->save({{{&tables[1], "b", std::make_shared<const std::vector<Value>>(key), {}}}, {"flags", 2}});
    save_points(*store, tables[0], 5, {"ratings", 1});
    const Table* others[] = {&changed[0], &tables[1]};
    CHECK(store->prepare(others).empty());
    CHECK(store->saved_cursor("ratings") == 0);
    CHECK(store->saved_cursor("flags") == 0);
    CHECK(points_in(*store, changed[0]).empty());
    CHECK(store->select({.table = &tables[1], .order_by = "id"}).total == 0);
}

inline void derived_rows_of_a_longer_log_begin_anew(const Openers& open) {
    auto store = open.fresh();
    const auto tables = derived_tables();
    const Table* all[] = {&tables[0], &tables[1]};
    store->prepare(all);
    commit_one(*store, batch({append("a", 0, {"1", "2"})}));
    save_points(*store, tables[0], 5, {"ratings", 3});
    store->prepare(all);
    CHECK(store->saved_cursor("ratings") == 0);
    CHECK(points_in(*store, tables[0]).empty());
}

// --- restarts and threads ---------------------------------------------------------------------------------------------

inline void restart_keeps_everything(const Openers& open) {
    if (!open.again) return;
    auto store = with_five_bots(open);
    auto one = batch({append("a", 0, {"1", "2"})});
    one.cursor = Cursor{"ratings", 2};
    const auto before = commit_one(*store, one);
    store.reset();
    store = open.again();
    prepare_bots(*store);
    CHECK(types(store->read("a", 0)) == Texts{"1", "2"});
    CHECK(store->last_seq() == before.first_seq + 1);
    CHECK(store->cursor("ratings") == 2);
    CHECK(keys_by(*store, "rating", true) == Texts{"d", "a", "e", "b", "c"});
    CHECK_FALSE(commit_one(*store, batch({append("a", 1, {"late"})})).accepted());
    CHECK(commit_one(*store, batch({append("a", 2, {"3"})})).first_seq > before.first_seq + 1);
}

inline void writes_by_others_are_noticed(const Openers& open) {
    if (!open.again) return;
    auto store = open.fresh();
    commit_one(*store, batch({append("a", 0, {"1"})}));
    const auto before = store->writes_by_others();
    const auto other = open.again();
    commit_one(*other, batch({append("a", 1, {"2"})}));
    const auto after = store->writes_by_others();
    CHECK(after != before);
    commit_one(*other, batch({append("b", 0, {"1"})}));
    // A commit of its own does not hide it.
    commit_one(*store, batch({append("a", 2, {"3"})}));
    CHECK(store->writes_by_others() != after);
}

/// Reads on and on; true when each answer was whole and nothing went back. The batches have three events, and one row
/// that counts them.
inline bool reader_sees_whole_batches(Store& store, const std::atomic<bool>& stop) {
    Seq seen = 0;
    while (!stop) {
        const auto counted = store.select({.table = &bot_table(), .order_by = "id"});
        const auto events = static_cast<std::int64_t>(store.read("a", 0).size());
        const auto last = store.last_seq();
        const auto tail = store.follow(std::max<Seq>(last - 5, 0), 100);
        if (!counted.rows.empty() && events < std::get<std::int64_t>(counted.rows[0][3])) return false;
        if (events % 3 != 0 || last < seen || last < events) return false;
        for (std::size_t i = 1; i < tail.size(); ++i)
            if (tail[i].seq <= tail[i - 1].seq) return false;
        seen = last;
    }
    return true;
}

inline Version commit_threes_for(Store& store, std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    Version version = 0;
    for (; std::chrono::steady_clock::now() < until && version < 3'000; version += 3) {
        auto three = batch({append("a", version, {"1", "2", "3"})});
        three.rows = {bot("count", "count", nullptr, version + 3)};
        if (!commit_one(store, std::move(three)).accepted()) break;
    }
    return version;
}

inline void readers_during_commits(const Openers& open) {
    auto store = open.fresh();
    prepare_bots(*store);
    std::atomic<bool> stop = false;
    std::atomic<int> content = 0;
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] { content += reader_sees_whole_batches(*store, stop) ? 1 : 0; });
    const auto written = commit_threes_for(*store, std::chrono::milliseconds{300});
    stop = true;
    readers.clear();
    CHECK(content == 3);
    CHECK(written > 0);
    CHECK(store->read("a", 0).size() == static_cast<std::size_t>(written));
}

struct Rule {
    const char* name;
    void (*check)(const Openers&);
};

inline constexpr Rule rules[] = {
    {"an empty store answers with nothing and zero", empty_store_answers},
    {"events come back as they were written", events_come_back_as_written},
    {"the seqs of a batch have no gap, and grow from batch to batch", seqs_of_a_batch_have_no_gap},
    {"read starts after a version and keeps to its stream", read_starts_after_a_version},
    {"follow crosses streams in order of seq, page by page", follow_crosses_streams_in_pages},
    {"awkward event texts survive", awkward_event_data_survives},
    {"a batch may have 10,000 events", ten_thousand_events_in_one_batch},
    {"a conflicting batch is refused alone, with the version found", conflict_is_refused_alone},
    {"earlier batches of the same call count", earlier_batches_of_a_call_count},
    {"of a batch with one conflicting stream nothing is kept", conflicting_batch_keeps_nothing},
    {"what was decided on a refused batch is refused too", what_was_decided_on_a_refused_batch_is_refused},
    {"an append without events only checks the version", append_without_events_only_checks},
    {"a batch may have a cursor only", batch_with_a_cursor_only},
    {"a batch may have rows only", batch_with_rows_only},
    {"rows are replaced and removed", rows_are_replaced_and_removed},
    {"a row may change in any of its columns, indexed or not", rows_change_in_any_column},
    {"many rows change together", many_rows_change_together},
    {"values given instead replace shared ones, in that row alone", values_given_instead_replace_shared_ones},
    {"the last change to a row wins within one call", last_change_to_a_row_wins},
    {"rows and cursor of a refused batch do not hide those of a kept one", refused_rows_do_not_hide_kept_ones},
    {"awkward row texts survive, as keys and in filters", awkward_row_texts_survive},
    {"texts with NUL survive", texts_with_nul_survive},
    {"select compares", select_compares},
    {"nothing equals nothing only, is never less or greater, and comes before all else", select_and_nothing},
    {"all filters must hold", all_filters_must_hold},
    {"rows come in order both ways, ties by key", rows_come_in_order},
    {"limit and offset make pages; the total does not depend on them", pages_and_total},
    {"listings are what looking through all rows gives, while rows come, change and go",
     listings_are_what_looking_through_gives},
    {"a listing may be asked for with other filters, and in another order", a_listing_with_other_filters},
    {"a table whose listing changed is made anew", a_changed_listing_makes_the_table_anew},
    {"prepare leaves a table alone whose columns are the same", prepare_keeps_what_is_the_same},
    {"prepare empties a table whose columns changed, and names it", prepare_empties_what_changed},
    {"prepare names a new table over a log that has events", new_table_over_old_events_is_to_be_filled},
    {"derived rows move with their cursor", derived_rows_move_with_their_cursor},
    {"derived rows survive a restart", derived_rows_survive_a_restart},
    {"derived tables begin anew together when one changes", derived_tables_begin_anew_together},
    {"derived rows that tell of more than the log has begin anew", derived_rows_of_a_longer_log_begin_anew},
    {"a restart keeps everything", restart_keeps_everything},
    {"what others write is noticed", writes_by_others_are_noticed},
    {"readers during commits see whole batches in order", readers_during_commits},
};

}  // namespace agon::conformance

namespace agon {

/// Checks every rule, each as a subcase on a store of its own. `open_new` gives an empty store; `reopen` the data of
/// the last one again, as after a restart, and may be null.
inline void store_conformance(std::function<std::unique_ptr<Store>()> open_new,
                              std::function<std::unique_ptr<Store>()> reopen) {
    const conformance::Openers openers{std::move(open_new), std::move(reopen)};
    for (const auto& rule : conformance::rules) {
        SUBCASE(rule.name) { rule.check(openers); }
    }
}

}  // namespace agon
