#include "core/matchmaking/wait_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace agon::matchmaking {

namespace {

constexpr double bin_points = 25;
/// Risk of a match per second where nothing is known: a median of one minute.
constexpr double unknown_risk = std::numbers::ln2 / 60;
/// As many matches as a cell must have seen to count as much as the intensity; and an intensity's cells, all of them, to
/// be a basis.
constexpr double prior_matches = 10, enough_matches = 20;
/// A cell forgets half when it has seen so many.
constexpr double many_matches = 2000;
/// The oldest of ten thousand estimates weighs a third of the newest.
constexpr double score_fading = 1 - 1e-4;
/// Arrivals near a rating, faded, below which the intensity is unknown.
constexpr double few_arrivals = 2;

double in_seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

std::size_t bin_of(double rating) { return static_cast<std::size_t>(std::clamp(rating / bin_points, 0.0, 163.0)); }

double halvings(Duration d) {
    return static_cast<double>(d.count()) / static_cast<double>(WaitEstimator::half_life.count());
}

}  // namespace

// --- how many join nearby ----------------------------------------------------------------------------------------------

void WaitEstimator::arrived(double rating, Instant now) {
    if (!started_) started_ = weighed_at_ = now;
    if (halvings(now - weighed_at_) > 60) {
        const auto fading = std::exp2(-halvings(now - weighed_at_));
        for (auto& a : arrivals_) a *= fading;
        weighed_at_ = now;
    }
    arrivals_[bin_of(rating)] += std::exp2(halvings(now - weighed_at_));
}

std::optional<double> WaitEstimator::intensity(double rating, Instant now) const {
    if (!started_) return std::nullopt;
    double sum = 0;
    const auto low = rating - near_points, high = rating + near_points;
    for (auto b = bin_of(low); b <= bin_of(high); ++b) {
        const auto from = static_cast<double>(b) * bin_points;
        const auto inside = std::min(high, from + bin_points) - std::max(low, from);
        sum += arrivals_[b] * std::clamp(inside / bin_points, 0.0, 1.0);
    }
    sum *= std::exp2(-halvings(now - weighed_at_));
    if (sum < few_arrivals) return std::nullopt;
    // Since the start, arrivals were seen for this many seconds, faded like themselves.
    const auto seen = (1 - std::exp2(-halvings(now - *started_))) * in_seconds(half_life) / std::numbers::ln2;
    return sum / std::max(seen, 1.0);
}

// --- cells -------------------------------------------------------------------------------------------------------------

/// Ages up to 1, 2, 4, 7, 12 and 20 seconds, then every 20 seconds; the last class has no end.
double WaitEstimator::age_end(std::size_t age_class) {
    constexpr double first[] = {1, 2, 4, 7, 12, 20};
    if (age_class + 1 == ages) return HUGE_VAL;
    return age_class < 6 ? first[age_class] : 20.0 * static_cast<double>(age_class - 4);
}

std::size_t WaitEstimator::age_class(double age_s) {
    if (age_s >= 20) return std::min(ages - 1, static_cast<std::size_t>(age_s / 20) + 5);
    std::size_t found = 0;
    while (age_s >= age_end(found)) ++found;
    return found;
}

/// Class 0 is the unknown; class 15 is one to two arrivals a second.
std::uint32_t WaitEstimator::intensity_class(std::optional<double> intensity) {
    if (!intensity) return 0;
    return static_cast<std::uint32_t>(std::clamp(std::floor(std::log2(*intensity)) + 15, 1.0, double{classes - 1}));
}

/// The mean of a Gamma distribution: the prior's and the cell's matches over the prior's and the cell's seconds.
double WaitEstimator::risk(std::uint32_t intensity_class, std::size_t age_class,
                           std::optional<double> intensity) const {
    const auto& cell = cells_[intensity_class][age_class];
    return (prior_matches + cell.matches) / (prior_matches / intensity.value_or(unknown_risk) + cell.seconds);
}

// --- estimating ----------------------------------------------------------------------------------------------------------

