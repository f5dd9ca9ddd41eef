/// The whole server, wired by hand, top to bottom: every adapter behind its port. `serve`, `demo` and the benchmarks
/// run it.
#pragma once

#include <memory>
#include <optional>

#include "app/access.hpp"
#include "app/tournaments.hpp"
#include "cli/server_options.hpp"
#include "faces/endpoint.hpp"

namespace agon::cli {

class Server {
public:
    /// Takes up what the store holds. Throws StoreBroken, or std::runtime_error for a bad address range.
    Server(ServerOptions, std::unique_ptr<Store>, const ServerKeys&);
    ~Server();

    /// Binds and serves. Throws std::system_error where the address cannot be had.
    void start();
    /// Requests in flight finish, what was acknowledged is on disk, connections close. Once.
    void stop();

    /// For a link with which somebody becomes the first admin; nothing where there is an admin. Before `start`.
    std::optional<std::string> setup_token();

    std::uint16_t port() const;
    Services& services();
    Random& random();
    /// The first of the server's threads; for followers that are added before `start`.
    boost::asio::io_context& context();
    /// Runs a coroutine on the server's first thread and waits for its result; not from that thread.
    template <class T>
    T run(Task<T>);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

/// Opens what `--store` names, and prepares its tables. `on_fatal` as in `open_sqlite_store`.
std::unique_ptr<Store> open_store(const Settings&, OnFatal on_fatal = {});

}  // namespace agon::cli

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

template <class T>
T agon::cli::Server::run(Task<T> task) {
    return boost::asio::co_spawn(context(), std::move(task), boost::asio::use_future).get();
}
