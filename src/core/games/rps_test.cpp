#include "core/games/rps.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace agon::games {

namespace {

/// A game of rock paper scissors under way.
class Table {
public:
    explicit Table(JsonObject options = {}) : position_(rps.start(*rps.complete_options(options), 1)) {}

    /// Rounds as `rs pp -r`: first seat, second seat; `-` is a missed move.
    Table& play(std::string_view rounds) {
        for (std::size_t i = 0; i + 1 < rounds.size(); i += 3) round(rounds[i], rounds[i + 1]);
        return *this;
    }
    Table& play(int times, std::string_view rounds) {
        for (int i = 0; i < times; ++i) play(rounds);
        return *this;
    }
    void round(char first, char second) {
        REQUIRE_FALSE(is_over());
        const std::array turn{SeatChoice{0, choice(first)}, SeatChoice{1, choice(second)}};
        rps.play(position_, turn);
    }
    bool is_over() const { return outcome().finished; }
    Outcome outcome() const { return rps.outcome(position_); }
    const Position& position() const { return position_; }
    std::string view(Seat seat) const { return to_text(rps.view(position_, seat)); }

private:
    static std::optional<Choice> choice(char c) {
        if (c == '-') return std::nullopt;
        return Choice{c == 'r' ? "rock" : c == 'p' ? "paper" : "scissors"};
    }
    Position position_;
};

using Score = std::vector<std::int64_t>;

void check_won(const Table& table, Seat winner, const Score& score, std::string_view decision = "") {
    const auto outcome = table.outcome();
    REQUIRE(outcome.finished);
    CHECK(outcome.winner == winner);
    CHECK(outcome.score == score);
    CHECK(outcome.decision == decision);
    CHECK(rps.to_move(table.position()).empty());
}

void check_level(const Table& table, const Score& score, std::string_view decision) {
    const auto outcome = table.outcome();
    REQUIRE(outcome.finished);
    CHECK(!outcome.winner);
    CHECK(outcome.score == score);
    CHECK(outcome.decision == decision);
}

/// Rounds that one strategy wins against another, less those it loses.
std::int64_t lead(std::string_view strategy, std::string_view other, std::uint64_t seed) {
    Position position = rps.start(*rps.complete_options(JsonObject{{"mode", "fixed_turns"}, {"turns", 200}}), 1);
    Prng prng{seed};
    while (!rps.outcome(position).finished && rps.round(position) <= 200) {
        const std::array turn{SeatChoice{0, find_strategy(rps, strategy)->choose(position, 0, prng)},
                              SeatChoice{1, find_strategy(rps, other)->choose(position, 1, prng)}};
        rps.play(position, turn);
    }
    const auto score = rps.outcome(position).score;
    return score[0] - score[1];
}

}  // namespace

TEST_CASE("rock beats scissors, scissors beat paper, paper beats rock") {
    const std::string_view moves = "rps";
    for (std::size_t a = 0; a < 3; ++a)
        for (std::size_t b = 0; b < 3; ++b) {
            Table table{{{"rounds_per_match", 1}}};
            table.round(moves[a], moves[b]);
            if (a == b) CHECK(!table.is_over());
            if (a == (b + 1) % 3) check_won(table, 0, {1, 0});
            if (b == (a + 1) % 3) check_won(table, 1, {0, 1});
        }
}

TEST_CASE("a missed move loses the round; where both miss, it is drawn") {
    check_won(Table{{{"rounds_per_match", 1}}}.play("-r"), 1, {0, 1});
    check_won(Table{{{"rounds_per_match", 1}}}.play("s-"), 0, {1, 0});
    CHECK(!Table{{{"rounds_per_match", 1}}}.play("--").is_over());
}

TEST_CASE("best of three is over with the second win, and drawn rounds count for nothing") {
    check_won(Table{}.play("rs rs"), 0, {2, 0});
    check_won(Table{}.play("rs sr ss pp rp"), 1, {1, 2});
    CHECK(!Table{}.play("rs rr rr rr").is_over());
}

