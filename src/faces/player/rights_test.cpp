// The table of rights: every route of the Player API, for everybody who may ask, about everything that may be asked
// about. A route without a row fails; so does a row without a route.

#include <doctest/doctest.h>

#include <set>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

enum class As { nobody, bad, expired, revoked, bot, player, other, host, admin, key, admin_key, count };
constexpr std::string_view names[] = {"nobody", "bad",  "expired", "revoked", "bot",      "player",
                                      "other",  "host", "admin",   "key",     "admin_key"};
constexpr auto actors = static_cast<std::size_t>(As::count);
static_assert(std::size(names) == actors);

/// Whose thing the path names; `none` where it names nothing, `any` where things have no owner.
enum class Of { none, any, players, others, absent };

using Statuses = std::array<int, actors>;

struct Row {
    Method method;
    std::string_view route;
    Of of;
    std::string_view target;
    std::string_view body;
    Statuses statuses;
};

//                         nobody bad  exp. rev. bot  play other host adm. key  admin_key
constexpr Statuses everybody_201 = {201, 401, 401, 401, 201, 201, 201, 201, 201, 201, 201};
constexpr Statuses everybody_200 = {200, 401, 401, 401, 200, 200, 200, 200, 200, 200, 200};
constexpr Statuses nobody_in____ = {401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 401};
constexpr Statuses users_200____ = {401, 401, 401, 401, 403, 200, 200, 200, 200, 200, 200};
constexpr Statuses users_404____ = {401, 401, 401, 401, 403, 404, 404, 404, 404, 404, 404};
constexpr Statuses persons_200__ = {401, 401, 401, 401, 403, 200, 200, 200, 200, 403, 403};
constexpr Statuses persons_201__ = {401, 401, 401, 401, 403, 201, 201, 201, 201, 403, 403};
constexpr Statuses player_204___ = {401, 401, 401, 401, 403, 204, 404, 404, 404, 403, 403};
constexpr Statuses other_204____ = {401, 401, 401, 401, 403, 404, 204, 404, 404, 403, 403};
constexpr Statuses users_204____ = {401, 401, 401, 401, 403, 204, 204, 204, 204, 204, 204};
// Nobody can block oneself.
constexpr Statuses blocks_ben___ = {401, 401, 401, 401, 403, 200, 400, 200, 200, 200, 200};
constexpr Statuses persons_404__ = {401, 401, 401, 401, 403, 404, 404, 404, 404, 403, 403};
constexpr Statuses admins_201___ = {401, 401, 401, 401, 403, 403, 403, 403, 201, 403, 201};
constexpr Statuses admins_200___ = {401, 401, 401, 401, 403, 403, 403, 403, 200, 403, 200};
constexpr Statuses admins_204___ = {401, 401, 401, 401, 403, 403, 403, 403, 204, 403, 204};
constexpr Statuses admins_404___ = {401, 401, 401, 401, 403, 403, 403, 403, 404, 403, 404};

constexpr Statuses users_201____ = {401, 401, 401, 401, 403, 201, 201, 201, 201, 201, 201};
constexpr Statuses hosts_200____ = {401, 401, 401, 401, 403, 403, 403, 200, 200, 403, 200};
constexpr Statuses hosts_201____ = {401, 401, 401, 401, 403, 403, 403, 201, 201, 403, 201};
constexpr Statuses hosts_204____ = {401, 401, 401, 401, 403, 403, 403, 204, 204, 403, 204};
constexpr Statuses hosts_400____ = {401, 401, 401, 401, 403, 403, 403, 400, 400, 403, 400};
constexpr Statuses hosts_404____ = {401, 401, 401, 401, 403, 403, 403, 404, 404, 403, 404};
constexpr Statuses player_200___ = {401, 401, 401, 401, 403, 200, 409, 409, 409, 200, 409};
constexpr Statuses players_200__ = {401, 401, 401, 401, 403, 200, 200, 403, 403, 200, 403};
constexpr Statuses opponent_200_ = {401, 401, 401, 401, 403, 400, 200, 403, 403, 400, 403};
// The player is in a match, and so is the other: they do not join; a key is the player's, an admin's key nobody's.
constexpr Statuses joins_200____ = {401, 401, 401, 401, 403, 409, 409, 200, 200, 409, 200};
constexpr Statuses ranked_p_200_ = {401, 401, 401, 401, 403, 200, 403, 403, 403, 200, 403};
constexpr Statuses ranked_o_200_ = {401, 401, 401, 401, 403, 403, 200, 403, 403, 403, 403};
// Accepting what is under way already changes nothing.
constexpr Statuses accepts_200__ = {401, 401, 401, 401, 403, 200, 200, 404, 404, 200, 404};
constexpr Statuses player_400___ = {401, 401, 401, 401, 403, 400, 403, 403, 403, 400, 403};
constexpr Statuses other_400____ = {401, 401, 401, 401, 403, 403, 400, 403, 403, 403, 403};

