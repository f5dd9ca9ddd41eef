// The bodies of Engine's templates.
#pragma once

namespace agon {

template <class A>
std::shared_ptr<Entity<A>> Engine::acquire(typename A::Key key) {
    auto entity = map<A>().find_or_make(key);
    const std::lock_guard lock(entity->mutex);
    if (!entity->loaded) load<A>(key, *entity);
    entity->last_used_us = clock_.steady().count();
    return entity;
}

template <class A>
void Engine::load([[maybe_unused]] typename A::Key key, Entity<A>& entity) {
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
    entity.compared_us = clock_.steady().count();
    entity.loaded = true;
}

template <class A>
Result<Batch> Engine::apply(typename A::Key key, Entity<A>& entity, std::vector<typename A::Event> events, Instant now,
                            Parts& parts) {
    Batch batch{.at = now, .appends = {{entity.name, entity.version.load(), {}}}};
    auto& recorded = batch.appends.front().events;
    auto touch = RowTouch::none;
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
    if (touch != RowTouch::none) add_row(key, entity, touch, batch);
    entity.version += static_cast<Version>(batch.appends.front().events.size());
    return batch;
}

/// A crowd that enters one tournament changes a single number of its row again and again: that alone is sent.
template <class A>
void Engine::add_row(typename A::Key key, Entity<A>& entity, RowTouch touch, Batch& batch) {
    if (touch == RowTouch::count && entity.row) {
        batch.rows.push_back({A::table(), entity.name, entity.row, {A::count(entity.state)}});
        return;
    }
    auto row = A::row(key, entity.state);
    if (!row) return;
    entity.row = row->values;
    batch.rows.push_back(std::move(*row));
}

template <class A, class Project, class Attach>
auto Engine::decide_on(typename A::Key key, std::shared_ptr<Entity<A>>& entity, const typename A::Command& command,
                       Project& project, Attach& attach, boost::asio::io_context* context, Journal::Done& done)
    -> Result<std::invoke_result_t<Project, const typename A::State&>> {
    std::unique_lock lock(entity->mutex);
    while (entity->stale) {
        lock.unlock();
        entity = acquire<A>(key);
        lock = std::unique_lock(entity->mutex);
    }
    const auto now = clock_.now();
    auto events = A::decide(std::as_const(entity->state), command, now);
    if (!events) return std::unexpected(std::move(events.error()));
    Batch batch{.at = now};
    Parts parts(*this);
    if (!events->empty()) {
        auto applied = apply<A>(key, *entity, std::move(*events), now, parts);
        if (!applied) {
            // The state in memory ran ahead of what is going to happen: it is loaded anew.
            lock.unlock();
            if (entity->stale) entity = acquire<A>(key);
            return std::unexpected(std::move(applied.error()));
        }
        batch = std::move(*applied);
    }
    auto projected = [&] {
        if constexpr (std::is_void_v<std::invoke_result_t<Project, const typename A::State&>>)
            return project(std::as_const(entity->state)), Result<void>{};
        else
            return Result<std::invoke_result_t<Project, const typename A::State&>>(
                project(std::as_const(entity->state)));
    }();
    if constexpr (std::is_void_v<std::invoke_result_t<Project, const typename A::State&>>)
        attach(batch);
    else
        attach(batch, std::as_const(*projected));
    // Submitted under the lock: the journal's order is the stream's order.
    Journal::Progress progress{{entity, entity->version.load()}};
    parts.add_to(batch, progress);
    journal_.submit(std::move(batch), std::move(progress), context, std::move(done));
    return projected;
}

template <class A, class Project, class Attach>
auto Engine::decide_now(typename A::Key key, const typename A::Command& command, Project project,
                        boost::asio::io_context* context, Journal::Done done, Attach attach)
    -> Result<std::invoke_result_t<Project, const typename A::State&>> {
    auto entity = acquire<A>(key);
    return decide_on<A>(key, entity, command, project, attach, context, done);
}

template <class A, class Project, class Attach>
auto Engine::execute(typename A::Key key, typename A::Command command, Project project, Attach attach)
    -> Task<Result<std::invoke_result_t<Project, const typename A::State&>>> {
    using T = std::invoke_result_t<Project, const typename A::State&>;
    for (int attempt = 0;; ++attempt) {
        auto entity = acquire<A>(key);
        Result<T> decided = refused(Code::conflict, "");
        const auto decide = [&](boost::asio::io_context* context, Journal::Done& done) {
            decided = decide_on<A>(key, entity, command, project, attach, context, done);
            return decided.has_value();
        };
        const CommitOutcome outcome = co_await journal_.await(decide);
        rethrow_if_broken(outcome);
        if (outcome.accepted()) {
            // A refusal may rest on what is not durable yet, or never will be.
            const bool ahead = MovesMoney<A> ? journal_.is_busy() : entity->durable.load() != entity->version.load();
            if (!decided && ahead) co_await durable();
            if (decided || !entity->stale) co_return decided;
        }
        if (attempt == 8) throw StoreBroken("somebody else keeps writing to " + key.text());
    }
}

template <class A, class Look>
auto Engine::read(typename A::Key key, Look look) -> Task<std::invoke_result_t<Look, const typename A::State&>> {
    for (;;) {
        const auto entity = acquire<A>(key);
        std::unique_lock lock(entity->mutex);
        auto seen = look(std::as_const(entity->state));
        const bool ahead = entity->durable.load() != entity->version.load();
        lock.unlock();
        if (ahead) co_await durable();
        // What the disk refused was never so.
        if (!ahead || !entity->stale) co_return seen;
    }
}

template <class A>
void Engine::catch_up(typename A::Key key, Duration age) {
    const auto entity = acquire<A>(key);
    const auto now = clock_.steady().count();
    if (now - entity->compared_us.load() < age.count()) return;
    entity->compared_us = now;
    // Under the lock nothing is sent for it; and what is under way already compares itself, with the disk.
    const std::lock_guard lock(entity->mutex);
    const auto version = entity->version.load();
    if (entity->durable.load() != version || store_.read(entity->name, version).empty()) return;
    map<A>().drop(key);
}

template <class A, class Render>
Task<RenderedPtr> Engine::view(typename A::Key key, ViewKind kind, Render render, std::int64_t stamp) {
    for (;;) {
        const auto entity = acquire<A>(key);
        std::unique_lock lock(entity->mutex);
        auto& cached = entity->views[static_cast<std::size_t>(kind)];
        const Version version = entity->version;
        if (cached.version != version || cached.stamp != stamp || !cached.rendered)
            cached = {version, stamp, render(std::as_const(entity->state), version)};
        auto rendered = cached.rendered;
        const bool ahead = entity->durable.load() != entity->version.load();
        lock.unlock();
        if (ahead) co_await durable();
        // What the disk refused was never so.
        if (!ahead || !entity->stale) co_return rendered;
    }
}

}  // namespace agon
