/// What happens in a queue, as its stream tells it. Decisions are events, so replaying never matches again; those that
/// fell due before they were written carry the instant that they are of.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/matchmaking/pool.hpp"
#include "core/ranked/settings.hpp"
#include "core/types.hpp"

namespace agon::ranked {

struct QueueTag {
    static constexpr std::string_view prefix = "queue", noun = "Queue";
};
/// The id of a game's and region's pool follows from the two (app/matchmaking.hpp).
using QueueId = Id<QueueTag>;

using matchmaking::Ticket;

/// First of all.
struct QueueOpened {
    std::string game;
    std::string region;
    QueueSettings settings;
};
BOOST_DESCRIBE_STRUCT(QueueOpened, (), (game, region, settings))

struct QueueSettingsChanged {
    QueueSettings settings;
};
BOOST_DESCRIBE_STRUCT(QueueSettingsChanged, (), (settings))

struct TicketQueued {
    Ticket ticket;
};
BOOST_DESCRIBE_STRUCT(TicketQueued, (), (ticket))

/// A player who waits, or is asked to accept, blocked somebody: the ticket avoids these too.
struct PlayersAvoided {
    UserId player;
    std::vector<UserId> avoids;
};
BOOST_DESCRIBE_STRUCT(PlayersAvoided, (), (player, avoids))

/// Of the player's own will.
struct TicketLeft {
    UserId player;
};
BOOST_DESCRIBE_STRUCT(TicketLeft, (), (player))

/// Waiting ended without an opponent.
struct TicketExpired {
    UserId player;
    Instant enqueued_at;
    Instant expired_at;
};
BOOST_DESCRIBE_STRUCT(TicketExpired, (), (player, enqueued_at, expired_at))

struct WidenedWindow {
    UserId player;
    double window = 0;
    std::optional<Instant> next_expansion_at;
    Instant timeout_at;

    bool operator==(const WidenedWindow&) const = default;
};
BOOST_DESCRIBE_STRUCT(WidenedWindow, (), (player, window, next_expansion_at, timeout_at))

/// At this instant everybody whose turn it was looked around; these found nobody in their wider windows.
struct WindowsWidened {
    std::vector<WidenedWindow> players;
};
BOOST_DESCRIBE_STRUCT(WindowsWidened, (), (players))

/// The server is back after an outage: nobody's waiting ends before that instant, and proposals begin anew.
struct QueueResumed {
    Instant no_timeout_before;
};
BOOST_DESCRIBE_STRUCT(QueueResumed, (), (no_timeout_before))

/// Two that may meet are asked whether they are there.
struct PairProposed {
    MatchId match;
    Ticket older;
    Ticket younger;
    Instant proposed_at;
    Instant deadline;
};
BOOST_DESCRIBE_STRUCT(PairProposed, (), (match, older, younger, proposed_at, deadline))

struct MatchAccepted {
    MatchId match;
    UserId player;
};
BOOST_DESCRIBE_STRUCT(MatchAccepted, (), (match, player))

/// Who let an opponent down, how often lately, and when that player may join again.
struct PlayerPenalised {
    UserId player;
    std::int64_t offences = 0;
    Instant until;

    bool operator==(const PlayerPenalised&) const = default;
};
BOOST_DESCRIBE_STRUCT(PlayerPenalised, (), (player, offences, until))

/// The match does not come about: `by` declined, or did not answer in time. The others come back (`TicketReturned`).
struct ProposalFailed {
    MatchId match;
    bool declined = false;
    std::vector<PlayerPenalised> by;
    std::vector<UserId> others;
};
BOOST_DESCRIBE_STRUCT(ProposalFailed, (), (match, declined, by, others))

/// Back in the queue with the wait so far, through no fault of its own.
struct TicketReturned {
    Ticket ticket;
};
BOOST_DESCRIBE_STRUCT(TicketReturned, (), (ticket))

struct MatchedPlayer {
    UserId player;
    double rating = 0;
    Instant enqueued_at;
    Instant joined_at;

