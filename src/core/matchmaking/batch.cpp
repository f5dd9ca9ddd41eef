#include "core/matchmaking/batch.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/result.hpp"
#include "core/matchmaking/rating_index.hpp"

namespace agon::matchmaking {

std::vector<std::uint32_t> by_rating(std::span<const double> ratings) {
    std::vector<std::uint32_t> start(bucket_count + 1);
    for (const auto r : ratings) ++start[bucket_of(r) + 1u];
    for (std::size_t b = 0; b < bucket_count; ++b) start[b + 1] += start[b];
    std::vector<std::uint32_t> order(ratings.size());
    auto next = start;
    for (std::uint32_t i = 0; i < ratings.size(); ++i) order[next[bucket_of(ratings[i])]++] = i;
    for (std::size_t b = 0; b < bucket_count; ++b)
        std::stable_sort(order.begin() + start[b], order.begin() + start[b + 1],
                         [&](std::uint32_t x, std::uint32_t y) { return ratings[x] < ratings[y]; });
    return order;
}

std::vector<Pair> pair_neighbours(std::span<const double> ratings, double window) {
    struct Best {
        std::uint32_t pairs = 0;
        double gaps = 0;
        bool last_two_meet = false;
    };
    const auto order = by_rating(ratings);
    std::vector<Best> first(order.size() + 1);  // the best pairing of the first n
    for (std::size_t n = 1; n <= order.size(); ++n) {
        first[n] = {first[n - 1].pairs, first[n - 1].gaps, false};
        if (n < 2) continue;
        const auto gap = ratings[order[n - 1]] - ratings[order[n - 2]];
        if (gap > window) continue;
        const Best met{first[n - 2].pairs + 1, first[n - 2].gaps + gap, true};
        if (met.pairs > first[n].pairs || (met.pairs == first[n].pairs && met.gaps < first[n].gaps)) first[n] = met;
    }
    std::vector<Pair> pairs;
    for (auto n = order.size(); n > 1; n -= first[n].last_two_meet ? 2 : 1)
        if (first[n].last_two_meet) pairs.emplace_back(order[n - 2], order[n - 1]);
    return pairs;
}

std::int64_t worth(const Candidate& a, const Candidate& b) {
    // More than all gaps and all waiting of a million candidates together, so that no sum of those outweighs a pair.
    constexpr std::int64_t one_pair = 1'000'000'000'000;
    const auto waited = static_cast<double>((a.waited + b.waited).count()) / 1e6;
    const auto points = waited * points_per_second_waited - std::abs(a.rating - b.rating);
    return one_pair + static_cast<std::int64_t>(std::llround(points * 1000));
}

bool in_reach(const Candidate& a, const Candidate& b, Rule rule) {
    const auto window = rule == Rule::mutual ? std::min(a.window, b.window) : std::max(a.window, b.window);
    return std::abs(a.rating - b.rating) <= window;
}

namespace {

/// Goes through candidates by rating. A state says which of the last `look_back` are idle (bit 0: the last one).
class LookingBack {
public:
    LookingBack(std::span<const Candidate> all, std::span<const std::uint32_t> order, Rule rule,
                const Forbidden& forbidden, unsigned look_back)
        : all_(all),
          order_(order),
          rule_(rule),
          forbidden_(forbidden),
          look_back_(look_back),
          states_(std::size_t{1} << look_back),
          best_(states_, impossible),
          next_(states_),
          steps_(order.size() * states_) {
        best_[0] = 0;
    }

    void run(std::vector<Pair>& pairs) {
        for (std::size_t i = 0; i < order_.size(); ++i) step(i);
        trace_back(pairs);
    }

private:
    static constexpr std::int64_t impossible = INT64_MIN;
    static constexpr std::uint8_t stays_idle = 31, oldest_was_idle = 32;

    /// What the candidate at `i` may do in every state: stay idle, or meet one of the idle ones.
    void step(std::size_t i) {
        std::array<std::int64_t, 16> value{};
        unsigned reachable = 0;
        for (unsigned back = 0; back < std::min<std::size_t>(look_back_, i); ++back) {
            const auto a = order_[i - 1 - back], b = order_[i];
            if (!in_reach(all_[a], all_[b], rule_) || (forbidden_ && forbidden_(a, b))) continue;
            reachable |= 1u << back;
            value[back] = worth(all_[a], all_[b]);
        }
        std::ranges::fill(next_, impossible);
        auto* taken = &steps_[i * states_];
        for (std::uint32_t state = 0; state < states_; ++state) {
            if (best_[state] == impossible) continue;
            offer(taken, state << 1 | 1, best_[state], stays_idle);
            for (auto idle = state & reachable; idle != 0; idle &= idle - 1) {
                const auto back = static_cast<unsigned>(std::countr_zero(idle));
                offer(taken, (state & ~(1u << back)) << 1, best_[state] + value[back], static_cast<std::uint8_t>(back));
            }
        }
        best_.swap(next_);
    }

