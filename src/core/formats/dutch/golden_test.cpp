/// The golden tournaments, paired anew round by round.
#include <doctest/doctest.h>

#include <set>

#include "base/test_data_testing.hpp"
#include "core/formats/dutch/engine.hpp"
#include "core/trf/trf.hpp"

namespace agon::formats::dutch {

namespace {

using standings::Outcome;

using Boards = std::set<std::pair<Row, Row>>;

CrossTable read_golden(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto report = trf::read(text);
    REQUIRE_MESSAGE(report.has_value(), report.error().message);
    return trf::cross_table(*report);
}

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
    const auto folder = agon::testing::test_data_path("swiss");
    if (!folder) return;
    std::size_t rounds = 0;
    Effort effort;
    for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
        if (entry.path().extension() != ".trf") continue;
        const auto golden = read_golden(entry.path());
        for (std::size_t round = 0; round < golden.rounds_played(); ++round) {
            CAPTURE(entry.path().filename().string());
            CAPTURE(round + 1);
            const auto table = before(golden, round);
            Position position{.table = table};
            for (const auto& player : golden.players)
                position.present.push_back(round < player.rounds.size() &&
                                           !asked_for_a_bye(player.rounds[round].outcome));
            // Later rounds show the lot themselves.
            if (round == 0) position.initial_colour = golden.players.front().rounds.front().colour;
            const auto pairing = pair_next_round(position, {}, &effort);
            REQUIRE(pairing);
            Paired paired{.bye = pairing->bye};
            for (const auto& pair : pairing->pairs) paired.boards.insert({pair.white, pair.black});
            CHECK((paired == in_file(golden, round)));
            ++rounds;
        }
    }
    MESSAGE(rounds << " rounds; brackets by level: " << effort.brackets[0] << " " << effort.brackets[1] << " "
                   << effort.brackets[2]);
}

}  // namespace agon::formats::dutch
