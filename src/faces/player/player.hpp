/// The Player API: tournaments of people. camelCase, UUIDs, enumerators in capitals, errors as
/// `{"statusCode", "message", "error"}`.
#pragma once

#include "faces/router.hpp"

namespace agon::player {

inline constexpr codec::Spelling spelling{
    .names = codec::Names::camel_case, .words = codec::Words::upper, .ids = codec::Ids::uuid};

extern const Face face;

/// All of its endpoints.
std::vector<Endpoint> endpoints();

std::vector<Endpoint> auth_endpoints();
std::vector<Endpoint> key_endpoints();
std::vector<Endpoint> venue_endpoints();
std::vector<Endpoint> event_endpoints();
std::vector<Endpoint> tournament_endpoints();
std::vector<Endpoint> bracket_endpoints();
std::vector<Endpoint> result_endpoints();
std::vector<Endpoint> history_endpoints();
std::vector<Endpoint> wallet_endpoints();
std::vector<Endpoint> leaderboard_endpoints();
std::vector<Endpoint> flag_endpoints();
std::vector<Endpoint> matchmaking_endpoints();
std::vector<Endpoint> block_endpoints();

}  // namespace agon::player
