#include "app/journal.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

Batch one_event(const StreamName& stream, Version expected, std::string type = "Happened") {
    return {.at = t0, .appends = {{stream, expected, {{std::move(type), "{}"}}}}, .rows = {}, .cursor = {}};
}

/// A journal over a disk that fails when told to.
struct Desk {
    std::shared_ptr<MemoryData> disk = make_memory_data();
    FaultyStore store{open_memory_store(disk)};
    Journal journal{store};
    std::vector<std::string> told;

    /// Submits, and writes down what became of it under `name`.
    void submit(Batch batch, const std::string& name) {
        journal.submit(std::move(batch), {}, nullptr, [this, name](const CommitOutcome& o) {
            told.push_back(fmt::format("{}: {}", name, o.broken ? "broken" : o.accepted() ? "kept" : "conflict"));
        });
    }
    std::string types_after(Seq seq) {
        std::string types;
        for (auto chunk = journal.after(seq); !chunk->empty(); chunk = journal.after(seq))
            for (const auto& event : *chunk)
                if (event.seq > seq) types += event.type, seq = event.seq;
        return types;
    }
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("batches are committed in the order of their submission, all that wait in one commit") {
    Desk desk;
    desk.submit(one_event("a", 0, "1"), "first");
    desk.submit(one_event("b", 0, "2"), "second");
    desk.submit(one_event("a", 1, "3"), "third");
    CHECK(desk.journal.is_busy());
    CHECK(desk.told.empty());
    CHECK(desk.journal.flush());
    CHECK(!desk.journal.is_busy());
    CHECK(desk.store.group_sizes == std::vector<std::size_t>{3});
    CHECK(desk.types_after(0) == "123");
    CHECK(desk.told == Told{"first: kept", "second: kept", "third: kept"});
    CHECK(desk.journal.last_seq() == 3);
    CHECK(!desk.journal.flush());
}

TEST_CASE("what arrives during a commit goes into the next") {
    Desk desk;
    desk.store.during_commit = [&] { desk.submit(one_event("b", 0, "2"), "second"); };
    desk.submit(one_event("a", 0, "1"), "first");
    desk.journal.flush();
    CHECK(desk.told == Told{"first: kept"});
    CHECK(desk.journal.is_busy());
    desk.journal.flush();
    CHECK(desk.types_after(0) == "12");
}

TEST_CASE("an empty batch is a barrier: done with all before it, and costs no commit of its own") {
    Desk desk;
    desk.submit(one_event("a", 0), "event");
    desk.submit({}, "barrier");
    desk.journal.flush();
    CHECK(desk.told.back() == "barrier: kept");
    desk.submit({}, "alone");
    desk.journal.flush();
    CHECK(desk.told.back() == "alone: kept");
    CHECK(desk.store.commits == 1);
}

TEST_CASE("a conflict is refused alone, with the version found") {
    Desk desk;
    desk.submit(one_event("a", 0, "1"), "first");
    std::optional<Conflict> conflict;
    desk.journal.submit(one_event("a", 0, "x"), {}, nullptr,
                        [&](const CommitOutcome& o) { conflict = o.committed.conflict; });
    desk.submit(one_event("b", 0, "2"), "third");
    desk.journal.flush();
    REQUIRE(conflict.has_value());
    CHECK(conflict->stream == "a");
    CHECK(conflict->found == 1);
    CHECK(desk.types_after(0) == "12");
    CHECK(desk.told.back() == "third: kept");
}

TEST_CASE("a broken store fails the whole group, and later ones work") {
    Desk desk;
    desk.store.failing_commits = 1;
    CommitReport report;
    desk.journal.on_commit([&](const CommitReport& r) { report = r; });
    desk.submit(one_event("a", 0), "first");
    desk.submit(one_event("b", 0), "second");
    desk.journal.flush();
    CHECK(desk.told == Told{"first: broken", "second: broken"});
    CHECK(report.broken);
    CHECK(report.batches == 2);
    CHECK(desk.journal.after(0)->empty());
    desk.submit(one_event("a", 0), "again");
    desk.journal.flush();
    CHECK(desk.told.back() == "again: kept");
    CHECK(!report.broken);
    CHECK(report.events == 1);
}

TEST_CASE("followers are woken by commits with events, and by no others") {
    Desk desk;
    int woken = 0;
    desk.journal.on_append([&](const auto&) { ++woken; });
    desk.submit({}, "barrier");
    desk.journal.flush();
    desk.submit({.at = t0, .appends = {}, .rows = {}, .cursor = Cursor{"f", 1}}, "cursor");
    desk.journal.flush();
    CHECK(woken == 0);
    desk.submit(one_event("a", 0), "event");
    desk.journal.flush();
    CHECK(woken == 1);
}

TEST_CASE("recent events come from memory, older ones from the store") {
    Desk desk;
    for (Version v = 0; v < 3; ++v) {
        desk.submit(one_event("a", v, std::to_string(v + 1)), "");
        desk.journal.flush();
    }
    CHECK(desk.types_after(0) == "123");
    CHECK(desk.types_after(2) == "3");
    CHECK(desk.types_after(3).empty());
    CHECK(desk.store.follows == 0);

    Journal fresh{desk.store};
    CHECK(fresh.last_seq() == 3);
    CHECK(fresh.after(1)->size() == 2);
    CHECK(fresh.after(3)->empty());
    CHECK(desk.store.follows == 2);
}

TEST_CASE("what another program wrote in between is not skipped") {
    Desk desk;
    desk.submit(one_event("a", 0, "1"), "");
    desk.journal.flush();
    auto other = open_memory_store(desk.disk);
    other->commit(std::vector{one_event("b", 0, "2"), one_event("b", 1, "3")});
    desk.submit(one_event("a", 1, "4"), "");
    desk.journal.flush();

    std::string read;
    for (Seq seq = 0; seq < desk.journal.last_seq();) {
        const auto chunk = desk.journal.after(seq);
        REQUIRE(!chunk->empty());
        for (const auto& event : *chunk)
            if (event.seq > seq) read += event.type;
        seq = chunk->back().seq;
    }
    CHECK(read == "1234");
}

TEST_CASE("a chunk holds what the store would have said") {
    Desk desk;
    desk.submit(one_event("a", 0, "1"), "");
    desk.submit(one_event("a", 0, "conflict"), "");
    desk.submit({.at = t0 + seconds(1),
                 .appends = {{"b", 0, {{"2", "{}"}, {"3", "{}"}}}, {"a", 1, {{"4", "{}"}}}},
                 .rows = {},
                 .cursor = {}},
                "");
    desk.journal.flush();
    const auto remembered = desk.journal.after(0);
    const auto stored = desk.store.follow(0, 100);
    REQUIRE(remembered->size() == stored.size());
    for (std::size_t i = 0; i < stored.size(); ++i) {
        const auto &a = (*remembered)[i], &b = stored[i];
        CHECK(std::tie(a.seq, a.stream, a.version, a.at, a.type, a.data) ==
              std::tie(b.seq, b.stream, b.version, b.at, b.type, b.data));
    }
}

TEST_CASE("the journal's own thread commits by itself, and stop leaves nothing behind") {
    Desk desk;
    desk.journal.start();
    for (Version v = 0; v < 1000; ++v) desk.submit(one_event("a", v), "");
    desk.journal.stop();
    CHECK(desk.told.size() == 1000);
    CHECK(desk.store.last_seq() == 1000);
    CHECK(!desk.journal.is_busy());
}

TEST_CASE("many threads submit; every batch is answered once") {
    Desk desk;
    std::atomic<int> kept = 0;
    desk.journal.start();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (Version v = 0; v < 250; ++v)
                desk.journal.submit(one_event("s" + std::to_string(t), v), {}, nullptr,
                                    [&](const CommitOutcome& o) { kept += o.accepted(); });
        });
    for (auto& thread : threads) thread.join();
    desk.journal.stop();
    CHECK(kept == 1000);
    CHECK(desk.store.last_seq() == 1000);
}

}  // namespace agon
