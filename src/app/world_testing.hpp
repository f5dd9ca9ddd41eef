/// What the tests of use-cases put in the place of time, chance, the disk and the bots, and a server of them on one
/// thread: nothing happens but when a test says so.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <set>

#include "adapters/memory/memory_store.hpp"
#include "app/access.hpp"
#include "app/alarms.hpp"
#include "app/bot_registry.hpp"
#include "app/drawer.hpp"
#include "app/drivers/hosted.hpp"
#include "app/flags.hpp"
#include "app/matchmaking.hpp"
#include "app/ratings.hpp"
#include "app/tournaments.hpp"
#include "app/verify.hpp"

namespace agon::testing {

inline constexpr Instant t0{1'700'000'000'000'000};

/// Stands still until it is moved.
class ManualClock : public Clock {
public:
    Instant now() const override { return wall_; }
    Duration steady() const override { return steady_; }
    void advance(Duration d) { wall_ = wall_ + d, steady_ += d; }
    /// The wall clock alone, as an administrator sets it.
    void set_wall(Instant at) { wall_ = at; }

private:
    Instant wall_ = t0;
    Duration steady_{};
};

/// The same numbers in every run.
class SeededRandom : public Random {
public:
    explicit SeededRandom(std::uint64_t seed = 1) : prng_(seed) {}
    std::uint64_t bits() override { return prng_.next(); }
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(prng_.next());
    }

private:
    Prng prng_;
};

/// A disk that fails when it is told to.
class FaultyStore : public Store {
public:
    explicit FaultyStore(std::unique_ptr<Store> good) : good_(std::move(good)) {}

    std::vector<Committed> commit(std::span<const Batch> batches) override {
        if (auto hook = std::exchange(during_commit, {})) hook();
        if (failing_commits > 0 && failing_commits--) throw StoreBroken("the disk fails", failing_with);
        ++commits;
        group_sizes.push_back(batches.size());
        return good_->commit(batches);
    }
    void save(const Derived& derived) override {
        if (failing_saves > 0 && failing_saves--) throw StoreBroken("the disk fails", failing_with);
        good_->save(derived);
    }
    Seq saved_cursor(const std::string& follower) override { return good_->saved_cursor(follower); }
    std::vector<Recorded> read(const StreamName& stream, Version after) override {
        if (failing_reads > 0 && failing_reads--) throw StoreBroken("the disk cannot be read");
        ++reads;
        return good_->read(stream, after);
    }
    std::vector<Recorded> follow(Seq after, std::size_t limit) override {
        ++follows;
        return good_->follow(after, limit);
    }
    Seq last_seq() override { return good_->last_seq(); }
    std::int64_t writes_by_others() override { return good_->writes_by_others(); }
    Rows select(const RowQuery& query) override { return good_->select(query); }
    Seq cursor(const std::string& follower) override { return good_->cursor(follower); }
    std::vector<std::string> prepare(std::span<const Table* const> tables) override { return good_->prepare(tables); }

    int failing_commits = 0, failing_saves = 0;
    StoreBroken::Kind failing_with = StoreBroken::Kind::unavailable;
    int failing_reads = 0;
    int commits = 0, reads = 0, follows = 0;
    std::vector<std::size_t> group_sizes;
    /// Once, before the next commit does anything.
    std::function<void()> during_commit;

private:
    std::unique_ptr<Store> good_;
};

/// Rows of a follower, by hand; its cursor stays where it is.
inline void save_by_hand(Store& store, std::string_view follower, std::vector<RowChange> rows) {
    store.save({std::move(rows), {std::string(follower), store.saved_cursor(std::string(follower))}});
}

/// As whoever reads a follower's rows does first: what was acknowledged is in them.
inline Task<bool> reached(SavedFollower& follower) {
    co_await follower.reach();
    co_return true;
}

/// Bots that are reached by no wire: what they are told is kept.
class FakeCarrier : public BotCarrier {
public:
    void deliver(BotId bot, std::shared_ptr<const BotMessage> message) override {
        heard[bot].push_back(message);
        if (on_deliver) on_deliver(bot, *message);
    }
    bool reachable(BotId bot) override { return connected.contains(bot); }
    bool sends_later() const override { return later; }

