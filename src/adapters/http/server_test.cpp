#include "adapters/http/server.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include "adapters/http/service.hpp"
#include "adapters/http/websocket_frame.hpp"
#include "app/store.hpp"

namespace agon {

namespace {

using namespace std::literals;

/// No wait in this file is longer, whatever goes wrong.
constexpr auto patience = 10s;

class SystemClock final : public Clock {
public:
    Instant now() const override {
        return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
    }
    Duration steady() const override {
        return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
    }
};

bool eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

/// Three pieces as they are let go, then waits for the stop.
class Ticks final : public BodyStream {
public:
    explicit Ticks(std::atomic<int>& allowed) : allowed_(allowed) {}
    Task<std::string> next() override {
        using Executor = boost::asio::io_context::executor_type;
        using Wait = boost::asio::wait_traits<std::chrono::steady_clock>;
        boost::asio::basic_waitable_timer<std::chrono::steady_clock, Wait, Executor> timer{
            co_await boost::asio::this_coro::executor};
        while (sent_ >= allowed_ && !stopped_) {
            timer.expires_after(2ms);
            co_await timer.async_wait(boost::asio::use_awaitable_t<Executor>{});
        }
        co_return stopped_ ? std::string{} : fmt::format("tick {}\n", ++sent_);
    }
    void stop() override { stopped_ = true; }

private:
    std::atomic<int>& allowed_;
    int sent_ = 0;
    bool stopped_ = false;
};

/// Says what it was asked; counts the requests for `/sentinel`, which only smuggling makes.
class EchoSite final : public Site {
public:
    Task<Response> handle(Request request) override {
        ++requests;
        if (request.path == "/sentinel") ++sentinels;
        if (request.path == "/broken") throw std::runtime_error("a secret");
        if (request.path == "/store") throw StoreBroken("no disk");
        if (request.path == "/full") throw StoreBroken("no space", StoreBroken::Kind::storage_full);
        if (request.path == "/slow") co_await wait_for_release();
        if (request.path == "/id") co_return Response{.body = std::string{request.request_id}};
        if (request.path == "/large") co_return Response{.body = std::string(8'000'000, 'x')};
        if (request.path == "/cached") co_return Response{.shared = cached};
        if (request.path == "/empty") co_return Response{.status = 204};
        if (request.path == "/ticks")
            co_return Response{.content_type = "text/event-stream", .stream = std::make_shared<Ticks>(ticks)};
        co_return Response{
            .body = fmt::format("{} {}?{} [{}]", to_text(request.method), request.path, request.query, request.body),
            .route = "/echo"};
    }

    Response refuse(int status, std::string_view sentence, std::string_view path) override {
        return {.status = status, .body = fmt::format("refused {} {}", path, sentence)};
    }

