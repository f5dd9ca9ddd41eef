/// How fast this machine answers HTTP at all: the same bytes to every request, by raw Asio callbacks. What the server
/// adds to this is its own.

#include <pthread.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <fmt/format.h>

namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<Tcp, asio::io_context::executor_type>;

/// Ten lines of hand scanner: how many requests stand complete at the start of `bytes`, and where they end.
struct Scanned {
    std::size_t requests = 0;
    std::size_t end = 0;
};

std::size_t body_length(std::string_view head) {
    const auto field = head.find("\r\nContent-Length:");
    return field == head.npos ? 0 : std::strtoull(head.data() + field + 17, nullptr, 10);
}

Scanned scan(std::string_view bytes) {
    Scanned out;
    for (;;) {
        const auto head_end = bytes.find("\r\n\r\n", out.end);
        if (head_end == bytes.npos) return out;
        const auto head = bytes.substr(out.end, head_end - out.end + 4);
        const auto end = head_end + 4 + (head.starts_with("GET ") ? 0 : body_length(head));
        if (end > bytes.size()) return out;
        ++out.requests;
        out.end = end;
    }
}

/// One connection; owns itself through the callbacks in flight.
class Session : public std::enable_shared_from_this<Session> {
public:
    Session(Socket socket, const std::string& answer) : socket_(std::move(socket)), answer_(answer) {
        socket_.set_option(Tcp::no_delay(true));
        socket_.non_blocking(true);
    }

    void read() {
        if (filled_ == buffer_.size()) return;
        socket_.async_read_some(asio::buffer(buffer_.data() + filled_, buffer_.size() - filled_),
                                [self = shared_from_this()](boost::system::error_code error, std::size_t count) {
                                    if (!error) self->received(count);
                                });
    }

private:
    void received(std::size_t count) {
        filled_ += count;
        const auto found = scan({buffer_.data(), filled_});
        if (found.requests == 0) return read();
        std::memmove(buffer_.data(), buffer_.data() + found.end, filled_ - found.end);
        filled_ -= found.end;
        write(found.requests);
    }

    /// Sends at once what the socket takes; only the rest waits.
    void write(std::size_t answers) {
        for (; answers > 0; --answers) {
            boost::system::error_code error;
            const auto sent = socket_.send(asio::buffer(answer_), 0, error);
            if (error && error != asio::error::would_block) return;
            if (sent < answer_.size()) return write_rest(sent, answers - 1);
        }
        read();
    }

    void write_rest(std::size_t sent, std::size_t answers_after) {
        asio::async_write(socket_, asio::buffer(answer_) + sent,
                          [self = shared_from_this(), answers_after](boost::system::error_code error, std::size_t) {
                              if (!error) self->write(answers_after);
                          });
    }

    Socket socket_;
    const std::string& answer_;
    std::array<char, 16 * 1024> buffer_;
    std::size_t filled_ = 0;
};

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

void accept(Acceptor& acceptor, const std::string& answer) {
    acceptor.async_accept([&](boost::system::error_code error, Socket socket) {
        if (!error) std::make_shared<Session>(std::move(socket), answer)->read();
        accept(acceptor, answer);
    });
}

/// One thread's server: its own loop, its own listening socket on the same port.
void serve(std::uint16_t port, const std::string& answer) {
    asio::io_context io{1};
    Acceptor acceptor{io.get_executor(), Tcp::v4()};
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.set_option(ReusePort(true));
    acceptor.bind({asio::ip::address_v4::loopback(), port});
    acceptor.listen(4'096);
    accept(acceptor, answer);
    io.run();
}

std::string answer_with(const std::string& file) {
    std::ostringstream body;
    body << std::ifstream(file, std::ios::binary).rdbuf();
    const auto text = body.str();
    return fmt::format(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nETag: \"{:016x}\"\r\n\r\n{}",
        text.size(), std::hash<std::string>{}(text), text);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"The HTTP limit of this machine: answers every request with the bytes of a file."};
    std::uint16_t port = 8'080;
    unsigned threads = 1;
    std::string body;
    app.add_option("--port", port, "on 127.0.0.1")->capture_default_str();
    app.add_option("--threads", threads, "each with its own loop and listening socket")->capture_default_str();
    app.add_option("--body", body, "file with the answer's body")->required()->check(CLI::ExistingFile);
    CLI11_PARSE(app, argc, argv);
    const auto answer = answer_with(body);
    std::vector<std::jthread> pool;
    for (unsigned i = 1; i < threads; ++i) pool.emplace_back([&] { serve(port, answer); });
    fmt::print("listening on 127.0.0.1:{}\n", port);
    std::fflush(stdout);
    serve(port, answer);
}
