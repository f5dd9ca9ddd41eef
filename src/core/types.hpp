/// The words that every area of the core shares.
#pragma once

#include <cstdint>

#include "base/id.hpp"

namespace agon {

struct TournamentTag {
    static constexpr std::string_view prefix = "tourn", noun = "Tournament";
};
struct MatchTag {
    static constexpr std::string_view prefix = "match", noun = "Match";
};
struct GameTag {
    static constexpr std::string_view prefix = "game", noun = "Game";
};
struct BotTag {
    static constexpr std::string_view prefix = "bot", noun = "Bot";
};
struct UserTag {
    static constexpr std::string_view prefix = "user", noun = "User";
};
struct VenueTag {
    static constexpr std::string_view prefix = "venue", noun = "Venue";
};
struct OccasionTag {
    static constexpr std::string_view prefix = "event", noun = "Event";
};

using TournamentId = Id<TournamentTag>;
using MatchId = Id<MatchTag>;
using GameId = Id<GameTag>;
using BotId = Id<BotTag>;
using UserId = Id<UserTag>;
using VenueId = Id<VenueTag>;
using OccasionId = Id<OccasionTag>;

/// A match's place in its tournament, from 1, in the order in which the format plans them.
using MatchNumber = std::uint32_t;
/// An entrant's place in its tournament's list, from 0, in order of registration.
using EntrantIndex = std::uint32_t;
inline constexpr EntrantIndex no_entrant = ~EntrantIndex{0};

/// A seat in a game, from 0.
using Seat = std::uint8_t;

/// The ids of a tournament, its matches and their games share all but the last four bytes, so each leads to its
/// tournament without a look-up: a tournament's are zero, a match has its number in the first three of them, and a
/// game the number of the attempt, from 1, in the last. The rest is an ordinary UUIDv7 (12 + 30 random bits in the
/// tournament's millisecond).
TournamentId make_tournament_id(Instant now, std::uint64_t random_high, std::uint64_t random_low);
MatchId match_id(TournamentId, MatchNumber);
GameId game_id(MatchId, std::uint8_t attempt);

TournamentId tournament_of(MatchId);
TournamentId tournament_of(GameId);
MatchNumber number_of(MatchId);
MatchId match_of(GameId);
std::uint8_t attempt_of(GameId);

inline constexpr MatchNumber max_matches = 0xffffff;

}  // namespace agon
