#include <chrono>
#include <filesystem>
#include <thread>

#include "adapters/sqlite/disk_testing.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "app/journal.hpp"
#include "app/store_conformance.hpp"
#include "base/temporary_directory_testing.hpp"

namespace agon {

namespace fs = std::filesystem;
using namespace conformance;
using sqlite::testing::Damage, sqlite::testing::Disk;

namespace {

using Kind = StoreBroken::Kind;

/// A store on a disk that fails when it is told to, with three events that it acknowledged.
struct Desk {
    Desk() {
        open();
        for (Version version = 0; version < 3; ++version) REQUIRE(!refusal(version));
    }
    void open() {
        store = open_sqlite_store(path, [this](const StoreBroken& broken) {
            CHECK(broken.kind == Kind::fatal);
            last_words = broken.what();
            ++fatal;
        });
    }

    /// Why the next event, of so many bytes, was not taken; nothing where it was.
    std::optional<StoreBroken> refusal(Version version, std::size_t bytes = 10) {
        try {
            const Append entry{"a", version, {{"E", std::string(bytes, 'd')}}};
            const auto done = commit_one(*store, batch({entry}));
            REQUIRE(done.accepted());
            return std::nullopt;
        } catch (const StoreBroken& broken) {
            return broken;
        }
    }

    /// The program ends as one that is killed, on a machine that goes down with it, and starts again.
    void cut_and_start_again(Damage damage, Prng& random) {
        disk.cut_at(1);
        store.reset();
        disk.come_back(damage, random);
        open();
    }

    testing::TemporaryDirectory folder;
    fs::path path = folder.path;
    Disk disk;
    std::unique_ptr<Store> store;
    /// How often the store asked for the program's end.
    std::atomic<int> fatal = 0;
    std::string last_words;
};

/// So large an event makes the log so long that it is emptied.
constexpr std::size_t fills_the_log = 6 << 20;

template <class Probe>
bool soon(Probe probe) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!probe() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return probe();
}

}  // namespace

TEST_CASE("a full disk: commits are refused and leave nothing, reading goes on, and with space so do commits") {
    for (const auto limit : {ENOSPC, EDQUOT, EFBIG}) {
        Desk desk;
        desk.disk.writes_fail_with = limit;
        for (int i = 0; i < 3; ++i) {
            const auto why = desk.refusal(3);
            REQUIRE(why);
            CHECK(why->kind == Kind::storage_full);
            CHECK_MESSAGE(std::string_view(why->what()).contains("free some space"), why->what());
            CHECK(desk.store->read("a", 0).size() == 3);
            CHECK(desk.store->last_seq() == 3);
        }
        desk.disk.writes_fail_with = 0;
        CHECK(!desk.refusal(3));
        CHECK(desk.store->last_seq() == 4);
        CHECK(desk.fatal == 0);
    }
}

TEST_CASE("a write that fails for another reason is no full disk, and no reason to end") {
    Desk desk;
    desk.disk.writes_fail_with = EIO;
    const auto why = desk.refusal(3);
    REQUIRE(why);
    CHECK(why->kind == Kind::unavailable);
    desk.disk.writes_fail_with = 0;
    CHECK(!desk.refusal(3));
    CHECK(desk.fatal == 0);
}

TEST_CASE("a full disk does not take the log into the database file; that is made up for once there is space") {
    Desk desk;
    const auto file = desk.path / "agon.db";
    const auto empty_size = fs::file_size(file);
    // The commit is in the log before the disk is full; what is to be done then is to empty it.
    desk.disk.database_writes_fail_with = ENOSPC;
    REQUIRE(!desk.refusal(3, fills_the_log));
    CHECK(!desk.refusal(4));
    CHECK(desk.store->read("a", 0).size() == 5);
    desk.disk.database_writes_fail_with = 0;
    Version version = 5;
    CHECK(soon([&] { return !desk.refusal(version++) && fs::file_size(file) > empty_size + fills_the_log / 2; }));
    CHECK(desk.fatal == 0);
}

TEST_CASE("a log that cannot be emptied is tried once in a while, not as fast as it goes") {
    Desk desk;
    desk.disk.database_writes_fail_with = ENOSPC;
    REQUIRE(!desk.refusal(3, fills_the_log));
    REQUIRE(soon([&] { return desk.disk.failed_writes > 0; }));
    for (Version version = 4; version < 200; ++version) CHECK(!desk.refusal(version));
    CHECK(desk.disk.failed_writes < 20);
}

