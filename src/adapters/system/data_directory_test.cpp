#include <doctest/doctest.h>

#include "adapters/system/system.hpp"
#include "base/temporary_directory_testing.hpp"

namespace agon {

TEST_CASE("keys are made once and come back the same, old ones too") {
    const testing::TemporaryDirectory folder;
    SystemRandom random;
    CHECK_THROWS_AS(load_keys(folder.path, random, false), std::runtime_error);
    auto keys = load_keys(folder.path, random, true);
    CHECK(load_keys(folder.path, random, true).signing_seed == keys.signing_seed);
    const auto first = keys.signing_seed;
    keys.rotate(random, 2);
    save_keys(folder.path, keys);
    const auto read = load_keys(folder.path, random, false);
    CHECK(read.signing_seed == keys.signing_seed);
    CHECK(read.sealing_key == keys.sealing_key);
    CHECK(read.old_signing_seeds == std::vector{first});
    const auto mode = std::filesystem::status(folder.path / "keys.json").permissions();
    CHECK(mode == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("keys as a text come back the same, and another text is none") {
    SystemRandom random;
    auto keys = ServerKeys::make(random);
    keys.rotate(random, 2);
    const auto read = read_keys(keys_text(keys));
    REQUIRE(read.has_value());
    CHECK(read->signing_seed == keys.signing_seed);
    CHECK(read->sealing_key == keys.sealing_key);
    CHECK(read->old_signing_seeds == keys.old_signing_seeds);
    for (const auto* text : {"", "{}", "keys", R"({"signing_seed":"00","sealing_key":"00"})"})
        CHECK_FALSE(read_keys(text));
}

TEST_CASE("changed keys are noticed, once") {
    const testing::TemporaryDirectory folder;
    SystemRandom random;
    auto keys = load_keys(folder.path, random, true);
    KeyWatch watch(folder.path, random);
    CHECK(!watch.changed());
    keys.rotate(random, 2);
    save_keys(folder.path, keys);
    std::filesystem::last_write_time(folder.path / "keys.json",
                                     std::filesystem::file_time_type::clock::now() + std::chrono::seconds(1));
    const auto changed = watch.changed();
    REQUIRE(changed.has_value());
    CHECK(changed->signing_seed == keys.signing_seed);
    CHECK(!watch.changed());
}

}  // namespace agon
