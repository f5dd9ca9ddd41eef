#include "core/matchmaking/pool.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "base/prng.hpp"
#include "core/matchmaking/pool_testing.hpp"

namespace agon::matchmaking {

using namespace testing;

TEST_CASE("two within a hundred points meet at once, and nobody waits any more") {
    Queue q;
    REQUIRE(q.join(1, 1200, at(10)));
    CHECK(q.take().empty());
    REQUIRE(q.join(2, 1300, at(12)));
    CHECK(text(q.take()) == "1+2@12");
    CHECK(q.pool.size() == 0);
    CHECK(!q.pool.next_deadline());
}

TEST_CASE("who waits already is refused, and so is a rating that is no number") {
    Queue q;
    REQUIRE(q.join(1, 1200, at(10)));
    CHECK(q.join(1, 1900, at(12)).error().code == Code::conflict);
    CHECK(q.join(2, NAN, at(12)).error() == Error{Code::invalid, "a rating must be a number", "/rating"});
    CHECK(q.join(2, 1200, at(12), {}, std::vector<PlayerId>(max_avoided + 1)).error().pointer == "/avoids");
    CHECK(q.pool.size() == 1);
    CHECK(q.take().empty());
}

TEST_CASE("who leaves gets the ticket back and is not matched; who does not wait is not found") {
    Queue q;
    REQUIRE(q.join(1, 1200, at(10)));
    const auto left = q.pool.leave(player(1), at(20), q.decided);
    REQUIRE(left);
    CHECK(left->joined_at == at(10));
    CHECK(q.pool.leave(player(1), at(20), q.decided).error().code == Code::not_found);
    REQUIRE(q.join(2, 1200, at(21)));
    CHECK(q.take().empty());
}

TEST_CASE("the nearest is preferred, of equally near ones the one that waited longest") {
    Queue q;
    for (const auto& [who, rating] : {std::pair{1, 1000.0}, {2, 1150.0}, {3, 1300.0}, {4, 1500.0}})
        REQUIRE(q.join(static_cast<std::uint64_t>(who), rating, at(who)));
    REQUIRE(q.join(5, 1230, at(6)));
    REQUIRE(q.join(6, 1400, at(7)));
    CHECK(text(q.take()) == "3+5@6 4+6@7");
}

TEST_CASE("a pair that only the window of 300 holds meets at exactly 240 s, and the deadline says so") {
    Queue q;
    REQUIRE(q.join(1, 1000, at(0)));
    REQUIRE(q.join(2, 1300, at(10)));
    CHECK(q.pool.status(player(2))->meets_at == at(250));
    q.advance(at(250) - microsecond);
    CHECK(q.take().empty());
    CHECK(q.pool.next_deadline() == at(250));
    q.advance(at(250));
    CHECK(text(q.take()) == "1+2@250");
}

TEST_CASE("a pair at 350 meets at exactly 300 s, before the timeout of that instant; at 351 both time out") {
    Queue q;
    REQUIRE(q.join(1, 1000, at(7)));
    REQUIRE(q.join(2, 1350, at(7)));
    q.advance(at(307) - microsecond);
    CHECK(q.take().empty());
    q.advance(at(307));
    CHECK(text(q.take()) == "1+2@307");

    REQUIRE(q.join(3, 1000, at(400)));
    REQUIRE(q.join(4, 1351, at(401)));
    CHECK(!q.pool.status(player(4))->meets_at);
    q.advance(at(1000));
    CHECK(text(q.take()) == "3@700 4@701");
}

TEST_CASE("one who joins at the very instant of another's timeout still meets") {
    Queue q;
    REQUIRE(q.join(1, 1000, at(0)));
    REQUIRE(q.join(2, 1000, at(300)));
    CHECK(text(q.take()) == "1+2@300");
}

TEST_CASE("with wait credit the window reaches 500") {
    Queue q;
    REQUIRE(q.join(1, 1000, at(300), at(0)));
    REQUIRE(q.join(2, 1500, at(310), at(10)));
    CHECK(q.pool.status(player(1))->window == 350);
    q.advance(at(490) - microsecond);
    CHECK(q.take().empty());
    CHECK(q.pool.status(player(1))->window == 500);
    q.advance(at(490));
    CHECK(text(q.take()) == "1+2@490");
}

TEST_CASE("the timeout counts from joining, whatever the credit") {
    Queue q;
    REQUIRE(q.join(1, 1000, at(300), at(0)));
    REQUIRE(q.join(2, 2000, at(310)));
    q.advance(at(2000));
    CHECK(text(q.take()) == "1@600 2@610");
}

TEST_CASE("with rule either the longer wait's window is enough") {
    auto settings = immediate();
    settings.rule = Rule::either;
    Queue q(settings);
    REQUIRE(q.join(1, 1000, at(0)));
    REQUIRE(q.join(2, 1150, at(30)));
    q.advance(at(60));
    CHECK(text(q.take()) == "1+2@60");
    REQUIRE(q.join(3, 1000, at(100)));
    q.advance(at(280));
    REQUIRE(q.join(4, 1250, at(280)));
    CHECK(text(q.take()) == "3+4@280");
}

TEST_CASE("four that can all meet only if their pairs cross do so after an outage") {
    // Windows 300, 100, 300, 100: the waiting of 240 s and of none.
    Queue q;
    q.pool.admit({player(1), 1000, at(0), at(0), at(300), 0, {}});
    q.pool.admit({player(3), 1290, at(0), at(0), at(300), 0, {}});
    q.pool.admit({player(2), 1270, at(240), at(240), at(540), 0, {}});
    q.pool.admit({player(4), 1340, at(240), at(240), at(540), 0, {}});
    q.pool.resume(at(240), seconds(30), q.decided);
    CHECK(q.pool.size() == 0);
    CHECK(text(q.take()) == "2+4@240 1+3@240");
}

TEST_CASE("a ramp opens the first window in proportion to the younger one's wait") {
    Queue q({.ramp = Ramp::fixed, .ramp_s = 10});
    REQUIRE(q.join(1, 1200, at(0)));
    REQUIRE(q.join(2, 1250, at(3)));
    CHECK(q.pool.status(player(2))->meets_at == at(8));
    CHECK(q.pool.next_deadline() == at(8));
    q.advance(at(8) - microsecond);
    CHECK(q.pool.status(player(1))->window == doctest::Approx(80).epsilon(0.001));
    CHECK(q.take().empty());
    q.advance(at(8));
    CHECK(text(q.take()) == "1+2@8");
}

TEST_CASE("while a ramp opens, one who comes nearer is met instead") {
    Queue q({.ramp = Ramp::fixed, .ramp_s = 10});
    REQUIRE(q.join(1, 1200, at(0)));
    REQUIRE(q.join(2, 1250, at(3)));
    REQUIRE(q.join(3, 1210, at(6)));
    q.advance(at(100));
    CHECK(text(q.take()) == "1+3@7");
    REQUIRE(q.join(4, 1300, at(101)));
    q.advance(at(200));
    CHECK(text(q.take()) == "2+4@106");  // five seconds on, for half the window
}

TEST_CASE("two that avoid each other never meet, whoever of them said so; others pass them by") {
    Queue q;
    REQUIRE(q.join(1, 1200, at(0)));
    REQUIRE(q.join(2, 1200, at(1), {}, {player(1)}));
    CHECK(q.take().empty());
    CHECK(q.pool.size() == 2);
    REQUIRE(q.join(3, 1250, at(2), {}, {player(1)}));
    CHECK(text(q.take()) == "2+3@2");
    q.advance(at(1000));
    CHECK(text(q.take()) == "1@300");
}

TEST_CASE("status tells the place in line, the window and what comes next") {
    Queue q;
    REQUIRE(q.join(1, 1000, at(0)));
    REQUIRE(q.join(2, 1150, at(10)));
    REQUIRE(q.join(3, 1900, at(20)));
    const auto second = q.pool.status(player(2));
    REQUIRE(second);
    CHECK(second->position == 2);
    CHECK(second->pool_size == 3);
    CHECK(second->window == 100);
    CHECK(second->next_expansion_at == at(70));
    CHECK(second->timeout_at == at(310));
    CHECK(second->meets_at == at(70));
    CHECK(q.pool.status(player(3))->position == 1);
    CHECK(!q.pool.status(player(3))->meets_at);
    CHECK(!q.pool.status(player(4)));
}

TEST_CASE("ratings with fractions and beyond the buckets are compared exactly") {
    Queue q;
    REQUIRE(q.join(1, 1200.25, at(0)));
    REQUIRE(q.join(2, 1300.5, at(1)));
    CHECK(q.take().empty());
    REQUIRE(q.join(3, 1300.25, at(2)));
    CHECK(text(q.take()) == "2+3@2");
    REQUIRE(q.join(4, 1100.25, at(3)));
    CHECK(text(q.take()) == "1+4@3");
    REQUIRE(q.join(5, 5000, at(4)));
    REQUIRE(q.join(6, 4500, at(5)));
    REQUIRE(q.join(7, -80, at(6)));
    REQUIRE(q.join(8, 4900, at(7)));
    REQUIRE(q.join(9, 20, at(8)));
    CHECK(text(q.take()) == "5+8@7 7+9@8");
}

TEST_CASE("after an outage the timeouts that passed get their grace, and all are paired at their new windows") {
    Queue q;
    REQUIRE(q.join(1, 1000, at(0)));
    REQUIRE(q.join(2, 1340, at(20)));
    REQUIRE(q.join(3, 3000, at(30)));
    auto after = Pool::restore(immediate(), q.pool.snapshot());
    Decisions decided;
    after.resume(at(1000), seconds(30), decided);
    CHECK(text(decided) == "1+2@1000");
    CHECK(after.next_deadline() == at(1030));
    decided.clear();
    after.advance(at(1030), decided);
    CHECK(text(decided) == "3@1030");
}

TEST_CASE("few who join see the first window open at once; many get the ramp that the target asks for") {
    Queue q({.target_gap = 25});
    for (int i = 0; i < 40; ++i) {
        REQUIRE(q.join(static_cast<std::uint64_t>(i), 1200, at(60 + i * 0.1)));
        CHECK(q.pool.size() == static_cast<std::size_t>((i + 1) % 2));
    }
    Population busy;
    for (int i = 0; i < 60'000; ++i) busy.arrived(i % 2 == 0 ? 900 : 1500, at(i * 0.1));
    CHECK(busy.rate(at(6000)) == doctest::Approx(10).epsilon(0.01));
    CHECK(busy.spread() == doctest::Approx(300).epsilon(0.01));
    const auto ramp = ramp_for({.target_gap = 25}, busy, at(6000));
    CHECK(static_cast<double>(ramp.count()) / 1e6 == doctest::Approx(24.2 / 10).epsilon(0.02));
    CHECK(ramp_for({.target_gap = 5}, busy, at(6000)) == seconds(20));
    CHECK(ramp_for({.target_gap = 25}, busy, at(9000)) == Duration{0});
}

TEST_CASE("settings out of their bounds are refused with a pointer") {
    CHECK(check(PoolSettings{}));
    CHECK(check(PoolSettings{.window = 0}).error().pointer == "/window");
    CHECK(check(PoolSettings{.ceiling = 50}).error().pointer == "/ceiling");
    CHECK(check(PoolSettings{.step = 1}).error().pointer == "/step");
    CHECK(check(PoolSettings{.timeout_s = 59}).error().pointer == "/timeout_s");
    CHECK(check(PoolSettings{.ramp = Ramp::fixed, .ramp_s = 61}).error().pointer == "/ramp_s");
    CHECK(check(PoolSettings{.step = NAN}).error().pointer == "/step");
    CHECK(check(PoolSettings{.step = 0, .ceiling = 100}));
}

TEST_CASE("time that is told backwards counts as the last one seen") {
    Queue q;
    REQUIRE(q.join(1, 1200, at(100)));
    REQUIRE(q.join(2, 1200, at(50)));
    CHECK(text(q.take()) == "1+2@100");
}

TEST_CASE("a property: early, late or often, the calls of advance do not change what is decided") {
    rc::check([] {
        const auto seed = *rc::gen::arbitrary<std::uint64_t>();
        Prng prng(seed);
        Queue often({.ramp = Ramp::fixed, .ramp_s = 8}), never({.ramp = Ramp::fixed, .ramp_s = 8});
        Instant now;
        for (std::uint64_t i = 0; i < 60; ++i) {
            const auto next = now + Duration{static_cast<std::int64_t>(prng.below(40'000'000))};
            while (often.pool.next_deadline() && *often.pool.next_deadline() < next)
                often.advance(*often.pool.next_deadline());
            now = next;
            const auto rating = 900 + static_cast<double>(prng.below(600));
            RC_ASSERT(often.join(i, rating, now).has_value());
            RC_ASSERT(never.join(i, rating, now).has_value());
        }
        RC_ASSERT(often.take() == never.take());
    });
}

}  // namespace agon::matchmaking
