// Who may meet whom, who is the best, and when a first window that opens slowly holds the next one.
#include <algorithm>
#include <cmath>

#include "core/matchmaking/pool.hpp"

namespace agon::matchmaking {

double Pool::gap(Slot a, Slot b) const { return std::abs(entries_[a].rating - entries_[b].rating); }

/// The instant at which a ticket's ramp holds `gap` (of at most the first window): enqueued + ramp · gap / window.
Instant Pool::ramp_opens(Slot slot, double gap) const {
    const auto& entry = entries_[slot];
    const auto ramp = entry.ticket.ramp_us;
    if (ramp == 0) return entry.enqueued_at;
    const auto wait = std::ceil(static_cast<double>(ramp) * gap / settings_.window);
    return entry.enqueued_at + Duration{static_cast<std::int64_t>(wait)};
}

/// Whether the ticket's window holds `gap` now.
bool Pool::reaches(Slot slot, double gap) const {
    const auto level = entries_[slot].level;
    return gap <= windows_.at(level) && (level > 0 || ramp_opens(slot, gap) <= now_);
}

bool Pool::may_meet(Slot a, Slot b, double gap) const {
    const bool fits =
        settings_.rule == Rule::mutual ? reaches(a, gap) && reaches(b, gap) : reaches(a, gap) || reaches(b, gap);
    return fits && a != b && !avoid_each_other(a, b);
}

bool Pool::avoid_each_other(Slot a, Slot b) const {
    const auto& x = entries_[a].ticket;
    const auto& y = entries_[b].ticket;
    return (!x.avoids.empty() && std::ranges::binary_search(x.avoids, y.player)) ||
           (!y.avoids.empty() && std::ranges::binary_search(y.avoids, x.player));
}

/// How far away somebody of `level` can be at most and still meet this one, whose own window holds `own`.
double Pool::reach_into(Level level, double own) const {
    const auto other = windows_.at(level);
    return settings_.rule == Rule::mutual ? std::min(own, other) : std::max(own, other);
}

/// The closest that this one may meet now, of equally close ones the oldest.
Pool::Found Pool::best_opponent(Slot slot) const {
    Found best;
    const auto own = window_now(slot) * (1 + 1e-9);  // `reaches` is exact, to the microsecond
    for (Level level = 0; level < windows_.levels(); ++level) {
        const auto& near = levels_[level].near;
        if (near.empty()) continue;
        auto reach = reach_into(level, own);
        if (best.slot != no_slot) reach = std::min(reach, best.gap);
        near.near(entries_, entries_[slot].rating, reach, [&](Slot other) {
            const auto d = gap(slot, other);
            if (d > reach || (best.slot != no_slot && d == best.gap && older(best.slot, other)) ||
                !may_meet(slot, other, d))
                return reach;
            best = {other, d};
            return reach = d;
        });
    }
    return best;
}

/// Whether the pair of x and what it found meets before that of y: closer, else with the older older one.
bool Pool::comes_first(const Found& a, Slot x, const Found& b, Slot y) const {
    if (a.gap != b.gap) return a.gap < b.gap;
    const auto ordered = [this](Slot p, Slot q) { return older(p, q) ? std::pair(p, q) : std::pair(q, p); };
    const auto [a1, a2] = ordered(a.slot, x);
    const auto [b1, b2] = ordered(b.slot, y);
    return a1 != b1 ? older(a1, b1) : older(a2, b2);
}

/// Lets the woken meet, the closest pair first, until none of them may meet anybody.
void Pool::settle(Decisions& decisions) {
    found_.clear();
    for (const auto slot : woken_) found_.push_back(best_opponent(slot));
    const auto count = woken_.size();
    for (;;) {
        auto next = count;
        for (std::size_t i = 0; i < count; ++i)
            if (found_[i].slot != no_slot &&
                (next == count || comes_first(found_[i], woken_[i], found_[next], woken_[next])))
                next = i;
        if (next == count) break;
        const auto a = woken_[next], b = found_[next].slot;
        match(a, b, decisions);
        for (std::size_t i = 0; i < count; ++i) {
            if (woken_[i] == a || woken_[i] == b) woken_[i] = no_slot, found_[i] = {};
            if (found_[i].slot == a || found_[i].slot == b) found_[i] = best_opponent(woken_[i]);
        }
    }
    for (const auto slot : woken_)
        if (slot != no_slot) watch_ramp(slot);
    woken_.clear();
    found_.clear();
}

void Pool::match(Slot a, Slot b, Decisions& decisions) {
    const auto first = older(a, b) ? a : b, second = first == a ? b : a;
    auto elder = erase(first);
    decisions.push_back(Matched{now_, std::move(elder), erase(second)});
}

/// When the ticket's window will hold `gap`, or did; `never` beyond the ceiling.
Instant Pool::window_opens(Slot slot, double gap) const {
    if (gap <= windows_.at(0)) return ramp_opens(slot, gap);
    for (Level level = 1; level < windows_.levels(); ++level)
        if (gap <= windows_.at(level)) return entries_[slot].enqueued_at + windows_.reached_after(level);
    return never;
}

/// When the windows of a pair will hold their gap, or did.
Instant Pool::pair_opens(Slot a, Slot b, double gap) const {
    const auto x = window_opens(a, gap), y = window_opens(b, gap);
    return settings_.rule == Rule::mutual ? std::max(x, y) : std::min(x, y);
}

/// The first instant after now at which the ramps let this one meet somebody who waits. Each pair is in the care of the
/// one who joined later: it saw the other when it came, and looks at everybody again when that instant is there.
Instant Pool::next_ramp_opening(Slot slot) const {
    auto next = never;
    const auto first_window = windows_.at(0);
    for (const auto& level : levels_) {
        if (level.near.empty()) continue;
        auto reach = first_window;
        level.near.near(entries_, entries_[slot].rating, reach, [&](Slot other) {
            const auto d = gap(slot, other);
            if (d > reach || other == slot) return reach;
            const auto at = pair_opens(slot, other, d);
            if (at <= now_ || at >= next || avoid_each_other(slot, other)) return reach;
            next = at;
            // With both windows needed, a wider gap opens later on this side already.
            if (settings_.rule == Rule::mutual && at == ramp_opens(slot, d)) reach = d;
            return reach;
        });
    }
    return next;
}

void Pool::watch_ramp(Slot slot) {
    const auto at = ramped_ == 0 ? never : next_ramp_opening(slot);
    if (at != entries_[slot].opens_at) entries_.change(slot).opens_at = at;
    if (at != never) openings_.push({at, slot, entries_[slot].serial});
}

}  // namespace agon::matchmaking
