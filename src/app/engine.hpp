/// Runs the rules: execute(stream, command), one at a time per stream.
///
/// What moves money is decided on several streams at once: the tournament's, and those of the wallets that take part.
/// All their events are one batch, which names the version of every one of them.
///
/// State in memory moves on as soon as a command is decided, so a hundred results for one tournament share one commit;
/// answers never run ahead of the disk: `execute` and `view` come back once all they tell of is durable.
#pragma once

#include "app/aggregates.hpp"
#include "app/clock.hpp"
#include "app/event_codec.hpp"
#include "app/journal.hpp"
#include "app/rendered.hpp"

namespace agon {

/// What `Engine::execute` adds to a batch where the caller wants nothing added.
struct NothingMore {
    template <class... T>
    void operator()(Batch&, const T&...) const {}
};

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
    std::mutex mutex;
    typename A::State state;
    std::atomic<Version> version = 0;
    bool loaded = false;
    StreamName name;
    /// The row as it stands on its way to the disk.
    std::shared_ptr<const std::vector<Value>> row;
    std::atomic<std::int64_t> last_used_us = 0;
    /// When it was last compared with the log on disk.
    std::atomic<std::int64_t> compared_us = 0;
    struct CachedView {
        Version version = -1;
        std::int64_t stamp = 0;
        RenderedPtr rendered;
    };
    std::array<CachedView, static_cast<std::size_t>(ViewKind::count)> views;
};

/// The loaded entities of one kind. Any thread.
template <class A>
class EntityMap {
public:
    using Key = typename A::Key;
    using EntityPtr = std::shared_ptr<Entity<A>>;

    EntityPtr find_or_make(Key key) {
        auto& shard = shard_of(key);
        const std::lock_guard lock(shard.mutex);
        auto& entity = shard.entities[key];
        if (!entity || entity->stale) {
            entity = std::make_shared<Entity<A>>();
            entity->name = key.text();
        }
        return entity;
    }
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
            dropped += std::erase_if(shard.entities, [&](const auto& item) {
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
        mutable std::mutex mutex;
        std::unordered_map<Key, EntityPtr> entities;
    };
    Shard& shard_of(Key key) { return shards_[std::hash<Key>{}(key) % shards_.size()]; }
    std::array<Shard, 64> shards_;
};

class Engine {
public:
    Engine(Store& store, Journal& journal, const Clock& clock) : store_(store), journal_(journal), clock_(clock) {}

    /// Decides now, on the calling thread; the events are on their way to the disk when it returns. `project` sees the
    /// state that the command led to. `done` is called on `context` once the events are durable (or were not kept).
    template <class A, class Project, class Attach = NothingMore>
    auto decide_now(typename A::Key, const typename A::Command&, Project project, boost::asio::io_context* context,
                    Journal::Done done, Attach attach = {})
        -> Result<std::invoke_result_t<Project, const typename A::State&>>;

    /// The same, and comes back when the events are durable. Where somebody else was first on the stream it reloads and
    /// decides again. Throws StoreBroken where the store fails: nothing was acknowledged.
    ///
    /// `attach(batch, projected)` is called before the batch is sent, to add rows that must be kept together with the
    /// events, as an answer that is given again to whoever repeats its request (app/idempotency.hpp). Called once per
    /// attempt, under the stream's lock, also where the command led to no event; not where it was refused.
    template <class A, class Project, class Attach = NothingMore>
    auto execute(typename A::Key, typename A::Command, Project project, Attach attach = {})
        -> Task<Result<std::invoke_result_t<Project, const typename A::State&>>>;

    /// Looks at the state as it is in memory, which may run ahead of the disk: not for answers.
    template <class A, class Look>
    auto peek(typename A::Key key, Look look) -> std::invoke_result_t<Look, const typename A::State&> {
        const auto entity = acquire<A>(key);
        const std::lock_guard lock(entity->mutex);
        return look(std::as_const(entity->state));
    }

    /// Looks at the state, and comes back once what was seen is durable.
    template <class A, class Look>
    auto read(typename A::Key key, Look look) -> Task<std::invoke_result_t<Look, const typename A::State&>>;

    /// Forgets the state where the log on disk is ahead of it, as after a change by another process (`agon user`), unless
    /// that was looked after within the last `age`.
    template <class A>
    void catch_up(typename A::Key key, Duration age);

    /// What `render(state, version)` made of the present version, kept until the next; a null pointer is passed on and
    /// not kept. `stamp` names the state of whatever else the view shows: another one, and it is rendered anew.
    template <class A, class Render>
    Task<RenderedPtr> view(typename A::Key key, ViewKind kind, Render render, std::int64_t stamp = 0);

    /// Frees what nobody used for `age` and what is over.
    std::size_t sweep(Duration age);
    template <class A>
    void forget(typename A::Key key) {
        map<A>().drop(key);
    }
    std::size_t loaded() const;

    Store& store() { return store_; }
    Journal& journal() { return journal_; }
    const Clock& clock() const { return clock_; }

private:
    /// The wallets that take part in one decision, locked in the order of their ids until its batch is sent. One
    /// decision at a time moves money.
    class Parts {
    public:
        explicit Parts(Engine& engine) : engine_(engine) {}
        /// All of them agree and move on, or one refuses and none does.
        Result<void> take(std::vector<ledger::TakePart>, Instant now);
        /// What they agreed to is not going to happen.
        void call_off();
        void add_to(Batch&, Journal::Progress&);

    private:
        struct Part {
            std::shared_ptr<Entity<WalletAggregate>> entity;
            std::unique_lock<std::mutex> lock;
            Append append;
        };
        Part& part_of(ledger::WalletId);
        void move_on(ledger::WalletId, Part&, const ledger::WalletEvents&, Instant now);

        Engine& engine_;
        std::unique_lock<std::mutex> money_;
        std::map<ledger::WalletId, Part> parts_;
        std::vector<RowChange> rows_;
    };

    template <class A>
    EntityMap<A>& map() {
        return std::get<EntityMap<A>>(maps_);
    }
    template <class A>
    std::shared_ptr<Entity<A>> acquire(typename A::Key key);
    template <class A>
    void load(typename A::Key key, Entity<A>&);
    /// Applies the events and what follows from them by itself; returns all of them for the log.
    /// Refused where a wallet refuses its part; then the entity's state is stale unless nothing was applied.
    template <class A>
    Result<Batch> apply(typename A::Key key, Entity<A>&, std::vector<typename A::Event>, Instant now, Parts&);
    template <class A>
    void add_row(typename A::Key key, Entity<A>&, RowTouch, Batch&);
    template <class A, class Project, class Attach>
    auto decide_on(typename A::Key, std::shared_ptr<Entity<A>>&, const typename A::Command&, Project&, Attach&,
                   boost::asio::io_context*, Journal::Done&)
        -> Result<std::invoke_result_t<Project, const typename A::State&>>;
    Task<void> durable();

    Store& store_;
    Journal& journal_;
    const Clock& clock_;
    std::mutex money_;
    std::tuple<EntityMap<TournamentAggregate>, EntityMap<WalletAggregate>, EntityMap<GameAggregate>,
               EntityMap<BotAggregate>, EntityMap<UserAggregate>, EntityMap<VenueAggregate>,
               EntityMap<OccasionAggregate>, EntityMap<QueueAggregate>, EntityMap<RankedMatchAggregate>>
        maps_;
};

/// Throws what broke, or returns.
void rethrow_if_broken(const CommitOutcome&);

}  // namespace agon

#include "app/engine_impl.hpp"
