/// How fast this machine answers durable requests of known people at all: raw Asio, a hand scanner, a token checked by its
/// signature and remembered from then on, the bare group commit, and the same bytes to everybody. What the server adds to
/// this is its own: decoding, rules, encoding, rows, followers.

#include <fstream>
#include <sstream>
#include <unordered_set>

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>

#include "adapters/system/system.hpp"
#include "group_commit.hpp"

namespace {

namespace asio = boost::asio;
using namespace agon::bench;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<Tcp, asio::io_context::executor_type>;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

struct Options {
    std::uint16_t port = 0;
    std::size_t threads = 1;
    std::filesystem::path dir, keys;
    std::string body;
    std::size_t event_bytes = registration_bytes;
};

/// What all connections share.
struct Shared {
    Group& group;
    const agon::Tokens& tokens;
    const std::string& answer;
};

/// One thread's tokens that were verified. They outlive the run, so when they expire is not kept.
class Known {
public:
    explicit Known(const agon::Tokens& tokens) : tokens_(tokens) {}
    bool accepts(std::string_view token) {
        std::string key(token);
        if (verified_.contains(key)) return true;
        if (!tokens_.verify(token, agon::SystemClock().now())) return false;
        verified_.insert(std::move(key));
        return true;
    }

private:
    const agon::Tokens& tokens_;
    std::unordered_set<std::string> verified_;
};

std::string_view after(std::string_view head, std::string_view field) {
    const auto at = head.find(field);
    if (at == head.npos) return {};
    const auto start = at + field.size();
    return head.substr(start, head.find("\r\n", start) - start);
}

std::string response(std::string_view status, std::string_view body) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", status,
                       body.size(), body);
}

/// One thread: its connections, and the tokens that it knows.
struct Loop {
    explicit Loop(const agon::Tokens& tokens) : known(tokens) {}
    asio::io_context io{1};
    Known known;
};

/// One connection with one request under way; owns itself through the callback in flight, or while it waits for the disk.
class Session : public Writer, public std::enable_shared_from_this<Session> {
public:
    Session(Socket socket, Loop& loop, Shared& shared) : loop_(loop), socket_(std::move(socket)), shared_(shared) {
        socket_.set_option(Tcp::no_delay(true));
    }

    void read() {
        if (filled_ == buffer_.size()) return;
        socket_.async_read_some(asio::buffer(buffer_.data() + filled_, buffer_.size() - filled_),
                                [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
                                    if (!error) self->received(count);
                                });
    }
    Loop& loop() { return loop_; }
    /// On its loop's thread.
    void committed() {
        const auto self = std::move(waiting_);
        write(shared_.answer);
    }

private:
    void received(std::size_t count) {
        filled_ += count;
        const std::string_view bytes(buffer_.data(), filled_);
        const auto end = bytes.find("\r\n\r\n");
        if (end == bytes.npos) return read();
        const auto head = bytes.substr(0, end + 2);
        const std::string length(after(head, "Content-Length: "));
        if (end + 4 + std::strtoull(length.c_str(), nullptr, 10) > filled_) return read();
        filled_ = 0;
        if (head.starts_with("GET ")) {
            own_ = response("200 OK", fmt::format(R"({{"commit_us":{:.0f}}})", shared_.group.median_commit_us()));
            return write(own_);
        }
        if (!loop_.known.accepts(after(head, "Authorization: Bearer "))) {
            own_ = response("401 Unauthorized", "");
            return write(own_);
        }
        waiting_ = shared_from_this();
        shared_.group.submit(this);
    }
    void write(const std::string& answer) {
        asio::async_write(socket_, asio::buffer(answer),
                          [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                              if (!error) self->read();
                          });
    }

    Loop& loop_;
    Socket socket_;
    Shared& shared_;
    std::array<char, 16 * 1024> buffer_;
    std::size_t filled_ = 0;
    std::shared_ptr<Session> waiting_;
    std::string own_;
};

void accept(Acceptor& acceptor, Loop& loop, Shared& shared) {
    acceptor.async_accept([&](boost::system::error_code error, Socket socket) {
        if (!error) std::make_shared<Session>(std::move(socket), loop, shared)->read();
        accept(acceptor, loop, shared);
    });
}

void serve(std::uint16_t port, Loop& loop, Shared& shared) {
    Acceptor acceptor{loop.io.get_executor(), Tcp::v4()};
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.set_option(ReusePort(true));
    acceptor.bind({asio::ip::address_v4::loopback(), port});
    acceptor.listen(4'096);
    accept(acceptor, loop, shared);
    loop.io.run();
}

/// To each thread its own, in one piece.
void hand_back(const std::vector<Writer*>& done, std::vector<std::unique_ptr<Loop>>& loops) {
    for (auto& loop : loops) {
        std::vector<Session*> own;
        for (auto* writer : done)
            if (auto* session = static_cast<Session*>(writer); &session->loop() == loop.get()) own.push_back(session);
        if (own.empty()) continue;
        asio::post(loop->io, [own = std::move(own)] {
            for (auto* session : own) session->committed();
        });
    }
}

std::string content_of(const std::string& file) {
    std::ostringstream out;
    out << std::ifstream(file, std::ios::binary).rdbuf();
    return out.str();
}

/// Until it is told to end.
void run(const Options& options) {
    agon::SystemRandom random;
    const agon::Tokens tokens(agon::load_keys(options.keys, random, false));
    const auto answer = response("200 OK", content_of(options.body));
    std::filesystem::create_directories(options.dir);
    const auto file = options.dir / "limit.db";
    Log log(file, 1, options.event_bytes);
    const Checkpoints checkpoints(file, log.handle());
    Group group(log, true);
    Shared shared{group, tokens, answer};
    std::vector<std::unique_ptr<Loop>> loops;
    for (std::size_t i = 0; i < options.threads; ++i) loops.push_back(std::make_unique<Loop>(tokens));
    const std::jthread writer(
        [&](std::stop_token stop) { group.run(stop, [&](std::vector<Writer*> done) { hand_back(done, loops); }); });
    std::vector<std::jthread> pool;
    for (auto& loop : loops) pool.emplace_back([&] { serve(options.port, *loop, shared); });
    fmt::print("listening on 127.0.0.1:{}\n", options.port);
    std::fflush(stdout);
    pool.clear();
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"The limit of durable requests: a token checked, one event and one shared row committed, one answer."};
    Options options;
    app.add_option("--port", options.port, "on 127.0.0.1")->required();
    app.add_option("--threads", options.threads, "each with its own loop and listening socket");
    app.add_option("--dir", options.dir, "directory to write in")->required();
    app.add_option("--keys", options.keys, "data directory of the server whose tokens are good")->required();
    app.add_option("--body", options.body, "file with the answer's body")->required()->check(CLI::ExistingFile);
    app.add_option("--event-bytes", options.event_bytes, "data of the event that a request writes");
    app.footer("A GET is answered with the median time of a commit so far.");
    CLI11_PARSE(app, argc, argv);
    run(options);
}
