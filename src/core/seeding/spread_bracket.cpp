// A group's, or a club's, entrants over a bracket.

#include <algorithm>
#include <bit>
#include <optional>

#include "base/prng.hpp"
#include "core/seeding/spread.hpp"

namespace agon::seeding {

namespace {

/// The line of each seed in the standard order: where seed s stands in a bracket, in one twice as large stand s, on its
/// first line, and on its second the seed that together with s makes the size.
std::vector<std::uint32_t> lines_of_seeds(std::uint32_t size) {
    std::vector<std::uint32_t> line(size, 0);
    for (std::uint32_t n = 1; n < size; n *= 2)
        for (std::uint32_t s = 0; s < n; ++s) {
            line[s] *= 2;
            line[2 * n - 1 - s] = line[s] + 1;
        }
    return line;
}

/// How bad it is that two of a label stand where they do: a meeting in one round outweighs four in the next.
using Cost = std::uint64_t;

class Bracket {
public:
    Bracket(std::span<const std::vector<EntrantIndex>> classes, const std::map<EntrantIndex, std::string>& labels)
        : order_(joined(classes)),
          line_(lines_of_seeds(std::bit_ceil(std::max<std::uint32_t>(static_cast<std::uint32_t>(order_.size()), 1)))),
          rounds_(static_cast<std::uint32_t>(std::bit_width(line_.size()))) {
        for (const auto& c : classes)
            ends_.push_back(static_cast<std::uint32_t>(c.size()) + (ends_.empty() ? 0 : ends_.back()));
        find_mates(labels);
    }

    /// Changes for the better until there are none; where that leaves somebody meeting sooner than need be, once more
    /// with one of them somewhere else, and the better of the two counts.
    std::vector<EntrantIndex> spread() {
        descend();
        auto best = *this;
        Prng prng{order_.size()};
        for (auto tries = most_work / (order_.size() + 1); tries > 0; --tries) {
            const auto crowded = best.crowded();
            if (crowded.empty()) break;
            *this = best;
            const auto s = crowded[prng.below(crowded.size())];
            const auto c = static_cast<std::size_t>(std::ranges::upper_bound(ends_, s) - ends_.begin());
            const auto other = begin(c) + static_cast<std::uint32_t>(prng.below(ends_[c] - begin(c)));
            if (label_[s] == label_[other]) continue;
            swap(s, other);
            descend();
            if (total() <= best.total()) best = *this;
        }
        return best.order_;
    }

private:
    /// Who is farther away in its class is not looked at; it bounds the work in classes of thousands.
    static constexpr std::uint32_t reach = 256;

    static constexpr std::size_t most_work = 50'000;

    /// Everybody in turn, the last first, changes places with the one of its class with whom that gains most, as long
    /// as it gains.
    void descend() {
        for (bool better = true; better;) {
            better = false;
            for (auto c = ends_.size(); c-- > 0;)
                for (auto s = ends_[c]; s-- > begin(c);) better = improve(s, begin(c), ends_[c]) || better;
        }
    }

    Cost total() const {
        Cost sum = 0;
        for (std::uint32_t s = 0; s < order_.size(); ++s) sum += cost(label_[s], s, s);
        return sum;
    }

    /// Seeds that can meet one of theirs before the round in which so many must: m entrants fit into as many parts of
    /// the bracket as the next power of two.
    std::vector<std::uint32_t> crowded() const {
        std::vector<std::uint32_t> found;
        for (const auto& seeds : seeds_) {
            const auto latest = rounds_ - static_cast<std::uint32_t>(std::bit_width(seeds.size() - 1));
            for (const auto s : seeds)
                if (std::ranges::any_of(seeds, [&](auto mate) {
                        return mate != s && static_cast<std::uint32_t>(std::bit_width(line_[mate] ^ line_[s])) < latest;
                    }))
                    found.push_back(s);
        }
        return found;
    }

    std::uint32_t begin(std::size_t c) const { return c == 0 ? 0 : ends_[c - 1]; }

    /// Two seeds of a label know of each other by the label's list; seeds without a companion have none.
    void find_mates(const std::map<EntrantIndex, std::string>& labels) {
        std::map<std::string_view, std::uint32_t> known;
        label_.assign(order_.size(), none);
        for (std::uint32_t s = 0; s < order_.size(); ++s) {
            const auto found = labels.find(order_[s]);
            if (found == labels.end() || found->second.empty()) continue;
            const auto label = known.try_emplace(found->second, static_cast<std::uint32_t>(known.size())).first->second;
            if (label == seeds_.size()) seeds_.emplace_back();
            label_[s] = label;
            seeds_[label].push_back(s);
        }
    }

    /// What one of the label would cost at seed `at`, the one at seed `without` left out.
    Cost cost(std::uint32_t label, std::uint32_t at, std::uint32_t without) const {
        if (label == none) return 0;
        Cost sum = 0;
        for (const auto mate : seeds_[label]) {
            if (mate == without) continue;
            const auto meet = static_cast<std::uint32_t>(std::bit_width(line_[mate] ^ line_[at]));
            sum += Cost{1} << 2 * (rounds_ - meet);
        }
        return sum;
    }

    bool improve(std::uint32_t s, std::uint32_t first, std::uint32_t end) {
        if (label_[s] == none || seeds_[label_[s]].size() < 2) return false;
        const auto here = cost(label_[s], s, s);
        std::uint32_t best = s;
        Cost most = 0;
        for (std::uint32_t step = 1; step <= reach; ++step)
            for (const auto other : {s + step, s - step}) {
                if (other < first || other >= end || label_[other] == label_[s]) continue;
                const auto before = here + cost(label_[other], other, other);
                const auto after = cost(label_[s], other, s) + cost(label_[other], s, other);
                if (after < before && before - after > most) best = other, most = before - after;
            }
        if (best != s) swap(s, best);
        return best != s;
    }

    void swap(std::uint32_t a, std::uint32_t b) {
        std::swap(order_[a], order_[b]);
        for (const auto& [label, from, to] : {std::tuple{label_[a], a, b}, std::tuple{label_[b], b, a}})
            if (label != none) *std::ranges::find(seeds_[label], from) = to;
        std::swap(label_[a], label_[b]);
    }

    static constexpr std::uint32_t none = ~std::uint32_t{0};
    std::vector<EntrantIndex> order_;
    std::vector<std::uint32_t> line_;
    std::uint32_t rounds_;
    /// Where each class ends, in seeds.
    std::vector<std::uint32_t> ends_;
    /// By seed, and the seeds by label.
    std::vector<std::uint32_t> label_;
    std::vector<std::vector<std::uint32_t>> seeds_;
};

}  // namespace

std::vector<EntrantIndex> into_bracket(std::span<const std::vector<EntrantIndex>> classes,
                                       const std::map<EntrantIndex, std::string>& labels) {
    return Bracket(classes, labels).spread();
}

std::vector<EntrantIndex> joined(std::span<const std::vector<EntrantIndex>> classes) {
    std::vector<EntrantIndex> all;
    for (const auto& c : classes) all.insert(all.end(), c.begin(), c.end());
    return all;
}

}  // namespace agon::seeding
