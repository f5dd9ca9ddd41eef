#include "app/ratings.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

struct Desk : World {
    BotId rock = builtin("rock"), cycle = builtin("cycle"), copy = builtin("copy-last");

    /// `rock` loses a best of five against `cycle`: rock, paper, scissors, rock, paper.
    void match() { playing({rock, cycle}, {{"rounds_per_match", 2}, {"tiebreaker", "higher_seed"}}); }
    void decided_match() { playing({rock, cycle}, {{"rounds_per_match", 1}}); }
    std::optional<rows::RatingRow> row(BotId bot) {
        for (auto& found : Ratings::leaderboard((*this)->store, "rps", 100, 0).rows)
            if (found.bot_id == bot) return found;
        return std::nullopt;
    }
};

}  // namespace

TEST_CASE("a result moves both ratings by the same") {
    Desk desk;
    desk.decided_match();
    REQUIRE(desk.row(desk.cycle).has_value());
    CHECK(desk.row(desk.cycle)->rating == 1216);
    CHECK(desk.row(desk.cycle)->wins == 1);
    CHECK(desk.row(desk.rock)->rating == 1184);
    CHECK(desk.row(desk.rock)->losses == 1);
    CHECK(!desk.row(desk.copy));
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("a level match that went to the higher seed is a draw for the ratings") {
    Desk desk;
    desk.match();
    CHECK(desk.row(desk.rock)->rating == 1200);
    CHECK(desk.row(desk.rock)->draws == 1);
    CHECK(desk.row(desk.cycle)->draws == 1);
}

TEST_CASE("who was not there loses no rating, and nobody wins one by it") {
    Desk desk;
    const auto absent = desk.remote("Absent", false);
    const auto cup = desk.playing({desk.rock, absent}, {{"no_show_timeout", 5}});
    desk->advance(seconds(6));
    CHECK(desk.champion(cup) == desk.rock.text());
    CHECK(!desk.row(desk.rock));
    CHECK(!desk.row(absent));
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("the leaderboard shows the best first") {
    Desk desk;
    desk.decided_match();
    desk.decided_match();
    const auto page = Ratings::leaderboard(desk->store, "rps", 1, 0);
    REQUIRE(page.rows.size() == 1);
    CHECK(page.total == 2);
    CHECK(page.rows[0].bot_id == desk.cycle);
    CHECK(page.rows[0].games == 2);
    CHECK(Ratings::leaderboard(desk->store, "chess", 10, 0).rows.empty());
}

TEST_CASE("seeding by rating looks the entrants' ratings up") {
    Desk desk;
    desk.decided_match();
    const auto cup = desk.playing({desk.rock, desk.copy, desk.cycle}, {{"seeding", "rating"}});
    CHECK(desk.state(cup).order == std::vector<EntrantIndex>{2, 0, 1});
}

TEST_CASE("wherever a crash comes, no game counts twice and none is lost") {
    for (int steps = 0; steps < 8; ++steps) {
        CAPTURE(steps);
        Desk desk;
        desk.decided_match();
        const auto cup = desk.tournament({{"rounds_per_match", 1}});
        desk.join(cup, desk.rock);
        desk.join(cup, desk.cycle);
        desk->spawn(desk->tournaments.start(cup));
        for (int i = 0; i <= steps; ++i) {
            desk->poll();
            desk->journal.flush();
        }
        desk.restart();
        desk->settle();
        CHECK(desk.state(cup).status == Status::completed);
        CHECK(desk.row(desk.cycle)->games == 2);
        CHECK_CLEAN(desk.verdict());
    }
}

TEST_CASE("wherever a commit fails, the next save makes it good, and in between rows and cursor stay together") {
    for (int steps = 0; steps < 8; ++steps) {
        CAPTURE(steps);
        Desk desk;
        desk.decided_match();
        const auto cup = desk.tournament({{"rounds_per_match", 1}});
        desk.join(cup, desk.rock);
        desk.join(cup, desk.cycle);
        desk->spawn(desk->tournaments.start(cup));
        for (int i = 0; i <= steps; ++i) {
            desk->poll();
            desk->journal.flush();
        }
        desk->poll();
        desk->store.failing_commits = 1;
        desk->settle();
        CHECK_CLEAN(desk.verdict());
        desk->store.failing_commits = 0;
        desk->advance(seconds(2));
        desk.decided_match();
        CHECK(desk.row(desk.cycle)->games == 3);
        CHECK_CLEAN(desk.verdict());
    }
}

TEST_CASE("a cursor does not reach the disk before the rows of an earlier failed save") {
    Desk desk;
    bool failed = false;
    for (int i = 0; i < 3; ++i) {
        const auto cup = desk.tournament({{"rounds_per_match", 1}});
        desk.join(cup, desk.rock);
        desk.join(cup, i == 1 ? desk.copy : desk.cycle);
        desk->spawn(desk->tournaments.start(cup));
        for (int step = 0; step < 12; ++step) {
            desk->poll();
            if (i == 0 && !failed && desk->store.cursor("ratings") == 0 &&
                desk.state(cup).status == Status::completed) {
                // The next result is taken in while the first save is failing.
                desk->store.failing_commits = 1;
                desk->store.during_commit = [&] { desk->poll(); };
                failed = true;
            }
            desk->journal.flush();
            CHECK_CLEAN(desk.verdict());
        }
    }
    desk.restart();
    desk->settle();
    CHECK_CLEAN(desk.verdict());
}

}  // namespace agon
