/// Whether a URL may be called, judged when it is set up: before any name is resolved. What a name leads to is judged
/// when it is called (http_client.hpp). Pure; may be called from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/outbound/address_rules.hpp"

namespace agon {

/// What the operator lets the server call.
struct CallRules {
    AddressRules addresses;
    /// Plain http too, and then port 80.
    bool http = false;
    std::vector<std::uint16_t> ports{443, 8443};
};

/// A URL that may be called.
struct Target {
    /// As given, but with scheme and host in lower case.
    std::string url;
    bool tls = true;
    /// Without brackets.
    std::string host;
    std::uint16_t port = 443;

    bool operator==(const Target&) const = default;
};

inline constexpr std::size_t max_url_length = 2048;

/// Reads `https://host[:port][/path][?query]`. Refused, with what to write instead: other schemes (http unless the
/// rules allow it), other ports, user info, fragments, addresses that are not public, and every spelling that two
/// programs might read differently: octal, hexadecimal, decimal or short addresses, a trailing dot, backslashes,
/// characters beyond visible ASCII, names in Unicode (an `xn--` name is welcome).
/// Where the operator opened addresses, any port of those may be called, and also names without a dot.
Result<Target> check_target(std::string_view url, const CallRules&);

/// Whether a connection may be made to this very address and port. The last word, spoken at each connect.
bool may_connect(const IpAddress&, std::uint16_t port, const CallRules&);

}  // namespace agon
