/// One HTTP connection: bytes to Requests, Responses to bytes, until it closes or becomes a WebSocket.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/http/gate.hpp"
#include "adapters/http/input.hpp"
#include "adapters/http/service.hpp"

namespace agon {

/// Lives as long as its coroutine. Everything happens on the shard's thread.
class Session final : public Connection {
public:
    enum class Welcome { served, turned_away };

    /// The peer's address in text, and whether it is this machine.
    struct Peer {
        std::string address;
        bool is_loopback = false;
    };

    Session(std::shared_ptr<Shard> shard, net::Socket socket, Peer peer, Welcome welcome);
    ~Session() override;

    /// The only place that catches everything.
    static Task<void> run(std::shared_ptr<Session> self);

    void tick(Duration now) override;
    void stop() override;
    void cut() override;

private:
    /// What a coroutine below says about the connection's future.
    enum class Then { go_on, close };

    Task<void> serve();
    Task<Then> read_head();
    Task<Then> serve_one();
    Task<Then> give_up(bool has_begun, Refusal late);

    bool head_is_here();
    std::optional<Refusal> judge_head();
    void name_request();

    Task<Then> read_body();
    Task<Then> read_counted_body();
    Task<Then> read_chunked_body();
    Task<bool> read_more();
    Task<void> say_continue();
    void keep_head();

    Request request() const;
    Response explain(std::exception_ptr) noexcept;
    Response refusal(int status, std::string_view sentence) noexcept;
    Task<Then> answer(Response);
    /// An answer without a length: it ends with the connection.
    Task<Then> answer_stream(Response);
    Task<Then> refuse(Refusal);
    Task<Then> upgrade(const WebSocketRoute&);
    Task<Then> refuse_upgrade(Response);
    Task<Then> become_websocket(const WebSocketRoute&, std::unique_ptr<WebSocketHandler>, std::string accept);
    const WebSocketRoute* route_to_upgrade() const;

    std::string_view compose(const Response&, bool closes);
    void report(const Response&, std::size_t bytes);
    void end_request();
    std::optional<std::size_t> send_now(std::string_view body);
    Task<bool> send_rest(std::string_view body, std::size_t sent);
    Task<void> linger();

    std::shared_ptr<Shard> shard_;
    net::Socket socket_;
    Peer peer_;
    Welcome welcome_;

    Input input_;
    Head head_;
    std::size_t head_bytes_ = 0;  ///< of the complete head in `input_`, 0 while it is not
    std::size_t scanned_ = 0;     ///< bytes of `input_` that hold no end of a head
    std::size_t body_in_input_ = 0;
    std::string kept_head_;  ///< the head, where `input_` must move while the body arrives
    std::string chunked_body_;
    std::string_view body_;
    std::string request_id_;
    std::string out_;
    std::shared_ptr<BodyStream> stream_;  ///< while one is sent

    int requests_ = 0;
    int without_wait_ = 0;     ///< requests since the last wait for the socket
    bool in_request_ = false;  ///< from the first byte of a head to the end of its answer
    bool expired_ = false;
    bool upgraded_ = false;
    bool is_counted_ = false;  ///< among its address's connections
    Duration started_{};
    Duration deadline_ = Duration::max();
};

}  // namespace agon
