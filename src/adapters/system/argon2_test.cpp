#include "adapters/system/argon2.hpp"

#include <doctest/doctest.h>

#include <sodium.h>

namespace agon {

namespace {

constexpr Argon2Cost cheap{.memory_bytes = crypto_pwhash_MEMLIMIT_MIN, .passes = 1};

}  // namespace

TEST_CASE("a password is known again by its hash, and no other is") {
    const Argon2Hasher hasher(cheap);
    const auto hash = hasher.hash("correct horse");
    CHECK(hasher.verify(hash, "correct horse"));
    for (const auto* other : {"", "correct hors", "correct horse ", "Correct horse"})
        CHECK(!hasher.verify(hash, other));
    CHECK(hash != hasher.hash("correct horse"));
    for (const auto* broken : {"", "$argon2id$", "plain"}) CHECK(!hasher.verify(broken, "correct horse"));
}

TEST_CASE("all of a long password counts, zero bytes too") {
    const Argon2Hasher hasher(cheap);
    const std::string text(256, 'a');
    const auto hash = hasher.hash(text);
    CHECK(hasher.verify(hash, text));
    CHECK(!hasher.verify(hash, text.substr(1)));
    CHECK(!hasher.verify(hash, text.substr(0, 255) + "b"));
    CHECK(!hasher.verify(hasher.hash(std::string_view("a\0b", 3)), std::string_view("a\0c", 3)));
}

TEST_CASE("what the server stores has the parameters of the documentation, and an older hash is seen") {
    const Argon2Hasher hasher;
    const auto hash = hasher.hash("correct horse");
    CHECK(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    CHECK(!hasher.is_outdated(hash));
    const auto old = Argon2Hasher(cheap).hash("correct horse");
    CHECK(hasher.is_outdated(old));
    CHECK(hasher.verify(old, "correct horse"));
}

}  // namespace agon
