#include "app/swiss_simulator.hpp"

#include <doctest/doctest.h>

#include "app/swiss_files.hpp"
#include "base/prng.hpp"
#include "core/trf/trf_testing.hpp"

namespace agon::swiss {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool is_slow = true;
#elif defined(__has_feature)
constexpr bool is_slow = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool is_slow = false;
#endif

/// Any mix of habits, few players and many rounds among them.
SimulationSettings random_settings(std::uint64_t seed) {
    Prng prng(seed);
    const auto of = [&](std::uint64_t from, std::uint64_t to) {
        return static_cast<std::uint32_t>(from + prng.below(to - from + 1));
    };
    SimulationSettings settings{.players = of(6, 40), .seed = seed};
    settings.rounds = of(2, std::min(9U, settings.players / 2));
    settings.draws = of(0, 60);
    if (of(0, 1) == 1) settings.forfeits = of(0, 12);
    if (of(0, 1) == 1) settings.byes = of(0, 12);
    if (of(0, 2) == 0) settings.retire = of(0, 5);
    return settings;
}

/// The file with its lines in another order.
std::string shuffled(std::string_view file, Prng& prng) {
    std::vector<std::string> lines;
    while (!file.empty()) {
        const auto end = file.find('\n') + 1;
        lines.emplace_back(file.substr(0, end));
        file.remove_prefix(end);
    }
    prng.shuffle(lines);
    std::string out;
    for (const auto& line : lines) out += line;
    return out;
}

}  // namespace

TEST_CASE("swiss simulator: the same seed gives the same file, another seed another one") {
    const SimulationSettings settings{.players = 20, .rounds = 5, .seed = 4, .forfeits = 5, .byes = 5, .retire = 2};
    auto other = settings;
    other.seed = 5;
    CHECK(trf::write(*simulate(settings)) == trf::write(*simulate(settings)));
    CHECK(trf::write(*simulate(settings)) != trf::write(*simulate(other)));
}

TEST_CASE("swiss simulator: the file has its rounds, dates, points and places") {
    const auto report = simulate({.players = 9, .rounds = 3, .seed = 1});
    REQUIRE(report);
    CHECK(report->total_rounds == 3);
    CHECK(report->start_date == "2026/03/07");
    CHECK(report->end_date == "2026/03/09");
    CHECK(report->round_dates == std::vector<std::string>{"26/03/07", "26/03/08", "26/03/09"});
    CHECK(report->players_count == "9");
    trf::Points sum = 0;
    std::vector<std::uint32_t> ranks;
    for (const auto& player : report->players) {
        CHECK(player.rounds.size() == 3);
        sum += player.points.value_or(0);
        ranks.push_back(player.rank);
    }
    CHECK(sum == 3 * 5 * 10);  // four games and a bye in each round
    CHECK(std::ranges::count(ranks, 1U) >= 1);
}

TEST_CASE("swiss simulator: everybody may leave") {
    const auto report = simulate({.players = 6, .rounds = 5, .seed = 1, .retire = 100});
    REQUIRE(report);
    CHECK(trf::rounds_played(*report) == 5);
    CHECK(check(*report)->empty());
}

TEST_CASE("swiss simulator: what no tournament has is refused") {
    const auto refusal = [](SimulationSettings settings) { return simulate(settings).error().message; };
    CHECK(refusal({.players = 1, .rounds = 1}) == "1 players; a file holds 2 to 9999");
    CHECK(refusal({.players = 10'000, .rounds = 1}) == "10000 players; a file holds 2 to 9999");
    CHECK(refusal({.players = 8, .rounds = 8}) == "8 rounds; 8 players can play 1 to 7");
    CHECK(refusal({.players = 7, .rounds = 0}) == "0 rounds; 7 players can play 1 to 7");
    CHECK(refusal({.players = 7, .rounds = 2, .draws = 101}) == "a percentage is at most 100");
}

TEST_CASE("swiss simulator: random tournaments pair again to themselves, whatever the order of their lines") {
    const std::uint64_t wanted = is_slow ? 100 : 2000;
    std::uint64_t compared = 0;
    for (std::uint64_t seed = 1; compared < wanted; ++seed) {
        REQUIRE(seed < 2 * wanted);
        CAPTURE(seed);
        const auto report = simulate(random_settings(seed));
        if (!report) {  // a small field may run out of opponents
            CHECK(report.error().code == Code::conflict);
            continue;
        }
        ++compared;
        const auto file = trf::write(*report);
        Prng prng(seed);
        const auto again = trf::read(shuffled(file, prng));
        REQUIRE(again);
        REQUIRE(*again == *report);
        REQUIRE(trf::write(*again) == file);
        const auto differences = check(*again);
        REQUIRE(differences);
        if (!differences->empty()) FAIL(differences->front().what);
    }
}

}  // namespace agon::swiss
