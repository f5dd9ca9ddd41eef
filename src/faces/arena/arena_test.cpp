#include "faces/arena/arena.hpp"

#include <doctest/doctest.h>

#include "app/world_testing.hpp"
#include "faces/openapi.hpp"
#include "faces/router.hpp"

namespace agon {

using namespace testing;

namespace {

/// Where a scenario begins. Ana and Ben are Ada's bots; the cup is hers too.
enum class Given {
    nothing,  ///< two bots
    open,     ///< a cup of four with Ana in it
    full,     ///< a cup of two, full
    playing,  ///< the same, begun; nobody has moved
    ahead,    ///< the same, begun; of its game the log has no word yet
    over,     ///< two built-in bots, `rock` and `cycle`, have played a best of one
    cancelled,
};

enum class As { nobody, ada, bob, admin, ana_bot, ben_bot, a_forger };

/// What the body must be. In all texts, `{t}`, `{ana}`, `{g}` … stand for ids.
struct Expect {
    enum class How { exactly, contains, anything } how = How::anything;
    std::string text;
};
Expect exactly(std::string text) { return {Expect::How::exactly, std::move(text)}; }
Expect contains(std::string text) { return {Expect::How::contains, std::move(text)}; }
Expect says(const std::string& sentence) { return exactly(R"({"detail":")" + sentence + R"("})"); }
/// One mistake of the body; `way` as in `"bot_id"`.
Expect points_at(const std::string& way, const std::string& message, const std::string& type) {
    return exactly(fmt::format(R"({{"detail":[{{"loc":["body"{}{}],"msg":"{}","type":"{}"}}]}})",
                               way.empty() ? "" : ",", way, message, type));
}

constexpr std::string_view nothing{};
constexpr auto GET = Method::get, POST = Method::post, DELETE_ = Method::delete_, PUT = Method::put;

struct Scenario {
    std::string_view name;
    Given given;
    Method method;
    std::string_view target;
    std::string_view body;
    int status;
    Expect body_is;
    /// The types of the events that it led to, and no others.
    std::string_view events;
};

class Arena {
public:
    explicit Arena(Given given, bool open = true) {
        world.outside.arena_open = open;
        world.restart();
        services.emplace(Services{.engine = world->engine,
                                  .tournaments = world->tournaments,
                                  .bots = world->bots,
                                  .access = world->access,
                                  .ratings = &world->ratings});
        router.emplace(*services);
        router->add(arena::face, arena::endpoints());
        make(given);
    }

    struct Answer {
        Response response;
        std::string body;
        std::string header(std::string_view name) const {
            for (const auto& [key, value] : response.headers)
                if (key == name) return value;
            return {};
        }
    };
    Answer ask(Method method, std::string_view target, std::string_view body = {},
               std::vector<std::pair<std::string, std::string>> headers = {}) {
        const auto whole = with_ids(target), text = with_ids(body);
        std::vector<std::pair<std::string_view, std::string_view>> views(headers.begin(), headers.end());
        const auto mark = std::min(whole.find('?'), whole.size());
        const auto path = std::string_view(whole).substr(0, mark);
        const auto query = std::string_view(whole).substr(std::min(mark + 1, whole.size()));
        auto response = world->run(router->handle({.method = method,
                                                   .path = path,
                                                   .query = query,
                                                   .headers = views,
                                                   .body = text,
                                                   .request_id = "r",
                                                   .remote = "127.0.0.1"}));
        auto sent = response.shared ? response.shared->body : response.body;
        return {std::move(response), std::move(sent)};
    }
    std::string with_ids(std::string_view text) const {
        std::string out(text);
        for (const auto& [name, id] : ids)
            for (auto at = out.find(name); at != out.npos; at = out.find(name)) out.replace(at, name.size(), id);
        return out;
    }
    /// The types of the events after `seq`.
    std::string events_after(Seq seq) {
        std::string types;
        for (const auto& event : world->store.follow(seq, 1000)) types += (types.empty() ? "" : " ") + event.type;
        return types;
    }
    std::string token(As as) {
        switch (as) {
            case As::ada: return issued(ada, "ada", users::Role::player);
            case As::bob: return issued(UserId{Uuid{{8}}}, "bob", users::Role::host);
            case As::admin: return issued(UserId{Uuid{{9}}}, "root", users::Role::admin);
            case As::ana_bot: return keys[0];
            case As::ben_bot: return keys[1];
            case As::a_forger: return "bk_forged";
            case As::nobody: break;
        }
        return {};
    }
    std::vector<std::pair<std::string, std::string>> credentials(As as) {
        if (as == As::nobody) return {};
        return {{"Authorization", "Bearer " + token(as)}};
    }

    World world;
    std::optional<Services> services;
    std::optional<Router> router;
    std::map<std::string, std::string> ids;

private:
    std::string issued(UserId id, std::string name, users::Role role) {
        return world->tokens.issue({id, std::move(name), role}, world.outside.clock.now(), seconds(600),
                                   world.outside.random);
    }
    BotId bot(std::string name, bots::Connection connection = {}) {
        auto made = world->run(world->bots.register_bot({.name = name,
                                                         .game_types = {},
                                                         .connection = std::move(connection),
                                                         .description = {},
                                                         .source_url = {},
                                                         .owner = ada}));
        REQUIRE(made.has_value());
        keys.push_back(made->api_key);
        return made->bot_id;
    }
    TournamentId cup(std::int64_t places, JsonObject config) {
        config.emplace("seeding", "registration");
        auto made = world->run(world->tournaments.create({.name = "Cup",
                                                          .game_type = "rps",
                                                          .max_participants = places,
                                                          .config = std::move(config),
                                                          .created_by = ada}));
        REQUIRE(made.has_value());
        return *made;
    }
    void make(Given given) {
        const bool builtin = given == Given::over;
        const auto connection = [&](std::string strategy) {
            return builtin
                       ? bots::Connection{.type = bots::Carrier::builtin, .url = {}, .strategy = std::move(strategy)}
                       : bots::Connection{};
        };
        const auto ana = bot("Ana", connection("rock")), ben = bot("Ben", connection("cycle"));
        for (const auto id : {ana, ben}) world.outside.carrier.connected.insert(id);
        ids = {{"{ana}", ana.text()},
               {"{ben}", ben.text()},
               {"{noid}", BotId{Uuid{{7}}}.text()},
               {"{t}", make_tournament_id(t0, 1, 2).text()},
               {"{g}", GameId{Uuid{{7}}}.text()}};
        if (given == Given::nothing) return;
        const auto t = cup(given == Given::open || given == Given::cancelled ? 4 : 2, {{"rounds_per_match", 1}});
        ids["{t}"] = t.text();
        ids["{m}"] = match_id(t, 1).text();
        ids["{g}"] = game_id(match_id(t, 1), 1).text();
        ids["{again}"] = game_id(match_id(t, 1), 2).text();
        join(t, ana, "Ana");
        const bool begins = given == Given::playing || given == Given::ahead || given == Given::over;
        if (given == Given::full || begins) join(t, ben, "Ben");
        if (given == Given::ahead) world->driver.stop_clocks();
        if (begins) world.start(t);
        if (given == Given::cancelled)
            REQUIRE(world->run(world->tournaments.order(t, CancelTournament{"rain"})).has_value());
    }
    void join(TournamentId t, BotId id, std::string name) {
        REQUIRE(world->run(world->tournaments.join(t, {id, std::move(name), {}, {}})).has_value());
    }

