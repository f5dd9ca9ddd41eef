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
    /// The same, whose tournament is told.
    TournamentId decided_cup() { return playing({rock, cycle}, {{"rounds_per_match", 1}}); }
    void correct(TournamentId cup, const CorrectResult& correction) {
        REQUIRE((*this)->run((*this)->tournaments.order(cup, correction)).has_value());
    }
    Store& read() {
        (*this)->run(reached((*this)->ratings));
        return (*this)->store;
    }
    std::optional<rows::RatingRow> row(BotId bot) {
        for (auto& found : Ratings::leaderboard(read(), "rps", rows::PlayerKind::bot, 100, 0).rows)
            if (found.player == bot.text()) return found;
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
    const auto page = Ratings::leaderboard(desk.read(), "rps", rows::PlayerKind::bot, 1, 0);
    REQUIRE(page.rows.size() == 1);
    CHECK(page.total == 2);
    CHECK(page.rows[0].player == desk.cycle.text());
    CHECK(page.rows[0].games == 2);
    CHECK(Ratings::leaderboard(desk->store, "chess", rows::PlayerKind::bot, 10, 0).rows.empty());
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

TEST_CASE("wherever a save fails, the next makes it good, and in between rows and cursor stay together") {
    for (int fails = 1; fails < 8; ++fails) {
        CAPTURE(fails);
        Desk desk;
        desk.decided_match();
        desk->store.failing_saves = fails;
        for (int i = 0; i < 3; ++i) {
            desk.decided_match();
            CHECK_CLEAN(desk.verdict());
        }
        if (fails % 2 == 0) desk.restart();
        desk->store.failing_saves = 0;
        desk->advance(seconds(2));
        desk.decided_match();
        CHECK(desk.row(desk.cycle)->games == 5);
        CHECK_CLEAN(desk.verdict());
    }
}

TEST_CASE("ratings that the store refused are saved at the next wake, also where nothing more happens") {
    Desk desk;
    desk->store.failing_saves = 100;
    desk.decided_match();
    const auto saved = [&] { return Ratings::find(desk->store, "rps", desk.cycle.text()); };
    CHECK(!saved());
    const auto refused = desk->spawn(reached(desk->ratings));
    desk->settle();
    CHECK_THROWS_AS(refused->get(), StoreBroken);
    desk->store.failing_saves = 0;
    desk->ratings.wake();
    desk->settle();
    REQUIRE(saved().has_value());
    CHECK(saved()->games == 1);
    CHECK_CLEAN(desk.verdict());
}

// --- corrections --------------------------------------------------------------------------------------------------------

namespace {

CorrectResult won_by(std::uint8_t side) { return {.result = {.match = 1, .winner_side = side}}; }

JsonArray one_stage(std::string_view format) { return {JsonObject{{"format", format}}}; }

}  // namespace

TEST_CASE("a correction takes back what the old result did, and counts the new one") {
    Desk desk;
    desk.correct(desk.decided_cup(), won_by(0));
    CHECK(desk.row(desk.rock)->rating == 1216);
    CHECK(desk.row(desk.rock)->games == 1);
    CHECK(desk.row(desk.rock)->wins == 1);
    CHECK(desk.row(desk.rock)->losses == 0);
    CHECK(desk.row(desk.cycle)->rating == 1184);
    CHECK(desk.row(desk.cycle)->wins == 0);
    CHECK(desk.row(desk.cycle)->losses == 1);
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("what is taken back is what the match did, whatever came after it") {
    Desk desk;
    const auto first = desk.decided_cup();
    const auto did = Ratings::rated_match(desk.read(), match_id(first, 1));
    REQUIRE(did.has_value());
    for (int i = 0; i < 5; ++i) desk.decided_match();
    const auto before = *desk.row(desk.cycle);
    desk.correct(first, {.result = {.match = 1, .nobody_wins = true}});
    const auto after = *desk.row(desk.cycle);
    CHECK(after.rating == before.rating - (did->a.player == desk.cycle.text() ? did->a : did->b).change());
    CHECK(after.games == before.games - 1);
    CHECK(after.wins == before.wins - 1);
    CHECK(!Ratings::rated_match(desk.read(), match_id(first, 1)));
    // Played again, it counts as a match of today.
    desk.correct(first, {.reopen = true, .result = {.match = 1}});
    CHECK(desk.row(desk.cycle)->games == before.games);
    CHECK(desk.row(desk.cycle)->rating > after.rating);
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("what rested on a corrected result is taken back too, unless it is kept") {
    for (const auto mode : {CorrectionMode::rewind, CorrectionMode::keep}) {
        Desk desk;
        const auto stone = desk.builtin("rock");
        const auto cup = desk.playing({desk.rock, desk.cycle, desk.copy, stone}, {{"rounds_per_match", 1}});
        REQUIRE(desk.state(cup).status == Status::completed);
        const auto final = match_id(cup, 3);
        REQUIRE(Ratings::rated_match(desk.read(), final).has_value());
        const auto winner = desk.state(cup).match(2).winner_side;
        auto other_way = CorrectResult{.mode = mode, .result = {.match = 2}};
        other_way.result.winner_side = static_cast<std::uint8_t>(1 - winner);
        const auto before = *Ratings::rated_match(desk.read(), final);
        desk.correct(cup, other_way);
        const auto after = Ratings::rated_match(desk.read(), final);
        const bool stands = after && after->a.player == before.a.player && after->b.player == before.b.player;
        CHECK(stands == (mode == CorrectionMode::keep));
        CHECK_CLEAN(desk.verdict());
    }
}

TEST_CASE("a draw of a round robin counts half to both") {
    Desk desk;
    const auto stone = desk.builtin("rock");
    const auto cup = desk.playing(
        {desk.rock, stone}, {{"rounds_per_match", 1}, {"tiebreaker", "draw"}, {"stages", one_stage("round_robin")}});
    REQUIRE(desk.state(cup).status == Status::completed);
    for (const auto bot : {desk.rock, stone}) {
        REQUIRE(desk.row(bot).has_value());
        CHECK(desk.row(bot)->draws == 1);
        CHECK(desk.row(bot)->rating == 1200);
    }
    CHECK(Ratings::rated_match(desk.read(), match_id(cup, 1))->score_of_a == 0.5);
    // Against a stronger one, a draw is worth something.
    for (int i = 0; i < 3; ++i) desk.decided_match();
    const auto before = *desk.row(desk.rock);
    CHECK(before.rating < 1200);
    desk.playing({desk.rock, stone},
                 {{"rounds_per_match", 1}, {"tiebreaker", "draw"}, {"stages", one_stage("round_robin")}});
    CHECK(desk.row(desk.rock)->rating > before.rating);
    CHECK(desk.row(desk.rock)->draws == before.draws + 1);
    CHECK_CLEAN(desk.verdict());
}

namespace {

/// Tournaments of built-in bots in every format, whose results are corrected again and again.
struct Corrections : Desk {
    Prng prng;
    std::vector<BotId> bots{rock, cycle, copy, builtin("rock")};
    std::vector<TournamentId> cups;

    explicit Corrections(std::uint64_t seed) : prng(seed) {
        for (const auto* format : formats::all_formats())
            cups.push_back(
                playing(bots, {{"rounds_per_match", 1}, {"tiebreaker", "draw"}, {"stages", one_stage(format->name)}}));
    }
    auto one_more() {
        const auto cup = cups[prng.below(cups.size())];
        CorrectResult c{.mode = static_cast<CorrectionMode>(prng.below(3))};
        c.result.match = static_cast<MatchNumber>(1 + prng.below(state(cup).match_count()));
        c.reopen = c.mode != CorrectionMode::keep && prng.below(3) == 0;
        c.result.nobody_wins = prng.below(6) == 0;
        if (!c.result.nobody_wins && prng.below(4) > 0) c.result.winner_side = static_cast<std::uint8_t>(prng.below(2));
        return (*this)->spawn((*this)->tournaments.order(cup, c));
    }
};

}  // namespace

TEST_CASE("after any number of corrections the ratings are those that the log comes to") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        CAPTURE(seed);
        Corrections desk(seed);
        int made = 0;
        for (int i = 0; i < 60; ++i) {
            const auto corrected = desk.one_more();
            desk->settle();
            made += corrected->get().has_value();
            CHECK_CLEAN(desk.verdict());
        }
        CHECK(made > 20);
    }
}

TEST_CASE("wherever a crash comes among corrections, nothing is taken back twice and nothing is forgotten") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        CAPTURE(seed);
        Corrections desk(seed);
        for (int i = 0; i < 40; ++i) {
            desk.one_more();
            for (auto steps = desk.prng.below(8); steps > 0; --steps) {
                desk->poll();
                desk->journal.flush();
            }
            if (desk.prng.below(4) == 0) desk->store.failing_commits = 1;
            if (desk.prng.below(3) == 0) desk.restart();
            CHECK_CLEAN(desk.verdict());
        }
        desk.restart();
        desk->advance(seconds(5));
        CHECK_CLEAN(desk.verdict());
    }
}

}  // namespace agon
