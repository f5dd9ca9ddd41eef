#include "app/engine.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

const EntrantId ana{Uuid{{1}}}, ben{Uuid{{2}}};

EntrantId nth(int n) { return EntrantId{Uuid{{9, static_cast<std::uint8_t>(n / 256), static_cast<std::uint8_t>(n)}}}; }
std::size_t entrants(const Tournament& t) { return t.entrants.size(); }
RegisterEntrant enter(EntrantId id) { return {id, "somebody", {}}; }

struct Desk : World {
    TournamentId cup = tournament({}, 1000);

    auto execute(TournamentCommand command) {
        return (*this)->spawn((*this)->engine.execute<TournamentAggregate>(cup, std::move(command), entrants));
    }
    auto read() { return (*this)->spawn((*this)->engine.read<TournamentAggregate>(cup, entrants)); }
    auto view() {
        const auto render = [this](const Tournament& t, Version) {
            ++rendered;
            return std::make_shared<const Rendered>(std::to_string(t.entrants.size()));
        };
        return (*this)->spawn((*this)->engine.view<TournamentAggregate>(cup, ViewKind::details, render));
    }
    /// Another program writes to the tournament.
    void foreign(EntrantId id) { foreign(TournamentEvent(EntrantRegistered{id, "foreign", {}})); }
    void foreign(const TournamentEvent& event) {
        auto other = open_memory_store(outside.disk);
        const auto version = static_cast<Version>(other->read(cup.text(), 0).size());
        const auto done = other->commit(std::vector{
            Batch{.at = t0, .appends = {{cup.text(), version, {encode(event)}}}, .rows = {}, .cursor = {}}});
        REQUIRE(done.front().accepted());
    }
    int rendered = 0;
};

}  // namespace

TEST_CASE("answers never run ahead of the disk") {
    Desk desk;
    auto joined = desk.execute(enter(ana));
    auto read = desk.read();
    auto view = desk.view();
    auto refused = desk.execute(enter(ana));
    desk->poll();
    CHECK(desk.state(desk.cup).entrants.size() == 1);  // memory has moved on
    CHECK(!joined->done());
    CHECK(!read->done());
    CHECK(!view->done());
    CHECK(!refused->done());

    desk->journal.flush();
    desk->poll();
    CHECK(joined->get().value() == 1);
    CHECK(read->get() == 1);
    CHECK(view->get()->body == "1");
    CHECK(refused->get().error().code == Code::conflict);
}

TEST_CASE("what is durable is answered without the disk") {
    Desk desk;
    desk->run(desk->engine.execute<TournamentAggregate>(desk.cup, enter(ana), entrants)).value();
    const auto commits = desk->store.commits;
    auto read = desk.read();
    auto view = desk.view();
    auto refused = desk.execute(enter(ana));
    desk->poll();
    CHECK(read->get() == 1);
    CHECK(view->get()->body == "1");
    CHECK(refused->get().error().message == "already registered");
    CHECK(desk->store.commits == commits);
}

