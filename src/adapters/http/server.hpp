/// The HTTP and WebSocket server: listens, guards, and calls the Site.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "adapters/http/observer.hpp"
#include "adapters/http/settings.hpp"
#include "adapters/http/websocket.hpp"
#include "app/clock.hpp"
#include "faces/http.hpp"

namespace boost::asio {
class io_context;
}

namespace agon {

/// Open connections of each kind.
struct HttpConnections {
    int http = 0;
    int websocket = 0;
};

/// One acceptor per io_context (SO_REUSEPORT); a connection goes to the io_context that has the fewest, and lives there,
/// as do the calls of the Site, the WebSocketHandlers and the observer for it.
///
/// The caller makes the io_contexts (`io_context{1}`, one per thread, see `http_threads`) and runs them; work guards
/// are not needed between `listen` and the end of `stop`. The Site, the clock and the observer must outlive the
/// io_contexts. The server itself must go before them, and after their threads have left `run`.
class HttpServer {
public:
    HttpServer(HttpSettings settings, std::span<boost::asio::io_context* const> contexts, Site& site,
               std::vector<WebSocketRoute> routes, const Clock& clock, HttpObserver* observer = nullptr);
    ~HttpServer();
    HttpServer(HttpServer&&) = delete;

    /// Binds and begins to accept as soon as the io_contexts run. Throws std::system_error: EADDRINUSE also where the
    /// other user of the address would share it, EADDRNOTAVAIL, EACCES, EINVAL for what is not an address.
    void listen();

    /// The port that is listened on; 0 before `listen`.
    std::uint16_t port() const;

    /// From any thread.
    HttpConnections connections() const;

    /// From any thread, once, after `listen`. Accepts no more; idle connections close at once, requests in flight are
    /// answered with `Connection: close`, WebSockets closed with 1012. What is left after `limits.stop_within` is cut.
    /// Then `gone` is called, once, from one of the io_contexts' threads.
    void stop(std::function<void()> gone);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace agon
