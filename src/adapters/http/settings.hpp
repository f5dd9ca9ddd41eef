/// What the HTTP server may be told, with what it does when told nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace agon {

/// How much a client may ask for, and how long it may take. Sizes in bytes.
struct HttpLimits {
    // --- one request: beyond it the answer is the status named, and the connection closes ---
    std::size_t head_bytes = 8 * 1024;    ///< request line and fields together: 431
    std::size_t fields = 64;              ///< 431
    std::size_t target_bytes = 2 * 1024;  ///< path and query: 414
    std::size_t body_bytes = 64 * 1024;   ///< after decoding chunks: 413

    // --- deadlines, kept to within one `sweep_every` ---
    Duration head_within = seconds(10);  ///< from the first byte, or from the connect: 408
    Duration body_within = seconds(30);  ///< 408
    Duration idle_for = seconds(60);     ///< between requests: closed without a word
    Duration stalled_for = seconds(30);  ///< a write without progress: cut
    Duration linger_for = seconds(2);    ///< after the last answer, so that the client reads it before the close
    Duration stop_within = seconds(10);  ///< what still runs this long after `stop()` is cut
    Duration sweep_every = seconds(1);

    // --- connections ---
    int requests_per_connection = 1'000;  ///< the last one is answered with `Connection: close`
    int requests_before_yield = 100;      ///< pipelined requests before others get their turn
    int connections_per_ip = 256;         ///< 503; loopback is exempt, a reverse proxy lives there
    int connections = 16'000;             ///< 503; never more than 80 % of RLIMIT_NOFILE

    // --- WebSockets ---
    Duration ping_every = seconds(15);
    Duration dead_after = seconds(60);   ///< without any byte: cut
    Duration close_within = seconds(5);  ///< for the peer's half of the closing handshake
    std::size_t queue_messages = 256;    ///< unsent; one more closes with 1013
    std::size_t queue_bytes = 1024 * 1024;
};

struct HttpSettings {
    /// An IP address, or `localhost`.
    std::string address = "127.0.0.1";
    /// 0 picks a free one; `HttpServer::port()` tells which.
    std::uint16_t port = 0;
    /// How many io_contexts, each with its thread, the program should make; 0 means one per core. See `http_threads`.
    int threads = 0;
    /// Web pages of other hosts that may open WebSockets, as in `https://play.example.org`.
    std::vector<std::string> allowed_origins;
    HttpLimits limits;
};

/// `settings.threads`, or the number of cores where it is 0; at least 1.
int http_threads(const HttpSettings&);

}  // namespace agon
