#include "base/time.hpp"

#include <doctest/doctest.h>

namespace agon {

TEST_CASE("instants print and read as RFC 3339 in UTC") {
    const auto at = parse_rfc3339("2024-01-15T14:00:00Z");
    REQUIRE(at);
    CHECK(at->us == 1'705'327'200'000'000);
    CHECK(to_rfc3339(*at) == "2024-01-15T14:00:00Z");
    CHECK(to_rfc3339(*at + Duration{1}) == "2024-01-15T14:00:00.000001Z");
    CHECK(to_rfc3339(*at + Duration{999'999}, true) == "2024-01-15T14:00:00Z");
    CHECK(parse_rfc3339("2024-01-15T15:30:00.25+01:30")->us == at->us + 250'000);
}

TEST_CASE("what is not an instant is not read") {
    for (const auto* wrong : {"", "2024-01-15", "2024-02-30T00:00:00Z", "2024-01-15T24:00:00Z", "2024-01-15T14:00:00",
                              "2024-01-15T14:00:00.Z", "2024-01-15T14:00:00Z ", "2024-01-15T14:00:00+1:00"})
        CHECK_FALSE(parse_rfc3339(wrong));
}

}  // namespace agon