    void offer(std::uint8_t* taken, std::uint32_t to, std::int64_t value, std::uint8_t how) {
        const auto fallen_off = (to & states_) != 0;
        to &= static_cast<std::uint32_t>(states_ - 1);
        if (value <= next_[to]) return;
        next_[to] = value;
        taken[to] = static_cast<std::uint8_t>(how | (fallen_off ? oldest_was_idle : 0));
    }

    void trace_back(std::vector<Pair>& pairs) const {
        auto state = static_cast<std::uint32_t>(std::ranges::max_element(best_) - best_.begin());
        for (auto i = order_.size(); i-- > 0;) {
            const auto taken = steps_[i * states_ + state];
            const auto how = taken & stays_idle;
            state >>= 1;
            if (taken & oldest_was_idle) state |= 1u << (look_back_ - 1);
            if (how == stays_idle) continue;
            pairs.emplace_back(order_[i - 1 - how], order_[i]);
            state |= 1u << how;
        }
    }

    std::span<const Candidate> all_;
    std::span<const std::uint32_t> order_;
    Rule rule_;
    const Forbidden& forbidden_;
    unsigned look_back_;
    std::size_t states_;
    std::vector<std::int64_t> best_, next_;
    /// How each state was reached, per candidate: whom it met (how many places back), and the bit that fell off.
    std::vector<std::uint8_t> steps_;
};

std::vector<std::uint32_t> order_of(std::span<const Candidate> all) {
    std::vector<double> ratings;
    ratings.reserve(all.size());
    for (const auto& c : all) ratings.push_back(c.rating);
    return by_rating(ratings);
}

/// Calls `run` with each stretch of `order` that no pair leaves.
template <class Run>
void for_each_stretch(std::span<const Candidate> all, std::span<const std::uint32_t> order, Rule rule, Run run) {
    // The lowest rating that the windows from place i on touch, and the highest that those before it do.
    std::vector<double> touched_below(order.size() + 1, HUGE_VAL);
    for (auto i = order.size(); i-- > 0;)
        touched_below[i] = std::min(touched_below[i + 1], all[order[i]].rating - all[order[i]].window);
    double touched_above = -HUGE_VAL;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool from_left = touched_above >= all[order[i]].rating;
        const bool from_right = i > 0 && touched_below[i] <= all[order[i - 1]].rating;
        if (i > begin && !(rule == Rule::mutual ? from_left && from_right : from_left || from_right)) {
            run(order.subspan(begin, i - begin));
            begin = i;
        }
        touched_above = std::max(touched_above, all[order[i]].rating + all[order[i]].window);
    }
    if (begin < order.size()) run(order.subspan(begin));
}

/// How far to look back in a stretch, so that a hundred thousand candidates take less than a second.
unsigned look_back_for(std::size_t candidates) {
    const std::size_t most = candidates <= 32 ? 13 : candidates <= 256 ? 10 : 8;
    return static_cast<unsigned>(std::min(candidates - 1, most));
}

}  // namespace

std::vector<Pair> pair_looking_back(std::span<const Candidate> all, Rule rule, const Forbidden& forbidden,
                                    unsigned look_back) {
    CHECK_THAT(look_back >= 1 && look_back <= 16);
    const auto order = order_of(all);
    std::vector<Pair> pairs;
    LookingBack(all, order, rule, forbidden, look_back).run(pairs);
    return pairs;
}

std::vector<Pair> pair_up(std::span<const Candidate> all, Rule rule, const Forbidden& forbidden) {
    const auto order = order_of(all);
    std::vector<Pair> pairs;
    for_each_stretch(all, order, rule, [&](std::span<const std::uint32_t> stretch) {
        if (stretch.size() > 1) LookingBack(all, stretch, rule, forbidden, look_back_for(stretch.size())).run(pairs);
    });
    return pairs;
}

}  // namespace agon::matchmaking
