/// What goes over the WebSocket beside the events: `{"event": NAME, "data": {…}}` in both directions.
#pragma once

#include "faces/player/live.hpp"

namespace agon::player {

// --- from the client --------------------------------------------------------------------------------------------------

struct AuthRequest {
    static constexpr std::string_view event = "auth";
    static constexpr std::string_view summary =
        "Who is here; the first frame, where the handshake had no Authorization. Later: the same user's newer token.";
    std::string token;
    static constexpr codec::Note notes[] = {{.field = "token", .doc = "an access token or an API key"}};
};
BOOST_DESCRIBE_STRUCT(AuthRequest, (), (token))

struct SubscribeRequest {
    static constexpr std::string_view event = "subscribe";
    static constexpr std::string_view summary = "Watch a channel. Where it is watched already, begin anew.";
    std::string channel;
    codec::Omittable<std::int64_t> since;
    static constexpr codec::Note notes[] = {
        {.field = "channel", .doc = "`tournament:ID`, or `user:ID` with one's own id"},
        {.field = "since",
         .doc = "the seq of the last event that was heard: what came after it is told first",
         .min = 0},
    };
};
BOOST_DESCRIBE_STRUCT(SubscribeRequest, (), (channel, since))

struct UnsubscribeRequest {
    static constexpr std::string_view event = "unsubscribe";
    static constexpr std::string_view summary = "Watch a channel no more.";
    std::string channel;
};
BOOST_DESCRIBE_STRUCT(UnsubscribeRequest, (), (channel))

struct PingRequest {
    static constexpr std::string_view event = "ping";
    static constexpr std::string_view summary = "Answered with `pong`.";
};
BOOST_DESCRIBE_STRUCT(PingRequest, (), ())

// --- to the client ----------------------------------------------------------------------------------------------------

struct AuthenticatedReply {
    static constexpr std::string_view event = "authenticated";
    static constexpr std::string_view summary = "The token is good; the user's own events are told from now on.";
    UserId user_id;
    std::string username;
};
BOOST_DESCRIBE_STRUCT(AuthenticatedReply, (), (user_id, username))

struct SubscribedReply {
    static constexpr std::string_view event = "subscribed";
    static constexpr std::string_view summary =
        "The channel is watched; events up to `seq` come where `since` was given, those after it come live.";
    std::string channel;
    std::int64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(SubscribedReply, (), (channel, seq))

struct UnsubscribedReply {
    static constexpr std::string_view event = "unsubscribed";
    static constexpr std::string_view summary = "The channel is watched no more.";
    std::string channel;
};
BOOST_DESCRIBE_STRUCT(UnsubscribedReply, (), (channel))

struct PongReply {
    static constexpr std::string_view event = "pong";
    static constexpr std::string_view summary = "The answer to `ping`, with the server's clock.";
    Instant time;
};
BOOST_DESCRIBE_STRUCT(PongReply, (), (time))

struct ErrorReply {
    static constexpr std::string_view event = "error";
    static constexpr std::string_view summary =
        "A frame was not understood or not allowed; the tenth closes the socket.";
    std::string message;
    codec::Omittable<std::string> channel;
    static constexpr codec::Note notes[] = {{.field = "channel", .doc = "where it is about one"}};
};
BOOST_DESCRIBE_STRUCT(ErrorReply, (), (message, channel))

/// Both lists, for the documentation.
inline std::vector<LiveEventType> client_frames() {
    return {live_event<AuthRequest>(), live_event<SubscribeRequest>(), live_event<UnsubscribeRequest>(),
            live_event<PingRequest>()};
}
inline std::vector<LiveEventType> server_frames() {
    return {live_event<AuthenticatedReply>(), live_event<SubscribedReply>(), live_event<UnsubscribedReply>(),
            live_event<PongReply>(), live_event<ErrorReply>()};
}

}  // namespace agon::player
