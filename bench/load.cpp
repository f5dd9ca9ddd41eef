/// An HTTP load generator: closed, where every connection has one request under way, or open, where requests are due at a
/// steady rate whatever becomes of those before them. One thread, epoll, keep-alive.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include "measured.hpp"

namespace {

using namespace agon::bench;

/// The clients are there before the clock starts: what a connection costs a server is not what is measured here.
constexpr auto time_to_let_in = std::chrono::milliseconds(50);

struct Options {
    std::uint16_t port = 8'080;
    std::size_t connections = 64;
    double seconds = 3;
    /// Requests a second; 0: closed.
    double rate = 0;
    std::string method = "GET";
    std::string paths;
    std::string bodies;
    std::string headers;
    std::vector<std::string> header;
    bool loop = false;
    std::string latencies;
};

std::vector<std::string> lines_of(const std::string& file) {
    std::vector<std::string> out;
    if (file.empty()) return out;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
}

/// The requests, rendered before the clock starts. Shorter lists than that of the paths begin again.
std::vector<std::string> render_requests(const Options& options) {
    const auto paths = lines_of(options.paths);
    const auto bodies = lines_of(options.bodies);
    const auto headers = lines_of(options.headers);
    std::string common = fmt::format("Host: 127.0.0.1:{}\r\n", options.port);
    for (const auto& line : options.header) common += line + "\r\n";
    std::vector<std::string> out;
    for (std::size_t i = 0; i < std::max(paths.size(), bodies.size()); ++i) {
        auto text = fmt::format("{} {} HTTP/1.1\r\n{}", options.method, paths[i % paths.size()], common);
        if (!headers.empty()) text += headers[i % headers.size()] + "\r\n";
        if (!bodies.empty()) {
            const auto& body = bodies[i % bodies.size()];
            text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
        } else {
            text += options.method == "GET" ? "\r\n" : "Content-Length: 0\r\n\r\n";
        }
        out.push_back(std::move(text));
    }
    return out;
}

/// A response at the start of `bytes`: its status and its length, 0 while it is not complete.
struct Response {
    int status = 0;
    std::size_t length = 0;
    bool closes = false;
};

/// The value of a header field, whatever the case of its name; empty when it is not there.
std::string_view field(std::string_view head, std::string_view name) {
    for (auto at = head.find("\r\n"); at != head.npos && at + 2 < head.size(); at = head.find("\r\n", at + 2)) {
        const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
        if (line.size() <= name.size() || line[name.size()] != ':') continue;
        if (::strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
        const auto start = line.find_first_not_of(' ', name.size() + 1);
        return start == line.npos ? std::string_view{} : line.substr(start);
    }
    return {};
}

/// Nothing when these bytes are no response with a length that stands in its head.
std::optional<Response> parse(std::string_view bytes) {
    const auto head_end = bytes.find("\r\n\r\n");
    if (head_end == bytes.npos) return bytes.size() > 64 * 1024 ? std::nullopt : std::optional{Response{}};
    const auto head = bytes.substr(0, head_end + 2);
    if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) return std::nullopt;
    Response out{.status = std::atoi(head.data() + 9)};
    const auto length = field(head, "Content-Length");
    if (length.empty() && out.status != 204 && out.status != 304) return std::nullopt;
    const auto body = length.empty() || out.status == 304 ? 0 : std::strtoull(length.data(), nullptr, 10);
    const auto connection = field(head, "Connection");
    out.closes = connection.size() >= 5 && ::strncasecmp(connection.data(), "close", 5) == 0;
    if (bytes.size() >= head_end + 4 + body) out.length = head_end + 4 + body;
    return out;
}

struct Results {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;
    std::vector<float> latencies_us;
    std::map<int, std::uint64_t> statuses;
    /// With the connections open.
    double seconds = 0;
};

struct Connection {
    int fd = -1;
    const std::string* request = nullptr;
    std::size_t sent = 0;
    std::string received;
    Clock::time_point asked;
};

class Load {
public:
    Load(const Options& options, std::vector<std::string> requests)
        : options_(options), requests_(std::move(requests)), connections_(options.connections) {}

    Results run() {
        epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
        for (auto& connection : connections_) open(connection);
        std::this_thread::sleep_for(time_to_let_in);
        const auto began = began_ = Clock::now();
        end_ = began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.seconds));
        for (auto& connection : connections_) next(connection);
        std::array<epoll_event, 256> ready;
        while ((under_way_ > 0 || (is_open() && next_ < requests_.size())) && Clock::now() < end_) {
            const auto wait = patience();
            const auto count = ::epoll_pwait2(epoll_, ready.data(), static_cast<int>(ready.size()), &wait, nullptr);
            for (int i = 0; i < count; ++i)
                serve(*static_cast<Connection*>(ready[static_cast<std::size_t>(i)].data.ptr));
            while (is_open() && !idle_.empty() && next_ < requests_.size() && due(next_) <= Clock::now()) {
                auto* connection = idle_.front();
                idle_.pop_front();
                begin(*connection);
            }
        }
        results_.seconds = microseconds_since(began) / 1e6;
        for (auto& connection : connections_) ::close(connection.fd);
        ::close(epoll_);
        return std::move(results_);
    }

