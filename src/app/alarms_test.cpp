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

/// A full tournament of two with a third who waits; within 30 seconds they must check in, and it starts after 60 (or so
/// many). Ana has checked in.
struct CheckInDesk : World {
    TournamentId cup;
    BotId ana = remote("Ana", false), ben = remote("Ben", false), cem = remote("Cem", false);

    explicit CheckInDesk(int start_delay = 60) {
        cup = tournament({{"auto_start", true},
                          {"start_delay", start_delay},
                          {"check_in", 30},
                          {"waiting_list", true},
                          {"no_show_timeout", 3600}},
                         2);
        for (const auto bot : {ana, ben, cem}) join(cup, bot);
        REQUIRE((*this)->run((*this)->tournaments.order(cup, CheckIn{entrant(ana)})).has_value());
    }
    static EntrantId entrant(BotId bot) { return {bot.uuid}; }
    bool is_in(BotId bot) { return state(cup).has(entrant(bot)); }
    /// Who did not check in has lost the place to who waited.
    bool check_in_is_over() { return is_in(ana) && !is_in(ben) && is_in(cem); }
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

// --- check-in -----------------------------------------------------------------------------------------------------------

TEST_CASE("when check-in ends, who has not come loses the place to who waits; then comes the announced start") {
    CheckInDesk desk;
    CHECK(desk.state(desk.cup).check_in_ends_at == desk.outside.clock.now() + seconds(30));
    CHECK(desk.state(desk.cup).starts_at == desk.outside.clock.now() + seconds(60));
    desk->advance(seconds(29.9));
    CHECK(desk.is_in(desk.ben));
    CHECK(!desk.is_in(desk.cem));
    desk->advance(seconds(0.2));
    CHECK(desk.check_in_is_over());
    CHECK(!desk.has_started());
    desk->advance(seconds(29.8));
    CHECK(!desk.has_started());
    desk->advance(seconds(0.2));
    CHECK(desk.has_started());
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("the end of check-in and the start after it survive restarts") {
    CheckInDesk desk;
    desk->advance(seconds(10));
    desk.restart();
    desk->advance(seconds(19.9));
    CHECK(!desk.check_in_is_over());
    desk->advance(seconds(0.2));
    CHECK(desk.check_in_is_over());
    desk.restart();
    desk->advance(seconds(29.8));
    CHECK(!desk.has_started());
    desk->advance(seconds(0.2));
    CHECK(desk.has_started());

    CheckInDesk late;
    late.outside.clock.advance(seconds(1000));
    late.restart();
    late->advance(seconds(0.1));
    CHECK(late.check_in_is_over());
    CHECK(late.has_started());
    CHECK_CLEAN(late.verdict());
}

TEST_CASE("where both are due at once, check-in ends before the tournament starts") {
    CheckInDesk desk(30);
    desk->advance(seconds(29.9));
    CHECK(!desk.has_started());
    desk->advance(seconds(0.2));
    CHECK(desk.check_in_is_over());
    CHECK(desk.has_started());
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("an end of check-in that the disk refused is tried again") {
    CheckInDesk desk;
    desk->advance(seconds(29));
    desk->store.failing_commits = 1;
    desk->advance(seconds(1.5));
    CHECK(!desk.check_in_is_over());
    desk->advance(seconds(2));
    CHECK(desk.check_in_is_over());
    desk->advance(seconds(30));
    CHECK(desk.has_started());
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("where too few have come, the tournament does not start, and rings no more") {
    Desk desk;
    const auto cup = desk.tournament({{"auto_start", true}, {"start_delay", 60}, {"check_in", 30}}, 2);
    for (const auto bot : {desk.ana, desk.ben}) desk.join(cup, bot);
    desk->advance(seconds(100));
    CHECK(desk.state(cup).status == Status::ready);
    CHECK(desk.state(cup).entrants.empty());
    desk->advance(seconds(1));
    desk.restart();
    desk->advance(seconds(100));
    CHECK(desk.state(cup).status == Status::ready);
}

TEST_CASE("check-in also ends where registration was closed by hand, and nothing starts by itself") {
    World world;
    const auto ana = world.remote("Ana", false), ben = world.remote("Ben", false);
    const auto cup = world.tournament({{"auto_start", true}, {"check_in", 30}}, 4);
    for (const auto bot : {ana, ben}) world.join(cup, bot);
    REQUIRE(world->run(world->tournaments.order(cup, CheckIn{{ana.uuid}})).has_value());
    REQUIRE(world->run(world->tournaments.order(cup, CloseRegistration{})).has_value());
    world->advance(seconds(31));
    CHECK(world.state(cup).entrants.size() == 1);
    CHECK(world.state(cup).check_in_closed);
    world->advance(seconds(1000));
    CHECK(world.state(cup).status == Status::ready);
    CHECK_CLEAN(world.verdict());
}

}  // namespace agon
