#include "core/formats/round_robin.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/formats/stage_table.hpp"

namespace agon::formats {

namespace {

constexpr std::int64_t most_cycles = 8;
constexpr std::int64_t most_planned = 1'000'000;

constexpr std::uint32_t made_even(std::uint32_t n) { return n + n % 2; }

}  // namespace

std::vector<std::pair<std::uint32_t, std::uint32_t>> berger_round(std::uint32_t round, std::uint32_t entrants) {
    const auto n = made_even(entrants);
    const auto m = n - 1;
    const bool odd = round % 2 == 1;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    pairs.reserve(n / 2);
    // Board 1: the highest number meets the anchor, and changes sides every round.
    const auto anchor = odd ? (round + 1) / 2 : n / 2 + round / 2;
    pairs.emplace_back(odd ? anchor : n, odd ? n : anchor);
    // Board i+1: the anchor's neighbours, i steps up against i steps down.
    for (std::uint32_t i = 1; i < n / 2; ++i)
        pairs.emplace_back((anchor - 1 + i) % m + 1, (anchor - 1 + m - i) % m + 1);
    return pairs;
}

/// Two neighbours of an anchor add up to twice the anchor, modulo the odd number of rounds; so they tell the anchor, and
/// the anchor tells the round.
std::uint32_t berger_round_of(std::uint32_t one, std::uint32_t other, std::uint32_t entrants) {
    const auto n = made_even(entrants);
    const auto m = n - 1;
    const auto sum = (one + other) % m;
    const auto half = (sum % 2 == 0 ? sum : sum + m) / 2;
    const auto anchor = one == n ? other : other == n ? one : half == 0 ? m : half;
    return anchor <= n / 2 ? 2 * anchor - 1 : 2 * anchor - n;
}

namespace {

/// Seeds by group, in order.
std::vector<std::vector<Seed>> groups_of(const Settings& settings) {
    std::vector<std::vector<Seed>> groups(static_cast<std::size_t>(std::max<std::int64_t>(settings.options.groups, 1)));
    for (Seed s = 0; s < settings.entrants; ++s)
        groups[settings.group_of.empty() ? 0 : settings.group_of[s]].push_back(s);
    return groups;
}

std::int64_t cycles_of(const Settings& settings) { return settings.options.rounds.value_or(1); }

Result<void> check_size(const Settings& settings) {
    if (auto ok = check_groups(settings); !ok) return ok;
    const auto groups = settings.options.groups;
    const auto largest = (settings.entrants + groups - 1) / groups;
    const auto matches = groups * largest * (largest - 1) / 2 * cycles_of(settings);
    if (matches > most_planned)
        return refused(Code::invalid,
                       fmt::format("{} entrants would play {} matches, more than {}; play in more groups",
                                   settings.entrants, matches, most_planned),
                       "/groups");
    return {};
}

Result<void> check(const Settings& settings) {
    if (auto ok = check_points(settings.options.points); !ok) return ok;
    if (cycles_of(settings) > most_cycles)
        return refused(Code::invalid, fmt::format("everybody can meet everybody at most {} times", most_cycles),
                       "/rounds");
    return settings.entrants == 0 ? Result<void>{} : check_size(settings);
}

void complete(Settings& settings) {
    if (!settings.options.rounds) settings.options.rounds = 1;
}

/// The table's round that is played as the cycle's `index`-th, both from 1.
std::uint32_t table_round(std::uint32_t index, std::uint32_t rounds, bool last_cycle) {
    if (last_cycle || rounds < 3 || index < rounds - 1) return index;
    return index == rounds ? rounds - 1 : rounds;
}

void add_matches(PlannedRound& round, const std::vector<Seed>& seeds, std::uint16_t group, std::uint32_t table,
                 bool turned) {
    const auto size = static_cast<std::uint32_t>(seeds.size());
    for (auto [home, away] : berger_round(table, size)) {
        if (home > size || away > size) continue;
        if (turned) std::swap(home, away);
        round.matches.push_back({{seed_slot(seeds[home - 1]), seed_slot(seeds[away - 1])}, group});
    }
}

std::vector<PlannedRound> plan(const Settings& settings) {
    const auto groups = groups_of(settings);
    const auto cycles = static_cast<std::uint32_t>(cycles_of(settings));
    std::uint32_t longest = 0;
    for (const auto& seeds : groups)
        longest = std::max(longest, made_even(static_cast<std::uint32_t>(seeds.size())) - 1);
    std::vector<PlannedRound> rounds(std::size_t{longest} * cycles);
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const auto count = made_even(static_cast<std::uint32_t>(groups[g].size())) - 1;
        for (std::uint32_t cycle = 0; cycle < cycles; ++cycle)
            for (std::uint32_t r = 1; r <= count; ++r)
                add_matches(rounds[cycle * longest + r - 1], groups[g], static_cast<std::uint16_t>(g),
                            table_round(r, count, cycle + 1 == cycles), cycle % 2 == 1);
    }
    return rounds;
}

}  // namespace

const Format round_robin{
    .name = "round_robin",
    .title = "Round robin",
    .check = check,
    .complete = complete,
    .plan = plan,
    .rank = rank_by_points,
    .needs_winner = false,
    .rounds_in_order = true,
    .by_points = true,
    .reads = point_options,
};

}  // namespace agon::formats
