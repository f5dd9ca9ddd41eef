#include "app/engine.hpp"

namespace agon {

Engine::Engine(Store& store, Journal& journal, const Clock& clock)
    : store_(store), journal_(journal), clock_(clock), others_(store, clock), entities_(store, clock, others_) {}

Engine::~Engine() = default;

void rethrow_if_broken(const CommitOutcome& outcome) {
    if (outcome.broken) std::rethrow_exception(outcome.broken);
}

Task<void> Engine::durable() {
    const auto outcome = co_await journal_.commit({});
    rethrow_if_broken(outcome);
}

Task<bool> Engine::is_kept(const Durability& seen, int attempt) {
    const auto outcome = co_await journal_.commit({});
    if (!seen.stale) co_return true;
    if (attempt >= most_attempts) rethrow_if_broken(outcome);
    co_return false;
}

std::size_t Engine::sweep(Duration age) { return entities_.sweep(clock_.steady() - age); }

std::size_t Engine::loaded() const { return entities_.size(); }

}  // namespace agon