    UserId ada{Uuid{{6}}};
    std::vector<std::string> keys;
};

/// The cup, as far as it has come.
std::string cup_view(std::string_view status, int places, int entrants, std::string_view start = "null",
                     std::string_view end = "null") {
    return fmt::format(
        R"({{"tournament_id":"{{t}}","name":"Cup","game_type":"rps","format":"single_elimination","status":"{}",)"
        R"("created_at":"2023-11-14T22:13:20Z","start_time":{},"end_time":{},"max_participants":{},"current_participants":{},)"
        R"("config":{{"rounds_per_match":1,"tiebreaker":"sudden_death","mode":"first_to","turns":1000,"max_sudden_death":50,)"
        R"("time_limit_per_move":30,"seeding":"registration","auto_start":false,"start_delay":300,"no_show_timeout":30,)"
        R"("reconnect_grace":30,"check_in":0,"waiting_list":false,"late_entry":false,"withdrawal":"forfeit",)"
        R"("auto_advance":true,"stage_review":false,"best_of":{{}},"third_place":false}}}})",
        status, start, end, places, entrants);
}

const std::string now_text = R"("2023-11-14T22:13:20Z")";

const Scenario scenarios[] = {
    // --- tournaments
    {"a tournament is created", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","max_participants":4})", 201, contains(R"("status":"registration")"),
     "TournamentCreated RegistrationOpened"},
    {"unknown fields are ignored", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","colour":"red","config":{"colour":1}})", 201,
     contains(R"("max_participants":65536)"), "TournamentCreated RegistrationOpened"},
    {"its name is required", Given::nothing, POST, "/api/tournaments", R"({"game_type":"rps"})", 422,
     points_at(R"("name")", "field required", "missing"), nothing},
    {"its name is not empty", Given::nothing, POST, "/api/tournaments", R"({"name":"","game_type":"rps"})", 422,
     contains(R"("loc":["body","name"])"), nothing},
    {"its name is a text", Given::nothing, POST, "/api/tournaments", R"({"name":7,"game_type":"rps"})", 422,
     points_at(R"("name")", "must be a text, not a number", "type_error"), nothing},
    {"no such game", Given::nothing, POST, "/api/tournaments", R"({"name":"Cup","game_type":"chess"})", 422,
     points_at(R"("game_type")", "must be 'rps'", "value_error"), nothing},
    {"no such format", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","format":"ladder"})", 422,
     points_at(R"("format")", "must be 'single_elimination', 'double_elimination', 'round_robin' or 'swiss'",
               "value_error"),
     nothing},
    {"more Swiss rounds than opponents", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","format":"swiss","max_participants":4,"config":{"rounds":4}})", 422,
     points_at(R"("config","rounds")", "4 entrants can play at most 3 rounds without meeting twice, 4 are wanted",
               "value_error"),
     nothing},
    {"more Swiss rounds than the one opponent", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","format":"swiss","max_participants":2,"config":{"rounds":3}})", 422,
     points_at(R"("config","rounds")", "2 entrants can play at most 1 round without meeting twice, 3 are wanted",
               "value_error"),
     nothing},
    {"more groups than entrants fill", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","format":"swiss","max_participants":4,"config":{"groups":3}})", 422,
     contains(R"("loc":["body","config","groups"])"), nothing},
    {"negative points", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","format":"swiss","config":{"points":{"win":-1}}})", 422,
     contains(R"("loc":["body","config","points","win"])"), nothing},
    {"a loss worth more than a win", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","format":"swiss","config":{"points":{"win":1,"loss":2}}})", 422,
     contains(R"("loc":["body","config","points"])"), nothing},
    {"no such tie-break", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","format":"swiss","config":{"tiebreaks":["luck"]}})", 422,
     contains(R"("loc":["body","config","tiebreaks",0],"msg":"must be 'points')"), nothing},
    {"stages in a row", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"stages":[{"format":"round_robin","groups":2,"advance":2},{"format":"single_elimination"}]}})",
     201, contains(R"("stages":[{"format":"round_robin","rounds":1)"), "TournamentCreated RegistrationOpened"},
    {"more go on than a group has", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","max_participants":8,"config":{"stages":[{"format":"round_robin","groups":4,"advance":3},{"format":"single_elimination"}]}})",
     422,
     points_at(R"("config","stages",0,"advance")", "3 of each group cannot go on, the smallest has 2", "value_error"),
     nothing},
    {"a stage that says nothing of who goes on", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"stages":[{"format":"swiss"},{"format":"single_elimination"}]}})",
     422,
     points_at(R"("config","stages",0,"advance")", "how many go on to the next stage is missing; at least 1",
               "value_error"),
     nothing},
    {"a match of even rounds that the game cannot play", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"best_of":{"final":0}}})", 422,
     contains(R"("loc":["body","config","best_of","final"])"), nothing},
    {"a round that is none", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"best_of":{"finale":5}}})", 422,
     contains(R"("loc":["body","config","best_of","finale"])"), nothing},
    {"rounds count from 1", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"best_of":{"0":5}}})", 422,
     contains(R"(third_place or a round's number, from 1 to 9999")"), nothing},
    {"a round has one name", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"best_of":{"01":5}}})", 422,
     contains(R"(third_place or a round's number, from 1 to 9999")"), nothing},
    {"a round by its number", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"best_of":{"10":5}}})", 201, contains(R"("best_of":{"10":5})"),
     "TournamentCreated RegistrationOpened"},
    {"too few places", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","max_participants":1})", 422,
     points_at(R"("max_participants")", "1 is too small; must be from 2 to 65,536", "value_error"), nothing},
    {"an option of the game is wrong", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"rounds_per_match":0}})", 422,
     points_at(R"("config","rounds_per_match")", "0 is too small; must be from 1 to 1,001", "value_error"), nothing},
    {"an option of the tournament is wrong", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"start_delay":-1}})", 422,
     points_at(R"("config","start_delay")", "-1 is too small; must be from 0 to 31,536,000", "value_error"), nothing},
    {"not JSON", Given::nothing, POST, "/api/tournaments", "{", 422, contains(R"("type":"json_invalid")"), nothing},
    {"not an object", Given::nothing, POST, "/api/tournaments", "[]", 422,
     points_at("", "must be an object, not a list", "type_error"), nothing},
    {"no body", Given::nothing, POST, "/api/tournaments", "", 422,
     exactly(R"({"detail":[{"loc":["body","name"],"msg":"field required","type":"missing"},)"
             R"({"loc":["body","game_type"],"msg":"field required","type":"missing"}]})"),
     nothing},
    {"each field that is wrong is told", Given::nothing, POST, "/api/tournaments",
     R"({"name":"","game_type":"rps","max_participants":9223372036854775807})", 422,
     exactly(
         R"({"detail":[{"loc":["body","name"],"msg":"needs at least 1 character","type":"value_error"},)"
         R"({"loc":["body","max_participants"],"msg":"9,223,372,036,854,775,807 is too large; must be from 2 to 65,536","type":"value_error"}]})"),
     nothing},
    {"null is no name", Given::nothing, POST, "/api/tournaments", R"({"name":null,"game_type":"rps"})", 422,
     points_at(R"("name")", "must not be null", "type_error"), nothing},
    {"a text is not true or false", Given::nothing, POST, "/api/tournaments",
     R"({"name":"Cup","game_type":"rps","config":{"auto_start":"yes"}})", 422,
     points_at(R"("config","auto_start")", "must be true or false, not a text", "type_error"), nothing},

    {"no tournaments", Given::nothing, GET, "/api/tournaments", "", 200, exactly(R"({"tournaments":[],"total":0})"),
     nothing},
    {"one tournament", Given::open, GET, "/api/tournaments", "", 200,
     exactly(R"({"tournaments":[)" + cup_view("registration", 4, 1) + R"(],"total":1})"), nothing},
    {"filtered by status", Given::open, GET, "/api/tournaments?status=registration", "", 200, contains(R"("total":1)"),
     nothing},
    {"filtered away", Given::open, GET, "/api/tournaments?status=completed", "", 200,
     exactly(R"({"tournaments":[],"total":0})"), nothing},
    {"filtered by game", Given::open, GET, "/api/tournaments?game_type=chess", "", 200,
     exactly(R"({"tournaments":[],"total":0})"), nothing},
    {"past the last", Given::open, GET, "/api/tournaments?offset=1", "", 200,
     exactly(R"({"tournaments":[],"total":1})"), nothing},
    {"limit too small", Given::open, GET, "/api/tournaments?limit=0", "", 400,
     says("limit: 0 is too small; must be from 1 to 100"), nothing},
    {"limit too large", Given::open, GET, "/api/tournaments?limit=101", "", 400,
     says("limit: 101 is too large; must be from 1 to 100"), nothing},
    {"limit not a number", Given::open, GET, "/api/tournaments?limit=x", "", 400,
     says("limit: must be a whole number, not a text"), nothing},
    {"no such status", Given::open, GET, "/api/tournaments?status=lost", "", 400,
     contains("status: must be 'upcoming', 'registration'"), nothing},
    {"no such parameter", Given::open, GET, "/api/tournaments?colour=red", "", 400,
     contains("colour: unknown parameter"), nothing},
    {"a parameter twice", Given::open, GET, "/api/tournaments?limit=1&limit=2", "", 400, says("limit: given twice"),
     nothing},
    {"more than any number", Given::open, GET, "/api/tournaments?limit=18446744073709551615", "", 400,
     says("limit: 18,446,744,073,709,551,615 is too large; must be from 1 to 100"), nothing},
    {"a broken escape", Given::open, GET, "/api/tournaments?status=%zz", "", 400,
     says("the query string has a broken % escape"), nothing},

    {"a tournament's details", Given::open, GET, "/api/tournaments/{t}", "", 200,
     exactly(cup_view("registration", 4, 1)), nothing},
    {"details of a full one", Given::full, GET, "/api/tournaments/{t}", "", 200, exactly(cup_view("ready", 2, 2)),
     nothing},
    {"details of one that is over", Given::over, GET, "/api/tournaments/{t}", "", 200,
     exactly(cup_view("completed", 2, 2, now_text, now_text)), nothing},
    {"no such tournament", Given::nothing, GET, "/api/tournaments/{t}", "", 404, says("Tournament not found"), nothing},
    {"not a tournament's id", Given::nothing, GET, "/api/tournaments/nonsense", "", 404, says("Tournament not found"),
     nothing},
    {"another thing's id", Given::nothing, GET, "/api/tournaments/{ana}", "", 404, says("Tournament not found"),
     nothing},

    // --- joining and leaving
    {"a bot joins", Given::open, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ben}"})", 201,
     exactly(R"({"tournament_id":"{t}","bot_id":"{ben}","seed":2,"registered_at":"2023-11-14T22:13:20Z"})"),
     "EntrantRegistered"},
    {"a bot wants a seed", Given::open, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ben}","seed":1})", 201,
     contains(R"("seed":2)"), "EntrantRegistered"},
    {"a seed from 1", Given::open, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ben}","seed":0})", 422,
     points_at(R"("seed")", "0 is too small; must be from 1 to 65,536", "value_error"), nothing},
    {"joining twice", Given::open, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ana}"})", 400,
     says("Bot already registered for this tournament"), nothing},
    {"joining a full one", Given::full, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ana}"})", 400,
     says("Bot already registered for this tournament"), nothing},
    {"joining too late", Given::playing, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ana}"})", 400,
     says("Tournament has already started"), nothing},
    {"joining when it is over", Given::over, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ana}"})", 400,
     says("Tournament has already started"), nothing},
    {"joining a cancelled one", Given::cancelled, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ben}"})", 400,
     says("Tournament was cancelled"), nothing},
    {"joining what is not there", Given::nothing, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ana}"})", 404,
     says("Tournament not found"), nothing},
    {"a bot that is not there joins", Given::open, POST, "/api/tournaments/{t}/join", R"({"bot_id":"{noid}"})", 404,
     says("Bot not found"), nothing},
    {"a bot's id is a text", Given::open, POST, "/api/tournaments/{t}/join", R"({"bot_id":7})", 422,
     points_at(R"("bot_id")", "must be a text, not a number", "type_error"), nothing},
    {"a bot's id is required", Given::open, POST, "/api/tournaments/{t}/join", "{}", 422,
     points_at(R"("bot_id")", "field required", "missing"), nothing},
    {"a bot leaves", Given::open, POST, "/api/tournaments/{t}/leave", R"({"bot_id":"{ana}"})", 200,
     exactly(R"({"tournament_id":"{t}","bot_id":"{ana}","message":"Bot left the tournament"})"), "EntrantWithdrawn"},
    {"leaving a full one opens it", Given::full, POST, "/api/tournaments/{t}/leave", R"({"bot_id":"{ana}"})", 200,
     contains("left"), "EntrantWithdrawn RegistrationReopened"},
    {"leaving without being in", Given::open, POST, "/api/tournaments/{t}/leave", R"({"bot_id":"{ben}"})", 400,
     says("Bot is not registered for this tournament"), nothing},
    {"leaving too late", Given::playing, POST, "/api/tournaments/{t}/leave", R"({"bot_id":"{ana}"})", 400,
     says("Tournament has already started"), nothing},

    // --- closing, starting, cancelling
    {"registration is closed by hand", Given::open, POST, "/api/tournaments/{t}/ready", "", 200,
     exactly(R"({"tournament_id":"{t}","status":"ready","message":"Registration closed"})"), "RegistrationClosed"},
    {"closing again does nothing", Given::full, POST, "/api/tournaments/{t}/ready", "", 200,
     contains(R"("status":"ready")"), nothing},
    {"closing too late", Given::playing, POST, "/api/tournaments/{t}/ready", "", 400,
     says("Tournament has already started"), nothing},
    {"a tournament starts", Given::full, POST, "/api/tournaments/{t}/start", "", 200,
     exactly(R"({"tournament_id":"{t}","status":"in_progress","message":"Tournament started successfully"})"),
     "TournamentStarted MatchStarted GameStarted"},
    {"too few to start", Given::open, POST, "/api/tournaments/{t}/start", "", 400,
     says("At least 2 participants are needed, 1 registered"), nothing},
    {"starting twice", Given::playing, POST, "/api/tournaments/{t}/start", "", 400,
     says("Tournament has already started"), nothing},
    {"starting what is over", Given::over, POST, "/api/tournaments/{t}/start", "", 400,
     says("Tournament has already started"), nothing},
    {"starting what is not there", Given::nothing, POST, "/api/tournaments/{t}/start", "", 404,
     says("Tournament not found"), nothing},
    {"a tournament is cancelled", Given::open, POST, "/api/tournaments/{t}/cancel", "", 200,
     exactly(R"({"tournament_id":"{t}","status":"cancelled","message":"Tournament cancelled"})"),
     "TournamentCancelled"},
    {"live matches stop with it", Given::playing, POST, "/api/tournaments/{t}/cancel", "", 200, contains("cancelled"),
     "TournamentCancelled GameFinished"},
    {"cancelling what is over", Given::over, POST, "/api/tournaments/{t}/cancel", "", 400,
     says("Tournament has already completed"), nothing},
    {"cancelling twice", Given::cancelled, POST, "/api/tournaments/{t}/cancel", "", 400,
     says("Tournament was cancelled"), nothing},

    // --- watching
    {"before the start there are no rounds", Given::open, GET, "/api/tournaments/{t}/bracket", "", 200,
     exactly(
         R"({"tournament_id":"{t}","format":"single_elimination","status":"registration","data":{"rounds":[],"champion":null}})"),
     nothing},
    {"a bracket under way", Given::playing, GET, "/api/tournaments/{t}/bracket", "", 200,
     exactly(
         R"({"tournament_id":"{t}","format":"single_elimination","status":"in_progress","data":{"rounds":[{"round_number":1,"matches":[)"
         R"({"match_id":"{m}","player1":{"bot_id":"{ana}","bot_name":"Ana","seed":1},"player2":{"bot_id":"{ben}","bot_name":"Ben","seed":2},)"
         R"("game_id":"{g}","status":"in_progress","winner":null,"score":null}]}],"champion":null}})"),
     nothing},
    {"a bracket that is over", Given::over, GET, "/api/tournaments/{t}/bracket", "", 200,
     contains(R"("status":"completed","winner":"{ben}","score":"0-1"}]}],"champion":"{ben}"}})"), nothing},
    {"no bracket", Given::nothing, GET, "/api/tournaments/{t}/bracket", "", 404, says("Tournament not found"), nothing},
    {"places before the start", Given::open, GET, "/api/tournaments/{t}/standings", "", 200,
     contains(R"("standings":[]})"), nothing},
    {"places at the end", Given::over, GET, "/api/tournaments/{t}/standings", "", 200,
     contains(
         R"("standings":[{"place":1,"place_to":1,"bot_id":"{ben}","bot_name":"Ben","seed":2,"wins":1,"losses":0,"draws":0,"why":"lost no match that put it out"},)"
         R"({"place":2,"place_to":2,"bot_id":"{ana}","bot_name":"Ana","seed":1,"wins":0,"losses":1,"draws":0,"why":"out in round 1"}]})"),
     nothing},
    {"no places", Given::nothing, GET, "/api/tournaments/{t}/standings", "", 404, says("Tournament not found"),
     nothing},
    {"matches", Given::over, GET, "/api/tournaments/{t}/matches", "", 200,
     contains(
         R"("round_number":1,"started_at":"2023-11-14T22:13:20Z","completed_at":"2023-11-14T22:13:20Z","why":"seed 1)"),
     nothing},
    {"no matches", Given::nothing, GET, "/api/tournaments/{t}/matches", "", 404, says("Tournament not found"), nothing},

    {"how a standing comes about", Given::over, GET, "/api/tournaments/{t}/standings/{ben}", "", 200,
     contains(R"("seed_why":"seed 2 in order of registration")"), nothing},
    {"nobody's standing", Given::over, GET, "/api/tournaments/{t}/standings/{noid}", "", 404,
     says("Bot is not registered for this tournament"), nothing},
    {"a standing before the start", Given::open, GET, "/api/tournaments/{t}/standings/{ana}", "", 400,
     says("Tournament has not started"), nothing},
    {"a draw that is not made yet", Given::open, GET, "/api/tournaments/{t}/draw", "", 200,
     contains(R"("secret":null,"draw_seed":null,"entrants":["{ana}"],"order":[])"), nothing},
    {"a draw", Given::over, GET, "/api/tournaments/{t}/draw", "", 200, contains(R"("order":["{ana}","{ben}"])"),
     nothing},
    {"one match", Given::over, GET, "/api/matches/{m}", "", 200, contains(R"("match_id":"{m}")"), nothing},
    {"no such match", Given::open, GET, "/api/matches/{m}", "", 404, says("Match not found"), nothing},

    // --- conduct
    {"no check-in here", Given::open, POST, "/api/tournaments/{t}/check-in", R"({"bot_id":"{ana}"})", 400,
     says("This tournament has no check-in"), nothing},
    {"a bot gives up", Given::playing, POST, "/api/tournaments/{t}/withdraw", R"({"bot_id":"{ana}"})", 200,
     exactly(R"({"tournament_id":"{t}","status":"completed","message":"Bot withdrew from the tournament"})"),
     "EntrantLeft MatchCompleted TournamentCompleted GameFinished"},
    {"what is not there gives up", Given::playing, POST, "/api/tournaments/{t}/withdraw", R"({"bot_id":"{noid}"})", 404,
     says("Bot not found"), nothing},
    {"giving up before the start", Given::open, POST, "/api/tournaments/{t}/withdraw", R"({"bot_id":"{ana}"})", 400,
     says("Tournament has not started"), nothing},
    {"a bot is ruled out", Given::playing, POST, "/api/tournaments/{t}/disqualify",
     R"({"bot_id":"{ben}","reason":"two accounts"})", 200, contains(R"("status":"completed")"),
     "EntrantLeft MatchCompleted TournamentCompleted GameFinished"},
    {"ruling out a stranger", Given::playing, POST, "/api/tournaments/{t}/disqualify", R"({"bot_id":"{noid}"})", 400,
     says("Bot is not registered for this tournament"), nothing},
    {"byes are Swiss", Given::playing, POST, "/api/tournaments/{t}/byes", R"({"bot_id":"{ana}","round":2})", 400,
     says("Byes can be asked for in a Swiss tournament only"), nothing},
    {"no stage to arrange", Given::playing, PUT, "/api/tournaments/{t}/next-stage", R"({"order":["{ana}","{ben}"]})",
     400, says("No stage is waiting to be arranged"), nothing},
    {"rounds advance by themselves", Given::playing, POST, "/api/tournaments/{t}/advance", "", 400,
     says("Rounds begin by themselves"), nothing},
    {"what a correction would change", Given::over, POST, "/api/matches/{m}/correct",
     R"({"winner":"{ana}","score":[1,0],"dry_run":true})", 200,
     contains(
         R"("places":[{"bot_id":"{ana}","before":"2","after":"1"},{"bot_id":"{ben}","before":"1","after":"2"}],"ratings":[{"bot_id":"{ben}","match_id":"{m}","change":-16})"),
     nothing},
    {"a result is corrected", Given::over, POST, "/api/matches/{m}/correct", R"({"winner":"{ana}","score":[1,0]})", 200,
     contains(R"("winner_before":"{ben}","winner_after":"{ana}")"), "ResultCorrected TournamentCompleted"},
    {"a match is played again", Given::over, POST, "/api/matches/{m}/correct", R"({"reopen":true})", 200,
     contains(R"("after":"in_progress")"),
     "ResultCorrected MatchStarted GameStarted TurnPlayed TurnPlayed GameFinished MatchCompleted TournamentCompleted"},
    {"a stranger did not win", Given::over, POST, "/api/matches/{m}/correct", R"({"winner":"{noid}"})", 422,
     points_at(R"("winner")", "must be one of the two who play in the match", "value_error"), nothing},
    {"a correction says what is right", Given::over, POST, "/api/matches/{m}/correct", "{}", 422,
     points_at(R"("winner")", "one of winner, draw, nobody_wins and reopen must be given", "value_error"), nothing},
    {"no result to correct", Given::playing, POST, "/api/matches/{m}/correct", R"({"winner":"{ana}"})", 400,
     says("The match has no result to correct"), nothing},

    // --- bots
    {"a bot is registered", Given::nothing, POST, "/api/bots", R"({"name":"Cem"})", 201,
     contains(R"("connection":{"type":"websocket"},"description":"")"), "BotRegistered"},
    {"its key is shown", Given::nothing, POST, "/api/bots", R"({"name":"Cem"})", 201, contains(R"("api_key":"bk_)"),
     "BotRegistered"},
    {"a built-in bot", Given::nothing, POST, "/api/bots", R"({"name":"Cem","connection":{"type":"builtin"}})", 201,
     contains(R"("connection":{"type":"builtin","strategy":"random"})"), "BotRegistered"},
    {"a connection of the usual type", Given::nothing, POST, "/api/bots", R"({"name":"Cem","connection":{}})", 201,
     contains(R"("connection":{"type":"websocket"})"), "BotRegistered"},
    {"a webhook and its secret", Given::nothing, POST, "/api/bots",
     R"({"name":"Cem","connection":{"type":"webhook","url":"https://example.com/x"}})", 201,
     contains(R"("webhook_secret":"whsec_)"), "BotRegistered"},
    {"a webhook needs its address", Given::nothing, POST, "/api/bots",
     R"({"name":"Cem","connection":{"type":"webhook"}})", 422,
     points_at(R"("connection","url")", "field required", "missing"), nothing},
    {"a webhook that may not be called", Given::nothing, POST, "/api/bots",
     R"({"name":"Cem","connection":{"type":"webhook","url":"ftp://x"}})", 422,
     points_at(R"("connection","url")", "must begin with https://", "value_error"), nothing},
    {"no such strategy", Given::nothing, POST, "/api/bots",
     R"({"name":"Cem","connection":{"type":"builtin","strategy":"cheat"}})", 422,
     contains(R"("loc":["body","connection","strategy"],"msg":"must be 'random', 'rock')"), nothing},
    {"a bot's game is one that there is", Given::nothing, POST, "/api/bots",
     R"({"name":"Cem","game_types":["rps","go"]})", 422, points_at(R"("game_types",1)", "must be 'rps'", "value_error"),
     nothing},
    {"a bot's name is not too long", Given::nothing, POST, "/api/bots",
     R"({"name":"12345678901234567890123456789012345678901234567890123456789012345"})", 422,
     contains(R"("loc":["body","name"])"), nothing},
    {"all bots, the newest first", Given::nothing, GET, "/api/bots?limit=1", "", 200, contains(R"("total":2})"),
     nothing},
    {"a limit of bots", Given::nothing, GET, "/api/bots?limit=1000", "", 400,
     says("limit: 1,000 is too large; must be from 1 to 100"), nothing},
    {"one bot", Given::nothing, GET, "/api/bots/{ana}", "", 200,
     exactly(
         R"({"bot_id":"{ana}","name":"Ana","game_types":[],"connection":{"type":"websocket"},"description":"","source_url":"","created_at":"2023-11-14T22:13:20Z"})"),
     nothing},
    {"no such bot", Given::nothing, GET, "/api/bots/{noid}", "", 404, says("Bot not found"), nothing},
    {"not a bot's id", Given::nothing, GET, "/api/bots/x", "", 404, says("Bot not found"), nothing},
    {"a bot is deleted", Given::nothing, DELETE_, "/api/bots/{ana}", "", 200,
     exactly(R"({"bot_id":"{ana}","message":"Bot deleted"})"), "BotDeleted"},
    {"no bot to delete", Given::nothing, DELETE_, "/api/bots/{noid}", "", 404, says("Bot not found"), nothing},
    {"a new key", Given::nothing, POST, "/api/bots/{ana}/rotate-key", "", 200,
     contains(R"("old_key_ends_at":"2023-11-14T23:13:20Z")"), "KeyRotated"},
    {"no bot for a new key", Given::nothing, POST, "/api/bots/{noid}/rotate-key", "", 404, says("Bot not found"),
     nothing},

    // --- games
    {"the games", Given::nothing, GET, "/api/games", "", 200,
     contains(R"("game_type":"rps","title":"Rock Paper Scissors")"), nothing},
    {"a game under way", Given::playing, GET, "/api/games/{g}", "", 200, contains(R"("status":"in_progress")"),
     nothing},
    {"a game about to begin", Given::ahead, GET, "/api/games/{g}", "", 200,
     contains(R"("status":"in_progress","players":[{"bot_id":"{ana}","name":"Ana"},{"bot_id":"{ben}","name":"Ben"}])"),
     nothing},
    {"a played game", Given::over, GET, "/api/games/{g}", "", 200, contains(R"("winner":"{ben}","score":"0-1")"),
     nothing},
    {"no such game", Given::nothing, GET, "/api/games/{g}", "", 404, says("Game not found"), nothing},
    {"a game of an attempt that there is not", Given::ahead, GET, "/api/games/{again}", "", 404, says("Game not found"),
     nothing},
    {"an empty leaderboard", Given::nothing, GET, "/api/leaderboard", "", 200,
     exactly(R"({"game_type":"rps","leaderboard":[],"total":0})"), nothing},
    {"a leaderboard", Given::over, GET, "/api/leaderboard", "", 200,
     exactly(
         R"({"game_type":"rps","leaderboard":[{"rank":1,"bot_id":"{ben}","bot_name":"Ben","rating":1216,"games":1,"wins":1,"losses":0,"draws":0},)"
         R"({"rank":2,"bot_id":"{ana}","bot_name":"Ana","rating":1184,"games":1,"wins":0,"losses":1,"draws":0}],"total":2})"),
     nothing},
    {"a leaderboard's offset", Given::over, GET, "/api/leaderboard?offset=-1", "", 400,
     says("offset: -1 is too small; must be at least 0"), nothing},

    // --- what is not there
    {"no such path", Given::nothing, GET, "/api/nothing", "", 404, says("Not Found"), nothing},
    {"no such method", Given::nothing, PUT, "/api/tournaments", "", 405, says("Method Not Allowed"), nothing},
};

/// On a closed arena: who may.
struct Right {
    std::string_view name;
    Given given;
    As as;
    Method method;
    std::string_view target;
    std::string_view body;
    int status;
    std::string_view sentence;
};

constexpr std::string_view new_cup = R"({"name":"Cup","game_type":"rps"})", ana_joins = R"({"bot_id":"{ana}"})",
                           ben_joins = R"({"bot_id":"{ben}"})", no_bot = R"({"bot_id":"{noid}"})";
constexpr std::string_view a_token_is_needed = "A bearer token is needed",
                           not_allowed = "Not allowed with these credentials", not_valid = "The token is not valid",
                           a_users_token = "A user's token is needed";

const Right rights[] = {
    {"nobody creates", Given::nothing, As::nobody, POST, "/api/tournaments", new_cup, 401, a_token_is_needed},
    {"a user creates", Given::nothing, As::ada, POST, "/api/tournaments", new_cup, 201, {}},
    {"a bot does not create", Given::nothing, As::ana_bot, POST, "/api/tournaments", new_cup, 403, a_users_token},
    {"a forger does nothing", Given::nothing, As::a_forger, POST, "/api/tournaments", new_cup, 401, not_valid},
    {"a forger does not even read", Given::open, As::a_forger, GET, "/api/tournaments/{t}", "", 401, not_valid},
    {"everybody reads", Given::open, As::nobody, GET, "/api/tournaments/{t}", "", 200, {}},
    {"nobody registers a bot", Given::nothing, As::nobody, POST, "/api/bots", R"({"name":"Cem"})", 401,
     a_token_is_needed},
    {"a user registers a bot", Given::nothing, As::bob, POST, "/api/bots", R"({"name":"Cem"})", 201, {}},
    {"a bot joins by its key", Given::open, As::ben_bot, POST, "/api/tournaments/{t}/join", ben_joins, 201, {}},
    {"its owner enters it", Given::open, As::ada, POST, "/api/tournaments/{t}/join", ben_joins, 201, {}},
    {"an admin enters it", Given::open, As::admin, POST, "/api/tournaments/{t}/join", ben_joins, 201, {}},
    {"another bot does not", Given::open, As::ana_bot, POST, "/api/tournaments/{t}/join", ben_joins, 403, not_allowed},
    {"another user does not", Given::open, As::bob, POST, "/api/tournaments/{t}/join", ben_joins, 403, not_allowed},
    {"nobody enters it", Given::open, As::nobody, POST, "/api/tournaments/{t}/join", ben_joins, 401, a_token_is_needed},
    {"another bot does not take it out", Given::open, As::ben_bot, POST, "/api/tournaments/{t}/leave", ana_joins, 403,
     not_allowed},
    {"a bot leaves by its key", Given::open, As::ana_bot, POST, "/api/tournaments/{t}/leave", ana_joins, 200, {}},
    {"the organiser starts", Given::full, As::ada, POST, "/api/tournaments/{t}/start", "", 200, {}},
    {"another host does not start", Given::full, As::bob, POST, "/api/tournaments/{t}/start", "", 403, not_allowed},
    {"a bot does not start", Given::full, As::ana_bot, POST, "/api/tournaments/{t}/start", "", 403, not_allowed},
    {"nobody starts", Given::full, As::nobody, POST, "/api/tournaments/{t}/start", "", 401, a_token_is_needed},
    {"an admin cancels", Given::open, As::admin, POST, "/api/tournaments/{t}/cancel", "", 200, {}},
    {"another host does not cancel", Given::open, As::bob, POST, "/api/tournaments/{t}/cancel", "", 403, not_allowed},
    {"another host does not close", Given::open, As::bob, POST, "/api/tournaments/{t}/ready", "", 403, not_allowed},
    {"another bot does not check it in", Given::open, As::ben_bot, POST, "/api/tournaments/{t}/check-in", ana_joins,
     403, not_allowed},
    {"another bot does not withdraw it", Given::playing, As::ben_bot, POST, "/api/tournaments/{t}/withdraw", ana_joins,
     403, not_allowed},
    {"a bot does not rule out another", Given::playing, As::ben_bot, POST, "/api/tournaments/{t}/disqualify", ana_joins,
     403, not_allowed},
    {"the organiser rules out", Given::playing, As::ada, POST, "/api/tournaments/{t}/disqualify", ana_joins, 200, {}},
    {"another host grants no bye", Given::playing, As::bob, POST, "/api/tournaments/{t}/byes",
     R"({"bot_id":"{ana}","round":1})", 403, not_allowed},
    {"another host does not arrange", Given::playing, As::bob, PUT, "/api/tournaments/{t}/next-stage",
     R"({"order":["{ana}","{ben}"]})", 403, not_allowed},
    {"another host does not advance", Given::playing, As::bob, POST, "/api/tournaments/{t}/advance", "", 403,
     not_allowed},
    {"another host does not correct", Given::over, As::bob, POST, "/api/matches/{m}/correct", R"({"reopen":true})", 403,
     not_allowed},
    {"the organiser corrects",
     Given::over,
     As::ada,
     POST,
     "/api/matches/{m}/correct",
     R"({"winner":"{ana}"})",
     200,
     {}},
    {"a user hears that there is no such bot to enter", Given::open, As::bob, POST, "/api/tournaments/{t}/join", no_bot,
     404, "Bot not found"},
    {"nor to take out", Given::open, As::bob, POST, "/api/tournaments/{t}/leave", no_bot, 404, "Bot not found"},
    {"nor to check in", Given::open, As::bob, POST, "/api/tournaments/{t}/check-in", no_bot, 404, "Bot not found"},
    {"nor to withdraw", Given::playing, As::bob, POST, "/api/tournaments/{t}/withdraw", no_bot, 404, "Bot not found"},
    {"nor to delete", Given::nothing, As::bob, DELETE_, "/api/bots/{noid}", "", 404, "Bot not found"},
    {"nor a bot by its key", Given::open, As::ben_bot, POST, "/api/tournaments/{t}/join", no_bot, 404, "Bot not found"},
    {"nobody hears nothing", Given::open, As::nobody, POST, "/api/tournaments/{t}/join", no_bot, 401,
     a_token_is_needed},
    {"another user does not delete a bot", Given::nothing, As::bob, DELETE_, "/api/bots/{ana}", "", 403, not_allowed},
    {"a bot deletes itself", Given::nothing, As::ana_bot, DELETE_, "/api/bots/{ana}", "", 200, {}},
    {"another bot does not take its key", Given::nothing, As::ben_bot, POST, "/api/bots/{ana}/rotate-key", "", 403,
     not_allowed},
    {"its owner gives it a new key", Given::nothing, As::ada, POST, "/api/bots/{ana}/rotate-key", "", 200, {}},
};

}  // namespace

