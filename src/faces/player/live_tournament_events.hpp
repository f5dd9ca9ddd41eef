/// The live events of tournaments, as they are on the wire.
#pragma once

#include "core/ledger/wallet.hpp"
#include "core/tournament/tournament.hpp"
#include "faces/player/live.hpp"

namespace agon::player {

struct LivePlayer {
    std::string username;
};
BOOST_DESCRIBE_STRUCT(LivePlayer, (), (username))

struct OfTournament : LiveHead {
    TournamentId tournament_id;
};
BOOST_DESCRIBE_STRUCT(OfTournament, (LiveHead), (tournament_id))

struct TournamentStartedEvent : OfTournament {
    static constexpr std::string_view event = "tournament.started";
    static constexpr std::string_view summary = "The tournament begins, with its first round.";
    std::string name;
    std::int64_t participants = 0;
};
BOOST_DESCRIBE_STRUCT(TournamentStartedEvent, (OfTournament), (name, participants))

struct TournamentCompletedEvent : OfTournament {
    static constexpr std::string_view event = "tournament.completed";
    static constexpr std::string_view summary = "The tournament ends.";
    std::optional<EntrantId> champion_id;
    std::optional<LivePlayer> champion;
    static constexpr codec::Note notes[] = {
        {.field = "champion_id", .doc = "none where the first place is shared"},
    };
};
BOOST_DESCRIBE_STRUCT(TournamentCompletedEvent, (OfTournament), (champion_id, champion))

struct TournamentCancelledEvent : OfTournament {
    static constexpr std::string_view event = "tournament.cancelled";
    static constexpr std::string_view summary = "The tournament was stopped before its end.";
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(TournamentCancelledEvent, (OfTournament), (reason))

enum class TournamentChange {
    registration_opened,
    registration_closed,
    registration_reopened,
    check_in_closed,
    stage_arranged,
    round_drawn,
    draw_failed,
    announced_anew,
    bracket_generated,
    seeds_set,
    deleted,
};
BOOST_DESCRIBE_ENUM(TournamentChange, registration_opened, registration_closed, registration_reopened, check_in_closed,
                    stage_arranged, round_drawn, draw_failed, announced_anew, bracket_generated, seeds_set, deleted)

struct TournamentUpdatedEvent : OfTournament {
    static constexpr std::string_view event = "tournament.updated";
    static constexpr std::string_view summary = "Something else of the tournament changed.";
    Status status{};
    TournamentChange change{};
    static constexpr codec::Note notes[] = {
        {.field = "status", .doc = "of the tournament, afterwards"},
    };
};
BOOST_DESCRIBE_STRUCT(TournamentUpdatedEvent, (OfTournament), (status, change))

struct OfParticipant : OfTournament {
    ledger::ParticipantId participant_id;
    EntrantId user_id;
    LivePlayer participant;
    static constexpr codec::Note notes[] = {
        {.field = "participant_id", .doc = "in this tournament alone, as in its `participants`"},
        {.field = "user_id", .doc = "in a tournament of bots, the bot's"},
    };
};
BOOST_DESCRIBE_STRUCT(OfParticipant, (OfTournament), (participant_id, user_id, participant))

struct ParticipantJoinedEvent : OfParticipant {
    static constexpr std::string_view event = "participant.joined";
    static constexpr std::string_view summary = "Somebody entered, or got a place from the waiting list.";
    bool waits = false;
    std::int64_t participants = 0;
    static constexpr codec::Note notes[] = {
        {.field = "waits", .doc = "all places are taken; it waits for one"},
        {.field = "participants", .doc = "how many have a place now"},
    };
};
BOOST_DESCRIBE_STRUCT(ParticipantJoinedEvent, (OfParticipant), (waits, participants))

struct ParticipantCheckedInEvent : OfParticipant {
    static constexpr std::string_view event = "participant.checked_in";
    static constexpr std::string_view summary = "A participant says that it is there.";
};
BOOST_DESCRIBE_STRUCT(ParticipantCheckedInEvent, (OfParticipant), ())

/// Before the start, by its own will while the tournament runs, or by the host's.
enum class Departure { left, withdrawn, disqualified };
BOOST_DESCRIBE_ENUM(Departure, left, withdrawn, disqualified)

struct ParticipantLeftEvent : OfParticipant {
    static constexpr std::string_view event = "participant.left";
    static constexpr std::string_view summary = "A participant left, or was taken out.";
    Departure how{};
    std::string reason;
    std::int64_t participants = 0;
    static constexpr codec::Note notes[] = {
        {.field = "how", .doc = "left before the start, or withdrawn or disqualified while it runs"},
    };
};
BOOST_DESCRIBE_STRUCT(ParticipantLeftEvent, (OfParticipant), (how, reason, participants))

/// One side is missing where the match is a bye.
struct OfMatch : OfTournament {
    MatchId match_id;
    std::int64_t round = 0;
    std::optional<EntrantId> player_a_id;
    std::optional<EntrantId> player_b_id;
    std::optional<LivePlayer> player_a;
    std::optional<LivePlayer> player_b;
    static constexpr codec::Note notes[] = {
        {.field = "round", .doc = "from 1, over all stages"},
    };
};
BOOST_DESCRIBE_STRUCT(OfMatch, (OfTournament), (match_id, round, player_a_id, player_b_id, player_a, player_b))

struct MatchStartedEvent : OfMatch {
    static constexpr std::string_view event = "match.started";
    static constexpr std::string_view summary =
        "A match can be played. Also told to its two players, where they are people.";
    std::int64_t attempt = 1;
    static constexpr codec::Note notes[] = {
        {.field = "attempt", .doc = "above 1 where it is played anew after a correction"},
    };
};
BOOST_DESCRIBE_STRUCT(MatchStartedEvent, (OfMatch), (attempt))

/// The match with which a round begins.
struct StartedMatch {
    MatchId id;
    std::int64_t attempt = 1;
    std::optional<EntrantId> player_a_id;
    std::optional<EntrantId> player_b_id;
    std::optional<LivePlayer> player_a;
    std::optional<LivePlayer> player_b;
};
BOOST_DESCRIBE_STRUCT(StartedMatch, (), (id, attempt, player_a_id, player_b_id, player_a, player_b))

struct RoundAdvancedEvent : OfTournament {
    static constexpr std::string_view event = "tournament.round.advanced";
    static constexpr std::string_view summary =
        "A round after the first begins. Where it does so by itself, with its first match, `match` is that match: no "
        "`match.started` of its own is told in the tournament's channel.";
    std::int64_t round = 0;
    codec::Omittable<StartedMatch> match;
    static constexpr codec::Note notes[] = {
        {.field = "round", .doc = "from 1, over all stages"},
    };
};
BOOST_DESCRIBE_STRUCT(RoundAdvancedEvent, (OfTournament), (round, match))

struct MatchCompletedEvent : OfMatch {
    static constexpr std::string_view event = "match.completed";
    static constexpr std::string_view summary = "A match has its result.";
    std::optional<EntrantId> winner_id;
    std::optional<std::int64_t> score_a;
    std::optional<std::int64_t> score_b;
    bool forfeit = false;
    std::string decision;
    static constexpr codec::Note notes[] = {
        {.field = "winner_id", .doc = "none for a draw, and where nobody goes on"},
        {.field = "forfeit", .doc = "it was not played, or not to its end"},
        {.field = "decision", .doc = "how it was decided, where that needs a word"},
    };
};
BOOST_DESCRIBE_STRUCT(MatchCompletedEvent, (OfMatch), (winner_id, score_a, score_b, forfeit, decision))

/// How it ended, that the opponent is not there, or that it is.
enum class MatchClaim { result, no_show, answered };
BOOST_DESCRIBE_ENUM(MatchClaim, result, no_show, answered)

struct MatchClaimedEvent : OfMatch {
    static constexpr std::string_view event = "match.claimed";
    static constexpr std::string_view summary =
        "A player says something of the match that does not count yet. Also told to its two players.";
    MatchClaim claim{};
    std::optional<EntrantId> claimed_by;
};
BOOST_DESCRIBE_STRUCT(MatchClaimedEvent, (OfMatch), (claim, claimed_by))

struct MatchDisputedEvent : OfMatch {
    static constexpr std::string_view event = "match.disputed";
    static constexpr std::string_view summary = "The two players do not agree on the result; a host rules.";
    EntrantId disputed_by;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(MatchDisputedEvent, (OfMatch), (disputed_by, reason))

struct MatchCorrectedEvent : MatchCompletedEvent {
    static constexpr std::string_view event = "match.corrected";
    static constexpr std::string_view summary = "A match has another result than before, or none any more.";
    bool reopened = false;
    std::vector<MatchId> undone;
    std::string reason;
    static constexpr codec::Note notes[] = {
        {.field = "reopened", .doc = "it has no result now, and is played again"},
        {.field = "undone", .doc = "matches that rested on the old result: what was told of them is void"},
    };
};
BOOST_DESCRIBE_STRUCT(MatchCorrectedEvent, (MatchCompletedEvent), (reopened, undone, reason))

}  // namespace agon::player
