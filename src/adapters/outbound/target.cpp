#include "adapters/outbound/target.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace agon {

namespace {

using Sentence = std::optional<std::string>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

std::string lower(std::string_view text) {
    std::string out{text};
    for (auto& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// The URL cut at its marks, nothing judged yet.
struct Parts {
    std::string scheme;
    std::string host;
    bool bracketed = false;
    std::optional<std::string_view> port;
    std::string_view rest;
};

Sentence odd_characters(std::string_view url) {
    if (url.size() > max_url_length) return fmt::format("is longer than {} characters", max_url_length);
    if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return "has a character beyond ASCII; write the name in its xn-- form and percent-encode the path";
    if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c == 0x7f; }))
        return "has a space or a control character; percent-encode it";
    if (url.contains('\\')) return "has a backslash; use / or percent-encode it";
    if (url.contains('#')) return "has a fragment (#…), which is never sent; leave it out";
    return std::nullopt;
}

Result<Parts> cut_host_and_port(std::string_view authority, Parts parts) {
    const bool bracketed = authority.starts_with('[');
    const auto end = bracketed ? authority.find(']') : authority.find(':');
    if (bracketed && end == std::string_view::npos) return refused(Code::invalid, "has a [ without its ]");
    parts.bracketed = bracketed;
    parts.host = lower(bracketed ? authority.substr(1, end - 1) : authority.substr(0, end));
    const auto after = end == std::string_view::npos ? std::string_view{} : authority.substr(end + (bracketed ? 1 : 0));
    if (!after.empty() && after.front() != ':') return refused(Code::invalid, "has something between ] and the port");
    if (!after.empty()) parts.port = after.substr(1);
    return parts;
}

Result<Parts> cut(std::string_view url) {
    const auto colon = url.find("://");
    if (colon == std::string_view::npos) return refused(Code::invalid, "must start with https://");
    Parts parts{.scheme = lower(url.substr(0, colon))};
    const auto after = url.substr(colon + 3);
    const auto end = std::min(after.find_first_of("/?"), after.size());
    parts.rest = after.substr(end);
    const auto authority = after.substr(0, end);
    if (authority.contains('@')) return refused(Code::invalid, "must not hold a user name or password");
    return cut_host_and_port(authority, std::move(parts));
}

Sentence wrong_scheme(const Parts& parts, const CallRules& rules) {
    if (parts.scheme == "https" || (parts.scheme == "http" && rules.http)) return std::nullopt;
    return rules.http ? "must start with https:// or http://" : "must start with https://";
}

/// Whether a browser would take the name for an address (WHATWG URL, "ends in a number").
bool ends_in_a_number(std::string_view host) {
    const auto dot = host.rfind('.');
    const auto last = dot == std::string_view::npos ? host : host.substr(dot + 1);
    if (last.starts_with("0x")) return std::ranges::all_of(last.substr(2), is_hex_digit);
    return !last.empty() && std::ranges::all_of(last, is_digit);
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

Sentence wrong_name(std::string_view host) {
    if (host.empty()) return "names no host";
    if (host.size() > 253) return "has a host name longer than 253 characters";
    if (host.ends_with('.')) return "has a dot at the end of the host name; leave it out";
    for (std::size_t at = 0; at <= host.size();) {
        const auto dot = std::min(host.find('.', at), host.size());
        if (!is_label(host.substr(at, dot - at)))
            return "has a host name with something other than letters, digits and inner hyphens between its dots";
        at = dot + 1;
    }
    return std::nullopt;
}

/// The host as an address, nothing for a name, or what is wrong with it.
Result<std::optional<IpAddress>> read_host(const Parts& parts) {
    if (parts.bracketed) {
        const auto address = parts.host.contains(':') ? parse_address(parts.host) : std::nullopt;
        if (!address) return refused(Code::invalid, "has something in [] that is not an IPv6 address");
        return address;
    }
    if (auto wrong = wrong_name(parts.host)) return refused(Code::invalid, std::move(*wrong));
    if (!ends_in_a_number(parts.host)) return std::nullopt;
    const auto address = parse_address(parts.host);
    if (!address)
        return refused(Code::invalid, "has an address in an odd spelling; write four decimal numbers, as in 8.8.8.8");
    return address;
}

Result<std::uint16_t> read_port(const Parts& parts) {
    if (!parts.port) return parts.scheme == "https" ? std::uint16_t{443} : std::uint16_t{80};
    const auto digits = *parts.port;
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (failure != std::errc{} || end != digits.data() + digits.size() || port == 0 || digits.front() == '0')
        return refused(Code::invalid, "has a port that is not a number from 1 to 65535");
    return port;
}

bool usual_port(std::uint16_t port, const CallRules& rules) {
    return std::ranges::find(rules.ports, port) != rules.ports.end() || (rules.http && port == 80);
}

bool is_inner_name(std::string_view host) { return !host.contains('.') || host.ends_with(".localhost"); }

Sentence forbidden_place(std::string_view host, const std::optional<IpAddress>& address, std::uint16_t port,
                         const CallRules& rules) {
    if (address && !rules.addresses.allows(*address)) return "leads to an address that is not public";
    if (address && may_connect(*address, port, rules)) return std::nullopt;
    // What an opened address is called nobody knows yet: the connect decides.
    if (!address && rules.addresses.opens_something()) return std::nullopt;
    if (!address && is_inner_name(host)) return "has a host name that is not public";
    if (usual_port(port, rules)) return std::nullopt;
    return fmt::format("has port {}; allowed: {}{}", port, fmt::join(rules.ports, ", "), rules.http ? ", 80" : "");
}

}  // namespace

Result<Target> check_target(std::string_view url, const CallRules& rules) {
    const auto wrong = [](std::string sentence) { return refused(Code::invalid, "the URL " + sentence); };
    if (auto odd = odd_characters(url)) return wrong(*odd);
    const auto parts = cut(url);
    if (!parts) return wrong(parts.error().message);
    if (auto scheme = wrong_scheme(*parts, rules)) return wrong(*scheme);
    const auto address = read_host(*parts);
    if (!address) return wrong(address.error().message);
    const auto port = read_port(*parts);
    if (!port) return wrong(port.error().message);
    if (auto forbidden = forbidden_place(parts->host, *address, *port, rules)) return wrong(*forbidden);

    const auto host = parts->bracketed ? fmt::format("[{}]", parts->host) : parts->host;
    const auto colon_port = parts->port ? fmt::format(":{}", *port) : std::string{};
    return Target{fmt::format("{}://{}{}{}", parts->scheme, host, colon_port, parts->rest), parts->scheme == "https",
                  parts->host, *port};
}

bool may_connect(const IpAddress& address, std::uint16_t port, const CallRules& rules) {
    return rules.addresses.opens(address) || (is_public(address) && usual_port(port, rules));
}

}  // namespace agon
