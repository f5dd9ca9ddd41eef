#include "core/formats/losers_masks.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <limits>

namespace agon::formats {

namespace {

using Masks = std::vector<std::uint32_t>;
using Rounds = std::uint32_t;  // a set of winners' rounds, round r as bit r−1

constexpr double impossible = std::numeric_limits<double>::infinity();

/// The best masks, exactly. What two rounds cost depends only on how many bits from the top their masks share, so the
/// masks are a tree: at its root all rounds, at every branch some that go on with 0 and some that go on with 1. The
/// cheapest tree of a set of rounds below a level is that of its cheapest parting; every set is solved once.
class Search {
public:
    /// Among masks by which nobody meets again before losers round `earliest`.
    Search(std::uint32_t size, std::uint32_t earliest)
        : size_(size), count_(static_cast<std::uint32_t>(std::bit_width(size)) - 1), earliest_(earliest) {
        for (std::uint32_t level = 0; level < count_; ++level) {
            cost_.emplace_back(std::size_t{1} << (count_ - level), -1.0);
            zeros_.emplace_back(std::size_t{1} << (count_ - level), Rounds{0});
        }
    }

    double least() { return least(0, all()); }
    Masks masks() {
        Masks found(count_ + 1);
        build(0, all(), found);
        return {found.begin() + 2, found.end()};
    }

private:
    Rounds all() const { return (Rounds{1} << count_) - 1; }
    static bool is_single(Rounds set) { return (set & (set - 1)) == 0; }

    double pair_cost(std::uint32_t a, std::uint32_t b, std::uint32_t level) const {
        const auto met = meeting(size_, std::min(a, b), std::max(a, b), level);
        return met.round < earliest_ ? impossible : met.expected;
    }
    double cost(Rounds some, Rounds others, std::uint32_t level) const {
        double sum = 0;
        for (auto a = some; a != 0; a &= a - 1)
            for (auto b = others; b != 0; b &= b - 1)
                sum += pair_cost(static_cast<std::uint32_t>(std::countr_zero(a)) + 1,
                                 static_cast<std::uint32_t>(std::countr_zero(b)) + 1, level);
        return sum;
    }

    /// The round whose masks are as long as the level is deep has no more bits.
    Rounds ending(std::uint32_t level, Rounds set) const { return set & (Rounds{1} << (count_ - level - 1)); }

    double least(std::uint32_t level, Rounds set) {
        if (is_single(set)) return 0;
        auto& known = cost_[level][set];
        if (known >= 0) return known;
        const auto going_on = set & ~ending(level, set);
        const auto fixed = cost(ending(level, set), going_on, level);
        return known = fixed == impossible ? fixed : fixed + part(level, set, going_on);
    }

    /// The lowest round goes on with 0, which loses nothing: the other way round costs as much.
    double part(std::uint32_t level, Rounds set, Rounds going_on) {
        const auto lowest = going_on & -going_on, others = going_on ^ lowest;
        auto best = impossible;
        for (auto ones = others;; ones = (ones - 1) & others) {
            const auto zeros = going_on ^ ones;
            auto sum = cost(zeros, ones, level);
            if (sum < best) sum += least(level + 1, zeros);
            if (sum < best) sum += least(level + 1, ones);
            if (sum < best) {
                best = sum;
                zeros_[level][set] = zeros;
            }
            if (ones == 0) return best;
        }
    }

    void build(std::uint32_t level, Rounds set, Masks& found) {
        if (is_single(set)) return;
        least(level, set);
        const auto zeros = zeros_[level][set], ones = (set & ~ending(level, set)) ^ zeros;
        for (std::uint32_t r = 1; r <= count_; ++r)
            if (ones >> (r - 1) & 1) found[r] |= 1u << (count_ - r - level - 1);
        build(level + 1, zeros, found);
        build(level + 1, ones, found);
    }

