#include "app/engine.hpp"

namespace agon {

void rethrow_if_broken(const CommitOutcome& outcome) {
    if (outcome.broken) std::rethrow_exception(outcome.broken);
}

Task<void> Engine::durable() {
    const auto outcome = co_await journal_.commit({});
    rethrow_if_broken(outcome);
}

std::size_t Engine::sweep(Duration age) {
    const auto before = clock_.steady() - age;
    return std::apply([&](auto&... maps) { return (maps.sweep(before) + ...); }, maps_);
}

std::size_t Engine::loaded() const {
    return std::apply([](const auto&... maps) { return (maps.size() + ...); }, maps_);
}

}  // namespace agon