TEST_CASE("every scenario gives its answer, its events and nothing else") {
    for (const auto& s : scenarios) {
        CAPTURE(s.name);
        Arena arena(s.given);
        const auto before = arena.world->store.last_seq();
        const auto answer = arena.ask(s.method, s.target, s.body);
        CHECK(answer.response.status == s.status);
        const auto expected = arena.with_ids(s.body_is.text);
        if (s.body_is.how == Expect::How::exactly) CHECK(answer.body == expected);
        if (s.body_is.how == Expect::How::contains)
            CHECK_MESSAGE(answer.body.find(expected) != answer.body.npos, answer.body);
        CHECK(arena.events_after(before) == s.events);
        CHECK(parse_json(answer.body).has_value());
        CHECK_CLEAN(arena.world.verdict());
    }
}

TEST_CASE("on a closed arena everybody may what the documents say, and nobody more") {
    for (const auto& r : rights) {
        CAPTURE(r.name);
        Arena arena(r.given, false);
        const auto before = arena.world->store.last_seq();
        const auto answer = arena.ask(r.method, r.target, r.body, arena.credentials(r.as));
        CHECK(answer.response.status == r.status);
        if (!r.sentence.empty()) {
            CHECK(answer.body == fmt::format(R"({{"detail":"{}"}})", r.sentence));
            CHECK(arena.events_after(before).empty());
        }
        CHECK((answer.header("WWW-Authenticate") == R"(Bearer realm="agon")") == (r.status == 401));
    }
}

