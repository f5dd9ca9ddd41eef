#include "core/matchmaking/batch.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>

#include "base/prng.hpp"

namespace agon::matchmaking {

namespace {

/// The greatest worth of any pairing, by trying them all: over subsets, the lowest place meets nobody or any other.
/// For up to 16 candidates.
std::int64_t best_of_all(const std::vector<Candidate>& all, Rule rule, const Forbidden& forbidden = {}) {
    std::vector<std::int64_t> best(std::size_t{1} << all.size(), 0);
    for (std::size_t set = 1; set < best.size(); ++set) {
        const auto a = static_cast<std::uint32_t>(std::countr_zero(set));
        const auto rest = set & (set - 1);
        best[set] = best[rest];
        for (auto left = rest; left != 0; left &= left - 1) {
            const auto b = static_cast<std::uint32_t>(std::countr_zero(left));
            if (!in_reach(all[a], all[b], rule) || (forbidden && forbidden(a, b))) continue;
            best[set] = std::max(best[set], best[rest & ~(std::size_t{1} << b)] + worth(all[a], all[b]));
        }
    }
    return best.back();
}

/// The worth of a pairing, or −1 where somebody meets twice or out of reach.
std::int64_t total(const std::vector<Pair>& pairs, const std::vector<Candidate>& all, Rule rule) {
    std::vector<bool> met(all.size());
    std::int64_t sum = 0;
    for (const auto& [a, b] : pairs) {
        if (met[a] || met[b] || a == b || !in_reach(all[a], all[b], rule)) return -1;
        met[a] = met[b] = true;
        sum += worth(all[a], all[b]);
    }
    return sum;
}

std::vector<double> ratings_of(const std::vector<Candidate>& all) {
    std::vector<double> ratings;
    for (const auto& c : all) ratings.push_back(c.rating);
    return ratings;
}

/// `levels` 1: one window for all, and no waiting.
std::vector<Candidate> random_candidates(Prng& prng, std::size_t most, std::uint64_t levels, std::uint64_t range) {
    std::vector<Candidate> all(2 + prng.below(most - 1));
    for (auto& c : all) {
        const auto level = prng.below(levels);
        c.rating = 1000 + static_cast<double>(prng.below(range));
        c.window = 100 + 50 * static_cast<double>(level);
        if (levels > 1) c.waited = std::chrono::seconds(60 * level + prng.below(60));
    }
    return all;
}

}  // namespace

TEST_CASE("four players who can all meet only if their pairs cross do") {
    const std::vector<Candidate> all = {{1000, 300}, {1270, 100}, {1290, 300}, {1340, 100}};
    CHECK(pair_up(all, Rule::mutual) == std::vector<Pair>{{1, 3}, {0, 2}});
}

TEST_CASE("of pairings with as many pairs the one with the least gaps is chosen") {
    CHECK(pair_neighbours(std::vector<double>{1000, 1090, 1100, 1190}, 100) == std::vector<Pair>{{2, 3}, {0, 1}});
    CHECK(pair_neighbours(std::vector<double>{1000, 1090, 1100}, 100) == std::vector<Pair>{{1, 2}});
    CHECK(pair_neighbours(std::vector<double>{1000}, 100).empty());
    CHECK(pair_neighbours(std::vector<double>{}, 100).empty());
}

TEST_CASE("a property: with one window, pairing neighbours is worth as much as the best of all pairings") {
    rc::check([] {
        Prng prng(*rc::gen::arbitrary<std::uint64_t>());
        for (int i = 0; i < 10; ++i) {
            const auto all = random_candidates(prng, 13, 1, 100 + prng.below(900));
            RC_ASSERT(total(pair_neighbours(ratings_of(all), 100), all, Rule::mutual) ==
                      best_of_all(all, Rule::mutual));
        }
    });
}

TEST_CASE("a property: with any windows, rule and forbidden pairs, looking back far enough is worth as much too") {
    rc::check([] {
        Prng prng(*rc::gen::arbitrary<std::uint64_t>());
        for (int i = 0; i < 4; ++i) {
            const auto all = random_candidates(prng, 13, 9, 100 + prng.below(1900));
            const auto rule = prng.below(2) == 0 ? Rule::mutual : Rule::either;
            const auto salt = prng.next();
            const Forbidden some = [salt](std::uint32_t a, std::uint32_t b) { return ((a ^ b) * 7 + salt) % 5 == 0; };
            RC_ASSERT(total(pair_up(all, rule, some), all, rule) == best_of_all(all, rule, some));
            RC_ASSERT(total(pair_up(all, rule), all, rule) == best_of_all(all, rule));
        }
    });
}

TEST_CASE("looking back eight places loses no pair among hundreds with nine different windows") {
    Prng prng(11);
    for (int i = 0; i < 10; ++i) {
        std::vector<Candidate> all(300);
        for (auto& c : all)
            c = {1000 + static_cast<double>(prng.below(3000)), 100 + 50 * static_cast<double>(prng.below(9)), {}};
        const auto eight = pair_looking_back(all, Rule::mutual, {}, 8),
                   more = pair_looking_back(all, Rule::mutual, {}, 12);
        CHECK(eight.size() == more.size());
        CHECK(total(eight, all, Rule::mutual) >= 0);
        CHECK(static_cast<double>(total(more, all, Rule::mutual) - total(eight, all, Rule::mutual)) <= 50'000);
    }
}

TEST_CASE("a hundred thousand with one window are all paired with their neighbours") {
    Prng prng(12);
    std::vector<double> ratings(100'000);
    for (auto& r : ratings) r = static_cast<double>(prng.below(300'000)) / 100;
    const auto pairs = pair_neighbours(ratings, 100);
    CHECK(pairs.size() == 50'000);
    double gaps = 0;
    for (const auto& [a, b] : pairs) gaps += ratings[b] - ratings[a];
    CHECK(gaps < 2000);
}

}  // namespace agon::matchmaking
