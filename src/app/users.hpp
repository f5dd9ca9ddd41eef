/// Users by name, and what the operator's commands do to them.
#pragma once

#include "app/engine.hpp"
#include "app/tokens.hpp"
#include "base/names.hpp"

namespace agon {

/// From the name's skeleton, so that two who ask for one name, or for two that look alike, write to the same stream, and
/// one of them is second: that is what makes names unique (RFC 9562, version 8).
UserId user_id_of(const Name&);

/// Whoever has that name, in whatever capitals; nothing where nobody does.
std::optional<UserId> find_user(Store&, std::string_view username);

// --- for programs whose journal runs on the calling thread -----------------------------------------------------------

Result<void> run_user_command(Engine&, UserId, const users::UserCommand&);

/// A new user. `conflict` where the name is taken or looks like one that is.
Result<Identity> create_user(Engine&, const std::string& username, users::Role, std::string password_hash);

/// The user of that name. It is made where there is none, as a player unless `role` says otherwise; `role` also changes
/// the role of one that is there.
Result<Identity> find_or_create_user(Engine&, const std::string& username, std::optional<users::Role> role);

/// The users' rows, by name.
std::vector<rows::UserRow> list_users(Store&);

}  // namespace agon
