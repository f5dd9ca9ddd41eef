#include "core/matchmaking/wait_estimate.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace agon::matchmaking {

namespace {

constexpr Instant at(double s) { return {static_cast<std::int64_t>(s * 1e6)}; }
double in_seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

/// One arrival at 1200 every ten seconds for two hours.
WaitEstimator steady() {
    WaitEstimator e;
    for (int i = 0; i <= 720; ++i) e.arrived(1200, at(10 * i));
    return e;
}
WaitEstimate ask(const WaitEstimator& e, double age_s = 0, std::optional<Duration> promised = {}) {
    return e.estimate(1200, seconds(age_s), seconds(300 - age_s), promised, at(7200));
}

}  // namespace

TEST_CASE("where nobody was seen the estimate says so, and is a median of a minute") {
    const auto told = WaitEstimator{}.estimate(1200, seconds(0), seconds(300), {}, at(100));
    CHECK(told.basis == Basis::nothing);
    CHECK(in_seconds(told.p50) == doctest::Approx(60).epsilon(0.001));
    CHECK(in_seconds(told.p90) == doctest::Approx(60 * std::log2(10)).epsilon(0.001));
    CHECK(told.match_probability == doctest::Approx(1 - std::exp2(-5)));
}

TEST_CASE("the intensity counts arrivals within a hundred points, faded") {
    const auto e = steady();
    CHECK(*e.intensity(1200, at(7200)) == doctest::Approx(0.1).epsilon(0.02));
    CHECK(*e.intensity(1280, at(7200)) == doctest::Approx(0.1).epsilon(0.02));
    CHECK(!e.intensity(1500, at(7200)));
    CHECK(*e.intensity(1200, at(7200 + 900)) == doctest::Approx(0.05).epsilon(0.02));
}

TEST_CASE("without waits of its own an estimate follows from the arrivals") {
    const auto told = ask(steady());
    CHECK(told.basis == Basis::arrivals);
    CHECK(in_seconds(told.p50) == doctest::Approx(10 * std::log(2)).epsilon(0.02));
    CHECK(in_seconds(told.p90) == doctest::Approx(10 * std::log(10)).epsilon(0.02));
}

TEST_CASE("waits are learned, and one who has waited is told what remains") {
    auto e = steady();
    // Half meet after 2 seconds, the other half after 102.
    for (int i = 0; i < 1000; ++i) {
        e.learn(ask(e), seconds(2), WaitEnd::matched);
        e.learn(ask(e), seconds(102), WaitEnd::matched);
    }
    const auto fresh = ask(e), patient = ask(e, 50);
    CHECK(fresh.basis == Basis::waits);
    CHECK(in_seconds(fresh.p50) <= 4.1);
    CHECK(in_seconds(fresh.p90) > 90);
    CHECK(in_seconds(patient.p50) > 40);
    CHECK(in_seconds(patient.p50) < 75);
}

TEST_CASE("waits that ended without a match count as patience, never as waits") {
    auto patient = steady();
    for (int i = 0; i < 500; ++i) {
        patient.learn(ask(patient), seconds(300), WaitEnd::timed_out);
        patient.learn(ask(patient), seconds(1), WaitEnd::matched);
    }
    CHECK(ask(patient).match_probability < 0.75);
    CHECK(ask(patient).p90 == seconds(300));
    auto left = steady();
    for (int i = 0; i < 500; ++i) left.learn(ask(left), seconds(30), WaitEnd::left);
    CHECK(left.score().scored == 0);
    CHECK(ask(left).p50 > ask(steady()).p50);
}

TEST_CASE("an opponent in sight shortens the estimate to that instant") {
    const auto e = steady();
    const auto told = ask(e, 0, seconds(4));
    CHECK(told.p50 == seconds(4));
    CHECK(told.p90 <= seconds(13));
    CHECK(ask(e, 0, seconds(200)).p50 == ask(e).p50);
}

TEST_CASE("the score says how often estimates came true") {
    auto e = steady();
    const auto told = ask(e);
    for (int i = 0; i < 10; ++i)
        e.learn(told, i < 5 ? told.p50 : i < 9 ? told.p90 : told.p90 + seconds(1), WaitEnd::matched);
    CHECK(e.score().coverage_p50 == doctest::Approx(0.5).epsilon(0.001));
    CHECK(e.score().coverage_p90 == doctest::Approx(0.9).epsilon(0.001));
    CHECK(e.score().scored == doctest::Approx(10).epsilon(0.001));
}

}  // namespace agon::matchmaking