TEST_CASE("a hundred joins share one commit, and each is told its own place") {
    Desk desk;
    const auto commits = desk->store.commits;
    std::vector<decltype(desk.execute(enter(ana)))> joins;
    for (int i = 0; i < 100; ++i) joins.push_back(desk.execute(enter(nth(i))));
    desk->settle();
    CHECK(desk->store.commits == commits + 1);
    for (std::size_t i = 0; i < joins.size(); ++i) CHECK(joins[i]->get().value() == i + 1);
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("a command without events is answered when what it rests on is durable") {
    Desk desk;
    auto closed = desk.execute(CloseRegistration{});
    auto again = desk.execute(CloseRegistration{});
    desk->poll();
    CHECK(!again->done());
    desk->settle();
    CHECK(again->get().has_value());
    CHECK(desk->store.read(desk.cup.text(), 0).size() == 3);
}

TEST_CASE("a command without events that rests on what was lost is decided again") {
    Desk failing;
    std::shared_ptr<Pending<Result<std::size_t>>> again;
    failing->store.failing_commits = 1;
    failing->store.during_commit = [&] {
        again = failing.execute(CloseRegistration{});
        failing->poll();
    };
    auto closed = failing.execute(CloseRegistration{});
    failing->settle();
    CHECK_THROWS_AS(closed->get(), StoreBroken);
    CHECK(again->get().has_value());
    failing->engine.forget<TournamentAggregate>(failing.cup);
    CHECK(failing.state(failing.cup).status == Status::ready);

    Desk behind;
    behind.foreign(ben);
    auto first = behind.execute(CloseRegistration{});
    auto second = behind.execute(CloseRegistration{});
    behind->settle();
    CHECK(first->get().value() == 1);
    CHECK(second->get().value() == 1);
}

TEST_CASE("where another program was first, the state is loaded anew and the command decided again") {
    Desk desk;
    desk.foreign(ben);
    auto joined = desk.execute(enter(ana));
    desk->settle();
    CHECK(joined->get().value() == 2);
    CHECK(desk.state(desk.cup).entrants.size() == 2);

    desk.foreign(nth(1));
    auto twice = desk.execute(enter(nth(1)));
    desk->settle();
    CHECK(twice->get().error().message == "already registered");
}

TEST_CASE("everybody who decided on a state that another program had left behind decides again") {
    Desk desk;
    desk.foreign(ben);
    std::vector<decltype(desk.execute(enter(ana)))> joins;
    for (int i = 0; i < 10; ++i) joins.push_back(desk.execute(enter(nth(i))));
    desk->settle();
    std::set<std::size_t> places;
    for (auto& join : joins) places.insert(join->get().value());
    CHECK(places == std::set<std::size_t>{2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("of a group that another program was ahead of, nothing is kept by chance") {
    Desk desk;
    desk.foreign(TournamentEvent(RegistrationClosed{}));
    std::vector<decltype(desk.execute(enter(ana)))> joins;
    for (int i = 0; i < 3; ++i) joins.push_back(desk.execute(enter(nth(i))));
    desk->settle();
    for (auto& join : joins) CHECK(!join->get().has_value());
}

TEST_CASE("a read that saw what met a conflict looks again") {
    Desk desk;
    desk.foreign(ben);
    desk.foreign(nth(1));
    auto joined = desk.execute(enter(ana));
    auto read = desk.read();
    auto view = desk.view();
    desk->settle();
    CHECK(joined->get().value() == 3);
    CHECK(read->get() >= 2);
    CHECK(view->get()->body >= "2");
    CHECK(desk.state(desk.cup).entrants.front().name == "foreign");
}

TEST_CASE("a store that fails: the caller is told, and memory goes back to what is on disk") {
    Desk desk;
    desk->store.failing_commits = 1;
    auto joined = desk.execute(enter(ana));
    auto read = desk.read();
    desk->settle();
    CHECK_THROWS_AS(joined->get(), StoreBroken);
    CHECK(read->get() == 0);
    CHECK(desk.state(desk.cup).entrants.empty());
    auto again = desk.execute(enter(ana));
    desk->settle();
    CHECK(again->get().value() == 1);
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("while the store takes nothing, what it has can be read") {
    Desk desk;
    desk.execute(enter(ben));
    desk->settle();
    desk->store.failing_commits = 100;
    for (int i = 0; i < 3; ++i) {
        auto joined = desk.execute(enter(ana));
        auto read = desk.read();
        auto view = desk.view();
        desk->settle();
        CHECK_THROWS_AS(joined->get(), StoreBroken);
        CHECK(read->get() == 1);
        CHECK(view->get()->body == "1");
    }
    desk->store.failing_commits = 0;
    auto joined = desk.execute(enter(ana));
    desk->settle();
    CHECK(joined->get().value() == 2);
    CHECK_CLEAN(desk.verdict());
}

TEST_CASE("a read during a commit that fails does not tell what was lost") {
    Desk desk;
    std::shared_ptr<Pending<std::size_t>> read;
    std::shared_ptr<Pending<RenderedPtr>> view;
    std::shared_ptr<Pending<Result<std::size_t>>> refused;
    desk->store.failing_commits = 1;
    desk->store.during_commit = [&] {
        read = desk.read();
        view = desk.view();
        refused = desk.execute(enter(ana));
        desk->poll();
    };
    auto joined = desk.execute(enter(ana));
    desk->settle();
    CHECK_THROWS_AS(joined->get(), StoreBroken);
    REQUIRE(desk.state(desk.cup).entrants.size() == 1);  // the second of them came through
    CHECK(refused->get().value() == 1);
    CHECK(read->get() == 0);
    CHECK(view->get()->body == "0");
}

TEST_CASE("a refusal that rested on what was lost is not given") {
    World world;
    const auto cup = world.tournament({}, 2);
    world.join(cup, world.builtin("rock"));
    const auto join = [&](EntrantId id) {
        return world->spawn(world->engine.execute<TournamentAggregate>(cup, enter(id), entrants));
    };
    std::shared_ptr<Pending<Result<std::size_t>>> late;
    world->store.failing_commits = 1;
    world->store.during_commit = [&] {
        late = join(ben);
        world->poll();
    };
    auto lost = join(ana);
    world->settle();
    CHECK_THROWS_AS(lost->get(), StoreBroken);
    CHECK(late->get().value() == 2);  // there was a place after all
}

TEST_CASE("a view is rendered once per version") {
    Desk desk;
    for (int i = 0; i < 5; ++i) desk.view();
    desk->settle();
    CHECK(desk.rendered == 1);
    desk.execute(enter(ana));
    for (int i = 0; i < 5; ++i) desk.view();
    desk->settle();
    CHECK(desk.rendered == 2);
}

TEST_CASE("a view of what is not there is not kept") {
    Desk desk;
    int asked = 0;
    const auto none = [&](const Tournament&, Version) -> RenderedPtr { return ++asked, nullptr; };
    for (int i = 0; i < 2; ++i)
        CHECK(desk->run(desk->engine.view<TournamentAggregate>(make_tournament_id(t0, 8, 9), ViewKind::bracket,
                                                               none)) == nullptr);
    CHECK(asked == 2);
}

TEST_CASE("the sweep frees what nobody uses, and nothing that is on its way to the disk") {
    Desk desk;
    desk->advance(seconds(61));
    CHECK(desk->engine.sweep(seconds(60)) == 1);
    CHECK(desk->engine.loaded() == 0);

    auto joined = desk.execute(enter(ana));
    desk->poll();
    desk.outside.clock.advance(seconds(61));
    CHECK(desk->engine.sweep(seconds(60)) == 0);
    desk->settle();
    desk.outside.clock.advance(seconds(30));
    CHECK(desk->engine.sweep(seconds(60)) == 1);
    desk.state(desk.cup);
    CHECK(desk->engine.sweep(seconds(60)) == 0);  // used a moment ago
    CHECK(desk.state(desk.cup).entrants.size() == 1);
}

TEST_CASE("a stream that could not be read is read anew") {
    Desk desk;
    desk.execute(enter(ana));
    desk->settle();
    desk->engine.forget<TournamentAggregate>(desk.cup);
    desk->store.failing_reads = 1;
    CHECK_THROWS_AS(desk.state(desk.cup), StoreBroken);
    CHECK(desk.state(desk.cup).entrants.size() == 1);
}

TEST_CASE("an event that this program does not know stops the stream, and the next attempt stops at it too") {
    Desk desk;
    desk.execute(enter(ana));
    desk->settle();
    auto other = open_memory_store(desk.outside.disk);
    other->commit(std::vector{
        Batch{.at = t0, .appends = {{desk.cup.text(), 3, {{"FromTheFuture", "{}"}}}}, .rows = {}, .cursor = {}}});
    desk->engine.forget<TournamentAggregate>(desk.cup);
    for (int i = 0; i < 3; ++i) CHECK_THROWS_AS(desk.state(desk.cup), StoreBroken);
}

TEST_CASE("rows are written with the events, and only where they change") {
    Desk desk;
    desk.execute(enter(ana));
    desk->settle();
    const auto rows = rows::select<rows::TournamentRow>(desk->store, {});
    REQUIRE(rows.rows.size() == 1);
    CHECK(rows.rows[0].tournament_id == desk.cup);
    CHECK(rows.rows[0].current_participants == 1);
}

TEST_CASE("many threads execute on one stream while the journal's thread writes") {
    World world;
    const auto cup = world.tournament({}, 1000);
    world->journal.start();
    // The contexts outlive the journal's thread: it may still be inside `post` when what it posted has already run.
    std::deque<boost::asio::io_context> contexts;
    for (int t = 0; t < 4; ++t) contexts.emplace_back(1);
    std::vector<std::thread> threads;
    std::atomic<int> joined = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            auto& context = contexts[t];
            std::vector<std::shared_ptr<Pending<Result<std::size_t>>>> all;
            for (int i = 0; i < 50; ++i)
                all.push_back(spawn_on(
                    context, world->engine.execute<TournamentAggregate>(cup, enter(nth(t * 50 + i)), entrants)));
            while (!std::ranges::all_of(all, [](const auto& p) { return p->done(); })) context.run_one_for(seconds(1));
            for (auto& p : all) joined += p->value && p->value->has_value();
        });
    for (auto& thread : threads) thread.join();
    world->journal.stop();
    CHECK(joined == 200);
    CHECK(world.state(cup).entrants.size() == 200);
    CHECK_CLEAN(world.verdict());
}

}  // namespace agon