    std::uint32_t size_, count_, earliest_;
    std::vector<std::vector<double>> cost_;
    std::vector<std::vector<Rounds>> zeros_;
};

/// The latest first rematch that any masks allow, and the least expected rematches with it.
std::pair<Masks, Rematches> best(std::uint32_t size) {
    for (auto earliest = 2 * static_cast<std::uint32_t>(std::bit_width(size));; --earliest) {
        Search search(size, earliest);
        const auto least = search.least();
        if (least != impossible) return {search.masks(), {earliest, least}};
    }
}

/// Every family of masks there is.
template <class Visit>
void for_all_masks(std::uint32_t size, Visit visit) {
    Masks masks(static_cast<std::size_t>(std::bit_width(size)) - 2);
    for (;;) {
        visit(masks);
        std::size_t i = 0;
        while (i < masks.size() && ++masks[i] == size >> (i + 2)) masks[i++] = 0;
        if (i == masks.size()) return;
    }
}

void check_table(std::uint32_t size) {
    CAPTURE(size);
    const auto [masks, found] = best(size);
    CHECK(rematches(size, masks).earliest == found.earliest);
    CHECK(rematches(size, masks).expected == doctest::Approx(found.expected));
    CHECK(rematches(size, drop_masks(size)).earliest == found.earliest);
    if (size == 128) return;
    CHECK(rematches(size, drop_masks(size)).expected == doctest::Approx(found.expected).epsilon(1e-9));
    if (size > 128) CHECK(drop_masks(size) == masks);
}

}  // namespace

TEST_CASE("the losers' masks of 8 to 128 are the published ones") {
    CHECK(drop_masks(2).empty());
    CHECK(drop_masks(4) == Masks{0});
    CHECK(drop_masks(8) == Masks{1, 0});
    CHECK(drop_masks(16) == Masks{3, 0, 0});
    CHECK(drop_masks(32) == Masks{2, 2, 0, 0});
    CHECK(drop_masks(64) == Masks{8, 7, 1, 1, 0});
    CHECK(drop_masks(128) == Masks{8, 10, 6, 1, 1, 0});
}

TEST_CASE("the first rematch and the rematches to be expected, by masks") {
    const auto of = [](std::uint32_t size) { return rematches(size, drop_masks(size)); };
    CHECK(of(8).earliest == 3);
    CHECK(of(16).earliest == 4);
    CHECK(of(32).earliest == 5);
    CHECK(of(64).earliest == 7);
    CHECK(of(128).earliest == 8);
    CHECK(of(8).expected == 0.625);
    CHECK(of(16).expected == 0.75);
    CHECK(of(32).expected == 0.734375);
    CHECK(of(64).expected == doctest::Approx(0.7026).epsilon(1e-4));
    CHECK(of(128).expected == doctest::Approx(0.7408).epsilon(1e-4));
}

TEST_CASE("no masks of 8 to 128 put the first rematch later, and the search finds what trying all finds") {
    for (std::uint32_t size = 8; size <= 128; size *= 2) {
        CAPTURE(size);
        Rematches top;
        for_all_masks(size, [&](const Masks& masks) {
            const auto one = rematches(size, masks);
            if (one.earliest > top.earliest || (one.earliest == top.earliest && one.expected < top.expected)) top = one;
        });
        CHECK(best(size).second.earliest == top.earliest);
        CHECK(best(size).second.expected == doctest::Approx(top.expected));
        check_table(size);
    }
}

TEST_CASE("the masks up to 2,048 are the best there are") {
    for (std::uint32_t size = 256; size <= 2048; size *= 2) check_table(size);
}

TEST_CASE("the masks up to 65,536 are the best there are (takes some seconds)" * doctest::skip()) {
    for (std::uint32_t size = 4096; size <= 65536; size *= 2) check_table(size);
}

TEST_CASE("masks stay within their rounds") {
    for (std::uint32_t size = 4; size <= most_lines; size *= 2) {
        const auto masks = drop_masks(size);
        REQUIRE(masks.size() + 2 == static_cast<std::size_t>(std::bit_width(size)));
        for (std::size_t i = 0; i < masks.size(); ++i) CHECK(masks[i] < size >> (i + 2));
        if (size > 4) CHECK(rematches(size, masks).expected < 0.8);
    }
}

}  // namespace agon::formats
