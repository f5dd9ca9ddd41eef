#include "core/types.hpp"

#include "base/result.hpp"

namespace agon {

namespace {

Uuid with_tail(Uuid id, MatchNumber number, std::uint8_t attempt) {
    id.bytes[12] = static_cast<std::uint8_t>(number >> 16);
    id.bytes[13] = static_cast<std::uint8_t>(number >> 8);
    id.bytes[14] = static_cast<std::uint8_t>(number);
    id.bytes[15] = attempt;
    return id;
}

}  // namespace

TournamentId make_tournament_id(Instant now, std::uint64_t random_high, std::uint64_t random_low) {
    return {with_tail(uuid7(now, random_high, random_low), 0, 0)};
}

MatchId match_id(TournamentId tournament, MatchNumber number) {
    CHECK_THAT(number >= 1 && number <= max_matches);
    return {with_tail(tournament.uuid, number, 0)};
}

GameId game_id(MatchId match, std::uint8_t attempt) { return {with_tail(match.uuid, number_of(match), attempt)}; }

TournamentId tournament_of(MatchId match) { return {with_tail(match.uuid, 0, 0)}; }
TournamentId tournament_of(GameId game) { return {with_tail(game.uuid, 0, 0)}; }

MatchNumber number_of(MatchId match) {
    const auto& b = match.uuid.bytes;
    return MatchNumber{b[12]} << 16 | MatchNumber{b[13]} << 8 | b[14];
}

MatchId match_of(GameId game) {
    auto id = game.uuid;
    id.bytes[15] = 0;
    return {id};
}

std::uint8_t attempt_of(GameId game) { return game.uuid.bytes[15]; }

}  // namespace agon
