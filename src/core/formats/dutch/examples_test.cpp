/// Positions whose pairing is known, each for one rule; they were checked with the reference implementation.
#include <doctest/doctest.h>

#include <sstream>

#include "core/formats/dutch/dutch.hpp"

namespace agon::formats::dutch {

namespace {

using standings::Outcome;

/// One player's rounds as in "3w1 4b= U": opponent, colour and result, or a letter.
standings::Player player_of(const std::string& text) {
    standings::Player player;
    std::istringstream in(text);
    const std::string letters = "1=0+-UFHZ";
    for (std::string word; in >> word;) {
        standings::Round round{.outcome = static_cast<Outcome>(letters.find(word.back()))};
        if (word.size() > 1) {
            round.opponent = static_cast<Row>(std::stoi(word) - 1);
            round.colour = word[word.size() - 2] == 'w' ? Colour::white : Colour::black;
        }
        player.rounds.push_back(round);
    }
    return player;
}

/// A tournament by its players' histories; initial colour white.
struct Example {
    explicit Example(std::uint32_t total_rounds, const std::vector<std::string>& histories) {
        table.total_rounds = total_rounds;
        for (const auto& history : histories) table.players.push_back(player_of(history));
        position.present.assign(histories.size(), true);
    }
    CrossTable table;
    Position position{.table = table, .initial_colour = Colour::white};
};

/// "1-5 6-2 7-0" in order of boards, the bye last.
std::string paired(const Position& position) {
    const auto pairing = pair_next_round(position);
    if (!pairing) return "nothing";
    std::string text;
    for (const auto& pair : pairing->pairs)
        text += (text.empty() ? "" : " ") + std::to_string(pair.white + 1) + "-" + std::to_string(pair.black + 1);
    if (pairing->bye) text += (text.empty() ? "" : " ") + std::to_string(*pairing->bye + 1) + "-0";
    return text;
}

std::string paired(std::uint32_t total_rounds, const std::vector<std::string>& histories) {
    return paired(Example(total_rounds, histories).position);
}

std::vector<std::string> nobody_has_played(std::size_t players) { return std::vector<std::string>(players); }

}  // namespace

TEST_CASE("swiss: in round 1 the first half meets the second half, colours alternating") {
    CHECK(paired(5, nobody_has_played(8)) == "1-5 6-2 3-7 8-4");
    CHECK(paired(5, nobody_has_played(7)) == "1-4 5-2 3-6 7-0");
}

TEST_CASE("swiss: few players") {
    CHECK(paired(5, nobody_has_played(0)) == "");
    CHECK(paired(5, nobody_has_played(1)) == "1-0");
    CHECK(paired(5, nobody_has_played(2)) == "1-2");
    CHECK(paired(5, {"2w1", "1b0"}) == "nothing");
}

TEST_CASE("swiss: who has never taken part does not count for the colours of round 1") {
    Example example(5, nobody_has_played(6));
    example.position.present[0] = false;
    CHECK(paired(example.position) == "2-4 5-3 6-0");
}

TEST_CASE("swiss: the bye's score is as low as the whole round allows (C5)") {
    CHECK(paired(3, {"3w1", "4b=", "1b0", "2w=", "U"}) == "2-1 5-4 3-0");
}

TEST_CASE("swiss: downfloaters leave the next bracket as many pairs as can be (C8)") {
    CHECK(paired(4, {"4w0 6b0", "5b1 4w=", "6w0 5b0", "1b1 2b=", "2w0 3w1", "3b1 1w1"}) == "2-6 4-5 1-3");
}

TEST_CASE("swiss: the bye goes to whom has played more (C9)") {
    CHECK(paired(5, {"4w=", "5b0", "Z", "1b=", "2w1"}) == "4-5 3-1 2-0");
}

TEST_CASE("swiss: a bye is a downfloat, an absence without points is none (C14)") {
    CHECK(paired(4, {"4w1 5b0", "5b0 3w0", "6w0 2b1", "1b0 U", "2w1 1w1", "3b1 Z"}) == "4-5 1-3 6-2");
}

TEST_CASE("swiss: a moved-down player who floated down before is paired (C18)") {
    CHECK(paired(4, {"4w1 2b0", "5b1 1w1", "6w0 H", "1b0 U", "2w0 6b0", "3b1 5w1"}) == "6-2 4-3 1-5");
}

TEST_CASE("swiss: of equal exchanges, the one in which the larger number leaves the first half") {
    CHECK(paired(3, {"5w=", "6b=", "H", "H", "1b=", "2w="}) == "3-1 2-4 5-6");
}

TEST_CASE("swiss: in the last round a topscorer may meet somebody who is due the same colour (C3)") {
    Example example(
        5, {"4b0 3w0 H 6w1", "5w1 H 6w1 H", "6b0 1b1 U 5w0", "1w1 6b0 5b1 U", "2b0 U 4w0 3b1", "3w1 4w1 2b0 1b0"});
    example.position.initial_colour = Colour::black;
    CHECK(paired(example.position) == "4-3 1-2 6-5");
    example.table.total_rounds = 6;
    CHECK(paired(example.position) == "nothing");
}

TEST_CASE("swiss: forbidden pairs can force an exchange") {
    Example example(5, nobody_has_played(6));
    example.position.forbidden = {{2, 3}, {2, 4}, {2, 5}};
    CHECK(paired(example.position) == "1-3 5-2 6-4");
}

TEST_CASE("swiss: round 2 after the first half won") {
    CHECK(paired(5, {"5w1", "6b1", "7w1", "8b1", "1b0", "2w0", "3b0", "4w0"}) == "4-1 2-3 5-8 7-6");
}

TEST_CASE("swiss: without colours the order of numbers decides alone, and the higher player comes first") {
    Example example(5, {"5w1", "6b1", "7w1", "8b1", "1b0", "2w0", "3b0", "4w0"});
    example.position.colours = false;
    CHECK(paired(example.position) == "1-3 2-4 5-7 6-8");
}

TEST_CASE("swiss: acceleration makes groups, but not the order of boards") {
    Example example(5, nobody_has_played(8));
    example.position.acceleration = {{10}, {10}, {10}, {10}, {0}, {0}, {0}, {0}};
    CHECK(paired(example.position) == "1-3 4-2 5-7 8-6");
}

TEST_CASE("swiss: the lot is read off the first game where it is not told") {
    Example example(5, {"3b1", "4w1", "1w0", "2b0", "Z", "Z"});
    example.position.initial_colour = Colour::none;
    // Numbers 5 and 6 have not played: the odd one has what number 1 had.
    example.position.present = {false, false, false, false, true, true};
    CHECK(paired(example.position) == "6-5");
}

TEST_CASE("swiss: the pairing says why") {
    const Example example(3, {"3w1", "4b=", "1b0", "2w=", "U"});
    const auto pairing = pair_next_round(example.position);
    REQUIRE(pairing);
    REQUIRE(pairing->pairs.size() == 2);
    CHECK(
        pairing->pairs[0].why_pair ==
        "no. 1 floats down from 1 to ½: those on 1 cannot all be paired with one another and leave opponents to those "
        "below");
    CHECK(pairing->pairs[0].why_colours == "each has the colour it is due");
    CHECK(pairing->pairs[1].why_colours ==
          "no. 4 is due black (one game more with white than with black), the other has played no game");
    CHECK(pairing->why_bye == "on 0 points, the lowest score of those who may have the bye");

    const auto first = pair_next_round(Example(5, nobody_has_played(3)).position);
    REQUIRE(first);
    CHECK(first->pairs[0].why_pair == "both have 0 points");
    CHECK(first->pairs[0].why_colours == "no game played yet: the lot gives white no. 1, the higher of the two");
}

}  // namespace agon::formats::dutch
