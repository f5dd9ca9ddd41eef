// Matches that the rules end, or begin anew, while their bots play.
#include <doctest/doctest.h>

#include "app/drivers/hosted_match.hpp"
#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// Four bots over a wire in a single elimination of single rounds: Ana meets Dan and Ben meets Cem, then the final, of
/// three rounds.
class Cup {
public:
    static constexpr MatchNumber first = 1, second = 2, final = 3;

    Cup() {
        for (const auto* name : {"Ana", "Ben", "Cem", "Dan"}) bots.push_back(world.remote(name));
        tournament = world.playing(bots, {{"rounds_per_match", 1}, {"best_of", JsonObject{{"final", 3}}}});
    }
    BotId ana() const { return bots[0]; }
    BotId ben() const { return bots[1]; }
    BotId cem() const { return bots[2]; }
    BotId dan() const { return bots[3]; }

    template <class M>
    std::vector<M> heard(BotId bot, MatchNumber match) {
        std::vector<M> found;
        for (const auto& message : world.outside.carrier.heard[bot])
            if (const auto* m = std::get_if<M>(message.get()); m && m->match_id == match_id(tournament, match))
                found.push_back(*m);
        return found;
    }
    /// Sends the answer; nothing else happens.
    void send(BotId bot, MatchNumber match, std::string action) {
        const auto asked = heard<TurnRequest>(bot, match);
        REQUIRE(!asked.empty());
        world->driver.answered(bot, {match_id(tournament, match), asked.back().request_id, std::move(action), nullptr});
    }
    /// `winner` wins a round against `loser`.
    void round(MatchNumber match, BotId winner, BotId loser) {
        send(winner, match, "rock");
        send(loser, match, "scissors");
        world->settle();
    }
    void semi_finals() {
        round(first, ana(), dan());
        round(second, ben(), cem());
    }
    CorrectResult dan_won() {
        const bool has_first_side = state().player(first, 0)->id.uuid == dan().uuid;
        return {.result = {.match = first, .winner_side = std::uint8_t(has_first_side ? 0 : 1)}};
    }
    void order(const TournamentCommand& command) {
        REQUIRE(world->run(world->tournaments.order(tournament, command)).has_value());
    }
    games::PlayedGame game(MatchNumber match, std::uint8_t attempt) {
        return world->engine.peek<GameAggregate>(game_id(match_id(tournament, match), attempt),
                                                 [](const games::PlayedGame& g) { return g; });
    }
    Tournament state() { return world.state(tournament); }

    World world;
    std::vector<BotId> bots;
    TournamentId tournament;
};

EntrantId entrant(BotId bot) { return {bot.uuid}; }

bool was_called_off(const games::PlayedGame& game) {
    return game.is_finished() && game.end->ended_by == games::EndedBy::cancelled;
}

}  // namespace

TEST_CASE("who leaves during a match loses it; the game ends, and both bots are told") {
    for (const auto how : {Leaving::withdrawn, Leaving::disqualified}) {
        Cup cup;
        cup.send(cup.ana(), Cup::first, "rock");
        cup.order(Leave{entrant(cup.ana()), how, "rain"});
        for (const auto bot : {cup.ana(), cup.dan()}) {
            const auto ends = cup.heard<MatchEnd>(bot, Cup::first);
            REQUIRE(ends.size() == 1);
            CHECK(ends[0].reason == EndReason::cancelled);
        }
        CHECK(was_called_off(cup.game(Cup::first, 1)));
        const auto t = cup.state();
        CHECK(t.winner(Cup::first)->id == entrant(cup.dan()));
        CHECK(t.times[0].decision == (how == Leaving::withdrawn ? "withdrawn" : "disqualified"));
        CHECK(cup.world->driver.live_matches() == 1);
        // Whatever they still say changes nothing, and the others play on.
        cup.send(cup.dan(), Cup::first, "rock");
        cup.world->settle();
        CHECK(cup.heard<MatchEnd>(cup.ben(), Cup::second).empty());
        cup.round(Cup::second, cup.ben(), cup.cem());
        CHECK(cup.heard<MatchStart>(cup.dan(), Cup::final).size() == 1);
        CHECK(cup.heard<MatchStart>(cup.ana(), Cup::final).empty());
        CHECK_CLEAN(cup.world.verdict());
    }
}

