/// What a queue's events are on the sockets of the players they concern.
///
/// Each event of the log becomes messages in a fixed order, so a client that resumes by `seq` misses and doubles nothing.
/// That a window widened is an event of the log too (`WindowsWidened`), although nobody is matched by it: it says that the
/// queue looked around at that instant and found nobody, a decision as any other. So `expanded` comes with a seq, once,
/// across restarts, and replaying moves the windows exactly as they moved.
#pragma once

#include <variant>

#include "app/store.hpp"
#include "faces/player/player.hpp"

namespace agon::player {

/// `matchmaking.queued`: the player waits (again, where `returned`).
struct MatchmakingQueued {
    double rating = 0;
    Instant queued_at, timeout_at;
    bool returned = false;
};
BOOST_DESCRIBE_STRUCT(MatchmakingQueued, (), (rating, queued_at, timeout_at, returned))

/// `matchmaking.matched`: an opponent is found. Where `accept_by` is set, both must accept by then.
struct MatchmakingMatched {
    MatchId match_id;
    UserId opponent_id;
    double rating = 0, opponent_rating = 0;
    /// In seconds.
    double waited = 0;
    std::optional<Instant> accept_by;
};
BOOST_DESCRIBE_STRUCT(MatchmakingMatched, (), (match_id, opponent_id, rating, opponent_rating, waited, accept_by))

/// `matchmaking.match_ready`: the match can begin.
struct MatchmakingMatchReady {
    MatchId match_id;
    UserId opponent_id;
    std::string game, region;
};
BOOST_DESCRIBE_STRUCT(MatchmakingMatchReady, (), (match_id, opponent_id, game, region))

/// `matchmaking.expanded`: nobody was near, the window is wider.
struct MatchmakingExpanded {
    double window = 0;
    std::optional<Instant> next_expansion_at;
    Instant timeout_at;
};
BOOST_DESCRIBE_STRUCT(MatchmakingExpanded, (), (window, next_expansion_at, timeout_at))

/// `matchmaking.timeout`: waiting ended. Who joins again by `rejoin_by` goes on with the wait so far.
struct MatchmakingTimeout {
    Instant queued_at, rejoin_by;
};
BOOST_DESCRIBE_STRUCT(MatchmakingTimeout, (), (queued_at, rejoin_by))

/// `matchmaking.cancelled`: the player left the queue.
struct MatchmakingCancelled {
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(MatchmakingCancelled, (), (reason))

/// `matchmaking.declined`: the match does not come about, as somebody `declined` or did not answer. `by_you` with what it
/// costs; else the player is back in the queue.
struct MatchmakingDeclined {
    MatchId match_id;
    bool declined = false;
    bool by_you = false;
    std::optional<Instant> closed_until;
};
BOOST_DESCRIBE_STRUCT(MatchmakingDeclined, (), (match_id, declined, by_you, closed_until))

using MatchmakingData = std::variant<MatchmakingQueued, MatchmakingMatched, MatchmakingMatchReady, MatchmakingExpanded,
                                     MatchmakingTimeout, MatchmakingCancelled, MatchmakingDeclined>;

struct MatchmakingMessage {
    UserId user;
    /// `matchmaking.queued`
    std::string_view event;
    MatchmakingData data;
};

/// The name on the wire of what the data is of.
std::string_view event_name(const MatchmakingData&);

/// In order; none for an event that concerns no player, or of another stream.
std::vector<MatchmakingMessage> matchmaking_messages(const Recorded&);

}  // namespace agon::player
