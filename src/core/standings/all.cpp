#include <array>

#include "base/result.hpp"
#include "core/standings/tiebreak.hpp"

namespace agon::standings {

std::span<const Rule* const> all_tiebreaks() {
    using namespace tiebreaks;
    static constexpr std::array rules{&points,
                                      &direct_encounter,
                                      &wins,
                                      &games_won_over_the_board,
                                      &black_games,
                                      &black_wins,
                                      &buchholz,
                                      &buchholz_cut1,
                                      &buchholz_cut2,
                                      &buchholz_median1,
                                      &buchholz_median2,
                                      &fore_buchholz,
                                      &average_buchholz,
                                      &sonneborn_berger,
                                      &sonneborn_berger_cut1,
                                      &koya,
                                      &progressive,
                                      &average_rating,
                                      &performance,
                                      &game_wins,
                                      &game_difference,
                                      &rating,
                                      &lots};
    return rules;
}

const Rule& rule_of(TieBreak tiebreak) {
    const auto index = static_cast<std::size_t>(tiebreak);
    CHECK_THAT(index < all_tiebreaks().size());
    return *all_tiebreaks()[index];
}

}  // namespace agon::standings
