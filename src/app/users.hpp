/// Users, as far as the operator's tokens need them.
#pragma once

#include "app/engine.hpp"
#include "app/tokens.hpp"

namespace agon {

/// 3 to 32 letters, digits, `-`, `_` and `.`, beginning with a letter or digit.
Result<void> check_username(std::string_view);

/// The user of that name. It is made where there is none, as a player unless `role` says otherwise; `role` also changes
/// the role of one that is there. For programs whose journal runs on the calling thread.
Result<Identity> find_or_create_user(Engine&, const std::string& username, std::optional<users::Role> role);

}  // namespace agon