    /// Turns wait until a test says that they were sent.
    bool later = false;

    std::set<BotId> connected;
    std::map<BotId, std::vector<std::shared_ptr<const BotMessage>>> heard;
    std::function<void(BotId, const BotMessage&)> on_deliver;
};

/// What became of a coroutine.
template <class T>
struct Pending {
    std::optional<T> value;
    std::exception_ptr error;
    bool done() const { return value || error; }
    T& get() {
        if (error) std::rethrow_exception(error);
        REQUIRE(value.has_value());
        return *value;
    }
};

template <class T>
std::shared_ptr<Pending<T>> spawn_on(boost::asio::io_context& context, Task<T> task) {
    auto pending = std::make_shared<Pending<T>>();
    boost::asio::co_spawn(context, std::move(task), [pending](std::exception_ptr error, T value) {
        if (error)
            pending->error = error;
        else
            pending->value = std::move(value);
    });
    return pending;
}

/// What outlives the program: the disk, the clock, chance, the bots.
struct Outside {
    explicit Outside(std::uint64_t seed = 1) : random(seed) {}
    std::shared_ptr<MemoryData> disk = make_memory_data();
    ManualClock clock;
    SeededRandom random;
    FakeCarrier carrier;
    ServerKeys keys = ServerKeys::make(random);
    bool arena_open = true;
    MatchmakingSettings matchmaking;
    /// Where large rounds are drawn; at once, unless a test holds the work back.
    Drawer::Beside beside = [](const std::function<void()>& work) { work(); };
};

/// The program, wired as `agon serve` wires it, on one io_context. Its journal is flushed by hand, its timers run by
/// hand. To destroy it is a crash: what was not flushed is lost.
struct Process {
    explicit Process(Outside& o) : outside(o) { store.prepare(rows::all_tables()); }

    /// Takes up what the disk holds and follows the log.
    void start() {
        driver.start();
        alarms.start();
        ratings.start();
        flags.start();
        drawer.start();
        matchmaking.start();
    }

    Outside& outside;
    FaultyStore store{open_memory_store(outside.disk)};
    Tokens tokens{outside.keys};
    boost::asio::io_context context{1};
    std::array<boost::asio::io_context*, 1> contexts{&context};
    Journal journal{store};
    Timers timers;
    Engine engine{store, journal, outside.clock};
    Access access{engine, tokens, outside.arena_open};
    BotRegistry bots{engine, tokens, outside.random, [](std::string_view url) -> Result<void> {
                         if (url.starts_with("https://")) return {};
                         return refused(Code::invalid, "must begin with https://");
                     }};
    Ratings ratings{engine, context};
    Flags flags{engine, context};
    Tournaments tournaments{engine, outside.random, &ratings};
    HostedDriver driver{
        {engine,
         timers,
         outside.clock,
         outside.random,
         [this](bots::Carrier c) -> BotCarrier* { return c == bots::Carrier::builtin ? nullptr : &outside.carrier; },
         {},
         {}},
        contexts};
    Alarms alarms{tournaments, timers, context};
    Drawer drawer{tournaments, timers, context,
                  [this](std::function<void()> work) { outside.beside(std::move(work)); }};
    Matchmaking matchmaking{engine, timers, outside.random, context, outside.matchmaking};

    /// Runs what can run now; the disk does nothing.
    void poll() {
        context.restart();
        while (context.poll() > 0) context.restart();
    }
    /// Runs everything and commits everything until nothing moves.
    void settle() {
        do poll();
        while (journal.flush());
    }
    /// Lets time pass: every timer at its moment.
    void advance(Duration d) {
        const auto until = outside.clock.steady() + d;
        settle();
        for (auto next = timers.next(); next && *next <= until; next = timers.next()) {
            if (*next > outside.clock.steady()) outside.clock.advance(*next - outside.clock.steady());
            timers.run_due(outside.clock.steady());
            settle();
        }
        outside.clock.advance(until - outside.clock.steady());
    }

