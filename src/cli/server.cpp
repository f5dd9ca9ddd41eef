#include "cli/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <future>
#include <thread>

#include "adapters/bots/webhook_bots.hpp"
#include "adapters/bots/websocket_bots.hpp"
#include "adapters/http/server.hpp"
#include "adapters/live/live_sockets.hpp"
#include "adapters/memory/memory_store.hpp"
#include "adapters/outbound/http_client.hpp"
#include "adapters/sqlite/sqlite_store.hpp"
#include "adapters/system/argon2.hpp"
#include "adapters/system/system.hpp"
#include "app/alarms.hpp"
#include "app/drawer.hpp"
#include "app/drivers/hosted.hpp"
#include "app/flags.hpp"
#include "app/matchmaking.hpp"
#include "app/metrics.hpp"
#include "app/ratings.hpp"
#include "app/rows/rebuild.hpp"
#include "cli/pages.hpp"
#include "cli/readiness.hpp"
#include "faces/arena/arena.hpp"
#include "faces/player/live.hpp"

namespace agon::cli {

namespace asio = boost::asio;

namespace {

constexpr auto tidy_every = seconds(1);
constexpr auto keep_unused_for = seconds(60);
constexpr auto sweep_answers_every = seconds(60);
/// A hash takes tens of milliseconds of one core: the last of those who wait is served in a second or so.
constexpr int password_threads = 1;
constexpr std::size_t most_waiting_passwords = 32;

CallRules call_rules(const ServerOptions& options) {
    auto addresses = AddressRules::from(options.webhooks_allow);
    if (!addresses) throw std::runtime_error("--webhooks-allow: " + addresses.error().message);
    return {.addresses = *addresses, .http = options.webhooks_http};
}

/// Numbers for the operator from what the HTTP server and the journal tell.
struct Observer : HttpObserver {
    explicit Observer(Metrics& m) : metrics(m) {}
    void answered(std::string_view method, std::string_view route, int status, Duration took, std::size_t bytes,
                  std::string_view request_id) override {
        metrics.count_request(method, route, status, took);
        log::debug("request", {{"method", method},
                               {"route", route},
                               {"status", status},
                               {"duration_us", took.count()},
                               {"bytes", bytes},
                               {"request_id", request_id}});
    }
    void failed(std::string_view what, std::string_view request_id) override {
        log::error("request failed", {{"why", what}, {"request_id", request_id}});
    }
    Metrics& metrics;
};

}  // namespace

struct Server::Parts {
    Parts(ServerOptions given, std::unique_ptr<Store> opened, const ServerKeys& keys)
        : options(std::move(given)), store(std::move(opened)), tokens(keys) {}

    ServerOptions options;
    SystemClock clock;
    SystemRandom random;
    std::unique_ptr<Store> store;
    Tokens tokens;

    std::vector<std::unique_ptr<asio::io_context>> contexts = make_contexts(options.threads);
    std::vector<asio::io_context*> context_pointers = pointers(contexts);
    /// Of followers that keep rows: they read and reckon for each event, and no request waits behind them.
    asio::io_context reckoning{1};
    std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards;
    std::vector<std::thread> threads;

    Metrics metrics;
    Readiness readiness;
    Observer observer{metrics};
    Journal journal{*store};
    Timers timers;
    TimerPump pump{timers, clock, *contexts.front()};
    Engine engine{*store, journal, clock};

    CallRules rules = call_rules(options);
    Access access{engine, tokens, options.arena_open, options.outside ? &options.outside->issuer() : nullptr};
    BotRegistry bots{engine, tokens, random, [this](std::string_view url) -> Result<void> {
                         auto target = check_target(url, rules);
                         if (!target) return std::unexpected(target.error());
                         return {};
                     }};
    Ratings ratings{engine, reckoning};
    Flags flags{engine, reckoning};
    Tournaments tournaments{engine, random, &ratings};
    Argon2Hasher hasher;
    Passwords passwords{hasher, password_threads, most_waiting_passwords};
    Accounts accounts{engine, tokens, passwords, random};
    Setup setup{engine, accounts};
    RateLimits limits{clock, random};
    Idempotency idempotency{engine, tokens, random};
    Live live{*store, journal, context_pointers, [this] { return player::make_live_teller(engine); }};
    LiveSockets live_sockets{live, engine, access, clock};
    Matchmaking matchmaking{engine, timers, random, *contexts.front(), options.matchmaking};
    Services services{.engine = engine,
                      .tournaments = tournaments,
                      .bots = bots,
                      .access = access,
                      .accounts = &accounts,
                      .setup = &setup,
                      .limits = options.rate_limits ? &limits : nullptr,
                      .idempotency = &idempotency,
                      .random = &random,
                      .ratings = &ratings,
                      .live = &live,
                      .matchmaking = &matchmaking,
                      .flags = &flags,
                      .inactive_after = options.inactive_after};