TEST_CASE("a reopened match is played again as a game of its own, and the record of the first stays") {
    Cup cup;
    cup.round(Cup::first, cup.ana(), cup.dan());
    const auto before = cup.game(Cup::first, 1);
    CHECK(before.is_finished());
    cup.order(CorrectResult{.reopen = true, .result = {.match = Cup::first}});
    const auto starts = cup.heard<MatchStart>(cup.ana(), Cup::first);
    REQUIRE(starts.size() == 2);
    CHECK(starts[0].attempt == 1);
    CHECK(starts[1].attempt == 2);
    CHECK(starts[1].game_id == game_id(match_id(cup.tournament, Cup::first), 2));
    cup.round(Cup::first, cup.dan(), cup.ana());
    CHECK(cup.state().winner(Cup::first)->id == entrant(cup.dan()));
    const auto after = cup.game(Cup::first, 1);
    CHECK(after.turns() == before.turns());
    CHECK(after.end->winner == before.end->winner);
    CHECK(cup.game(Cup::first, 2).end->winner != before.end->winner);
    CHECK_CLEAN(cup.world.verdict());
}

TEST_CASE("a rewind calls off the match that rests on the old result; it is then played by those who come now") {
    Cup cup;
    cup.semi_finals();
    cup.round(Cup::final, cup.ana(), cup.ben());
    CHECK(cup.game(Cup::final, 1).turns() == 1);
    cup.order(cup.dan_won());
    for (const auto bot : {cup.ana(), cup.ben()}) {
        const auto ends = cup.heard<MatchEnd>(bot, Cup::final);
        REQUIRE(ends.size() == 1);
        CHECK(ends[0].reason == EndReason::cancelled);
    }
    CHECK(was_called_off(cup.game(Cup::final, 1)));
    CHECK(cup.state().match(Cup::final).status == formats::MatchStatus::in_progress);
    CHECK(cup.heard<MatchStart>(cup.dan(), Cup::final).size() == 1);
    CHECK(cup.world->driver.live_matches() == 1);
    // One who does not play any more.
    cup.send(cup.ana(), Cup::final, "rock");
    cup.world->settle();
    CHECK(cup.game(Cup::final, 2).turns() == 0);
    cup.round(Cup::final, cup.dan(), cup.ben());
    cup.round(Cup::final, cup.dan(), cup.ben());
    CHECK(cup.world.champion(cup.tournament) == cup.dan().text());
    CHECK(cup.game(Cup::final, 1).turns() == 1);
    CHECK_CLEAN(cup.world.verdict());
}

TEST_CASE("a bot hears the end of one attempt before the beginning of the next") {
    Cup cup;
    cup.semi_finals();
    cup.order(cup.dan_won());
    std::string said;
    for (const auto& message : cup.world.outside.carrier.heard[cup.ben()]) {
        if (const auto* m = std::get_if<MatchStart>(message.get()); m && m->match_id == match_id(cup.tournament, 3))
            said += fmt::format("start {} ", m->attempt);
        if (const auto* m = std::get_if<MatchEnd>(message.get()); m && m->match_id == match_id(cup.tournament, 3))
            said += "end ";
    }
    CHECK(said == "start 1 end start 2 ");
}

TEST_CASE("the length of a match that its round gives reaches the bots") {
    Cup cup;
    cup.semi_finals();
    const auto rounds = [&](MatchNumber match) {
        return cup.heard<MatchStart>(cup.ben(), match).at(0).game_config.at("rounds_per_match").as_int64();
    };
    CHECK(rounds(Cup::second) == 1);
    CHECK(rounds(Cup::final) == 3);
    cup.round(Cup::final, cup.ana(), cup.ben());
    CHECK(cup.state().status == Status::in_progress);
    cup.round(Cup::final, cup.ana(), cup.ben());
    CHECK(cup.state().status == Status::completed);
}

TEST_CASE("the result of an attempt that was called off changes nothing, however late it comes") {
    Cup cup;
    cup.semi_finals();
    cup.round(Cup::final, cup.ana(), cup.ben());
    // The last turn is on its way to the disk when the correction comes.
    cup.send(cup.ana(), Cup::final, "rock");
    cup.send(cup.ben(), Cup::final, "scissors");
    cup.world->poll();
    cup.order(cup.dan_won());
    CHECK(cup.game(Cup::final, 1).end->ended_by == games::EndedBy::play);
    cup.world->advance(seconds(5));
    const auto t = cup.state();
    CHECK(t.match(Cup::final).status == formats::MatchStatus::in_progress);
    CHECK(t.attempt(Cup::final) == 2);
    const auto late = cup.world->run(cup.world->tournaments.order(
        cup.tournament, ReportResult{.match = Cup::final, .winner_side = std::uint8_t{0}, .attempt = 1}));
    REQUIRE(!late.has_value());
    CHECK(late.error().code == Code::conflict);
    CHECK(cup.world->driver.live_matches() == 1);
    cup.round(Cup::final, cup.ben(), cup.dan());
    cup.round(Cup::final, cup.ben(), cup.dan());
    CHECK(cup.world.champion(cup.tournament) == cup.ben().text());
    CHECK_CLEAN(cup.world.verdict());
}

