/// How fast this machine tells one message to many WebSockets at all: Beast, its broadcast and nothing else. A text from
/// a client is sent on to every client; a subscription is answered as Agon does, so that the same load runs on both.

#include <cstdio>
#include <deque>
#include <thread>

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <fmt/format.h>

namespace {

namespace asio = boost::asio;
namespace websocket = boost::beast::websocket;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<Tcp, asio::io_context::executor_type>;
using Text = std::shared_ptr<const std::string>;
using Error = boost::system::error_code;

class Session;

/// The sessions of one io_context, on its thread.
struct Branch {
    asio::io_context context{1};
    std::vector<std::shared_ptr<Session>> sessions;
};

using Branches = std::vector<std::unique_ptr<Branch>>;

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(Socket socket, Branches& branches) : stream_(std::move(socket)), branches_(branches) {
        stream_.next_layer().set_option(Tcp::no_delay(true));
    }
    void accept() {
        stream_.async_accept([self = shared_from_this()](Error error) {
            if (!error) self->read();
        });
    }
    void send(const Text& text) {
        waiting_.push_back(text);
        if (waiting_.size() == 1) write();
    }

private:
    void read() {
        stream_.async_read(buffer_, [self = shared_from_this()](Error error, std::size_t) {
            if (!error) self->received();
        });
    }
    void received();
    void write() {
        stream_.async_write(asio::buffer(*waiting_.front()), [self = shared_from_this()](Error error, std::size_t) {
            if (error) return;
            self->waiting_.pop_front();
            if (!self->waiting_.empty()) self->write();
        });
    }

    websocket::stream<Socket, false> stream_;
    Branches& branches_;
    boost::beast::flat_buffer buffer_;
    std::deque<Text> waiting_;
};

void broadcast(Branches& branches, const Text& text) {
    for (auto& branch : branches)
        asio::post(branch->context, [&sessions = branch->sessions, text] {
            for (const auto& session : sessions) session->send(text);
        });
}

void Session::received() {
    const auto text =
        std::make_shared<const std::string>(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    buffer_.consume(buffer_.size());
    if (text->find("\"subscribe\"") != text->npos)
        send(std::make_shared<const std::string>(R"({"event":"subscribed","data":{}})"));
    else
        broadcast(branches_, text);
    read();
}

void accept_all(Acceptor& acceptor, Branch& branch, Branches& branches) {
    acceptor.async_accept([&](Error error, Socket socket) {
        if (error) return;
        branch.sessions.push_back(std::make_shared<Session>(std::move(socket), branches));
        branch.sessions.back()->accept();
        accept_all(acceptor, branch, branches);
    });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{"sends each text that a WebSocket client says to all of them"};
    std::uint16_t port = 0;
    std::size_t threads = 1;
    program.add_option("--port", port)->required();
    program.add_option("--threads", threads);
    CLI11_PARSE(program, argc, argv);

    Branches branches;
    std::vector<Acceptor> acceptors;
    for (std::size_t i = 0; i < threads; ++i) branches.push_back(std::make_unique<Branch>());
    using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    for (auto& branch : branches) {
        auto& acceptor = acceptors.emplace_back(branch->context.get_executor());
        acceptor.open(Tcp::v4());
        acceptor.set_option(ReusePort(true));
        acceptor.bind({asio::ip::address_v4::loopback(), port});
        acceptor.listen();
    }
    for (std::size_t i = 0; i < threads; ++i) accept_all(acceptors[i], *branches[i], branches);
    fmt::print("listening on http://127.0.0.1:{}\n", port);
    std::fflush(stdout);
    std::vector<std::thread> running;
    for (auto& branch : branches) running.emplace_back([&branch] { branch->context.run(); });
    for (auto& thread : running) thread.join();
}