    HttpClient client{rules};
    HostedDriver driver{
        {engine, timers, clock, random, [this](bots::Carrier c) { return carrier(c); }, {}, options.thinking_time},
        context_pointers};
    WebSocketBots websocket_bots{driver, access, clock};
    WebhookBots webhook_bots{client, driver, bots, clock};
    Alarms alarms{tournaments, timers, *contexts.front()};
    asio::thread_pool drawing{1};
    Drawer drawer{tournaments, timers, *contexts.front(),
                  [this](std::function<void()> work) { asio::post(drawing, std::move(work)); }};

    Router router{services};
    std::unique_ptr<HttpServer> http;
    bool stopped = false;
    Duration answers_swept{};

    BotCarrier* carrier(bots::Carrier type) {
        switch (type) {
            case bots::Carrier::websocket: return &websocket_bots;
            case bots::Carrier::webhook: return &webhook_bots;
            case bots::Carrier::builtin: return nullptr;
        }
        return nullptr;
    }

    static std::vector<std::unique_ptr<asio::io_context>> make_contexts(int threads) {
        std::vector<std::unique_ptr<asio::io_context>> made;
        for (int i = 0; i < http_threads({.threads = threads}); ++i)
            made.push_back(std::make_unique<asio::io_context>(1));
        return made;
    }
    static std::vector<asio::io_context*> pointers(const std::vector<std::unique_ptr<asio::io_context>>& contexts) {
        std::vector<asio::io_context*> all;
        for (const auto& context : contexts) all.push_back(context.get());
        return all;
    }

    void add_metrics() {
        journal.on_commit([this](const CommitReport& report) {
            metrics.count_commit(report);
            readiness.committed(report, clock.steady());
        });
        metrics.add_gauge("agon_storage_full", "1 while commits fail for want of space, else 0.",
                          [this] { return readiness.is_storage_full() ? 1.0 : 0.0; });
        metrics.add_gauge("agon_live_matches", "Hosted matches under way.",
                          [this] { return static_cast<double>(driver.live_matches()); });
        metrics.add_gauge("agon_live_subscriptions", "Channels that clients listen to, each client's counted.",
                          [this] { return static_cast<double>(live.subscribers()); });
        metrics.add_gauge("agon_loaded_streams", "Streams whose state is in memory.",
                          [this] { return static_cast<double>(engine.loaded()); });
        metrics.add_gauge("agon_matchmaking_waiting", "Players in matchmaking queues.",
                          [this] { return static_cast<double>(matchmaking.totals().waiting); });
        metrics.add_gauge("agon_matchmaking_live_matches", "Ranked matches without a result.",
                          [this] { return static_cast<double>(matchmaking.totals().live_matches); });
        metrics.add_gauge("agon_matchmaking_matches_total", "Ranked matches made.",
                          [this] { return static_cast<double>(matchmaking.totals().matches); });
        metrics.add_gauge("agon_matchmaking_wait_seconds_mean", "Mean wait of those who met somebody lately.",
                          [this] { return matchmaking.totals().mean_wait_s; });
        for (const auto* quantile : {"0.5", "0.9"})
            metrics.add_gauge(
                "agon_matchmaking_estimate_coverage", "Share of waits that were not longer than estimated.",
                [this, p90 = quantile == std::string_view("0.9")] {
                    const auto score = matchmaking.totals().estimates;
                    return p90 ? score.coverage_p90 : score.coverage_p50;
                },
                "quantile", quantile);
        metrics.add_gauge("agon_log_last_seq", "Position of the log's last event.",
                          [this] { return static_cast<double>(journal.last_seq()); });
        metrics.add_gauge(
            "agon_connections", "Open connections.", [this] { return static_cast<double>(http->connections().http); },
            "kind", "http");
        metrics.add_gauge(
            "agon_connections", "Open connections.",
            [this] { return static_cast<double>(http->connections().websocket); }, "kind", "websocket");
    }

    /// Whoever sends requests to servers that are ready sends none to this one, so it finds out by itself when a commit
    /// succeeds again: of a cursor that nobody reads, at a place that it was not at before, so that there is something to
    /// write.
    void try_store() {
        if (!readiness.is_store_broken()) return;
        journal.submit({.at = clock.now(), .cursor = Cursor{"ready", clock.now().us}}, {}, nullptr,
                       [](const CommitOutcome&) {});
    }

    void add_routes() {
        router.add(arena::face, arena::endpoints());
        router.add(player::face, player::endpoints());
        router.add_socket(websocket_bots.route().path);
        router.add_socket(live_sockets.route().path);
        add_pages(router);
        router.add(
            LivePage{"/healthz", "application/json", [] { return std::pair{200, std::string(R"({"status":"ok"})")}; }});
        router.add(LivePage{"/readyz", "application/json", [this] { return readiness.page(); }});
        router.add(LivePage{"/metrics", "text/plain; version=0.0.4; charset=utf-8",
                            [this] { return std::pair{200, metrics.text()}; }});
    }

