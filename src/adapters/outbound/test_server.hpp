/// An HTTP server for unit tests, on a free port of 127.0.0.1: a script answers whole requests with bytes. A thread per
/// connection; every wait is bounded, and the destructor ends them all.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

namespace agon {

class TestServer {
public:
    /// Head and body of a request → the bytes of the reply; with none the connection is closed. Called from the
    /// connections' threads.
    using Script = std::function<std::string(const std::string& request)>;

    explicit TestServer(Script script) : script_(std::move(script)) {
        listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bind(listener_, reinterpret_cast<sockaddr*>(&here), sizeof here);
        listen(listener_, 64);
        socklen_t size = sizeof here;
        getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size);
        port_ = ntohs(here.sin_port);
        acceptor_ = std::thread([this] { accept_all(); });
    }

    ~TestServer() {
        shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        {
            const std::scoped_lock lock(mutex_);
            for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
        }
        for (auto& thread : threads_) thread.join();
        for (const int connection : connections_) close(connection);
        close(listener_);
    }

    std::string url(std::string_view path = "/") const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }
    int port() const { return port_; }
    int connections() const { return accepted_; }

    /// The requests so far, in the order in which they were complete.
    std::vector<std::string> requests() const {
        const std::scoped_lock lock(mutex_);
        return requests_;
    }

private:
    void accept_all() {
        for (int peer = accept(listener_, nullptr, nullptr); peer >= 0; peer = accept(listener_, nullptr, nullptr)) {
            ++accepted_;
            const timeval patience{.tv_sec = 5};
            setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
            const std::scoped_lock lock(mutex_);
            connections_.push_back(peer);
            threads_.emplace_back([this, peer] { serve(peer); });
        }
    }

    void serve(int peer) {
        std::string pending;
        while (true) {
            auto request = read_request(peer, pending);
            if (request.empty()) return;
            {
                const std::scoped_lock lock(mutex_);
                requests_.push_back(request);
            }
            if (!write_all(peer, script_(request))) {
                shutdown(peer, SHUT_RDWR);
                return;
            }
        }
    }

    static std::size_t body_length(const std::string& head) {
        const auto at = head.find("Content-Length: ");
        return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
    }

    static std::string read_request(int peer, std::string& pending) {
        char buffer[16 * 1024];
        while (true) {
            const auto end = pending.find("\r\n\r\n");
            if (end != std::string::npos && pending.size() >= end + 4 + body_length(pending.substr(0, end))) {
                const auto size = end + 4 + body_length(pending.substr(0, end));
                auto request = pending.substr(0, size);
                pending.erase(0, size);
                return request;
            }
            const auto got = recv(peer, buffer, sizeof buffer, 0);
            if (got <= 0) return {};
            pending.append(buffer, static_cast<std::size_t>(got));
        }
    }

    static bool write_all(int peer, const std::string& bytes) {
        for (std::size_t at = 0; at < bytes.size();) {
            const auto sent = send(peer, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) return false;
            at += static_cast<std::size_t>(sent);
        }
        return !bytes.empty();
    }

    Script script_;
    int listener_ = -1;
    int port_ = 0;
    std::atomic<int> accepted_ = 0;
    mutable std::mutex mutex_;
    std::vector<int> connections_;
    std::vector<std::string> requests_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// A reply with its length; `extra` are header lines that end in CR LF.
inline std::string http_reply(int status, std::string_view body, std::string_view extra = "") {
    return fmt::format("HTTP/1.1 {} x\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), extra, body);
}

}  // namespace agon
