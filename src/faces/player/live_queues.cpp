// The live events of waiting for a match: each to the channel of the player that it concerns.

#include "faces/player/live.hpp"
#include "faces/player/live_matchmaking.hpp"

namespace agon::player {

namespace {

struct QueuedEvent : LiveHead, MatchmakingQueued {
    static constexpr std::string_view event = "matchmaking.queued";
    static constexpr std::string_view summary = "The user waits for an opponent.";
};
BOOST_DESCRIBE_STRUCT(QueuedEvent, (LiveHead, MatchmakingQueued), ())

struct MatchedEvent : LiveHead, MatchmakingMatched {
    static constexpr std::string_view event = "matchmaking.matched";
    static constexpr std::string_view summary =
        "An opponent is found; where `acceptBy` is set, both must accept by then.";
};
BOOST_DESCRIBE_STRUCT(MatchedEvent, (LiveHead, MatchmakingMatched), ())

struct ExpandedEvent : LiveHead, MatchmakingExpanded {
    static constexpr std::string_view event = "matchmaking.expanded";
    static constexpr std::string_view summary = "Nobody was near enough; the window is wider now.";
};
BOOST_DESCRIBE_STRUCT(ExpandedEvent, (LiveHead, MatchmakingExpanded), ())

struct TimeoutEvent : LiveHead, MatchmakingTimeout {
    static constexpr std::string_view event = "matchmaking.timeout";
    static constexpr std::string_view summary = "Nobody was found in time.";
};
BOOST_DESCRIBE_STRUCT(TimeoutEvent, (LiveHead, MatchmakingTimeout), ())

struct CancelledEvent : LiveHead, MatchmakingCancelled {
    static constexpr std::string_view event = "matchmaking.cancelled";
    static constexpr std::string_view summary = "The user left the queue.";
};
BOOST_DESCRIBE_STRUCT(CancelledEvent, (LiveHead, MatchmakingCancelled), ())

struct DeclinedEvent : LiveHead, MatchmakingDeclined {
    static constexpr std::string_view event = "matchmaking.declined";
    static constexpr std::string_view summary = "The match does not come about, as somebody did not accept it.";
};
BOOST_DESCRIBE_STRUCT(DeclinedEvent, (LiveHead, MatchmakingDeclined), ())

template <class Event, class Data>
void tell_as(UserId user, const Data& data, LiveSink& sink) {
    Event event;
    static_cast<Data&>(event) = data;
    sink.tell(channel_of(user), std::move(event));
}

void tell_queue(const Recorded& recorded, LiveSink& sink) {
    if (!sink.interest().has_any(user_channels)) return;
    for (const auto& message : matchmaking_messages(recorded))
        std::visit(overloaded{
                       [&](const MatchmakingQueued& d) { tell_as<QueuedEvent>(message.user, d, sink); },
                       [&](const MatchmakingMatched& d) { tell_as<MatchedEvent>(message.user, d, sink); },
                       [&](const MatchmakingExpanded& d) { tell_as<ExpandedEvent>(message.user, d, sink); },
                       [&](const MatchmakingTimeout& d) { tell_as<TimeoutEvent>(message.user, d, sink); },
                       [&](const MatchmakingCancelled& d) { tell_as<CancelledEvent>(message.user, d, sink); },
                       [&](const MatchmakingDeclined& d) { tell_as<DeclinedEvent>(message.user, d, sink); },
                       // Told by the match itself, once it has begun: one seq names one event of a channel.
                       [](const MatchmakingMatchReady&) {},
                   },
                   message.data);
}

}  // namespace

LiveSource live_queues() {
    return {.stream_prefix = "queue_",
            .events = {live_event<QueuedEvent>(), live_event<MatchedEvent>(), live_event<ExpandedEvent>(),
                       live_event<TimeoutEvent>(), live_event<CancelledEvent>(), live_event<DeclinedEvent>()},
            .make = [](Engine&) -> LiveMapping { return tell_queue; }};
}

}  // namespace agon::player
