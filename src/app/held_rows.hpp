/// The rows of one derived table, as far as their follower holds them in memory, and which of them are not saved yet.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "app/rows/rows.hpp"

namespace agon {

/// A table of so many rows is held whole from the start, and then nothing is looked for in the store.
inline constexpr std::int64_t most_held_from_the_start = 20'000;
/// Beyond so many all that is held of a table is forgotten.
inline constexpr std::size_t most_held = 100'000;

template <class Row>
struct HeldRow {
    Row row;
    bool is_changed = false;
};

/// The first column is the key. One thread.
template <class Row>
class HeldRows {
public:
    using Held = HeldRow<Row>;

    /// The row of that key: as it is held, or in the store, or `fresh()`. It stays where it is until `saved`. Throws
    /// StoreBroken, and then nothing has changed.
    template <class Fresh>
    Held& at(Store& store, const std::string& key, Fresh fresh) {
        if (!has_begun_) hold_all(store);
        if (const auto found = rows_.find(key); found != rows_.end()) return found->second;
        if (!holds_all_)
            if (auto stored = rows::find<Row>(store, rows::table_of<Row>().columns.front().name, key))
                return rows_.emplace(key, Held{std::move(*stored)}).first->second;
        return rows_.emplace(key, Held{fresh()}).first->second;
    }

    void changed(Held& held) {
        if (!std::exchange(held.is_changed, true)) changed_.push_back(&held);
    }
    bool has_changes() const { return !changed_.empty(); }
    void add_changes(std::vector<RowChange>& changes) const {
        for (const auto* held : changed_) changes.push_back(rows::set_row(held->row));
    }

    /// What changed is in the store now.
    void saved() {
        for (auto* held : changed_) held->is_changed = false;
        changed_.clear();
        if (rows_.size() <= most_held) return;
        rows_.clear();
        holds_all_ = false;
    }

private:
    void hold_all(Store& store) {
        auto all = rows::all<Row>(store, most_held_from_the_start);
        has_begun_ = true;
        holds_all_ = all.has_value();
        if (!all) return;
        for (auto& row : *all) {
            auto key = std::get<std::string>(rows::to_values(row).front());
            rows_.emplace(std::move(key), Held{std::move(row)});
        }
    }

    std::unordered_map<std::string, Held> rows_;
    std::vector<Held*> changed_;
    bool has_begun_ = false;
    /// What is not held is not in the store.
    bool holds_all_ = false;
};

}  // namespace agon
