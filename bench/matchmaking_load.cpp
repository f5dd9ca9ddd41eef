/// Open-loop load on matchmaking: so many join a second, whether the server keeps up or not, and each is told over a
/// socket of its own whom it meets. One thread, epoll.
///
/// What is measured, per player: from the instant at which the later of the two was due to join until the `matched` of
/// that player is here, without the time that the policy let the later one wait (its `waited`). A join that had to wait
/// for a free connection, or for this program, counts from when it was due.

#include <sys/epoll.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "measured.hpp"
#include "sockets.hpp"

namespace {

using namespace agon::bench;

struct Options {
    std::uint16_t port = 8'080;
    std::string tokens;
    double rate = 2'000;
    std::size_t connections = 128;
    /// Those who join in the first seconds are not counted: the pool does not know its rate yet.
    double warm_up = 1;
    /// To wait for those who have no opponent yet.
    double patience = 2;
};

struct Player {
    std::string token;
    Clock::time_point due, told;
    std::string match;
    double waited_s = 0;
};

/// A socket with a player's ear, or one that carries joins.
struct Connection {
    int fd = -1;
    Player* listens = nullptr;
    Player* joins = nullptr;
    bool upgraded = false;
    std::string received;
};

/// What stands behind `"name":` in a flat JSON text, without quotes; empty where it does not.
std::string_view value_of(std::string_view text, std::string_view name) {
    const auto key = fmt::format("\"{}\":", name);
    const auto at = text.find(key);
    if (at == text.npos) return {};
    auto value = text.substr(at + key.size());
    if (value.starts_with('"')) value.remove_prefix(1);
    return value.substr(0, value.find_first_of("\",}"));
}

/// A text frame of the server, at the start of `bytes`: its head and payload sizes; nothing while it is not whole.
std::optional<std::pair<std::size_t, std::size_t>> frame(std::string_view bytes) {
    if (bytes.size() < 4) return std::nullopt;
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
    if (byte(1) > 126) throw std::runtime_error("a frame of more than 64 KiB");
    const auto head = byte(1) == 126 ? std::size_t{4} : std::size_t{2};
    const auto length = byte(1) == 126 ? byte(2) << 8 | byte(3) : byte(1);
    if (bytes.size() < head + length) return std::nullopt;
    return std::pair(head, length);
}

class Load {
public:
    Load(const Options& options, std::vector<Player> players) : options_(options), players_(std::move(players)) {}

    void run() {
        listen();
        open_carriers();
        const auto start = Clock::now() + std::chrono::milliseconds(10);
        for (std::size_t i = 0; i < players_.size(); ++i)
            players_[i].due = start + span(static_cast<double>(i) / options_.rate);
        const auto end = players_.back().due + span(options_.patience);
        while (Clock::now() < end && told_ < players_.size()) {
            for (; next_ < players_.size() && players_[next_].due <= Clock::now(); ++next_)
                due_.push_back(&players_[next_]);
            while (!due_.empty() && !free_.empty()) join();
            poll(next_ < players_.size() ? players_[next_].due - Clock::now() : std::chrono::milliseconds(1));
        }
    }
    void print();

private:
    static Clock::duration span(double seconds) {
        return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    }
    void add(Connection& connection) {
        connection.fd = connect_to(options_.port);
        epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
    }

    /// Until everybody's socket is open: their own events then come by themselves.
    void listen() {
        for (auto& player : players_) {
            auto& connection = connections_.emplace_back();
            connection.listens = &player;
            add(connection);
            send_all(connection.fd,
                     fmt::format("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: "
                                 "Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                                 "dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer {}\r\n\r\n",
                                 player.token));
            if (connections_.size() % 64 == 0) poll({});
        }
        while (listening_ < players_.size()) poll(std::chrono::milliseconds(100));
    }
    void open_carriers() {
        for (std::size_t i = 0; i < options_.connections; ++i) {
            auto& connection = connections_.emplace_back();
            add(connection);
            free_.push_back(&connection);
        }
    }

    void join() {
        auto* player = due_.front();
        auto* carrier = free_.front();
        due_.pop_front();
        free_.pop_front();
        carrier->joins = player;
        send_all(carrier->fd, fmt::format("POST /api/v1/tournaments/matchmaking/join HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                          "Authorization: Bearer {}\r\nContent-Type: application/json\r\n"
                                          "Content-Length: 2\r\n\r\n{{}}",
                                          player->token));
    }