TEST_CASE("every route appears in a scenario, and every one that needs a right in the table of rights") {
    Arena arena(Given::open);
    std::set<std::pair<Method, std::string_view>> tried, judged;
    for (const auto& s : scenarios) tried.emplace(s.method, arena.ask(s.method, s.target, s.body).response.route);
    for (const auto& r : rights) judged.emplace(r.method, arena.ask(r.method, r.target, r.body).response.route);
    for (const auto& route : arena.router->routes()) {
        CAPTURE(std::string(route.endpoint.path));
        CHECK(tried.contains({route.endpoint.method, route.endpoint.path}));
        if (route.endpoint.needs != Needs::nobody) CHECK(judged.contains({route.endpoint.method, route.endpoint.path}));
    }
}

TEST_CASE("the OpenAPI document has every route, with its parameters, and every reference in it leads somewhere") {
    Arena arena(Given::nothing);
    const auto document = openapi(arena.router->routes(), "0");
    std::size_t operations = 0;
    for (const auto& path : document.at("paths").as_object()) operations += path.value().as_object().size();
    CHECK(operations == arena.router->routes().size());
    std::set<std::string> ids;
    for (const auto& route : arena.router->routes()) {
        const auto& item = document.at("paths").at(route.endpoint.path).as_object();
        auto method = std::string(to_text(route.endpoint.method));
        for (auto& c : method) c = static_cast<char>(std::tolower(c));
        REQUIRE(item.contains(method));
        const auto& operation = item.at(method).as_object();
        CHECK(ids.insert(std::string(operation.at("operationId").as_string())).second);
        CHECK(operation.at("responses").as_object().contains(std::to_string(route.endpoint.success)));
        CHECK(operation.contains("requestBody") == (route.endpoint.body != nullptr));
    }
    const auto text = to_text(document);
    constexpr std::string_view head = R"("$ref":"#/components/schemas/)";
    for (auto at = text.find(head); at != text.npos; at = text.find(head, at + 1)) {
        const auto name = text.substr(at + head.size(), text.find('"', at + head.size()) - at - head.size());
        CAPTURE(name);
        CHECK(document.at("components").at("schemas").as_object().contains(name));
    }
}