    bool operator==(const MatchedPlayer&) const = default;
};
BOOST_DESCRIBE_STRUCT(MatchedPlayer, (), (player, rating, enqueued_at, joined_at))

/// Two that meet in a ranked match, the one who waited longer first; all that the match's stream begins with.
struct PairMatched {
    MatchId match;
    std::string game;
    std::string region;
    std::vector<MatchedPlayer> players;
    double gap = 0;
    Instant matched_at;
    /// Both had to accept (`PairProposed`).
    bool was_asked = false;
    MatchRules rules;
};
BOOST_DESCRIBE_STRUCT(PairMatched, (), (match, game, region, players, gap, matched_at, was_asked, rules))

/// The ranked match is over; its players may join again.
struct MatchEnded {
    MatchId match;
};
BOOST_DESCRIBE_STRUCT(MatchEnded, (), (match))

// --- the whole state, from which replaying may begin --------------------------------------------------------------

struct Proposal {
    MatchId match;
    Ticket older, younger;
    Instant proposed_at, deadline;
    std::vector<UserId> accepted;

    /// Of one of the two.
    auto& ticket_of(this auto& self, UserId player) { return self.older.player == player ? self.older : self.younger; }
    bool operator==(const Proposal&) const = default;
};
BOOST_DESCRIBE_STRUCT(Proposal, (), (match, older, younger, proposed_at, deadline, accepted))

struct LiveMatch {
    MatchId match;
    std::vector<UserId> players;

    bool operator==(const LiveMatch&) const = default;
};
BOOST_DESCRIBE_STRUCT(LiveMatch, (), (match, players))

struct KeptCredit {
    UserId player;
    Instant enqueued_at, granted_at;
};
BOOST_DESCRIBE_STRUCT(KeptCredit, (), (player, enqueued_at, granted_at))

struct Meeting {
    UserId player, opponent;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(Meeting, (), (player, opponent, at))

struct Penalty {
    std::int64_t offences = 0;
    Instant at, until;
    /// Matches since then that were not let down.
    std::int64_t clean = 0;
};
BOOST_DESCRIBE_STRUCT(Penalty, (), (offences, at, until, clean))

struct KeptPenalty {
    UserId player;
    Penalty penalty;
};
BOOST_DESCRIBE_STRUCT(KeptPenalty, (), (player, penalty))

struct Tally {
    std::int64_t matches = 0;
    std::int64_t timeouts = 0;
    /// Of players who met somebody: mean wait, in seconds; the last thousand or so count.
    double mean_wait_s = 0;
    std::int64_t waits = 0;

    bool operator==(const Tally&) const = default;
};
BOOST_DESCRIBE_STRUCT(Tally, (), (matches, timeouts, mean_wait_s, waits))

struct QueueSnapshot {
    std::string game;
    std::string region;
    QueueSettings settings;
    matchmaking::PoolSnapshot pool;
    std::vector<Proposal> proposals;
    std::vector<LiveMatch> live;
    std::vector<KeptCredit> credits;
    std::vector<Meeting> meetings;
    std::vector<KeptPenalty> penalties;
    Tally tally;
    /// How many events of the stream come before this one.
    std::int64_t events_before = 0;
};
BOOST_DESCRIBE_STRUCT(QueueSnapshot, (),
                      (game, region, settings, pool, proposals, live, credits, meetings, penalties, tally,
                       events_before))

using QueueEvent = std::variant<QueueOpened, QueueSettingsChanged, TicketQueued, TicketLeft, TicketExpired,
                                WindowsWidened, QueueResumed, PairProposed, MatchAccepted, ProposalFailed,
                                TicketReturned, PairMatched, MatchEnded, QueueSnapshot, PlayersAvoided>;

}  // namespace agon::ranked
