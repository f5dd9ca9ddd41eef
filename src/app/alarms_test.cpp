#include "app/alarms.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// A full tournament of two that starts by itself after 60 seconds; its bots are not there.
struct Desk : World {
    TournamentId cup = tournament({{"auto_start", true}, {"start_delay", 60}, {"no_show_timeout", 3600}}, 2);
    BotId ana = remote("Ana", false), ben = remote("Ben", false);

    Desk() {
        join(cup, ana);
        join(cup, ben);
    }
    bool has_started() { return state(cup).status == Status::in_progress; }
};

}  // namespace

TEST_CASE("a full tournament starts at the time that it announced, and no earlier") {
    Desk desk;
    CHECK(desk.state(desk.cup).starts_at == desk.outside.clock.now() + seconds(60));
    desk->advance(seconds(59.9));
    CHECK(!desk.has_started());
    desk->advance(seconds(0.2));
    CHECK(desk.has_started());
}

TEST_CASE("after a restart it still starts at its time, or at once where that is over") {
    Desk desk;
    desk->advance(seconds(30));
    desk.restart();
    desk->advance(seconds(29.9));
    CHECK(!desk.has_started());
    desk->advance(seconds(0.2));
    CHECK(desk.has_started());

    Desk late;
    late.outside.clock.advance(seconds(1000));
    late.restart();
    late->advance(seconds(0.1));
    CHECK(late.has_started());
}

TEST_CASE("it does not start where somebody left; the next full house announces its own time") {
    Desk desk;
    desk->advance(seconds(30));
    REQUIRE(desk->run(desk->tournaments.leave(desk.cup, desk.ana)).has_value());
    desk->advance(seconds(31));
    CHECK(desk.state(desk.cup).status == Status::registration_open);
    desk.join(desk.cup, desk.ana);
    desk->advance(seconds(59.9));
    CHECK(!desk.has_started());
    desk->advance(seconds(0.2));
    CHECK(desk.has_started());
}

TEST_CASE("the announced start of a tournament that was started or cancelled by hand does nothing") {
    Desk started;
    started.start(started.cup);
    started->advance(seconds(61));
    CHECK(started.has_started());
    Desk cancelled;
    REQUIRE(cancelled->run(cancelled->tournaments.order(cancelled.cup, CancelTournament{"rain"})).has_value());
    cancelled->advance(seconds(61));
    CHECK(cancelled.state(cancelled.cup).status == Status::cancelled);
}

TEST_CASE("the wall clock decides: set back, the tournament waits") {
    Desk desk;
    desk.outside.clock.set_wall(t0 - seconds(3600));
    desk->advance(seconds(61));
    CHECK(!desk.has_started());
    desk->advance(seconds(3601));
    CHECK(desk.has_started());
}

TEST_CASE("a start that the disk refused is tried again") {
    Desk desk;
    desk->advance(seconds(59));
    desk->store.failing_commits = 2;
    desk->advance(seconds(2));
    CHECK(!desk.has_started());
    desk->advance(seconds(3));
    CHECK(desk.has_started());
    CHECK_CLEAN(desk.verdict());
}

}  // namespace agon
