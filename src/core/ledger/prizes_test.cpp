#include "core/ledger/prizes.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <numeric>

#include "core/ledger/amounts.hpp"

namespace agon::ledger {

namespace {

using Places = std::vector<std::uint32_t>;
using Split = std::vector<std::int64_t>;

Division division(const std::vector<std::int64_t>& prizes, std::int64_t house) {
    Division made{{}, Money{house}};
    for (const auto prize : prizes) made.prizes.push_back(Money{prize});
    return made;
}

Division by_default(std::int64_t pool, const Places& places) { return divide(Money{pool}, default_split_bp(), places); }

Split random_split() {
    Split split;
    std::int64_t left = whole_bp;
    const auto count = *rc::gen::inRange(1, 9);
    for (int i = 0; i < count && left > 0; ++i) {
        split.push_back(*rc::gen::inRange<std::int64_t>(1, left + 1));
        left -= split.back();
    }
    if (*rc::gen::arbitrary<bool>()) split.back() += left;
    return split;
}

/// A ranking with ties and gaps, in the order of the seeds.
Places random_places() {
    Places places;
    std::uint32_t next = 1;
    const auto groups = *rc::gen::inRange(0, 7);
    for (int i = 0; i < groups; ++i) {
        next += *rc::gen::inRange<std::uint32_t>(0, 5) == 0 ? 1 : 0;
        const auto members = *rc::gen::inRange<std::uint32_t>(1, 5);
        places.insert(places.end(), members, next);
        next += members;
    }
    for (auto i = places.size(); i > 1; --i) std::swap(places[i - 1], places[*rc::gen::inRange<std::size_t>(0, i)]);
    return places;
}

Money random_pool() {
    const auto small = rc::gen::inRange<std::int64_t>(0, 50);
    const auto any = rc::gen::inRange<std::int64_t>(0, max_units);
    const auto most = rc::gen::map(small, [](std::int64_t less) { return max_units - less; });
    return Money{*rc::gen::oneOf(small, any, most)};
}

__int128 total(const Division& d) {
    __int128 sum = d.house.units;
    for (const auto& prize : d.prizes) sum += prize.units;
    return sum;
}

}  // namespace

TEST_CASE("a pool is divided 50/30/20 by default") {
    CHECK(by_default(16000, {1, 2, 3, 4}) == division({8000, 4800, 3200, 0}, 0));
    CHECK(by_default(16000, {4, 3, 2, 1}) == division({0, 3200, 4800, 8000}, 0));
    CHECK(by_default(0, {1, 2, 3}) == division({0, 0, 0}, 0));
}

TEST_CASE("equal places share the sum of their places' shares") {
    CHECK(by_default(1000, {1, 1, 3}) == division({400, 400, 200}, 0));
    CHECK(by_default(1000, {1, 2, 3, 3}) == division({500, 300, 100, 100}, 0));
    CHECK(by_default(900, {1, 1, 1, 1}) == division({225, 225, 225, 225}, 0));
}

TEST_CASE("coins that do not divide go to the largest fractions, then to the better place, then by seed") {
    CHECK(by_default(1, {1, 2, 3}) == division({1, 0, 0}, 0));
    CHECK(by_default(4, {1, 2, 3}) == division({2, 1, 1}, 0));
    CHECK(by_default(7, {3, 2, 1}) == division({1, 2, 4}, 0));
    CHECK(divide(Money{1}, Split{5000, 5000}, Places{2, 1}) == division({0, 1}, 0));
    CHECK(by_default(1000, {1, 1, 1}) == division({334, 333, 333}, 0));
    CHECK(by_default(1001, {1, 1, 1}) == division({334, 334, 333}, 0));
}

TEST_CASE("what the split leaves goes to the house") {
    CHECK(divide(Money{1000}, Split{6000, 3000}, Places{1, 2, 3}) == division({600, 300, 0}, 100));
    CHECK(divide(Money{9}, Split{6000, 3000}, Places{1, 2, 3}) == division({6, 3, 0}, 0));
}

TEST_CASE("shares of places that nobody holds fall to those that are held, in proportion") {
    CHECK(by_default(1000, {1, 2}) == division({625, 375}, 0));
    CHECK(by_default(1000, {1}) == division({1000}, 0));
    CHECK(by_default(1000, {1, 3}) == division({714, 286}, 0));
    CHECK(divide(Money{1000}, Split{6000, 3000}, Places{1}) == division({900}, 100));
    CHECK(by_default(1000, {}) == division({}, 1000));
    CHECK(by_default(1000, {4, 5}) == division({0, 0}, 1000));
}

TEST_CASE("a split is of positive shares that are 100 % at most") {
    CHECK(check_split(default_split_bp()).has_value());
    CHECK(check_split(Split{10'000}).has_value());
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    for (const auto& bad : {Split{}, Split{0}, Split{5000, 0}, Split{-1}, Split{10'001}, Split{5000, 5001},
                            Split{most, most}, Split{std::numeric_limits<std::int64_t>::min()}}) {
        CHECK(check_split(bad).error().code == Code::invalid);
        CHECK(check_split(bad).error().pointer == "/prize_split");
    }
}

TEST_CASE("places start at 1 and do not overlap") {
    for (const auto& good : {Places{}, Places{1}, Places{3, 1, 1}, Places{2, 5, 5}})
        CHECK(check_places(good).has_value());
    for (const auto& bad : {Places{0}, Places{1, 1, 2}, Places{2, 3, 2}})
        CHECK(check_places(bad).error().code == Code::invalid);
}

TEST_CASE("whatever the pool, the split and the places: no coin is made or lost") {
    CHECK(rc::check([] {
        const auto pool = random_pool();
        const auto places = random_places();
        const auto d = divide(pool, random_split(), places);
        RC_ASSERT(d.prizes.size() == places.size());
        RC_ASSERT(total(d) == pool.units);
        RC_ASSERT(d.house.units >= 0);
        for (const auto& prize : d.prizes) RC_ASSERT(prize.units >= 0);
    }));
}

TEST_CASE("each prize is less than a coin away from its exact share, and equal places differ by a coin at most") {
    CHECK(rc::check([] {
        const auto pool = random_pool();
        const auto split = random_split();
        Places places(*rc::gen::inRange<std::size_t>(split.size(), 12));
        std::iota(places.begin(), places.end(), 1u);
        const auto d = divide(pool, split, places);
        for (std::size_t i = 0; i < split.size(); ++i) {
            const auto exact = static_cast<__int128>(pool.units) * split[i];
            const auto off = static_cast<__int128>(d.prizes[i].units) * whole_bp - exact;
            RC_ASSERT(off > -whole_bp);
            RC_ASSERT(off < 2 * whole_bp);  // a part of the coin that the house's share was rounded down by
        }
        const auto tied = divide(pool, split, Places(places.size(), 1)).prizes;
        const auto [low, high] = std::ranges::minmax(tied);
        RC_ASSERT(high.units - low.units <= 1);
        RC_ASSERT(std::ranges::is_sorted(tied, std::greater{}));
    }));
}

TEST_CASE("where a better place has no smaller share, it has no smaller prize") {
    CHECK(rc::check([] {
        auto split = random_split();
        std::ranges::sort(split, std::greater{});
        const auto places = random_places();
        const auto d = divide(random_pool(), split, places);
        for (std::size_t i = 0; i < places.size(); ++i)
            for (std::size_t j = 0; j < places.size(); ++j)
                if (places[i] < places[j]) RC_ASSERT(d.prizes[i] >= d.prizes[j]);
    }));
}

}  // namespace agon::ledger