constexpr auto GET = Method::get, POST = Method::post, PUT = Method::put, DELETE_ = Method::delete_;
constexpr std::string_view absent_uuid = "00000000-0000-7000-8000-000000000000";

const Row rows_[] = {
    {POST, "/api/v1/auth/register", Of::none, "/api/v1/auth/register",
     R"({"username":"newcomer","password":"correct horse"})", everybody_201},
    {POST, "/api/v1/auth/login", Of::none, "/api/v1/auth/login", R"({"username":"ana","password":"correct horse"})",
     everybody_200},
    {POST, "/api/v1/auth/refresh", Of::none, "/api/v1/auth/refresh", R"({"refreshToken":"{refresh}"})", everybody_200},
    {POST, "/api/v1/auth/setup", Of::none, "/api/v1/auth/setup",
     R"({"token":"x","username":"newcomer","password":"correct horse"})", nobody_in____},
    {POST, "/api/v1/auth/logout", Of::none, "/api/v1/auth/logout", "", persons_200__},
    {GET, "/api/v1/auth/me", Of::none, "/api/v1/auth/me", "", users_200____},
    {PUT, "/api/v1/auth/me", Of::none, "/api/v1/auth/me", R"({"avatarUrl":"a.png"})", users_200____},
    {PUT, "/api/v1/auth/password", Of::none, "/api/v1/auth/password",
     R"({"presentPassword":"correct horse","newPassword":"battery staple"})", persons_200__},
    {POST, "/api/v1/auth/keys", Of::none, "/api/v1/auth/keys", R"({"name":"k"})", persons_201__},
    {GET, "/api/v1/auth/keys", Of::none, "/api/v1/auth/keys", "", persons_200__},
    {DELETE_, "/api/v1/auth/keys/{key_id}", Of::players, "/api/v1/auth/keys/{players_key}", "", player_204___},
    {DELETE_, "/api/v1/auth/keys/{key_id}", Of::others, "/api/v1/auth/keys/{others_key}", "", other_204____},
    {DELETE_, "/api/v1/auth/keys/{key_id}", Of::absent, "/api/v1/auth/keys/none", "", persons_404__},

    {GET, "/api/v1/venues", Of::none, "/api/v1/venues", "", users_200____},
    {POST, "/api/v1/venues", Of::none, "/api/v1/venues", R"({"name":"x"})", admins_201___},
    {GET, "/api/v1/venues/{venue_id}", Of::any, "/api/v1/venues/{venue}", "", users_200____},
    {GET, "/api/v1/venues/{venue_id}", Of::absent, "/api/v1/venues/{absent}", "", users_404____},
    {PUT, "/api/v1/venues/{venue_id}", Of::any, "/api/v1/venues/{venue}", R"({"name":"y"})", admins_200___},
    {PUT, "/api/v1/venues/{venue_id}", Of::absent, "/api/v1/venues/{absent}", R"({"name":"y"})", admins_404___},
    {DELETE_, "/api/v1/venues/{venue_id}", Of::any, "/api/v1/venues/{venue}", "", admins_204___},
    {DELETE_, "/api/v1/venues/{venue_id}", Of::absent, "/api/v1/venues/{absent}", "", admins_404___},

    {GET, "/api/v1/events", Of::none, "/api/v1/events", "", users_200____},
    {POST, "/api/v1/events", Of::none, "/api/v1/events", R"({"title":"x"})", admins_201___},
    {GET, "/api/v1/events/{event_id}", Of::any, "/api/v1/events/{event}", "", users_200____},
    {GET, "/api/v1/events/{event_id}", Of::absent, "/api/v1/events/{absent}", "", users_404____},
    {PUT, "/api/v1/events/{event_id}", Of::any, "/api/v1/events/{event}", R"({"title":"y"})", admins_200___},
    {PUT, "/api/v1/events/{event_id}", Of::absent, "/api/v1/events/{absent}", R"({"title":"y"})", admins_404___},
    {DELETE_, "/api/v1/events/{event_id}", Of::any, "/api/v1/events/{event}", "", admins_204___},
    {DELETE_, "/api/v1/events/{event_id}", Of::absent, "/api/v1/events/{absent}", "", admins_404___},

    {POST, "/api/v1/tournaments", Of::none, "/api/v1/tournaments", R"({"name":"x","maxParticipants":4})",
     hosts_201____},
    {GET, "/api/v1/tournaments", Of::none, "/api/v1/tournaments", R"()", users_200____},
    {GET, "/api/v1/tournaments/{tournament_id}", Of::any, "/api/v1/tournaments/{tournament}", R"()", users_200____},
    {GET, "/api/v1/tournaments/{tournament_id}", Of::absent, "/api/v1/tournaments/{absent}", R"()", users_404____},
    {PUT, "/api/v1/tournaments/{tournament_id}", Of::any, "/api/v1/tournaments/{tournament}", R"({"description":"y"})",
     hosts_200____},
    {PUT, "/api/v1/tournaments/{tournament_id}", Of::absent, "/api/v1/tournaments/{absent}", R"({"description":"y"})",
     hosts_404____},
    {DELETE_, "/api/v1/tournaments/{tournament_id}", Of::any, "/api/v1/tournaments/{tournament}", R"()", hosts_204____},
    {DELETE_, "/api/v1/tournaments/{tournament_id}", Of::absent, "/api/v1/tournaments/{absent}", R"()", hosts_404____},
    {POST, "/api/v1/tournaments/{tournament_id}/join", Of::any, "/api/v1/tournaments/{tournament}/join", R"({})",
     users_201____},
    {POST, "/api/v1/tournaments/{tournament_id}/join", Of::absent, "/api/v1/tournaments/{absent}/join", R"({})",
     users_404____},
    {POST, "/api/v1/tournaments/{tournament_id}/leave", Of::any, "/api/v1/tournaments/{joined}/leave", R"()",
     player_200___},
    {POST, "/api/v1/tournaments/{tournament_id}/leave", Of::absent, "/api/v1/tournaments/{absent}/leave", R"()",
     users_404____},
    {POST, "/api/v1/tournaments/{tournament_id}/check-in", Of::any, "/api/v1/tournaments/{joined}/check-in", R"()",
     player_200___},
    {POST, "/api/v1/tournaments/{tournament_id}/check-in", Of::absent, "/api/v1/tournaments/{absent}/check-in", R"()",
     users_404____},
    {POST, "/api/v1/tournaments/{tournament_id}/withdraw", Of::any, "/api/v1/tournaments/{joined}/withdraw", R"({})",
     player_200___},
    {POST, "/api/v1/tournaments/{tournament_id}/withdraw", Of::absent, "/api/v1/tournaments/{absent}/withdraw", R"({})",
     users_404____},
    {POST, "/api/v1/tournaments/{tournament_id}/participants/{participant_id}/disqualify", Of::any,
     "/api/v1/tournaments/{joined}/participants/{ana}/disqualify", R"({})", hosts_200____},
    {POST, "/api/v1/tournaments/{tournament_id}/participants/{participant_id}/disqualify", Of::absent,
     "/api/v1/tournaments/{absent}/participants/{ana}/disqualify", R"({})", hosts_404____},
    {GET, "/api/v1/tournaments/{tournament_id}/bracket", Of::any, "/api/v1/tournaments/{tournament}/bracket", R"()",
     users_200____},
    {GET, "/api/v1/tournaments/{tournament_id}/bracket", Of::absent, "/api/v1/tournaments/{absent}/bracket", R"()",
     users_404____},
    {POST, "/api/v1/tournaments/{tournament_id}/bracket/generate", Of::any,
     "/api/v1/tournaments/{full}/bracket/generate", R"()", hosts_201____},
    {POST, "/api/v1/tournaments/{tournament_id}/bracket/generate", Of::absent,
     "/api/v1/tournaments/{absent}/bracket/generate", R"()", hosts_404____},
    {PUT, "/api/v1/tournaments/{tournament_id}/seeds", Of::any, "/api/v1/tournaments/{full}/seeds",
     R"({"seeds":["{ana}","{ben}"]})", hosts_200____},
    {PUT, "/api/v1/tournaments/{tournament_id}/seeds", Of::absent, "/api/v1/tournaments/{absent}/seeds",
     R"({"seeds":["{ana}","{ben}"]})", hosts_404____},
    {POST, "/api/v1/tournaments/{tournament_id}/start", Of::any, "/api/v1/tournaments/{full}/start", R"()",
     hosts_200____},
    {POST, "/api/v1/tournaments/{tournament_id}/start", Of::absent, "/api/v1/tournaments/{absent}/start", R"()",
     hosts_404____},
    {POST, "/api/v1/tournaments/{tournament_id}/advance", Of::any, "/api/v1/tournaments/{running}/advance", R"()",
     hosts_400____},
    {POST, "/api/v1/tournaments/{tournament_id}/advance", Of::absent, "/api/v1/tournaments/{absent}/advance", R"()",
     hosts_404____},
    {GET, "/api/v1/tournaments/{tournament_id}/standings", Of::any, "/api/v1/tournaments/{running}/standings", R"()",
     users_200____},
    {GET, "/api/v1/tournaments/{tournament_id}/standings", Of::absent, "/api/v1/tournaments/{absent}/standings", R"()",
     users_404____},
    {GET, "/api/v1/tournaments/{tournament_id}/export", Of::any, "/api/v1/tournaments/{running}/export", R"()",
     users_200____},
    {GET, "/api/v1/tournaments/{tournament_id}/export", Of::absent, "/api/v1/tournaments/{absent}/export", R"()",
     users_404____},
    {GET, "/api/v1/tournaments/matches/{match_id}", Of::any, "/api/v1/tournaments/matches/{match}", R"()",
     users_200____},
    {GET, "/api/v1/tournaments/matches/{match_id}", Of::absent, "/api/v1/tournaments/matches/{absent}", R"()",
     users_404____},
    {POST, "/api/v1/tournaments/matches/{match_id}/result", Of::any, "/api/v1/tournaments/matches/{match}/result",
     R"({"winnerId":"{ana}"})", players_200__},
    {POST, "/api/v1/tournaments/matches/{match_id}/result", Of::absent, "/api/v1/tournaments/matches/{absent}/result",
     R"({"winnerId":"{ana}"})", users_404____},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/confirm", Of::any,
     "/api/v1/tournaments/matches/{claimed}/result/confirm", R"()", opponent_200_},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/confirm", Of::absent,
     "/api/v1/tournaments/matches/{absent}/result/confirm", R"()", users_404____},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/dispute", Of::any,
     "/api/v1/tournaments/matches/{claimed}/result/dispute", R"({})", opponent_200_},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/dispute", Of::absent,
     "/api/v1/tournaments/matches/{absent}/result/dispute", R"({})", users_404____},
    {POST, "/api/v1/tournaments/matches/{match_id}/no-show", Of::any, "/api/v1/tournaments/matches/{match}/no-show",
     R"()", players_200__},
    {POST, "/api/v1/tournaments/matches/{match_id}/no-show", Of::absent, "/api/v1/tournaments/matches/{absent}/no-show",
     R"()", users_404____},
    {POST, "/api/v1/tournaments/matches/{match_id}/present", Of::any, "/api/v1/tournaments/matches/{match}/present",
     R"()", players_200__},
    {POST, "/api/v1/tournaments/matches/{match_id}/present", Of::absent, "/api/v1/tournaments/matches/{absent}/present",
     R"()", users_404____},
    {POST, "/api/v1/tournaments/matches/{match_id}/correct", Of::any, "/api/v1/tournaments/matches/{done}/correct",
     R"({"winnerId":"{ben}","dryRun":true})", hosts_200____},
    {POST, "/api/v1/tournaments/matches/{match_id}/correct", Of::absent, "/api/v1/tournaments/matches/{absent}/correct",
     R"({"winnerId":"{ben}","dryRun":true})", hosts_404____},
    {GET, "/api/v1/tournaments/user/history", Of::none, "/api/v1/tournaments/user/history", R"()", users_200____},
    {GET, "/api/v1/wallet", Of::none, "/api/v1/wallet", R"()", users_200____},
    {GET, "/api/v1/wallet/transactions", Of::none, "/api/v1/wallet/transactions", R"()", users_200____},
    {POST, "/api/v1/wallet/deposits", Of::none, "/api/v1/wallet/deposits", R"({"userId":"{ana}","amount":1})",
     admins_201___},
    {POST, "/api/v1/wallet/adjustments", Of::none, "/api/v1/wallet/adjustments",
     R"({"userId":"{ana}","amount":1,"reason":"r"})", admins_201___},
    {GET, "/api/v1/flags", Of::none, "/api/v1/flags", "", admins_200___},
    {GET, "/api/v1/leaderboard", Of::none, "/api/v1/leaderboard", "", users_200____},
    {GET, "/api/v1/users/{user_id}/ratings", Of::any, "/api/v1/users/{ana}/ratings", "", users_200____},
    {GET, "/api/v1/users/{user_id}/ratings", Of::absent, "/api/v1/users/{absent}/ratings", "", users_404____},
    {GET, "/api/v1/tournaments/{tournament_id}/events", Of::any, "/api/v1/tournaments/{tournament}/events", "",
     users_200____},
    {GET, "/api/v1/tournaments/{tournament_id}/events", Of::absent, "/api/v1/tournaments/{absent}/events", "",
     users_404____},
    {POST, "/api/v1/tournaments/matchmaking/join", Of::none, "/api/v1/tournaments/matchmaking/join", "", joins_200____},
    {POST, "/api/v1/tournaments/matchmaking/leave", Of::none, "/api/v1/tournaments/matchmaking/leave", "",
     users_404____},
    {POST, "/api/v1/tournaments/matchmaking/accept", Of::none, "/api/v1/tournaments/matchmaking/accept", "",
     accepts_200__},
    {POST, "/api/v1/tournaments/matchmaking/decline", Of::none, "/api/v1/tournaments/matchmaking/decline", "",
     users_404____},
    {GET, "/api/v1/tournaments/matchmaking/status", Of::none, "/api/v1/tournaments/matchmaking/status", "",
     users_200____},
    {GET, "/api/v1/tournaments/matchmaking/statistics", Of::none, "/api/v1/tournaments/matchmaking/statistics", "",
     admins_200___},
    {GET, "/api/v1/blocks", Of::none, "/api/v1/blocks", "", users_200____},
    {PUT, "/api/v1/blocks/{user_id}", Of::any, "/api/v1/blocks/{ben}", "", blocks_ben___},
    {PUT, "/api/v1/blocks/{user_id}", Of::absent, "/api/v1/blocks/{absent}", "", users_404____},
    {DELETE_, "/api/v1/blocks/{user_id}", Of::any, "/api/v1/blocks/{ben}", "", users_204____},
    {DELETE_, "/api/v1/blocks/{user_id}", Of::absent, "/api/v1/blocks/{absent}", "", users_204____},
    {GET, "/api/v1/tournaments/matches/{match_id}", Of::any, "/api/v1/tournaments/matches/{ranked}", "", users_200____},
    {GET, "/api/v1/tournaments/matches/{match_id}", Of::absent, "/api/v1/tournaments/matches/{absent}", "",
     users_404____},
    {POST, "/api/v1/tournaments/matches/{match_id}/result", Of::players, "/api/v1/tournaments/matches/{ranked}/result",
     R"({"winnerId":"{player_id}","scoreA":2,"scoreB":1})", ranked_p_200_},
    {POST, "/api/v1/tournaments/matches/{match_id}/result", Of::others,
     "/api/v1/tournaments/matches/{others_ranked}/result", R"({"winnerId":"{other_id}","scoreA":2,"scoreB":1})",
     ranked_o_200_},
    {POST, "/api/v1/tournaments/matches/{match_id}/result", Of::absent, "/api/v1/tournaments/matches/{absent}/result",
     R"({"winnerId":"{player_id}","scoreA":2,"scoreB":1})", users_404____},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/confirm", Of::players,
     "/api/v1/tournaments/matches/{ranked}/result/confirm", "", player_400___},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/confirm", Of::others,
     "/api/v1/tournaments/matches/{others_ranked}/result/confirm", "", other_400____},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/confirm", Of::absent,
     "/api/v1/tournaments/matches/{absent}/result/confirm", "", users_404____},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/dispute", Of::players,
     "/api/v1/tournaments/matches/{ranked}/result/dispute", "", player_400___},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/dispute", Of::others,
     "/api/v1/tournaments/matches/{others_ranked}/result/dispute", "", other_400____},
    {POST, "/api/v1/tournaments/matches/{match_id}/result/dispute", Of::absent,
     "/api/v1/tournaments/matches/{absent}/result/dispute", "", users_404____},
};