    template <class T>
    std::shared_ptr<Pending<T>> spawn(Task<T> task) {
        return spawn_on(context, std::move(task));
    }
    /// Runs it to its end, with everything else.
    template <class T>
    T run(Task<T> task) {
        auto pending = spawn(std::move(task));
        settle();
        REQUIRE(pending->done());
        return std::move(pending->get());
    }
};

/// A server with its world, for most tests; `restart` is a crash and a start over the same disk.
class World {
public:
    explicit World(std::uint64_t seed = 1) : outside(seed) { restart(); }

    Process& restart() {
        process_.reset();
        process_ = std::make_unique<Process>(outside);
        process_->start();
        return *process_;
    }
    Process& operator*() { return *process_; }
    Process* operator->() { return process_.get(); }

    BotId bot(std::string name, bots::Connection connection = {}) {
        auto made = process_->run(process_->bots.register_bot({.name = std::move(name),
                                                               .game_types = {},
                                                               .connection = std::move(connection),
                                                               .description = {},
                                                               .source_url = {},
                                                               .owner = {}}));
        REQUIRE(made.has_value());
        return made->bot_id;
    }
    /// Plays rock, paper, scissors by one of the built-in strategies.
    BotId builtin(std::string_view strategy) {
        return bot(std::string(strategy),
                   {.type = bots::Carrier::builtin, .url = {}, .strategy = std::string(strategy)});
    }
    /// One that a connection reaches.
    BotId remote(std::string name, bool connected = true) {
        const auto id = bot(std::move(name));
        if (connected) outside.carrier.connected.insert(id);
        return id;
    }
    TournamentId tournament(JsonObject config = {}, std::optional<std::int64_t> places = {}) {
        config.emplace("seeding", "registration");
        auto made = process_->run(process_->tournaments.create({.name = "Cup",
                                                                .game_type = "rps",
                                                                .max_participants = places,
                                                                .config = std::move(config),
                                                                .created_by = {}}));
        REQUIRE(made.has_value());
        return *made;
    }
    void join(TournamentId id, BotId bot) {
        REQUIRE(process_->run(process_->tournaments.join(id, {bot, bot.text(), {}, {}})).has_value());
    }
    /// Starts, and runs until it waits for bots or time.
    void start(TournamentId id) { REQUIRE(process_->run(process_->tournaments.start(id)).has_value()); }
    /// A tournament of these that has begun.
    TournamentId playing(const std::vector<BotId>& bots, JsonObject config = {}) {
        const auto id = tournament(std::move(config));
        for (const auto bot : bots) join(id, bot);
        start(id);
        return id;
    }

    Tournament state(TournamentId id) {
        return process_->engine.peek<TournamentAggregate>(id, [](const Tournament& t) { return t; });
    }
    games::PlayedGame game(TournamentId id, MatchNumber match = 1) {
        return process_->engine.peek<GameAggregate>(game_id(match_id(id, match), 1),
                                                    [](const games::PlayedGame& g) { return g; });
    }
    std::string champion(TournamentId id) {
        const auto winner = state(id).champion;
        return winner ? BotId{winner->uuid}.text() : "nobody";
    }
    Verdict verdict() { return verify(process_->store); }

    Outside outside;

private:
    std::unique_ptr<Process> process_;
};

#define CHECK_CLEAN(verdict)                                                       \
    do {                                                                           \
        const auto given_verdict = (verdict);                                      \
        for (const auto& complaint : given_verdict.complaints) MESSAGE(complaint); \
        CHECK(given_verdict.is_clean());                                           \
    } while (false)

}  // namespace agon::testing
