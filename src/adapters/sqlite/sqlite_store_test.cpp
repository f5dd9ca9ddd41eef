#include "adapters/sqlite/sqlite_store.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "adapters/sqlite/database.hpp"
#include "app/store_conformance.hpp"
#include "base/prng.hpp"
#include "base/temporary_directory_testing.hpp"

namespace agon {

namespace fs = std::filesystem;
using namespace conformance;

namespace {

struct Scratch : testing::TemporaryDirectory {
    fs::path file() const { return path / "agon.db"; }
    sqlite::Database connection() const { return {file(), sqlite::Access::read_write}; }
};

std::string refusal_to_open(const fs::path& directory) {
    try {
        open_sqlite_store(directory);
    } catch (const StoreBroken& broken) {
        return broken.what();
    }
    return "";
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

mode_t mode_of(const fs::path& path) {
    struct stat found{};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    return found.st_mode & 0777;
}

void fill(Store& store, int events) {
    Append entry{"tourn_a", 0, {}};
    for (int i = 0; i < events; ++i) entry.events.push_back({"Moved", std::string(200, 'x')});
    REQUIRE(commit_one(store, batch({entry})).accepted());
}

}  // namespace

TEST_CASE("the SQLite store keeps the rules of the port") {
    std::unique_ptr<Scratch> scratch;
    store_conformance(
        [&] {
            scratch = std::make_unique<Scratch>();
            return open_sqlite_store(scratch->path);
        },
        [&] { return open_sqlite_store(scratch->path); });
}

TEST_CASE("the directory and the file are made for their owner alone") {
    const Scratch scratch;
    const auto directory = scratch.path / "data" / "agon";
    open_sqlite_store(directory);
    CHECK(mode_of(directory) == 0700);
    CHECK(mode_of(directory / "agon.db") == 0600);
}

TEST_CASE("a closed store leaves one file and nothing in a log") {
    const Scratch scratch;
    fill(*open_sqlite_store(scratch.path), 10);
    CHECK(std::distance(fs::directory_iterator(scratch.path), {}) == 1);
}

// --- files that are refused -------------------------------------------------------------------------------------------

TEST_CASE("a file that is no database is refused, with what to do, and left as it is") {
    const Scratch scratch;
    std::ofstream(scratch.file()) << std::string(8'192, 'x');
    const auto refusal = refusal_to_open(scratch.path);
    CHECK(says(refusal, scratch.file().string()));
    CHECK(says(refusal, "restore a backup"));
    CHECK(fs::file_size(scratch.file()) == 8'192);
}

TEST_CASE("a file with a damaged page is refused at the start") {
    const Scratch scratch;
    fill(*open_sqlite_store(scratch.path), 2'000);
    std::fstream file(scratch.file(), std::ios::in | std::ios::out | std::ios::binary);
    for (const int page : {20, 40, 60}) {
        file.seekp(page * 4'096);
        file << std::string(512, '\xff');
    }
    file.close();
    const auto refusal = refusal_to_open(scratch.path);
    CHECK(says(refusal, scratch.file().string()));
    CHECK(says(refusal, "restore a backup"));
}

TEST_CASE("a file of a newer program is refused, with both versions") {
    const Scratch scratch;
    open_sqlite_store(scratch.path);
    scratch.connection().execute("PRAGMA user_version = 2");
    CHECK(says(refusal_to_open(scratch.path), "written by a newer agon (schema 2, this one knows 1)"));
}

TEST_CASE("a database of another program is refused") {
    const Scratch scratch;
    std::ofstream(scratch.file()).flush();
    scratch.connection().execute("CREATE TABLE song(name TEXT)");
    CHECK(says(refusal_to_open(scratch.path), "of another program"));
}

// --- what is derived --------------------------------------------------------------------------------------------------

namespace {

/// A store whose follower has seen so many events.
void follow_to(const Scratch& scratch, Seq seen) {
    const auto tables = derived_tables();
    const Table* all[] = {&tables[0], &tables[1]};
    auto store = open_sqlite_store(scratch.path);
    store->prepare(all);
    for (auto version = store->last_seq(); version < seen; ++version)
        REQUIRE(commit_one(*store, batch({append("a", version, {"1"})})).accepted());
    save_points(*store, tables[0], seen, {"ratings", seen});
}

std::pair<Seq, Points> found_again(const Scratch& scratch) {
    const auto tables = derived_tables();
    const Table* all[] = {&tables[0], &tables[1]};
    auto store = open_sqlite_store(scratch.path);
    CHECK(store->prepare(all).empty());
    return {store->saved_cursor("ratings"), points_in(*store, tables[0])};
}

}  // namespace

TEST_CASE("what is derived has a file of its own, for its owner alone, and begins anew where that is gone") {
    const Scratch scratch;
    open_sqlite_store(scratch.path);
    CHECK(!fs::exists(scratch.path / "derived.db"));
    follow_to(scratch, 3);
    CHECK(mode_of(scratch.path / "derived.db") == 0600);
    CHECK(found_again(scratch) == std::pair(Seq{3}, Points{3}));
    fs::remove(scratch.path / "derived.db");
    CHECK(found_again(scratch) == std::pair(Seq{0}, Points{}));
}

TEST_CASE("beside another log what is derived begins anew, however long that is; not so beside a copy of its own") {
    const Scratch scratch;
    follow_to(scratch, 3);
    fs::copy_file(scratch.file(), scratch.path / "copy");
    follow_to(scratch, 5);
    fs::rename(scratch.path / "copy", scratch.file());
    SUBCASE("an older copy") {}
    SUBCASE("an older copy that went on") {
        auto store = open_sqlite_store(scratch.path);
        const std::vector<Batch> other{{.at = {2'000}, .appends = {append("a", 3, {"1", "2", "3", "4"})}}};
        REQUIRE(store->commit(other).front().accepted());
    }
    CHECK(found_again(scratch) == std::pair(Seq{0}, Points{}));
    follow_to(scratch, 9);
    fs::copy_file(scratch.file(), scratch.path / "copy");
    fs::rename(scratch.path / "copy", scratch.file());
    CHECK(found_again(scratch) == std::pair(Seq{9}, Points{9}));
}

TEST_CASE("rows that an older program kept in the log's file are taken away from there") {
    const Scratch scratch;
    auto tables = derived_tables();
    for (auto& table : tables) table.derived = false;
    const Table* before[] = {&tables[0], &tables[1]};
    {
        auto store = open_sqlite_store(scratch.path);
        store->prepare(before);
        commit_one(*store, batch({append("a", 0, {"1"})}));
    }
    CHECK(found_again(scratch) == std::pair(Seq{0}, Points{}));
    CHECK(scratch.connection().integer("SELECT count(*) FROM row_table") == 0);
    CHECK(scratch.connection().integer("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%derived_test%'") == 0);
}

TEST_CASE("a damaged file of what is derived is refused, with the advice to delete it") {
    const Scratch scratch;
    follow_to(scratch, 3);
    std::ofstream(scratch.path / "derived.db") << std::string(8'192, 'x');
    const auto refusal = refusal_to_open(scratch.path);
    CHECK(says(refusal, "derived.db"));
    CHECK(says(refusal, "delete it"));
}

// --- other processes --------------------------------------------------------------------------------------------------

TEST_CASE("a write of another process in between is seen: versions and seqs go on after it") {
    const Scratch scratch;
    auto store = open_sqlite_store(scratch.path);
    const auto first = commit_one(*store, batch({append("a", 0, {"1"})}));
    scratch.connection().execute(
        "INSERT INTO event(seq, stream, version, at, type, data) VALUES(7, 'a', 2, 0, '2', '{}')");
    const auto late = commit_one(*store, batch({append("a", 1, {"late"})}));
    REQUIRE(late.conflict);
    CHECK(late.conflict->found == 2);
    CHECK(commit_one(*store, batch({append("a", 2, {"3"})})).first_seq == 8);
    CHECK(first.first_seq == 1);
    CHECK(types(store->follow(0, 10)) == Texts{"1", "2", "3"});
}

TEST_CASE("two stores over one file take turns") {
    const Scratch scratch;
    auto left = open_sqlite_store(scratch.path);
    auto right = open_sqlite_store(scratch.path);
    for (Version version = 0; version < 40; version += 2) {
        CHECK(commit_one(*left, batch({append("a", version, {"left"})})).accepted());
        CHECK_FALSE(commit_one(*right, batch({append("a", version, {"late"})})).accepted());
        CHECK(commit_one(*right, batch({append("a", version + 1, {"right"})})).accepted());
    }
    CHECK(left->last_seq() == 40);
}

// --- the log file -----------------------------------------------------------------------------------------------------

TEST_CASE("the write-ahead log stays short while commits go on") {
    const Scratch scratch;
    auto store = open_sqlite_store(scratch.path);
    std::uintmax_t longest = 0;
    for (Version version = 0; version < 20'000; version += 100) {
        Append entry{"a", version, {}};
        for (int i = 0; i < 100; ++i) entry.events.push_back({"Moved", std::string(1'000, 'x')});
        REQUIRE(commit_one(*store, batch({entry})).accepted());
        longest = std::max(longest, fs::file_size(scratch.file().string() + "-wal"));
    }
    CHECK(longest < (66u << 20));
}

// --- failures ---------------------------------------------------------------------------------------------------------

namespace {

/// The child's part: commits one event after the other, each with a row, and reports each acknowledged version.
[[noreturn]] void commit_until_killed(const fs::path& directory, int pipe) {
    auto store = open_sqlite_store(directory);
    const Table* tables[] = {&bot_table()};
    store->prepare(tables);
    auto version = static_cast<Version>(store->read("a", 0).size());
    for (;;) {
        std::vector<Batch> two{batch({append("a", version, {"1"})}), batch({append("a", version + 1, {"2"})})};
        two[1].rows = {bot("count", "count", nullptr, version + 2)};
        store->commit(two);
        version += 2;
        if (::write(pipe, &version, sizeof version) != sizeof version) ::_exit(1);
    }
}

/// Starts a child, kills it after `wait`, and returns the last version it reported.
Version run_and_kill(const fs::path& directory, std::chrono::microseconds wait) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::close(ends[0]);
        commit_until_killed(directory, ends[1]);
    }
    ::close(ends[1]);
    std::this_thread::sleep_for(wait);
    ::kill(child, SIGKILL);
    Version reported = 0;
    while (::read(ends[0], &reported, sizeof reported) == sizeof reported) {
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return reported;
}

}  // namespace

TEST_CASE("what was acknowledged is there after kill -9, and nothing by halves") {
    const Scratch scratch;
    Prng random{2024};
    Version acknowledged = 0;
    for (int round = 0; round < 20; ++round) {
        const std::chrono::microseconds wait{5'000 + static_cast<std::int64_t>(random.below(60'000))};
        acknowledged = std::max(acknowledged, run_and_kill(scratch.path, wait));
        auto store = open_sqlite_store(scratch.path);
        const auto events = static_cast<Version>(store->read("a", 0).size());
        CHECK(events >= acknowledged);
        CHECK(events % 2 == 0);
        if (events > 0) CHECK(store->select({.table = &bot_table(), .order_by = "id"}).rows[0][3] == Value{events});
    }
    CHECK(acknowledged > 0);
}

namespace {

/// What `work` returns in a child process; 99 when it threw, −1 when the child was killed.
int in_a_child(const std::function<int()>& work) {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        try {
            ::_exit(work());
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
            ::_exit(99);
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// For a child: its files may not grow beyond 1 MiB, and it commits until one throws. Returns 0 when every
/// acknowledged event can be read after that, and later commits throw too.
int commit_into_a_wall(const fs::path& directory) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto store = open_sqlite_store(directory);
    const rlimit wall{1 << 20, 1 << 20};
    ::setrlimit(RLIMIT_FSIZE, &wall);
    Version acknowledged = 0;
    const auto fails = [&] {
        try {
            Append entry{"a", acknowledged, {{"Moved", std::string(20'000, 'x')}}};
            return !commit_one(*store, batch({entry})).accepted();
        } catch (const StoreBroken&) {
            return true;
        }
    };
    while (!fails()) ++acknowledged;
    const bool reads = static_cast<Version>(store->read("a", 0).size()) == acknowledged;
    return acknowledged > 0 && reads && fails() && store->last_seq() == acknowledged ? 0 : 1;
}

}  // namespace

TEST_CASE("where the disk takes no more there is no acknowledgement, and reading goes on") {
    const Scratch scratch;
    CHECK(in_a_child([&] { return commit_into_a_wall(scratch.path); }) == 0);
    auto store = open_sqlite_store(scratch.path);
    const auto kept = store->last_seq();
    CHECK(kept > 0);
    CHECK(commit_one(*store, batch({append("a", kept, {"1"})})).accepted());
}

namespace {

constexpr int cannot_mount = 77;

/// Gives this process a view of the file systems for itself, with `directory` on one of 4 MiB. False where the machine
/// forbids that.
bool mount_small_disk(const fs::path& directory) {
    const auto map = fmt::format("0 {} 1", ::getuid());
    const auto group_map = fmt::format("0 {} 1", ::getgid());
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    // Without a user of its own the process may create no file there.
    std::ofstream("/proc/self/uid_map") << map;
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/gid_map") << group_map;
    return ::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=4m") == 0;
}

/// For a child: on a file system of 4 MiB of its own it fills the disk, sees commits fail and reads go on, makes
/// space, and sees commits succeed. Returns 0 when all was so.
int fill_a_disk(const fs::path& directory) {
    if (!mount_small_disk(directory)) return cannot_mount;
    std::ofstream(directory / "ballast") << std::string(2 << 20, 'x');
    auto store = open_sqlite_store(directory);
    Version kept = 0;
    const auto commits = [&] {
        try {
            Append entry{"a", kept, {{"Moved", std::string(20'000, 'x')}}};
            return commit_one(*store, batch({entry})).accepted();
        } catch (const StoreBroken& broken) {
            if (!says(broken.what(), "free some space")) throw;
            return false;
        }
    };
    while (commits()) ++kept;
    if (kept == 0 || static_cast<Version>(store->read("a", 0).size()) != kept) return 1;
    if (store->last_seq() != kept) return 2;
    fs::remove(directory / "ballast");
    if (!commits() || store->last_seq() != kept + 1) return 3;
    store.reset();
    return open_sqlite_store(directory)->last_seq() == kept + 1 ? 0 : 4;
}

}  // namespace

TEST_CASE("a full disk refuses commits until there is space again") {
    const Scratch scratch;
    const auto result = in_a_child([&] { return fill_a_disk(scratch.path); });
    if (result == cannot_mount)
        MESSAGE("not run: this machine lets no process mount a file system of its own");
    else
        CHECK(result == 0);
}

TEST_CASE("a failed statement leaves nothing of its commit, and the next commit succeeds") {
    const Scratch scratch;
    auto store = open_sqlite_store(scratch.path);
    prepare_bots(*store);
    commit_one(*store, batch({append("a", 0, {"1"})}));
    auto other = scratch.connection();
    other.execute(
        "CREATE TRIGGER refuse BEFORE INSERT ON event WHEN new.type = 'bad' BEGIN SELECT raise(ABORT, 'no'); END");
    std::vector<Batch> batches{batch({append("a", 1, {"2"})}), batch({append("b", 0, {"bad"})})};
    batches[0].rows = {bot("a", "a", 1.0, 1)};
    CHECK_THROWS_AS(store->commit(batches), StoreBroken);
    CHECK(types(store->follow(0, 10)) == Texts{"1"});
    CHECK(store->select({.table = &bot_table(), .order_by = "id"}).total == 0);
    CHECK(commit_one(*store, batch({append("a", 1, {"2"})})).first_seq == 2);
}

}  // namespace agon
