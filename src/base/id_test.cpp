#include "base/id.hpp"

#include <doctest/doctest.h>

#include "base/prng.hpp"

namespace agon {

struct ThingTag {
    static constexpr std::string_view prefix = "thing", noun = "Thing";
};

TEST_CASE("a TypeID is the UUID in Crockford's base32 behind its prefix") {
    // The example of the TypeID specification.
    const auto uuid = parse_uuid("01890a5d-ac96-774b-bcce-b302099a8057");
    REQUIRE(uuid);
    CHECK(Id<ThingTag>{*uuid}.text() == "thing_01h455vb4pex5vsknk084sn02q");
}

TEST_CASE("both forms of an id are read, and nothing else") {
    using ThingId = Id<ThingTag>;
    const auto id = ThingId::parse("thing_01h455vb4pex5vsknk084sn02q");
    REQUIRE(id);
    CHECK(ThingId::parse("01890a5d-ac96-774b-bcce-b302099a8057") == id);
    CHECK(ThingId::parse("01890A5D-AC96-774B-BCCE-B302099A8057") == id);
    for (const auto* wrong : {"", "thing_", "other_01h455vb4pex5vsknk084sn02q", "thing_81h455vb4pex5vsknk084sn02q",
                              "thing_01h455vb4pex5vsknk084sn02", "thing_01h455vb4pex5vsknk084sn02u", "tourn_abc123",
                              "01890a5d-ac96-774b-bcce-b302099a805", "01890a5d+ac96-774b-bcce-b302099a8057"})
        CHECK_FALSE(ThingId::parse(wrong));
}

TEST_CASE("every id is read as it is written, in both forms") {
    Prng random{1};
    for (int i = 0; i < 1'000; ++i) {
        Uuid uuid;
        for (auto& byte : uuid.bytes) byte = static_cast<std::uint8_t>(random.next());
        if (i < 128) {  // one bit alone, and all but one
            uuid = {};
            uuid.bytes[static_cast<std::size_t>(i / 8)] = static_cast<std::uint8_t>(1 << i % 8);
        } else if (i < 256) {
            uuid.bytes.fill(255);
            uuid.bytes[static_cast<std::size_t>(i / 8 - 16)] = static_cast<std::uint8_t>(~(1 << i % 8));
        }
        CHECK(Id<ThingTag>::parse(to_uuid_text(uuid)) == Id<ThingTag>{uuid});
        CHECK(Id<ThingTag>::parse(Id<ThingTag>{uuid}.text()) == Id<ThingTag>{uuid});
    }
}

TEST_CASE("an id with one byte that is no digit is refused, wherever that byte stands") {
    for (const std::string text : {"01890a5d-ac96-774b-bcce-b302099a8057", "thing_01h455vb4pex5vsknk084sn02q"})
        for (std::size_t at = 0; at < text.size(); ++at)
            for (const char wrong : {'u', '\0', '/', ':', '@', 'G', '`', '\x80', '\xff'}) {
                auto other = text;
                other[at] = wrong;
                CHECK_FALSE(Id<ThingTag>::parse(other));
            }
}

TEST_CASE("a UUIDv7 carries its millisecond, version and variant, and sorts by time") {
    const auto early = uuid7({1'700'000'000'000'000}, ~0ull, ~0ull);
    const auto late = uuid7({1'700'000'000'001'000}, 0, 0);
    CHECK(early < late);
    CHECK(to_uuid_text(late).substr(14, 1) == "7");
    CHECK(to_uuid_text(early).substr(19, 1) == "b");
}

}  // namespace agon
