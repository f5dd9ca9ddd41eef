#include "core/seeding/seeding.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace agon::seeding {

using Order = std::vector<EntrantIndex>;

TEST_CASE("entrants are seeded by the method that the tournament names") {
    const std::vector<Candidate> four{{1500.0, 3u}, {{}, {}}, {1700.0, 1u}, {1500.0, 2u}};
    CHECK(draw(Method::registration, four, 1) == Order{0, 1, 2, 3});
    CHECK(draw(Method::rating, four, 1) == Order{2, 0, 3, 1});
    CHECK(draw(Method::manual, four, 1) == Order{2, 3, 0, 1});
}

TEST_CASE("a random draw is repeated by its seed, and only by it") {
    const std::vector<Candidate> many(100);
    const auto once = draw(Method::random, many, 42);
    CHECK(draw(Method::random, many, 42) == once);
    CHECK(draw(Method::random, many, 43) != once);
    auto sorted = once;
    std::ranges::sort(sorted);
    CHECK(sorted == draw(Method::registration, many, 0));
}

TEST_CASE("every order of three is drawn about as often as any other") {
    std::map<Order, int> seen;
    for (std::uint64_t seed = 0; seed < 6000; ++seed) ++seen[draw(Method::random, std::vector<Candidate>(3), seed)];
    REQUIRE(seen.size() == 6);
    for (const auto& [order, times] : seen) CHECK(std::abs(times - 1000) < 150);
}

}  // namespace agon::seeding
