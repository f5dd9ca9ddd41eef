#include "adapters/outbound/address_rules.hpp"

#include <netinet/in.h>

#include <doctest/doctest.h>

namespace agon {

namespace {

IpAddress ip(std::string_view text) {
    const auto address = parse_address(text);
    REQUIRE_MESSAGE(address.has_value(), text);
    return *address;
}

}  // namespace

TEST_CASE("public addresses may be called, and their neighbours across a border") {
    for (const auto* text : {"1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",
                             "100.63.255.255",  "100.128.0.0",     "126.255.255.255", "128.0.0.0",
                             "169.253.255.255", "169.255.0.0",     "172.15.255.255",  "172.32.0.0",
                             "192.0.1.0",       "192.0.3.0",       "192.88.98.255",   "192.88.100.0",
                             "192.167.255.255", "192.169.0.0",     "198.17.255.255",  "198.20.0.0",
                             "198.51.99.255",   "198.51.101.0",    "203.0.112.255",   "203.0.114.0",
                             "223.255.255.255", "2606:4700::1111", "2a00::1",         "2001:4860:4860::8888",
                             "2001:200::1",     "2003::1",         "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8"})
        CHECK_MESSAGE(is_public(ip(text)), text);
}

TEST_CASE("no private, local, shared, documentation, multicast or reserved address may be called") {
    for (const auto* text : {"0.0.0.0",
                             "0.255.255.255",
                             "10.0.0.1",
                             "10.255.255.255",
                             "100.64.0.0",
                             "100.127.255.255",
                             "127.0.0.1",
                             "127.255.255.255",
                             "169.254.0.1",
                             "169.254.169.254",
                             "172.16.0.0",
                             "172.31.255.255",
                             "192.0.0.1",
                             "192.0.2.1",
                             "192.88.99.1",
                             "192.168.0.1",
                             "192.168.255.255",
                             "198.18.0.0",
                             "198.19.255.255",
                             "198.51.100.7",
                             "203.0.113.7",
                             "224.0.0.1",
                             "239.255.255.255",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fc00::1",
                             "fdff::1",
                             "fe80::1",
                             "febf::1",
                             "fec0::1",
                             "ff02::1",
                             "2001:db8::1",
                             "3fff::1",
                             "100::1",
                             "4000::1"})
        CHECK_MESSAGE(!is_public(ip(text)), text);
}

TEST_CASE("an IPv4 address inside an IPv6 one opens no back door") {
    for (const auto* text : {"::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
                             "::127.0.0.1", "::8.8.8.8", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::8.8.8.8",
                             "2002:7f00:1::1", "2002:808:808::1", "2001::1", "2001:0:808:808::1", "::ffff:0:127.0.0.1"})
        CHECK_MESSAGE(!is_public(ip(text)), text);
    CHECK(ip("::ffff:127.0.0.1") == ip("127.0.0.1"));
}

TEST_CASE("an address has one spelling of IPv4, and nothing else is read") {
    for (const auto* text :
         {"", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.01", "127.0.0.1.", "1.2.3.4.5", "256.1.1.1",
          " 1.1.1.1", "1.1.1.1 ", "[::1]", "fe80::1%eth0", "::1/128", ":::1", "localhost"})
        CHECK_MESSAGE(!parse_address(text), text);
    CHECK(!parse_address(std::string_view("1.1.1.1\0x", 9)));
}

TEST_CASE("a range holds its addresses, and nothing beside them") {
    const auto cidr = parse_cidr("172.16.0.0/12").value();
    CHECK(cidr.holds(ip("172.31.255.255")));
    CHECK(cidr.holds(ip("::ffff:172.16.0.0")));
    CHECK(!cidr.holds(ip("172.32.0.0")));
    CHECK(!cidr.holds(ip("::172.16.0.0")));
    CHECK(parse_cidr("0.0.0.0/0").value().holds(ip("8.8.8.8")));
    CHECK(!parse_cidr("0.0.0.0/0").value().holds(ip("2a00::1")));
    CHECK(parse_cidr("::ffff:10.0.0.0/104").value().holds(ip("10.9.9.9")));
    CHECK(!parse_cidr("::ffff:10.0.0.0/104").value().holds(ip("11.0.0.0")));
    CHECK(parse_cidr("::1").value().holds(ip("::1")));
    CHECK(!parse_cidr("::1").value().holds(ip("::2")));
    CHECK(parse_cidr("fd00::/9").value().holds(ip("fd7f::1")));
    CHECK(!parse_cidr("fd00::/9").value().holds(ip("fd80::1")));
    CHECK(parse_cidr("::/0").value().holds(ip("8.8.8.8")));
}

TEST_CASE("a range that cannot be read is named") {
    for (const auto* text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "10.0.0.1/8", "lan"}) {
        const auto cidr = parse_cidr(text);
        REQUIRE_MESSAGE(!cidr, text);
        CHECK(cidr.error().message.starts_with(std::string("'") + text + "'"));
    }
    const std::string two[] = {"127.0.0.0/8", "nonsense"};
    CHECK(AddressRules::from(two).error().message == "'nonsense' is not an address range such as 10.0.0.0/8");
}

TEST_CASE("what the operator opens may be called, and nothing else of the kind") {
    const std::string loopback[] = {"127.0.0.0/8", "::1/128"};
    const auto rules = AddressRules::from(loopback).value();
    CHECK(rules.allows(ip("127.0.0.1")));
    CHECK(rules.allows(ip("::ffff:127.0.0.1")));
    CHECK(rules.allows(ip("::1")));
    CHECK(rules.allows(ip("8.8.8.8")));
    CHECK(!rules.opens(ip("8.8.8.8")));
    CHECK(!rules.allows(ip("10.0.0.1")));
    CHECK(!rules.allows(ip("64:ff9b::127.0.0.1")));
    CHECK(!AddressRules{}.opens_something());
}

TEST_CASE("a socket's address is read in both families, and no other") {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(0x7f000001);
    CHECK(address_of(reinterpret_cast<const sockaddr&>(v4)) == ip("127.0.0.1"));
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_addr.s6_addr[15] = 1;
    CHECK(address_of(reinterpret_cast<const sockaddr&>(v6)) == ip("::1"));
    CHECK(!address_of(sockaddr{.sa_family = AF_UNIX}));
}

}  // namespace agon
