// Random events against the naive model.
#include <doctest/doctest.h>

#include <cmath>

#include "base/prng.hpp"
#include "core/matchmaking/naive_pool_testing.hpp"
#include "core/matchmaking/pool_testing.hpp"

namespace agon::matchmaking {

using namespace testing;

namespace {

/// Of these each world has a quarter: ten million in all, where no sanitizer slows them.
constexpr int random_events = sanitized ? 100'000 : 3'400'000;

struct World {
    PoolSettings settings;
    /// Ratings are multiples of this, times in multiples of `tick_us`: coarse ones make many things happen at once.
    double grain = 1;
    std::int64_t tick_us = 1;
    double mean_wait_us = 2e6;
    std::uint64_t credit_percent = 5, avoid_percent = 10, leave_percent = 10;
};

class RandomRun {
public:
    RandomRun(World world, std::uint64_t seed)
        : world_(world), prng_(seed), pool_(world.settings), naive_(world.settings) {}

    /// What went wrong, or nothing.
    std::string run(int events) {
        for (int i = 0; i < events; ++i) {
            step();
            if (decided_ != expected_) return fmt::format("event {}: {} ≠ {}", i, text(decided_), text(expected_));
            if (pool_.size() != naive_.size()) return fmt::format("event {}: sizes differ", i);
            if (i % 64 == 0 && naive_.broken()) return fmt::format("event {}: a pair waits that may meet", i);
            if (i % 4096 == 0) pool_ = Pool::restore(world_.settings, pool_.snapshot());
            largest_ = std::max(largest_, pool_.size());
            decisions_ += decided_.size();
            decided_.clear();
            expected_.clear();
        }
        return {};
    }
    std::size_t largest() const { return largest_; }
    std::size_t decisions() const { return decisions_; }

private:
    bool chance(std::uint64_t percent) { return prng_.below(100) < percent; }
    double rating() {
        double sum = 0;  // nearly normal, around 1,200 and 300 wide
        for (int i = 0; i < 12; ++i) sum += static_cast<double>(prng_.below(1'000'000)) / 1e6;
        const auto raw = 1200 + 300 * (sum - 6);
        return std::round(raw / world_.grain) * world_.grain;
    }

    void step() {
        const auto wait =
            static_cast<std::uint64_t>(world_.mean_wait_us * 2) / static_cast<std::uint64_t>(world_.tick_us);
        now_ = now_ + Duration{static_cast<std::int64_t>(prng_.below(wait + 1)) * world_.tick_us};
        if (chance(world_.leave_percent) && !naive_.waiting().empty()) {
            const auto who = naive_.waiting()[prng_.below(naive_.waiting().size())].player;
            (void)pool_.leave(who, now_, decided_);
            naive_.leave(who, now_, expected_);
        } else if (chance(20)) {
            if (const auto next = pool_.next_deadline(); next && chance(50)) now_ = std::max(now_, *next);
            pool_.advance(now_, decided_);
            naive_.advance(now_, expected_);
        } else {
            JoinRequest request{player(prng_.below(5000)), rating(), {}, {}};
            if (chance(world_.credit_percent))
                request.waiting_since =
                    now_ - Duration{static_cast<std::int64_t>(prng_.below(600'000'000) / 1000) * 1000};
            if (chance(world_.avoid_percent))
                for (const auto& t : naive_.waiting())
                    if (chance(30) && request.avoids.size() < max_avoided) request.avoids.push_back(t.player);
            (void)pool_.join(request, now_, decided_);
            naive_.join(request, now_, expected_);
        }
    }

    World world_;
    Prng prng_;
    Pool pool_;
    NaivePool naive_;
    Instant now_;
    Decisions decided_, expected_;
    std::size_t largest_ = 0, decisions_ = 0;
};

const World worlds[] = {
    {.settings = immediate()},
    {.settings = immediate(), .grain = 25, .tick_us = 5'000'000, .mean_wait_us = 2e7},
    {.settings = {.rule = Rule::either, .ramp = Ramp::immediate},
     .grain = 10,
     .tick_us = 1'000'000,
     .mean_wait_us = 8e6},
    {.settings = {.ramp = Ramp::fixed, .ramp_s = 10}, .mean_wait_us = 5e5},
    {.settings = {.ramp = Ramp::fixed, .ramp_s = 20}, .grain = 10, .tick_us = 1'000'000, .mean_wait_us = 1e6},
    {.settings = {.rule = Rule::either, .ramp = Ramp::fixed, .ramp_s = 15},
     .grain = 5,
     .tick_us = 500'000,
     .mean_wait_us = 1e6},
    {.settings = {.ramp = Ramp::adaptive, .target_gap = 20}, .mean_wait_us = 5e5},
    {.settings =
         {.window = 30, .step = 17, .step_s = 11, .ceiling = 210, .timeout_s = 90, .ramp = Ramp::fixed, .ramp_s = 11},
     .grain = 1,
     .tick_us = 1'000'000,
     .mean_wait_us = 4e6},
};

}  // namespace

TEST_CASE("whatever happens, the pool decides what the naive model decides, at the same instants") {
    std::uint64_t seed = 1;
    for (const auto& world : worlds) {
        RandomRun run(world, seed++);
        const auto wrong = run.run(random_events / 4);
        CHECK_MESSAGE(wrong.empty(), "world ", seed - 1, ": ", wrong);
        CHECK(run.decisions() > static_cast<std::size_t>(random_events) / 16);
    }
}

TEST_CASE("a pool that is rebuilt from the log of what happened goes on as the one that made it") {
    const PoolSettings settings{.ramp = Ramp::fixed, .ramp_s = 10};
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Prng prng(seed);
        Queue live(settings), rebuilt(settings);
        Instant now;
        for (std::uint64_t i = 0; i < 120; ++i) {
            now = now + Duration{static_cast<std::int64_t>(prng.below(6'000'000))};
            REQUIRE(live.join(i, 900 + static_cast<double>(prng.below(900)), now));
            std::optional<Ticket> joined;
            for (const auto& t : live.pool.snapshot().tickets)
                if (t.player == player(i)) joined = t;
            const auto decided = live.take();
            for (const auto& d : decided)
                if (const auto* m = std::get_if<Matched>(&d))
                    for (const auto* t : {&m->older, &m->younger})
                        if (t->player == player(i)) joined = *t;
            REQUIRE(joined);
            rebuilt.pool.admit(*joined);
            for (const auto& d : decided)
                std::visit(overloaded{[&](const Matched& m) {
                                          CHECK(rebuilt.pool.remove(m.older.player));
                                          CHECK(rebuilt.pool.remove(m.younger.player));
                                      },
                                      [&](const TimedOut& t) { CHECK(rebuilt.pool.remove(t.ticket.player)); }},
                           d);
        }
        CHECK(rebuilt.pool.snapshot() == live.pool.snapshot());
        live.advance(now + seconds(1000));
        rebuilt.advance(now + seconds(1000));
        CHECK(text(live.take()) == text(rebuilt.take()));
    }
}

TEST_CASE("without ramp and avoiding, no more can wait than fit a hundred points apart") {
    RandomRun run({.settings = immediate(), .mean_wait_us = 1e5, .credit_percent = 0, .avoid_percent = 0}, 99);
    CHECK(run.run(random_events).empty());
    CHECK(run.largest() <= 1 + 3600 / 101);
}

}  // namespace agon::matchmaking
