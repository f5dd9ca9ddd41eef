/// What all connections share (`Service`), and what those of one thread share (`Shard`). Internal to this folder.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/http/net.hpp"
#include "adapters/http/observer.hpp"
#include "adapters/http/settings.hpp"
#include "adapters/http/websocket.hpp"
#include "app/clock.hpp"
#include "faces/http.hpp"

namespace agon {

class Shard;

/// Shared by all threads; constant but for its counters.
struct Service {
    Service(HttpSettings with, Site& calls, std::vector<WebSocketRoute> upgrades, const Clock& reads,
            HttpObserver& tells)
        : settings(std::move(with)), site(calls), routes(std::move(upgrades)), clock(reads), observer(tells) {}

    HttpSettings settings;
    Site& site;
    std::vector<WebSocketRoute> routes;
    const Clock& clock;
    HttpObserver& observer;
    /// All of them, from before the first accepts to the server's end.
    std::vector<Shard*> shards;
    /// Begins every request id made here: differs from process to process.
    std::string id_prefix;
    int connection_limit = 0;

    std::atomic<int> http{0};
    std::atomic<int> websockets{0};

    const HttpLimits& limits() const { return settings.limits; }
    int connections() const {
        return http.load(std::memory_order_relaxed) + websockets.load(std::memory_order_relaxed);
    }

    /// Counts a connection of that address; false where it has enough already (then it is not counted).
    bool enter(const std::string& remote);
    void leave(const std::string& remote);

    /// The shard with the fewest connections; `near` where none has fewer.
    Shard& least_loaded(Shard& near) const;

private:
    std::mutex mutex_;
    std::unordered_map<std::string, int> per_ip_;
};

/// A connection as the sweep and the stop see it. All of it happens on its shard's thread.
class Connection {
public:
    virtual ~Connection() = default;
    /// Once per `sweep_every`: looks at the connection's deadlines.
    virtual void tick(Duration now) = 0;
    /// The server stops: finish what is in flight, then end.
    virtual void stop() = 0;
    /// End now.
    virtual void cut() = 0;

private:
    friend class Shard;
    std::size_t place_ = 0;
};

/// One io_context: its acceptor, its connections, one coarse sweep instead of a timer per request, and a date.
class Shard : public std::enable_shared_from_this<Shard> {
public:
    Shard(boost::asio::io_context& context, std::shared_ptr<Service> service, std::size_t number);
    ~Shard();

    Service& service() const { return *service_; }
    const HttpLimits& limits() const { return service_->limits(); }
    net::Executor executor() const { return executor_; }
    Duration now() const { return service_->clock.steady(); }

    /// Binds and listens; throws std::system_error. Accepting begins with `start`.
    void listen(const net::tcp::endpoint&);
    net::tcp::endpoint local() const { return acceptor_.local_endpoint(); }
    void start();
    /// May be called from any thread. `gone` is called once, on the shard's thread, when its last connection has ended
    /// or was cut.
    void stop(std::function<void()> gone);

    /// Connections, with those that are on their way here from the shard that accepted them. From any thread.
    int load() const { return load_.load(std::memory_order_relaxed); }

    // --- for its connections, on its thread ---
    void add(Connection&);
    void remove(Connection&);
    bool is_stopping() const { return stopping_; }
    /// The `Date` of now, made once per second.
    const std::string& date(Duration now);
    /// Appends an id that no other request of this process has.
    void append_id(std::string& out);

private:
    static Task<void> accept_loop(std::shared_ptr<Shard> self);
    static Task<void> sweep_loop(std::shared_ptr<Shard> self);
    template <class Work>
    void attempt(Work work);
    net::Failure accept_waiting();
    void hand_over(net::Socket, Shard& to);
    void welcome(net::Socket);
    void sweep(Duration now);
    void begin_stop(std::function<void()> gone);
    void finish();
    /// Out of descriptors: takes one connection with the reserve, so that it is closed rather than left hanging.
    void turn_one_away();

    net::Executor executor_;
    std::shared_ptr<Service> service_;
    net::Acceptor acceptor_;
    net::Timer sweep_timer_;
    net::Timer back_off_;
    std::vector<Connection*> connections_;
    std::atomic<int> load_{0};
    int reserve_fd_ = -1;
    bool stopping_ = false;
    Duration stop_deadline_{};
    std::function<void()> gone_;
    std::string date_;
    Duration date_until_ = Duration::min();
    std::string id_prefix_;
    std::uint64_t ids_ = 0;
};

}  // namespace agon
