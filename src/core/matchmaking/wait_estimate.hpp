/// How long a player will wait: learned from how long others did, and scored by what came of it.
///
/// Waiting is seen as a risk of being matched that depends on two things: how many join near the player's rating (the
/// intensity, in classes that double), and how long the player has waited. Each pair of those has a cell that counts
/// matches and the seconds waited in it. Who leaves or times out adds seconds and no match (Kaplan and Meier,
/// "Nonparametric estimation from incomplete observations", 1958), so that patience that found nothing counts too. A
/// cell that has seen little says what arrivals alone would make of it: the risk is the intensity.
///
/// On top comes what is known already: somebody waits whom the player meets at a given time, if both stay (the pool's
/// `meets_at`). How often that comes true is learned as well.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/codec/describe.hpp"
#include "base/time.hpp"

namespace agon::matchmaking {

/// What an estimate rests on: no arrival near the rating yet, arrivals, or waits like this one.
enum class Basis { nothing, arrivals, waits };
BOOST_DESCRIBE_ENUM(Basis, nothing, arrivals, waits)

struct WaitEstimate {
    /// From now until the player is matched or gives up, whichever comes first: half of such waits are not longer, and
    /// nine in ten. With `Basis::nothing` they follow from a median of one minute.
    Duration p50{0}, p90{0};
    /// That the match comes before the timeout.
    double match_probability = 0;
    Basis basis = Basis::nothing;

    // What `WaitEstimator::learn` wants back at the end of the wait.
    std::uint32_t intensity_class = 0;
    Duration age{0};
    std::optional<Duration> promised;
};

/// How a wait ended.
enum class WaitEnd { matched, timed_out, left };
BOOST_DESCRIBE_ENUM(WaitEnd, matched, timed_out, left)

/// How well estimates came true; recent ones count most (the last ten thousand or so).
struct EstimateScore {
    double scored = 0;
    /// Shares of waits that were not longer than their p50 and p90; 0.5 and 0.9 are perfect.
    double coverage_p50 = 0, coverage_p90 = 0;
    /// Mean pinball losses in seconds; less is better.
    double pinball_p50 = 0, pinball_p90 = 0;
};
BOOST_DESCRIBE_STRUCT(EstimateScore, (), (scored, coverage_p50, coverage_p90, pinball_p50, pinball_p90))

class WaitEstimator {
public:
    /// Arrivals within so many points to either side are near.
    static constexpr double near_points = 100;
    static constexpr Duration half_life = std::chrono::minutes(15);

    /// Somebody joined. Before the estimate for that player is asked.
    void arrived(double rating, Instant now);
    /// Arrivals a second near the rating; nothing where hardly any were seen.
    std::optional<double> intensity(double rating, Instant now) const;

    /// For one who has waited `age` already and is given up on after `remaining`; `promised` is how long it is until
    /// the pool's `meets_at`.
    WaitEstimate estimate(double rating, Duration age, Duration remaining, std::optional<Duration> promised,
                          Instant now) const;

    /// What became of a wait that was estimated, `waited` after the estimate. Once per wait, or the longer ones count
    /// more. Leaving is not scored: nobody knows how long it would have taken.
    void learn(const WaitEstimate&, Duration waited, WaitEnd);

    EstimateScore score() const;

private:
    static constexpr std::size_t classes = 20, ages = 40, rating_bins = 164;
    struct Cell {
        double matches = 0, seconds = 0;
    };
    struct Sums {
        double scored = 0, within_p50 = 0, within_p90 = 0, pinball_p50 = 0, pinball_p90 = 0;
    };

    static std::size_t age_class(double age_s);
    static double age_end(std::size_t age_class);
    static std::uint32_t intensity_class(std::optional<double> intensity);
    double risk(std::uint32_t intensity_class, std::size_t age_class, std::optional<double> intensity) const;
    void expose(std::uint32_t intensity_class, double from_s, double to_s, bool matched);
    void judge(const WaitEstimate&, Duration waited);

    std::array<double, rating_bins> arrivals_{};
    /// Arrivals at this instant weigh 1.
    Instant weighed_at_;
    std::optional<Instant> started_;
    std::array<std::array<Cell, ages>, classes> cells_{};
    double promises_kept_ = 8, promises_broken_ = 2;
    Sums sums_;
};

}  // namespace agon::matchmaking