    /// Sleeps meanwhile: the server has the same cores.
    void poll(std::chrono::nanoseconds timeout) {
        const timespec wait{.tv_sec = 0, .tv_nsec = std::max<long>(0, timeout.count())};
        epoll_event events[256];
        const int ready = ::epoll_pwait2(epoll_, events, 256, &wait, nullptr);
        for (int i = 0; i < ready; ++i) receive(*static_cast<Connection*>(events[i].data.ptr));
    }
    void receive(Connection& connection) {
        char buffer[16'384];
        const auto got = ::recv(connection.fd, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got == 0) throw std::runtime_error("the server closed a connection");
        if (got < 0 && errno != EAGAIN) throw std::runtime_error(std::strerror(errno));
        if (got < 0) return;
        connection.received.append(buffer, static_cast<std::size_t>(got));
        if (connection.listens)
            hear(connection);
        else
            take_answer(connection);
    }
    void take_answer(Connection& connection) {
        auto& bytes = connection.received;
        const auto head = bytes.find("\r\n\r\n");
        if (head == bytes.npos) return;
        const auto field = bytes.find("ontent-Length: ");
        if (bytes.size() < head + 4 + std::strtoull(bytes.c_str() + field + 15, nullptr, 10)) return;
        if (!bytes.starts_with("HTTP/1.1 200")) throw std::runtime_error(bytes);
        bytes.clear();
        acknowledged_us_.push_back(static_cast<float>(microseconds_since(connection.joins->due)));
        connection.joins = nullptr;
        free_.push_back(&connection);
    }
    void hear(Connection& connection) {
        auto& bytes = connection.received;
        if (!connection.upgraded) {
            const auto end = bytes.find("\r\n\r\n");
            if (end == bytes.npos) return;
            if (!bytes.starts_with("HTTP/1.1 101")) throw std::runtime_error(bytes);
            bytes.erase(0, end + 4);
            connection.upgraded = true;
        }
        while (const auto found = frame(bytes)) {
            understand(*connection.listens, std::string_view(bytes).substr(found->first, found->second));
            bytes.erase(0, found->first + found->second);
        }
    }
    void understand(Player& player, std::string_view text) {
        const auto event = value_of(text, "event");
        if (event == "authenticated") ++listening_;
        if (event != "matchmaking.matched") return;
        player.told = Clock::now();
        player.match = value_of(text, "matchId");
        player.waited_s = std::strtod(std::string(value_of(text, "waited")).c_str(), nullptr);
        ++told_;
    }

    const Options& options_;
    std::vector<Player> players_;
    std::deque<Connection> connections_;
    std::deque<Player*> due_;
    /// Taken in turn: after a thousand requests the server closes a connection.
    std::deque<Connection*> free_;
    int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::size_t listening_ = 0, next_ = 0, told_ = 0;
    std::vector<float> acknowledged_us_;
};

void Load::print() {
    std::map<std::string_view, std::vector<const Player*>> matches;
    for (const auto& player : players_)
        if (!player.match.empty()) matches[player.match].push_back(&player);
    std::vector<float> took_us, policy_us;
    const auto from = players_.front().due + span(options_.warm_up);
    for (const auto& [match, pair] : matches) {
        if (pair.size() != 2) continue;
        const auto later = std::max(pair[0]->due, pair[1]->due);
        if (later < from) continue;
        const auto policy = std::min(pair[0]->waited_s, pair[1]->waited_s) * 1e6;
        policy_us.push_back(static_cast<float>(policy));
        for (const auto* player : pair)
            took_us.push_back(
                static_cast<float>(std::chrono::duration<double, std::micro>(player->told - later).count() - policy));
    }
    fmt::print(R"({{"players":{},"told":{},"p50_us":{:.0f},"p99_us":{:.0f},"most_us":{:.0f},"policy_p50_us":{:.0f},)"
               R"("policy_p99_us":{:.0f},"ack_p50_us":{:.0f},"ack_p99_us":{:.0f}}})"
               "\n",
               players_.size(), told_, percentile(took_us, 0.5), percentile(took_us, 0.99), percentile(took_us, 1),
               percentile(policy_us, 0.5), percentile(policy_us, 0.99), percentile(acknowledged_us_, 0.5),
               percentile(acknowledged_us_, 0.99));
}

std::vector<Player> players_of(const std::string& file) {
    std::vector<Player> players;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        players.push_back({.token = line.substr(0, line.find(' ')), .due = {}, .told = {}, .match = {}});
    return players;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Players who join at a steady rate and are told whom they meet."};
    Options options;
    app.add_option("--port", options.port, "on 127.0.0.1")->required();
    app.add_option("--tokens", options.tokens, "file; a line for each player begins with its token")
        ->required()
        ->check(CLI::ExistingFile);
    app.add_option("--rate", options.rate, "joins a second")->capture_default_str();
    app.add_option("--connections", options.connections, "that carry the joins")->capture_default_str();
    app.add_option("--warm-up", options.warm_up, "seconds at the beginning that are not counted")
        ->capture_default_str();
    app.add_option("--patience", options.patience, "seconds to wait after the last join")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    try {
        Load load(options, players_of(options.tokens));
        load.run();
        load.print();
    } catch (const std::exception& e) {
        std::cerr << "matchmaking_load: " << e.what() << '\n';
        return 1;
    }
}
