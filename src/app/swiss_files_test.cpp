#include "app/swiss_files.hpp"

#include <doctest/doctest.h>

#include "core/trf/trf_testing.hpp"

namespace agon::swiss {

using namespace trf::testing;

namespace {

trf::Report report_of(const std::string& file) {
    const auto report = trf::read(file);
    REQUIRE_MESSAGE(report, refusal_of(file));
    return *report;
}

std::string text_of(const Result<RoundPairing>& pairing) {
    if (!pairing) return pairing.error().message;
    std::string text;
    for (const auto& board : pairing->boards) text += fmt::format("{}-{} ", board.white, board.black);
    if (pairing->bye) text += fmt::format("{}-0", pairing->bye->player);
    return text;
}

std::string paired(const std::string& file, std::uint32_t rounds = 0) {
    return text_of(pair_next_round(report_of(file), rounds));
}

std::vector<std::string> checked(const std::string& file) {
    std::vector<std::string> lines;
    const auto found = check(report_of(file));
    if (!found) return {found.error().message};
    for (const auto& [round, board, what] : *found) lines.push_back(fmt::format("{}.{} {}", round, board, what));
    return lines;
}

std::string seven_players() {
    std::string file = "XXR 3\n152 W\n";
    for (trf::Number number = 1; number <= 7; ++number) file += player_line(number, "0.0");
    return file;
}

/// Round 1 of four, and round 2 after the two higher ones won.
const std::string four_players =
    "142 3\n" + player_line(1, "2.0", "   3 w 1     2 b 1") + player_line(2, "1.0", "   4 b 1     1 w 0") +
    player_line(3, "0.5", "   1 b 0     4 w =") + player_line(4, "0.5", "   2 w 0     3 b =");

}  // namespace

TEST_CASE("swiss files: the next round is paired, byes on request left out") {
    CHECK(paired(seven_players()) == "1-4 5-2 3-6 7-0");
    CHECK(paired(seven_players() + "240 H 001    7\n") == "1-4 5-2 3-6 ");
    CHECK(paired(seven_players() + "XXZ 7 1\n") == "2-4 5-3 6-0");
    CHECK(paired(seven_players() + "XXP 1 4\n") != "1-4 5-2 3-6 7-0");
    CHECK(paired(with(seven_players(), "152 W", "152 B")) == "4-1 2-5 6-3 7-0");
    CHECK(paired(four_players) == "1-4 3-2 ");
}

TEST_CASE("swiss files: players are named by their numbers in the file, whatever their order and gaps") {
    CHECK(paired("142 1\n152 W\n" + player_line(90, "") + player_line(4, "") + player_line(17, "") +
                 player_line(5, "")) == "4-17 90-5 ");
    CHECK(paired("142 1\n152 W\nXXC rank\n" + player_line(90, "") + player_line(4, "") + player_line(17, "") +
                 player_line(5, "")) == "90-17 5-4 ");
}

TEST_CASE("swiss files: reasons name players by their numbers in the file, too") {
    const auto report = report_of(player_line(90, "") + player_line(4, ""));
    CHECK(with_numbers_of(report, "no. 2 beat No. 1 in round 2: no. 3") == "no. 90 beat No. 4 in round 2: no. 3");
}

TEST_CASE("swiss files: what cannot be paired is told") {
    const auto two = player_line(1, "1.0", "   2 w 1") + player_line(2, "0.0", "   1 b 0");
    CHECK(paired(two + "XXR 2\n") == "there is no legal pairing of round 2; an arbiter decides");
    CHECK(paired(two) == "the file does not say how many rounds there are (record 142); add --rounds N");
    CHECK(paired(two, 2) == "there is no legal pairing of round 2; an arbiter decides");
    CHECK(paired(two, 1) == "all 1 rounds are played");
    CHECK(paired(two + "192 FIDE_BURSTEIN\n") ==
          "record 192 says FIDE_BURSTEIN; Agon pairs by the FIDE (Dutch) System of 2026");
    CHECK(paired(two + "192 FIDE_DUTCH_2025_BAKU\nXXR 2\n") ==
          "there is no legal pairing of round 2; an arbiter decides");
    CHECK(paired(two + "310   1 A team\n") == "record 310: Agon does not pair teams");
}

TEST_CASE("swiss files: a file that keeps the rules has no difference, a swapped colour has one") {
    CHECK(checked(four_players) == std::vector<std::string>{});
    auto swapped = with(four_players, "   4 w =", "   4 b =");
    swapped = with(swapped, "   3 b =", "   3 w =");
    CHECK(checked(swapped) == std::vector<std::string>{"2.2 the file has 4-3, the rules give 3-4"});
}

TEST_CASE("swiss files: other opponents, another bye and a round that nobody may pair are differences") {
    const auto wrong_bye = "142 2\n152 W\n" + player_line(1, "1.0", "0000 - U") + player_line(2, "1.0", "   3 w 1") +
                           player_line(3, "0.0", "   2 b 0");
    CHECK(checked(wrong_bye) == std::vector<std::string>{"1.1 the file has a bye (U) for 1, the rules give 1-2",
                                                         "1.0 the file gives the bye to 1, the rules to 3"});
    const auto rematch =
        "142 2\n" + player_line(1, "1.0", "   2 w 1     2 b 0") + player_line(2, "1.0", "   1 b 0     1 w 1");
    CHECK(checked(rematch) == std::vector<std::string>{"2.0 the file has a pairing, the rules allow none"});
}

}  // namespace agon::swiss