TEST_CASE("a body that is not JSON by its Content-Type is refused; without one it is taken as JSON") {
    for (const auto* type : {"text/plain", "application/x-www-form-urlencoded", "application/jsonp", "text/json+x"}) {
        Arena arena(Given::nothing);
        const auto answer = arena.ask(POST, "/api/bots", R"({"name":"Cem"})", {{"Content-Type", type}});
        CHECK(answer.response.status == 415);
        CHECK(answer.body == R"({"detail":"The body must be JSON, with Content-Type: application/json"})");
    }
    for (const auto* type : {"application/json", "application/json; charset=utf-8", "application/vnd.agon+json",
                             "Application/JSON", "application/json ;charset=utf-8"}) {
        Arena arena(Given::nothing);
        CHECK(arena.ask(POST, "/api/bots", R"({"name":"Cem"})", {{"content-type", type}}).response.status == 201);
    }
}

TEST_CASE("documents have an ETag that changes with them; who has it already gets 304 without a body") {
    Arena arena(Given::open);
    for (const std::string target : {"/api/tournaments/{t}", "/api/tournaments/{t}/bracket",
                                     "/api/tournaments/{t}/standings", "/api/tournaments/{t}/matches"}) {
        const auto first = arena.ask(GET, target);
        REQUIRE(first.response.shared);
        const auto etag = first.response.shared->etag;
        CHECK(etag.size() > 2);
        const auto again = arena.ask(GET, target, "", {{"If-None-Match", etag}});
        CHECK(again.response.status == 304);
        CHECK(again.body.empty());
        CHECK(again.header("ETag") == etag);
        CHECK(arena.ask(GET, target, "", {{"If-None-Match", "\"other\""}}).response.status == 200);
    }
    const auto before = arena.ask(GET, "/api/tournaments/{t}").response.shared->etag;
    arena.ask(POST, "/api/tournaments/{t}/join", R"({"bot_id":"{ben}"})");
    CHECK(arena.ask(GET, "/api/tournaments/{t}", "", {{"If-None-Match", before}}).response.status == 200);
}

