#include <stdlib.h>

#include <filesystem>

#include "adapters/sqlite/disk_testing.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "app/store_conformance.hpp"

namespace agon {

namespace fs = std::filesystem;
using namespace conformance;
using sqlite::testing::Damage, sqlite::testing::Disk;

namespace {

/// A store on a disk that fails when it is told to, with three events that it acknowledged.
struct Desk {
    Desk() {
        auto name = (fs::temp_directory_path() / "agon-fault-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()));
        path = name;
        store = open_sqlite_store(path);
        for (Version version = 0; version < 3; ++version) REQUIRE(says(version).empty());
    }
    ~Desk() {
        store.reset();
        fs::remove_all(path);
    }

    /// Why the next event was not taken; empty where it was.
    std::string says(Version version) {
        try {
            const auto done = commit_one(*store, batch({append("a", version, {"E"})}));
            return done.accepted() ? "" : "a conflict";
        } catch (const StoreBroken& broken) {
            return broken.what();
        }
    }

    fs::path path;
    Disk disk;
    std::unique_ptr<Store> store;
};

}  // namespace

TEST_CASE("a full disk: commits are refused and leave nothing, reading goes on, and with space so do commits") {
    Desk desk;
    desk.disk.is_full = true;
    for (int i = 0; i < 3; ++i) {
        const auto why = desk.says(3);
        CHECK_MESSAGE(why.contains("free some space"), why);
        CHECK(desk.store->read("a", 0).size() == 3);
        CHECK(desk.store->last_seq() == 3);
    }
    desk.disk.is_full = false;
    CHECK(desk.says(3).empty());
    CHECK(desk.store->last_seq() == 4);
}

TEST_CASE("a sync that failed is never tried again: nothing more is acknowledged until the program starts anew") {
    Prng random{5};
    for (const auto damage : {Damage::undone, Damage::mixed, Damage::torn}) {
        Desk desk;
        desk.disk.next_sync_fails = true;
        CHECK_FALSE(desk.says(3).empty());
        const auto syncs = desk.disk.syncs;
        for (int i = 0; i < 3; ++i) {
            const auto why = desk.says(3);
            CHECK_MESSAGE(why.contains("restart to write again"), why);
        }
        CHECK(desk.disk.syncs == syncs);
        CHECK(desk.store->read("a", 0).size() >= 3);
        // As a program ends that is killed, on a machine that goes down with it.
        desk.disk.cut_at(1);
        desk.store.reset();
        desk.disk.come_back(damage, random);
        desk.store = open_sqlite_store(desk.path);
        const auto kept = desk.store->read("a", 0).size();
        CHECK(kept == 3);
        CHECK(desk.says(3).empty());
    }
}

}  // namespace agon
