/// Matching, assignment and wide numbers, each against the plainest way to do the same.
#include "core/formats/dutch/matching.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <numeric>

#include "base/prng.hpp"
#include "core/formats/dutch/assignment.hpp"

namespace agon::formats::dutch {

namespace {

using Table = std::vector<std::vector<std::int64_t>>;

/// A random graph; few different weights make many ties and blossoms.
Table random_graph(Prng& prng, std::size_t n) {
    const auto density = 20 + prng.below(80);
    const auto kinds = 1 + prng.below(prng.below(2) == 0 ? 3 : 50);
    Table table(n, std::vector<std::int64_t>(n, 0));
    for (std::size_t u = 0; u < n; ++u)
        for (std::size_t v = u + 1; v < n; ++v)
            if (prng.below(100) < density) table[u][v] = table[v][u] = static_cast<std::int64_t>(1 + prng.below(kinds));
    return table;
}

template <class Int>
struct GraphWeights {
    const Table& table;
    std::size_t size() const { return table.size(); }
    template <class F>
    void each(Vertex u, F f) const {
        for (Vertex v = 0; v < table.size(); ++v)
            if (table[u][v] != 0 && !f(v, Int(4 * table[u][v]))) return;
    }
    Int start(Vertex v) const { return Int(2 * *std::ranges::max_element(table[v])); }
};

std::int64_t heaviest_by_trying(const Table& table) {
    const auto n = table.size();
    std::vector<std::int64_t> best(std::size_t{1} << n, 0);
    for (std::size_t mask = 1; mask < best.size(); ++mask) {
        const auto u = static_cast<std::size_t>(std::countr_zero(mask));
        const auto rest = mask & (mask - 1);
        best[mask] = best[rest];
        for (auto others = rest; others != 0; others &= others - 1) {
            const auto v = static_cast<std::size_t>(std::countr_zero(others));
            if (table[u][v] != 0) best[mask] = std::max(best[mask], best[rest & ~(std::size_t{1} << v)] + table[u][v]);
        }
    }
    return best.back();
}

template <class Int>
std::int64_t weight_of_matching(const Table& table) {
    const GraphWeights<Int> weights{table};
    Matching<Int, GraphWeights<Int>> matching(weights);
    const auto& mate = matching.solve();
    std::int64_t sum = 0;
    for (Vertex v = 0; v < table.size(); ++v) {
        if (mate[v] == no_vertex) continue;
        CHECK(mate[mate[v]] == v);
        CHECK(table[v][mate[v]] > 0);
        sum += table[v][mate[v]];
    }
    return sum / 2;
}

/// The heaviest assignment with the smallest list of columns; empty if there is none.
std::vector<Vertex> earliest_by_trying(const Table& table, std::size_t columns) {
    std::vector<Vertex> best, current;
    std::int64_t best_weight = -1;
    std::vector<char> used(columns, 0);
    const std::function<void(std::int64_t)> from = [&](std::int64_t weight) {
        if (current.size() == table.size()) {
            if (weight <= best_weight) return;  // columns are tried in order: the first of equals is the earliest
            best_weight = weight;
            best = current;
            return;
        }
        for (Vertex column = 0; column < columns; ++column) {
            const auto more = table[current.size()][column];
            if (used[column] != 0 || more == 0) continue;
            used[column] = 1;
            current.push_back(column);
            from(weight + more);
            current.pop_back();
            used[column] = 0;
        }
    };
    from(0);
    return best;
}

}  // namespace

TEST_CASE("swiss: the matching is as heavy as the heaviest of all, in every width") {
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        CAPTURE(seed);
        Prng prng(seed);
        const auto table = random_graph(prng, 1 + prng.below(12));
        const auto heaviest = heaviest_by_trying(table);
        CHECK(weight_of_matching<Int128>(table) == heaviest);
        CHECK(weight_of_matching<Wide<4>>(table) == heaviest);
        CHECK(weight_of_matching<Widest>(table) == heaviest);
    }
}

TEST_CASE("swiss: numberings do not change how heavy the matching of a large graph is") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Prng prng(seed);
        const auto n = 20 + prng.below(60);
        const auto table = random_graph(prng, n);
        std::vector<std::size_t> order(n);
        std::iota(order.begin(), order.end(), std::size_t{0});
        prng.shuffle(order);
        auto shuffled = table;
        for (std::size_t u = 0; u < n; ++u)
            for (std::size_t v = 0; v < n; ++v) shuffled[u][v] = table[order[u]][order[v]];
        CHECK(weight_of_matching<Int128>(table) == weight_of_matching<Int128>(shuffled));
    }
}

TEST_CASE("swiss: the assignment is the earliest of the heaviest") {
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        CAPTURE(seed);
        Prng prng(seed);
        const auto rows = 1 + prng.below(5), columns = rows + prng.below(3);
        const auto kinds = 1 + prng.below(4);
        Table table(rows, std::vector<std::int64_t>(columns, 0));
        for (auto& row : table)
            for (auto& weight : row)
                if (prng.below(100) < 75) weight = static_cast<std::int64_t>(1 + prng.below(kinds));
        const auto weight = [&](Vertex row, Vertex column) { return Int128{table[row][column]}; };
        Assignment<Int128, decltype(weight)> assignment(rows, columns, weight);
        const auto expected = earliest_by_trying(table, columns);
        REQUIRE(assignment.solve() == !expected.empty());
        if (expected.empty()) continue;
        assignment.make_earliest();
        CHECK(assignment.column_of() == expected);
    }
}

TEST_CASE("swiss: wide numbers calculate as numbers without a limit do") {
    Prng prng(7);
    for (int i = 0; i < 2000; ++i) {
        const auto a = static_cast<std::int64_t>(prng.next()), b = static_cast<std::int64_t>(prng.next());
        const auto by = prng.below(180);
        const Wide<4> wide_a = Wide<4>(a / 2) << by, wide_b(b / 2);
        const Widest widest_a = Widest(a / 2) * (Widest(1) << by), widest_b(b / 2);
        CHECK((wide_a < wide_b) == (widest_a < widest_b));
        CHECK((wide_a + wide_b < wide_a - wide_b) == (widest_a + widest_b < widest_a - widest_b));
        CHECK(((wide_a + wide_b) - wide_b == wide_a));
        CHECK((half(wide_a + wide_a) == wide_a));
        CHECK((half(wide_a + wide_a) - wide_b < wide_b) == (widest_a - widest_b < widest_b));
    }
}

}  // namespace agon::formats::dutch
