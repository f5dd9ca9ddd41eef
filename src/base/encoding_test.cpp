#include "base/encoding.hpp"

#include <doctest/doctest.h>

namespace agon {

TEST_CASE("bytes and base64url are one another's inverse (RFC 4648, 10)") {
    for (const auto& [bytes, text] : {std::pair<std::string_view, std::string_view>{"", ""},
                                      {"f", "Zg"},
                                      {"fo", "Zm8"},
                                      {"foo", "Zm9v"},
                                      {"foob", "Zm9vYg"},
                                      {"fooba", "Zm9vYmE"},
                                      {"foobar", "Zm9vYmFy"},
                                      {"\xfb\xff", "-_8"}}) {
        CHECK(to_base64url(bytes) == text);
        CHECK(from_base64url(text) == bytes);
    }
}

TEST_CASE("only the canonical form of base64url is read") {
    for (const auto* bad : {"Z", "Zg=", "Zg==", "Zh", "Zm9", "Zm 9v", "Zm9v\n", "+/8", "Zm9vY", "Zg.."})
        CHECK_MESSAGE(!from_base64url(bad), bad);
}

}  // namespace agon
