// The live events of a match that matchmaking made, each to its two players.

#include "app/event_codec.hpp"
#include "core/ranked/ranked_match.hpp"
#include "faces/player/live.hpp"
#include "faces/player/live_matchmaking.hpp"

namespace agon::player {

namespace {

struct MatchReadyEvent : LiveHead, MatchmakingMatchReady {
    static constexpr std::string_view event = "matchmaking.match_ready";
    static constexpr std::string_view summary = "The match can begin.";
};
BOOST_DESCRIBE_STRUCT(MatchReadyEvent, (LiveHead, MatchmakingMatchReady), ())

struct OfRankedMatch : LiveHead {
    MatchId match_id;
};
BOOST_DESCRIBE_STRUCT(OfRankedMatch, (LiveHead), (match_id))

struct RankedClaimedEvent : OfRankedMatch {
    static constexpr std::string_view event = "matchmaking.match_claimed";
    static constexpr std::string_view summary =
        "A player reported a result, which counts once the opponent confirms it, or says nothing.";
    UserId claimed_by;
    std::optional<UserId> winner_id;
    std::int64_t score_a = 0;
    std::int64_t score_b = 0;
};
BOOST_DESCRIBE_STRUCT(RankedClaimedEvent, (OfRankedMatch), (claimed_by, winner_id, score_a, score_b))

struct RankedDisputedEvent : OfRankedMatch {
    static constexpr std::string_view event = "matchmaking.match_disputed";
    static constexpr std::string_view summary = "The opponent disputes the result; an admin decides.";
    UserId disputed_by;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(RankedDisputedEvent, (OfRankedMatch), (disputed_by, reason))

struct RankedCompletedEvent : OfRankedMatch {
    static constexpr std::string_view event = "matchmaking.match_completed";
    static constexpr std::string_view summary = "The match has its result, and both can join again.";
    std::optional<UserId> winner_id;
    std::int64_t score_a = 0;
    std::int64_t score_b = 0;
    static constexpr codec::Note notes[] = {{.field = "winner_id", .doc = "none for a draw"}};
};
BOOST_DESCRIBE_STRUCT(RankedCompletedEvent, (OfRankedMatch), (winner_id, score_a, score_b))

struct RankedCancelledEvent : OfRankedMatch {
    static constexpr std::string_view event = "matchmaking.match_cancelled";
    static constexpr std::string_view summary = "The match ended without a result, and both can join again.";
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(RankedCancelledEvent, (OfRankedMatch), (reason))

void tell_start(MatchId match, const ranked::RankedMatchStarted& started, LiveSink& sink) {
    for (const auto side : {0u, 1u}) {
        MatchReadyEvent ready;
        static_cast<MatchmakingMatchReady&>(ready) = {match, started.players[1 - side], started.game, started.region};
        sink.tell(channel_of(started.players[side]), std::move(ready));
    }
}

/// How a match began is the same for ever, so what is told of its later events may rest on it.
class RankedStory {
public:
    explicit RankedStory(Engine& engine) : engine_(engine) {}

    void operator()(const Recorded& recorded, LiveSink& sink) const {
        const auto match = MatchId::parse(recorded.stream);
        if (!match || !sink.interest().has_any(user_channels)) return;
        const auto event = decode<ranked::RankedMatchEvent>(recorded);
        if (const auto* started = std::get_if<ranked::RankedMatchStarted>(&event))
            return tell_start(*match, *started, sink);
        const auto what =
            engine_.peek<RankedMatchAggregate>(*match, [](const ranked::RankedMatch& m) { return m.what; });
        const auto tell = [&](auto e) {
            e.match_id = *match;
            for (const auto player : what.players) sink.tell(channel_of(player), e);
        };
        std::visit(overloaded{
                       [&](const ranked::RankedResultClaimed& e) {
                           // Else it counts at once, and is told with the result.
                           if (!what.rules.confirm_results) return;
                           RankedClaimedEvent claimed;
                           claimed.claimed_by = e.by;
                           claimed.winner_id = e.result.winner;
                           claimed.score_a = e.result.score_a, claimed.score_b = e.result.score_b;
                           tell(std::move(claimed));
                       },
                       [&](const ranked::RankedResultDisputed& e) {
                           RankedDisputedEvent disputed;
                           disputed.disputed_by = e.by, disputed.reason = e.reason;
                           tell(std::move(disputed));
                       },
                       [&](const ranked::RankedMatchCompleted& e) {
                           RankedCompletedEvent completed;
                           completed.winner_id = e.winner;
                           completed.score_a = e.score.at(0), completed.score_b = e.score.at(1);
                           tell(std::move(completed));
                       },
                       [&](const ranked::RankedMatchCancelled& e) {
                           RankedCancelledEvent cancelled;
                           cancelled.reason = e.why;
                           tell(std::move(cancelled));
                       },
                       [](const ranked::RankedMatchStarted&) {},
                   },
                   event);
    }

private:
    Engine& engine_;
};

}  // namespace

LiveSource live_ranked_matches() {
    return {
        .stream_prefix = "match_",
        .events = {live_event<MatchReadyEvent>(), live_event<RankedClaimedEvent>(), live_event<RankedDisputedEvent>(),
                   live_event<RankedCompletedEvent>(), live_event<RankedCancelledEvent>()},
        .make = [](Engine& engine) -> LiveMapping { return RankedStory(engine); }};
}

}  // namespace agon::player