TEST_CASE("a match that is begun anew before the driver heard of its first beginning is played once") {
    Cup cup;
    cup.round(Cup::first, cup.ana(), cup.dan());
    cup.send(cup.ben(), Cup::second, "rock");
    cup.send(cup.cem(), Cup::second, "scissors");
    cup.world->poll();
    cup.world->journal.flush();
    // The second match is reported, which begins the final; the correction begins it anew. Neither is on disk.
    cup.world->poll();
    REQUIRE(cup.state().attempt(Cup::final) == 1);
    const auto corrected = cup.world->spawn(cup.world->tournaments.order(cup.tournament, cup.dan_won()));
    cup.world->settle();
    REQUIRE(corrected->get().has_value());
    CHECK(cup.state().attempt(Cup::final) == 2);
    CHECK(!cup.game(Cup::final, 1).has_started());
    CHECK(!cup.game(Cup::final, 2).is_finished());
    CHECK(cup.heard<MatchStart>(cup.ana(), Cup::final).empty());
    CHECK(cup.heard<MatchStart>(cup.dan(), Cup::final).size() == 1);
    cup.round(Cup::final, cup.dan(), cup.ben());
    cup.round(Cup::final, cup.dan(), cup.ben());
    CHECK(cup.world.champion(cup.tournament) == cup.dan().text());
    CHECK_CLEAN(cup.world.verdict());
}

TEST_CASE("a crash between the word that ends a match and the end of its game leaves no game under way") {
    for (int what = 0; what < 3; ++what) {
        CAPTURE(what);
        Cup cup;
        cup.semi_finals();
        const TournamentCommand words[] = {CancelTournament{"rain"}, cup.dan_won(),
                                           Leave{entrant(cup.ana()), Leaving::withdrawn, "rain"}};
        cup.world->spawn(cup.world->tournaments.order(cup.tournament, words[what]));
        cup.world->poll();
        cup.world->journal.flush();
        cup.world.restart();
        CHECK(!cup.game(Cup::final, 1).is_finished());
        cup.world->settle();
        CHECK(was_called_off(cup.game(Cup::final, 1)));
        CHECK(cup.world->driver.live_matches() == (what == 1 ? 1 : 0));
        CHECK_CLEAN(cup.world.verdict());
    }
}

TEST_CASE("a disk that refuses the end of a game that was called off has it written a little later") {
    Cup cup;
    cup.semi_finals();
    cup.world->spawn(cup.world->tournaments.order(cup.tournament, CancelTournament{"rain"}));
    cup.world->poll();
    cup.world->journal.flush();
    cup.world->poll();
    cup.world->store.failing_commits = 1;
    cup.world->journal.flush();
    cup.world->settle();
    CHECK(!cup.game(Cup::final, 1).is_finished());
    CHECK(cup.world->driver.live_matches() == 0);
    cup.world->advance(seconds(2));
    CHECK(was_called_off(cup.game(Cup::final, 1)));
    CHECK_CLEAN(cup.world.verdict());
}

TEST_CASE("however much happens between a refused end of a game and a crash, the next start ends the game") {
    Cup cup;
    cup.semi_finals();
    cup.world->spawn(cup.world->tournaments.order(cup.tournament, CancelTournament{"rain"}));
    cup.world->poll();
    cup.world->journal.flush();
    cup.world->poll();
    cup.world->store.failing_commits = 1;
    cup.world->journal.flush();
    // More events than the driver looks through where it knows that everything has ended.
    for (int i = 0; i < 1200; ++i) cup.world.bot("Bot");
    CHECK(cup.world->store.cursor("hosted") == 0);
    cup.world.restart();
    cup.world->settle();
    CHECK(was_called_off(cup.game(Cup::final, 1)));
    for (int i = 0; i < 1200; ++i) cup.world.bot("Bot");
    CHECK(cup.world->store.cursor("hosted") > 1200);
}

}  // namespace agon
