#include <doctest/doctest.h>

#include "core/standings/standings.hpp"
#include "core/standings/standings_testing.hpp"

namespace agon::standings {

namespace {

using testing::round_robin_of;
using testing::table_of;

/// The places by direct encounter before points, by the players' numbers: everybody is equal before it.
std::vector<std::int64_t> places(const CrossTable& table) {
    std::vector<std::int64_t> found(table.players.size());
    for (const auto& s : rank(table, {.tiebreaks = {TieBreak::direct_encounter, TieBreak::points}}))
        found[s.row] = s.values.front() / 100;
    return found;
}
using Places = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("direct encounter: two who are equal are ordered by their game") {
    CHECK(places(table_of({"2w1", "1b0"})) == Places{1, 2});
    CHECK(places(table_of({"2w=", "1b="})) == Places{1, 1});
}

TEST_CASE("direct encounter: without a game nobody is put before another") {
    CHECK(places(table_of({"3w1", "4w1", "1b0", "2b0"})) == Places{1, 1, 1, 1});
}

TEST_CASE("direct encounter: a forfeit is no meeting in a Swiss and a game in a round robin") {
    CHECK(places(table_of({"2w+", "1b-"})) == Places{1, 1});
    CHECK(places(round_robin_of({"2w+", "1b-"})) == Places{1, 2});
}

TEST_CASE("direct encounter: who is still equal is ordered again by their own games alone") {
    // 1 and 2 have three points each; their own game decides.
    CHECK(places(table_of({
              "2w1 3w0 4w1 5w1",  //
              "1b0 3b1 4w1 5w1",  //
              "4w0 1b1 2w0 5b1",  //
              "3b1 1b0 2b0 5w1",  //
              "1b0 2b0 3w0 4b0",
          })) == Places{1, 2, 4, 3, 5});
}

TEST_CASE("direct encounter: a circle of wins stays equal") {
    CHECK(places(table_of({"2w1 3b0", "1b0 3w1", "2b0 1w1"})) == Places{1, 1, 1});
}

TEST_CASE("direct encounter: where some have not met, who is first whatever the missing games give goes first") {
    // 1 has beaten both; 2 and 3 have not met.
    CHECK(places(table_of({"2w1 3b1", "1b0", "1w0"})) == Places{1, 2, 2});
    // 2 and 3 could still reach what 1 has.
    CHECK(places(table_of({"2w1 3b=", "1b0", "1w="})) == Places{1, 1, 1});
    // 1 is certain; then 2 is, before 3 and 4, who have not met.
    CHECK(places(table_of({
              "2w1 3b1 4w1",  //
              "1b0 3w1 4b1",  //
              "1w0 2b0 Z",    //
              "1b0 2w0 Z",
          })) == Places{1, 2, 3, 3});
}

TEST_CASE("direct encounter: once somebody is placed, the rest who have all met are ordered by their games") {
    // 1 is certain; 2 and 4 have not met, and each could still pass 3.
    CHECK(places(table_of({
              "2w1 3b1 4w1",  //
              "1b0 3w= Z",    //
              "1w0 2b= 4w=",  //
              "1b0 Z 3b=",
          })) == Places{1, 2, 2, 2});
    CHECK(places(table_of({
              "2w1 3b1",  //
              "1b0 3w0",  //
              "1w0 2b1",
          })) == Places{1, 3, 2});
}

TEST_CASE("direct encounter: who met twice counts with the average of the games") {
    // 1 beat 2 once and lost once; each drew with 3 in one game only, or beat it.
    CHECK(places(round_robin_of({
              "2w1 2b0 3w1",  //
              "1b0 1w1 3w=",  //
              "Z 2b= 1b0",
          })) == Places{1, 2, 3});
    // Without the average 2 would have two points from two games against 3.
    CHECK(places(round_robin_of({
              "2w= 3w1 Z",    //
              "1b= 3w1 3b1",  //
              "2b0 1b0 2w0",
          })) == Places{1, 1, 3});
}

TEST_CASE("direct encounter: only those who are equal before it are compared, each group for itself") {
    const auto standings =
        rank(table_of({"2b0 3w1", "1w1 4b0", "1b0 4w=", "3b= 2w1"}), {.tiebreaks = {TieBreak::direct_encounter}});
    std::vector<Row> order;
    for (const auto& s : standings) order.push_back(s.row);
    CHECK(order == std::vector<Row>{3, 1, 0, 2});
    CHECK(standings[0].values == std::vector<std::int64_t>{150, 0});
    CHECK(standings[1].values == std::vector<std::int64_t>{100, 100});
    CHECK(standings[2].values == std::vector<std::int64_t>{100, 200});
}

namespace {

/// Four players and the games that they have had: for each pair 2, 1 or 0 half points of the first, or -1 for none.
struct Four {
    int games[4][4];

    CrossTable table() const {
        CrossTable t;
        t.players.resize(4);
        for (Row a = 0; a < 4; ++a)
            for (Row b = 0; b < 4; ++b)
                if (a != b && games[a][b] >= 0) t.players[a].rounds.push_back({.opponent = b, .outcome = result(a, b)});
        return t;
    }
    Outcome result(Row a, Row b) const {
        return games[a][b] == 2 ? Outcome::win : games[a][b] == 1 ? Outcome::draw : Outcome::loss;
    }
    void set(int a, int b, int half_points) {
        games[a][b] = half_points;
        games[b][a] = half_points < 0 ? -1 : 2 - half_points;
    }
    int score(int player) const {
        int sum = 0;
        for (int other = 0; other < 4; ++other)
            if (other != player) sum += games[player][other];
        return sum;
    }
    bool alone_on_top(int player) const {
        for (int other = 0; other < 4; ++other)
            if (other != player && score(other) >= score(player)) return false;
        return true;
    }
    /// In every way in which the missing games can end.
    bool surely_alone_on_top(int player) {
        for (int a = 0; a < 4; ++a)
            for (int b = a + 1; b < 4; ++b) {
                if (games[a][b] >= 0) continue;
                bool surely = true;
                for (int half_points = 0; half_points <= 2; ++half_points) {
                    set(a, b, half_points);
                    surely = surely && surely_alone_on_top(player);
                }
                set(a, b, -1);
                return surely;
            }
        return alone_on_top(player);
    }
};

}  // namespace

TEST_CASE("direct encounter: of four, one goes first where every end of the missing games leaves them alone on top") {
    // Every table of four: each of the six games won, drawn, lost or missing.
    for (int code = 0; code < 4096; ++code) {
        Four four{};
        bool complete = true;
        for (int a = 0, rest = code; a < 4; ++a)
            for (int b = a + 1; b < 4; ++b, rest /= 4) {
                four.set(a, b, rest % 4 - 1);
                complete = complete && rest % 4 > 0;
            }
        const auto found = places(four.table());
        for (int player = 0; player < 4; ++player) {
            const bool first = found[static_cast<std::size_t>(player)] == 1 && std::ranges::count(found, 1) == 1;
            if (!complete) REQUIRE(first == four.surely_alone_on_top(player));
            if (complete && four.alone_on_top(player)) REQUIRE(first);
        }
    }
}

}  // namespace agon::standings
