#include "core/formats/swiss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "core/formats/dutch/dutch.hpp"
#include "core/formats/stage_table.hpp"

namespace agon::formats {

std::uint32_t default_swiss_rounds(std::uint32_t entrants) {
    return std::max(1u, static_cast<std::uint32_t>(std::bit_width(std::max(entrants, 2u) - 1)));
}

namespace {

/// The size of the smallest group, which bounds the rounds that everybody can play without meeting somebody twice.
std::uint32_t smallest_group(const Settings& settings) {
    return settings.entrants / static_cast<std::uint32_t>(settings.options.groups);
}

Result<void> check(const Settings& settings) {
    if (auto ok = check_points(settings.options.points); !ok) return ok;
    if (settings.entrants == 0) return {};
    if (auto ok = check_groups(settings); !ok) return ok;
    const auto size = smallest_group(settings);
    const auto most = size % 2 == 0 ? size - 1 : size;
    if (settings.options.rounds && *settings.options.rounds > most)
        return refused(Code::invalid,
                       fmt::format("{} entrants can play at most {} round{} without meeting twice, {} are wanted", size,
                                   most, most == 1 ? "" : "s", *settings.options.rounds),
                       "/rounds");
    return {};
}

void complete(Settings& settings) {
    if (!settings.options.rounds && settings.entrants != 0)
        settings.options.rounds = default_swiss_rounds(smallest_group(settings));
}

std::vector<PlannedRound> plan(const Settings&) { return {}; }

bool is_over(const Stage& stage) {
    return stage.rounds().size() >= static_cast<std::size_t>(*stage.settings().options.rounds);
}

bool is_present(const Stage& stage, Seed seed, std::size_t round) {
    if (stage.has_left(seed)) return false;
    return std::ranges::none_of(stage.requested_byes(),
                                [&](const RequestedBye& bye) { return bye.seed == seed && bye.round == round; });
}

constexpr std::string_view too_few = "fewer than two entrants are left to play";

/// Adds the group's matches to the round, or says why there can be none.
std::string draw_group(const Stage& stage, std::uint32_t group, PlannedRound& round) {
    const auto seeds = seeds_of(stage, group);
    const auto table = cross_table(stage, group);
    const auto number = stage.rounds().size() + 1;
    dutch::Position position{
        .table = table, .initial_colour = stage.settings().first_colour, .colours = stage.settings().colours};
    for (const auto seed : seeds) position.present.push_back(is_present(stage, seed, number));
    const auto present = std::ranges::count(position.present, true);
    if (present == 0) return {};
    const auto pairing = dutch::pair_next_round(position);
    if (!pairing && present == 1) return std::string(too_few);
    if (!pairing) return "no pairing is left in which nobody meets an opponent, or has the bye, for the second time";
    for (const auto& pair : pairing->pairs) {
        round.matches.push_back(
            {{seed_slot(seeds[pair.white]), seed_slot(seeds[pair.black])}, static_cast<std::uint16_t>(group)});
        round.why.push_back(pair.why_pair + (pair.why_colours.empty() ? "" : "; " + pair.why_colours));
    }
    if (pairing->bye) {
        round.matches.push_back({{seed_slot(seeds[*pairing->bye]), no_slot}, static_cast<std::uint16_t>(group)});
        round.why.push_back(pairing->why_bye);
    }
    return {};
}

Draw next(const Stage& stage) {
    PlannedRound round;
    for (std::uint32_t group = 0; group < group_count(stage); ++group)
        if (auto why = draw_group(stage, group, round); !why.empty()) return {.impossible = std::move(why)};
    const bool played = std::ranges::any_of(round.matches, [](const PlannedMatch& m) { return m.slots[1] != no_slot; });
    if (!played) return {.impossible = std::string(too_few)};
    return {.rounds = {std::move(round)}};
}

}  // namespace

const Format swiss{
    .name = "swiss",
    .title = "Swiss system",
    .check = check,
    .complete = complete,
    .plan = plan,
    .rank = rank_by_points,
    .is_over = is_over,
    .next = next,
    .needs_winner = false,
    .rounds_in_order = true,
    .by_points = true,
    .takes_late_entrants = true,
    .reads = point_options,
    .draws_slowly = true,
};

}  // namespace agon::formats
