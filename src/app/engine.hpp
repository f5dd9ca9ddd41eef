/// Runs the rules: execute(stream, command), one at a time per stream.
///
/// What moves money is decided on several streams at once: the tournament's, and those of the wallets that take part.
/// All their events are one batch, which names the version of every one of them.
///
/// State in memory moves on as soon as a command is decided, so a hundred results for one tournament share one commit;
/// answers never run ahead of the disk: `execute` and `view` come back once all they tell of is durable.
#pragma once

#include "app/event_codec.hpp"
#include "app/wallet_parts.hpp"

namespace agon {

/// What `Engine::execute` adds to a batch where the caller wants nothing added.
struct NothingMore {
    template <class... T>
    void operator()(Batch&, const T&...) const {}
};

/// Those of each kind; each is a base, found by its type.
template <class... A>
struct EntitiesOfAll : Entities<A>... {
    EntitiesOfAll(Store& store, const Clock& clock, OtherWriters& others) : Entities<A>(store, clock, others)... {}
    std::size_t sweep(Duration before) { return (Entities<A>::sweep(before) + ...); }
    std::size_t size() const { return (Entities<A>::size() + ...); }
};

class Engine {
public:
    Engine(Store&, Journal&, const Clock&);
    ~Engine();

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
        const auto entity = of<A>().acquire(key);
        const std::lock_guard lock(entity->mutex);
        return look(std::as_const(entity->state));
    }

    /// Looks at the state if all of it is durable; nothing where it runs ahead of the disk, and `read` has to wait.
    template <class A, class Look>
    auto read_now(typename A::Key key, Look look)
        -> std::optional<std::invoke_result_t<Look, const typename A::State&>> {
        const auto entity = of<A>().acquire(key);
        const std::lock_guard lock(entity->mutex);
        if (entity->durable.load() != entity->version.load()) return std::nullopt;
        return look(std::as_const(entity->state));
    }

    /// Looks at the state, and comes back once what was seen is durable. What a store refused is not seen, and a store that
    /// takes nothing can still be read.
    template <class A, class Look>
    auto read(typename A::Key key, Look look) -> Task<std::invoke_result_t<Look, const typename A::State&>>;

    /// Forgets the state where the log on disk is ahead of it, as after a change by another process (`agon user`).
    template <class A>
    void catch_up(typename A::Key key) {
        of<A>().acquire_caught_up(key, {});
    }
    /// That, and `peek`. What was written within the last `age` may be missed; with none, the disk is read each time.
    template <class A, class Look>
    auto peek_caught_up(typename A::Key key, Duration age, Look look)
        -> std::invoke_result_t<Look, const typename A::State&> {
        const auto entity = of<A>().acquire_caught_up(key, age);
        const std::lock_guard lock(entity->mutex);
        return look(std::as_const(entity->state));
    }

    /// What `render(state, version)` made of the present version, kept until the next; a null pointer is passed on and
    /// not kept. `stamp` names the state of whatever else the view shows: another one, and it is rendered anew.
    template <class A, class Render>
    Task<RenderedPtr> view(typename A::Key key, ViewKind kind, Render render, std::int64_t stamp = 0);

    /// Frees what nobody used for `age` and what is over.
    std::size_t sweep(Duration age);
    template <class A>
    void forget(typename A::Key key) {
        of<A>().drop(key);
    }
    std::size_t loaded() const;

    Store& store() { return store_; }
    Journal& journal() { return journal_; }
    const Clock& clock() const { return clock_; }

private:
    template <class A>
    Entities<A>& of() {
        return entities_;
    }
    template <class A, class Project, class Attach>
    auto decide_on(typename A::Key, std::shared_ptr<Entity<A>>&, const typename A::Command&, Project&, Attach&,
                   boost::asio::io_context*, Journal::Done&)
        -> Result<std::invoke_result_t<Project, const typename A::State&>>;
    /// So often a stream is looked at again that somebody else keeps writing to, or that the store keeps refusing.
    static constexpr int most_attempts = 8;
    Task<void> durable();
    /// Waits for what is under way to the disk: true where the stream is as it was seen, false where the disk refused that, so
    /// that it was never so. Throws what broke at the last attempt.
    Task<bool> is_kept(const Durability& seen, int attempt);

    Store& store_;
    Journal& journal_;
    const Clock& clock_;
    OtherWriters others_;
    std::mutex money_;
    EntitiesOfAll<TournamentAggregate, WalletAggregate, GameAggregate, BotAggregate, UserAggregate, VenueAggregate,
                  OccasionAggregate, QueueAggregate, RankedMatchAggregate>
        entities_;
};

/// Throws what broke, or returns.
void rethrow_if_broken(const CommitOutcome&);

}  // namespace agon

#include "app/engine_impl.hpp"
