/// A pool of players who look for one opponent each: one game, mode and region.
///
/// Two may meet at the first instant at which both their windows (with rule `either`: one of them) hold the gap between
/// their ratings, and do. That instant is known from the moment when both wait, so there are no ticks: whoever owns the
/// pool calls `advance` at `next_deadline()`, early, late or never, and gets the same decisions with the same instants.
///
///     pool.join({.player = ana, .rating = 1250}, now, decisions);
///     pool.advance(now, decisions);      when a clock reaches pool.next_deadline()
///
/// After every call no two players wait who may meet. Of several pairs that may, the closest meets; of equally close
/// ones the one that waited longest. At one and the same instant windows widen first, then pairs meet, then waiting
/// ends: a pair whose window opens at the last microsecond still meets, and so does one that joins at that microsecond,
/// as long as `advance` was not called with it before.
///
/// An instant before the last one that the pool has seen counts as that last one. What a joining, leaving or deadline
/// costs does not grow with how many wait, but for those who avoid each other; `status` looks at everybody. One thread
/// at a time. A copy is a pool of its own, and cheap: it shares with the first what neither has changed since.
#pragma once

#include <optional>
#include <queue>
#include <vector>

#include "base/result.hpp"
#include "core/matchmaking/player_table.hpp"
#include "core/matchmaking/population.hpp"
#include "core/matchmaking/rating_index.hpp"
#include "core/matchmaking/settings.hpp"
#include "core/matchmaking/ticket.hpp"
#include "core/matchmaking/waiting_list.hpp"

namespace agon::matchmaking {

/// What a waiting player may be told.
struct Status {
    /// 1 + how many have waited longer and have a window that overlaps this one's: who arrives between would meet them
    /// first. 1 is the best.
    std::size_t position = 1;
    std::size_t pool_size = 0;
    /// Points to either side, now.
    double window = 0;
    /// Nothing once the window has reached its ceiling.
    std::optional<Instant> next_expansion_at;
    Instant enqueued_at, timeout_at;
    /// When this player meets somebody who waits already, if both stay; nothing if not before the timeout.
    std::optional<Instant> meets_at;
};

/// All that a pool must remember, in order of joining.
struct PoolSnapshot {
    Instant at;
    std::vector<Ticket> tickets;
    Population population;

    bool operator==(const PoolSnapshot&) const = default;
};
BOOST_DESCRIBE_STRUCT(PoolSnapshot, (), (at, tickets, population))

class Pool {
public:
    /// Of settings that `check` accepts.
    explicit Pool(PoolSettings = {});

    // --- deciding -------------------------------------------------------------------------------------------------

    /// Meets an opponent at once or waits. What fell due before `now` is decided first.
    /// Refused: `conflict` who waits already, `invalid` a rating that is no number or too many to avoid.
    Result<void> join(JoinRequest, Instant now, Decisions&);

    /// Takes the player's ticket out and returns it; what fell due before `now` is decided first.
    /// Refused: `not_found` who does not wait (any more).
    Result<Ticket> leave(PlayerId, Instant now, Decisions&);

    /// Decides all that falls due up to and with `now`.
    void advance(Instant now, Decisions&);

    /// The same up to `now`, but for the waiting that ends at `now` itself: what `join` and `leave` decide first.
    void catch_up(Instant now, Decisions&);

    /// A ticket that was taken out for a match which did not come about: it goes on as it stands, and meets at once whom
    /// it may. Wants a player who does not wait.
    void come_back(Ticket, Instant now, Decisions&);

    /// When `advance` may have something to decide; nothing where nobody waits. Never too late; with a ramp it may be
    /// too early, where an opponent that was in sight has left.
    std::optional<Instant> next_deadline() const;

    // --- looking --------------------------------------------------------------------------------------------------

    std::size_t size() const { return table_.size(); }
    bool contains(PlayerId player) const { return slot_of(player) != no_slot; }
    /// As of the last instant seen; nothing for who does not wait.
    std::optional<Status> status(PlayerId) const;
    /// The ticket of one who waits; else null. Valid until the pool changes.
    const Ticket* ticket_of(PlayerId) const;
    /// Points to either side, as of the last instant seen; 0 for who does not wait.
    double window_of(PlayerId) const;
    /// Whether somebody but `except` waits within so many points of the rating.
    bool anybody_near(double rating, double points, PlayerId except) const;
    /// Whose window widens after the last instant seen and not after `until`.
    std::vector<PlayerId> widening(Instant until) const;
    /// Whether a window widens or a pair of ramps opens by then.
    bool changes_by(Instant when) const { return next_change() <= when; }
    Instant now() const { return now_; }
    const PoolSettings& settings() const { return settings_; }
    const Population& population() const { return population_; }

