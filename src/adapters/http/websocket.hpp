/// A WebSocket connection as the rest of the program sees it: texts in, texts out. Frames stay behind it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace agon {

/// The server's side of one connection. Every function may be called from any thread and returns at once.
class WebSocketPeer {
public:
    virtual ~WebSocketPeer() = default;
    /// Queues a text frame. A peer that does not read is closed with 1013 once its queue is full.
    virtual void send(std::shared_ptr<const std::string> text) = 0;
    virtual void close(std::uint16_t code, std::string reason) = 0;
};

/// What one connection does with what it hears. Its functions are called one at a time, from the connection's thread;
/// it is destroyed after `closed`.
class WebSocketHandler {
public:
    virtual ~WebSocketHandler() = default;
    /// First; `peer` may be kept, also beyond `closed` (sending is then without effect).
    virtual void opened(std::shared_ptr<WebSocketPeer> peer) = 0;
    virtual void message(std::string_view text) = 0;
    /// All that was sent so far has left, after something had. For whoever has more to send than a queue holds.
    virtual void drained() {}
    virtual void closed() = 0;
};

/// What is known when a client asks for an upgrade.
struct WebSocketRequest {
    std::string path;
    std::string authorization;  ///< the header's value, or empty
    std::string origin;
    std::string remote;
};

/// A path that upgrades, with its limits.
struct WebSocketRoute {
    std::string path;
    /// A larger message closes the connection with `too_big_code`.
    std::size_t max_message_bytes = 64 * 1024;
    std::uint16_t too_big_code = 1009;
    /// Called before the upgrade is accepted; nothing (a null pointer) refuses it with 401, and an exception with 500.
    std::function<std::unique_ptr<WebSocketHandler>(const WebSocketRequest&)> open;
};

}  // namespace agon
