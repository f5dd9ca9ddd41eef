#include "app/matchmaking.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

UserId player(std::uint64_t number) {
    UserId id;
    for (std::size_t i = 0; i < 8; ++i) id.uuid.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return id;
}

struct Game {
    std::string game = "pool", region = {};
};

Task<std::string> joining(Process* p, std::uint64_t who, double rating, Game where) {
    auto joining = co_await p->matchmaking.joining(player(who), where.game, where.region);
    if (!joining) co_return joining.error().message;
    joining->command.rating = rating;
    const auto done = co_await p->engine.execute<QueueAggregate>(
        joining->queue, joining->command, [](const ranked::Queue&) { return true; },
        [](Batch& batch, bool) { begin_matches(batch); });
    co_return done ? std::string{} : done.error().message;
}

Task<std::string> ending(Process* p, MatchId match) {
    const auto winner =
        p->engine.peek<RankedMatchAggregate>(match, [](const ranked::RankedMatch& m) { return m.what.players.at(0); });
    const auto done = co_await p->engine.execute<RankedMatchAggregate>(
        match, ranked::ClaimResult{winner, false, {winner, 3, 1}}, [](const ranked::RankedMatch&) { return true; });
    co_return done ? std::string{} : done.error().message;
}

Task<std::string> ordering(Process* p, ranked::QueueId queue, ranked::QueueCommand command) {
    const auto done = co_await p->engine.execute<QueueAggregate>(
        queue, std::move(command), [](const ranked::Queue&) { return true; },
        [](Batch& batch, bool) { begin_matches(batch); });
    co_return done ? std::string{} : done.error().message;
}

struct QueueWorld {
    World world;

    std::string join(std::uint64_t who, double rating, Game where = {}) {
        return world->run(joining(&*world, who, rating, std::move(where)));
    }
    ranked::QueueId queue(Game where = {}) { return queue_id_of(where.game, where.region); }
    ranked::Queue state(Game where = {}) {
        return world->engine.peek<QueueAggregate>(queue(std::move(where)), [](const ranked::Queue& q) { return q; });
    }
    std::optional<MatchId> match_of(std::uint64_t who) {
        const auto q = state();
        const auto found = q.playing.find(player(who));
        return found == q.playing.end() ? std::nullopt : std::optional(found->second);
    }
};

}  // namespace

