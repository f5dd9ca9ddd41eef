#include "core/matchmaking/wait_credit.hpp"

#include <doctest/doctest.h>

#include "core/matchmaking/pool.hpp"

namespace agon::matchmaking {

namespace {

constexpr Instant at(double s) { return {static_cast<std::int64_t>(s * 1e6)}; }
const PlayerId ana{{{1}}}, ben{{{2}}};

}  // namespace

TEST_CASE("a credit is good for one joining within a minute") {
    WaitCredit credit;
    credit.grant(ana, at(0), at(300));
    CHECK(!credit.redeem(ben, at(310)));
    CHECK(credit.redeem(ana, at(360)) == at(0));
    CHECK(!credit.redeem(ana, at(360)));
    credit.grant(ana, at(0), at(400));
    CHECK(!credit.redeem(ana, at(460) + Duration{1}));
    CHECK(credit.size() == 0);
}

TEST_CASE("the newest credit counts, and the older one's end does not end it") {
    WaitCredit credit;
    credit.grant(ana, at(0), at(300));
    credit.grant(ana, at(10), at(350));
    CHECK(credit.redeem(ana, at(400)) == at(10));
}

TEST_CASE("two who are 500 points apart meet once both came back after their timeout") {
    Pool pool({.ramp = Ramp::immediate});
    WaitCredit credit;
    Decisions decided;
    const auto join = [&](PlayerId who, double rating, Instant now) {
        REQUIRE(pool.join({who, rating, credit.redeem(who, now), {}}, now, decided));
    };
    join(ana, 1000, at(0));
    join(ben, 1500, at(5));
    for (pool.advance(at(305), decided); !decided.empty(); decided.pop_back())
        if (const auto* out = std::get_if<TimedOut>(&decided.back()))
            credit.grant(out->ticket.player, out->ticket.enqueued_at, out->at);
    join(ana, 1000, at(310));
    join(ben, 1500, at(311));
    pool.advance(at(485) - Duration{1}, decided);
    CHECK(decided.empty());
    pool.advance(at(485), decided);
    REQUIRE(decided.size() == 1);
    CHECK(std::get<Matched>(decided.front()).gap() == 500);
}

}  // namespace agon::matchmaking
