#include "core/ratings/elo.hpp"

#include <doctest/doctest.h>

namespace agon::ratings {

TEST_CASE("equal players expect half, and 400 points are ten to one") {
    CHECK(expected_score(1200, 1200) == doctest::Approx(0.5));
    CHECK(expected_score(1600, 1200) == doctest::Approx(10.0 / 11.0));
}

TEST_CASE("a win among equals moves half of K, and the points are only passed on") {
    CHECK(update(1200, 1200, 1) == std::pair<std::int64_t, std::int64_t>{1216, 1184});
    CHECK(update(1200, 1200, 0.5) == std::pair<std::int64_t, std::int64_t>{1200, 1200});
    for (std::int64_t a = 200; a < 2800; a += 37)
        for (const double score : {0.0, 0.5, 1.0}) {
            const auto [x, y] = update(a, 1500, score);
            CHECK(x + y == a + 1500);
        }
}

TEST_CASE("nobody falls below the floor") { CHECK(update(100, 100, 0).first == 100); }

}  // namespace agon::ratings
