#include "app/drivers/hosted_match.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// Two bots over a wire that play a best of three; a move takes at most 10 seconds.
class Duel {
public:
    explicit Duel(bool ana_there = true, bool ben_there = true, JsonObject config = {}, bool sent_later = false) {
        world.outside.carrier.later = sent_later;
        ana = world.remote("Ana", ana_there);
        ben = world.remote("Ben", ben_there);
        config.emplace("time_limit_per_move", 10);
        config.emplace("no_show_timeout", 20);
        config.emplace("reconnect_grace", 30);
        tournament = world.playing({ana, ben}, std::move(config));
    }

    template <class M>
    std::vector<M> heard(BotId bot) {
        std::vector<M> found;
        for (const auto& message : world.outside.carrier.heard[bot])
            if (const auto* m = std::get_if<M>(message.get())) found.push_back(*m);
        return found;
    }
    TurnRequest request(BotId bot) {
        const auto all = heard<TurnRequest>(bot);
        REQUIRE(!all.empty());
        return all.back();
    }
    void answer(BotId bot, std::string action, std::string request_id = {}) {
        if (request_id.empty()) request_id = request(bot).request_id;
        world->driver.answered(bot, {match_id(tournament, 1), request_id, std::move(action), nullptr});
        world->settle();
    }
    /// The carrier says that the bot's turn was sent, now or so much later.
    void sent(BotId bot, Duration later = {}) {
        world->driver.sent(bot, match_id(tournament, 1), request(bot).request_id, world.outside.clock.steady() + later);
        world->settle();
    }
    void round(std::string first, std::string second) {
        answer(ana, std::move(first));
        answer(ben, std::move(second));
    }
    void disconnect(BotId bot) {
        world.outside.carrier.connected.erase(bot);
        world->driver.disconnected(bot);
        world->settle();
    }
    void connect(BotId bot) {
        world.outside.carrier.connected.insert(bot);
        world->driver.connected(bot);
        world->settle();
    }
    std::int64_t turns() { return world.game(tournament).turns(); }
    bool is_over() { return world.state(tournament).status == Status::completed; }
    std::string winner() {
        return !is_over()                                 ? "none yet"
               : world.champion(tournament) == ana.text() ? "ana"
               : world.champion(tournament) == ben.text() ? "ben"
                                                          : "nobody";
    }
    std::string decision() { return world.state(tournament).times.at(0).decision; }
    MatchEnd end(BotId bot) {
        const auto all = heard<MatchEnd>(bot);
        REQUIRE(all.size() == 1);
        return all.front();
    }

    World world;
    BotId ana, ben;
    TournamentId tournament;
};

}  // namespace

