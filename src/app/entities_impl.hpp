// The bodies of Entities, for the files that compile it for an aggregate.
#pragma once

#include "app/entities.hpp"
#include "app/event_codec_impl.hpp"
#include "app/wallet_parts.hpp"

namespace agon {

template <class A>
auto Entities<A>::find_or_make(Key key) -> EntityPtr {
    auto& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    auto& entity = shard.entities[key];
    if (!entity || entity->stale) {
        entity = std::make_shared<Entity<A>>();
        entity->name = key.text();
    }
    return entity;
}

template <class A>
auto Entities<A>::acquire(Key key) -> EntityPtr {
    auto entity = find_or_make(key);
    if (!entity->loaded) {
        const std::lock_guard lock(entity->mutex);
        if (!entity->loaded) load(key, *entity);
    }
    entity->last_used_us = clock_.steady().count();
    return entity;
}

template <class A>
Result<Batch> Entities<A>::decide(Key key, EntityPtr& entity, std::unique_lock<AdaptiveMutex>& lock,
                                  const typename A::Command& command, WalletParts& parts) {
    lock = std::unique_lock(entity->mutex);
    while (entity->stale) {
        lock.unlock();
        entity = acquire(key);
        lock = std::unique_lock(entity->mutex);
    }
    const auto now = clock_.now();
    auto batch = [&]() -> Result<Batch> {
        auto events = A::decide(std::as_const(entity->state), command, now);
        if (!events) return std::unexpected(std::move(events.error()));
        if (events->empty()) return Batch{.at = now};
        return apply(key, *entity, std::move(*events), now, parts);
    }();
    if (!batch) {
        lock.unlock();
        // The state in memory may have run ahead of what is going to happen: then it is loaded anew.
        if (entity->stale) entity = acquire(key);
    }
    return batch;
}

template <class A>
void Entities<A>::load([[maybe_unused]] Key key, Entity<A>& entity) {
    const auto others = others_.last_count();
    // Whole or not at all: an event that cannot be read leaves nothing behind.
    typename A::State state;
    Version version = 0;
    if constexpr (requires { A::replay_after(store_, key); }) version = A::replay_after(store_, key);
    for (const auto& recorded : store_.read(entity.name, version)) {
        A::evolve(state, decode<typename A::Event>(recorded), recorded.at);
        version = recorded.version;
    }
    entity.state = std::move(state);
    entity.version = version;
    entity.durable = version;
    entity.others_counted = others;
    // One that another aggregate's batch begins is looked for again: nobody says here that it began.
    entity.loaded = !BeginsElsewhere<A> || version > 0;
}

/// What of an aggregate's row any event may move, where it has one: when it goes on by itself.
template <class A>
std::optional<Instant> alarm_of(const typename A::State& state) {
    if constexpr (requires { alarm_at(state); })
        return alarm_at(state);
    else
        return std::nullopt;
}

template <class A>
Result<Batch> Entities<A>::apply(Key key, Entity<A>& entity, std::vector<typename A::Event> events, Instant now,
                                 WalletParts& parts) {
    Batch batch{.at = now, .appends = {{entity.name, entity.version.load(), {}}}};
    auto& recorded = batch.appends.front().events;
    auto touch = RowTouch::none;
    const auto alarm = alarm_of<A>(entity.state);
    while (!events.empty()) {
        if constexpr (MovesMoney<A>)
            if (auto ok = parts.take(A::parts(events), now); !ok) {
                parts.call_off();
                if (!recorded.empty()) entity.stale = true;
                return std::unexpected(std::move(ok.error()));
            }
        for (const auto& event : events) {
            A::evolve(entity.state, event, now);
            recorded.push_back(encode(event));
            touch = std::max(touch, A::touches_row(event));
            if constexpr (KeepsEventRows<A>)
                A::event_rows(key, entity.state, event,
                              {entity.version.load() + static_cast<Version>(recorded.size()), now}, batch.rows);
        }
        events = A::consequences(entity.state, now);
    }
    if (alarm_of<A>(entity.state) != alarm) touch = RowTouch::all;
    if (touch != RowTouch::none) add_row(key, entity, touch, batch);
    entity.version += static_cast<Version>(batch.appends.front().events.size());
    return batch;
}

/// A crowd that enters one tournament changes a single number of its row again and again: that alone is sent.
template <class A>
void Entities<A>::add_row(Key key, Entity<A>& entity, RowTouch touch, Batch& batch) {
    if (touch == RowTouch::count && entity.row) {
        batch.rows.push_back({A::table(), entity.name, entity.row, {A::count(entity.state)}});
        return;
    }
    auto row = A::row(key, entity.state);
    if (!row) return;
    entity.row = row->values;
    batch.rows.push_back(std::move(*row));
}

template <class A>
auto Entities<A>::acquire_caught_up(Key key, Duration age) -> EntityPtr {
    auto entity = acquire(key);
    if (age == Duration{}) return is_up_to_date(key, *entity) ? entity : acquire(key);
    const auto others = others_.count(age);
    if (entity->others_counted == others) return entity;
    if (!is_up_to_date(key, *entity)) return acquire(key);
    entity->others_counted = others;
    return entity;
}

template <class A>
bool Entities<A>::is_up_to_date(Key key, Entity<A>& entity) {
    // Under the lock nothing is sent for it; and what is under way already compares itself, with the disk.
    const std::lock_guard lock(entity.mutex);
    const auto version = entity.version.load();
    if (entity.durable.load() != version || store_.read(entity.name, version).empty()) return true;
    drop(key);
    return false;
}

}  // namespace agon