    std::atomic<int> requests{0};
    std::atomic<int> sentinels{0};
    std::atomic<bool> is_slow_here{false};
    std::atomic<bool> released{false};
    std::atomic<int> ticks{0};
    std::shared_ptr<const Rendered> cached =
        std::make_shared<Rendered>(Rendered{.body = std::string(1'430, 'c'), .etag = "\"1\""});

private:
    Task<void> wait_for_release() {
        is_slow_here = true;
        using Executor = boost::asio::io_context::executor_type;
        using Wait = boost::asio::wait_traits<std::chrono::steady_clock>;
        boost::asio::basic_waitable_timer<std::chrono::steady_clock, Wait, Executor> timer{
            co_await boost::asio::this_coro::executor};
        while (!released) {
            timer.expires_after(2ms);
            co_await timer.async_wait(boost::asio::use_awaitable_t<Executor>{});
        }
    }
};

struct Answered final : HttpObserver {
    void answered(std::string_view method, std::string_view route, int status, Duration took, std::size_t bytes,
                  std::string_view id) override {
        const std::lock_guard lock{mutex};
        lines.push_back(
            fmt::format("{} {} {} {} {}", method, route, status, bytes > 0 && took.count() >= 0, !id.empty()));
    }
    void failed(std::string_view what, std::string_view) override {
        const std::lock_guard lock{mutex};
        failures.emplace_back(what);
    }
    std::mutex mutex;
    std::vector<std::string> lines;
    std::vector<std::string> failures;
};

/// Echoes; `flood` sends many large texts, `close` closes, `throw` throws, `count` says when all has left.
class EchoHandler final : public WebSocketHandler {
public:
    EchoHandler(std::atomic<int>& closed, std::function<void(std::shared_ptr<WebSocketPeer>)> show)
        : closed_(closed), show_(std::move(show)) {}

    void opened(std::shared_ptr<WebSocketPeer> peer) override {
        show_(peer);
        peer_ = std::move(peer);
    }
    void message(std::string_view text) override {
        if (text == "throw") throw std::runtime_error("a bug");
        if (text == "close") return peer_->close(4001, "as asked");
        if (text == "count") return void(tells_ = true), say("");
        if (text != "flood") return say(std::string{text});
        for (int i = 0; i < 200; ++i) say(std::string(100'000, 'f'));
    }
    void drained() override {
        if (std::exchange(tells_, false)) say("drained");
    }
    void closed() override {
        ++closed_;
        say("into the void");
    }

private:
    void say(std::string text) { peer_->send(std::make_shared<const std::string>(std::move(text))); }

    std::atomic<int>& closed_;
    std::function<void(std::shared_ptr<WebSocketPeer>)> show_;
    std::shared_ptr<WebSocketPeer> peer_;
    bool tells_ = false;
};

/// A server with everything it needs, on a free port, on two threads.
class Running {
public:
    explicit Running(HttpSettings settings = quick())
        : server_(settings, contexts(), site, routes(), clock_, &observer) {
        server_.listen();
        for (auto& context : contexts_) threads_.emplace_back([&context] { context.run(); });
    }
    ~Running() {
        site.released = true;
        stop();
        wait_until_gone();
        for (auto& thread : threads_) thread.join();
    }

    /// Deadlines are still too long to be met by accident.
    static HttpSettings quick() {
        HttpSettings settings;
        settings.limits.sweep_every = 20ms;
        settings.limits.linger_for = seconds(1);
        return settings;
    }

    void stop() {
        if (std::exchange(is_stopped_, true)) return;
        server_.stop([this] {
            const std::lock_guard lock{mutex_};
            is_gone_ = true;
            gone_.notify_all();
        });
    }
    bool wait_until_gone() {
        std::unique_lock lock{mutex_};
        return gone_.wait_for(lock, patience, [&] { return is_gone_; });
    }
    /// Waits for the first one.
    std::shared_ptr<WebSocketPeer> latest_peer() {
        std::shared_ptr<WebSocketPeer> peer;
        REQUIRE(eventually([&] {
            const std::lock_guard lock{mutex_};
            peer = latest_peer_;
            return peer != nullptr;
        }));
        return peer;
    }
    std::uint16_t port() const { return server_.port(); }
    HttpConnections connections() const { return server_.connections(); }

    EchoSite site;
    Answered observer;
    std::atomic<int> websockets_closed{0};

private:
    std::array<boost::asio::io_context*, 2> contexts() { return {&contexts_[0], &contexts_[1]}; }
    std::vector<WebSocketRoute> routes() {
        const auto open = [this](const WebSocketRequest& request) -> std::unique_ptr<WebSocketHandler> {
            if (request.authorization == "no") return nullptr;
            return std::make_unique<EchoHandler>(websockets_closed, [this](auto peer) {
                const std::lock_guard lock{mutex_};
                latest_peer_ = std::move(peer);
            });
        };
        return {{.path = "/ws", .max_message_bytes = 1'000, .too_big_code = 4009, .open = open}};
    }

    SystemClock clock_;
    std::array<boost::asio::io_context, 2> contexts_{boost::asio::io_context{1}, boost::asio::io_context{1}};
    HttpServer server_;
    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::condition_variable gone_;
    std::shared_ptr<WebSocketPeer> latest_peer_;
    bool is_gone_ = false;
    bool is_stopped_ = false;
};

/// A socket with nothing between the test and the bytes.
class Client {
public:
    Client() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {}
    explicit Client(std::uint16_t port, int receive_buffer = 0) : Client() {
        if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        connect(port);
    }
    Client(Client&&) = delete;
    ~Client() { hang_up(); }

    void connect(std::uint16_t port) const {
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    }
    void hang_up() {
        if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    }

    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    void finish() const { ::shutdown(socket_, SHUT_WR); }

    /// Reads more; false at the end, or when patience ends.
    bool read() {
        pollfd wait{socket_, POLLIN, 0};
        if (::poll(&wait, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) != 1) return false;
        char bytes[65'536];
        const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
        was_reset |= got < 0;
        if (got > 0) received.append(bytes, static_cast<std::size_t>(got));
        return got > 0;
    }
    /// Everything until the server closes.
    const std::string& read_all() {
        while (read()) {
        }
        return received;
    }
    /// One answer, cut off what is received.
    std::string read_answer(bool has_body = true) {
        std::size_t head = 0;
        while ((head = received.find("\r\n\r\n")) == std::string::npos)
            if (!read()) return std::exchange(received, {});
        const auto field = received.find("Content-Length: ");
        const auto size = field < head && has_body ? std::stoul(received.substr(field + 16)) : 0;
        while (received.size() < head + 4 + size)
            if (!read()) break;
        const auto answer = received.substr(0, head + 4 + size);
        received.erase(0, answer.size());
        return answer;
    }
    /// Until `count` bytes are there.
    bool read_to(std::size_t count) {
        while (received.size() < count)
            if (!read()) return false;
        return true;
    }

    std::string received;
    bool was_reset = false;

private:
    int socket_;
};

bool ends_with_body(const std::string& answer, std::string_view body) {
    return answer.ends_with(fmt::format("\r\n\r\n{}", body));
}

std::size_t count(std::string_view text, std::string_view what) {
    std::size_t times = 0;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++times;
    return times;
}

std::string ask(std::string_view method, std::string_view path, std::string_view fields = {},
                std::string_view body = {}) {
    return fmt::format("{} {} HTTP/1.1\r\nHost: a\r\n{}\r\n{}", method, path, fields, body);
}

std::string upgrade(std::string_view fields = {},
                    std::string_view key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                    std::string_view version = "Sec-WebSocket-Version: 13\r\n") {
    return fmt::format("GET /ws HTTP/1.1\r\nHost: a:1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{}{}{}\r\n", key,
                       version, fields);
}

std::string frame(unsigned opcode, std::string_view payload) {
    std::string bytes;
    append_frame(bytes, static_cast<Opcode>(opcode), payload);
    const auto header = bytes.size() - payload.size();
    bytes[1] = static_cast<char>(static_cast<unsigned char>(bytes[1]) | 0x80u);
    return bytes.insert(header, 4, '\0');  // A mask of zeros changes nothing.
}

std::string close_frame(std::uint16_t code, std::string_view reason = {}) {
    std::string bytes;
    append_close(bytes, code, reason);
    return bytes;
}

std::string text_frame(std::string_view text) {
    std::string bytes;
    append_frame(bytes, Opcode::text, text);
    return bytes;
}

}  // namespace

TEST_CASE("a request is answered with everything an answer needs") {
    Running server;
    Client client{server.port()};
    client.send(ask("GET", "/a/b?c=d", "X-Request-Id: mine\r\n"));
    const auto answer = client.read_answer();
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
    CHECK(answer.find("\r\nContent-Type: application/json\r\nContent-Length: 15\r\nX-Request-Id: mine\r\n") !=
          std::string::npos);
    CHECK(answer.find("Connection:") == std::string::npos);
    CHECK(ends_with_body(answer, "GET /a/b?c=d []"));
}

TEST_CASE("requests on one connection have ids of their own") {
    Running server;
    Client client{server.port()};
    client.send(ask("GET", "/id") + ask("GET", "/id", "X-Request-Id: bad id\r\n"));
    const auto first = client.read_answer();
    const auto second = client.read_answer();
    const auto id = [](const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); };
    CHECK(id(first).size() > 12);
    CHECK(id(first) != id(second));
    CHECK(first.find("X-Request-Id: " + id(first)) != std::string::npos);
}

TEST_CASE("connections are shared out evenly among the threads") {
    Running server;
    std::deque<Client> clients;
    // The thread that answers stands in the ids that it makes: process-thread-number.
    std::map<std::string, int> on_thread;
    for (int i = 0; i < 20; ++i) {
        auto& client = clients.emplace_back(server.port());
        client.send(ask("GET", "/id"));
        const auto answer = client.read_answer();
        const auto id = answer.substr(answer.find("\r\n\r\n") + 4);
        ++on_thread[id.substr(0, id.rfind('-'))];
    }
    REQUIRE(on_thread.size() == 2);
    for (const auto& [thread, connections] : on_thread) CHECK(connections == 10);
}

TEST_CASE("pipelined requests are answered in order, more than a turn's worth of them") {
    Running server;
    Client client{server.port()};
    std::string requests;
    for (int i = 0; i < 250; ++i) requests += ask("POST", fmt::format("/{}", i), "Content-Length: 2\r\n", "ab");
    client.send(requests);
    for (int i = 0; i < 250; ++i) CHECK(ends_with_body(client.read_answer(), fmt::format("POST /{}? [ab]", i)));
}

TEST_CASE("a request is understood wherever its bytes are cut") {
    Running server;
    const auto request = ask("POST", "/x", "Content-Length: 3\r\n", "abc");
    Client client{server.port()};
    for (std::size_t cut = 1; cut < request.size(); cut += 3) {
        client.send(std::string_view{request}.substr(0, cut));
        std::this_thread::sleep_for(1ms);
        client.send(std::string_view{request}.substr(cut));
        CHECK(ends_with_body(client.read_answer(), "POST /x? [abc]"));
    }
}

TEST_CASE("HEAD is GET without the body") {
    Running server;
    Client client{server.port()};
    client.send(ask("HEAD", "/cached") + ask("GET", "/cached"));
    const auto head = client.read_answer(false);
    const auto get = client.read_answer();
    CHECK(head.find("Content-Length: 1430\r\nETag: \"1\"\r\n") != std::string::npos);
    CHECK(head.ends_with("\r\n\r\n"));
    CHECK(ends_with_body(get, server.site.cached->body));
}

TEST_CASE("204 has neither body nor length") {
    Running server;
    Client client{server.port()};
    client.send(ask("GET", "/empty") + ask("GET", "/next"));
    CHECK(client.read_answer().find("Content-") == std::string::npos);
    CHECK(ends_with_body(client.read_answer(), "GET /next? []"));
}

TEST_CASE("a large answer arrives whole, also at a slow reader") {
    Running server;
    Client client{server.port(), 4096};
    client.send(ask("GET", "/large"));
    std::this_thread::sleep_for(50ms);
    CHECK(client.read_answer().size() > 8'000'000);
}

TEST_CASE("a body arrives counted, in chunks, with trailers, and after 100-continue") {
    Running server;
    Client client{server.port()};
    const auto large = std::string(60'000, 'z');
    client.send(ask("POST", "/", "Content-Length: 60000\r\n", large));
    CHECK(ends_with_body(client.read_answer(), fmt::format("POST /? [{}]", large)));

    client.send(
        ask("POST", "/", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Role: admin\r\n\r\n"));
    CHECK(ends_with_body(client.read_answer(), "POST /? [abcde]"));

    client.send(ask("PUT", "/", "Content-Length: 2\r\nExpect: 100-continue\r\n"));
    CHECK(client.read_answer() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ab");
    CHECK(ends_with_body(client.read_answer(), "PUT /? [ab]"));

    client.send(ask("PUT", "/", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"));
    CHECK(client.read_answer() == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("1\r\nx\r\n0\r\n\r\n" + ask("GET", "/last"));
    CHECK(ends_with_body(client.read_answer(), "PUT /? [x]"));
    CHECK(ends_with_body(client.read_answer(), "GET /last? []"));
}

TEST_CASE("one empty line between requests is tolerated") {
    Running server;
    Client client{server.port()};
    client.send(ask("POST", "/", "Content-Length: 1\r\n", "a") + "\r\n" + ask("GET", "/b"));
    CHECK(ends_with_body(client.read_answer(), "POST /? [a]"));
    CHECK(ends_with_body(client.read_answer(), "GET /b? []"));
}

TEST_CASE("HTTP/1.0 and Connection: close end the connection after the answer") {
    Running server;
    for (const auto& request :
         {"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"s, ask("GET", "/a", "Connection: close\r\n")}) {
        Client client{server.port()};
        client.send(request);
        const auto& answer = client.read_all();
        CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
        CHECK(ends_with_body(answer, "GET /a? []"));
    }
}

TEST_CASE("smuggling attempts are refused, closed, and never reach the Site") {
    const auto sentinel = ask("GET", "/sentinel");
    const auto size = fmt::format("Content-Length: {}\r\n", sentinel.size());
    const std::string attempts[] = {
        ask("POST", "/", size + "Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + sentinel),
        ask("POST", "/", "Transfer-Encoding: chunked\r\n" + size, "0\r\n\r\n" + sentinel),
        ask("POST", "/", "Content-Length: 0\r\n" + size, sentinel),
        ask("POST", "/", size + size, sentinel),
        ask("POST", "/", "Content-Length: 0, 0\r\n", sentinel),
        ask("POST", "/", "Transfer-Encoding: xchunked\r\n", sentinel),
        ask("POST", "/", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n" + sentinel),
        ask("POST", "/", "Transfer-Encoding: identity\r\n" + size, sentinel),
        ask("POST", "/", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n" + sentinel),
        ask("POST", "/", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n" + sentinel),
        ask("POST", "/", "X: a\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + sentinel),
        ask("POST", "/", "X: a\rTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + sentinel),
        ask("GET", "/", size, sentinel),
        ask("DELETE", "/", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + sentinel),
        ask("POST", "/", "Host: b\r\n", sentinel),
        ask("POST", "/", "Transfer-Encoding: chunked\r\n", "0x0\r\n\r\n" + sentinel),
        ask("POST", "/", "Transfer-Encoding: chunked\r\n", "1\r\naa\r\n0\r\n\r\n" + sentinel),
        ask("POST", "/", "Transfer-Encoding: chunked\r\n", "1\na\n0\n\n" + sentinel),
        ask("POST", "/", "Transfer-Encoding: chunked\r\n", "-1\r\n\r\n" + sentinel),
        ask("POST", "/", "Content-Length: 70000\r\n", sentinel),
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + sentinel,
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n" + sentinel,
        "BREW / HTTP/1.1\r\nHost: a\r\n\r\n" + sentinel,
        "GET /\nHost: a\n\n" + sentinel,
    };
    Running server;
    for (const auto& attempt : attempts) {
        CAPTURE(attempt);
        Client client{server.port()};
        client.send(attempt);
        client.finish();
        const auto& answer = client.read_all();
        CHECK_FALSE(client.was_reset);
        CHECK(count(answer, "HTTP/1.1 4") + count(answer, "HTTP/1.1 5") == 1);
        CHECK(count(answer, "HTTP/1.1 2") == 0);
        CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
        CHECK(answer.find("refused") != std::string::npos);
    }
    CHECK(server.site.sentinels == 0);
    CHECK(server.site.requests == 0);
}

TEST_CASE("a body that says it is too large is refused before it is read, and the client gets to read that") {
    Running server;
    Client client{server.port()};
    client.send(ask("POST", "/up", "Content-Length: 500000\r\nExpect: 100-continue\r\n"));
    CHECK(client.read_answer().starts_with("HTTP/1.1 413 "));
    Client eager{server.port()};
    eager.send(ask("POST", "/up", "Content-Length: 500000\r\n", std::string(500'000, 'a')));
    eager.finish();
    CHECK(eager.read_all().starts_with("HTTP/1.1 413 "));
    CHECK_FALSE(eager.was_reset);
    Client chunked{server.port()};
    chunked.send(ask("POST", "/up", "Transfer-Encoding: chunked\r\n",
                     "ffff\r\n" + std::string(0xffff, 'a') + "\r\n2\r\naa\r\n0\r\n\r\n"));
    CHECK(chunked.read_answer().starts_with("HTTP/1.1 413 "));
    Client extended{server.port()};
    extended.send(ask("POST", "/up", "Transfer-Encoding: chunked\r\n", "1;" + std::string(20'000, 'x')));
    CHECK(extended.read_answer().starts_with("HTTP/1.1 413 "));
    CHECK(server.site.requests == 0);
}

TEST_CASE("a head or a target that is too long is refused while it still arrives") {
    Running server;
    Client fields{server.port()};
    fields.send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'a'));
    CHECK(fields.read_answer().starts_with("HTTP/1.1 431 "));
    Client target{server.port()};
    target.send("GET /" + std::string(20'000, 'a'));
    CHECK(target.read_answer().starts_with("HTTP/1.1 414 "));
}

TEST_CASE("who is slow is told so and closed; who says nothing is closed without a word") {
    auto settings = Running::quick();
    settings.limits.head_within = settings.limits.body_within = settings.limits.idle_for = 150ms;
    Running server{settings};
    Client silent{server.port()};
    Client head{server.port()};
    Client body{server.port()};
    Client chunks{server.port()};
    Client idle{server.port()};
    head.send("GET / HTTP/1.1\r\nHo");
    body.send(ask("POST", "/", "Content-Length: 5\r\n", "ab"));
    chunks.send(ask("POST", "/", "Transfer-Encoding: chunked\r\n", "5\r\nab"));
    idle.send(ask("GET", "/"));
    CHECK(idle.read_answer().starts_with("HTTP/1.1 200 "));
    CHECK(head.read_all().starts_with("HTTP/1.1 408 Request Timeout\r\n"));
    CHECK(head.received.find("\r\nConnection: close\r\n") != std::string::npos);
    CHECK(body.read_all().starts_with("HTTP/1.1 408 "));
    CHECK(chunks.read_all().starts_with("HTTP/1.1 408 "));
    CHECK(silent.read_all().empty());
    CHECK(idle.read_all().empty());
}

TEST_CASE("a reader that makes no progress is cut") {
    auto settings = Running::quick();
    settings.limits.stalled_for = 100ms;
    Running server{settings};
    Client client{server.port(), 4096};
    client.send(ask("GET", "/large"));
    CHECK(eventually([&] { return server.site.requests == 1 && server.connections().http == 0; }));
}

TEST_CASE("what the Site throws becomes 500, a broken store 503, and the observer hears why; a full disk becomes 507") {
    Running server;
    Client client{server.port()};
    client.send(ask("GET", "/broken") + ask("GET", "/store") + ask("GET", "/full") + ask("GET", "/after"));
    const auto broken = client.read_answer();
    CHECK(broken.starts_with("HTTP/1.1 500 "));
    CHECK(broken.find("secret") == std::string::npos);
    const auto store = client.read_answer();
    CHECK(store.starts_with("HTTP/1.1 503 "));
    CHECK(store.find("Retry-After: 1\r\n") != std::string::npos);
    CHECK(client.read_answer().starts_with("HTTP/1.1 507 Insufficient Storage\r\n"));
    CHECK(client.read_answer().starts_with("HTTP/1.1 200 "));
    const std::lock_guard lock{server.observer.mutex};
    CHECK(server.observer.failures == std::vector<std::string>{"a secret", "no disk"});
}

TEST_CASE("the observer hears every answer with its route") {
    Running server;
    Client client{server.port()};
    client.send(ask("GET", "/a") + ask("GET", "/a", "Content-Length: x\r\n"));
    client.finish();
    client.read_all();
    CHECK(eventually([&] {
        const std::lock_guard lock{server.observer.mutex};
        return server.observer.lines ==
               std::vector<std::string>{"GET /echo 200 true true", "GET unmatched 400 true true"};
    }));
}

TEST_CASE("a connection ends after its number of requests") {
    auto settings = Running::quick();
    settings.limits.requests_per_connection = 3;
    Running server{settings};
    Client client{server.port()};
    for (int i = 0; i < 5; ++i) client.send(ask("GET", "/"));
    client.finish();
    const auto& answers = client.read_all();
    CHECK(count(answers, "HTTP/1.1 200 ") == 3);
    CHECK(count(answers, "Connection: close\r\n") == 1);
    CHECK(server.site.requests == 3);
}

TEST_CASE("over the limit of connections the answer is 503; room that is freed is used again") {
    auto settings = Running::quick();
    settings.limits.connections = 2;
    Running server{settings};
    {
        Client one{server.port()};
        Client two{server.port()};
        one.send(ask("GET", "/"));
        two.send(ask("GET", "/"));
        CHECK(one.read_answer().starts_with("HTTP/1.1 200 "));
        CHECK(two.read_answer().starts_with("HTTP/1.1 200 "));
        Client three{server.port()};
        three.finish();
        CHECK(three.read_all().starts_with("HTTP/1.1 503 "));
    }
    REQUIRE(eventually([&] { return server.connections().http == 0; }));
    Client four{server.port()};
    four.send(ask("GET", "/"));
    CHECK(four.read_answer().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("out of descriptors, who cannot be served is closed, and later ones are served again") {
    Running server;
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 12; ++i) clients.push_back(std::make_unique<Client>());
    const auto first_free = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(first_free);
    const rlimit tight{static_cast<rlim_t>(first_free) + 2, before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
    for (auto& client : clients) client->connect(server.port());
    for (auto& client : clients) client->send(ask("GET", "/", "Connection: close\r\n"));
    for (auto& client : clients) {
        client->read_all();
        client->hang_up();
    }
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(server.site.requests >= 1);
    Client later{server.port()};
    later.send(ask("GET", "/later"));
    CHECK(ends_with_body(later.read_answer(), "GET /later? []"));
}

TEST_CASE("stopping answers what is in flight, closes what is idle, and then says that all are gone") {
    Running server;
    Client idle{server.port()};
    Client busy{server.port()};
    Client socket{server.port()};
    idle.send(ask("GET", "/"));
    CHECK(idle.read_answer().starts_with("HTTP/1.1 200 "));
    socket.send(upgrade());
    CHECK(socket.read_answer().starts_with("HTTP/1.1 101 "));
    busy.send(ask("GET", "/slow"));
    REQUIRE(eventually([&] { return server.site.is_slow_here.load(); }));
    server.stop();
    CHECK(idle.read_all().empty());
    REQUIRE(socket.read_to(4));
    CHECK(socket.received.starts_with("\x88"));
    CHECK(socket.received.substr(2, 2) == "\x03\xf4");
    socket.send(frame(8, "\x03\xf4"));
    server.site.released = true;
    busy.finish();
    const auto& answer = busy.read_all();
    CHECK(answer.starts_with("HTTP/1.1 200 "));
    CHECK(answer.find("\r\nConnection: close\r\n") != std::string::npos);
    CHECK(server.wait_until_gone());
    CHECK(server.websockets_closed == 1);
}

TEST_CASE("stopping cuts what does not end within its time") {
    auto settings = Running::quick();
    settings.limits.stop_within = 100ms;
    Running server{settings};
    Client busy{server.port()};
    busy.send(ask("GET", "/slow"));
    REQUIRE(eventually([&] { return server.site.is_slow_here.load(); }));
    server.stop();
    CHECK(server.wait_until_gone());
    CHECK(busy.read_all().empty());
}

TEST_CASE("an address may have so many connections, counted anew as they go") {
    Running server;
    SystemClock clock;
    HttpSettings settings;
    settings.limits.connections_per_ip = 2;
    Service service{settings, server.site, {}, clock, server.observer};
    CHECK(service.enter("10.0.0.1"));
    CHECK(service.enter("10.0.0.1"));
    CHECK_FALSE(service.enter("10.0.0.1"));
    CHECK(service.enter("10.0.0.2"));
    service.leave("10.0.0.1");
    CHECK(service.enter("10.0.0.1"));
}

TEST_CASE("texts sent from many threads at once arrive whole, and each thread's in order") {
    Running server;
    Client client{server.port()};
    client.send(upgrade());
    CHECK(client.read_answer().starts_with("HTTP/1.1 101 "));
    const auto peer = server.latest_peer();
    std::vector<std::thread> senders;
    for (char name : {'a', 'b', 'c'})
        senders.emplace_back([peer, name] {
            for (int i = 0; i < 60; ++i)
                peer->send(std::make_shared<const std::string>(fmt::format("{}{:02}", name, i)));
        });
    for (auto& sender : senders) sender.join();
    REQUIRE(client.read_to(180 * 5));
    std::unordered_map<char, int> next;
    for (std::size_t at = 0; at < client.received.size(); at += 5)
        CHECK(client.received.substr(at + 3, 2) == fmt::format("{:02}", next[client.received[at + 2]]++));
    client.hang_up();
    CHECK(eventually([&] { return server.websockets_closed == 1; }));
    peer->send(std::make_shared<const std::string>("too late"));
    peer->close(1000, "too late");
}

TEST_CASE("an address in use, and one that is none, are told when listening") {
    Running first;
    auto settings = Running::quick();
    settings.port = first.port();
    boost::asio::io_context context{1};
    std::array contexts{&context};
    SystemClock clock;
    const auto failure_of = [&](HttpSettings with) {
        HttpServer server{std::move(with), contexts, first.site, {}, clock};
        try {
            server.listen();
        } catch (const std::system_error& error) {
            return error.code().value();
        }
        return 0;
    };
    CHECK(failure_of(settings) == EADDRINUSE);
    settings.address = "nowhere";
    CHECK(failure_of(settings) == EINVAL);
}

TEST_CASE("a WebSocket handshake is refused with a reason") {
    Running server;
    struct Case {
        std::string request;
        std::string_view answer;
    };
    const Case cases[] = {
        {upgrade({}, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""), "HTTP/1.1 426 "},
        {upgrade({}, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "Sec-WebSocket-Version: 8\r\n"),
         "HTTP/1.1 426 "},
        {upgrade({}, ""), "HTTP/1.1 400 "},
        {upgrade({}, "Sec-WebSocket-Key: c2hvcnQ=\r\n"), "HTTP/1.1 400 "},
        {upgrade({}, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ!!\r\n"), "HTTP/1.1 400 "},
        {upgrade("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), "HTTP/1.1 400 "},
        {upgrade("Origin: http://evil.example\r\n"), "HTTP/1.1 403 "},
        {upgrade("Origin: http://a\r\n"), "HTTP/1.1 403 "},
        {upgrade("Origin: null\r\n"), "HTTP/1.1 403 "},
        {upgrade("Origin: http://a:1\r\nOrigin: http://a:1\r\n"), "HTTP/1.1 403 "},
        {upgrade("Authorization: no\r\n"), "HTTP/1.1 401 "},
        {ask("GET", "/ws"), "HTTP/1.1 200 "},  // Nobody asked for a WebSocket: the Site answers.
        {ask("GET", "/other", "Upgrade: websocket\r\nConnection: Upgrade\r\n"), "HTTP/1.1 200 "},
        {upgrade("Origin: http://a:1\r\n"), "HTTP/1.1 101 "},
        {upgrade("Origin: https://A:1\r\n"), "HTTP/1.1 101 "},
    };
    for (const auto& one : cases) {
        CAPTURE(one.request);
        Client client{server.port()};
        client.send(one.request);
        const auto answer = client.read_answer();
        CHECK(answer.starts_with(one.answer));
        CHECK((answer.find("Sec-WebSocket-Version: 13\r\n") != std::string::npos) == one.answer.ends_with("426 "));
    }
    CHECK(eventually([&] { return server.connections().websocket == 0; }));
}

TEST_CASE("a WebSocket echoes, also what came with the handshake, and answers pings and the close") {
    Running server;
    Client client{server.port()};
    client.send(upgrade() + frame(1, "early"));
    const auto answer = client.read_answer();
    CHECK(answer.find("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != std::string::npos);
    const auto expect = [&](const std::string& bytes) {
        REQUIRE(client.read_to(bytes.size()));
        CHECK(client.received.substr(0, bytes.size()) == bytes);
        client.received.erase(0, bytes.size());
    };
    expect(text_frame("early"));
    CHECK(server.connections().websocket == 1);
    CHECK(server.connections().http == 0);
    client.send(frame(1, "one") + frame(1, "two"));
    expect(text_frame("one") + text_frame("two"));
    client.send(frame(9, "p"));
    expect("\x8a\x01p");
    client.send(frame(8,
                      "\x0f\xa0"
                      "bye"));
    CHECK(client.read_all() == close_frame(4000));
    CHECK(eventually([&] { return server.websockets_closed == 1 && server.connections().websocket == 0; }));
}

TEST_CASE("a WebSocket is closed with the code that fits") {
    Running server;
    struct Case {
        std::string sent;
        std::string received;
    };
    const Case cases[] = {
        {frame(1, std::string(1'001, 'a')), close_frame(4009, "The message is too big")},
        {frame(2, "a"), close_frame(1003, "Only text is understood")},
        {frame(1, "\xff"), close_frame(1007, "The text is not UTF-8")},
        {frame(3, ""), close_frame(1002, "The opcode is not known")},
        {frame(8, "\x13\x88"), close_frame(1002, "The close code is not one")},
        {frame(8, ""), close_frame(1000)},
        {frame(1, "throw"), close_frame(1011, "Something went wrong here")},
        {frame(1, "close"), close_frame(4001, "as asked")},
    };
    for (const auto& one : cases) {
        Client client{server.port()};
        client.send(upgrade());
        CHECK(client.read_answer().starts_with("HTTP/1.1 101 "));
        client.send(one.sent);
        REQUIRE(client.read_to(one.received.size()));
        client.send(frame(8, "\x03\xe8"));
        client.finish();
        CHECK(client.read_all() == one.received);
    }
    CHECK(eventually([&] { return server.websockets_closed == static_cast<int>(std::size(cases)); }));
}

TEST_CASE("a WebSocket client that does not read is closed with 1013") {
    Running server;
    Client client{server.port(), 4096};
    client.send(upgrade());
    CHECK(client.read_answer().starts_with("HTTP/1.1 101 "));
    for (int i = 0; i < 20; ++i) client.send(frame(1, "flood"));
    std::this_thread::sleep_for(50ms);
    client.finish();
    const auto& all = client.read_all();
    CHECK(all.ends_with(close_frame(1013, "Too slow to read")));
    CHECK(eventually([&] { return server.connections().websocket == 0; }));
}

TEST_CASE("a WebSocket is pinged, and dead without any byte") {
    auto settings = Running::quick();
    settings.limits.ping_every = 50ms;
    settings.limits.dead_after = 400ms;
    Running server{settings};
    Client client{server.port()};
    client.send(upgrade());
    CHECK(client.read_answer().starts_with("HTTP/1.1 101 "));
    REQUIRE(client.read_to(2));
    CHECK(client.received.substr(0, 2) == "\x89\x00"s);
    client.read_all();
    CHECK(eventually([&] { return server.websockets_closed == 1; }));
}

TEST_CASE("a streamed answer has no length, comes piece by piece, and ends with the server's stop") {
    Running server;
    Client client(server.port());
    client.send(ask("GET", "/ticks"));
    const auto head = client.read_answer(false);
    CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(head.find("Content-Type: text/event-stream\r\n") != head.npos);
    CHECK(head.find("Connection: close\r\n") != head.npos);
    CHECK(head.find("Content-Length") == head.npos);
    for (int i = 1; i <= 3; ++i) {
        server.site.ticks = i;
        REQUIRE(client.read_to(7));
        CHECK(std::exchange(client.received, {}) == fmt::format("tick {}\n", i));
    }
    server.stop();
    CHECK(client.read_all().empty());
    CHECK(server.wait_until_gone());
}

TEST_CASE("a streamed answer to HEAD is its head alone, and the connection goes on") {
    Running server;
    Client client(server.port());
    client.send(ask("HEAD", "/ticks"));
    CHECK(client.read_answer(false).find("Content-Length") == std::string::npos);
    client.send(ask("GET", "/id"));
    CHECK(client.read_answer().starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a handler hears that all it sent has left") {
    Running server;
    Client client(server.port());
    client.send(upgrade());
    client.read_answer(false);
    client.send(frame(1, "count"));
    const auto expected = text_frame("") + text_frame("drained");
    REQUIRE(client.read_to(expected.size()));
    CHECK(client.received == expected);
}

}  // namespace agon
