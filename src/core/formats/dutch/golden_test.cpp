/// The golden tournaments, paired anew round by round.
#include <doctest/doctest.h>

#include <set>

#include "core/formats/dutch/engine.hpp"
#include "core/formats/dutch/golden_testing.hpp"

namespace agon::formats::dutch {

namespace {

using standings::Outcome;
using testing::Golden;

using Boards = std::set<std::pair<Row, Row>>;

/// The tournament as it was before round `round` (from 0).
CrossTable before(const CrossTable& table, std::size_t round) {
    auto cut = table;
    for (auto& player : cut.players) player.rounds.resize(std::min(round, player.rounds.size()));
    return cut;
}

bool asked_for_a_bye(Outcome o) { return o == Outcome::full_bye || o == Outcome::half_bye || o == Outcome::absent; }

struct Paired {
    Boards boards;
    std::optional<Row> bye;
    bool operator==(const Paired&) const = default;
};

Paired in_file(const CrossTable& table, std::size_t round) {
    Paired result;
    for (Row row = 0; row < table.players.size(); ++row) {
        if (round >= table.players[row].rounds.size()) continue;
        const auto& played = table.players[row].rounds[round];
        if (played.outcome == Outcome::pairing_bye) result.bye = row;
        if (was_paired(played.outcome) && played.colour == Colour::white) result.boards.insert({row, played.opponent});
    }
    return result;
}

}  // namespace

TEST_CASE("swiss: the golden tournaments are paired as they were") {
    const auto folder = testing::test_data() / "swiss";
    if (!std::filesystem::is_directory(folder)) {
        MESSAGE("skipped: no folder swiss in AGON_TEST_DATA or ../shared/data");
        return;
    }
    std::size_t rounds = 0;
    Effort effort;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".trf") continue;
        const auto golden = testing::read_golden(entry.path());
        for (std::size_t round = 0; round < golden.table.rounds_played(); ++round) {
            CAPTURE(golden.name);
            CAPTURE(round + 1);
            const auto table = before(golden.table, round);
            Position position{.table = table};
            for (const auto& player : golden.table.players)
                position.present.push_back(round < player.rounds.size() &&
                                           !asked_for_a_bye(player.rounds[round].outcome));
            // Later rounds show the lot themselves.
            if (round == 0) position.initial_colour = golden.table.players.front().rounds.front().colour;
            const auto pairing = pair_next_round(position, {}, &effort);
            REQUIRE(pairing);
            Paired paired{.bye = pairing->bye};
            for (const auto& pair : pairing->pairs) paired.boards.insert({pair.white, pair.black});
            CHECK((paired == in_file(golden.table, round)));
            ++rounds;
        }
    }
    MESSAGE(rounds << " rounds; brackets by level: " << effort.brackets[0] << " " << effort.brackets[1] << " "
                   << effort.brackets[2]);
}

}  // namespace agon::formats::dutch
