/// The heaviest assignment of rows to columns, and of all heaviest the first: the transpositions of C.04.3 D.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/formats/dutch/matching.hpp"

namespace agon::formats::dutch {

/// `weight(row, column)` is a whole number above 0, or 0 where the two do not go together. There are no more rows than
/// columns. The Hungarian method; O(rows · columns) for each row that the greedy start leaves over, and a bit for each
/// row and column.
template <class Int, class Weight>
class Assignment {
public:
    Assignment(std::size_t rows, std::size_t columns, const Weight& weight)
        : rows_(rows), columns_(columns), weight_(weight), column_of_(rows, no_vertex), row_of_(columns, no_vertex) {}

    /// Gives every row a column, the total as heavy as can be. False if that is impossible.
    bool solve();
    /// After `solve`, among the heaviest: the first row gets as low a column as can be, then the second …
    void make_earliest();
    /// By row.
    const std::vector<Vertex>& column_of() const { return column_of_; }

private:
    using Bits = std::vector<std::uint64_t>;

    void match_greedily();
    bool search(Vertex row);
    void assign(Vertex row, Vertex column) {
        column_of_[row] = column;
        row_of_[column] = row;
    }
    void find_tight();
    void fix(Vertex row);
    bool reroute(Vertex row, Vertex wanted, Bits& closed);
    const std::uint64_t* tight(Vertex row) const {
        return row < rows_ ? tight_.data() + row * words_ : dispensable_.data();
    }
    static void set(Bits& bits, Vertex at) { bits[at / 64] |= std::uint64_t{1} << (at % 64); }

    std::size_t rows_, columns_;
    const Weight& weight_;
    std::vector<Vertex> column_of_, row_of_;
    /// u(row) + v(column) ≥ weight, with equality where assigned; v ≥ 0, and 0 for free columns.
    std::vector<Int> u_, v_;