    // --- remembering ----------------------------------------------------------------------------------------------

    PoolSnapshot snapshot() const;
    /// A pool that goes on as the one that the snapshot was taken from. With other settings the windows are theirs, while
    /// each ticket keeps its timeout and its ramp; `resume` then pairs those that the new windows bring together.
    static Pool restore(PoolSettings, const PoolSnapshot&);

    /// Rebuilding from a log: the ticket of a recorded joining, and one that a recorded match, timeout or leaving took
    /// out. Decides nothing. `admit` wants a player who does not wait; `remove` tells whether the player did.
    void admit(const Ticket&);
    bool remove(PlayerId);
    /// The same for a ticket that came back: it was counted when it joined.
    void readmit(const Ticket&);
    /// Windows widen up to `now`; whoever met by then was removed, or will be.
    void pass(Instant now);
    /// Nobody's waiting ends before `when`.
    void extend_timeouts(Instant when);

    /// After an outage: the time until `now` counts as waited, nobody's waiting ends before `grace` from now, and those
    /// who began to wait before `until` are paired. Until the others are, too, some may wait who may meet.
    void resume(Instant now, Duration grace, Decisions&, Instant until = never);
    /// Those who began to wait from `from` on and before `until` are paired as well as can be (batch.hpp), instead of one
    /// after the other.
    void pair_waiting(Instant from, Instant until, Decisions&);
    /// Who waits in parts of about so many, in the order of their waiting: the `until` of each. The last is `never`.
    std::vector<Instant> parts(std::size_t size) const;
    static constexpr Instant never{INT64_MAX};

private:
    /// A ticket and its place in every list; the order of two that began to wait at the same instant is `serial`.
    struct Entry {
        Ticket ticket;
        double rating = 0;
        Instant enqueued_at;
        std::uint64_t serial = 0;
        /// When the ramp is looked at next for this ticket; the heap's entries with another instant are stale.
        Instant opens_at = never;
        Slot bucket_prev = no_slot, bucket_next = no_slot;
        Links by_age, by_timeout;
        Bucket bucket = 0;
        Level level = 0;
    };
    struct LevelList {
        RatingIndex near;
        WaitingList<Entry, &Entry::by_age> by_age;
    };
    struct Opening {
        Instant at;
        Slot slot;
        std::uint64_t serial;
        bool operator>(const Opening& other) const { return at > other.at; }
    };
    /// The best opponent found, and how far away.
    struct Found {
        Slot slot = no_slot;
        double gap = 0;
    };

    Slot slot_of(PlayerId) const;
    Slot take_slot(Ticket);
    void insert(Slot);
    void look_around(Slot, Decisions&);
    Ticket erase(Slot);
    bool older(Slot a, Slot b) const;

    Instant next_change() const;
    Instant next_timeout() const;
    void move_up(Slot);
    void stir(Instant);
    void wake(Instant, Decisions&);
    void settle(Decisions&);
    void time_out(Decisions&);

    double gap(Slot a, Slot b) const;
    Instant ramp_opens(Slot, double gap) const;
    bool reaches(Slot, double gap) const;
    bool may_meet(Slot a, Slot b, double gap) const;
    bool avoid_each_other(Slot a, Slot b) const;
    double reach_into(Level, double own) const;
    Found best_opponent(Slot) const;
    void match(Slot, Slot, Decisions&);

    bool comes_first(const Found& a, Slot x, const Found& b, Slot y) const;
    Instant window_opens(Slot, double gap) const;
    Instant pair_opens(Slot a, Slot b, double gap) const;
    Instant next_ramp_opening(Slot) const;
    void watch_ramp(Slot);
    Instant first_meeting(Slot) const;
    double window_now(Slot) const;
    std::vector<Slot> by_joining() const;

    PoolSettings settings_;
    Windows windows_;
    Population population_;
    Instant now_;
    std::uint64_t next_serial_ = 0;
    SharedArray<Entry, 32> entries_;
    /// Of those that nobody has, linked by `bucket_next`.
    Slot free_ = no_slot;
    PlayerTable table_;
    std::vector<LevelList> levels_;
    WaitingList<Entry, &Entry::by_timeout> timeouts_;
    std::priority_queue<Opening, std::vector<Opening>, std::greater<>> openings_;
    /// Scratch of `settle`: who was woken, and the best opponent of each.
    std::vector<Slot> woken_;
    std::vector<Found> found_;
    /// How many wait whose first window does not open at once.
    std::size_t ramped_ = 0;
};

}  // namespace agon::matchmaking
