/// A stage of points as a cross table and its standings.
#pragma once

#include "core/formats/stage.hpp"

namespace agon::formats {

/// What a group has played so far. Row r is the group's r-th seed (`seeds_of`). A round that is not over holds the
/// matches that are; a match that an entrant could not play for want of an opponent counts as its format says.
standings::CrossTable cross_table(const Stage&, std::uint32_t group);
/// The group's seeds, in order.
std::vector<Seed> seeds_of(const Stage&, std::uint32_t group);
std::uint32_t group_count(const Stage&);

/// What decides among equal points where the host does not say; it ends with lots, so that places are not shared.
std::vector<standings::TieBreak> default_tiebreaks(const Format&);
/// The tie-breaks that the stage ranks by, points first.
standings::Settings standing_settings(const Stage&);

struct GroupStanding {
    Seed seed = 0;
    /// Within the group.
    std::uint32_t first = 0, last = 0;
    /// In hundredths, by `standing_settings(stage).tiebreaks`.
    std::vector<std::int64_t> values;
    bool operator==(const GroupStanding&) const = default;
};
/// The group's standings, best first; whoever was vacated is not in them.
std::vector<GroupStanding> group_standings(const Stage&, std::uint32_t group);

/// Places over all groups: the firsts of the groups share the first places, and so on. `Format::rank` of formats by
/// points.
std::vector<Place> rank_by_points(const Stage&);

}  // namespace agon::formats