WaitEstimate WaitEstimator::estimate(double rating, Duration age, Duration remaining, std::optional<Duration> promised,
                                     Instant now) const {
    const auto near = intensity(rating, now);
    const auto end = in_seconds(remaining), start = in_seconds(age);
    WaitEstimate told{.p50 = remaining, .p90 = remaining, .intensity_class = intensity_class(near), .age = age};
    if (promised && *promised <= remaining) told.promised = promised;
    const auto promise_at = told.promised ? in_seconds(*told.promised) : HUGE_VAL;
    const auto promise_worth = std::log1p(promises_kept_ / promises_broken_);

    // `risked` is −ln of the chance that nothing has come by `t`. It grows by the risk times the seconds of each age
    // class, and at once where a promise falls due.
    double risked = 0, t = 0;
    bool due = false;
    const auto reached = [&](double mark, Duration& quantile, double before, double per_second) {
        if (before < mark && risked >= mark && quantile == remaining)
            quantile = per_second > 0 ? seconds(t + (mark - before) / per_second) : seconds(t);
    };
    const auto check_marks = [&](double before, double per_second) {
        reached(std::numbers::ln2, told.p50, before, per_second);
        reached(std::numbers::ln10, told.p90, before, per_second);
    };
    while (t < end) {
        const auto in_class = age_class(start + t);
        const auto per_second = risk(told.intensity_class, in_class, near);
        auto until = std::min(end, age_end(in_class) - start);
        if (!due) until = std::min(until, std::max(promise_at, t));
        const auto before = risked;
        risked += per_second * (until - t);
        check_marks(before, per_second);
        t = std::max(until, std::nextafter(t, HUGE_VAL));
        if (!due && t >= promise_at) {
            due = true;
            const auto without = risked;
            risked += promise_worth;
            check_marks(without, 0);
        }
    }
    told.match_probability = -std::expm1(-risked);
    double seen = 0;
    for (const auto& cell : cells_[told.intensity_class]) seen += cell.matches;
    told.basis = seen >= enough_matches ? Basis::waits : near ? Basis::arrivals : Basis::nothing;
    return told;
}

// --- learning ------------------------------------------------------------------------------------------------------------

void WaitEstimator::learn(const WaitEstimate& told, Duration waited, WaitEnd end) {
    const bool promise_due = told.promised && waited >= *told.promised;
    const bool kept = promise_due && end == WaitEnd::matched && waited == *told.promised;
    if (promise_due) (kept ? promises_kept_ : promises_broken_) += 1;
    if (promises_kept_ + promises_broken_ > many_matches) promises_kept_ /= 2, promises_broken_ /= 2;
    // A promise that came true tells nothing of the risk.
    expose(told.intensity_class, in_seconds(told.age), in_seconds(told.age + waited), end == WaitEnd::matched && !kept);
    if (end != WaitEnd::left) judge(told, waited);
}

void WaitEstimator::expose(std::uint32_t intensity_class, double from_s, double to_s, bool matched) {
    auto& cells = cells_[intensity_class];
    const auto last = age_class(to_s);
    for (auto c = age_class(from_s); c <= last; ++c) {
        const auto begin = c == 0 ? 0 : age_end(c - 1);
        cells[c].seconds += std::min(to_s, age_end(c)) - std::max(from_s, begin);
    }
    if (!matched) return;
    cells[last].matches += 1;
    if (cells[last].matches > many_matches) cells[last].matches /= 2, cells[last].seconds /= 2;
}

void WaitEstimator::judge(const WaitEstimate& told, Duration waited) {
    const auto pinball = [waited](Duration quantile, double share) {
        const auto over = in_seconds(waited - quantile);
        return over > 0 ? share * over : (share - 1) * over;
    };
    const auto add = [](double& sum, double value) { sum = sum * score_fading + value; };
    add(sums_.scored, 1);
    add(sums_.within_p50, waited <= told.p50 ? 1 : 0);
    add(sums_.within_p90, waited <= told.p90 ? 1 : 0);
    add(sums_.pinball_p50, pinball(told.p50, 0.5));
    add(sums_.pinball_p90, pinball(told.p90, 0.9));
}

EstimateScore WaitEstimator::score() const {
    if (sums_.scored == 0) return {};
    const auto mean = [this](double sum) { return sum / sums_.scored; };
    return {sums_.scored, mean(sums_.within_p50), mean(sums_.within_p90), mean(sums_.pinball_p50),
            mean(sums_.pinball_p90)};
}

}  // namespace agon::matchmaking
