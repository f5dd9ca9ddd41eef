#include <doctest/doctest.h>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

TEST_CASE("admins list flags, the latest first, by game, player and signal") {
    PlayerWorld w;
    const auto admin = w.sign_up("root", users::Role::admin).access_token;
    const auto ana = w.sign_up("ana").who.user_id, ben = w.sign_up("ben").who.user_id;
    const auto match = MatchId{ana.uuid};
    const auto flag = [&](integrity::Signal signal, std::string game, UserId player, std::optional<UserId> other,
                          int at) {
        return rows::set_row(
            rows::FlagRow{.key = fmt::format("{}/{}/{}", static_cast<int>(signal), game, player.text()),
                          .signal = signal,
                          .game_type = std::move(game),
                          .player = player,
                          .other = other,
                          .match_id = match,
                          .week = 2964,
                          .observed = 6,
                          .of = 8,
                          .expected = 0.25,
                          .probability = 1e-9,
                          .first_at = t0,
                          .at = t0 + seconds(at)});
    };
    save_by_hand(w.world->store, Flags::follower_name,
                 {flag(integrity::Signal::met_too_often, "pool", ana, ben, 1),
                  flag(integrity::Signal::met_too_often, "pool", ben, ana, 1),
                  flag(integrity::Signal::below_strength, "chess", ana, {}, 2)});
    const auto listed = [&](std::string_view query) {
        const auto answer = w.get(fmt::format("/api/v1/flags{}", query), admin);
        REQUIRE(answer.status == 200);
        return answer.json().at("flags").as_array();
    };
    CHECK(listed("").size() == 3);
    CHECK(listed("").at(0).at("signal") == "BELOW_STRENGTH");
    CHECK(listed("?game=pool").size() == 2);
    CHECK(listed("?signal=MET_TOO_OFTEN&userId=" + to_uuid_text(ana.uuid)).size() == 1);
    const auto shown = listed("?game=pool&userId=" + to_uuid_text(ana.uuid)).at(0);
    CHECK(shown.at("user").at("username") == "ana");
    CHECK(shown.at("other").at("username") == "ben");
    CHECK(shown.at("evidence") == "the two met 6 times in a week; 0.25 were to be expected, by chance once in 1e+09");
    CHECK(w.get("/api/v1/flags?signal=CHEATS", admin).status == 400);
}

}  // namespace agon