TEST_CASE("best of an even number can stand level: sudden death decides, with the next decided round") {
    const JsonObject four{{"rounds_per_match", 4}};
    check_won(Table{four}.play("rs rs rs"), 0, {3, 0});
    Table level{four};
    level.play("rs rs sr sr");
    CHECK(!level.is_over());
    level.play("rr");
    CHECK(!level.is_over());
    check_won(level.play("sr"), 1, {2, 3}, "sudden_death");
}

TEST_CASE("best of an even number ends level where the tie-breaker says so") {
    for (const auto* tiebreaker : {"draw", "higher_seed"})
        check_level(Table{{{"rounds_per_match", 2}, {"tiebreaker", tiebreaker}}}.play("rs sr"), {1, 1}, "level");
    check_won(Table{{{"rounds_per_match", 2}, {"tiebreaker", "draw"}}}.play("rs rs"), 0, {2, 0});
}

TEST_CASE("too many drawn rounds in a row end the match as it stands") {
    const JsonObject two{{"max_sudden_death", 2}};
    check_level(Table{two}.play("rr pp"), {0, 0}, "draw_limit");
    check_won(Table{two}.play("rs rr rr"), 0, {1, 0}, "draw_limit");
    CHECK(!Table{two}.play("rr rs rr").is_over());
    check_level(Table{two}.play("-- --"), {0, 0}, "draw_limit");
}

TEST_CASE("fixed_turns counts draws and ends after its turns") {
    const JsonObject ten{{"mode", "fixed_turns"}, {"turns", 10}};
    // 1.96·√(2·10/3) = 5.06: a difference of 6 is clear.
    check_won(Table{ten}.play(6, "rs ").play(4, "rr "), 0, {6, 0});
    CHECK(!Table{ten}.play(9, "rs ").is_over());
}

TEST_CASE("fixed_turns: a difference within the margin is a statistical draw, to which the tie-breaker applies") {
    JsonObject ten{{"mode", "fixed_turns"}, {"turns", 10}, {"tiebreaker", "draw"}};
    check_level(Table{ten}.play(5, "rs ").play(5, "rr "), {5, 0}, "statistical_draw");
    ten["tiebreaker"] = "higher_seed";
    check_level(Table{ten}.play(10, "rr "), {0, 0}, "statistical_draw");

    ten["tiebreaker"] = "sudden_death";
    Table table{ten};
    table.play(3, "rs ").play(7, "rr ");
    CHECK(!table.is_over());
    table.play("rr");
    CHECK(!table.is_over());
    check_won(table.play("sr"), 1, {3, 1}, "sudden_death");
}

TEST_CASE("fixed_turns: only drawn turns after the last regular one count towards the limit of sudden death") {
    Table table{{{"mode", "fixed_turns"}, {"turns", 10}, {"max_sudden_death", 3}}};
    table.play(12, "rr ");
    CHECK(!table.is_over());
    check_level(table.play("rr"), {0, 0}, "draw_limit");
}

TEST_CASE("each seat sees its own things first") {
    Table table;
    CHECK(table.view(0) == R"({"round":1,"score":[0,0],"last":null,"history":"","turns_left":3})");
    table.play("rp s-");
    CHECK(
        table.view(0) ==
        R"({"round":3,"score":[1,1],"last":{"moves":["scissors",null],"winner":0},"history":"rp s-","turns_left":1})");
    CHECK(
        table.view(1) ==
        R"({"round":3,"score":[1,1],"last":{"moves":[null,"scissors"],"winner":1},"history":"pr -s","turns_left":1})");
    CHECK(to_text(rps.last_result(table.position())) ==
          R"({"moves":["scissors",null],"winner_seats":[0],"score":[1,1],"timeouts":[false,true]})");
}

TEST_CASE("a view holds the latest 1,000 rounds") {
    Table table{{{"mode", "fixed_turns"}, {"turns", 2000}}};
    table.play(10, "rr ").play(1000, "ps ");
    const auto view = rps.view(table.position(), 0);
    const std::string history(view.at("history").as_string());
    CHECK(history.size() == 2999);
    CHECK(history.find('r') == history.npos);
}

