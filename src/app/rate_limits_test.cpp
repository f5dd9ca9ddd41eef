#include "app/rate_limits.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t ns(std::chrono::nanoseconds d) { return d.count(); }

/// So many of `tries`, one every `step`, are allowed.
int allowed(const Quota& quota, int tries, std::chrono::nanoseconds step) {
    std::int64_t tat = 0, now = 1'000'000'007;
    int count = 0;
    for (int i = 0; i < tries; ++i, now += ns(step)) {
        const auto m = meter(quota, tat, now);
        tat = m.tat;
        count += m.allowed;
    }
    return count;
}

}  // namespace

TEST_CASE("the meter lets exactly the quota through at once, and then one each period") {
    for (const auto* policy : {policy_of(Rate::tournament), policy_of(Rate::matchmaking), policy_of(Rate::admin)}) {
        const auto& quota = policy->quota;
        const auto limit = static_cast<int>(quota.limit);
        CHECK(allowed(quota, 1000, 0ns) == limit);
        CHECK(allowed(quota, 1000, quota.period()) == 1000);
        // Faster than allowed: the quota, and one more for each period that has passed at the last try.
        for (const int faster : {2, 5, 10})
            for (const int tries : {limit, 4 * limit, 10 * limit})
                CHECK(allowed(quota, tries, quota.period() / faster) == std::min(tries, limit + (tries - 1) / faster));
    }
}

TEST_CASE("a refusal says to the nanosecond when the next is allowed, and costs nothing") {
    const auto& quota = policy_of(Rate::matchmaking)->quota;
    std::int64_t tat = 0, now = 5;
    for (int i = 0; i < 60; ++i) {
        const auto m = meter(quota, tat, now);
        REQUIRE(m.allowed);
        CHECK(m.remaining == 59 - i);
        CHECK(m.full_after == std::chrono::seconds(i + 1));
        CHECK(m.retry_after == 0ns);
        tat = m.tat;
    }
    const auto refused = meter(quota, tat, now);
    CHECK(!refused.allowed);
    CHECK(refused.tat == tat);
    CHECK(refused.remaining == 0);
    CHECK(refused.retry_after == 1s);
    CHECK(refused.full_after == 60s);
    CHECK(!meter(quota, tat, now + ns(1s) - 1).allowed);
    CHECK(meter(quota, tat, now + ns(1s) - 1).retry_after == 1ns);
    CHECK(meter(quota, tat, now + ns(1s)).allowed);
    CHECK(meter(quota, tat, now + ns(60s)).remaining == 59);
}

TEST_CASE("callers and classes do not count against each other") {
    ManualClock clock;
    SeededRandom random;
    RateLimits limits(clock, random);
    for (int i = 0; i < 60; ++i) CHECK(limits.take(Rate::matchmaking, "ana").allowed);
    CHECK(!limits.take(Rate::matchmaking, "ana").allowed);
    CHECK(limits.take(Rate::matchmaking, "ben").allowed);
    CHECK(limits.take(Rate::tournament, "ana").allowed);
    clock.advance(seconds(1));
    CHECK(limits.take(Rate::matchmaking, "ana").allowed);
    CHECK(!limits.take(Rate::matchmaking, "ana").allowed);
}

TEST_CASE("a hundred thousand callers take less than 16 MiB, and each keeps its own count") {
    ManualClock clock;
    SeededRandom random;
    RateLimits limits(clock, random);
    CHECK(limits.bytes() <= 16u * 1024 * 1024);
    constexpr int callers = 100'000;
    int first = 0, shared = 0;
    for (int i = 0; i < callers; ++i) first += limits.take(Rate::sign_in, std::to_string(i)).allowed;
    for (int i = 0; i < callers; ++i) shared += limits.take(Rate::sign_in, std::to_string(i)).remaining != 18;
    CHECK(first == callers);
    CHECK(shared < callers / 500);
    MESSAGE(limits.bytes(), " bytes; ", shared, " of ", callers, " callers share a meter");
}

TEST_CASE("an attacker who floods the table with names is not let in early") {
    ManualClock clock;
    SeededRandom random;
    RateLimits limits(clock, random, 4);
    while (limits.take(Rate::sign_in, "victim/attacker").allowed) {
    }
    for (int i = 0; i < 10'000; ++i) {
        limits.take(Rate::sign_in, std::to_string(i));
        CHECK(!limits.take(Rate::sign_in, "victim/attacker").allowed);
    }
    clock.advance(seconds(2.999999));
    CHECK(!limits.take(Rate::sign_in, "victim/attacker").allowed);
    clock.advance(Duration(1));
    CHECK(limits.take(Rate::sign_in, "victim/attacker").allowed);
}

TEST_CASE("those for whom there is no room share one quota, and take its state with them") {
    ManualClock clock;
    SeededRandom random;
    RateLimits limits(clock, random, 1);
    // Sixteen who have used up theirs fill the only bucket.
    for (int i = 0; i < 16; ++i)
        while (limits.take(Rate::sign_in, "full " + std::to_string(i)).allowed) {
        }
    int accepted = 0;
    for (int i = 0; i < 1000; ++i) accepted += limits.take(Rate::sign_in, "new " + std::to_string(i)).allowed;
    CHECK(accepted == 20);
    clock.advance(seconds(60));
    // The sixteen are forgotten; what was shared is over, too.
    CHECK(limits.take(Rate::sign_in, "new 1").remaining == 19);
}

TEST_CASE("an address stands for itself, one of IPv6 for its network") {
    CHECK(address_key("192.0.2.7") == "192.0.2.7");
    CHECK(address_key("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
    CHECK(address_key("2001:db8:1:2:ffff::1") == address_key("2001:db8:1:2::7"));
    CHECK(address_key("::ffff:192.0.2.7") == "192.0.2.7");
    CHECK(address_key("nonsense") == "nonsense");
}

}  // namespace agon
