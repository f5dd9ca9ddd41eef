/// Keeps up with the keys that an outside issuer publishes: in a file, or at a URL (`jwks_uri` of OpenID Connect
/// Discovery 1.0).
#pragma once

#include "app/outside.hpp"

namespace agon {

class JwksWatch {
public:
    /// `where` is a file, which must be readable and good, or a URL: https, or http to this machine itself. A URL is asked
    /// at once, for five seconds at most; where that fails, the error log says why and it is asked again. `invalid` for
    /// anything else.
    static Result<std::shared_ptr<JwksWatch>> open(const std::string& where, std::string issuer, std::string audience);
    virtual ~JwksWatch() = default;

    /// Keys are given to it from any thread; what cannot be read leaves it those that it has.
    const OutsideIssuer& issuer() const { return issuer_; }

    /// Once a second or so, with `Clock::steady()`, not from two threads at once; returns at once. A file is read again
    /// when it was written. A URL is asked again after ten minutes; ten seconds after it failed, or after a token came
    /// that is signed by a key which it did not have then.
    virtual void look(Duration now) = 0;

protected:
    JwksWatch(std::string where, std::string issuer, std::string audience);
    /// Gives the keys of this set to the issuer; `invalid` where it has none that can be used.
    Result<void> take(std::string_view text);
    /// Once for the same cause.
    void complain(const std::string& why);

    const std::string where_;
    OutsideIssuer issuer_;

private:
    /// What the log said last.
    std::string known_, complaint_;
};

}  // namespace agon