/// A world with one of everything. Every cell of the table has its own.
struct Cell : PlayerWorld {
    Cell() {
        const auto ana = sign_up("ana");
        tokens[As::player] = ana.access_token;
        ids["{refresh}"] = ana.refresh_token;
        tokens[As::other] = user("ben");
        tokens[As::host] = user("hugo", users::Role::host);
        tokens[As::admin] = user("root", users::Role::admin);
        tokens[As::bad] = "forged";
        tokens[As::expired] = world->tokens.issue({ana.who.user_id, "ana", users::Role::player, ana.who.session, 0},
                                                  t0 - seconds(1000), seconds(600), world.outside.random);
        tokens[As::revoked] =
            post("/api/v1/auth/login", R"({"username":"ana","password":"correct horse"})").text("accessToken");
        REQUIRE(post("/api/v1/auth/logout", "", tokens[As::revoked]).status == 200);
        tokens[As::bot] = bot_key();
        const auto key = make_key(As::player);
        tokens[As::key] = key.text("key");
        tokens[As::admin_key] = make_key(As::admin).text("key");
        ids["{players_key}"] = key.text("id");
        ids["{others_key}"] = make_key(As::other).text("id");
        ids["{venue}"] = post("/api/v1/venues", R"({"name":"x"})", tokens[As::admin]).text("id");
        ids["{event}"] = post("/api/v1/events", R"({"title":"x"})", tokens[As::admin]).text("id");
        ids["{tournament}"] = world.tournament().text();
        ids["{absent}"] = absent_uuid;
        ids["{ana}"] = to_uuid_text(ana.who.user_id.uuid);
        ids["{ben}"] = get("/api/v1/auth/me", tokens[As::other]).text("id");
        ids["{tournament}"] = tournament("{}", {});
        ids["{joined}"] = tournament(R"({"checkIn":60})", {As::player});
        ids["{full}"] = tournament("{}", {As::player, As::other});
        ids["{running}"] = started("{}");
        ids["{match}"] = first_match(ids["{running}"]);
        ids["{claimed}"] = first_match(started(R"({"confirmResults":true})"));
        ids["{done}"] = first_match(started("{}"));
        const auto won = with_ids(R"({"winnerId":"{ana}"})");
        for (const auto* match : {"{claimed}", "{done}"})
            REQUIRE(post("/api/v1/tournaments/matches/" + ids[match] + "/result", won, tokens[As::player]).status ==
                    200);
        ids["{player_id}"] = to_uuid_text(ana.who.user_id.uuid);
        ids["{other_id}"] = get("/api/v1/auth/me", tokens[As::other]).text("id");
        ids["{ranked}"] = match_of(tokens[As::player], user("eva"));
        ids["{others_ranked}"] = match_of(tokens[As::other], user("ida"));
    }
    /// The host's, open for registration, entered by these.
    std::string tournament(std::string_view rules, const std::vector<As>& entrants) {
        const auto id =
            post("/api/v1/tournaments",
                 fmt::format(R"({{"name":"x","maxParticipants":4,"status":"REGISTRATION_OPEN","rules":{}}})", rules),
                 tokens[As::host])
                .text("id");
        for (const auto who : entrants)
            REQUIRE(post("/api/v1/tournaments/" + id + "/join", "{}", tokens[who]).status == 201);
        return id;
    }
    std::string started(std::string_view rules) {
        const auto id = tournament(rules, {As::player, As::other});
        REQUIRE(post("/api/v1/tournaments/" + id + "/start", "", tokens[As::host]).status == 200);
        return id;
    }
    std::string first_match(const std::string& tournament_id) {
        const auto matches = get("/api/v1/tournaments/" + tournament_id, tokens[As::host]).json().at("matches");
        return std::string(matches.at(0).at("id").as_string());
    }
    /// A ranked match of two that join one after the other.
    std::string match_of(const std::string& one, const std::string& two) {
        for (const auto& token : {one, two})
            REQUIRE(post("/api/v1/tournaments/matchmaking/join", "", token).status == 200);
        const auto status = get("/api/v1/tournaments/matchmaking/status", one);
        return std::string(status.json().at("match").at("id").as_string());
    }
    Answer make_key(As as) { return post("/api/v1/auth/keys", R"({"name":"k"})", tokens[as]); }
    std::string bot_key() {
        auto made = world->run(world->bots.register_bot(
            {.name = "bot", .game_types = {}, .connection = {}, .description = {}, .source_url = {}, .owner = {}}));
        return made->api_key;
    }
    std::string with_ids(std::string_view text) const {
        std::string out(text);
        for (const auto& [name, id] : ids)
            if (const auto at = out.find(name); at != out.npos) out.replace(at, name.size(), id);
        return out;
    }

