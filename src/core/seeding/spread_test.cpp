#include "core/seeding/spread.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/prng.hpp"

namespace agon::seeding {

namespace {

using Groups = std::vector<std::uint16_t>;
using Labels = std::vector<std::string>;
using Order = std::vector<EntrantIndex>;
using Classes = std::vector<Order>;

/// The difference between the group that has most of a label and that which has least, over all labels.
int unevenness(const Groups& groups, std::uint32_t count, const Labels& labels) {
    std::map<std::string, std::vector<int>> of;
    for (std::size_t s = 0; s < groups.size(); ++s)
        if (!labels[s].empty()) of.try_emplace(labels[s], count).first->second[groups[s]]++;
    int worst = 0;
    for (const auto& [label, n] : of) worst = std::max(worst, std::ranges::max(n) - std::ranges::min(n));
    return worst;
}

/// The earliest round in which two of a label can meet; 0 where none can.
std::uint32_t earliest(const Order& order, const std::map<EntrantIndex, std::string>& labels) {
    const auto size = std::bit_ceil(order.size());
    std::vector<std::uint32_t> line{0};
    for (std::uint32_t n = 2; n <= size; n *= 2) {
        std::vector<std::uint32_t> wider;
        for (const auto s : line) wider.insert(wider.end(), {s, n - 1 - s});
        line = wider;
    }
    std::uint32_t found = 0;
    for (std::uint32_t i = 0; i < size; ++i)
        for (std::uint32_t j = 0; j < i; ++j) {
            if (line[i] >= order.size() || line[j] >= order.size()) continue;
            const auto a = labels.find(order[line[i]]), b = labels.find(order[line[j]]);
            if (a == labels.end() || b == labels.end() || a->second != b->second) continue;
            const auto round = static_cast<std::uint32_t>(std::bit_width(i ^ j));
            if (found == 0 || round < found) found = round;
        }
    return found;
}

/// `places` from each of `groups` groups: entrant 100·p+g is group g's p-th.
std::pair<Classes, std::map<EntrantIndex, std::string>> qualified(std::uint32_t groups, std::uint32_t places) {
    Classes classes(places);
    std::map<EntrantIndex, std::string> labels;
    for (std::uint32_t p = 0; p < places; ++p)
        for (std::uint32_t g = 0; g < groups; ++g) {
            classes[p].push_back(100 * p + g);
            labels[100 * p + g] = std::to_string(g);
        }
    return {classes, labels};
}

/// The seeds that may change places without leaving their part of the draw: 1, 2, 3–4, 5–8, …
Classes parts_of_a_draw(std::uint32_t entrants) {
    Classes parts;
    for (std::uint32_t s = 0; s < entrants; ++s)
        if (s < 2 || std::has_single_bit(s))
            parts.push_back({s});
        else
            parts.back().push_back(s);
    return parts;
}

}  // namespace

TEST_CASE("groups are dealt out like a snake") {
    CHECK(into_groups(8, 4, {}) == Groups{0, 1, 2, 3, 3, 2, 1, 0});
    CHECK(into_groups(10, 4, {}) == Groups{0, 1, 2, 3, 3, 2, 1, 0, 0, 1});
    CHECK(into_groups(5, 1, {}) == Groups{0, 0, 0, 0, 0});
    CHECK(into_groups(3, 3, Labels{"a", "a", "a"}) == Groups{0, 1, 2});
}

TEST_CASE("two of a club in one group: the lower-placed changes places with its neighbour") {
    CHECK(into_groups(8, 4, Labels{"a", "", "", "", "", "", "", "a"}) == Groups{0, 1, 2, 3, 3, 2, 0, 1});
    CHECK(into_groups(8, 4, Labels{"", "", "", "b", "b", "", "", ""}) == Groups{0, 1, 2, 3, 2, 3, 1, 0});
}

TEST_CASE("clubs are spread evenly over groups, whatever they are; every group has one of each pot") {
    Prng prng{1};
    for (int i = 0; i < 2000; ++i) {
        const auto groups = static_cast<std::uint32_t>(1 + prng.below(9));
        const auto entrants = static_cast<std::uint32_t>(groups * 2 + prng.below(40));
        const auto clubs = 1 + prng.below(12);
        Labels labels(entrants);
        for (auto& label : labels)
            if (prng.below(5) > 0) label = "club" + std::to_string(prng.below(clubs));
        const auto found = into_groups(entrants, groups, labels);
        REQUIRE(found.size() == entrants);
        REQUIRE(unevenness(found, groups, labels) <= 1);
        for (std::uint32_t pot = 0; pot * groups < entrants; ++pot) {
            const auto end = std::min(entrants, (pot + 1) * groups);
            Groups in_pot(found.begin() + pot * groups, found.begin() + end);
            std::ranges::sort(in_pot);
            REQUIRE(std::ranges::adjacent_find(in_pot) == in_pot.end());
        }
        REQUIRE(into_groups(entrants, groups, labels) == found);
    }
}

TEST_CASE("four groups, the first two of each: those of one group meet again in the final only") {
    const auto [classes, labels] = qualified(4, 2);
    const auto order = into_bracket(classes, labels);
    CHECK(Order(order.begin(), order.begin() + 4) == classes[0]);
    CHECK(earliest(order, labels) == 3);
    CHECK(into_bracket(classes, labels) == order);
}

TEST_CASE("groups over a bracket: as late as there is room") {
    const auto meet = [](std::uint32_t groups, std::uint32_t places) {
        const auto [classes, labels] = qualified(groups, places);
        const auto order = into_bracket(classes, labels);
        for (std::uint32_t p = 0; p < places; ++p)
            CHECK(std::ranges::is_permutation(classes[p], std::span(order).subspan(p * groups, groups)));
        return earliest(order, labels);
    };
    // Two of a group: a half each, so the final. Three or four: a quarter each, so the semi-finals.
    CHECK(meet(2, 2) == 2);
    CHECK(meet(8, 2) == 4);
    CHECK(meet(16, 2) == 5);
    CHECK(meet(32, 2) == 6);
    CHECK(meet(4, 4) == 3);
    CHECK(meet(8, 4) == 4);
    CHECK(meet(16, 4) == 5);
    CHECK(meet(32, 4) == 6);
    CHECK(meet(8, 8) == 4);
    CHECK(meet(8, 3) == 4);
    CHECK(meet(2, 4) == 2);
    CHECK(meet(6, 2) == 4);
    CHECK(meet(3, 2) == 3);
    CHECK(meet(12, 2) == 5);
}

TEST_CASE("clubs in single elimination do not meet in round 1 where that can be had, and top seeds stay") {
    Prng prng{3};
    for (int i = 0; i < 200; ++i) {
        const auto entrants = static_cast<std::uint32_t>(8 + prng.below(120));
        std::map<EntrantIndex, std::string> labels;
        for (EntrantIndex e = 0; e < entrants; ++e) labels[e] = std::to_string(prng.below(entrants / 4 + 1));
        const auto order = into_bracket(parts_of_a_draw(entrants), labels);
        CHECK(order[0] == 0);
        CHECK(order[1] == 1);
        CHECK(earliest(order, labels) > 1);
        CHECK(earliest(order, labels) >= earliest(joined(parts_of_a_draw(entrants)), labels));
    }
}

TEST_CASE("entrants without a label are nobody's companions") {
    const Classes classes{{3, 1}, {2, 0}};
    CHECK(into_bracket(classes, {}) == Order{3, 1, 2, 0});
    CHECK(into_bracket(classes, {{3, ""}, {2, ""}}) == Order{3, 1, 2, 0});
    CHECK(into_bracket({}, {}).empty());
}

}  // namespace agon::seeding
