#include <stdlib.h>

#include <filesystem>

#include "adapters/sqlite/checkpointer.hpp"
#include "adapters/sqlite/disk_testing.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "app/store_conformance.hpp"
#include "base/temporary_directory_testing.hpp"

namespace agon {

namespace fs = std::filesystem;
using namespace conformance;
using sqlite::testing::Damage, sqlite::testing::Disk, sqlite::testing::DiskFile;

namespace {

int cuts_wanted() {
    const auto* told = std::getenv("AGON_POWER_CUTS");
    return told ? std::atoi(told) : 2'000;
}

/// What was asked of the store, call by call: each call has some batches with events of some streams, sets a row that
/// counts the events and one of its own, takes away that of three calls ago, and moves a cursor.
class Calls {
public:
    std::vector<Batch> next(Prng& random) {
        std::vector<Batch> batches(1 + random.below(3));
        for (auto& one : batches) {
            one.at = {static_cast<std::int64_t>(log_.size())};
            for (auto streams = 1 + random.below(2); streams > 0; --streams)
                one.appends.push_back(some_events("s" + std::to_string(2 * random.below(3) + streams), random));
        }
        const auto number = static_cast<std::int64_t>(ends_.size()) + 1;
        batches.back().rows = {bot("count", "count", nullptr, static_cast<std::int64_t>(log_.size())),
                               bot(row_of(number), std::string(random.below(3'000), 'x'), 0.5, number),
                               no_bot(row_of(number - 3))};
        batches.back().cursor = Cursor{"follower", number};
        ends_.push_back(log_.size());
        return batches;
    }

    std::size_t size() const { return ends_.size(); }

    /// How many of the calls the store holds, each whole and nothing else; nothing where that is not so.
    std::optional<std::size_t> found_in(Store& store) const {
        const auto events = store.follow(0, 1'000'000);
        const auto end = std::ranges::lower_bound(ends_, events.size());
        if (!events.empty() && (end == ends_.end() || *end != events.size())) return std::nullopt;
        const auto calls = events.empty() ? 0 : static_cast<std::size_t>(end - ends_.begin()) + 1;
        for (std::size_t i = 0; i < events.size(); ++i)
            if (!same(events[i], log_[i])) return std::nullopt;
        if (store.cursor("follower") != static_cast<Seq>(calls) || !has_rows_of(store, calls, events.size()))
            return std::nullopt;
        return calls;
    }

    /// Those after these were never made.
    void keep(std::size_t calls) {
        ends_.resize(calls);
        log_.resize(ends_.empty() ? 0 : ends_.back());
        versions_.clear();
        for (const auto& event : log_) versions_[event.stream] = event.version;
    }

private:
    static std::string row_of(std::int64_t call) { return "call-" + std::to_string(call); }

    Append some_events(const StreamName& stream, Prng& random) {
        auto& version = versions_[stream];
        Append entry{stream, version, {}};
        for (auto events = 1 + random.below(3); events > 0; --events) {
            // Now and then one that fills pages.
            const auto size = random.below(random.below(10) == 0 ? 20'000 : 300);
            entry.events.push_back({"T" + std::to_string(log_.size()), std::string(size, 'd')});
            log_.push_back({.seq = static_cast<Seq>(log_.size()) + 1,
                            .stream = stream,
                            .version = ++version,
                            .at = {},
                            .type = entry.events.back().type,
                            .data = entry.events.back().data});
        }
        return entry;
    }

    static bool same(const Recorded& a, const Recorded& b) {
        return a.seq == b.seq && a.stream == b.stream && a.version == b.version && a.type == b.type && a.data == b.data;
    }

    static bool has_rows_of(Store& store, std::size_t calls, std::size_t events) {
        Texts wanted;
        const auto last = static_cast<std::int64_t>(calls);
        for (auto call = std::max<std::int64_t>(last - 2, 1); call <= last; ++call) wanted.push_back(row_of(call));
        std::ranges::sort(wanted);
        if (calls > 0) wanted.push_back("count");
        const auto found = store.select({.table = &bot_table(), .order_by = "id"});
        return keys(found) == wanted &&
               (calls == 0 || found.rows.back()[3] == Value{static_cast<std::int64_t>(events)});
    }

    std::vector<Recorded> log_;
    /// How many events there are after each call.
    std::vector<std::size_t> ends_;
    std::map<StreamName, Version> versions_;
};

/// A follower's rows: how many events it has seen.
const std::array<Table, 2> derived = derived_tables();

/// What came of a number of power cuts.
struct Harm {
    int cuts = 0;
    /// Cuts after which something acknowledged was not there.
    int lost = 0;
    /// Cuts after which a follower had to go back: what it saves is not synced.
    int forgotten = 0;
    /// Something by halves, or that cannot be read.
    int broken = 0;
    /// Grows differently where anything goes differently.
    std::uint64_t trace = 0;
};

/// A directory on a disk, and the program on it, started again after each cut.
class Life {
public:
    Life(Prng& random, bool lazy, Harm& harm) : random_(random), harm_(harm) { disk_.is_lazy = lazy; }

    /// From a start until the power goes, and on to when it is back. False when what is there is of no use any more.
    bool until_the_cut() {
        disk_.cut_at(1 + random_.below(50));
        try {
            start();
            if (!check()) return false;
            while (!disk_.is_off()) act();
        } catch (const StoreBroken& broken) {
            if (!disk_.is_off()) return damaged(broken.what());
        }
        close();
        ++harm_.cuts;
        harm_.trace = (harm_.trace ^ disk_.operations()) * 0x100000001b3;
        disk_.come_back(Damage{static_cast<int>(random_.below(3))}, random_);
        return true;
    }

private:
    void start() {
        store_ = open_sqlite_store(folder_.path);
        const Table* tables[] = {&bot_table(), &derived[0], &derived[1]};
        store_->prepare(tables);
        by_hand_ = std::make_unique<sqlite::Database>(folder_.path / "agon.db", sqlite::Access::read_write);
        derived_by_hand_ = std::make_unique<sqlite::Database>(folder_.path / "derived.db", sqlite::Access::read_write);
        for (auto* database : {by_hand_.get(), derived_by_hand_.get()})
            database->execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
    }

    /// The log is too short for the checkpointer's thread to wake: what it does happens here, in its turn.
    void act() {
        const auto what = random_.below(13);
        if (what < 7) return commit();
        if (what < 9) return follow();
        if (what == 12) return close(), start();
        const auto how = what % 2 ? sqlite::Checkpoint::passive : sqlite::Checkpoint::truncate;
        sqlite::checkpoint(random_.below(3) ? *by_hand_ : *derived_by_hand_, how);
    }

    void close() {
        by_hand_.reset();
        derived_by_hand_.reset();
        store_.reset();
    }

    void follow() {
        const auto last = store_->last_seq();
        if (last == 0) return;
        save_points(*store_, derived[0], last, {"follower", last});
        followed_to_ = last;
    }

    void commit() {
        const auto batches = calls_.next(random_);
        const auto outcomes = store_->commit(batches);
        REQUIRE(std::ranges::all_of(outcomes, &Committed::accepted));
        acknowledged_ = calls_.size();
    }

    bool check() {
        const auto found = calls_.found_in(*store_);
        if (!found) return damaged("something by halves");
        if (*found < acknowledged_) ++harm_.lost;
        if (!is_derived_whole()) return damaged("derived rows without their cursor");
        calls_.keep(*found);
        acknowledged_ = *found;
        harm_.trace = (harm_.trace ^ *found) * 0x100000001b3;
        return true;
    }

    /// However far its follower had come.
    bool is_derived_whole() {
        const auto cursor = store_->saved_cursor("follower");
        if (cursor < followed_to_) ++harm_.forgotten;
        followed_to_ = cursor;
        return points_in(*store_, derived[0]) == (cursor > 0 ? Points{cursor} : Points{});
    }

    bool damaged(const std::string& how) {
        MESSAGE(how, " after cut ", harm_.cuts);
        ++harm_.broken;
        return false;
    }

    Prng& random_;
    Harm& harm_;
    testing::TemporaryDirectory folder_;
    Disk disk_;
    Calls calls_;
    std::size_t acknowledged_ = 0;
    Seq followed_to_ = 0;
    std::unique_ptr<Store> store_;
    std::unique_ptr<sqlite::Database> by_hand_, derived_by_hand_;
};

Harm cut_the_power(std::uint64_t seed, int cuts, bool lazy) {
    constexpr int lives_per_disk = 40;
    Prng random{seed};
    Harm harm;
    while (harm.cuts < cuts && harm.broken == 0) {
        Life life(random, lazy, harm);
        for (int i = 0; i < lives_per_disk && harm.cuts < cuts && life.until_the_cut();) ++i;
    }
    return harm;
}

}  // namespace

TEST_CASE("a power cut takes nothing that was acknowledged, and leaves nothing by halves") {
    const auto harm = cut_the_power(20'261'120, cuts_wanted(), false);
    CHECK(harm.cuts == cuts_wanted());
    CHECK(harm.lost == 0);
    CHECK(harm.forgotten > 0);
    CHECK(harm.broken == 0);
}

TEST_CASE("the same cuts show a store that does not sync its commits: it loses some, though nothing by halves") {
    const auto harm = cut_the_power(20'261'120, std::max(cuts_wanted() / 5, 100), true);
    CHECK(harm.lost > harm.cuts / 20);
    CHECK(harm.broken == 0);
}

TEST_CASE("one seed cuts the power at the same moments, with the same ends") {
    const auto once = cut_the_power(7, 60, false);
    CHECK(once.trace == cut_the_power(7, 60, false).trace);
    CHECK(once.trace != cut_the_power(8, 60, false).trace);
}

TEST_CASE("what was synced survives a cut, and of the rest nothing, some, or sectors") {
    using enum DiskFile::Change::Kind;
    DiskFile file;
    file.changes = {{create, 0, {}}, {write, 0, std::string(2'048, 'a')}};
    file.sync();
    Prng random{1};
    std::map<std::size_t, int> ends;
    for (int i = 0; i < 200; ++i) {
        auto torn = file;
        torn.changes = {{write, 0, std::string(2'048, 'b')}};
        torn.survive(Damage::torn, random);
        const auto changed = std::ranges::count(*torn.durable, 'b');
        CHECK(changed % 512 == 0);
        ++ends[static_cast<std::size_t>(changed) / 512];
        auto undone = file;
        undone.changes = {{write, 0, "b"}, {truncate, 1, {}}, {remove, 0, {}}};
        undone.survive(Damage::undone, random);
        CHECK(undone.durable == file.durable);
    }
    CHECK(ends.size() == 5);  // none to all of the four
}

}  // namespace agon
