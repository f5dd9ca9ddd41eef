/// What the Player API tells live: the events, their channels, and how they follow from the log.
///
/// To add events of another kind of stream: a file with a `LiveSource` (its events as described structs, each with its
/// name on the wire, and a mapping from a `Recorded` to them) and one line in `live_sources`. The WebSocket, the
/// server-sent events and the AsyncAPI document all read that list.
///
/// Channels: `tournament:ID`, what happens to a tournament, for every user; `user:ID`, what concerns that user alone.
/// A mapping tells at most one event per channel of an event of the log, so that a `seq` names an event of its channel.
#pragma once

#include "app/live.hpp"
#include "faces/player/player.hpp"

namespace agon::player {

std::string channel_of(TournamentId);
std::string channel_of(UserId);
inline constexpr std::string_view user_channels = "user:";

/// The channel that a client names, with an id in either form, if this user may watch it. `invalid` where the text is no
/// channel's name, `not_found` where there is no such tournament, `forbidden` where it is somebody else's.
Result<LiveChannel> find_channel(Engine&, const Identity&, std::string_view text);

/// What every event begins with. An event struct inherits it and has `static constexpr std::string_view event`, its name.
struct LiveHead {
    std::string channel;
    std::int64_t seq = 0;
    Instant time;
    static constexpr codec::Note notes[] = {
        {.field = "channel", .doc = "the channel that tells it"},
        {.field = "seq", .doc = "the change's position in the whole log; what `since` and `Last-Event-ID` take"},
        {.field = "time", .doc = "when the change happened"},
    };
};
BOOST_DESCRIBE_STRUCT(LiveHead, (), (channel, seq, time))

/// Takes what a mapping tells of one event of the log.
class LiveSink {
public:
    LiveSink(const Recorded& recorded, const LiveInterest& interest, std::vector<LiveEvent>& out)
        : recorded_(recorded), interest_(interest), out_(out) {}

    /// Where the channel is watched.
    template <class E>
    void tell(std::string channel, E event) {
        if (!interest_.has(channel)) return;
        event.channel = channel;
        event.seq = recorded_.seq;
        event.time = recorded_.at;
        out_.push_back({std::move(channel), E::event, recorded_.seq, codec::to_json<spelling>(event)});
    }
    const LiveInterest& interest() const { return interest_; }

private:
    const Recorded& recorded_;
    const LiveInterest& interest_;
    std::vector<LiveEvent>& out_;
};

/// One event as the documentation shows it.
struct LiveEventType {
    std::string_view name;
    std::string_view summary;
    SchemaMaker data;
};
/// `E` also has `static constexpr std::string_view summary`.
template <class E>
LiveEventType live_event() {
    return {E::event, E::summary, detail::make_schema<spelling, E>};
}

/// May keep what it needs to know of the log before the event; see `LiveTeller` for what it must be ready for.
using LiveMapping = std::move_only_function<void(const Recorded&, LiveSink&)>;

struct LiveSource {
    /// Of the streams that it reads, as in `wallet_`.
    std::string_view stream_prefix;
    std::vector<LiveEventType> events;
    LiveMapping (*make)(Engine&);
};

LiveSource live_tournaments();
LiveSource live_wallets();
LiveSource live_queues();
LiveSource live_ranked_matches();
/// All of them.
std::vector<LiveSource> live_sources();

/// Tells by all sources.
std::unique_ptr<LiveTeller> make_live_teller(Engine&);

std::vector<Endpoint> live_endpoints();

}  // namespace agon::player
