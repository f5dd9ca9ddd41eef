/// Bots that connect to us: the lobby socket `/api/bot/ws`, one per bot for all its matches. The protocol is written
/// down in docs/bots.md.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "adapters/http/websocket.hpp"
#include "app/bots.hpp"
#include "app/clock.hpp"

namespace agon {

/// Why the server closes a bot's socket.
namespace bot_close {
inline constexpr std::uint16_t replaced = 4000;         ///< the bot opened a newer socket
inline constexpr std::uint16_t unauthenticated = 4001;  ///< a wrong key, none in time, or the bot was deleted
inline constexpr std::uint16_t too_large = 4008;        ///< a message over 4 KiB
inline constexpr std::uint16_t rate = 4009;             ///< a flood, or five messages that cannot be read
inline constexpr std::uint16_t version = 4013;          ///< no common version of the protocol
}  // namespace bot_close

/// May be called from any thread. Inbox and directory are never called with a lock held; both, and the clock, outlive
/// this, and this outlives every socket of its route.
class WebSocketBots : public BotCarrier {
public:
    static constexpr std::size_t max_message_bytes = 4 * 1024;
    static constexpr double max_bytes_per_second = 64 * 1024, max_messages_per_second = 200;
    static constexpr int max_faults = 5;
    static constexpr Duration authenticate_within = std::chrono::seconds(5);

    WebSocketBots(BotInbox&, BotDirectory&, const Clock&);
    ~WebSocketBots() override;

    /// The lobby socket, for the HTTP server.
    WebSocketRoute route();

    /// Sends to the bot's newest socket; a bot without one misses the message.
    void deliver(BotId, std::shared_ptr<const BotMessage>) override;
    bool reachable(BotId) override;

    /// The bot was deleted: its socket is closed like one with a wrong key.
    void dismiss(BotId);

    /// Closes the sockets that said no key within five seconds. To be called about once a second.
    void sweep();

    /// Messages of a type that the server does not know; they are ignored.
    std::uint64_t unknown_messages() const { return unknown_messages_; }

private:
    class Socket;

    /// What is known of a bot, as long as it has a socket or the inbox has yet to hear of a change.
    struct Presence {
        std::shared_ptr<WebSocketPeer> peer;
        bool announced = false;   ///< what the inbox was told last: connected or not
        bool announcing = false;  ///< some thread is telling the inbox
        bool wants_resume = false;
    };
    enum class News { none, connected, disconnected, resume };

    /// The bot's newest socket, or null.
    std::shared_ptr<WebSocketPeer> peer_of(BotId);
    void await_key(const std::shared_ptr<WebSocketPeer>&);
    bool claim(const std::shared_ptr<WebSocketPeer>&);
    void join(BotId, std::shared_ptr<WebSocketPeer>);
    void leave(const std::shared_ptr<WebSocketPeer>&, std::optional<BotId>);
    void announce(BotId);
    News next_news(BotId);
    void tell(BotId, News);

    BotInbox& inbox_;
    BotDirectory& directory_;
    const Clock& clock_;
    std::atomic<std::uint64_t> unknown_messages_ = 0;

    std::mutex mutex_;
    /// Sockets without a bot yet, and when they opened.
    std::unordered_map<std::shared_ptr<WebSocketPeer>, Duration> waiting_;
    std::unordered_map<BotId, Presence> bots_;
};

}  // namespace agon
