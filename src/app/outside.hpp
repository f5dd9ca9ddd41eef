/// Access tokens of another issuer, as of a company's identity provider: who its users are here.
#pragma once

#include <atomic>
#include <mutex>

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

/// Whose tokens are good here, too, and by which keys: `adapters/jwks/jwks_watch.hpp` keeps them as they are published. Any
/// thread.
class OutsideIssuer {
public:
    OutsideIssuer(std::string issuer, std::string audience, JwsKeys keys = {})
        : issuer_(std::move(issuer)),
          audience_(std::move(audience)),
          keys_(std::make_shared<const JwsKeys>(std::move(keys))) {}

    /// Nothing for anything but an unexpired access token (RFC 9068: `typ` is `at+jwt`) of the issuer for the audience,
    /// that is good for an hour at most.
    std::optional<OutsideIdentity> verify(std::string_view token, Instant now) const;

    /// These alone from now on.
    void use_keys(JwsKeys);
    std::shared_ptr<const JwsKeys> keys() const;
    /// Whether a token came, since this was last asked, that is signed by a key which is not among ours.
    bool missed_a_key() { return missed_.exchange(false); }

private:
    std::string issuer_;
    std::string audience_;
    mutable std::mutex mutex_;
    std::shared_ptr<const JwsKeys> keys_;
    mutable std::atomic<bool> missed_ = false;
};

/// The user of that outside identity, if it has been here before.
std::optional<UserId> find_outside_user(Store&, const OutsideIdentity&);

/// The same; at the first sight it is made, as a player, under the name that it wants or one like it that is free.
/// `conflict` where every such name is taken.
Task<Result<Identity>> find_or_create_outside_user(Engine&, OutsideIdentity);

}  // namespace agon
