#include "core/bots/bot.hpp"

#include <doctest/doctest.h>

namespace agon::bots {

namespace {

constexpr Instant t0{1'700'000'000'000'000};
const BotRegistered ana{.name = "Ana",
                        .game_types = {"rps"},
                        .connection = {},
                        .description = {},
                        .source_url = {},
                        .owner = {},
                        .key_hash = "hash 1",
                        .sealed_secret = "sealed 1"};

Bot after(const std::vector<BotEvent>& events) {
    Bot bot;
    for (const auto& event : events) evolve(bot, event, t0);
    return bot;
}

}  // namespace

TEST_CASE("a bot is registered once") {
    const auto events = decide(Bot{}, RegisterBot{ana});
    REQUIRE(events.has_value());
    REQUIRE(events->size() == 1);
    const auto bot = after(*events);
    CHECK(bot.is_live());
    CHECK(bot.what.name == "Ana");
    CHECK(bot.created_at == t0);
    CHECK(decide(bot, RegisterBot{ana}).error().code == Code::conflict);
}

TEST_CASE("a rotated key keeps the one before until its time is over, and no older one") {
    const Instant soon = t0 + seconds(3600), later = t0 + seconds(7200);
    auto bot = after({ana, KeyRotated{"hash 2", "sealed 2", soon}});
    CHECK(bot.what.key_hash == "hash 2");
    CHECK(bot.what.sealed_secret == "sealed 2");
    CHECK(bot.old_key_hash == "hash 1");
    CHECK(bot.old_sealed_secret == "sealed 1");
    CHECK(bot.old_key_ends_at == soon);

    bot = after({ana, KeyRotated{"hash 2", "sealed 2", soon}, KeyRotated{"hash 3", "sealed 3", later}});
    CHECK(bot.old_key_hash == "hash 2");
    CHECK(bot.old_key_ends_at == later);
}

TEST_CASE("a bot that is not there, or no longer, is not found") {
    for (const auto& bot : {Bot{}, after({ana, BotDeleted{}})}) {
        CHECK(!bot.is_live());
        CHECK(decide(bot, RotateKey{"h", "s", t0}).error().code == Code::not_found);
        CHECK(decide(bot, DeleteBot{}).error().code == Code::not_found);
    }
}

TEST_CASE("a deleted bot does not come back under the same id") {
    CHECK(decide(after({ana, BotDeleted{}}), RegisterBot{ana}).error().code == Code::conflict);
}

}  // namespace agon::bots
