#include "core/ledger/prizes.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

namespace agon::ledger {

namespace {

/// Wide enough for 2^63 coins times 100 %.
using Wide = unsigned __int128;

/// Everybody who holds one place.
struct Group {
    std::uint64_t members = 0;
    /// Of all of them together.
    std::uint64_t share_bp = 0;
};
using Groups = std::map<std::uint32_t, Group>;

Groups groups_of(std::span<const std::int64_t> split_bp, std::span<const std::uint32_t> places) {
    Groups groups;
    for (const auto place : places) ++groups[place].members;
    for (auto& [place, group] : groups)
        for (std::size_t p = place - 1; p < split_bp.size() && p < place - 1 + group.members; ++p)
            group.share_bp += static_cast<std::uint64_t>(split_bp[p]);
    return groups;
}

/// One entrant's exact share: `coins` whole ones and the fraction `rest / members` of a common unit.
struct Claim {
    std::size_t index = 0;
    std::uint32_t place = 0;
    std::uint64_t coins = 0, rest = 0, members = 0;
};

/// total · share / held, divided among the members of the place.
Claim claim_of(std::size_t index, std::uint32_t place, const Group& group, std::uint64_t total, std::uint64_t held_bp) {
    const Wide divided = Wide{total} * group.share_bp;
    const Wide by = Wide{held_bp} * group.members;
    return {index, place, static_cast<std::uint64_t>(divided / by), static_cast<std::uint64_t>(divided % by),
            group.members};
}

bool comes_first(const Claim& a, const Claim& b) {
    const Wide left = Wide{a.rest} * b.members, right = Wide{b.rest} * a.members;
    if (left != right) return left > right;
    return a.place != b.place ? a.place < b.place : a.index < b.index;
}

void round_largest_remainder(std::vector<Claim>& claims, std::uint64_t total) {
    for (const auto& claim : claims) total -= claim.coins;
    CHECK_THAT(total < claims.size() || total == 0);
    std::ranges::sort(claims, comes_first);
    for (std::uint64_t i = 0; i < total; ++i) ++claims[i].coins;
}

}  // namespace

Result<void> check_split(std::span<const std::int64_t> split_bp) {
    if (split_bp.empty()) return refused(Code::invalid, "a prize split names at least one place", "/prize_split");
    std::int64_t left = whole_bp;
    for (const auto share : split_bp) {
        if (share <= 0) return refused(Code::invalid, "each share of a prize split is above 0 %", "/prize_split");
        if (share > left)
            return refused(Code::invalid, "the shares of a prize split are more than 100 %", "/prize_split");
        left -= share;
    }
    return {};
}

Result<void> check_places(std::span<const std::uint32_t> places) {
    std::map<std::uint32_t, std::uint64_t> members;
    for (const auto place : places) ++members[place];
    std::uint64_t free = 1;
    for (const auto& [place, count] : members) {
        if (place < free)
            return refused(Code::invalid, fmt::format("places run from 1 and do not overlap; place {} does", place),
                           "/placings");
        free = place + count;
    }
    return {};
}

Division divide(Money pool, std::span<const std::int64_t> split_bp, std::span<const std::uint32_t> places) {
    CHECK_THAT(pool.units >= 0 && check_split(split_bp) && check_places(places));
    Division division{std::vector<Money>(places.size()), pool};
    const auto groups = groups_of(split_bp, places);
    const auto held_bp = std::transform_reduce(groups.begin(), groups.end(), std::uint64_t{0}, std::plus{},
                                               [](const auto& item) { return item.second.share_bp; });
    if (held_bp == 0) return division;

    const auto left_bp = static_cast<std::uint64_t>(whole_bp - std::reduce(split_bp.begin(), split_bp.end()));
    const auto coins = static_cast<std::uint64_t>(pool.units);
    const auto house = static_cast<std::uint64_t>(Wide{coins} * left_bp / Wide{whole_bp});
    std::vector<Claim> claims;
    for (std::size_t i = 0; i < places.size(); ++i)
        if (const auto& group = groups.at(places[i]); group.share_bp > 0)
            claims.push_back(claim_of(i, places[i], group, coins - house, held_bp));
    round_largest_remainder(claims, coins - house);

    division.house = Money{static_cast<std::int64_t>(house)};
    for (const auto& claim : claims) division.prizes[claim.index] = Money{static_cast<std::int64_t>(claim.coins)};
    return division;
}

}  // namespace agon::ledger
