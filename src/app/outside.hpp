/// Access tokens of another issuer, as of a company's identity provider: who its users are here.
#pragma once

#include "app/engine.hpp"
#include "app/jws.hpp"
#include "app/tokens.hpp"

namespace agon {

/// What a good token of the issuer tells.
struct OutsideIdentity {
    /// The issuer and its name for the user, as the log keeps it.
    std::string outside;
    /// What the user would like to be called here, or empty.
    std::string wanted_name;
};

/// Whose tokens are good here, too. Its keys come from a file (`adapters/system/jwks.hpp`). Any thread.
class OutsideIssuer {
public:
    OutsideIssuer(std::string issuer, std::string audience, JwsKeys keys)
        : issuer_(std::move(issuer)), audience_(std::move(audience)), keys_(std::move(keys)) {}

    /// Nothing for anything but an unexpired access token (RFC 9068: `typ` is `at+jwt`) of the issuer for the audience,
    /// that is good for an hour at most.
    std::optional<OutsideIdentity> verify(std::string_view token, Instant now) const;

private:
    std::string issuer_;
    std::string audience_;
    JwsKeys keys_;
};

/// The user of that outside identity, if it has been here before.
std::optional<UserId> find_outside_user(Store&, const OutsideIdentity&);

/// The same; at the first sight it is made, as a player, under the name that it wants or one like it that is free.
/// `conflict` where every such name is taken.
Task<Result<Identity>> find_or_create_outside_user(Engine&, OutsideIdentity);

}  // namespace agon
