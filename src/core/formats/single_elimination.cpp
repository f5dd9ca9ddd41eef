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
    const auto slot = [&](Seed s) { return s < entrants ? Slot{Slot::From::seed, s} : Slot{Slot::From::nobody, 0}; };
    for (std::uint32_t i = 0; i < size; i += 2) round.matches.push_back({{slot(order[i]), slot(order[i + 1])}});
    return round;
}

std::vector<PlannedRound> plan(const Settings& settings) {
    const auto size = std::bit_ceil(std::max(settings.entrants, 2u));
    std::vector<PlannedRound> rounds{first_round(size, settings.entrants)};
    MatchNumber previous = 1;
    for (auto matches = size / 4; matches >= 1; matches /= 2) {
        auto& round = rounds.emplace_back();
        for (std::uint32_t i = 0; i < matches; ++i, previous += 2)
            round.matches.push_back(
                {{Slot{Slot::From::winner_of, previous}, Slot{Slot::From::winner_of, previous + 1}}});
    }
    return rounds;
}

std::vector<PlannedRound> next(const Stage&) { return {}; }

/// The later the round somebody lost in, the better the place; who lost in the same round share the places from the
/// number of those who got further, plus one. Who is still in shares the best of those left.
std::vector<Place> rank(const Stage& stage) {
    const auto rounds = static_cast<std::uint32_t>(stage.rounds().size());
    std::vector<std::uint32_t> reached(stage.settings().entrants, 0);
    for (const auto& round : stage.rounds())
        for (const auto& match : stage.matches_of(round))
            for (std::uint8_t side = 0; side < 2; ++side)
                if (const auto seed = match.players[side]; is_seed(seed)) {
                    const bool out = match.status == MatchStatus::completed && match.winner_side != side;
                    const bool champion = match.round == rounds && match.winner_side == side;
                    reached[seed] = out ? match.round : champion ? rounds + 2 : rounds + 1;
                }
    std::vector<Place> places;
    places.reserve(reached.size());
    for (Seed s = 0; s < reached.size(); ++s) places.push_back({.seed = s});
    std::ranges::stable_sort(places, std::greater{}, [&](const Place& p) { return reached[p.seed]; });
    for (std::size_t i = 0; i < places.size();) {
        auto end = i;
        while (end < places.size() && reached[places[end].seed] == reached[places[i].seed]) ++end;
        for (auto k = i; k < end; ++k) {
            places[k].first = static_cast<std::uint32_t>(i + 1);
            places[k].last = static_cast<std::uint32_t>(end);
        }
        i = end;
    }
    return places;
}

}  // namespace

const Format single_elimination{
    .name = "single_elimination",
    .title = "Single elimination",
    .plan = plan,
    .next = next,
    .rank = rank,
};

}  // namespace agon::formats