TEST_CASE("timers match at the exact instants, without ticks") {
    QueueWorld w;
    CHECK(w.join(1, 1200).empty());
    CHECK(w.join(2, 1500) == "");
    w.world->advance(seconds(239.999999));
    CHECK_FALSE(w.match_of(1).has_value());
    CHECK(w.state().pool.window_of(player(1)) == 250);
    w.world->advance(Duration{1});
    REQUIRE(w.match_of(1).has_value());
    const auto match =
        w.world->engine.peek<RankedMatchAggregate>(*w.match_of(1), [](const ranked::RankedMatch& m) { return m; });
    CHECK(match.what.players == std::vector{player(1), player(2)});
    CHECK(match.what.ratings == std::vector<double>{1200, 1500});
    CHECK(match.started_at == t0 + seconds(240));
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("a result ends the match in its queue, also where the server died in between") {
    for (const bool dies : {false, true}) {
        QueueWorld w;
        w.join(1, 1200);
        w.join(2, 1200);
        const auto match = *w.match_of(1);
        CHECK(w.join(1, 1200) == "a ranked match is not over yet");
        auto done = w.world->spawn(ending(&*w.world, match));
        w.world->poll();
        w.world->journal.flush();
        if (dies) w.world.restart();
        w.world->settle();
        CHECK_FALSE(w.match_of(1).has_value());
        CHECK(w.join(1, 1200).empty());
        CHECK_CLEAN(w.world.verdict());
    }
}

TEST_CASE("nobody is in two queues, and a pool's waiting is its own") {
    QueueWorld w;
    CHECK(w.join(1, 1200).empty());
    CHECK(w.join(1, 1200, {"chess", "eu"}) == "already in another matchmaking queue");
    CHECK(w.join(2, 1200, {"chess", "eu"}).empty());
    w.world->advance(seconds(100));
    CHECK(w.state().pool.size() == 1);
    CHECK(w.state({"chess", "eu"}).pool.size() == 1);
    SUBCASE("two at once") {
        auto a = w.world->spawn(joining(&*w.world, 3, 1200, {"x"})),
             b = w.world->spawn(joining(&*w.world, 3, 1200, {"y"}));
        w.world->settle();
        CHECK(a->get().empty() != b->get().empty());
    }
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("after an outage all who may meet do, also where they are too many for one command") {
    QueueWorld w;
    constexpr std::uint64_t many = 2100;
    for (std::uint64_t i = 1; i <= many; ++i) CHECK(w.join(i, 300.0 * static_cast<double>(i)).empty());
    CHECK(w.state().pool.size() == many);
    w.world->outside.clock.advance(seconds(250));
    w.world.restart();
    w.world->settle();
    CHECK(w.state().pool.size() == 0);
    CHECK(w.state().live.size() == many / 2);
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("tickets come back after a crash with the wait so far, and matching goes on") {
    QueueWorld w;
    w.join(1, 1200);
    w.join(2, 1500);
    w.join(3, 3000);
    w.world->advance(seconds(100));
    w.world.outside.clock.advance(seconds(50));
    w.world.restart();
    w.world->settle();
    CHECK(w.state().pool.ticket_of(player(3))->enqueued_at == t0);
    CHECK(w.state().pool.window_of(player(3)) == 200);
    w.world->advance(seconds(90));
    CHECK(w.match_of(1).has_value());
    w.world.outside.clock.advance(seconds(1000));
    w.world.restart();
    w.world->advance(seconds(29));
    CHECK(w.state().pool.contains(player(3)));
    w.world->advance(seconds(1));
    CHECK_FALSE(w.state().pool.contains(player(3)));
    CHECK(w.join(3, 3000).empty());
    CHECK(w.state().pool.ticket_of(player(3))->enqueued_at == t0);
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("a match that nobody reports is cancelled in time, also across a restart, and its players may join again") {
    QueueWorld w;
    w.join(1, 1200);
    w.join(2, 1200);
    w.world->advance(seconds(3600));
    w.world.restart();
    w.world->advance(seconds(3599));
    CHECK(w.match_of(1).has_value());
    w.world->advance(seconds(1));
    CHECK_FALSE(w.match_of(1).has_value());
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("replaying a queue starts at its last snapshot") {
    QueueWorld w;
    w.join(1, 1000);
    for (int i = 0; i < 2600; ++i) {
        w.join(2, 3000);
        w.world->run(ordering(&*w.world, w.queue(), ranked::LeaveQueue{player(2), 1}));
    }
    const auto before = w.state();
    CHECK(before.snapshot_at == ranked::snapshot_every);
    w.world.restart();
    const auto after = w.state();
    CHECK(after.events == before.events + 1);  // resumed
    CHECK(after.pool.ticket_of(player(1))->enqueued_at == t0);
    CHECK_CLEAN(w.world.verdict());
}

TEST_CASE("totals and estimates come from the log") {
    QueueWorld w;
    w.join(1, 1200);
    w.world->advance(seconds(10));
    w.join(2, 1200);
    w.join(3, 1200);
    const auto totals = w.world->matchmaking.totals();
    CHECK(totals.waiting == 1);
    CHECK(totals.matches == 1);
    CHECK(totals.live_matches == 1);
    CHECK(totals.mean_wait_s == doctest::Approx(5));
    w.world.restart();
    w.world->settle();
    CHECK(w.world->matchmaking.totals().matches == 1);
    CHECK(w.world->matchmaking.totals().estimates.scored == totals.estimates.scored);
}

TEST_CASE("after a crash at a random moment nobody is lost, doubled or in two matches, and what was answered stands") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        QueueWorld w;
        w.world.outside.matchmaking.common.queue = {.ready_check = seed % 2 == 0, .ready_skip_s = 0};
        w.world.restart();
        Prng prng(seed);
        std::map<std::uint64_t, std::shared_ptr<Pending<std::string>>> asked;
        for (int step = 0; step < 120; ++step) {
            const auto who = 1 + prng.below(20);
            auto& p = *w.world;
            switch (prng.below(8)) {
                case 0:
                case 1:
                case 2: asked[who] = p.spawn(joining(&p, who, 1000 + static_cast<double>(prng.below(300)), {})); break;
                case 3: p.spawn(ordering(&p, w.queue(), ranked::AcceptMatch{player(who)})); break;
                case 4:
                    p.spawn(ordering(&p, w.queue(), ranked::LeaveQueue{player(who), prng.next()})), asked.erase(who);
                    break;
                case 5:
                    if (const auto match = w.match_of(who)) p.spawn(ending(&p, *match));
                    break;
                case 6: p.advance(seconds(static_cast<double>(prng.below(40)))); break;
                default: prng.below(2) ? p.poll() : void(p.journal.flush());
            }
        }
        w.world->poll();
        std::set<std::uint64_t> acknowledged;
        for (const auto& [who, answer] : asked)
            if (answer->done() && answer->get().empty()) acknowledged.insert(who);
        w.world.restart();
        CAPTURE(seed);
        std::set<UserId> queued;
        for (const auto& event : w.world->store.read(w.queue().text(), 0))
            if (const auto e = decode_if<ranked::TicketQueued>(event)) queued.insert(e->ticket.player);
        for (const auto who : acknowledged) CHECK(queued.contains(player(who)));
        CHECK_CLEAN(w.world.verdict());
        w.world->advance(seconds(400));
        CHECK(w.state().waiting() == 0);
        CHECK_CLEAN(w.world.verdict());
    }
}

// --- settings ----------------------------------------------------------------------------------------------------------

TEST_CASE("a pool's own settings stand above the common ones") {
    const auto read =
        read_matchmaking_settings(parse_json(R"({"window": 80, "ready_check": true, "confirm_results": true,
                       "pools": [{"game": "chess", "timeout_s": 600}, {"region": "eu", "window": 50}]})")
                                      .value());
    REQUIRE(read.has_value());
    CHECK(read->of("pool", "").pool.window == 80);
    CHECK(read->of("pool", "").queue.ready_check);
    CHECK(read->of("chess", "").pool.timeout_s == 600);
    CHECK(read->of("chess", "").pool.window == 80);
    CHECK(read->of("chess", "").match.confirm_results);
    CHECK(read->of("pool", "eu").pool.window == 50);
    CHECK(read->allows("go", "us"));
}

TEST_CASE("with only_listed there are the listed pools and the default one") {
    const auto read =
        read_matchmaking_settings(parse_json(R"({"only_listed": true, "pools": [{"game": "chess"}]})").value());
    REQUIRE(read.has_value());
    CHECK(read->allows("pool", ""));
    CHECK(read->allows("chess", ""));
    CHECK_FALSE(read->allows("chess", "eu"));
}

TEST_CASE("a wrong setting is refused with a pointer to it") {
    const auto error = [](std::string_view text) {
        const auto read = read_matchmaking_settings(parse_json(text).value());
        REQUIRE_FALSE(read.has_value());
        return read.error().pointer + " " + read.error().message;
    };
    CHECK(error(R"({"windw": 1})") == "/windw no such setting");
    CHECK(error(R"({"pools": 1})") == "/pools must be a list of tables");
    CHECK(error(R"({"pools": [{"game": "a b"}]})") == "/pools/0/game must be 1 to 40 letters, digits, `_`, `-` or `.`");
    CHECK(error(R"({"ceiling": 50})") == "/ceiling ceiling must be at least the window");
    CHECK(error(R"({"pools": [{"timeout_s": 1}]})").starts_with("/pools/0/timeout_s "));
    CHECK(error(R"({"ready_check": 1})").starts_with("/ready_check "));
    CHECK(error(R"({"only_listed": 1})") == "/only_listed must be true or false");
}

}  // namespace agon