private:
    void open(Connection& connection) {
        connection.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(options_.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(connection.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            std::cerr << "load: 127.0.0.1:" << options_.port << ": " << std::strerror(errno) << '\n';
            std::exit(1);
        }
        const int on = 1;
        ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::fcntl(connection.fd, F_SETFL, O_NONBLOCK);
        // Edge-triggered: one registration serves both directions.
        epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = &connection}};
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    }

    bool is_open() const { return options_.rate > 0; }
    Clock::time_point due(std::size_t request) const {
        const std::chrono::duration<double> after(static_cast<double>(request) / options_.rate);
        return began_ + std::chrono::duration_cast<Clock::duration>(after);
    }
    /// Until the next request is due, where a connection is free for it.
    timespec patience() const {
        if (!is_open() || idle_.empty() || next_ == requests_.size()) return {.tv_sec = 0, .tv_nsec = 100'000'000};
        const auto left = std::chrono::nanoseconds(due(next_) - Clock::now()).count();
        return {.tv_sec = 0, .tv_nsec = std::clamp<std::int64_t>(left, 0, 100'000'000)};
    }

    /// Begins this connection's next request, where it is due; else it stays idle.
    void next(Connection& connection) {
        connection.request = nullptr;
        if (is_open()) return idle_.push_back(&connection);
        if (next_ == requests_.size() && options_.loop) next_ = 0;
        if (next_ < requests_.size()) begin(connection);
    }

    /// In an open load what a request waits for a connection counts as well.
    void begin(Connection& connection) {
        connection.asked = is_open() ? due(next_) : Clock::now();
        connection.request = &requests_[next_++];
        connection.sent = 0;
        ++under_way_;
        send(connection);
    }

    void send(Connection& connection) {
        while (connection.sent < connection.request->size()) {
            const auto count = ::send(connection.fd, connection.request->data() + connection.sent,
                                      connection.request->size() - connection.sent, MSG_NOSIGNAL);
            if (count < 0) return;
            connection.sent += static_cast<std::size_t>(count);
        }
    }

    void serve(Connection& connection) {
        if (connection.request && connection.sent < connection.request->size()) send(connection);
        std::array<char, 64 * 1024> buffer;
        for (;;) {
            const auto count = ::recv(connection.fd, buffer.data(), buffer.size(), 0);
            if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
            if (count <= 0) return failed(connection);
            connection.received.append(buffer.data(), static_cast<std::size_t>(count));
            if (!take_response(connection)) return;
            if (static_cast<std::size_t>(count) < buffer.size()) return;
        }
    }

    /// False when the connection had to be opened anew.
    bool take_response(Connection& connection) {
        const auto response = parse(connection.received);
        if (!response || !connection.request) return failed(connection), false;
        if (response->length == 0) return true;
        ++results_.requests;
        ++results_.statuses[response->status];
        results_.latencies_us.push_back(static_cast<float>(microseconds_since(connection.asked)));
        connection.received.erase(0, response->length);
        --under_way_;
        if (response->closes) return reopen(connection), false;
        next(connection);
        return true;
    }

    void failed(Connection& connection) {
        if (connection.request) {
            ++results_.errors;
            --under_way_;
        }
        reopen(connection);
    }

    void reopen(Connection& connection) {
        ::close(connection.fd);
        std::erase(idle_, &connection);
        connection.received.clear();
        open(connection);
        next(connection);
    }

    const Options& options_;
    std::vector<std::string> requests_;
    std::vector<Connection> connections_;
    std::size_t next_ = 0;
    std::size_t under_way_ = 0;
    /// Of an open load, longest idle first.
    std::deque<Connection*> idle_;
    int epoll_ = -1;
    Clock::time_point began_, end_;
    Results results_;
};

void write_latencies(const std::string& file, const std::vector<float>& latencies_us) {
    std::ofstream out(file);
    for (const auto us : latencies_us) fmt::print(out, "{:.0f}\n", us);
}

void print(Results& results) {
    std::string statuses;
    for (const auto& [status, count] : results.statuses)
        statuses += fmt::format("{}\"{}\":{}", statuses.empty() ? "" : ",", status, count);
    fmt::print(
        R"({{"requests":{},"errors":{},"seconds":{:.4f},"requests_per_second":{:.0f},"p50_us":{:.0f},"p99_us":{:.0f},"statuses":{{{}}}}})"
        "\n",
        results.requests, results.errors, results.seconds, static_cast<double>(results.requests) / results.seconds,
        percentile(results.latencies_us, 0.50), percentile(results.latencies_us, 0.99), statuses);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"HTTP load: each connection sends its next request when its last is answered, or when it is due."};
    Options options;
    app.add_option("--port", options.port, "on 127.0.0.1")->capture_default_str();
    app.add_option("--connections", options.connections)->capture_default_str()->check(CLI::PositiveNumber);
    app.add_option("--seconds", options.seconds, "at most")->capture_default_str();
    app.add_option("--rate", options.rate, "requests a second, each due at its time; 0: as fast as they are answered")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--method", options.method)->capture_default_str();
    app.add_option("--paths", options.paths, "file; line i is the path of request i")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--bodies", options.bodies, "file; line i is the body of request i")->check(CLI::ExistingFile);
    app.add_option("--headers", options.headers,
                   "file; line i is one more header of request i, as in 'Authorization: Bearer x'")
        ->check(CLI::ExistingFile);
    app.add_option("--header", options.header, "a header of every request; may be repeated");
    app.add_flag("--loop", options.loop, "begin again after the last line; else stop there")->excludes("--rate");
    app.add_option("--latencies", options.latencies, "file to write: the microseconds of each request, a line each");
    app.footer("The longer of paths and bodies says how many requests there are; a shorter file begins again.");
    CLI11_PARSE(app, argc, argv);
    auto requests = render_requests(options);
    if (requests.empty()) return std::cerr << "load: " << options.paths << " is empty\n", 1;
    auto results = Load(options, std::move(requests)).run();
    if (!options.latencies.empty()) write_latencies(options.latencies, results.latencies_us);
    print(results);
}
