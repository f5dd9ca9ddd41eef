/// The way in of the first admin: a link that works once.
#pragma once

#include <mutex>
#include <unordered_set>

#include "app/accounts.hpp"

namespace agon {

inline constexpr auto setup_link_lifetime = std::chrono::hours(24);

/// Whether anybody is an admin.
bool has_admin(Store&);

/// A new link's token; the links before it are void. For programs whose journal runs on the calling thread, or before
/// it has started.
std::string make_setup_token(Engine&, Random&);

/// Any thread.
class Setup {
public:
    Setup(Engine& engine, Accounts& accounts) : engine_(engine), accounts_(accounts) {}

    /// Makes an admin. `unauthenticated` for a token that is not that of a link, or was used; else as
    /// `Accounts::sign_up`, and then the token is still good.
    Task<Result<SignedIn>> make_admin(std::string token, std::string username, std::string password);

private:
    Engine& engine_;
    Accounts& accounts_;
    std::mutex mutex_;
    /// Tokens at work: of two who use one at the same moment, one is too late.
    std::unordered_set<std::string> at_work_;
};

}  // namespace agon
