/// Many WebSocket clients in one process, by epoll and nothing else: they connect, subscribe, say `ready`, and count what
/// they are told. For each event (the n-th text frame of every client) it notes when the last client had it.
///
///     listeners --port 8000 --path /ws --count 5000 --events 20 [--token T] [--subscribe TEXT] [--skip 1]

#include <sys/epoll.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sockets.hpp"

namespace {

using agon::bench::connect_to, agon::bench::send_all;

struct Client {
    int socket = -1;
    std::string bytes;
    std::size_t texts = 0;
    bool upgraded = false;
};

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// A text frame masked with zeros, which change nothing.
std::string masked(const std::string& text) {
    std::string frame{'\x81'};
    if (text.size() < 126) {
        frame += static_cast<char>(0x80 | text.size());
    } else {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(text.size() >> 8);
        frame += static_cast<char>(text.size());
    }
    return frame + std::string(4, '\0') + text;
}

/// The size of the first whole frame from the server, 0 where there is none.
std::size_t frame_size(std::string_view bytes) {
    if (bytes.size() < 2) return 0;
    std::size_t length = static_cast<unsigned char>(bytes[1]) & 0x7fu, head = 2;
    if (length >= 126) {
        const std::size_t width = length == 126 ? 2 : 8;
        if (bytes.size() < 2 + width) return 0;
        length = 0;
        for (std::size_t i = 0; i < width; ++i) length = length << 8 | static_cast<unsigned char>(bytes[2 + i]);
        head += width;
    }
    return bytes.size() < head + length ? 0 : head + length;
}

class Listeners {
public:
    Listeners(std::size_t count, std::string subscription) : clients_(count), subscription_(std::move(subscription)) {}

    void connect(std::uint16_t port, const std::string& request) {
        for (std::size_t i = 0; i < clients_.size(); ++i) {
            clients_[i].socket = connect_to(port);
            epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, clients_[i].socket, &event);
            send_all(clients_[i].socket, request);
            if (i % 64 == 63) poll(0);
        }
    }
    /// Until every client has had that many texts; when the last one had each of them.
    std::vector<std::int64_t> wait_for(std::size_t texts) {
        done_.assign(texts, 0);
        if (had_.size() < texts) had_.resize(texts);
        while (had_[texts - 1] < clients_.size()) poll(-1);
        return done_;
    }

private:
    void poll(int timeout) {
        epoll_event events[256];
        const int ready = ::epoll_wait(epoll_, events, 256, timeout);
        for (int i = 0; i < ready; ++i) receive(clients_[events[i].data.u64]);
    }
    void receive(Client& client) {
        char buffer[65'536];
        const auto got = ::recv(client.socket, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got == 0) throw std::runtime_error("the server closed");
        if (got < 0) return;
        client.bytes.append(buffer, static_cast<std::size_t>(got));
        if (!client.upgraded) upgrade(client);
        std::size_t used = 0;
        while (client.upgraded) {
            const auto size = frame_size(std::string_view(client.bytes).substr(used));
            if (size == 0) break;
            if ((client.bytes[used] & 0x0f) == 1) count(client);
            used += size;
        }
        client.bytes.erase(0, used);
    }
    void upgrade(Client& client) {
        const auto end = client.bytes.find("\r\n\r\n");
        if (end == client.bytes.npos) return;
        if (!client.bytes.starts_with("HTTP/1.1 101")) throw std::runtime_error(client.bytes);
        client.bytes.erase(0, end + 4);
        client.upgraded = true;
        send_all(client.socket, masked(subscription_));
    }
    void count(const Client& client) {
        const auto text = const_cast<Client&>(client).texts++;
        if (had_.size() <= text) had_.resize(text + 1);
        if (++had_[text] == clients_.size() && text < done_.size()) done_[text] = now_ns();
    }

    std::vector<Client> clients_;
    std::string subscription_;
    int epoll_ = ::epoll_create1(0);
    std::vector<std::size_t> had_;
    std::vector<std::int64_t> done_;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App program{"counts what many WebSocket clients are told"};
    std::uint16_t port = 0;
    std::string path = "/ws", token, subscription;
    std::size_t count = 0, events = 0, skip = 1;
    program.add_option("--port", port)->required();
    program.add_option("--path", path);
    program.add_option("--token", token);
    program.add_option("--subscribe", subscription)->required();
    program.add_option("--count", count)->required();
    program.add_option("--events", events)->required();
    program.add_option("--skip", skip, "texts that come before the first event");
    CLI11_PARSE(program, argc, argv);

    Listeners listeners(count, subscription);
    const auto authorization = token.empty() ? std::string{} : "Authorization: Bearer " + token + "\r\n";
    const auto began = now_ns();
    listeners.connect(port,
                      fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{}\r\n",
                                  path, authorization));
    listeners.wait_for(skip);
    fmt::print("{{\"ready_ms\":{}}}\n", (now_ns() - began) / 1'000'000);
    std::fflush(stdout);
    auto done = listeners.wait_for(skip + events);
    done.erase(done.begin(), done.begin() + static_cast<std::ptrdiff_t>(skip));
    fmt::print("{{\"done_ns\":[{}]}}\n", fmt::join(done, ","));
}
