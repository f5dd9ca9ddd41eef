/// How many requests somebody may make: GCRA, the leaky bucket as a meter (ITU-T I.371), with one number per caller.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "app/clock.hpp"

namespace agon {

/// So many in such a time: all at once by whoever has been quiet, then evenly.
struct Quota {
    std::int64_t limit = 0;
    std::chrono::nanoseconds window{};
    std::chrono::nanoseconds period() const { return window / limit; }
};

/// The meter: one number, the theoretical arrival time of the next request (TAT), in nanoseconds of the steady clock.
struct Metered {
    bool allowed = false;
    /// The number to keep; as it was where the request is not allowed.
    std::int64_t tat = 0;
    /// How many more are allowed at this moment.
    std::int64_t remaining = 0;
    /// Until all of the quota is there again.
    std::chrono::nanoseconds full_after{};
    /// Until the next is allowed; 0 where it is now.
    std::chrono::nanoseconds retry_after{};
};
/// Pure. `tat` is 0 for a caller that was not seen yet.
Metered meter(const Quota&, std::int64_t tat, std::int64_t now);

/// The classes of requests. `by_face` stands for what the face has for all of its endpoints.
enum class Rate { by_face, none, tournament, matchmaking, admin, anonymous, anonymous_here, sign_in };

struct RatePolicy {
    RatePolicy(std::string_view called, Quota of);

    std::string_view name;
    Quota quota;
    /// The value of a `RateLimit-Policy` field (draft-ietf-httpapi-ratelimit-headers).
    std::string header;
};
/// None for `by_face` and `none`.
const RatePolicy* policy_of(Rate);

/// The meters of all callers, in a table of fixed size: 4 MiB for a quarter of a million. Any thread.
///
/// A caller is forgotten only when nothing is left to forget: once its quota is full again. Where a bucket of the table
/// has no room, those who come share one meter, which is stricter, and stays with them when room comes: nobody gets
/// more by being many. Who shares a bucket with whom is a secret of the process.
class RateLimits {
public:
    /// `buckets` is a power of two.
    RateLimits(const Clock&, Random&, std::size_t buckets = 16'384);

    /// Counts one request of `who`, if it is allowed.
    Metered take(Rate, std::string_view who);

    std::size_t bytes() const;

private:
    struct Slot {
        std::uint64_t tag = 0;
        std::int64_t tat = 0;
    };
    struct Bucket {
        std::array<Slot, 16> slots{};
        /// Of those for whom there is no room.
        std::int64_t shared_tat = 0;
    };
    std::int64_t& tat_of(Bucket&, std::uint64_t tag, std::int64_t now);

    const Clock& clock_;
    std::array<std::uint8_t, 16> secret_{};
    std::vector<Bucket> buckets_;
    std::array<std::mutex, 64> mutexes_;
};

/// What stands for a peer's address: the address itself, and the /64 network of an IPv6 address, which one customer has.
std::string address_key(std::string_view address);

}  // namespace agon