    void dismiss_deleted_bots() {
        journal.on_append([this](const std::vector<Recorded>& events) {
            for (const auto& event : events)
                if (is_one_of<bots::BotDeleted>(event)) websocket_bots.dismiss(BotId::parse(event.stream).value());
        });
    }

    /// Once a second: a store that failed, sockets without a key, states that nobody needs, keys that another process
    /// changed, followers that the store once failed.
    void tidy() {
        try_store();
        websocket_bots.sweep();
        // These look at everybody: long, where there are many thousands.
        asio::post(reckoning, [this] {
            live_sockets.sweep();
            engine.sweep(keep_unused_for);
        });
        for (Follower* follower :
             {static_cast<Follower*>(&driver), static_cast<Follower*>(&alarms), static_cast<Follower*>(&ratings),
              static_cast<Follower*>(&flags), static_cast<Follower*>(&drawer), static_cast<Follower*>(&live),
              static_cast<Follower*>(&matchmaking)})
            follower->wake();
        matchmaking.look_again();
        take_new_keys();
        if (options.outside) options.outside->look(clock.steady());
        if (clock.steady() - answers_swept > sweep_answers_every) {
            answers_swept = clock.steady();
            idempotency.sweep();
        }
        timers.at(clock.steady() + tidy_every, *contexts.front(), [this] { tidy(); });
    }

    void take_new_keys() {
        if (!options.changed_keys) return;
        try {
            if (const auto keys = options.changed_keys()) {
                tokens.use_signing_keys(*keys);
                log::info("signing keys were changed", {{"active", ServerKeys::key_id(keys->signing_seed)}});
            }
        } catch (const std::exception& e) {
            log::error("the changed signing keys cannot be used", {{"why", e.what()}});
        }
    }

    void run_threads() {
        for (auto* context : context_pointers) run_thread(*context);
        run_thread(reckoning);
    }
    void run_thread(asio::io_context& context) {
        guards.push_back(asio::make_work_guard(context));
        threads.emplace_back([&context] { run_all(context); });
    }

    /// What a handler throws ends that handler, not the server: the store may be well again at the next try.
    static void run_all(asio::io_context& context) {
        for (;;) {
            try {
                context.run();
                return;
            } catch (const std::exception& e) {
                log::error("a handler failed", {{"why", e.what()}});
            }
        }
    }
};

Server::Server(ServerOptions options, std::unique_ptr<Store> store, const ServerKeys& keys)
    : parts_(std::make_unique<Parts>(std::move(options), std::move(store), keys)) {
    auto& p = *parts_;
    p.add_routes();
    p.http = std::make_unique<HttpServer>(
        HttpSettings{.address = p.options.listen.host, .port = p.options.listen.port, .threads = p.options.threads},
        p.context_pointers, p.router, std::vector{p.websocket_bots.route(), p.live_sockets.route()}, p.clock,
        &p.observer);
    p.add_metrics();
    p.dismiss_deleted_bots();
}

Server::~Server() { stop(); }

void Server::start() {
    auto& p = *parts_;
    p.http->listen();
    p.driver.start();
    p.alarms.start();
    p.ratings.start();
    p.flags.start();
    p.drawer.start();
    p.live.start();
    p.matchmaking.start();
    p.journal.start();
    p.pump.start();
    p.tidy();
    p.run_threads();
    p.readiness.started = true;
}

void Server::stop() {
    auto& p = *parts_;
    if (std::exchange(p.stopped, true)) return;
    p.readiness.stopping = true;
    // Connections end because the server does: no bot shall lose by that.
    p.driver.stop_clocks();
    if (p.readiness.started) {
        std::promise<void> gone;
        p.http->stop([&gone] { gone.set_value(); });
        gone.get_future().wait();
    }
    p.client.stop();
    p.journal.stop();
    p.guards.clear();
    for (auto* context : p.context_pointers) context->stop();
    p.reckoning.stop();
    for (auto& thread : p.threads) thread.join();
    // A round that is being drawn is drawn anew after the next start.
    p.drawing.stop();
    p.drawing.join();
    p.http.reset();
}

std::uint16_t Server::port() const { return parts_->http->port(); }
std::optional<std::string> Server::setup_token() {
    auto& p = *parts_;
    if (has_admin(*p.store)) return std::nullopt;
    return make_setup_token(p.engine, p.random);
}
Services& Server::services() { return parts_->services; }
Random& Server::random() { return parts_->random; }
asio::io_context& Server::context() { return *parts_->contexts.front(); }

std::unique_ptr<Store> open_store(const Settings& s, OnFatal on_fatal) {
    auto store = s.store == "memory" ? open_memory_store() : open_sqlite_store(s.data, std::move(on_fatal));
    rows::rebuild(*store, store->prepare(rows::all_tables()));
    return store;
}

}  // namespace agon::cli
