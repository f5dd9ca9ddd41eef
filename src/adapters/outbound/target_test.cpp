#include "adapters/outbound/target.hpp"

#include <doctest/doctest.h>

namespace agon {

namespace {

const CallRules strict{};

CallRules opened() {
    const std::string loopback[] = {"127.0.0.0/8", "::1/128"};
    return {.addresses = AddressRules::from(loopback).value(), .http = true};
}

struct Accepted {
    const char* url;
    Target target;
};

struct Refused {
    const char* url;
    const char* says;
};

const Accepted welcome[] = {
    {"https://bots.example.com", {"https://bots.example.com", true, "bots.example.com", 443}},
    {"HTTPS://Bots.Example.COM/Move?A=B", {"https://bots.example.com/Move?A=B", true, "bots.example.com", 443}},
    {"https://example.com:443/", {"https://example.com:443/", true, "example.com", 443}},
    {"https://example.com:8443/x", {"https://example.com:8443/x", true, "example.com", 8443}},
    {"https://example.com?x=1", {"https://example.com?x=1", true, "example.com", 443}},
    {"https://xn--bcher-kva.example/", {"https://xn--bcher-kva.example/", true, "xn--bcher-kva.example", 443}},
    {"https://8.8.8.8/", {"https://8.8.8.8/", true, "8.8.8.8", 443}},
    {"https://[2606:4700::1111]/", {"https://[2606:4700::1111]/", true, "2606:4700::1111", 443}},
    {"https://[2606:4700::1111]:8443/", {"https://[2606:4700::1111]:8443/", true, "2606:4700::1111", 8443}},
    {"https://a-b.c1.example/%20//..@", {"https://a-b.c1.example/%20//..@", true, "a-b.c1.example", 443}},
    {"https://AZ.az-quiz.example/", {"https://az.az-quiz.example/", true, "az.az-quiz.example", 443}},
    {"https://1.example/", {"https://1.example/", true, "1.example", 443}},
    {"https://1.0xg/", {"https://1.0xg/", true, "1.0xg", 443}},
};

const Refused unwelcome[] = {
    // schemes
    {"", "must start with https://"},
    {"example.com/", "must start with https://"},
    {"http://example.com/", "must start with https://"},
    {"ftp://example.com/", "must start with https://"},
    {"file:///etc/passwd", "must start with https://"},
    {"gopher://example.com/", "must start with https://"},
    {"https:/example.com/", "must start with https://"},
    {"https:example.com", "must start with https://"},
    {"//example.com/", "must start with https://"},
    {"javascript://example.com/", "must start with https://"},
    // users, fragments, characters
    {"https://me@example.com/", "user name"},
    {"https://me:pw@example.com/", "user name"},
    {"https://example.com@127.0.0.1/", "user name"},
    {"https://@example.com/", "user name"},
    {"https://example.com/#x", "fragment"},
    {"https://example.com#@127.0.0.1/", "fragment"},
    {"https://example.com\\@127.0.0.1/", "backslash"},
    {"https://example.com/a b", "space or a control"},
    {" https://example.com/", "space or a control"},
    {"https://example.com/\r\nHost: x", "space or a control"},
    {"https://exam\tple.com/", "space or a control"},
    {"https://example.com/\x7f", "space or a control"},
    {"https://b\xc3\xbc"
     "cher.example/",
     "beyond ASCII"},
    {"https://example.com/\xc3\xbc", "beyond ASCII"},
    {"https://example.com/\x80", "beyond ASCII"},
    {"https://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", "beyond ASCII"},
    {"https://127\xe3\x80\x82"
     "0.0.1/",
     "beyond ASCII"},
    // names
    {"https://", "names no host"},
    {"https:///path", "names no host"},
    {"https://:443/", "names no host"},
    {"https://?x", "names no host"},
    {"https://example.com./", "dot at the end"},
    {"https://127.0.0.1./", "dot at the end"},
    {"https://./", "dot at the end"},
    {"https://a..b/", "between its dots"},
    {"https://.example.com/", "between its dots"},
    {"https://-a.example/", "between its dots"},
    {"https://a-.example/", "between its dots"},
    {"https://a_b.example/", "between its dots"},
    {"https://%31%32%37.0.0.1/", "between its dots"},
    {"https://ex%61mple.com/", "between its dots"},
    {"https://exa$mple.com/", "between its dots"},
    {"https://localhost/", "not public"},
    {"https://LOCALHOST/", "not public"},
    {"https://db/", "not public"},
    {"https://x.localhost/", "not public"},
    // odd spellings of addresses
    {"https://2130706433/", "odd spelling"},
    {"https://0x7f000001/", "odd spelling"},
    {"https://0x7f.0.0.1/", "odd spelling"},
    {"https://0X7F.0.0.0X1/", "odd spelling"},
    {"https://0177.0.0.1/", "odd spelling"},
    {"https://017700000001/", "odd spelling"},
    {"https://127.1/", "odd spelling"},
    {"https://127.0.1/", "odd spelling"},
    {"https://127.0.0.01/", "odd spelling"},
    {"https://127.0.0.0x1/", "odd spelling"},
    {"https://127.0.0.1.1/", "odd spelling"},
    {"https://1.2.3.256/", "odd spelling"},
    {"https://0/", "odd spelling"},
    {"https://0x/", "odd spelling"},
    {"https://1.2.3.0xa/", "odd spelling"},
    {"https://1.2.3.0xff/", "odd spelling"},
    {"https://example.1/", "odd spelling"},
    {"https://[127.0.0.1]/", "not an IPv6 address"},
    {"https://[fe80::1%25eth0]/", "not an IPv6 address"},
    {"https://[::1%lo]/", "not an IPv6 address"},
    {"https://[]/", "not an IPv6 address"},
    {"https://[::g]/", "not an IPv6 address"},
    {"https://[::1/", "[ without its ]"},
    {"https://[2606:4700::1111]x/", "between ] and the port"},
    {"https://2606:4700::1111/", "odd spelling"},
    // addresses that are not public
    {"https://127.0.0.1/", "not public"},
    {"https://0.0.0.0/", "not public"},
    {"https://10.1.2.3/", "not public"},
    {"https://169.254.169.254/latest/meta-data/", "not public"},
    {"https://172.20.0.1/", "not public"},
    {"https://192.168.1.1/", "not public"},
    {"https://100.100.100.200/", "not public"},
    {"https://255.255.255.255/", "not public"},
    {"https://[::]/", "not public"},
    {"https://[::1]/", "not public"},
    {"https://[0:0:0:0:0:0:0:1]/", "not public"},
    {"https://[::ffff:127.0.0.1]/", "not public"},
    {"https://[::ffff:7f00:1]/", "not public"},
    {"https://[::FFFF:A9FE:A9FE]/", "not public"},
    {"https://[64:ff9b::10.0.0.1]/", "not public"},
    {"https://[2002:7f00:1::]/", "not public"},
    {"https://[fd00::1]/", "not public"},
    {"https://[fe80::1]/", "not public"},
    // ports
    {"https://example.com:80/", "has port 80; allowed: 443, 8443"},
    {"https://example.com:22/", "has port 22"},
    {"https://8.8.8.8:6379/", "has port 6379"},
    {"https://example.com:/", "from 1 to 65535"},
    {"https://example.com:0/", "from 1 to 65535"},
    {"https://example.com:0443/", "from 1 to 65535"},
    {"https://example.com:65979/", "from 1 to 65535"},
    {"https://example.com:+443/", "from 1 to 65535"},
    {"https://example.com:-1/", "from 1 to 65535"},
    {"https://example.com:443:443/", "from 1 to 65535"},
    {"https://example.com:443x/", "from 1 to 65535"},
};

}  // namespace

TEST_CASE("a URL that may be called is taken apart and written in lower case up to its path") {
    for (const auto& [url, target] : welcome) {
        const auto checked = check_target(url, strict);
        REQUIRE_MESSAGE(checked.has_value(), url << ": " << checked.error().message);
        CHECK_MESSAGE(*checked == target, url);
    }
}

TEST_CASE("a URL that may not be called is refused with a sentence that says why") {
    for (const auto& [url, says] : unwelcome) {
        const auto checked = check_target(url, strict);
        REQUIRE_MESSAGE(!checked, url);
        CHECK(checked.error().code == Code::invalid);
        CHECK_MESSAGE(checked.error().message.starts_with("the URL "), url);
        CHECK_MESSAGE(checked.error().message.contains(says), url << ": " << checked.error().message);
    }
}

TEST_CASE("a URL is at most 2048 characters long, and a host name 253") {
    const std::string head = "https://example.com/";
    CHECK(check_target(head + std::string(max_url_length - head.size(), 'x'), strict));
    CHECK(check_target(head + std::string(max_url_length - head.size() + 1, 'x'), strict).error().message ==
          "the URL is longer than 2048 characters");
    CHECK(check_target("https://" + std::string(63, 'a') + ".example/", strict));
    CHECK(!check_target("https://" + std::string(64, 'a') + ".example/", strict));
    std::string name = "e";
    while (name.size() < 253) name = "ab." + name;
    CHECK(check_target("https://" + name.substr(name.size() - 253), strict));
    CHECK(check_target("https://ab." + name, strict).error().message.contains("253"));
}

TEST_CASE("opened addresses may be called on any port, and nothing else is opened by them") {
    const auto rules = opened();
    for (const auto* url :
         {"http://127.0.0.1:5000/", "https://127.0.0.1:1/", "http://[::1]:9999/", "http://localhost:8080/",
          "http://example.com/", "https://example.com/", "http://example.com:80/"})
        CHECK_MESSAGE(check_target(url, rules).has_value(), url);
    CHECK(check_target("http://example.com/x", rules)->port == 80);
    CHECK(!check_target("http://example.com/x", rules)->tls);
    for (const auto* url :
         {"http://10.0.0.1/", "http://127.1/", "http://[::2]/", "ftp://127.0.0.1/", "http://8.8.8.8:22/"})
        CHECK_MESSAGE(!check_target(url, rules), url);
    CHECK(check_target("ftp://127.0.0.1/", rules).error().message == "the URL must start with https:// or http://");
    CHECK(check_target("http://8.8.8.8:22/", rules).error().message == "the URL has port 22; allowed: 443, 8443, 80");
}

TEST_CASE("the connect has the last word on address and port") {
    const auto ip = [](const char* text) { return parse_address(text).value(); };
    CHECK(may_connect(ip("8.8.8.8"), 443, strict));
    CHECK(!may_connect(ip("8.8.8.8"), 80, strict));
    CHECK(!may_connect(ip("127.0.0.1"), 443, strict));
    CHECK(may_connect(ip("127.0.0.1"), 5000, opened()));
    CHECK(may_connect(ip("8.8.8.8"), 80, opened()));
    CHECK(!may_connect(ip("8.8.8.8"), 5000, opened()));
    CHECK(!may_connect(ip("10.0.0.1"), 443, opened()));
}

}  // namespace agon
