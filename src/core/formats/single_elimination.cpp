#include "core/formats/single_elimination.hpp"

#include <algorithm>
#include <bit>

namespace agon::formats {

/// Each round of a bracket in reverse: where seed s stood, s now meets the seed that together with it makes the
/// round's size. 2: 0 1 → 4: 0 3 1 2 → 8: 0 7 3 4 1 6 2 5.
std::vector<Seed> bracket_order(std::uint32_t size) {
    std::vector<Seed> order{0};
    for (std::uint32_t n = 2; n <= size; n *= 2) {
        std::vector<Seed> wider;
        wider.reserve(n);
        for (std::size_t i = 0; i < order.size(); ++i) {
            wider.push_back(order[i]);
            wider.push_back(n - 1 - order[i]);
        }
        order = std::move(wider);
    }
    return order;
}

namespace {

PlannedRound first_round(std::uint32_t size, std::uint32_t entrants) {
    PlannedRound round;
    const auto order = bracket_order(size);
    const auto slot = [&](Seed s) { return s < entrants ? seed_slot(s) : no_slot; };
    for (std::uint32_t i = 0; i < size; i += 2) round.matches.push_back({{slot(order[i]), slot(order[i + 1])}});
    return round;
}

Result<void> check(const Settings& settings) {
    if (settings.options.third_place && settings.entrants != 0 && settings.entrants < 4)
        return refused(Code::invalid, "a match for third place needs at least 4 entrants", "/third_place");
    return {};
}

std::vector<PlannedRound> plan(const Settings& settings) {
    const auto size = std::bit_ceil(std::max(settings.entrants, 2u));
    std::vector<PlannedRound> rounds{first_round(size, settings.entrants)};
    MatchNumber previous = 1;
    for (auto matches = size / 4; matches >= 1; matches /= 2) {
        auto& round = rounds.emplace_back();
        for (std::uint32_t i = 0; i < matches; ++i, previous += 2)
            round.matches.push_back({{winner_of(previous), winner_of(previous + 1)}});
    }
    if (settings.options.third_place && size >= 4)
        rounds.back().matches.push_back({{loser_of(previous - 2), loser_of(previous - 1)}});
    return rounds;
}

/// How far an entrant got whose last match this is: the number of the round it lost in, twice; more for the matches that
/// decide the top four. Who won and yet went no further (a result amended afterwards) is out as well.
std::uint32_t reached(const Match& match, std::uint8_t side, std::uint32_t rounds) {
    const bool over = match.status == MatchStatus::completed, won = over && match.winner_side == side;
    if (is_third_place(match)) return 2 * match.round - 2 + (won ? 1 : 0);
    if (!over) return 2 * rounds + 2;
    return match.round == rounds && won ? 2 * rounds + 4 : 2 * match.round;
}

/// The later the round somebody lost in, the better the place; who lost in the same round share the places from the
/// number of those who got further, plus one. Who is still in shares the best of those left.
std::vector<Place> rank(const Stage& stage) {
    const auto rounds = static_cast<std::uint32_t>(stage.rounds().size());
    std::vector<std::uint32_t> marks(stage.settings().entrants, 0);
    for (const auto& round : stage.rounds())
        for (const auto& match : stage.matches_of(round))
            for (std::uint8_t side = 0; side < 2; ++side)
                if (const auto seed = match.players[side]; is_seed(seed) && !stage.is_vacated(seed))
                    marks[seed] = reached(match, side, rounds);
    return places_by(marks);
}

}  // namespace

namespace {
constexpr std::string_view reads[] = {"third_place"};
}

const Format single_elimination{
    .name = "single_elimination",
    .title = "Single elimination",
    .check = check,
    .plan = plan,
    .rank = rank,
    .reads = reads,
};

}  // namespace agon::formats
