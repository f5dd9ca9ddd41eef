/// The rules of a pool written down as plainly as can be, looking at every pair each time: what `Pool` is compared with.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <vector>

#include "core/matchmaking/population.hpp"
#include "core/matchmaking/ticket.hpp"

namespace agon::matchmaking::testing {

class NaivePool {
public:
    explicit NaivePool(PoolSettings settings) : s_(settings) {}

    void join(const JoinRequest& request, Instant now, Decisions& out) {
        catch_up(now, out);
        if (find(request.player) != waiting_.end()) return;
        population_.arrived(request.rating, now_);
        auto avoids = request.avoids;
        std::ranges::sort(avoids);
        waiting_.push_back({request.player, request.rating, now_, request.waiting_since.value_or(now_),
                            now_ + std::chrono::seconds(s_.timeout_s), ramp_for(s_, population_, now_).count(),
                            std::move(avoids)});
        meet(out);
    }
    void leave(PlayerId player, Instant now, Decisions& out) {
        catch_up(now, out);
        if (const auto it = find(player); it != waiting_.end()) waiting_.erase(it);
    }
    void advance(Instant now, Decisions& out) {
        catch_up(now, out);
        time_out(out);
    }
    std::size_t size() const { return waiting_.size(); }
    const std::vector<Ticket>& waiting() const { return waiting_; }

    /// Whether two who may meet are waiting.
    bool broken() const { return closest().has_value(); }

private:
    using Pair = std::pair<std::size_t, std::size_t>;  // places in `waiting_`, the older first

    std::vector<Ticket>::iterator find(PlayerId player) { return std::ranges::find(waiting_, player, &Ticket::player); }

    std::optional<Instant> window_holds(const Ticket& t, double gap) const {
        if (gap <= s_.window)
            return t.enqueued_at +
                   Duration{static_cast<std::int64_t>(std::ceil(static_cast<double>(t.ramp_us) * gap / s_.window))};
        if (gap > s_.ceiling) return std::nullopt;
        for (int k = 1;; ++k)
            if (gap <= std::min(s_.ceiling, s_.window + s_.step * k))
                return t.enqueued_at + std::chrono::seconds(s_.step_s) * k;
    }
    std::optional<Instant> opens(const Ticket& a, const Ticket& b) const {
        if (std::ranges::count(a.avoids, b.player) + std::ranges::count(b.avoids, a.player) > 0) return std::nullopt;
        const auto x = window_holds(a, std::abs(a.rating - b.rating)),
                   y = window_holds(b, std::abs(a.rating - b.rating));
        if (!x) return std::nullopt;
        return std::max({s_.rule == Rule::mutual ? std::max(*x, *y) : std::min(*x, *y), a.joined_at, b.joined_at});
    }
    /// Those who joined first come first in `waiting_`.
    bool older(std::size_t a, std::size_t b) const {
        return std::pair(waiting_[a].enqueued_at, a) < std::pair(waiting_[b].enqueued_at, b);
    }
    template <class Visit>
    void for_each_pair(Visit visit) const {
        for (std::size_t i = 0; i < waiting_.size(); ++i)
            for (std::size_t j = i + 1; j < waiting_.size(); ++j)
                if (const auto at = opens(waiting_[i], waiting_[j]))
                    older(i, j) ? visit(Pair{i, j}, *at) : visit(Pair{j, i}, *at);
    }
    std::optional<Pair> closest() const {
        std::optional<Pair> best;
        const auto key = [this](Pair p) {
            const auto &a = waiting_[p.first], &b = waiting_[p.second];
            return std::tuple(std::abs(a.rating - b.rating), a.enqueued_at, p.first, b.enqueued_at, p.second);
        };
        for_each_pair([&](Pair p, Instant at) {
            if (at <= now_ && (!best || key(p) < key(*best))) best = p;
        });
        return best;
    }
    void meet(Decisions& out) {
        while (const auto pair = closest()) {
            const auto [a, b] = *pair;
            out.push_back(Matched{now_, waiting_[a], waiting_[b]});
            waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(std::max(a, b)));
            waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(a, b)));
        }
    }
    void time_out(Decisions& out) {
        for (std::size_t i = 0; i < waiting_.size();)
            if (waiting_[i].timeout_at <= now_) {
                out.push_back(TimedOut{now_, waiting_[i]});
                waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
            } else {
                ++i;
            }
    }
    void catch_up(Instant until, Decisions& out) {
        for (;;) {
            std::optional<Instant> open, end;
            for_each_pair([&](Pair, Instant at) { open = std::min(open.value_or(at), at); });
            for (const auto& t : waiting_) end = std::min(end.value_or(t.timeout_at), t.timeout_at);
            if (open && *open <= until && (!end || *open <= *end)) {
                now_ = std::max(now_, *open);
                meet(out);
            } else if (end && *end < until) {
                now_ = *end;
                time_out(out);
            } else {
                now_ = std::max(now_, until);
                return;
            }
        }
    }

    PoolSettings s_;
    Population population_;
    Instant now_;
    std::vector<Ticket> waiting_;
};

}  // namespace agon::matchmaking::testing