    std::size_t words_ = 0;
    Bits tight_, dispensable_, frozen_;
    std::vector<Vertex> wanted_by_;
};

template <class Int, class Weight>
bool Assignment<Int, Weight>::solve() {
    v_.assign(columns_, Int(0));
    match_greedily();
    for (Vertex row = 0; row < rows_; ++row)
        if (column_of_[row] == no_vertex && !search(row)) return false;
    return true;
}

template <class Int, class Weight>
void Assignment<Int, Weight>::match_greedily() {
    for (Vertex row = 0; row < rows_; ++row) {
        Int most = 0;
        Vertex first = no_vertex;
        for (Vertex column = 0; column < columns_; ++column) {
            const auto& weight = weight_(row, column);
            if (weight == 0 || weight < most || (weight == most && first != no_vertex)) continue;
            const bool free = row_of_[column] == no_vertex;
            if (most < weight) first = no_vertex;
            most = weight;
            if (free) first = column;
        }
        u_.push_back(most);
        if (first != no_vertex) assign(row, first);
    }
}

/// The shortest way from a row without a column to a free column; the duals change by the distances.
template <class Int, class Weight>
bool Assignment<Int, Weight>::search(Vertex row) {
    std::vector<Int> slack(columns_, Int(0));
    std::vector<Vertex> from(columns_, no_vertex);
    std::vector<char> done(columns_, 0);
    std::vector<Vertex> reached;
    Int travelled = 0;  // what u of `row` has lost; other duals are settled at the end
    std::vector<Int> joined;
    Vertex at = row, last = no_vertex;
    Int offset = 0;
    for (;;) {
        for (Vertex column = 0; column < columns_; ++column) {
            if (done[column] != 0) continue;
            const auto& weight = weight_(at, column);
            if (weight == 0) continue;
            const Int distance = offset + u_[at] + v_[column] - weight;
            if (from[column] != no_vertex && !(distance < slack[column])) continue;
            slack[column] = distance;
            from[column] = at;
        }
        last = no_vertex;
        for (Vertex column = 0; column < columns_; ++column)
            if (done[column] == 0 && from[column] != no_vertex && (last == no_vertex || slack[column] < slack[last]))
                last = column;
        if (last == no_vertex) return false;
        travelled = slack[last];
        if (row_of_[last] == no_vertex) break;
        done[last] = 1;
        reached.push_back(last);
        joined.push_back(travelled);
        at = row_of_[last];
        offset = travelled;
    }
    u_[row] -= travelled;
    for (std::size_t i = 0; i < reached.size(); ++i) {
        const Int change = travelled - joined[i];
        u_[row_of_[reached[i]]] -= change;
        v_[reached[i]] += change;
    }
    for (auto column = last;;) {
        const auto owner = from[column];
        const auto before = column_of_[owner];
        assign(owner, column);
        if (owner == row) return true;
        column = before;
    }
}

/// The heaviest assignments are those along tight edges that leave no column with v > 0 free. So that there are no free
/// columns to think of, each gets a row of its own, which may have any column with v = 0.
template <class Int, class Weight>
void Assignment<Int, Weight>::find_tight() {
    words_ = (columns_ + 63) / 64;
    tight_.assign(rows_ * words_, 0);
    dispensable_.assign(words_, 0);
    frozen_.assign(words_, 0);
    wanted_by_.assign(columns_, no_vertex);
    for (Vertex row = 0; row < rows_; ++row)
        for (Vertex column = 0; column < columns_; ++column) {
            const auto& weight = weight_(row, column);
            if (weight != 0 && u_[row] + v_[column] == weight)
                tight_[row * words_ + column / 64] |= std::uint64_t{1} << (column % 64);
        }
    for (Vertex column = 0; column < columns_; ++column) {
        if (v_[column] == 0) set(dispensable_, column);
        if (row_of_[column] != no_vertex) continue;
        row_of_[column] = static_cast<Vertex>(column_of_.size());
        column_of_.push_back(column);
    }
}

template <class Int, class Weight>
void Assignment<Int, Weight>::make_earliest() {
    find_tight();
    for (Vertex row = 0; row < rows_; ++row) {
        fix(row);
        set(frozen_, column_of_[row]);
    }
    column_of_.resize(rows_);
}

/// Gives the row its lowest possible column, the rows before it being frozen.
template <class Int, class Weight>
void Assignment<Int, Weight>::fix(Vertex row) {
    const auto own = column_of_[row];
    auto closed = frozen_;
    for (std::size_t word = 0; word <= own / 64; ++word)
        for (auto bits = tight(row)[word] & ~closed[word]; bits != 0; bits &= bits - 1) {
            const auto column = static_cast<Vertex>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
            if (column >= own) return;
            if ((closed[word] >> (column % 64) & 1) == 0 && reroute(row, column, closed)) return;
        }
}

/// Frees `wanted` for the row, if its owner and others can move along tight edges until one has the row's own column.
/// What has been searched in vain is closed, also for the next attempts of this row.
template <class Int, class Weight>
bool Assignment<Int, Weight>::reroute(Vertex row, Vertex wanted, Bits& closed) {
    const auto own = column_of_[row];
    std::vector<Vertex> queue{row_of_[wanted]};
    set(closed, wanted);
    wanted_by_[wanted] = row;
    for (std::size_t next = 0; next < queue.size(); ++next) {
        auto mover = queue[next];
        const auto* const ways = tight(mover);
        if ((ways[own / 64] >> (own % 64) & 1) != 0) {
            for (auto column = own; mover != row;) {
                const auto before = column_of_[mover];
                assign(mover, column);
                column = before;
                mover = wanted_by_[before];
            }
            assign(row, wanted);
            return true;
        }
        for (std::size_t word = 0; word < words_; ++word)
            for (auto open = ways[word] & ~closed[word]; open != 0; open &= open - 1) {
                const auto column = static_cast<Vertex>(word * 64 + static_cast<std::size_t>(std::countr_zero(open)));
                set(closed, column);
                wanted_by_[column] = mover;
                queue.push_back(row_of_[column]);
            }
    }
    return false;
}

}  // namespace agon::formats::dutch