    std::map<As, std::string> tokens;
    std::map<std::string, std::string> ids;
};

std::string route_name(Method method, std::string_view path) { return fmt::format("{} {}", to_text(method), path); }

}  // namespace

TEST_CASE("every cell of the table of rights is as it says, and a refusal changes nothing") {
    int cells = 0;
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < actors; ++i, ++cells) {
            Cell w;
            CAPTURE(route_name(row.method, row.target));
            CAPTURE(names[i]);
            const auto seq = w.last_seq();
            const auto answer = w.ask(row.method, w.with_ids(row.target), w.with_ids(row.body),
                                      PlayerWorld::bearer(w.tokens[static_cast<As>(i)]));
            CHECK(answer.status == row.statuses[i]);
            if (answer.status < 400) continue;
            CHECK(w.events_after(seq).empty());
            CHECK(answer.json().at("statusCode") == answer.status);
            if (answer.status == 401) CHECK(answer.text("message") == "Unauthorized");
            if (answer.status == 403) CHECK(answer.text("message") == "Insufficient permissions");
        }
    MESSAGE(cells, " cells");
}

TEST_CASE("every route has its rows in the table, and every row its route") {
    PlayerWorld w;
    std::map<std::string, std::set<Of>> stated;
    for (const auto& row : rows_) stated[route_name(row.method, row.route)].insert(row.of);
    std::size_t routes = 0;
    for (const auto& route : w.router->routes()) {
        if (route.face != &player::face) continue;
        ++routes;
        const auto name = route_name(route.endpoint.method, route.endpoint.path);
        CAPTURE(name);
        const auto found = stated.find(name);
        REQUIRE(found != stated.end());
        const auto& of = found->second;
        const bool names_a_thing = !route.endpoint.id_prefixes.empty();
        CHECK(of.contains(Of::none) != names_a_thing);
        if (names_a_thing) CHECK(of.contains(Of::absent));
        if (names_a_thing) CHECK((of.contains(Of::any) || (of.contains(Of::players) && of.contains(Of::others))));
    }
    CHECK(routes == stated.size());
}

}  // namespace agon
