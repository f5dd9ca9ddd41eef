#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <system_error>

#include "adapters/memory/memory_store.hpp"
#include "adapters/system/system.hpp"
#include "app/follower.hpp"
#include "cli/bracket_view.hpp"
#include "cli/commands.hpp"
#include "cli/server.hpp"
#include "cli/stop_signals.hpp"

namespace agon::cli {

namespace {

struct DemoArguments {
    std::string listen = "127.0.0.1:8000";
    std::int64_t bots = 64;
    int pace_ms = 150;
    bool once = false;
};

constexpr std::string_view first_names[] = {"Alpha", "Beta", "Gamma", "Delta", "Echo", "Fox",   "Hydra", "Iris",
                                            "Juno",  "Kilo", "Lyra",  "Mira",  "Nova", "Orion", "Puck",  "Quark"};
constexpr std::string_view last_names[] = {"Bot", "Prime", "Mind", "Core"};

std::string bot_name(std::size_t i) {
    const auto name = fmt::format("{}{}", first_names[i % 16], last_names[i / 16 % 4]);
    return i < 64 ? name : fmt::format("{}-{}", name, i / 64);
}

/// Registers the bots, enters them, starts.
Task<Result<TournamentId>> new_tournament(Services& services, std::int64_t bots, int edition) {
    const auto& strategies = games::find_game("rps")->strategies;
    NewTournament wanted{.name = fmt::format("Demo Cup {}", edition), .game_type = "rps", .max_participants = bots};
    wanted.config = JsonObject{{"max_sudden_death", 8}};  // two that always play the same do not hold up the show
    auto id = co_await services.tournaments.create(std::move(wanted));
    if (!id) co_return std::unexpected(id.error());
    for (std::int64_t i = 0; i < bots; ++i) {
        const auto& strategy = strategies[static_cast<std::size_t>(i) % strategies.size()];
        NewBot bot{.name = bot_name(static_cast<std::size_t>(i)),
                   .connection = {bots::Carrier::builtin, std::nullopt, std::string(strategy.name)}};
        const auto name = bot.name;
        auto made = co_await services.bots.register_bot(std::move(bot));
        if (!made) co_return std::unexpected(made.error());
        if (auto in = co_await services.tournaments.join(*id, {made->bot_id, name, {}, {}}); !in)
            co_return std::unexpected(in.error());
    }
    if (auto started = co_await services.tournaments.start(*id); !started) co_return std::unexpected(started.error());
    co_return id;
}

/// Shows each result as it happens, and knows when the champion stands.
class Watcher : public Follower {
public:
    Watcher(Engine& engine, boost::asio::io_context& context, bool live)
        : Follower(engine.journal(), context), engine_(engine), live_(live) {}

    int champions() const { return champions_; }
    /// Shown above the bracket; before the first tournament.
    std::string address;

protected:
    void handle(const Recorded& recorded) override {
        const auto id = TournamentId::parse(recorded.stream);
        if (!id) return;
        const auto result = decode_if<MatchCompleted>(recorded);
        const bool changes = result || recorded.type == "TournamentStarted" || recorded.type == "TournamentCompleted";
        if (!changes) return;
        engine_.peek<TournamentAggregate>(*id, [&](const Tournament& t) {
            if (result) last_ = result_line(t, *result);
            if (live_)
                fmt::print("{}", live_frame(t, last_, address));
            else if (result)
                fmt::print("{}\n", last_);
            if (recorded.type == "TournamentCompleted" && !live_) fmt::print("{}\n", champion_line(t));
        });
        std::fflush(stdout);
        if (recorded.type == "TournamentCompleted") ++champions_;
    }

private:
    Engine& engine_;
    bool live_;
    std::string last_;
    std::atomic<int> champions_ = 0;
};

int demo(const DemoArguments& arguments) {
    const auto listen = parse_listen(arguments.listen).value();
    log::configure(log::Format::text, log::Level::warn);
    block_stop_signals();
    ServerOptions options{.listen = listen, .arena_open = is_loopback(listen.host)};
    if (arguments.pace_ms > 0)
        options.thinking_time = [pace = arguments.pace_ms](std::uint64_t chance) {
            return Duration{static_cast<std::int64_t>(chance % static_cast<std::uint64_t>(pace * 2000))};
        };
    SystemRandom random;
    auto store = open_memory_store();
    store->prepare(rows::all_tables());
    Server server(std::move(options), std::move(store), ServerKeys::make(random));
    const bool live = isatty(STDOUT_FILENO) != 0;
    Watcher watcher(server.services().engine, server.context(), live);
    watcher.follow_from(0);
    try {
        server.start();
    } catch (const std::system_error& e) {
        return fail(1, fmt::format("--listen {}: {} (another agon? try --listen 127.0.0.1:0)", arguments.listen,
                                   e.code().message()));
    }
    watcher.address =
        fmt::format("http://{}:{}", arguments.listen.substr(0, arguments.listen.rfind(':')), server.port());
    fmt::print("listening on {}\n", watcher.address);
    fmt::print("{} built-in bots play rock paper scissors; nothing is kept. Ctrl+C stops.\n", arguments.bots);
    std::fflush(stdout);

    for (int edition = 1;; ++edition) {
        const auto id = server.run(new_tournament(server.services(), arguments.bots, edition));
        if (!id) return fail(1, id.error().message);
        while (watcher.champions() < edition)
            if (wait_for_stop(std::chrono::milliseconds(50))) return server.stop(), 0;
        if (arguments.once) return server.stop(), 0;
        if (wait_for_stop(std::chrono::seconds(3))) return server.stop(), 0;
    }
}

}  // namespace

void add_demo(CLI::App& program, Run& chosen) {
    static DemoArguments arguments;
    auto* command =
        program.add_subcommand("demo", "serve a tournament of built-in bots, watched live, on a throw-away store");
    command->add_option("--listen", arguments.listen, "address and port to serve on")
        ->check(is_listen_address())
        ->capture_default_str()
        ->envname("AGON_LISTEN");
    command->add_option("--bots", arguments.bots, "how many bots")
        ->check(CLI::Range(min_entrants, std::int64_t{4096}))
        ->capture_default_str();
    command->add_option("--pace", arguments.pace_ms, "milliseconds that a bot thinks on average; 0: none")
        ->check(CLI::Range(0, 60'000))
        ->capture_default_str();
    command->add_flag("--once", arguments.once, "end after the first champion");
    command->footer("Examples:\n  agon demo\n  agon demo --once --pace 0 --listen 127.0.0.1:0");
    command->callback([&chosen] { chosen = [] { return demo(arguments); }; });
}

}  // namespace agon::cli
