#include "adapters/outbound/address_rules.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include <fmt/format.h>

namespace agon {

namespace {

constexpr std::array<std::uint8_t, 12> v4_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress from_v4(const void* four_bytes) {
    IpAddress a;
    std::ranges::copy(v4_prefix, a.bytes.begin());
    std::memcpy(a.bytes.data() + v4_prefix.size(), four_bytes, 4);
    return a;
}

IpAddress from_v6(const void* sixteen_bytes) {
    IpAddress a;
    std::memcpy(a.bytes.data(), sixteen_bytes, a.bytes.size());
    return a;
}

/// Whether nothing is set after the first `bits` bits.
bool is_network(const IpAddress& a, unsigned bits) {
    for (unsigned i = bits; i < 128; ++i)
        if (a.bytes[i / 8] >> (7 - i % 8) & 1) return false;
    return true;
}

std::vector<Cidr> known(std::initializer_list<std::string_view> texts) {
    std::vector<Cidr> all;
    for (const auto text : texts) all.push_back(parse_cidr(text).value());
    return all;
}

bool any_holds(const std::vector<Cidr>& cidrs, const IpAddress& a) {
    return std::ranges::any_of(cidrs, [&](const Cidr& c) { return c.holds(a); });
}

/// The special-purpose registries of IANA (RFC 6890 and its successors), as far as they are not public.
const std::vector<Cidr>& special_v4() {
    static const auto all = known({
        "0.0.0.0/8",        // this network
        "10.0.0.0/8",       // private
        "100.64.0.0/10",    // shared by carriers
        "127.0.0.0/8",      // loopback
        "169.254.0.0/16",   // link-local: also the metadata services of clouds
        "172.16.0.0/12",    // private
        "192.0.0.0/24",     // protocol assignments
        "192.0.2.0/24",     // documentation
        "192.88.99.0/24",   // 6to4 relays
        "192.168.0.0/16",   // private
        "198.18.0.0/15",    // benchmarks
        "198.51.100.0/24",  // documentation
        "203.0.113.0/24",   // documentation
        "224.0.0.0/4",      // multicast
        "240.0.0.0/4",      // reserved, broadcast
    });
    return all;
}

/// Inside 2000::/3, which is all that is assigned as global unicast.
const std::vector<Cidr>& special_v6() {
    static const auto all = known({
        "2001::/23",      // protocol assignments, Teredo among them (2001::/32)
        "2001:db8::/32",  // documentation
        "2002::/16",      // 6to4
        "3fff::/20",      // documentation
    });
    return all;
}

}  // namespace

bool IpAddress::is_v4() const { return std::ranges::equal(v4_prefix, std::span(bytes).first<12>()); }

std::optional<IpAddress> parse_address(std::string_view text) {
    if (text.size() >= INET6_ADDRSTRLEN || text.contains('\0')) return std::nullopt;
    const std::string terminated{text};
    std::array<std::uint8_t, 16> bytes{};
    if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) return from_v4(bytes.data());
    if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return from_v6(bytes.data());
    return std::nullopt;
}

std::optional<IpAddress> address_of(const sockaddr& socket) {
    if (socket.sa_family == AF_INET) return from_v4(&reinterpret_cast<const sockaddr_in&>(socket).sin_addr);
    if (socket.sa_family == AF_INET6) return from_v6(&reinterpret_cast<const sockaddr_in6&>(socket).sin6_addr);
    return std::nullopt;
}

bool Cidr::holds(const IpAddress& a) const {
    const auto whole = bits / 8, rest = bits % 8;
    if (!std::ranges::equal(std::span(a.bytes).first(whole), std::span(network.bytes).first(whole))) return false;
    return rest == 0 || (a.bytes[whole] ^ network.bytes[whole]) >> (8 - rest) == 0;
}

Result<Cidr> parse_cidr(std::string_view text) {
    const auto slash = text.find('/');
    const auto network = parse_address(text.substr(0, slash));
    if (!network) return refused(Code::invalid, fmt::format("'{}' is not an address range such as 10.0.0.0/8", text));
    // A mapped address written out in IPv6 counts its bits from the front, dotted IPv4 from its own first number.
    const bool dotted = network->is_v4() && !text.contains(':');
    Cidr cidr{*network, 128};
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), cidr.bits);
        if (failure != std::errc{} || end != digits.data() + digits.size() || cidr.bits > (dotted ? 32u : 128u))
            return refused(Code::invalid, fmt::format("'{}' has no valid prefix length after its slash", text));
        if (dotted) cidr.bits += 96;
    }
    if (!is_network(*network, cidr.bits))
        return refused(Code::invalid, fmt::format("'{}' has bits set beyond its prefix", text));
    return cidr;
}

bool is_public(const IpAddress& a) {
    static const auto nat64 = parse_cidr("64:ff9b::/96").value();
    static const auto global_unicast = parse_cidr("2000::/3").value();
    if (nat64.holds(a)) return is_public(from_v4(a.bytes.data() + 12));
    if (a.is_v4()) return !any_holds(special_v4(), a);
    return global_unicast.holds(a) && !any_holds(special_v6(), a);
}

Result<AddressRules> AddressRules::from(std::span<const std::string> allow_cidrs) {
    std::vector<Cidr> opened;
    for (const auto& text : allow_cidrs) {
        auto cidr = parse_cidr(text);
        if (!cidr) return std::unexpected(cidr.error());
        opened.push_back(*cidr);
    }
    return AddressRules{std::move(opened)};
}

bool AddressRules::opens(const IpAddress& a) const { return any_holds(opened_, a); }

}  // namespace agon
