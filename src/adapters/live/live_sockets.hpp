/// The WebSocket `/ws`: clients sign in, subscribe, and hear. The protocol is written down in docs/live.md; its frames in
/// faces/player/live_frames.hpp.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "adapters/http/websocket.hpp"
#include "app/access.hpp"
#include "app/live.hpp"

namespace agon {

/// Why the server closes a socket by itself (RFC 6455, 7.4.1), beside what the HTTP server closes for.
inline constexpr std::uint16_t live_policy_close = 1008;

/// A handler is called on its connection's thread, which must be one of the hub's; everything else on any. The hub, the
/// engine, the access and the clock outlive this, and this outlives every socket of its route.
class LiveSockets {
public:
    static constexpr std::size_t max_message_bytes = 8 * 1024;
    static constexpr double max_messages_per_second = 100;
    static constexpr int max_faults = 10;
    static constexpr std::size_t max_subscriptions = 100;
    static constexpr Duration authenticate_within = std::chrono::seconds(10);
    /// How often each socket's credentials are looked at again: so late at most is one closed whose token ended.
    static constexpr Duration check_every = std::chrono::seconds(5);

    LiveSockets(Live&, Engine&, const Access&, const Clock&);
    ~LiveSockets();

    /// For the HTTP server. A handshake with credentials that are not good is answered with 401.
    WebSocketRoute route();

    /// Closes the sockets that did not say who they are in time, and those whose credentials are not good any more. To
    /// be called about once a second.
    void sweep();

private:
    class Socket;

    struct Watch {
        /// As in the header; empty before it is known who is there.
        std::string authorization;
        users::Role role{};
        Duration due{};
    };
    /// Who may hear with these credentials: a user, by a token or a key.
    Result<Identity> user_of(const std::string& authorization) const;
    void await_auth(const std::shared_ptr<WebSocketPeer>&);
    /// False where the time was up meanwhile.
    bool watch(const std::shared_ptr<WebSocketPeer>&, std::string authorization, users::Role);
    void forget(const std::shared_ptr<WebSocketPeer>&);

    Live& live_;
    Engine& engine_;
    const Access& access_;
    const Clock& clock_;

    std::mutex mutex_;
    std::unordered_map<std::shared_ptr<WebSocketPeer>, Watch> watched_;
};

}  // namespace agon
