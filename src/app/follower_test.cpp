#include "app/follower.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

class Notes : public Follower {
public:
    using Follower::Follower;
    std::string seen;
    std::vector<Seq> runs;
    int failures = 0;

protected:
    void handle(const Recorded& event) override {
        if (failures > 0 && failures--) throw StoreBroken("cannot look it up");
        seen += event.type;
    }
    void handled(Seq seq) override { runs.push_back(seq); }
};

struct Desk {
    std::shared_ptr<MemoryData> disk = make_memory_data();
    FaultyStore store{open_memory_store(disk)};
    boost::asio::io_context context{1};
    Journal journal{store};
    Version version = 0;

    void write(std::string type) {
        journal.submit({.at = t0, .appends = {{"a", version++, {{std::move(type), "{}"}}}}, .rows = {}, .cursor = {}},
                       {}, nullptr, {});
    }
    void settle() {
        do {
            context.restart();
            context.poll();
        } while (journal.flush());
    }
};

}  // namespace

TEST_CASE("a follower sees every event once, in order, from its cursor on") {
    Desk desk;
    desk.write("1");
    desk.settle();
    Notes all{desk.journal, desk.context}, later{desk.journal, desk.context};
    all.follow_from(0);
    later.follow_from(1);
    desk.write("2");
    desk.write("3");
    desk.settle();
    desk.write("4");
    desk.settle();
    CHECK(all.seen == "1234");
    CHECK(later.seen == "234");
    CHECK(all.cursor() == 4);
    CHECK(all.runs.back() == 4);
}

TEST_CASE("a follower reads a long log in several runs") {
    Desk desk;
    for (int i = 0; i < 5000; ++i) desk.write("x");
    desk.settle();
    Journal fresh{desk.store};
    Notes notes{fresh, desk.context};
    notes.follow_from(0);
    desk.settle();
    CHECK(notes.seen.size() == 5000);
    CHECK(notes.runs.size() == 2);
}

TEST_CASE("a follower that lags behind is not told twice of what another program wrote") {
    Desk desk;
    Notes notes{desk.journal, desk.context};
    notes.follow_from(0);
    desk.write("1");
    desk.journal.flush();
    open_memory_store(desk.disk)->commit(
        std::vector{Batch{.at = t0, .appends = {{"b", 0, {{"2", "{}"}}}}, .rows = {}, .cursor = {}}});
    desk.write("3");
    desk.journal.flush();
    desk.settle();
    CHECK(notes.seen == "123");
}

TEST_CASE("an event that cannot be handled now is handled with the next commit: none is skipped, none done twice") {
    Desk desk;
    Notes notes{desk.journal, desk.context};
    notes.follow_from(0);
    desk.write("1");
    desk.settle();
    notes.failures = 1;
    desk.write("2");
    desk.write("3");
    CHECK_NOTHROW(desk.settle());
    CHECK(notes.seen == "1");
    desk.write("4");
    desk.settle();
    CHECK(notes.seen == "1234");
}

TEST_CASE("on a quiet server a follower that was let down goes on when it is woken") {
    Desk desk;
    Notes notes{desk.journal, desk.context};
    notes.follow_from(0);
    notes.failures = 1;
    desk.write("1");
    desk.settle();
    CHECK(notes.seen.empty());
    notes.wake();
    desk.settle();
    CHECK(notes.seen == "1");
    notes.wake();
    desk.settle();
    CHECK(notes.seen == "1");
}

}  // namespace agon
