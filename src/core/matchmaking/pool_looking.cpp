// What a pool tells of a waiting player, and its way back after an outage.
#include <algorithm>
#include <cmath>

#include "core/matchmaking/batch.hpp"
#include "core/matchmaking/pool.hpp"

namespace agon::matchmaking {

std::optional<Status> Pool::status(PlayerId player) const {
    const auto slot = slot_of(player);
    if (slot == no_slot) return std::nullopt;
    const auto& entry = entries_[slot];
    Status told{.pool_size = size(),
                .window = window_now(slot),
                .next_expansion_at = {},
                .enqueued_at = entry.enqueued_at,
                .timeout_at = entry.ticket.timeout_at,
                .meets_at = {}};
    for (auto level = entry.level; level < windows_.levels(); ++level)
        for (auto other = levels_[level].by_age.first(); other != no_slot && older(other, slot);
             other = entries_[other].by_age.next)
            if (gap(slot, other) <= window_now(slot) + window_now(other)) ++told.position;
    if (entry.level < windows_.last())
        told.next_expansion_at = entry.enqueued_at + windows_.reached_after(entry.level + 1);
    if (const auto at = first_meeting(slot); at <= entry.ticket.timeout_at) told.meets_at = at;
    return told;
}

const Ticket* Pool::ticket_of(PlayerId player) const {
    const auto slot = slot_of(player);
    return slot == no_slot ? nullptr : &entries_[slot].ticket;
}

double Pool::window_of(PlayerId player) const {
    const auto slot = slot_of(player);
    return slot == no_slot ? 0 : window_now(slot);
}

bool Pool::anybody_near(double rating, double points, PlayerId except) const {
    bool found = false;
    for (const auto& level : levels_)
        level.near.near(entries_, rating, points, [&](Slot other) {
            const auto& entry = entries_[other];
            found = found || (std::abs(entry.rating - rating) <= points && entry.ticket.player != except);
            return found ? -1.0 : points;
        });
    return found;
}

std::vector<PlayerId> Pool::widening(Instant until) const {
    std::vector<PlayerId> players;
    for (Level level = 0; level < windows_.last(); ++level) {
        const auto reached = windows_.reached_after(level + 1);
        for (auto slot = levels_[level].by_age.first();
             slot != no_slot && entries_[slot].enqueued_at + reached <= until; slot = entries_[slot].by_age.next)
            players.push_back(entries_[slot].ticket.player);
    }
    return players;
}

/// Points to either side, with the ramp.
double Pool::window_now(Slot slot) const {
    const auto& entry = entries_[slot];
    const auto full = windows_.at(entry.level);
    const auto ramp = entry.ticket.ramp_us, age = (now_ - entry.enqueued_at).count();
    if (entry.level > 0 || age >= ramp) return full;
    return full * static_cast<double>(age) / static_cast<double>(ramp);
}

/// When this one meets the first of those who wait, if all stay until then.
Instant Pool::first_meeting(Slot slot) const {
    auto first = never;
    for (const auto& level : levels_)
        for (auto other = level.by_age.first(); other != no_slot; other = entries_[other].by_age.next) {
            if (other == slot || avoid_each_other(slot, other)) continue;
            if (const auto at = pair_opens(slot, other, gap(slot, other)); at <= entries_[other].ticket.timeout_at)
                first = std::min(first, at);
        }
    return first;
}

void Pool::resume(Instant at, Duration grace, Decisions& decisions, Instant until) {
    pass(at);
    extend_timeouts(now_ + grace);
    pair_waiting(Instant{INT64_MIN}, until, decisions);
}

void Pool::pair_waiting(Instant from, Instant until, Decisions& decisions) {
    woken_.clear();
    for (const auto& level : levels_)
        for (auto slot = level.by_age.first(); slot != no_slot && entries_[slot].enqueued_at < until;
             slot = entries_[slot].by_age.next)
            if (entries_[slot].enqueued_at >= from) woken_.push_back(slot);
    std::ranges::sort(woken_, {}, [this](Slot slot) { return entries_[slot].serial; });
    std::vector<Candidate> candidates;
    for (const auto slot : woken_) {
        const auto& entry = entries_[slot];
        candidates.push_back({.rating = entry.rating,
                              .window = windows_.at(entry.level),
                              .waited = std::max(Duration{0}, now_ - entry.enqueued_at)});
    }
    const auto forbidden = [this](std::uint32_t a, std::uint32_t b) { return avoid_each_other(woken_[a], woken_[b]); };
    for (const auto& [a, b] : pair_up(candidates, settings_.rule, forbidden)) {
        match(woken_[a], woken_[b], decisions);
        woken_[a] = woken_[b] = no_slot;
    }
    std::erase(woken_, no_slot);
    settle(decisions);
}

std::vector<Instant> Pool::parts(std::size_t size) const {
    std::vector<Instant> began, ends;
    for (auto slot = timeouts_.first(); slot != no_slot; slot = entries_[slot].by_timeout.next)
        began.push_back(entries_[slot].enqueued_at);
    std::ranges::sort(began);
    for (auto i = size; i < began.size(); i += size)
        if (began[i] > (ends.empty() ? began.front() : ends.back())) ends.push_back(began[i]);
    ends.push_back(never);
    return ends;
}

}  // namespace agon::matchmaking
