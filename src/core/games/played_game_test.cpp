#include "core/games/played_game.hpp"

#include <doctest/doctest.h>

namespace agon::games {

namespace {

constexpr Instant t0{1'700'000'000'000'000};
const BotId ana{Uuid{{1}}}, ben{Uuid{{2}}};

using Events = std::vector<GameEvent>;

/// Runs the command as the engine does.
Result<Events> execute(PlayedGame& g, const GameCommand& command) {
    auto events = decide(g, command);
    if (!events) return events;
    Events all;
    for (auto more = *events; !more.empty(); more = consequences(g))
        for (const auto& event : more) {
            evolve(g, event, t0);
            all.push_back(event);
        }
    return all;
}

PlayedGame started(JsonObject given = {{"mode", "fixed_turns"}, {"turns", 1000}}) {
    PlayedGame g;
    const auto* game = find_game("rps");
    REQUIRE(execute(g, StartGame{"rps", *game->complete_options(given), {{ana, "Ana"}, {ben, "Ben"}}, 1}));
    return g;
}

MoveRecord move(Seat seat, std::string_view action) {
    MoveRecord record{.seat = seat, .params = {}, .is_timeout = action.empty()};
    if (!action.empty()) record.action = action;
    return record;
}

/// One turn by two words; an empty one is a missed turn.
void turn(PlayedGame& g, std::string_view first, std::string_view second) {
    REQUIRE(execute(g, PlayTurn{{move(0, first), move(1, second)}}));
}

void turns(PlayedGame& g, int count, std::string_view first, std::string_view second) {
    for (int i = 0; i < count && !g.is_finished(); ++i) turn(g, first, second);
}

constexpr std::string_view missed{};

}  // namespace

TEST_CASE("a game starts once, and is played only between its start and its end") {
    PlayedGame g;
    CHECK(decide(g, PlayTurn{}).error().code == Code::wrong_state);
    CHECK(decide(g, EndGame{}).error().code == Code::wrong_state);
    g = started({{"rounds_per_match", 1}});
    CHECK(decide(g, StartGame{}).error().code == Code::wrong_state);
    turn(g, "rock", "scissors");
    REQUIRE(g.is_finished());
    CHECK(decide(g, PlayTurn{}).error().code == Code::wrong_state);
    CHECK(decide(g, EndGame{{0}, EndedBy::forfeit, "disconnected"}).error().code == Code::wrong_state);
}

TEST_CASE("a game that is decided ends by play") {
    auto g = started({{"rounds_per_match", 3}});
    turn(g, "rock", "scissors");
    turn(g, "paper", "paper");
    CHECK(!g.is_finished());
    turn(g, "paper", "rock");
    REQUIRE(g.is_finished());
    CHECK(g.end->winner == Seat{0});
    CHECK(g.end->score == std::vector<std::int64_t>{2, 0});
    CHECK(g.end->ended_by == EndedBy::play);
    CHECK(g.turns() == 3);
    CHECK(g.played[1].moves[0].action == "paper");
}

TEST_CASE("the third missed turn in a row forfeits; a played one in between starts the count again") {
    auto g = started();
    turns(g, 2, missed, "rock");
    turn(g, "rock", "rock");
    turns(g, 2, missed, "rock");
    CHECK(!g.is_finished());
    turn(g, missed, "rock");
    REQUIRE(g.is_finished());
    CHECK(g.end->winner == Seat{1});
    CHECK(g.end->ended_by == EndedBy::forfeit);
    CHECK(g.end->decision == "timeouts");
}

TEST_CASE("both at their third missed turn: nobody wins") {
    auto g = started();
    turns(g, 3, missed, missed);
    REQUIRE(g.is_finished());
    CHECK(!g.end->winner);
    CHECK(g.end->ended_by == EndedBy::forfeit);
}

TEST_CASE("more than one missed turn in ten forfeits, from the twentieth turn on") {
    auto g = started();
    turn(g, "rock", missed);
    turn(g, "rock", "rock");
    turn(g, "rock", missed);
    turn(g, "rock", "rock");
    turn(g, "rock", missed);  // 3 of 5: too early to judge
    turns(g, 14, "rock", "rock");
    CHECK(g.turns() == 19);
    CHECK(!g.is_finished());
    turn(g, "rock", "rock");  // 3 of 20
    REQUIRE(g.is_finished());
    CHECK(g.end->winner == Seat{0});
    CHECK(g.end->decision == "timeouts");
}

TEST_CASE("exactly one missed turn in ten is allowed") {
    auto g = started();
    turn(g, "rock", missed);
    turn(g, "rock", "rock");
    turn(g, "rock", missed);
    turns(g, 27, "rock", "rock");  // 2 of 20 on the way
    CHECK(g.turns() == 30);
    CHECK(!g.is_finished());
    turn(g, "rock", missed);  // 3 of 31
    CHECK(!g.is_finished());
    turn(g, "rock", missed);  // 4 of 32
    REQUIRE(g.is_finished());
    CHECK(g.end->winner == Seat{0});
}

TEST_CASE("who never came loses with the score as it stands; with both absent nobody wins") {
    auto g = started();
    REQUIRE(execute(g, EndGame{{1}, EndedBy::walkover, "no_show"}));
    CHECK(g.end->winner == Seat{0});
    CHECK(g.end->score == std::vector<std::int64_t>{0, 0});
    CHECK(g.end->decision == "no_show");

    g = started();
    REQUIRE(execute(g, EndGame{{0, 1}, EndedBy::walkover, "double_no_show"}));
    CHECK(!g.end->winner);
}

}  // namespace agon::games
