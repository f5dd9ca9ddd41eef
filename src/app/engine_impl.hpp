// The bodies of Engine's templates.
#pragma once

namespace agon {

template <class A, class Project, class Attach>
auto Engine::decide_on(typename A::Key key, std::shared_ptr<Entity<A>>& entity, const typename A::Command& command,
                       Project& project, Attach& attach, boost::asio::io_context* context, Journal::Done& done)
    -> Result<std::invoke_result_t<Project, const typename A::State&>> {
    WalletParts parts(of<WalletAggregate>(), money_);
    std::unique_lock<AdaptiveMutex> lock;
    auto batch = of<A>().decide(key, entity, lock, command, parts);
    if (!batch) return std::unexpected(std::move(batch.error()));
    auto projected = [&] {
        if constexpr (std::is_void_v<std::invoke_result_t<Project, const typename A::State&>>)
            return project(std::as_const(entity->state)), Result<void>{};
        else
            return Result<std::invoke_result_t<Project, const typename A::State&>>(
                project(std::as_const(entity->state)));
    }();
    if constexpr (std::is_void_v<std::invoke_result_t<Project, const typename A::State&>>)
        attach(*batch);
    else
        attach(*batch, std::as_const(*projected));
    // Submitted under the lock: the journal's order is the stream's order.
    Journal::Progress progress{{entity, entity->version.load()}};
    parts.add_to(*batch, progress);
    journal_.submit(*std::move(batch), std::move(progress), context, std::move(done));
    return projected;
}

template <class A, class Project, class Attach>
auto Engine::decide_now(typename A::Key key, const typename A::Command& command, Project project,
                        boost::asio::io_context* context, Journal::Done done, Attach attach)
    -> Result<std::invoke_result_t<Project, const typename A::State&>> {
    auto entity = of<A>().acquire(key);
    return decide_on<A>(key, entity, command, project, attach, context, done);
}

template <class A, class Project, class Attach>
auto Engine::execute(typename A::Key key, typename A::Command command, Project project, Attach attach)
    -> Task<Result<std::invoke_result_t<Project, const typename A::State&>>> {
    using T = std::invoke_result_t<Project, const typename A::State&>;
    for (int attempt = 0;; ++attempt) {
        auto entity = of<A>().acquire(key);
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
        if (attempt == most_attempts) throw StoreBroken("somebody else keeps writing to " + key.text());
    }
}

template <class A, class Look>
auto Engine::read(typename A::Key key, Look look) -> Task<std::invoke_result_t<Look, const typename A::State&>> {
    for (int attempt = 0;; ++attempt) {
        const auto entity = of<A>().acquire(key);
        std::unique_lock lock(entity->mutex);
        auto seen = look(std::as_const(entity->state));
        const bool ahead = entity->durable.load() != entity->version.load();
        lock.unlock();
        if (!ahead || co_await is_kept(*entity, attempt)) co_return seen;
    }
}

template <class A, class Render>
Task<RenderedPtr> Engine::view(typename A::Key key, ViewKind kind, Render render, std::int64_t stamp) {
    for (int attempt = 0;; ++attempt) {
        const auto entity = of<A>().acquire(key);
        std::unique_lock lock(entity->mutex);
        auto& cached = entity->views[static_cast<std::size_t>(kind)];
        const Version version = entity->version;
        if (cached.version != version || cached.stamp != stamp || !cached.rendered)
            cached = {version, stamp, render(std::as_const(entity->state), version)};
        auto rendered = cached.rendered;
        const bool ahead = entity->durable.load() != entity->version.load();
        lock.unlock();
        if (!ahead || co_await is_kept(*entity, attempt)) co_return rendered;
    }
}

}  // namespace agon
