/// HTTP calls to the outside: webhooks of bots and of tournaments, published keys. Most go to addresses that users wrote
/// down, so each call is bounded in time and size, follows no redirect, uses no proxy, and connects to allowed addresses
/// only.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/outbound/target.hpp"

namespace agon {

/// Of the calls that wait for one host, the more urgent ones go first; among equals, who came first.
enum class Urgency { low, high, highest };

struct OutboundRequest {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    /// For the whole call, waiting for its turn included; at most 15 seconds are granted.
    std::chrono::milliseconds timeout{15'000};
    Urgency urgency = Urgency::low;
    /// Over a connection that was never used.
    bool fresh_connection = false;
    /// Where given: called once, right before the call is sent, from the client's thread, to write what depends on that
    /// moment: headers, body and timeout, which counts from then on. Until then the call waits for as long as `patience`.
    /// With false nothing is sent, and the call is refused. It must return quickly and not throw.
    std::function<bool(OutboundRequest&)> prepare;
    std::chrono::milliseconds patience{};
};

/// How a call ended.
enum class Outcome {
    answered,   ///< the server replied, with whatever status
    refused,    ///< the rules forbid the URL or the address behind its name, or `prepare` did; nothing was sent
    timed_out,  ///< no complete reply in time
    failed,     ///< no connection, a broken one, bad TLS or something that is not HTTP
    stopped,    ///< the client is stopped or has too many calls waiting
};

struct OutboundReply {
    Outcome outcome = Outcome::failed;
    int status = 0;
    /// The first 64 KiB; `truncated` says that there was more, which was not read.
    std::string body;
    bool truncated = false;
    /// What went wrong, as a phrase; empty where `answered`.
    std::string error;
};

/// Sends over HTTP/1.1 with keep-alive from one thread of its own: at most 4 calls at a time to one host, 5 seconds to
/// connect. Certificates are checked. A POST is sent once at most, also where its connection breaks.
class HttpClient {
public:
    using Callback = std::function<void(OutboundReply)>;

    explicit HttpClient(CallRules);
    ~HttpClient();

    /// POSTs and returns at once. May be called from any thread, from a callback too. `done` is called exactly once,
    /// from the client's thread (from the caller's where the client is stopped or overfull); it must return quickly
    /// and not throw.
    void post(OutboundRequest, Callback done);
    /// The same with GET; the request has no body.
    void get(OutboundRequest, Callback done);

    /// Ends what is in flight as `stopped`; when this returns, every callback has been called. May be called again,
    /// but not from a callback.
    void stop();

private:
    class Worker;
    std::unique_ptr<Worker> worker_;
};

}  // namespace agon
