/// A queue under test: commands go in, their events are applied and kept, and a replay must come to the same state.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/codec/codec.hpp"
#include "core/matchmaking/pool_testing.hpp"
#include "core/ranked/queue.hpp"

namespace agon::ranked::testing {

using matchmaking::testing::at;
using matchmaking::testing::player;

inline QueueSettings plain() {
    QueueSettings settings;
    settings.pool = matchmaking::testing::immediate();
    return settings;
}
inline QueueSettings with_ready_check() {
    auto settings = plain();
    settings.queue.ready_check = true;
    settings.queue.ready_skip_s = 0;
    return settings;
}

inline std::string state_text(const Queue& queue) { return codec::to_json<codec::log_spelling>(snapshot(queue)); }

struct Line {
    QueueSettings settings;
    Queue queue;
    std::vector<std::pair<QueueEvent, Instant>> log;
    std::uint64_t chance = 0;

    explicit Line(QueueSettings s = plain()) : settings(s) {}

    /// The refusal, or nothing.
    std::string run(const QueueCommand& command, Instant now) {
        auto events = decide(std::as_const(queue), command, now);
        if (!events) return events.error().message;
        while (!events->empty()) {
            for (auto& event : *events) {
                evolve(queue, event, now);
                log.emplace_back(std::move(event), now);
            }
            *events = consequences(queue);
        }
        return {};
    }
    std::string join(std::uint64_t who, double rating, Instant now, std::vector<UserId> avoids = {}) {
        return run(JoinQueue{"pool", "", settings, player(who), rating, std::move(avoids), {}, ++chance}, now);
    }
    std::string leave(std::uint64_t who, Instant now) { return run(LeaveQueue{player(who), ++chance}, now); }
    std::string accept(std::uint64_t who, Instant now) { return run(AcceptMatch{player(who)}, now); }
    std::string decline(std::uint64_t who, Instant now) { return run(DeclineMatch{player(who), ++chance}, now); }
    void advance(Instant now) { CHECK(run(AdvanceQueue{++chance}, now).empty()); }
    /// As a timer that is never late.
    void advance_until(Instant until) {
        for (auto due = queue.next_deadline(); due && *due <= until; due = queue.next_deadline()) advance(*due);
    }
    /// The state, from the events `from` on.
    Queue replayed(std::size_t from = 0) const {
        Queue again = Queue();
        for (auto i = from; i < log.size(); ++i) evolve(again, log[i].first, log[i].second);
        return again;
    }
    template <class E>
    std::vector<E> all() const {
        std::vector<E> found;
        for (const auto& [event, when] : log)
            if (const auto* e = std::get_if<E>(&event)) found.push_back(*e);
        return found;
    }
    /// `1+2@240` for each match so far.
    std::string matches() const {
        std::string text;
        for (const auto& e : all<PairMatched>())
            text += fmt::format("{}{}+{}@{}", text.empty() ? "" : " ", number(e.players[0].player),
                                number(e.players[1].player), static_cast<double>(e.matched_at.us) / 1e6);
        return text;
    }
    static int number(UserId id) { return (id.uuid.bytes[14] << 8) + id.uuid.bytes[15]; }
};

}  // namespace agon::ranked::testing