TEST_CASE("a sync that failed is never tried again: the program is told to end, and nothing more is acknowledged") {
    Prng random{5};
    for (const auto damage : {Damage::undone, Damage::mixed, Damage::torn}) {
        Desk desk;
        desk.disk.next_sync_fails = true;
        const auto first = desk.refusal(3);
        REQUIRE(first);
        CHECK(first->kind == Kind::fatal);
        CHECK(desk.fatal == 1);
        CHECK_MESSAGE(desk.last_words.contains("a sync failed"), desk.last_words);
        CHECK_MESSAGE(desk.last_words.contains("Input/output error"), desk.last_words);
        const auto syncs = desk.disk.syncs.load();
        for (int i = 0; i < 3; ++i) {
            const auto why = desk.refusal(3);
            REQUIRE(why);
            CHECK(why->kind == Kind::fatal);
            CHECK_MESSAGE(std::string_view(why->what()).contains("restart to write again"), why->what());
        }
        CHECK(desk.disk.syncs == syncs);
        CHECK(desk.fatal == 1);
        CHECK(desk.store->read("a", 0).size() >= 3);
        desk.cut_and_start_again(damage, random);
        CHECK(desk.store->read("a", 0).size() == 3);
        CHECK(!desk.refusal(3));
    }
}

TEST_CASE("a sync that failed on the way from the log into the database file ends the program, too") {
    Prng random{6};
    for (const auto damage : {Damage::undone, Damage::mixed, Damage::torn}) {
        Desk desk;
        desk.disk.next_database_sync_fails = true;
        // The log has it. It is acknowledged, unless the log is emptied before that is said.
        if (const auto late = desk.refusal(3, fills_the_log)) CHECK(late->kind == Kind::fatal);
        REQUIRE(soon([&] { return desk.fatal == 1; }));
        const auto syncs = desk.disk.syncs.load();
        const auto why = desk.refusal(4);
        REQUIRE(why);
        CHECK(why->kind == Kind::fatal);
        CHECK(desk.disk.syncs == syncs);
        desk.cut_and_start_again(damage, random);
        CHECK(desk.store->read("a", 0).size() == 4);
        CHECK(!desk.refusal(4));
    }
}

TEST_CASE(
    "a store whose disk is not to be trusted syncs nothing at its end; what the log holds is there at the next start") {
    Desk desk;
    desk.disk.next_sync_fails = true;
    REQUIRE(desk.refusal(3));
    const auto syncs = desk.disk.syncs.load();
    desk.store.reset();
    CHECK(desk.disk.syncs == syncs);
    CHECK(fs::file_size(desk.path / "agon.db-wal") > 0);
    desk.open();
    CHECK(desk.store->read("a", 0).size() >= 3);
}

TEST_CASE("a sync that fails at a clean end is told, too") {
    Desk desk;
    desk.disk.next_database_sync_fails = true;
    desk.store.reset();
    CHECK(desk.fatal == 1);
    desk.open();
    CHECK(desk.store->read("a", 0).size() == 3);
}

TEST_CASE(
    "a failed sync and the journal: the program is told before anybody who waits, and nobody is told of success") {
    Desk desk;
    Journal journal(*desk.store);
    std::vector<std::string> told;
    const auto submit = [&](Version version) {
        journal.submit(batch({append("a", version, {"E"})}), {}, nullptr, [&](const CommitOutcome& outcome) {
            told.push_back(fmt::format("{} after {}", outcome.accepted() ? "kept" : "broken", desk.fatal.load()));
        });
    };
    std::vector<std::optional<Kind>> reported;
    journal.on_commit(
        [&](const CommitReport& r) { reported.push_back(r.broken ? std::optional(r.broken->kind) : std::nullopt); });
    submit(3);
    submit(4);
    desk.disk.next_sync_fails = true;
    journal.flush();
    submit(3);
    journal.flush();
    CHECK(told == std::vector<std::string>{"broken after 1", "broken after 1", "broken after 1"});
    CHECK(reported == std::vector<std::optional<Kind>>{Kind::fatal, Kind::fatal});
    CHECK(journal.after(3)->empty());
}

TEST_CASE("a full disk and the journal: everybody in the commit is refused, and the next commit succeeds with space") {
    Desk desk;
    Journal journal(*desk.store);
    std::vector<bool> kept;
    const auto submit = [&](Version version) {
        journal.submit(batch({append("a", version, {"E"})}), {}, nullptr,
                       [&](const CommitOutcome& outcome) { kept.push_back(outcome.accepted()); });
    };
    desk.disk.writes_fail_with = ENOSPC;
    submit(3);
    submit(4);
    journal.flush();
    desk.disk.writes_fail_with = 0;
    submit(3);
    journal.flush();
    CHECK(kept == std::vector<bool>{false, false, true});
    CHECK(desk.store->last_seq() == 4);
}

}  // namespace agon
