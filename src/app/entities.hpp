/// What is in memory of the streams: each entity's state as its events made it, loaded when it is first asked for.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include "app/aggregates.hpp"
#include "app/clock.hpp"
#include "app/journal.hpp"
#include "app/other_writers.hpp"
#include "app/rendered.hpp"
#include "base/adaptive_mutex.hpp"

namespace agon {

class WalletParts;

/// The views of which an engine keeps the last rendering.
enum class ViewKind : std::uint8_t {
    details,
    bracket,
    standings,
    matches,
    draw,
    game,
    people_details,
    people_bracket,
    people_standings,
    count
};

template <class A>
struct Entity : Durability {
    AdaptiveMutex mutex;
    typename A::State state;
    std::atomic<Version> version = 0;
    std::atomic<bool> loaded = false;
    StreamName name;
    /// The row as it stands on its way to the disk.
    std::shared_ptr<const std::vector<Value>> row;
    std::atomic<std::int64_t> last_used_us = 0;
    /// It knows what others had written when they were counted so (app/other_writers.hpp).
    std::atomic<std::int64_t> others_counted = 0;
    struct CachedView {
        Version version = -1;
        std::int64_t stamp = 0;
        RenderedPtr rendered;
    };
    std::array<CachedView, static_cast<std::size_t>(ViewKind::count)> views;
};

/// The loaded entities of one kind. Any thread. The bodies are compiled once per aggregate (app/entities.cpp and
/// app/entities_of_tournaments.cpp): they hold the reading and writing of all its events.
template <class A>
class Entities {
public:
    using Key = typename A::Key;
    using EntityPtr = std::shared_ptr<Entity<A>>;

    Entities(Store& store, const Clock& clock, OtherWriters& others) : store_(store), clock_(clock), others_(others) {}

    /// Loaded from the log where it was not.
    EntityPtr acquire(Key);

    /// Locks the entity, another one where it went stale, and takes the command: its state moves on, by the events and
    /// by what follows from them by itself, all of which are in the batch. Where it is refused nothing is locked, and the
    /// entity is one that may be looked at.
    Result<Batch> decide(Key, EntityPtr&, std::unique_lock<AdaptiveMutex>&, const typename A::Command&, WalletParts&);

    /// The same, after what `Engine::peek_caught_up` does.
    EntityPtr acquire_caught_up(Key, Duration age);

    void drop(Key key) {
        auto& shard = shard_of(key);
        const std::lock_guard lock(shard.mutex);
        shard.entities.erase(key);
    }
    /// Drops what nobody holds, has nothing under way and was not used since `before`.
    std::size_t sweep(Duration before) {
        std::size_t dropped = 0;
        for (auto& shard : shards_) {
            const std::lock_guard lock(shard.mutex);
            dropped += boost::unordered::erase_if(shard.entities, [&](const auto& item) {
                const auto& e = *item.second;
                return item.second.use_count() == 1 && e.last_used_us.load() < before.count() &&
                       (e.stale || e.durable.load() == e.version);
            });
        }
        return dropped;
    }
    std::size_t size() const {
        std::size_t n = 0;
        for (auto& shard : shards_) {
            const std::lock_guard lock(shard.mutex);
            n += shard.entities.size();
        }
        return n;
    }

private:
    struct Shard {
        mutable AdaptiveMutex mutex;
        boost::unordered_flat_map<Key, EntityPtr, std::hash<Key>> entities;
    };
    Shard& shard_of(Key key) { return shards_[std::hash<Key>{}(key) % shards_.size()]; }
    EntityPtr find_or_make(Key);
    void load(Key, Entity<A>&);
    /// Refused where a wallet refuses its part; then the entity's state is stale unless nothing was applied.
    Result<Batch> apply(Key, Entity<A>&, std::vector<typename A::Event>, Instant now, WalletParts&);
    void add_row(Key, Entity<A>&, RowTouch, Batch&);

    /// False where the log on disk is ahead of the entity, which is then dropped.
    bool is_up_to_date(Key, Entity<A>&);

    Store& store_;
    const Clock& clock_;
    OtherWriters& others_;
    std::array<Shard, 64> shards_;
};

extern template class Entities<TournamentAggregate>;
extern template class Entities<WalletAggregate>;
extern template class Entities<GameAggregate>;
extern template class Entities<BotAggregate>;
extern template class Entities<UserAggregate>;
extern template class Entities<VenueAggregate>;
extern template class Entities<OccasionAggregate>;
extern template class Entities<QueueAggregate>;
extern template class Entities<RankedMatchAggregate>;

}  // namespace agon