TEST_CASE("options are filled in, and refused with a pointer to what is wrong") {
    const auto filled = rps.complete_options(JsonObject{{"rounds_per_match", 5}, {"other", 1}});
    REQUIRE(filled.has_value());
    CHECK(to_text(*filled) ==
          R"({"rounds_per_match":5,"tiebreaker":"sudden_death","mode":"first_to","turns":1000,"max_sudden_death":50})");
    CHECK(*rps.complete_options(*filled) == *filled);

    const std::pair<JsonObject, std::string_view> wrong[] = {
        {{{"rounds_per_match", 0}}, "/rounds_per_match"},
        {{{"rounds_per_match", 1002}}, "/rounds_per_match"},
        {{{"rounds_per_match", "3"}}, "/rounds_per_match"},
        {{{"rounds_per_match", 1.5}}, "/rounds_per_match"},
        {{{"tiebreaker", "coin"}}, "/tiebreaker"},
        {{{"mode", 1}}, "/mode"},
        {{{"turns", 10001}}, "/turns"},
        {{{"max_sudden_death", 0}}, "/max_sudden_death"},
    };
    for (const auto& [options, pointer] : wrong) {
        const auto refusal = rps.complete_options(options);
        REQUIRE(!refusal.has_value());
        CHECK(refusal.error().code == Code::invalid);
        CHECK(refusal.error().pointer == pointer);
    }
    CHECK(!rps.complete_options(JsonArray{}).has_value());
}

TEST_CASE("a move is one of three words") {
    const Table table;
    for (const auto& action : rps.valid_actions(table.position(), 0))
        CHECK(rps.check(table.position(), 0, {action}).has_value());
    for (const auto* action : {"", "Rock", "lizard", "rock "}) {
        const auto refusal = rps.check(table.position(), 0, {action});
        REQUIRE(!refusal.has_value());
        CHECK(refusal.error().pointer == "/action");
    }
}

TEST_CASE("every built-in strategy gives legal moves against every other, missed moves included") {
    for (const auto& mine : rps.strategies)
        for (const auto& theirs : rps.strategies) {
            Position position = rps.start(*rps.complete_options(JsonObject{{"rounds_per_match", 21}}), 1);
            Prng prng{42};
            while (!rps.to_move(position).empty()) {
                std::array turn{SeatChoice{0, mine.choose(position, 0, prng)},
                                SeatChoice{1, theirs.choose(position, 1, prng)}};
                for (auto& seat : turn) {
                    REQUIRE(rps.check(position, seat.seat, *seat.choice).has_value());
                    if (prng.below(5) == 0) seat.choice.reset();
                }
                rps.play(position, turn);
            }
        }
}

TEST_CASE("frequency and markov learn what rock and cycle do") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CHECK(lead("frequency", "rock", seed) > 190);
        CHECK(lead("markov", "rock", seed) > 190);
        CHECK(lead("markov", "cycle", seed) > 180);
    }
    std::int64_t total = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) total += lead("frequency", "cycle", seed);
    CHECK(total > 0);
}

TEST_CASE("a match of random moves always ends, and its score adds up") {
    CHECK(rc::check([] {
        JsonObject options{{"rounds_per_match", *rc::gen::inRange(1, 30)},
                           {"max_sudden_death", *rc::gen::inRange(1, 20)}};
        options["tiebreaker"] = *rc::gen::element("sudden_death", "draw", "higher_seed");
        options["mode"] = *rc::gen::element("first_to", "fixed_turns");
        options["turns"] = *rc::gen::inRange(1, 50);
        Prng prng{*rc::gen::arbitrary<std::uint64_t>()};
        Table table{options};
        std::int64_t rounds = 0;
        while (!table.is_over()) {
            table.round("rps-"[prng.below(4)], "rps-"[prng.below(4)]);
            RC_ASSERT(++rounds < 2000);
        }
        const auto outcome = table.outcome();
        RC_ASSERT(outcome.score[0] + outcome.score[1] <= rounds);
    }));
}

}  // namespace agon::games
