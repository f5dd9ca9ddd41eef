/// What the Player API shows of a tournament, letter for letter, and how the domain becomes it.
#pragma once

#include "faces/player/profile.hpp"

namespace agon::player {

enum class Format { single_elimination, double_elimination, round_robin, swiss, swiss_system };
BOOST_DESCRIBE_ENUM(Format, single_elimination, double_elimination, round_robin, swiss, swiss_system)

enum class ParticipantStatus { registered, checked_in, waiting, active, eliminated, withdrawn, disqualified };
BOOST_DESCRIBE_ENUM(ParticipantStatus, registered, checked_in, waiting, active, eliminated, withdrawn, disqualified)

enum class MatchState { pending, in_progress, disputed, completed, cancelled };
BOOST_DESCRIBE_ENUM(MatchState, pending, in_progress, disputed, completed, cancelled)

enum class RoundState { pending, in_progress, completed, cancelled };
BOOST_DESCRIBE_ENUM(RoundState, pending, in_progress, completed, cancelled)

enum class BracketState { generated, in_progress, completed, cancelled };
BOOST_DESCRIBE_ENUM(BracketState, generated, in_progress, completed, cancelled)

struct VenueRef {
    VenueId id;
    std::string name;
    codec::Omittable<std::string> address;
};
BOOST_DESCRIBE_STRUCT(VenueRef, (), (id, name, address))

struct EventContent {
    std::string title;
    std::string description;
};
BOOST_DESCRIBE_STRUCT(EventContent, (), (title, description))
struct EventRef {
    EventContent content;
};
BOOST_DESCRIBE_STRUCT(EventRef, (), (content))

struct Counts {
    std::int64_t participants = 0;
    std::int64_t matches = 0;
};
BOOST_DESCRIBE_STRUCT(Counts, (), (participants, matches))

struct TournamentItem {
    TournamentId id;
    std::string name;
    Status status{};
    std::optional<Instant> start_time;
    std::int64_t max_players = 0;
    std::int64_t current_participants = 0;
    Money entry_fee;
    Money prize_pool;
    Format format{};
    std::string game;
    std::optional<VenueRef> venue;
    Counts _count;
};
BOOST_DESCRIBE_STRUCT(TournamentItem, (),
                      (id, name, status, start_time, max_players, current_participants, entry_fee, prize_pool, format,
                       game, venue, _count))

/// Of a tournament as its host made it.
struct TournamentView {
    TournamentId id;
    std::string name;
    std::string description;
    Status status{};
    std::optional<Instant> start_time;
    std::optional<Instant> end_time;
    std::optional<Instant> registration_opens_at;
    std::optional<Instant> registration_closes_at;
    std::int64_t max_players = 0;
    std::int64_t current_participants = 0;
    Money entry_fee;
    Money prize_pool;
    std::string currency;
    Format format{};
    std::string game;
    /// JSON in a text, as the host wrote it.
    std::string rules;
    std::optional<UserId> created_by;
    std::optional<VenueRef> venue;
    std::optional<EventRef> event;
};
BOOST_DESCRIBE_STRUCT(TournamentView, (),
                      (id, name, description, status, start_time, end_time, registration_opens_at,
                       registration_closes_at, max_players, current_participants, entry_fee, prize_pool, currency,
                       format, game, rules, created_by, venue, event))

struct PersonRef {
    UserId id;
    std::string username;
    codec::Omittable<Profile> profile;
};
BOOST_DESCRIBE_STRUCT(PersonRef, (), (id, username, profile))

struct ParticipantView {
    ledger::ParticipantId id;
    std::optional<std::int64_t> seed;
    ParticipantStatus status{};
    Instant joined_at;
    PersonRef user;
};
BOOST_DESCRIBE_STRUCT(ParticipantView, (), (id, seed, status, joined_at, user))

struct AvatarRef {
    std::optional<std::string> avatar_url;
};
BOOST_DESCRIBE_STRUCT(AvatarRef, (), (avatar_url))
struct MatchPlayer {
    std::string username;
    codec::Omittable<AvatarRef> profile;
};
BOOST_DESCRIBE_STRUCT(MatchPlayer, (), (username, profile))

/// What was reported, and waits for the opponent or a host.
struct ClaimView {
    UserId reported_by;
    bool no_show = false;
    std::optional<UserId> winner_id;
    std::optional<std::int64_t> score_a;
    std::optional<std::int64_t> score_b;
    std::optional<Instant> counts_at;
    std::optional<UserId> disputed_by;
    std::string reason;
};
BOOST_DESCRIBE_STRUCT(ClaimView, (),
                      (reported_by, no_show, winner_id, score_a, score_b, counts_at, disputed_by, reason))

struct MatchView {
    MatchId id;
    std::optional<UserId> player_a_id;
    std::optional<UserId> player_b_id;
    std::optional<UserId> winner_id;
    MatchState status{};
    std::optional<std::int64_t> score_a;
    std::optional<std::int64_t> score_b;
    std::uint32_t bracket_round = 0;
    std::uint32_t bracket_match = 0;
    std::optional<MatchPlayer> player_a;
    std::optional<MatchPlayer> player_b;
    std::optional<MatchPlayer> winner;
    codec::Omittable<std::string> decision;
    codec::Omittable<ClaimView> claim;
};
BOOST_DESCRIBE_STRUCT(MatchView, (),
                      (id, player_a_id, player_b_id, winner_id, status, score_a, score_b, bracket_round, bracket_match,
                       player_a, player_b, winner, decision, claim))

struct RoundView {
    std::uint32_t round = 0;
    std::uint32_t matches = 0;
    RoundState status{};
    /// Where there are two brackets, and a final between their winners.
    codec::Omittable<formats::Bracket> bracket;
};
BOOST_DESCRIBE_STRUCT(RoundView, (), (round, matches, status, bracket))

/// The text of a bracket's `structure`.
struct Structure {
    Format format{};
    std::int64_t participant_count = 0;
    std::uint32_t total_rounds = 0;
    std::vector<RoundView> rounds;
};
BOOST_DESCRIBE_STRUCT(Structure, (), (format, participant_count, total_rounds, rounds))

struct BracketTag {
    static constexpr std::string_view prefix = "bracket", noun = "Bracket";
};
using BracketId = Id<BracketTag>;

struct BracketInfo {
    BracketId id;
    codec::Omittable<TournamentId> tournament_id;
    /// `Structure`, as JSON in a text.
    std::string structure;
    std::uint32_t current_round = 0;
    std::uint32_t total_rounds = 0;
    BracketState status{};
};
BOOST_DESCRIBE_STRUCT(BracketInfo, (), (id, tournament_id, structure, current_round, total_rounds, status))

struct TournamentDetailsView : TournamentView {
    std::vector<ParticipantView> participants;
    std::vector<MatchView> matches;
    std::optional<BracketInfo> bracket;
    Counts _count;
};
BOOST_DESCRIBE_STRUCT(TournamentDetailsView, (TournamentView), (participants, matches, bracket, _count))

Format shown_format(std::string_view name);
std::optional<VenueRef> venue_ref(Store&, const std::optional<VenueId>&, bool with_address);

TournamentItem tournament_item(Store&, const rows::TournamentRow&);
TournamentView tournament_view(Store&, TournamentId, const Tournament&);
TournamentDetailsView details_view(Store&, TournamentId, const Tournament&);

/// A participant's id: of this person in this tournament alone.
ledger::ParticipantId participant_id(TournamentId, EntrantId);
/// Whom an id names: a participant's, or the user's own.
std::optional<EntrantId> participant_named(TournamentId, const Tournament&, std::string_view id);
/// By entrant.
std::vector<ParticipantStatus> participant_statuses(const Tournament&);

/// Where a view's avatars come from; empty: it has none.
using AvatarOf = std::function<std::optional<std::string>(UserId)>;
/// Those of a tournament's players, looked up together.
AvatarOf avatars_in(Store&, const Tournament&);
/// Without avatars.
MatchView match_view(TournamentId, const Tournament&, MatchNumber);
std::vector<MatchView> match_views(TournamentId, const Tournament&, const AvatarOf&);

/// From 1; 0 before the draw.
std::uint32_t current_round(const Tournament&);
std::uint32_t total_rounds(const Tournament&);
/// Nothing before the draw.
std::optional<BracketInfo> bracket_info(TournamentId, const Tournament&, bool with_tournament);

}  // namespace agon::player
