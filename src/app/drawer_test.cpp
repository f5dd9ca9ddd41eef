#include "app/drawer.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// A Swiss tournament of two rounds that is just too large to be drawn at once. What is drawn beside waits until a test
/// lets it go on.
struct Desk : World {
    static constexpr std::uint32_t entrants = most_drawn_at_once + 2;

    explicit Desk(std::uint32_t size = entrants) {
        outside.beside = [this](std::function<void()> work) { held.push_back(std::move(work)); };
        auto made = (*this)->run((*this)->tournaments.create(
            {.name = "Open",
             .game_type = "rps",
             .format = "swiss",
             .max_participants = {},
             .config = JsonObject{{"rounds", 2}, {"late_entry", true}, {"seeding", "registration"}},
             .driver = Driver::manual,
             .created_by = {}}));
        REQUIRE(made.has_value());
        open = *made;
        for (std::uint32_t i = 0; i < size; ++i) join(open, guest(i));
        start(open);
    }
    static BotId guest(std::uint32_t i) {
        return BotId{Uuid{{static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}}};
    }
    void draw() {
        REQUIRE(!held.empty());
        auto work = std::move(held.front());
        held.erase(held.begin());
        work();
        (*this)->settle();
    }
    void report_all() {
        const auto t = state(open);
        for (MatchNumber m = 1; m <= t.match_count(); ++m)
            if (t.match(m).status == formats::MatchStatus::in_progress)
                REQUIRE((*this)
                            ->run((*this)->tournaments.order(open, ReportResult{.match = m, .winner_side = 0}))
                            .has_value());
    }
    bool plays(BotId bot) {
        const auto t = state(open);
        for (MatchNumber m = 1; m <= t.match_count(); ++m)
            for (const std::size_t side : {0, 1})
                if (const auto* player = t.player(m, side); player && player->id.uuid == bot.uuid) return true;
        return false;
    }

    TournamentId open;
    std::vector<std::function<void()>> held;
};

}  // namespace

TEST_CASE("the rounds of a large Swiss tournament are drawn beside other work, one after the other") {
    Desk desk;
    CHECK(desk.state(desk.open).match_count() == 0);
    REQUIRE(desk.held.size() == 1);
    desk.draw();
    CHECK(desk.state(desk.open).match_count() == Desk::entrants / 2);
    CHECK(desk.held.empty());
    desk.report_all();
    CHECK(desk.state(desk.open).match_count() == Desk::entrants / 2);
    REQUIRE(desk.held.size() == 1);
    desk.draw();
    CHECK(desk.state(desk.open).match_count() == Desk::entrants);
    desk.report_all();
    CHECK(desk.state(desk.open).status == Status::completed);
    CHECK(desk.held.empty());
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("a round that is small enough is drawn at once") {
    Desk desk(most_drawn_at_once);
    CHECK(desk.held.empty());
    CHECK(desk.state(desk.open).match_count() == most_drawn_at_once / 2);
}

TEST_CASE("while a round is drawn the tournament answers; what changed it has the round drawn anew") {
    Desk desk;
    const auto late = Desk::guest(5000), gone = Desk::guest(7);
    desk.join(desk.open, late);
    const Leave leave{EntrantId{gone.uuid}, Leaving::withdrawn, "rain"};
    REQUIRE(desk->run(desk->tournaments.order(desk.open, leave)).has_value());
    const auto seen = desk->run(
        desk->engine.read<TournamentAggregate>(desk.open, [](const Tournament& t) { return t.entrants.size(); }));
    CHECK(seen == Desk::entrants + 1);
    CHECK(desk.held.size() == 1);
    desk.draw();
    // What was drawn knew neither.
    CHECK(desk.state(desk.open).match_count() == 0);
    REQUIRE(desk.held.size() == 1);
    desk.draw();
    CHECK(desk.state(desk.open).match_count() == Desk::entrants / 2);
    CHECK(desk.plays(late));
    CHECK(!desk.plays(gone));
    CHECK(desk.held.empty());
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("a tournament that is cancelled while its round is drawn has none") {
    Desk desk;
    REQUIRE(desk->run(desk->tournaments.order(desk.open, CancelTournament{"rain"})).has_value());
    desk.draw();
    CHECK(desk.held.empty());
    CHECK(desk.state(desk.open).match_count() == 0);
    CHECK(desk.state(desk.open).status == Status::cancelled);
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("after a restart a round that was being drawn is drawn anew") {
    Desk desk;
    desk.held.clear();
    desk.restart();
    REQUIRE(desk.held.size() == 1);
    desk->settle();
    CHECK(desk.held.size() == 1);
    desk.draw();
    CHECK(desk.state(desk.open).match_count() == Desk::entrants / 2);
    desk.report_all();
    desk.held.clear();
    desk.restart();
    desk.draw();
    CHECK(desk.state(desk.open).match_count() == Desk::entrants);
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("a drawn round that the disk refuses is drawn again a little later") {
    Desk desk;
    desk->store.failing_commits = 1;
    desk.draw();
    CHECK(desk.state(desk.open).match_count() == 0);
    CHECK(desk.held.empty());
    desk->advance(seconds(2));
    REQUIRE(desk.held.size() == 1);
    desk.draw();
    CHECK(desk.state(desk.open).match_count() == Desk::entrants / 2);
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("a correction while a round is drawn is what the round then rests on") {
    Desk desk;
    desk.draw();
    desk.report_all();
    const auto t = desk.state(desk.open);
    const CorrectResult other{.mode = CorrectionMode::keep, .result = {.match = 1, .winner_side = std::uint8_t{1}}};
    REQUIRE(desk->run(desk->tournaments.order(desk.open, other)).has_value());
    desk.draw();
    CHECK(desk.state(desk.open).match_count() == Desk::entrants / 2);
    desk.draw();
    const auto after = desk.state(desk.open);
    CHECK(after.match_count() == Desk::entrants);
    CHECK(after.winner(1)->id == t.player(1, 1)->id);
    CHECK_CLEAN(desk.verdict());
}

}  // namespace agon
