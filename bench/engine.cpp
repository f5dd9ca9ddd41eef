/// The engine without HTTP: how fast durable joins are decided and kept, and how long whole tournaments of built-in
/// bots take, every event on disk.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <thread>

#include "adapters/sqlite/sqlite_store.hpp"
#include "adapters/system/system.hpp"
#include "cli/commands.hpp"
#include "cli/server.hpp"
#include "measured.hpp"

namespace {

using namespace agon;
namespace asio = boost::asio;

struct Options {
    std::filesystem::path dir;
    int writers = 256;
    double seconds = 3;
    std::int64_t bots = 1024;
    std::int64_t events = 1'000'000;
};

/// One closed-loop writer: enters one entrant after another, each acknowledged before the next.
Task<void> join_until(Engine& engine, TournamentId id, Random& random, Duration end, std::int64_t& joined,
                      int& running) {
    while (engine.clock().steady() < end) {
        RegisterEntrant command{{uuid7(engine.clock().now(), random.bits(), random.bits())}, "AlphaBot", std::nullopt};
        auto done = co_await engine.execute<TournamentAggregate>(id, std::move(command),
                                                                 [](const Tournament&) { return true; });
        if (!done) break;
        ++joined;
    }
    --running;
}

/// Tournaments hold 65,536 entrants at most: the writers are spread over enough of them.
int joins(const Options& options) {
    SystemClock clock;
    SystemRandom random;
    auto store = open_sqlite_store(options.dir);
    store->prepare(rows::all_tables());
    Journal journal(*store);
    Engine engine(*store, journal, clock);
    Tournaments tournaments(engine, random);
    asio::io_context context(1);
    const auto guard = asio::make_work_guard(context);
    journal.start();

    std::vector<TournamentId> ids;
    for (int i = 0; i < 16; ++i)
        asio::co_spawn(
            context,
            [](Tournaments& all, std::vector<TournamentId>& made) -> Task<void> {
                made.push_back(*co_await all.create({.name = "Joins", .game_type = "rps"}));
            }(tournaments, ids),
            asio::detached);
    while (ids.size() < 16) context.run_one();

    std::int64_t joined = 0;
    int running = options.writers;
    const auto cpu = bench::cpu_us();
    const auto started = clock.steady();
    const auto end = started + seconds(options.seconds);
    for (int i = 0; i < options.writers; ++i)
        asio::co_spawn(context,
                       join_until(engine, ids[static_cast<std::size_t>(i) % ids.size()], random, end, joined, running),
                       asio::detached);
    while (running > 0) context.run_one();
    const auto took = static_cast<double>((clock.steady() - started).count()) / 1e6;
    const auto used_us = bench::cpu_us() - cpu;
    journal.stop();
    fmt::print("{{\"writes_per_second\":{:.0f},\"cpu_us_per_write\":{:.2f}}}\n", static_cast<double>(joined) / took,
               used_us / static_cast<double>(joined));
    return 0;
}

Task<TournamentId> prepared_tournament(Services& services, std::int64_t bots, std::vector<BotId>& known) {
    const auto id =
        *co_await services.tournaments.create({.name = "Bench", .game_type = "rps", .max_participants = bots});
    for (std::int64_t i = 0; i < bots; ++i) {
        const auto name = fmt::format("Bot {}", i);
        if (static_cast<std::size_t>(i) == known.size()) {
            NewBot bot{.name = name, .connection = {bots::Carrier::builtin, std::nullopt, i % 2 ? "markov" : "random"}};
            known.push_back((co_await services.bots.register_bot(std::move(bot)))->bot_id);
        }
        co_await services.tournaments.join(id, {known[static_cast<std::size_t>(i)], name, {}, {}});
    }
    co_return id;
}

Status status_of(Services& services, TournamentId id) {
    return services.engine.peek<TournamentAggregate>(id, [](const Tournament& t) { return t.status; });
}

void play(cli::Server& server, TournamentId id) {
    const auto started = server.run(server.services().tournaments.start(id));
    CHECK_THAT(started.has_value());
    while (status_of(server.services(), id) != Status::completed)
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    server.run([](Engine& engine, TournamentId t) -> Task<int> {
        // Comes back once the champion is on disk.
        co_return co_await engine.read<TournamentAggregate>(t, [](const Tournament&) { return 0; });
    }(server.services().engine, id));
}

std::unique_ptr<cli::Server> make_server(const Options& options) {
    SystemRandom random;
    auto server =
        std::make_unique<cli::Server>(cli::ServerOptions{.listen = {"127.0.0.1", 0}},
                                      cli::open_store({.data = options.dir.string()}), ServerKeys::make(random));
    server->start();
    return server;
}

/// From start to champion, every event durable.
int tournament(const Options& options) {
    auto server = make_server(options);
    std::vector<BotId> known;
    const auto id = server->run(prepared_tournament(server->services(), options.bots, known));
    const auto cpu = bench::cpu_us();
    const auto seq = server->services().engine.journal().last_seq();
    const auto started = std::chrono::steady_clock::now();
    play(*server, id);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    const auto events = server->services().engine.journal().last_seq() - seq;
    fmt::print("{{\"bots\":{},\"seconds\":{:.3f},\"cpu_seconds\":{:.3f},\"events\":{}}}\n", options.bots, took.count(),
               (bench::cpu_us() - cpu) / 1e6, events);
    server->stop();
    return 0;
}

/// Plays tournaments of 64 until the log holds so many events.
int fill(const Options& options) {
    auto server = make_server(options);
    std::vector<BotId> known;
    while (server->services().engine.journal().last_seq() < options.events)
        play(*server, server->run(prepared_tournament(server->services(), 64, known)));
    server->stop();
    fmt::print("{{\"events\":{}}}\n", options.events);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{"The engine without HTTP, every event durable."};
    program.require_subcommand(1);
    Options options;
    const auto add = [&](const char* name, const char* doc, int (*run)(const Options&)) {
        auto* command = program.add_subcommand(name, doc);
        command->add_option("--dir", options.dir, "an empty directory to write in")->required();
        command->callback([run, &options] { std::exit(cli::guarded([&] { return run(options); })); });
        return command;
    };
    auto* join_command = add("joins", "durable joins by closed-loop writers", joins);
    join_command->add_option("--writers", options.writers, "that each have one join under way")->capture_default_str();
    join_command->add_option("--seconds", options.seconds, "to measure")->capture_default_str();
    add("tournament", "one tournament from start to champion", tournament)
        ->add_option("--bots", options.bots, "built-in ones, best of three")
        ->capture_default_str();
    add("fill", "a log of tournaments of 64", fill)
        ->add_option("--events", options.events, "at least")
        ->capture_default_str();
    CLI11_PARSE(program, argc, argv);
    return 0;
}
