#include "adapters/http/server.hpp"

#include <random>
#include <system_error>
#include <thread>

#include <sys/resource.h>

#include <boost/system/system_error.hpp>

#include "adapters/http/service.hpp"
#include "base/result.hpp"

namespace agon {

namespace {

/// For callers that gave no observer.
HttpObserver unheard;

std::string random_prefix() {
    std::random_device device;
    return fmt::format("{:08x}{:04x}", device(), device() & 0xffffu);
}

/// 80 % of the descriptors: the rest is for the store, outbound calls and logs.
int connection_limit(const HttpLimits& limits) {
    rlimit descriptors{};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) != 0 || descriptors.rlim_cur == RLIM_INFINITY)
        return limits.connections;
    const auto most = std::min<rlim_t>(descriptors.rlim_cur / 5 * 4, 1'000'000);
    return std::min(limits.connections, static_cast<int>(most));
}

boost::asio::ip::address address_of(const std::string& text) {
    net::Failure failure;
    const auto address = boost::asio::ip::make_address(text == "localhost" ? "127.0.0.1" : text, failure);
    if (failure) throw std::system_error(std::make_error_code(std::errc::invalid_argument), text);
    return address;
}

/// SO_REUSEPORT would share the port with another server of the same user, in silence. A bind without it does not.
void refuse_to_share(const net::tcp::endpoint& endpoint, net::Executor executor) {
    net::Acceptor probe{executor};
    probe.open(endpoint.protocol());
    probe.set_option(boost::asio::socket_base::reuse_address(true));
    probe.bind(endpoint);
}

}  // namespace

int http_threads(const HttpSettings& settings) {
    if (settings.threads > 0) return settings.threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

struct HttpServer::Parts {
    std::shared_ptr<Service> service;
    std::vector<std::shared_ptr<Shard>> shards;
    std::uint16_t port = 0;
};

HttpServer::HttpServer(HttpSettings settings, std::span<boost::asio::io_context* const> contexts, Site& site,
                       std::vector<WebSocketRoute> routes, const Clock& clock, HttpObserver* observer)
    : parts_(std::make_unique<Parts>()) {
    CHECK_THAT(!contexts.empty());
    auto& service = parts_->service;
    service =
        std::make_shared<Service>(std::move(settings), site, std::move(routes), clock, observer ? *observer : unheard);
    service->id_prefix = random_prefix();
    service->connection_limit = connection_limit(service->limits());
    for (auto* context : contexts)
        parts_->shards.push_back(std::make_shared<Shard>(*context, service, parts_->shards.size()));
    for (auto& shard : parts_->shards) service->shards.push_back(shard.get());
}

HttpServer::~HttpServer() = default;

void HttpServer::listen() {
    const auto& settings = parts_->service->settings;
    net::tcp::endpoint endpoint{address_of(settings.address), settings.port};
    try {
        if (endpoint.port() != 0) refuse_to_share(endpoint, parts_->shards.front()->executor());
        for (auto& shard : parts_->shards) {
            shard->listen(endpoint);
            endpoint.port(shard->local().port());
        }
    } catch (const boost::system::system_error& error) {
        throw std::system_error(static_cast<std::error_code>(error.code()), settings.address);
    }
    parts_->port = endpoint.port();
    for (auto& shard : parts_->shards) shard->start();
}

std::uint16_t HttpServer::port() const { return parts_->port; }

HttpConnections HttpServer::connections() const {
    return {parts_->service->http.load(), parts_->service->websockets.load()};
}

void HttpServer::stop(std::function<void()> gone) {
    // Freed with the last shard's call: nobody else holds it.
    auto left = std::make_shared<std::atomic<std::size_t>>(parts_->shards.size());
    const auto one_gone = [left, gone = std::move(gone)] {
        if (left->fetch_sub(1) == 1) gone();
    };
    for (auto& shard : parts_->shards) shard->stop(one_gone);
}

}  // namespace agon
