/// Which addresses the server may call on somebody else's behalf. A webhook's URL comes from a user, so without these
/// rules anybody could make the server talk to the machines beside it (SSRF). Pure; may be called from any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

struct sockaddr;

namespace agon {

/// An address of the internet. IPv4 is kept as `::ffff:a.b.c.d`, so that both spellings of one address are equal.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const IpAddress&) const = default;
    bool is_v4() const;
};

/// Reads `192.0.2.1` (four decimal numbers, no leading zeros) or an IPv6 address without brackets and zone; nothing
/// else, so none of the spellings that only some programs understand (`0x7f.1`, `127.1`, `2130706433`).
std::optional<IpAddress> parse_address(std::string_view text);

/// The address of a socket; nothing where it is neither IPv4 nor IPv6.
std::optional<IpAddress> address_of(const sockaddr&);

/// The addresses that share their first `bits` bits with `network`, counted in the 16 bytes.
struct Cidr {
    IpAddress network;
    unsigned bits = 128;

    bool holds(const IpAddress&) const;
};

/// Reads `10.0.0.0/8`, `fd00::/8`, or a lone address. Refused when bits are set beyond the prefix: that is a typing
/// mistake more often than not.
Result<Cidr> parse_cidr(std::string_view text);

/// Whether the address belongs to the public internet: nothing private, local, shared, documentation, multicast or
/// reserved. IPv4 inside IPv6 is judged by the IPv4 address (`::ffff:0:0/96`, and `64:ff9b::/96` of NAT64) or refused
/// (6to4, Teredo and every range outside 2000::/3).
bool is_public(const IpAddress&);

/// Public addresses, and those that the operator opened (`webhooks.allow_cidrs`).
class AddressRules {
public:
    /// Opens nothing.
    AddressRules() = default;
    explicit AddressRules(std::vector<Cidr> opened) : opened_(std::move(opened)) {}
    /// Refused with the entry that cannot be read.
    static Result<AddressRules> from(std::span<const std::string> allow_cidrs);

    bool allows(const IpAddress& a) const { return opens(a) || is_public(a); }
    /// Whether the operator opened this very address.
    bool opens(const IpAddress&) const;
    bool opens_something() const { return !opened_.empty(); }

private:
    std::vector<Cidr> opened_;
};

}  // namespace agon
