/// The queue of one game and region: who waits, who is asked to accept, who plays. A pool (core/matchmaking) is its
/// derived state. `decide` asks a copy of the pool what happens at `now` and answers with events; `evolve` only does as
/// they say, so a queue that is replayed matches nobody anew.
///
/// Everything has an instant at which it falls due: `next_deadline`. Whoever runs the queue sends `AdvanceQueue` then.
/// Early it does nothing, late it decides the same with the same instants.
#pragma once

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/result.hpp"
#include "core/matchmaking/wait_credit.hpp"
#include "core/ranked/queue_events.hpp"

namespace agon::ranked {

struct Queue {
    std::string game, region;
    QueueSettings settings;
    bool exists = false;

    matchmaking::Pool pool;
    std::map<MatchId, Proposal> proposals;
    std::unordered_map<UserId, MatchId> proposed;
    std::map<MatchId, std::vector<UserId>> live;
    std::unordered_map<UserId, MatchId> playing;
    matchmaking::WaitCredit credits;
    /// Each player's last opponent, for as long as that matters.
    std::unordered_map<UserId, Meeting> meetings;
    std::unordered_map<UserId, Penalty> penalties;
    Tally tally;

    /// Events of the stream so far, those since the last snapshot, and how many came before that snapshot.
    std::int64_t events = 0, since_snapshot = 0, snapshot_at = 0;

    /// Waits, is asked to accept, or plays.
    bool holds(UserId) const;
    /// The ticket of one who waits or is asked to accept; else null. Valid until the queue changes.
    const Ticket* ticket_of(UserId) const;
    /// Players who wait or are asked to accept.
    std::size_t waiting() const { return pool.size() + proposed.size(); }
    std::optional<Instant> next_deadline() const;
};

/// Joins, and opens the queue where it is not. Neither of `avoids` and `blocked` is met.
/// `conflict`: waits or plays already; has let opponents down and must wait. `invalid`: the two name more than
/// `most_avoided` players.
struct JoinQueue {
    std::string game, region;
    QueueSettings settings;
    UserId player;
    double rating = 0;
    /// For this once.
    std::vector<UserId> avoids;
    /// For good: those whom the player blocked.
    std::vector<UserId> blocked;
    /// For the ids of matches.
    std::uint64_t chance = 0;
};
/// The player blocked these. A ticket that waits, or that is asked about, avoids them from now on, however many they are;
/// a pair that is asked already stays one. Nothing for who has no ticket, and for whom it avoids already.
struct AvoidPlayers {
    UserId player;
    std::vector<UserId> blocked;
};
/// `not_found`: does not wait. Who is asked to accept declines by leaving.
struct LeaveQueue {
    UserId player;
    std::uint64_t chance = 0;
};
/// `not_found`: nobody asks, or not any more. Twice is once.
struct AcceptMatch {
    UserId player;
};
struct DeclineMatch {
    UserId player;
    std::uint64_t chance = 0;
};
/// Decides what is due.
struct AdvanceQueue {
    std::uint64_t chance = 0;
};
/// After a start of the program: the settings as they are now, and `outage_grace` for those who wait. Pairs those who
/// began to wait before `until`; the others are in the care of `PairWaiting`.
struct ResumeQueue {
    QueueSettings settings;
    std::uint64_t chance = 0;
    Instant until = matchmaking::Pool::never;
};
/// Pairs those who began to wait from `from` on and before `until`.
struct PairWaiting {
    Instant from, until;
    std::uint64_t chance = 0;
};
/// Nothing where it is no live match of this queue.
struct EndMatch {
    MatchId match;
};
using QueueCommand = std::variant<JoinQueue, AvoidPlayers, LeaveQueue, AcceptMatch, DeclineMatch, AdvanceQueue,
                                  ResumeQueue, PairWaiting, EndMatch>;

using QueueEvents = std::vector<QueueEvent>;

/// Those whom a player can name when joining: the pool's most but for one, which is kept for the last opponent.
inline constexpr std::size_t most_avoided = matchmaking::max_avoided - 1;
inline constexpr Duration outage_grace = std::chrono::seconds(30);
/// A day, or so many matches, without letting anybody down makes one offence forgotten.
inline constexpr std::int64_t clean_matches = 5;
/// A snapshot follows so many events after the last, or twice as many as there are tickets.
inline constexpr std::int64_t snapshot_every = 5000;

Result<QueueEvents> decide(const Queue&, const QueueCommand&, Instant now);
/// A snapshot, when it is time for one.
QueueEvents consequences(const Queue&);
void evolve(Queue&, const QueueEvent&, Instant at);

/// How long a pair has to accept: 10 s and a twentieth of the longer wait, at most 30 s.
Duration time_to_accept(Duration waited);
/// What letting an opponent down would bring: nobody is surprised by it.
PlayerPenalised penalty_for(const Queue&, UserId, Instant now);
/// The id of a ranked match: its number in a tournament is 0.
MatchId ranked_match_id(Instant now, std::uint64_t chance, std::uint64_t nth);

QueueSnapshot snapshot(const Queue&);

inline bool is_among(const std::vector<UserId>& players, UserId player) {
    return std::ranges::find(players, player) != players.end();
}

}  // namespace agon::ranked
