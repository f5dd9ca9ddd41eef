/// Who waits in a pool, and what a pool decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/codec/describe.hpp"
#include "base/time.hpp"
#include "core/types.hpp"

namespace agon::matchmaking {

using PlayerId = UserId;

/// At most so many players can a ticket avoid.
inline constexpr std::size_t max_avoided = 64;

/// A player's wish for an opponent.
struct JoinRequest {
    PlayerId player;
    /// As it is now; it stays so while the player waits.
    double rating = 0;
    /// Wait credit: since when the player has been waiting already. Never later than the joining.
    std::optional<Instant> waiting_since;
    /// Not with these: blocked ones, the last opponent. It binds both sides, whoever of the two says it.
    std::vector<PlayerId> avoids;
};

/// A player who waits. Its window grows with the time since `enqueued_at`; its waiting ends at `timeout_at`.
struct Ticket {
    PlayerId player;
    double rating = 0;
    Instant joined_at;
    /// Earlier than `joined_at` where there is wait credit.
    Instant enqueued_at;
    Instant timeout_at;
    /// How long the first window takes to open, in microseconds; 0: it is open at once.
    std::int64_t ramp_us = 0;
    std::vector<PlayerId> avoids;

    bool operator==(const Ticket&) const = default;
};
BOOST_DESCRIBE_STRUCT(Ticket, (), (player, rating, joined_at, enqueued_at, timeout_at, ramp_us, avoids))

/// Two that meet. `older` has waited longer.
struct Matched {
    Instant at;
    Ticket older, younger;

    double gap() const {
        return older.rating > younger.rating ? older.rating - younger.rating : younger.rating - older.rating;
    }
    bool operator==(const Matched&) const = default;
};

/// One whose waiting ended without an opponent.
struct TimedOut {
    Instant at;
    Ticket ticket;

    bool operator==(const TimedOut&) const = default;
};

using Decision = std::variant<Matched, TimedOut>;
/// In the order in which they were made.
using Decisions = std::vector<Decision>;

}  // namespace agon::matchmaking
