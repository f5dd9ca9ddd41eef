#include "adapters/http/service.hpp"

#include <charconv>

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>

#include "adapters/http/answer.hpp"
#include "adapters/http/session.hpp"

namespace agon {

namespace {

using ReusePort = boost::asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

/// Connections beyond the limit that may wait for their 503 at the same time; more are closed without it.
constexpr int turned_away_at_once = 256;
constexpr auto back_off = std::chrono::milliseconds(100);
constexpr int accepted_at_once = 64;

int open_reserve() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

Session::Peer peer_of(const net::Socket& socket, net::Failure& failure) {
    auto address = socket.remote_endpoint(failure).address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
    return {address.to_string(), address.is_loopback()};
}

}  // namespace

bool Service::enter(const std::string& remote) {
    const std::lock_guard lock{mutex_};
    auto& count = per_ip_[remote];
    if (count >= limits().connections_per_ip) return false;
    ++count;
    return true;
}

void Service::leave(const std::string& remote) {
    const std::lock_guard lock{mutex_};
    const auto found = per_ip_.find(remote);
    if (found != per_ip_.end() && --found->second == 0) per_ip_.erase(found);
}

Shard& Service::least_loaded(Shard& near) const {
    auto* found = &near;
    for (auto* shard : shards)
        if (shard->load() < found->load()) found = shard;
    return *found;
}

Shard::Shard(boost::asio::io_context& context, std::shared_ptr<Service> service, std::size_t number)
    : executor_(context.get_executor()),
      service_(std::move(service)),
      acceptor_(executor_),
      sweep_timer_(executor_),
      back_off_(executor_),
      reserve_fd_(open_reserve()),
      id_prefix_(fmt::format("{}-{}-", service_->id_prefix, number)) {}

Shard::~Shard() {
    if (reserve_fd_ >= 0) ::close(reserve_fd_);
}

void Shard::listen(const net::tcp::endpoint& endpoint) {
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(boost::asio::socket_base::reuse_address(true));
    acceptor_.set_option(ReusePort(true));
    acceptor_.bind(endpoint);
    acceptor_.listen(boost::asio::socket_base::max_listen_connections);
    acceptor_.non_blocking(true);
}

void Shard::start() {
    boost::asio::co_spawn(executor_, accept_loop(shared_from_this()), boost::asio::detached);
    boost::asio::co_spawn(executor_, sweep_loop(shared_from_this()), boost::asio::detached);
}

/// Accepting and sweeping go on whatever one connection meets, lack of memory included.
template <class Work>
void Shard::attempt(Work work) {
    try {
        work();
    } catch (const std::exception& exception) {
        service_->observer.failed(exception.what(), {});
    }
}

Task<void> Shard::accept_loop(std::shared_ptr<Shard> self) {
    while (self->acceptor_.is_open()) {
        auto [failure] = co_await self->acceptor_.async_wait(net::Acceptor::wait_read, net::wait);
        if (!self->acceptor_.is_open()) break;
        if (!failure) failure = self->accept_waiting();
        if (!failure) continue;
        // Out of descriptors or memory.
        self->turn_one_away();
        self->back_off_.expires_after(back_off);
        co_await self->back_off_.async_wait(net::wait);
    }
}

/// Those who came together are let in together: else each would wait until everything under way had its turn. The
/// kernel deals them out to the acceptors by a hash, which leaves some threads with many and others with few; so each
/// goes to the shard that has the fewest. Gives why no more can be let in, if that is for lack of something.
net::Failure Shard::accept_waiting() {
    for (int more = accepted_at_once; more > 0; --more) {
        auto& shard = service_->least_loaded(*this);
        net::Failure failure;
        net::Socket socket{shard.executor_};
        acceptor_.accept(socket, failure);
        // A peer that gave up in between is no reason to stop.
        if (failure == boost::asio::error::connection_aborted) continue;
        if (failure == boost::asio::error::would_block) return {};
        if (failure) return failure;
        attempt([&] { hand_over(std::move(socket), shard); });
    }
    return {};
}

void Shard::hand_over(net::Socket socket, Shard& to) {
    ++to.load_;
    auto arrive = [shard = to.shared_from_this(), socket = std::move(socket)]() mutable {
        --shard->load_;
        shard->attempt([&] { shard->welcome(std::move(socket)); });
    };
    if (&to == this)
        arrive();
    else
        boost::asio::post(to.executor_, std::move(arrive));
}

void Shard::turn_one_away() {
    if (reserve_fd_ >= 0) ::close(reserve_fd_);
    net::Failure failure;
    net::Socket socket{executor_};
    acceptor_.accept(socket, failure);
    socket.close(failure);
    reserve_fd_ = open_reserve();
}

void Shard::welcome(net::Socket socket) {
    if (stopping_) return;
    net::Failure gone;
    auto peer = peer_of(socket, gone);
    const auto open = service_->connections();
    if (gone || open >= service_->connection_limit + turned_away_at_once) return;
    net::Failure failure;
    socket.set_option(net::tcp::no_delay(true), failure);
    socket.non_blocking(true, failure);
    if (failure) return;
    auto welcome = open >= service_->connection_limit ? Session::Welcome::turned_away : Session::Welcome::served;
    auto session = std::make_shared<Session>(shared_from_this(), std::move(socket), std::move(peer), welcome);
    boost::asio::co_spawn(executor_, Session::run(std::move(session)), boost::asio::detached);
}

Task<void> Shard::sweep_loop(std::shared_ptr<Shard> self) {
    while (true) {
        self->sweep_timer_.expires_after(self->limits().sweep_every);
        const auto [failure] = co_await self->sweep_timer_.async_wait(net::wait);
        if (self->stopping_ && !self->gone_) break;
        if (!failure) self->attempt([&] { self->sweep(self->now()); });
    }
}

void Shard::sweep(Duration now) {
    // By index: a tick may end connections, but removes none on the spot.
    for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->tick(now);
    if (!stopping_ || now < stop_deadline_) return;
    for (auto* connection : connections_) connection->cut();
    finish();
}

void Shard::stop(std::function<void()> gone) {
    boost::asio::post(executor_, [self = shared_from_this(), gone = std::move(gone)]() mutable {
        self->begin_stop(std::move(gone));
    });
}

void Shard::begin_stop(std::function<void()> gone) {
    stopping_ = true;
    stop_deadline_ = now() + limits().stop_within;
    gone_ = std::move(gone);
    net::Failure failure;
    acceptor_.close(failure);
    back_off_.cancel();
    for (auto* connection : connections_) connection->stop();
    if (connections_.empty()) finish();
}

void Shard::finish() {
    if (!gone_) return;
    const auto gone = std::exchange(gone_, nullptr);
    sweep_timer_.cancel();
    gone();
}

void Shard::add(Connection& connection) {
    connection.place_ = connections_.size();
    connections_.push_back(&connection);
    ++load_;
}

void Shard::remove(Connection& connection) {
    connections_.back()->place_ = connection.place_;
    connections_[connection.place_] = connections_.back();
    connections_.pop_back();
    --load_;
    if (stopping_ && connections_.empty()) finish();
}

const std::string& Shard::date(Duration now) {
    if (now < date_until_) return date_;
    date_ = http_date(service_->clock.now());
    date_until_ = now + std::chrono::seconds(1);
    return date_;
}

void Shard::append_id(std::string& out) {
    char digits[16];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), ++ids_, 16).ptr;
    out.append(id_prefix_).append(digits, end);
}

}  // namespace agon
