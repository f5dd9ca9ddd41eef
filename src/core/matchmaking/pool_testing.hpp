/// What tests of matchmaking speak in: numbered players, seconds, decisions as text.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "core/matchmaking/pool.hpp"

namespace agon::matchmaking::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

inline PlayerId player(std::uint64_t number) {
    PlayerId id;
    for (std::size_t i = 0; i < 8; ++i) id.uuid.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return id;
}
constexpr Instant at(double s) { return {static_cast<std::int64_t>(s * 1e6)}; }
constexpr Duration microsecond{1};

inline PoolSettings immediate() { return {.ramp = Ramp::immediate}; }

/// A pool, and what it has decided since one last looked.
struct Queue {
    Pool pool;
    Decisions decided = {};

    explicit Queue(PoolSettings settings = immediate()) : pool(settings) {}
    Result<void> join(std::uint64_t who, double rating, Instant now, std::optional<Instant> since = {},
                      std::vector<PlayerId> avoids = {}) {
        return pool.join({player(who), rating, since, std::move(avoids)}, now, decided);
    }
    void advance(Instant now) { pool.advance(now, decided); }
    Decisions take() { return std::exchange(decided, {}); }
};

/// `42+7@240.5` for a match, `42@300` for a timeout.
inline std::string text(const Decision& decision) {
    const auto number = [](const Ticket& t) { return (t.player.uuid.bytes[14] << 8) + t.player.uuid.bytes[15]; };
    return std::visit(overloaded{[&](const Matched& m) {
                                     return fmt::format("{}+{}@{}", number(m.older), number(m.younger),
                                                        static_cast<double>(m.at.us) / 1e6);
                                 },
                                 [&](const TimedOut& t) {
                                     return fmt::format("{}@{}", number(t.ticket), static_cast<double>(t.at.us) / 1e6);
                                 }},
                      decision);
}
inline std::string text(const Decisions& decisions) {
    std::string all;
    for (const auto& d : decisions) all += (all.empty() ? "" : " ") + text(d);
    return all;
}

}  // namespace agon::matchmaking::testing
