/// What the unit tests of bots put in the place of the driver, the clock and the connection.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/http/websocket.hpp"
#include "app/bots.hpp"
#include "app/clock.hpp"
#include "base/codec/json.hpp"

namespace agon {

inline const BotId ana{Uuid{{1}}};
inline const BotId ben{Uuid{{2}}};
inline const MatchId a_match{Uuid{{9}}};

/// Stands still until it is moved.
class ManualClock : public Clock {
public:
    Instant now() const override { return Instant{1'700'000'000'000'000} + steady_.load(); }
    Duration steady() const override { return steady_; }
    void advance(Duration d) { steady_ = steady_.load() + d; }

private:
    std::atomic<Duration> steady_{};
};

/// Writes down what it is told: `connected ana`, `answered ana r1 rock`.
class FakeInbox : public BotInbox {
public:
    void connected(BotId bot) override { note("connected", bot); }
    void disconnected(BotId bot) override { note("disconnected", bot); }
    void resume(BotId bot) override { note("resume", bot); }
    void sent(BotId, MatchId, std::string request_id, Duration at) override {
        const std::scoped_lock lock(mutex_);
        sent_.emplace_back(std::move(request_id), at);
    }
    void answered(BotId bot, BotAnswer answer) override {
        note("answered", bot, " " + answer.request_id + " " + answer.action + " " + to_text(answer.params));
        const std::scoped_lock lock(mutex_);
        answers_.push_back(std::move(answer));
    }

    /// What was told since the last call.
    std::vector<std::string> heard() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(heard_, {});
    }
    /// The turns that were sent, and when.
    std::vector<std::pair<std::string, Duration>> sent() {
        const std::scoped_lock lock(mutex_);
        return sent_;
    }
    std::vector<BotAnswer> answers() {
        const std::scoped_lock lock(mutex_);
        return answers_;
    }

private:
    void note(std::string_view what, BotId bot, std::string_view more = "") {
        const std::scoped_lock lock(mutex_);
        heard_.push_back(fmt::format("{} {}{}", what, bot == ana ? "ana" : "ben", more));
    }

    std::mutex mutex_;
    std::vector<std::string> heard_;
    std::vector<BotAnswer> answers_;
    std::vector<std::pair<std::string, Duration>> sent_;
};

class FakePeer : public WebSocketPeer {
public:
    void send(std::shared_ptr<const std::string> text) override {
        const std::scoped_lock lock(mutex_);
        sent_.push_back(std::move(text));
    }
    void close(std::uint16_t code, std::string) override {
        const std::scoped_lock lock(mutex_);
        closes_.push_back(code);
    }

    /// What was sent since the last call.
    std::vector<std::string> sent() {
        const std::scoped_lock lock(mutex_);
        std::vector<std::string> texts;
        for (const auto& text : std::exchange(sent_, {})) texts.push_back(*text);
        return texts;
    }
    std::vector<std::uint16_t> closes() {
        const std::scoped_lock lock(mutex_);
        return closes_;
    }

private:
    std::mutex mutex_;
    std::vector<std::shared_ptr<const std::string>> sent_;
    std::vector<std::uint16_t> closes_;
};

inline std::shared_ptr<const BotMessage> a_turn(std::string request_id, std::int64_t timeout_ms = 2000) {
    TurnRequest turn;
    turn.type = "turn_request";
    turn.match_id = a_match;
    turn.seq = 4;
    turn.request_id = std::move(request_id);
    turn.timeout_ms = timeout_ms;
    turn.valid_actions = {"rock", "paper", "scissors"};
    return std::make_shared<const BotMessage>(std::move(turn));
}

}  // namespace agon