TEST_CASE("what is allowed instead is told with 405") {
    Arena arena(Given::nothing);
    CHECK(arena.ask(PUT, "/api/tournaments").header("Allow") == "POST, GET, HEAD");
    CHECK(arena.ask(GET, "/api/tournaments/{t}/start").header("Allow") == "POST");
}

TEST_CASE("a full disk has a word for programs; what the server cannot do otherwise has none") {
    Arena arena(Given::nothing);
    CHECK(arena.router->refuse(507, "No space", "/api/bots").body == R"({"detail":"No space","code":"storage_full"})");
    CHECK(arena.router->refuse(503, "No store", "/api/bots").body == R"({"detail":"No store"})");
}

TEST_CASE("a webhook's address is shown to its owner at registration, and to nobody later") {
    Arena arena(Given::nothing);
    const auto made = arena.ask(POST, "/api/bots",
                                R"({"name":"Cem","connection":{"type":"webhook","url":"https://example.com/secret"}})");
    CHECK(made.body.find("example.com") != made.body.npos);
    const std::string id(parse_json(made.body)->at("bot_id").as_string());
    CHECK(arena.ask(GET, "/api/bots/" + id).body.find("example.com") == std::string::npos);
    CHECK(arena.ask(GET, "/api/bots").body.find("example.com") == std::string::npos);
}

TEST_CASE("an old key works for an hour after it was replaced, and then no more") {
    Arena arena(Given::nothing, false);
    const auto key = arena.credentials(As::ana_bot);
    REQUIRE(arena.ask(POST, "/api/bots/{ana}/rotate-key", "", key).response.status == 200);
    arena.world->advance(seconds(3599));
    CHECK(arena.ask(GET, "/api/bots", "", key).response.status == 200);
    arena.world->advance(seconds(2));
    CHECK(arena.ask(GET, "/api/bots", "", key).response.status == 401);
}

TEST_CASE("a deleted bot is gone, its key with it") {
    Arena arena(Given::nothing, false);
    const auto key = arena.credentials(As::ana_bot);
    REQUIRE(arena.ask(DELETE_, "/api/bots/{ana}", "", key).response.status == 200);
    CHECK(arena.ask(GET, "/api/bots/{ana}").response.status == 404);
    CHECK(arena.ask(GET, "/api/bots", "", key).response.status == 401);
}

TEST_CASE("ids are taken as plain UUIDs too") {
    Arena arena(Given::open);
    const auto uuid = to_uuid_text(BotId::parse(arena.ids.at("{ana}"))->uuid);
    CHECK(arena.ask(GET, "/api/bots/" + uuid).response.status == 200);
}

TEST_CASE("a tournament that is full for a third bot says so") {
    Arena arena(Given::full);
    const auto made = arena.ask(POST, "/api/bots", R"({"name":"Cem"})");
    const std::string cem(parse_json(made.body)->at("bot_id").as_string());
    const auto before = arena.world->store.last_seq();
    const auto answer = arena.ask(POST, "/api/tournaments/{t}/join", fmt::format(R"({{"bot_id":"{}"}})", cem));
    CHECK(answer.response.status == 400);
    CHECK(answer.body == R"({"detail":"Tournament is full"})");
    CHECK(arena.events_after(before).empty());
}

}  // namespace agon