TEST_CASE("both bots answer, and the better one wins") {
    Duel duel;
    CHECK(duel.heard<MatchStart>(duel.ana).size() == 1);
    CHECK(duel.request(duel.ana).timeout_ms == 10'000);
    duel.round("rock", "scissors");
    CHECK(duel.turns() == 1);
    duel.round("rock", "paper");
    duel.round("paper", "rock");
    CHECK(duel.winner() == "ana");
    CHECK(duel.end(duel.ben).reason == EndReason::complete);
    CHECK(duel.end(duel.ben).results.at(0).rank == 1);
    CHECK(duel.end(duel.ben).results.at(1).rank == 2);
    CHECK(duel.world->driver.live_matches() == 0);
    CHECK(!duel.world->timers.next());
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("nothing is revealed until both have answered, and until it is on disk") {
    Duel duel;
    duel.answer(duel.ana, "rock");
    CHECK(duel.heard<RoundResult>(duel.ben).empty());
    CHECK(duel.turns() == 0);
    duel.world->driver.answered(duel.ben,
                                {match_id(duel.tournament, 1), duel.request(duel.ben).request_id, "paper", nullptr});
    duel.world->poll();
    CHECK(duel.heard<RoundResult>(duel.ben).empty());
    duel.world->settle();
    CHECK(duel.heard<RoundResult>(duel.ben).size() == 1);
}

TEST_CASE("messages to a bot are numbered from 1 without a gap") {
    Duel duel;
    duel.round("rock", "scissors");
    duel.round("rock", "scissors");
    std::int64_t seq = 0;
    for (const auto& message : duel.world.outside.carrier.heard[duel.ana])
        CHECK(std::visit([](const auto& m) { return m.seq; }, *message) == ++seq);
    CHECK(seq > 8);
}

TEST_CASE("a silent bot misses its turns and forfeits after the third") {
    Duel duel(true, true, {{"rounds_per_match", 9}});
    for (int turn = 1; turn <= 3; ++turn) {
        duel.answer(duel.ana, "rock");
        duel.world->advance(seconds(9.8));
        CHECK(duel.turns() == turn - 1);
        duel.world->advance(seconds(0.2));
        CHECK(duel.turns() == turn);
    }
    CHECK(duel.winner() == "ana");
    CHECK(duel.decision() == "timeouts");
    CHECK(duel.end(duel.ben).reason == EndReason::forfeit);
    CHECK(duel.heard<TurnResult>(duel.ben).back().is_timeout);
}

TEST_CASE("two silent bots are both out") {
    Duel duel;
    duel.world->advance(seconds(31));
    CHECK(duel.winner() == "nobody");
    CHECK(duel.is_over());
}

TEST_CASE("an illegal choice is rejected and the clock runs on; the third in a turn misses it") {
    Duel duel;
    duel.world->advance(seconds(4));
    duel.answer(duel.ana, "lizard");
    duel.answer(duel.ana, "spock");
    const auto rejected = duel.heard<ActionRejected>(duel.ana);
    REQUIRE(rejected.size() == 2);
    CHECK(rejected[0].reason == RejectReason::not_valid);
    CHECK(rejected[0].submitted_action == "lizard");
    CHECK(rejected[0].remaining_ms == 6000);
    CHECK(rejected[0].valid_actions.size() == 3);
    duel.answer(duel.ana, "well");
    duel.answer(duel.ana, "rock");  // too late: the turn is missed
    duel.answer(duel.ben, "rock");
    const auto game = duel.world.game(duel.tournament);
    REQUIRE(game.turns() == 1);
    CHECK(game.played[0].moves[0].is_timeout);
    CHECK(game.played[0].moves[1].action == "rock");
}

TEST_CASE("two illegal choices do not spoil the third") {
    Duel duel;
    duel.answer(duel.ana, "lizard");
    duel.answer(duel.ana, "spock");
    duel.round("rock", "scissors");
    CHECK(duel.world.game(duel.tournament).played.at(0).moves[0].action == "rock");
    duel.answer(duel.ana, "lizard");  // counted anew in every turn
    duel.answer(duel.ana, "spock");
    duel.round("rock", "scissors");
    CHECK(duel.winner() == "ana");
}

TEST_CASE("the first answer to a turn counts, also once the turn is over; an answer that nobody asked for is stale") {
    Duel duel;
    const auto first = duel.request(duel.ana).request_id;
    duel.answer(duel.ana, "rock");
    duel.answer(duel.ana, "paper");
    CHECK(duel.heard<ActionRejected>(duel.ana).empty());
    duel.answer(duel.ben, "scissors");
    CHECK(duel.world.game(duel.tournament).played.at(0).moves[0].action == "rock");
    duel.answer(duel.ana, "paper", first);
    CHECK(duel.heard<ActionRejected>(duel.ana).empty());
    duel.answer(duel.ana, "paper", "nobody:asked:0");
    REQUIRE(duel.heard<ActionRejected>(duel.ana).size() == 1);
    CHECK(duel.heard<ActionRejected>(duel.ana)[0].reason == RejectReason::stale);
    CHECK(duel.request(duel.ana).request_id != first);
}

TEST_CASE("an answer from a bot that does not sit there changes nothing") {
    Duel duel;
    const auto cem = duel.world.remote("Cem");
    duel.world->driver.answered(cem,
                                {match_id(duel.tournament, 1), duel.request(duel.ana).request_id, "rock", nullptr});
    duel.answer(duel.ben, "rock", duel.request(duel.ana).request_id);
    CHECK(duel.turns() == 0);
    CHECK(duel.heard<ActionRejected>(cem).empty());
    CHECK(duel.heard<ActionRejected>(duel.ben).size() == 1);
}

// --- absence --------------------------------------------------------------------------------------------------------------

TEST_CASE("a bot that does not come in time loses by walkover") {
    Duel duel(true, false);
    CHECK(duel.heard<MatchStart>(duel.ana).empty());
    duel.world->advance(seconds(19.9));
    CHECK(!duel.is_over());
    duel.world->advance(seconds(0.2));
    CHECK(duel.winner() == "ana");
    CHECK(duel.decision() == "no_show");
    CHECK(duel.end(duel.ana).reason == EndReason::walkover);
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("where neither bot comes, nobody wins") {
    Duel duel(false, false);
    duel.world->advance(seconds(20.1));
    CHECK(duel.is_over());
    CHECK(duel.winner() == "nobody");
    CHECK(duel.decision() == "double_no_show");
}

TEST_CASE("a bot that comes at the last moment plays") {
    Duel duel(true, false);
    duel.world->advance(seconds(19));
    duel.connect(duel.ben);
    CHECK(duel.heard<MatchStart>(duel.ben).size() == 1);
    duel.world->advance(seconds(5));
    CHECK(!duel.is_over());
    duel.round("rock", "scissors");
    duel.round("rock", "scissors");
    CHECK(duel.winner() == "ana");
}

TEST_CASE("a bot that left again before the match began is absent") {
    Duel duel(false, true);
    duel.disconnect(duel.ben);
    duel.connect(duel.ana);
    duel.world->advance(seconds(21));
    CHECK(duel.winner() == "ana");
    CHECK(duel.decision() == "no_show");
}

TEST_CASE("the clock stands still while a bot is away for the first time") {
    Duel duel;
    duel.world->advance(seconds(4));
    duel.disconnect(duel.ana);
    duel.world->advance(seconds(25));
    CHECK(duel.turns() == 0);
    duel.connect(duel.ana);
    duel.world->driver.resume(duel.ana);
    duel.world->settle();
    const auto snapshots = duel.heard<Snapshot>(duel.ana);
    REQUIRE(snapshots.size() == 1);
    REQUIRE(snapshots[0].pending.has_value());
    CHECK(snapshots[0].pending->timeout_ms == 6000);
    CHECK(snapshots[0].pending->request_id == duel.request(duel.ana).request_id);
    duel.world->advance(seconds(5.9));
    CHECK(duel.turns() == 0);
    duel.answer(duel.ana, "rock");
    const auto game = duel.world.game(duel.tournament);
    REQUIRE(game.turns() == 1);
    CHECK(!game.played[0].moves[0].is_timeout);
    CHECK(game.played[0].moves[1].is_timeout);  // Ben's clock ran on
}

TEST_CASE("who stays away for longer than the grace forfeits") {
    Duel duel;
    duel.disconnect(duel.ana);
    duel.world->advance(seconds(29.9));
    CHECK(!duel.is_over());
    duel.world->advance(seconds(0.2));
    CHECK(duel.winner() == "ben");
    CHECK(duel.decision() == "disconnected");
    CHECK(duel.end(duel.ben).reason == EndReason::forfeit);
}

TEST_CASE("the second time the clock runs on") {
    Duel duel;
    duel.disconnect(duel.ana);
    duel.connect(duel.ana);
    duel.disconnect(duel.ana);
    duel.answer(duel.ben, "rock");
    duel.world->advance(seconds(10.1));
    CHECK(duel.turns() == 1);
    CHECK(!duel.is_over());
}

TEST_CASE("the fourth lost connection forfeits") {
    Duel duel;
    for (int i = 0; i < 3; ++i) {
        duel.disconnect(duel.ana);
        duel.connect(duel.ana);
    }
    CHECK(!duel.is_over());
    duel.disconnect(duel.ana);
    CHECK(duel.winner() == "ben");
    CHECK(duel.decision() == "disconnected");
}

// --- turns that wait to be sent -------------------------------------------------------------------------------------------

TEST_CASE("a turn that its carrier sends later has its time from then on") {
    Duel duel(true, true, {}, true);
    CHECK(duel.request(duel.ana).timeout_ms == 10'000);
    duel.world->advance(seconds(50));
    CHECK(duel.turns() == 0);
    duel.sent(duel.ana);
    duel.sent(duel.ben);
    duel.world->advance(seconds(4));
    duel.sent(duel.ana);  // once is enough
    duel.answer(duel.ana, "rock");
    duel.world->advance(seconds(5.9));
    CHECK(duel.turns() == 0);
    duel.world->advance(seconds(0.1));
    const auto game = duel.world.game(duel.tournament);
    REQUIRE(game.turns() == 1);
    CHECK(game.played[0].moves[0].elapsed_ms == 4000);
    CHECK(game.played[0].moves[1].is_timeout);
    CHECK(game.played[0].moves[1].elapsed_ms == 10'000);
}

TEST_CASE("a turn that was sent long ago is missed at once; one that is over is not asked about again") {
    Duel duel(true, true, {}, true);
    const auto first = duel.request(duel.ben).request_id;
    duel.sent(duel.ana);
    duel.world->advance(seconds(9));
    duel.sent(duel.ben, seconds(-9));
    duel.world->advance(seconds(1));
    CHECK(duel.turns() == 1);
    duel.world->driver.sent(duel.ben, match_id(duel.tournament, 1), first, duel.world.outside.clock.steady());
    duel.world->advance(seconds(50));
    CHECK(duel.turns() == 1);
}

// --- the server's own troubles ------------------------------------------------------------------------------------------

TEST_CASE("while the server stops no turn is missed, and who loses its connection by that forfeits nothing") {
    Duel duel;
    duel.round("rock", "scissors");
    duel.answer(duel.ana, "rock");
    const auto before = duel.request(duel.ben);
    for (int i = 0; i < 3; ++i) {
        duel.disconnect(duel.ben);
        duel.connect(duel.ben);
    }
    duel.world->driver.stop_clocks();
    duel.disconnect(duel.ana);
    duel.disconnect(duel.ben);
    duel.world->advance(seconds(100));
    CHECK(duel.turns() == 1);
    CHECK(!duel.is_over());
    duel.world.outside.carrier.connected = {duel.ana, duel.ben};
    duel.world.restart();
    duel.world->settle();
    CHECK(duel.request(duel.ben).request_id == before.request_id);
    CHECK(duel.request(duel.ben).timeout_ms == 10'000);
    duel.round("rock", "scissors");
    CHECK(duel.winner() == "ana");
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("while the server stops nobody who is awaited loses, and no match begins") {
    Duel duel(true, false);
    duel.world->driver.stop_clocks();
    const auto other = duel.world.playing({duel.world.builtin("rock"), duel.world.builtin("cycle")});
    duel.world->advance(seconds(100));
    CHECK(!duel.is_over());
    CHECK(duel.world.state(other).status == Status::in_progress);
    duel.world.restart();
    duel.world->settle();
    CHECK(duel.world.state(other).status == Status::completed);
    duel.world->advance(seconds(19.9));
    CHECK(!duel.is_over());
    duel.world->advance(seconds(0.2));
    CHECK(duel.decision() == "no_show");
}

TEST_CASE("after a restart in mid-match the same turn is asked again, with the same request_id and a full clock") {
    Duel duel(true, true, {{"rounds_per_match", 5}});
    duel.round("rock", "scissors");
    duel.world->advance(seconds(7));
    duel.answer(duel.ana, "paper");
    const auto before = duel.request(duel.ana);
    duel.world.restart();
    duel.world->settle();
    const auto after = duel.request(duel.ana);
    CHECK(after.request_id == before.request_id);
    CHECK(after.timeout_ms == 10'000);
    CHECK(duel.turns() == 1);
    duel.round("rock", "scissors");
    duel.round("rock", "scissors");
    CHECK(duel.winner() == "ana");
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("a crash before the turn is on disk forgets the turn, and nobody was told of it") {
    Duel duel;
    duel.answer(duel.ana, "rock");
    duel.world->driver.answered(duel.ben,
                                {match_id(duel.tournament, 1), duel.request(duel.ben).request_id, "paper", nullptr});
    duel.world->poll();
    CHECK(duel.heard<TurnResult>(duel.ana).empty());
    duel.world.restart();
    duel.world->settle();
    CHECK(duel.turns() == 0);
    duel.round("rock", "scissors");
    CHECK(duel.turns() == 1);
}

TEST_CASE("a crash between the end of the game and the match's result loses neither") {
    Duel duel;
    duel.round("rock", "scissors");
    duel.answer(duel.ana, "rock");
    duel.world->driver.answered(duel.ben,
                                {match_id(duel.tournament, 1), duel.request(duel.ben).request_id, "scissors", nullptr});
    duel.world->poll();
    duel.world->journal.flush();
    duel.world.restart();
    CHECK(duel.world.game(duel.tournament).is_finished());
    CHECK(!duel.is_over());
    duel.world->settle();
    CHECK(duel.winner() == "ana");
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("a turn that the disk refuses is played again") {
    Duel duel;
    duel.answer(duel.ana, "rock");
    duel.world->store.failing_commits = 1;
    duel.answer(duel.ben, "scissors");
    CHECK(duel.turns() == 0);
    CHECK(duel.heard<TurnResult>(duel.ana).empty());
    duel.world->advance(seconds(2));
    CHECK(duel.heard<TurnRequest>(duel.ana).size() == 2);
    CHECK(duel.heard<TurnRequest>(duel.ana)[0].request_id == duel.heard<TurnRequest>(duel.ana)[1].request_id);
    duel.round("rock", "scissors");
    duel.round("rock", "scissors");
    CHECK(duel.winner() == "ana");
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("a result that the disk refuses is reported again") {
    Duel duel;
    duel.round("rock", "scissors");
    duel.answer(duel.ana, "rock");
    duel.world->driver.answered(duel.ben,
                                {match_id(duel.tournament, 1), duel.request(duel.ben).request_id, "scissors", nullptr});
    duel.world->poll();
    duel.world->journal.flush();
    duel.world->poll();
    duel.world->store.failing_commits = 1;
    duel.world->settle();
    CHECK(!duel.is_over());
    duel.world->advance(seconds(2));
    CHECK(duel.winner() == "ana");
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("built-in bots: whichever commit fails, the match is finished and its record holds") {
    for (int steps = 0; steps < 80; ++steps) {
        CAPTURE(steps);
        World world;
        const auto tournament = world.tournament({{"rounds_per_match", 3}});
        for (const auto* strategy : {"rock", "cycle"}) world.join(tournament, world.builtin(strategy));
        auto started = world->spawn(world->tournaments.start(tournament));
        world->poll();
        world->journal.flush();
        for (int i = 0; i < steps / 2; ++i) world->context.restart(), world->context.poll_one();
        // What arrives during the failing commit goes into the next one, which is well again; every other time nothing
        // does, and the match goes on before it is told.
        world->store.failing_commits = 1;
        if (steps % 2 == 0) world->store.during_commit = [&] { world->poll(); };
        world->journal.flush();
        world->advance(seconds(5));
        CHECK(world.state(tournament).status == Status::completed);
        CHECK_CLEAN(world.verdict());
    }
}

TEST_CASE("a cancelled tournament ends its matches, and the bots are told") {
    Duel duel;
    duel.answer(duel.ana, "rock");
    REQUIRE(duel.world->run(duel.world->tournaments.order(duel.tournament, CancelTournament{"rain"})).has_value());
    CHECK(duel.end(duel.ana).reason == EndReason::cancelled);
    CHECK(duel.world.game(duel.tournament).is_finished());
    CHECK(duel.world->driver.live_matches() == 0);
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("a tournament that is cancelled in the moment of its start plays nothing") {
    World world;
    const auto tournament = world.tournament();
    for (const auto* name : {"Ana", "Ben"}) world.join(tournament, world.remote(name));
    auto started = world->spawn(world->tournaments.start(tournament));
    auto cancelled = world->spawn(world->tournaments.order(tournament, CancelTournament{"rain"}));
    world->settle();
    CHECK(started->get().has_value());
    CHECK(cancelled->get().has_value());
    CHECK(world->driver.live_matches() == 0);
    CHECK_CLEAN(world.verdict());
}

TEST_CASE("a cancellation that the disk refuses leaves no match behind") {
    for (const bool at_the_start : {true, false}) {
        Duel duel;
        duel.round("rock", "scissors");
        duel.answer(duel.ana, "rock");
        duel.world->driver.answered(
            duel.ben, {match_id(duel.tournament, 1), duel.request(duel.ben).request_id, "scissors", nullptr});
        duel.world->poll();
        const auto cancel = [&] {
            const CancelTournament rain{"rain"};
            const auto decided = duel.world->engine.decide_now<TournamentAggregate>(
                duel.tournament, rain, [](const Tournament&) { return true; }, nullptr, {});
            REQUIRE(decided.has_value());
        };
        // The cancellation is decided, the match looks at it, and only then the disk refuses.
        if (!at_the_start) duel.world->store.during_commit = cancel;
        duel.world->journal.flush();
        if (at_the_start) duel.world.restart(), cancel();
        duel.world->poll();
        duel.world->store.failing_commits = 1;
        duel.world->journal.flush();
        CHECK(duel.world.state(duel.tournament).status == Status::in_progress);
        duel.world->advance(seconds(5));
        CHECK(duel.winner() == "ana");
        CHECK_CLEAN(duel.world.verdict());
    }
}

TEST_CASE("a match that waits for its bots is cancelled too") {
    Duel duel(false, false);
    REQUIRE(duel.world->run(duel.world->tournaments.order(duel.tournament, CancelTournament{"rain"})).has_value());
    CHECK(duel.world->driver.live_matches() == 0);
    duel.world->advance(seconds(60));
    CHECK(duel.world.state(duel.tournament).status == Status::cancelled);
}

TEST_CASE("a cancellation that meets the last turn on its way to the disk ends the match once") {
    Duel duel;
    duel.round("rock", "scissors");
    duel.answer(duel.ana, "rock");
    duel.world->driver.answered(duel.ben,
                                {match_id(duel.tournament, 1), duel.request(duel.ben).request_id, "scissors", nullptr});
    duel.world->poll();
    REQUIRE(duel.world->run(duel.world->tournaments.order(duel.tournament, CancelTournament{"rain"})).has_value());
    CHECK(duel.heard<MatchEnd>(duel.ana).size() == 1);
    CHECK(duel.world->driver.live_matches() == 0);
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("a fourth lost connection that meets a failing last turn leaves a record that holds") {
    Duel duel;
    duel.round("rock", "scissors");
    for (int i = 0; i < 3; ++i) {
        duel.disconnect(duel.ben);
        duel.connect(duel.ben);
    }
    duel.answer(duel.ana, "rock");
    duel.world->driver.answered(duel.ben,
                                {match_id(duel.tournament, 1), duel.request(duel.ben).request_id, "scissors", nullptr});
    duel.world->poll();
    duel.world->store.failing_commits = 1;
    duel.world->store.during_commit = [&] {
        // Between the last turn's decision and the news that the disk refused it.
        duel.world.outside.carrier.connected.erase(duel.ben);
        duel.world->driver.disconnected(duel.ben);
        duel.world->poll();
    };
    duel.world->settle();
    duel.world->advance(seconds(60));
    CHECK(duel.winner() == "ana");
    CHECK_CLEAN(duel.world.verdict());
}

TEST_CASE("a deleted bot that did not leave does not show up") {
    World world;
    const auto ana = world.remote("Ana"), ben = world.builtin("rock");
    const auto tournament = world.tournament({{"no_show_timeout", 5}});
    world.join(tournament, ana);
    world.join(tournament, ben);
    auto deleted = world->engine.execute<BotAggregate>(ben, bots::BotCommand(bots::DeleteBot{}),
                                                       [](const bots::Bot& bot) { return bot.deleted; });
    REQUIRE(world->run(std::move(deleted)).has_value());
    world.start(tournament);
    world->advance(seconds(6));
    CHECK(world.champion(tournament) == ana.text());
}

TEST_CASE("a bot that comes between the loading of its match and its beginning is there") {
    World world;
    const auto ana = world.remote("Ana", false), ben = world.builtin("rock");
    const auto tournament = world.tournament();
    world.join(tournament, ana);
    world.join(tournament, ben);
    REQUIRE(world->run(world->tournaments.start(tournament)).has_value());
    HostedWorld hosted{world->engine,
                       world->timers,
                       world.outside.clock,
                       world.outside.random,
                       [&](bots::Carrier) { return &world.outside.carrier; },
                       {},
                       {}};
    auto match = std::make_shared<HostedMatch>(hosted, world->context, match_id(tournament, 1), 1, [](const auto&) {});
    REQUIRE(match->load());
    world.outside.carrier.connected.insert(ana);
    match->begin();
    CHECK(!world.outside.carrier.heard[ana].empty());
}

TEST_CASE("a bot in two matches hears of each under its own match_id") {
    World world;
    const auto ana = world.remote("Ana"), ben = world.builtin("rock"), cem = world.builtin("rock");
    const auto one = world.playing({ana, ben}), two = world.playing({ana, cem});
    std::set<MatchId> matches;
    for (const auto& message : world.outside.carrier.heard[ana])
        matches.insert(std::visit([](const auto& m) { return m.match_id; }, *message));
    CHECK(matches == std::set{match_id(one, 1), match_id(two, 1)});
    CHECK(world->driver.live_matches() == 2);
}

}  // namespace agon
