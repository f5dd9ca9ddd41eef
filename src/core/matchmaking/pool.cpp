#include "core/matchmaking/pool.hpp"

#include <algorithm>
#include <cmath>

namespace agon::matchmaking {

Pool::Pool(PoolSettings settings) : settings_(settings), windows_(settings), levels_(windows_.levels()) {}

// --- joining and leaving ---------------------------------------------------------------------------------------------

Result<void> Pool::join(JoinRequest request, Instant at, Decisions& decisions) {
    if (!std::isfinite(request.rating)) return refused(Code::invalid, "a rating must be a number", "/rating");
    if (request.avoids.size() > max_avoided) return refused(Code::invalid, "too many players to avoid", "/avoids");
    catch_up(at, decisions);
    if (contains(request.player)) return refused(Code::conflict, "already waiting");

    population_.arrived(request.rating, now_);
    std::ranges::sort(request.avoids);
    const auto slot = take_slot({.player = request.player,
                                 .rating = request.rating,
                                 .joined_at = now_,
                                 .enqueued_at = std::min(now_, request.waiting_since.value_or(now_)),
                                 .timeout_at = now_ + std::chrono::seconds(settings_.timeout_s),
                                 .ramp_us = ramp_for(settings_, population_, now_).count(),
                                 .avoids = std::move(request.avoids)});
    insert(slot);
    look_around(slot, decisions);
    return {};
}

void Pool::come_back(Ticket ticket, Instant at, Decisions& decisions) {
    CHECK_THAT(!contains(ticket.player));
    catch_up(at, decisions);
    const auto slot = take_slot(std::move(ticket));
    insert(slot);
    look_around(slot, decisions);
}

void Pool::look_around(Slot slot, Decisions& decisions) {
    if (const auto found = best_opponent(slot); found.slot != no_slot)
        match(slot, found.slot, decisions);
    else
        watch_ramp(slot);
}

Result<Ticket> Pool::leave(PlayerId player, Instant at, Decisions& decisions) {
    catch_up(at, decisions);
    const auto slot = slot_of(player);
    if (slot == no_slot) return refused(Code::not_found, "not waiting");
    return erase(slot);
}

Slot Pool::slot_of(PlayerId player) const {
    return table_.find(player, [this](Slot slot) -> const PlayerId& { return entries_[slot].ticket.player; });
}

Slot Pool::take_slot(Ticket ticket) {
    auto slot = free_;
    if (slot == no_slot) {
        slot = static_cast<Slot>(entries_.size());
        entries_.grow();
    }
    auto& entry = entries_.change(slot);
    free_ = std::exchange(entry.bucket_next, no_slot);
    entry.rating = ticket.rating;
    entry.enqueued_at = ticket.enqueued_at;
    entry.serial = next_serial_++;
    entry.opens_at = never;
    entry.level = windows_.level_of(now_ - ticket.enqueued_at);
    entry.ticket = std::move(ticket);
    return slot;
}

void Pool::insert(Slot slot) {
    const auto& entry = entries_.change(slot);
    table_.insert(entry.ticket.player, slot);
    auto& level = levels_[entry.level];
    level.near.insert(entries_, slot);
    level.by_age.insert(entries_, slot, [this](Slot a, Slot b) { return older(a, b); });
    timeouts_.insert(entries_, slot,
                     [this](Slot a, Slot b) { return entries_[a].ticket.timeout_at <= entries_[b].ticket.timeout_at; });
    if (entry.ticket.ramp_us > 0) ++ramped_;
}

Ticket Pool::erase(Slot slot) {
    auto& entry = entries_.change(slot);
    table_.erase(entry.ticket.player, slot);
    levels_[entry.level].near.erase(entries_, slot);
    levels_[entry.level].by_age.erase(entries_, slot);
    timeouts_.erase(entries_, slot);
    if (entry.ticket.ramp_us > 0) --ramped_;
    entry.serial = next_serial_++;
    entry.opens_at = never;
    entry.bucket_next = std::exchange(free_, slot);
    return std::move(entry.ticket);
}

bool Pool::older(Slot a, Slot b) const {
    const auto& x = entries_[a];
    const auto& y = entries_[b];
    return x.enqueued_at != y.enqueued_at ? x.enqueued_at < y.enqueued_at : x.serial < y.serial;
}

// --- time ------------------------------------------------------------------------------------------------------------

void Pool::advance(Instant at, Decisions& decisions) {
    catch_up(at, decisions);
    time_out(decisions);
}

/// All that falls due before `at`, and at `at` what comes before the timeouts.
void Pool::catch_up(Instant at, Decisions& decisions) {
    const auto until = std::max(at, now_);
    for (;;) {
        const auto change = next_change(), timeout = next_timeout();
        if (change <= timeout && change <= until) {
            wake(change, decisions);
        } else if (timeout < until) {
            now_ = timeout;
            time_out(decisions);
        } else {
            break;
        }
    }
    now_ = until;
}

std::optional<Instant> Pool::next_deadline() const {
    const auto next = std::min(next_change(), next_timeout());
    return next == never ? std::nullopt : std::optional(next);
}

/// When the next window widens, or the next pair in sight of each other's first windows opens.
Instant Pool::next_change() const {
    auto next = openings_.empty() ? never : openings_.top().at;
    for (Level level = 0; level < windows_.last(); ++level)
        if (const auto first = levels_[level].by_age.first(); first != no_slot)
            next = std::min(next, entries_[first].enqueued_at + windows_.reached_after(level + 1));
    return next;
}

Instant Pool::next_timeout() const {
    const auto first = timeouts_.first();
    return first == no_slot ? never : entries_[first].ticket.timeout_at;
}

/// First every window that widens at `at` widens, then the pairs that this opens meet.
void Pool::wake(Instant at, Decisions& decisions) {
    stir(at);
    settle(decisions);
}

/// Windows widen; who has a reason to look around is in `woken_`.
void Pool::stir(Instant at) {
    now_ = std::max(now_, at);
    woken_.clear();
    for (Level level = windows_.last(); level-- > 0;) {
        const auto& list = levels_[level].by_age;
        while (list.first() != no_slot &&
               entries_[list.first()].enqueued_at + windows_.reached_after(level + 1) <= now_) {
            woken_.push_back(list.first());
            move_up(list.first());
        }
    }
    while (!openings_.empty() && openings_.top().at <= now_) {
        const auto [when, slot, serial] = openings_.top();
        openings_.pop();
        const auto& entry = entries_[slot];
        if (entry.serial != serial || entry.opens_at != when) continue;
        woken_.push_back(slot);
    }
}

void Pool::move_up(Slot slot) {
    auto& entry = entries_.change(slot);
    levels_[entry.level].near.erase(entries_, slot);
    levels_[entry.level].by_age.erase(entries_, slot);
    ++entry.level;
    levels_[entry.level].near.insert(entries_, slot);
    levels_[entry.level].by_age.insert(entries_, slot, [this](Slot a, Slot b) { return older(a, b); });
}

void Pool::time_out(Decisions& decisions) {
    while (next_timeout() <= now_) decisions.push_back(TimedOut{now_, erase(timeouts_.first())});
}

// --- remembering -----------------------------------------------------------------------------------------------------

std::vector<Slot> Pool::by_joining() const {
    std::vector<Slot> slots;
    for (auto slot = timeouts_.first(); slot != no_slot; slot = entries_[slot].by_timeout.next) slots.push_back(slot);
    std::ranges::sort(slots, {}, [this](Slot slot) { return entries_[slot].serial; });
    return slots;
}

PoolSnapshot Pool::snapshot() const {
    PoolSnapshot taken{.at = now_, .tickets = {}, .population = population_};
    for (const auto slot : by_joining()) taken.tickets.push_back(entries_[slot].ticket);
    return taken;
}

Pool Pool::restore(PoolSettings settings, const PoolSnapshot& snapshot) {
    Pool pool(settings);
    pool.now_ = snapshot.at;
    pool.population_ = snapshot.population;
    for (const auto& ticket : snapshot.tickets) pool.insert(pool.take_slot(ticket));
    for (const auto slot : pool.by_joining()) pool.watch_ramp(slot);
    return pool;
}

void Pool::admit(const Ticket& ticket) {
    CHECK_THAT(!contains(ticket.player));
    now_ = std::max(now_, ticket.joined_at);
    population_.arrived(ticket.rating, ticket.joined_at);
    const auto slot = take_slot(ticket);
    insert(slot);
    watch_ramp(slot);
}

void Pool::readmit(const Ticket& ticket) {
    CHECK_THAT(!contains(ticket.player));
    const auto slot = take_slot(ticket);
    insert(slot);
    watch_ramp(slot);
}

void Pool::pass(Instant at) {
    now_ = std::max(now_, at);
    while (next_change() <= now_) {
        stir(now_);
        for (const auto slot : woken_) watch_ramp(slot);
    }
}

/// The order of the list stays: what was equal or later is so still.
void Pool::extend_timeouts(Instant when) {
    for (auto slot = timeouts_.first(); slot != no_slot; slot = entries_[slot].by_timeout.next)
        if (entries_[slot].ticket.timeout_at < when) entries_.change(slot).ticket.timeout_at = when;
}

bool Pool::remove(PlayerId player) {
    const auto slot = slot_of(player);
    if (slot != no_slot) erase(slot);
    return slot != no_slot;
}

}  // namespace agon::matchmaking
