#include <doctest/doctest.h>

#include "faces/player/player_testing.hpp"

namespace agon {

using namespace testing;

namespace {

constexpr std::string_view ana = R"({"username":"ana","password":"correct horse"})";

std::string with_refresh(const std::string& token) { return R"({"refreshToken":")" + token + R"("})"; }

}  // namespace

TEST_CASE("whoever registers gets a user and two tokens") {
    PlayerWorld w;
    const auto seq = w.last_seq();
    const auto made = w.post("/api/v1/auth/register", ana);
    REQUIRE(made.status == 201);
    CHECK(w.events_after(seq) == "UserCreated SessionOpened");
    CHECK(made.header("Cache-Control") == "no-store");
    const auto body = made.json().as_object();
    CHECK(body.size() == 4);
    CHECK(body.at("expiresIn") == 600);
    CHECK(body.at("refreshToken").as_string().starts_with("agr_"));
    const auto user = body.at("user").as_object();
    CHECK(parse_uuid(std::string(user.at("id").as_string())).has_value());
    CHECK(to_text(user.at("profile")) == R"({"avatarUrl":null,"skillRating":1200})");
    CHECK(user.at("username") == "ana");
    CHECK(user.at("role") == "PLAYER");
    CHECK(w.get("/api/v1/auth/me", made.text("accessToken")).body == to_text(user));
}

TEST_CASE("what a registration lacks or breaks is said in a list, and nothing happens") {
    PlayerWorld w;
    w.user("bob");
    const auto seq = w.last_seq();
    for (const auto& [body, answer] : {
             std::pair<std::string_view, std::string>{
                 "", mistake(R"(username: field required","password: field required)")},
             {R"({"username":"ana"})", mistake("password: field required")},
             {R"({"username":7,"password":"correct horse"})", mistake("username: must be a text, not a number")},
             {R"({"username":"an","password":"correct horse"})", mistake("username: must be 3 to 32 characters long")},
             {R"({"username":"ana","password":"horse"})", mistake("password: must be at least 8 characters long")},
             {R"({"username":"anastasia","password":"anastasia"})", mistake("password: must not be the username")},
         }) {
        const auto refused = w.post("/api/v1/auth/register", body);
        CHECK(refused.status == 400);
        CHECK(refused.body == answer);
    }
    const auto taken = w.post("/api/v1/auth/register", R"({"username":"B0B","password":"correct horse"})");
    CHECK(taken.status == 409);
    CHECK(taken.body == refusal(409, "The username is taken"));
    CHECK(w.post("/api/v1/auth/register", "{")
              .body.starts_with(R"({"statusCode":400,"message":"Not valid JSON at byte)"));
    CHECK(w.events_after(seq).empty());
}

TEST_CASE("a sign-in answers 200, and 401 in one form for all that is wrong") {
    PlayerWorld w;
    w.post("/api/v1/auth/register", ana);
    CHECK(w.post("/api/v1/auth/login", ana).status == 200);
    for (const auto* body :
         {R"({"username":"ana","password":"wrong horse"})", R"({"username":"nobody","password":"wrong horse"})"}) {
        const auto refused = w.post("/api/v1/auth/login", body);
        CHECK(refused.status == 401);
        CHECK(refused.body == refusal(401, "Wrong username or password"));
        CHECK(refused.header("WWW-Authenticate") == "Bearer realm=\"agon\"");
    }
    CHECK(w.post("/api/v1/auth/login", R"({"username":"ana"})").body == mistake("password: field required"));
}

TEST_CASE("a refresh token rotates; used again, it ends the session") {
    PlayerWorld w;
    const auto first = w.post("/api/v1/auth/register", ana);
    const auto second = w.post("/api/v1/auth/refresh", with_refresh(first.text("refreshToken")));
    REQUIRE(second.status == 200);
    CHECK(second.text("refreshToken") != first.text("refreshToken"));
    const auto again = w.post("/api/v1/auth/refresh", with_refresh(first.text("refreshToken")));
    CHECK(again.body == refusal(401, "Unauthorized"));
    CHECK(w.post("/api/v1/auth/refresh", with_refresh(second.text("refreshToken"))).status == 401);
    CHECK(w.get("/api/v1/auth/me", second.text("accessToken")).status == 401);
    CHECK(w.post("/api/v1/auth/refresh", with_refresh(first.text("accessToken"))).status == 401);
}

TEST_CASE("a log-out ends the session's access token and its refresh token, and no other session") {
    PlayerWorld w;
    const auto here = w.post("/api/v1/auth/register", ana), there = w.post("/api/v1/auth/login", ana);
    const auto out = w.post("/api/v1/auth/logout", "", here.text("accessToken"));
    CHECK(out.status == 200);
    CHECK(out.body == R"({"success":true})");
    CHECK(w.get("/api/v1/auth/me", here.text("accessToken")).body == refusal(401, "Unauthorized"));
    CHECK(w.post("/api/v1/auth/refresh", with_refresh(here.text("refreshToken"))).status == 401);
    CHECK(w.get("/api/v1/auth/me", there.text("accessToken")).status == 200);
    CHECK(w.post("/api/v1/auth/logout", "", here.text("accessToken")).status == 401);
}

TEST_CASE("a password is changed by its owner, and everybody else is signed out") {
    PlayerWorld w;
    const auto here = w.post("/api/v1/auth/register", ana), there = w.post("/api/v1/auth/login", ana);
    const auto token = here.text("accessToken");
    CHECK(w.put("/api/v1/auth/password", R"({"presentPassword":"x","newPassword":"battery staple"})", token).body ==
          mistake("presentPassword: is wrong"));
    const auto changed =
        w.put("/api/v1/auth/password", R"({"presentPassword":"correct horse","newPassword":"battery staple"})", token);
    REQUIRE(changed.status == 200);
    CHECK(w.get("/api/v1/auth/me", changed.text("accessToken")).status == 200);
    CHECK(w.get("/api/v1/auth/me", there.text("accessToken")).status == 401);
    CHECK(w.post("/api/v1/auth/login", ana).status == 401);
}

TEST_CASE("an avatar is an address of a picture, and never one that runs something") {
    PlayerWorld w;
    const auto token = w.user("ana");
    for (const auto* good : {"https://example.org/a.png", "http://example.org/a", "avatar.jpg", "/pictures/7.png"}) {
        const auto changed = w.put("/api/v1/auth/me", fmt::format(R"({{"avatarUrl":"{}"}})", good), token);
        CHECK(changed.status == 200);
        CHECK(w.get("/api/v1/auth/me", token).json().at("profile").at("avatarUrl") == good);
    }
    for (const auto* bad : {"", "javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:image/png;base64,x",
                            "//example.org", "a b.png", "<img>", "https://example.org/\\\"x"})
        CHECK(w.put("/api/v1/auth/me", fmt::format(R"({{"avatarUrl":"{}"}})", bad), token).body ==
              mistake("avatarUrl: must be an http or https address, or a path"));
    const auto shown = w.get("/api/v1/auth/me", token).body;
    CHECK(w.put("/api/v1/auth/me", "{}", token).body == shown);
    CHECK(w.put("/api/v1/auth/me", R"({"avatarUrl":null})", token).status == 200);
    CHECK(w.get("/api/v1/auth/me", token).json().at("profile").at("avatarUrl").is_null());
}

TEST_CASE("a skill rating is read from the ratings' rows") {
    PlayerWorld w;
    const auto ana_id = w.sign_up("ana").who.user_id;
    rows::RatingRow row{.key = "pool/" + ana_id.text(), .game_type = "pool", .name = "ana", .rating = 1850};
    save_by_hand(w.world->store, Ratings::follower_name, {rows::set_row(row)});
    const auto token = w.post("/api/v1/auth/login", ana).text("accessToken");
    CHECK(w.get("/api/v1/auth/me", token).json().at("profile").at("skillRating") == 1850);
}

TEST_CASE("the Player API needs a token where the arena is open, too") {
    PlayerWorld w;
    CHECK(w.world->access.is_open());
    const auto refused = w.get("/api/v1/auth/me");
    CHECK(refused.status == 401);
    CHECK(refused.body == refusal(401, "Unauthorized"));
    CHECK(w.put("/api/v1/auth/me", "{").status == 401);
    CHECK(w.ask(Method::get, "/api/v1/auth/me", {}, {{"Authorization", "bEARER " + w.user("ana")}}).status == 200);
}

TEST_CASE("what the router refuses under /api/v1 has the Player API's form") {
    PlayerWorld w;
    CHECK(w.get("/api/v1/nowhere").body == refusal(404, "Not Found"));
    CHECK(w.remove("/api/v1/auth/login").body == refusal(405, "Method Not Allowed"));
    CHECK(w.remove("/api/v1/auth/login").header("Allow") == "POST");
    CHECK(w.ask(Method::get, "/api/v1/auth/me", {}, {{"Accept", "text/html"}}).body ==
          refusal(406, "Only application/json is served here"));
    CHECK(w.ask(Method::post, "/api/v1/auth/login", "x", {{"Content-Type", "text/plain"}}).body ==
          refusal(415, "The body must be JSON, with Content-Type: application/json"));
    CHECK(w.get("/api/nowhere").body == R"({"detail":"Not Found"})");
}

}  // namespace agon
