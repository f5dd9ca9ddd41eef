/// One WebSocket connection after its handshake.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/http/service.hpp"
#include "adapters/http/websocket_frame.hpp"

namespace agon {

class WebSocketSession;

/// The peer as the rest of the program holds it. What is sent from any thread is collected here; the connection's
/// thread is woken once and takes everything, so a burst becomes one write.
class Outbox final : public WebSocketPeer {
public:
    Outbox(net::Executor executor, const HttpLimits& limits) : executor_(executor), limits_(limits) {}

    void send(std::shared_ptr<const std::string> text) override;
    void close(std::uint16_t code, std::string reason) override;

    struct Close {
        std::uint16_t code = 1000;
        std::string reason;
    };
    struct Content {
        std::vector<std::shared_ptr<const std::string>> texts;
        std::optional<Close> close;  ///< comes after the texts
        bool overflowed = false;
    };
    Content take();
    void open(std::weak_ptr<WebSocketSession> session);
    /// From here on nothing is collected, and the io_context is not touched.
    void shut();

private:
    void wake();

    net::Executor executor_;
    const HttpLimits limits_;
    std::mutex mutex_;
    std::weak_ptr<WebSocketSession> session_;
    Content content_;
    std::size_t bytes_ = 0;
    bool is_open_ = false;
    bool is_woken_ = false;
};

/// Lives as long as its coroutines. Everything happens on the shard's thread.
class WebSocketSession final : public Connection, public std::enable_shared_from_this<WebSocketSession> {
public:
    WebSocketSession(std::shared_ptr<Shard> shard, net::Socket socket, const WebSocketRoute& route,
                     std::unique_ptr<WebSocketHandler> handler, std::string request_id);
    ~WebSocketSession() override;

    /// Sends `hello` (the 101 answer), then hears the client, whose first bytes may have `early` arrived, until the end.
    static Task<void> run(std::shared_ptr<WebSocketSession> self, std::string hello, std::string early);
    /// Sends what lies in the outbox.
    void drain();

    void tick(Duration now) override;
    void stop() override;
    void cut() override;

private:
    enum class Then { go_on, end };

    Task<void> hear();
    /// Deals with every whole frame that is here. `end`: the client's close frame was among them.
    Then obey();
    Then obey(const Heard& heard);
    template <class Call>
    void call_handler(Call call);

    void queue(std::string_view text);
    void begin_close(std::uint16_t code, std::string_view reason);
    /// Closes without waiting for the client's half: it is not listened to any more.
    void fail(std::uint16_t code, std::string_view reason);
    void flush();
    void written();
    static Task<void> write_rest(std::shared_ptr<WebSocketSession> self);

    std::shared_ptr<Shard> shard_;
    net::Socket socket_;
    std::unique_ptr<WebSocketHandler> handler_;
    std::string request_id_;
    std::shared_ptr<Outbox> outbox_;
    FrameReader reader_;

    std::string out_;  ///< frames that wait
    std::size_t out_messages_ = 0;
    std::string in_flight_;  ///< frames that are being written
    std::size_t in_flight_messages_ = 0;
    std::size_t written_ = 0;  ///< of `in_flight_`
    bool is_writing_ = false;
    bool is_open_ = false;     ///< the handler knows its peer
    bool is_closing_ = false;  ///< a close frame is queued or sent: nothing may follow it
    bool is_deaf_ = false;     ///< what arrives is thrown away

    Duration heard_at_;
    Duration pinged_at_;
    Duration progress_at_;
    Duration close_deadline_ = Duration::max();
};

}  // namespace agon
