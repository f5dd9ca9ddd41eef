// Ratings of people, by every engine: corrections, replays, switches, waiting for what was acknowledged.

#include <doctest/doctest.h>

#include <cmath>

#include "app/rating_replay.hpp"
#include "app/world_testing.hpp"
#include "core/ratings/glicko2.hpp"

namespace agon {

using namespace testing;

namespace {

/// People who report the results of their matches themselves. Who they are matters to nobody here: ids are enough.
struct Club : World {
    std::vector<UserId> people;
    Prng prng;

    explicit Club(std::size_t size = 4, std::uint64_t seed = 1) : prng(seed) {
        for (std::size_t i = 0; i < size; ++i) people.push_back({uuid7(t0, prng.next(), prng.next())});
    }
    /// A round robin of everybody.
    TournamentId cup(JsonObject config = {}) {
        config.emplace("stages", JsonArray{JsonObject{{"format", "round_robin"}}});
        if (!config.contains("seeding")) config.emplace("seeding", "registration");
        auto made = (*this)->run((*this)->tournaments.create(
            {.name = "Cup", .game_type = "rps", .config = std::move(config), .driver = Driver::manual}));
        REQUIRE(made.has_value());
        for (const auto person : people) join(*made, BotId{person.uuid});
        start(*made);
        return *made;
    }
    auto order(TournamentId id, TournamentCommand command) {
        return (*this)->spawn((*this)->tournaments.order(id, std::move(command)));
    }
    ReportResult some_result(MatchNumber match) {
        ReportResult result{.match = match};
        if (prng.below(4) > 0) result.winner_side = static_cast<std::uint8_t>(prng.below(2));
        return result;
    }
    /// All of its matches, with results as they come.
    TournamentId played(JsonObject config = {}) {
        const auto id = cup(std::move(config));
        for (MatchNumber m = 1; m <= state(id).match_count(); ++m) order(id, some_result(m));
        (*this)->settle();
        REQUIRE(state(id).status == Status::completed);
        return id;
    }
    void correct_something(TournamentId id) {
        const auto match = static_cast<MatchNumber>(1 + prng.below(state(id).match_count()));
        CorrectResult correction{.result = some_result(match)};
        correction.result.nobody_wins = !correction.result.winner_side && prng.below(2) == 0;
        order(id, correction);
    }
    /// As they are read: everything is in them.
    Store& read() {
        (*this)->settle();
        (*this)->run(reached((*this)->ratings));
        return (*this)->store;
    }
    std::optional<rows::RatingRow> row(UserId person) { return Ratings::find(read(), "rps", person.text()); }
    std::vector<rows::RatingRow> rows() {
        return Ratings::leaderboard(read(), "rps", rows::PlayerKind::user, 100, 0).rows;
    }
    void choose(std::string_view engine, const Json& settings = JsonObject{}) {
        (*this)->settle();
        switch_engine((*this)->store, "rps", rating_rule(engine, settings).value(), outside.clock.now());
        restart();
        (*this)->settle();
    }
    /// The rows are those of a replay by that engine.
    void check_replay(std::string_view engine) {
        const auto replay = replay_ratings((*this)->store, "rps", rating_rule(engine, JsonObject{}).value());
        REQUIRE(replay.ratings.size() == people.size());
        for (auto expected : replay.ratings) {
            const auto found = Ratings::find(read(), "rps", expected.player);
            REQUIRE(found.has_value());
            expected.name = found->name;
            CHECK(rows::to_values(*found) == rows::to_values(expected));
        }
    }
};

}  // namespace

TEST_CASE("the results of people count under their own ids, and their Elo is zero-sum") {
    Club club;
    for (int i = 0; i < 5; ++i) {
        const auto id = club.played();
        for (int n = 0; n < 3; ++n) club.correct_something(id);
        club->settle();
        CHECK_CLEAN(club.verdict());
        std::int64_t sum = 0, wins = 0, losses = 0;
        for (const auto& row : club.rows()) {
            CHECK(row.kind == rows::PlayerKind::user);
            CHECK(row.key == "rps/" + row.player);
            CHECK(row.games == row.wins + row.losses + row.draws);
            CHECK(static_cast<double>(row.rating) == row.value);
            CHECK(row.deviation == 0);
            sum += row.rating, wins += row.wins, losses += row.losses;
        }
        CHECK(sum == 1200 * 4);
        CHECK(wins == losses);
    }
    CHECK(Ratings::leaderboard(club->store, "rps", rows::PlayerKind::bot, 100, 0).total == 0);
}

TEST_CASE("a streak counts wins or losses in a row, and the last game's correction gives back the one before") {
    Club club(2);
    const auto win = [&](std::uint8_t side) {
        const auto id = club.cup();
        REQUIRE(club->run(club->tournaments.order(id, ReportResult{.match = 1, .winner_side = side})).has_value());
        return id;
    };
    win(0), win(0);
    const auto& home = club.people[0];
    const auto side_of_home = club.row(home)->wins == 2 ? 0 : 1;
    const auto& winner = club.people[side_of_home];
    CHECK(club.row(winner)->streak == 2);
    CHECK(club.row(club.people[1 - side_of_home])->streak == -2);
    const auto before = *club.row(winner);
    club->advance(seconds(60));
    const auto lost = win(1);
    CHECK(club.row(winner)->streak == -1);
    CHECK(club.row(winner)->last_played_at == club.outside.clock.now());
    const CorrectResult nobody{.result = {.match = 1, .nobody_wins = true}};
    REQUIRE(club->run(club->tournaments.order(lost, nobody)).has_value());
    const auto after = *club.row(winner);
    CHECK(after.streak == 2);
    CHECK(after.last_played_at == before.last_played_at);
    CHECK(after.value == before.value);
    CHECK(after.games == 2);
    CHECK(after.changes == before.changes + 2);
}

TEST_CASE("a history's steps follow on one another, corrections included, up to the rating") {
    Club club;
    for (int i = 0; i < 3; ++i) {
        const auto id = club.played();
        club.correct_something(id);
        club->settle();
    }
    bool taken_back = false;
    for (const auto person : club.people) {
        const auto row = *club.row(person);
        auto steps = Ratings::history(club->store, "rps", person, 100, 0);
        CHECK(steps.total == row.changes);
        REQUIRE(!steps.rows.empty());
        CHECK(steps.rows.front().after == row.rating);
        CHECK(steps.rows.back().before == 1200);
        for (std::size_t i = 0; i + 1 < steps.rows.size(); ++i) {
            CHECK(steps.rows[i].before == steps.rows[i + 1].after);
            CHECK(steps.rows[i].number == steps.rows[i + 1].number + 1);
            taken_back = taken_back || steps.rows[i].outcome == rows::RatedOutcome::taken_back;
        }
        CHECK(Ratings::history(club->store, "rps", person, 1, 1).rows.at(0).number == row.changes - 1);
        CHECK(Ratings::history(club->store, "chess", person, 1, 0).total == 0);
    }
    CHECK(taken_back);
}

TEST_CASE("with every engine, what the follower keeps through corrections and crashes is what a replay comes to") {
    for (const auto* engine : ratings::all_engines()) {
        CAPTURE(std::string(engine->name));
        Club club(4, 7);
        club.choose(engine->name);
        std::vector<TournamentId> cups{club.played(), club.played()};
        for (int i = 0; i < 25; ++i) {
            club.correct_something(cups[club.prng.below(cups.size())]);
            for (auto steps = club.prng.below(6); steps > 0; --steps) {
                club->poll();
                club->journal.flush();
            }
            if (club.prng.below(4) == 0) club->store.failing_commits = 1;
            if (club.prng.below(3) == 0) club.restart();
            if (club.prng.below(3) == 0) club.outside.clock.advance(std::chrono::days(1 + club.prng.below(60)));
            CHECK_CLEAN(club.verdict());
        }
        club.restart();
        club->advance(seconds(5));
        club->run(club->tournaments.start(cups[0]));
        CHECK_CLEAN(club.verdict());
        club.check_replay(engine->name);
        for (const auto& row : club.rows()) {
            CHECK(std::isfinite(row.value));
            CHECK(row.games == row.wins + row.losses + row.draws);
        }
    }
}

TEST_CASE("a switch of engines is for all that was played and for what comes, and outlives a restart") {
    Club club;
    const auto first = club.played();
    for (const auto* engine : {"glicko2", "weng_lin_plackett_luce", "elo"}) {
        CAPTURE(engine);
        club.choose(engine);
        CHECK_CLEAN(club.verdict());
        club.check_replay(engine);
        club.played();
        club.correct_something(first);
        club->settle();
        club.restart();
        club->settle();
        CHECK_CLEAN(club.verdict());
        club.check_replay(engine);
    }
    club.choose("elo", JsonObject{{"initial", 1000}, {"k", 10}});
    CHECK(Ratings::rating_of(club->store, "rps", UserId{}) == 1000);
    CHECK(Ratings::rating_of(club->store, "pool", UserId{}) == 1200);
    std::int64_t sum = 0;
    for (const auto& row : club.rows()) sum += row.rating;
    CHECK(sum == 4000);
    CHECK_CLEAN(club.verdict());
}

TEST_CASE(
    "who did not play for some time is less certain, before the next match and in it; a correction takes back both") {
    for (const auto* engine : {"glicko2", "weng_lin_plackett_luce", "elo"}) {
        CAPTURE(engine);
        Club club(2);
        club.choose(engine);
        club.played();
        const auto& person = club.people[0];
        const auto uncertainty = [&] {
            return Ratings::standing_of(club.read(), "rps", person, club.outside.clock.now()).uncertainty;
        };
        const auto before = *club.row(person);
        CHECK(uncertainty() == before.deviation);
        club->advance(std::chrono::days(70));
        const auto rule = rating_rule(engine, JsonObject{}).value();
        const ratings::Rating known{before.value, before.deviation, before.volatility, before.games};
        const auto rested = rule.engine->rested(known, 10, rule.settings);
        CHECK(uncertainty() == (before.deviation > 0 ? rested.deviation : 0));
        CHECK((uncertainty() > before.deviation) == (engine != std::string("elo")));
        CHECK(club.row(person)->deviation == before.deviation);

        const auto id = club.cup();
        const ReportResult first_wins{.match = 1, .winner_side = 0};
        REQUIRE(club->run(club->tournaments.order(id, first_wins)).has_value());
        const auto match = *Ratings::rated_match(club.read(), match_id(id, 1));
        const auto& side = match.a.player == person.text() ? match.a : match.b;
        CHECK(side.before == known);
        CHECK(side.rested.deviation == (before.deviation > 0 ? rested.deviation : 0));
        CHECK(uncertainty() == side.after.deviation);
        club.check_replay(engine);
        CHECK_CLEAN(club.verdict());

        club->advance(std::chrono::days(7));
        const CorrectResult nobody{.result = {.match = 1, .nobody_wins = true}};
        REQUIRE(club->run(club->tournaments.order(id, nobody)).has_value());
        CHECK(club.row(person)->value == before.value);
        CHECK(club.row(person)->deviation == before.deviation);
        CHECK(club.row(person)->last_played_at == before.last_played_at);
        club.check_replay(engine);
        CHECK_CLEAN(club.verdict());
    }
}

TEST_CASE("an engine that was chosen before there were rating periods lets nobody rest") {
    const auto period_of = [](Json settings) {
        RatingRules rules;
        rules.choose({"rps", "glicko2", std::move(settings)});
        const auto& rule = rules.of("rps");
        return rule.engine->period_days(rule.settings);
    };
    auto complete = ratings::glicko2.write_settings(rating_rule("glicko2", JsonObject{}).value().settings);
    CHECK(period_of(complete) == 7);
    complete.as_object()["period_days"] = 30.5;
    CHECK(period_of(complete) == 30.5);
    complete.as_object().erase("period_days");
    CHECK(period_of(complete) == 0);
    RatingRules rules;
    rules.choose({"rps", "elo", JsonObject{{"k", 10}}});
    CHECK(rules.of("rps").engine->period_days(rules.of("rps").settings) == 0);
}

TEST_CASE("a rule that is wrong is refused with where") {
    CHECK(rating_rule("whr", JsonObject{}).error().pointer == "/engine");
    CHECK(rating_rule("elo", JsonObject{{"k", -1}}).error().pointer == "/k");
    CHECK(rating_rule("glicko2", JsonObject{{"k", 10}}).error().pointer == "/k");
}

TEST_CASE("a replay foretells before it counts") {
    Club club(2);
    const auto id = club.cup();
    REQUIRE(club->run(club->tournaments.order(id, ReportResult{.match = 1, .winner_side = 0})).has_value());
    const auto replay = replay_ratings(club->store, "rps", {});
    CHECK(replay.scores.games == 1);
    CHECK(replay.scores.log_loss == doctest::Approx(std::log(2.0)));
    CHECK(replay.scores.brier == doctest::Approx(0.25));
    CHECK(replay_ratings(club->store, "pool", {}).ratings.empty());
}

// --- reading what was acknowledged ----------------------------------------------------------------------------------------

namespace {

Task<std::int64_t> rating_after_reach(Process& p, UserId person) {
    co_await p.ratings.reach();
    co_return Ratings::rating_of(p.store, "rps", person);
}

/// Runs until the order was acknowledged, and no further.
template <class T>
void until_done(World& world, const std::shared_ptr<Pending<T>>& pending) {
    while (!pending->done()) {
        world->context.restart();
        if (world->context.poll_one() == 0) REQUIRE(world->journal.flush());
    }
}

}  // namespace

TEST_CASE("a rating that is read after a result was acknowledged shows it") {
    Club club(2);
    for (int i = 0; i < 10; ++i) {
        const auto id = club.cup();
        const auto before = Ratings::rating_of(club->store, "rps", club.people[0]);
        const auto side = static_cast<std::uint8_t>(club.prng.below(2));
        until_done(club, club.order(id, ReportResult{.match = 1, .winner_side = side}));
        const auto seen = club->spawn(rating_after_reach(*club, club.people[0]));
        club->settle();
        CHECK(seen->get() != before);
    }
}

TEST_CASE("nobody waits for ratings where everything is counted") {
    Club club(2);
    club.played();
    club.read();
    club->store.failing_saves = 1;
    const auto seen = club->spawn(rating_after_reach(*club, club.people[0]));
    club->poll();
    CHECK(seen->done());
    CHECK(club->store.failing_saves == 1);
}

TEST_CASE("where the ratings cannot be saved, who waits is told, and who comes next has them saved") {
    Club club(2);
    const auto id = club.cup();
    club->store.failing_saves = 1000;
    until_done(club, club.order(id, ReportResult{.match = 1, .winner_side = 0}));
    const auto refused = club->spawn(rating_after_reach(*club, club.people[0]));
    club->settle();
    REQUIRE(refused->done());
    CHECK_THROWS_AS(std::rethrow_exception(refused->error), StoreBroken);
    club->store.failing_saves = 0;
    const auto seen = club->spawn(rating_after_reach(*club, club.people[0]));
    club->settle();
    CHECK(seen->get() != 1200);
    CHECK_CLEAN(club.verdict());
}

TEST_CASE("a draw by rating sees the result that was acknowledged just before it") {
    Club club(2);
    const auto cup = club.cup();
    const auto second = EntrantId{club.people[1].uuid};
    const auto side = static_cast<std::uint8_t>(club.state(cup).player(1, 1)->id == second ? 1 : 0);
    auto made = club->run(club->tournaments.create(
        {.name = "Next", .game_type = "rps", .config = JsonObject{{"seeding", "rating"}}, .driver = Driver::manual}));
    REQUIRE(made.has_value());
    for (const auto person : club.people) club.join(*made, BotId{person.uuid});
    until_done(club, club.order(cup, ReportResult{.match = 1, .winner_side = side}));
    const auto started = club->spawn(club->tournaments.start(*made));
    club->settle();
    REQUIRE(started->get().has_value());
    const auto drawn = club.state(*made);
    CHECK(drawn.entrants[drawn.order.front()].id == second);
}

}  // namespace agon
