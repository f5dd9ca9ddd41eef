// A club's entrants over groups.

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>

#include "core/seeding/spread.hpp"

namespace agon::seeding {

namespace {

/// Pots and groups as a table: in each pot every group has one place. Places of the last pot may be empty.
///
/// Why an even spread can always be had: for two groups, every pot is a line between the labels of its two entrants
/// there, and changing places turns it round. If a label has two more in the one than in the other, turning one of its
/// lines evens that out and may unsettle the label at its other end; follow on from there, and the way ends at a label
/// that can take it, since each that cannot has a line left to go on by.
class Table {
public:
    Table(std::uint32_t entrants, std::uint32_t groups, std::span<const std::string> labels)
        : groups_(groups),
          pots_((entrants + groups - 1) / groups),
          label_(entrants, none),
          seed_at_(std::size_t{pots_} * groups, empty) {
        for (std::uint32_t s = 0; s < entrants; ++s) {
            const auto pot = s / groups, at = s % groups;
            seed_at(pot, pot % 2 == 0 ? at : groups - 1 - at) = s;
        }
        std::unordered_map<std::string_view, std::uint32_t> known;
        for (std::uint32_t s = 0; s < std::min<std::size_t>(entrants, labels.size()); ++s)
            if (!labels[s].empty())
                label_[s] = known.try_emplace(labels[s], static_cast<std::uint32_t>(known.size())).first->second;
        groups_of_.resize(known.size());
        for (std::uint32_t i = 0; i < seed_at_.size(); ++i)
            if (const auto label = label_at(i / groups, i % groups); label != none) ++groups_of_[label][i % groups];
    }

    void spread() {
        for (bool uneven = true; uneven;) {
            uneven = false;
            for (std::uint32_t label = 0; label < groups_of_.size(); ++label)
                while (even_out(label)) uneven = true;
        }
    }

    std::vector<std::uint16_t> group_of() const {
        std::vector<std::uint16_t> group(label_.size());
        for (std::uint32_t i = 0; i < seed_at_.size(); ++i)
            if (seed_at_[i] != empty) group[seed_at_[i]] = static_cast<std::uint16_t>(i % groups_);
        return group;
    }

private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max(), empty = none;
    struct Change {
        std::uint32_t pot, from, to;
    };

    std::uint32_t& seed_at(std::uint32_t pot, std::uint32_t group) { return seed_at_[pot * groups_ + group]; }
    std::uint32_t seed_at(std::uint32_t pot, std::uint32_t group) const { return seed_at_[pot * groups_ + group]; }
    std::uint32_t label_at(std::uint32_t pot, std::uint32_t group) const {
        const auto seed = seed_at(pot, group);
        return seed == empty ? none : label_[seed];
    }

    std::uint32_t count(std::uint32_t label, std::uint32_t group) const {
        const auto found = groups_of_[label].find(group);
        return found == groups_of_[label].end() ? 0 : found->second;
    }

    std::uint32_t group_with_least(std::uint32_t label) const {
        std::uint32_t least = 0;
        for (std::uint32_t g = 0; g < groups_ && count(label, least) > 0; ++g)
            if (count(label, g) < count(label, least)) least = g;
        return least;
    }

    /// Where a label is in one group at least twice more than in another, one moves; false where there is no such label.
    bool even_out(std::uint32_t label) {
        const auto most =
            std::ranges::max_element(groups_of_[label], {}, [](const auto& g) { return g.second; })->first;
        const auto least = group_with_least(label);
        if (count(label, most) < count(label, least) + 2) return false;
        if (const auto direct = nearest(label, most))
            change(*direct);
        else
            follow(label, most, least);
        return true;
    }

    /// Whether one more in `to` and one less in `from` leaves the label no less even.
    bool takes(std::uint32_t label, std::uint32_t from, std::uint32_t to) const {
        return label == none || count(label, to) < count(label, from);
    }

    /// The last pot in which one of the label can leave `from` at no other label's cost, and there the nearest seed.
    std::optional<Change> nearest(std::uint32_t label, std::uint32_t from) const {
        for (auto pot = pots_; pot-- > 0;) {
            if (label_at(pot, from) != label) continue;
            std::optional<Change> found;
            auto distance = none;
            for (std::uint32_t to = 0; to < groups_; ++to) {
                if (count(label, to) + 2 > count(label, from) || !takes(label_at(pot, to), to, from)) continue;
                const auto a = seed_at(pot, from), b = seed_at(pot, to);
                const auto apart = b == empty ? none - 1 : std::max(a, b) - std::min(a, b);
                if (apart < distance) found = Change{pot, from, to}, distance = apart;
            }
            if (found) return found;
        }
        return std::nullopt;
    }

    void follow(std::uint32_t label, std::uint32_t from, std::uint32_t to) {
        std::vector<bool> turned(pots_);
        for (;;) {
            auto pot = pots_;
            do --pot;
            while (turned[pot] || label_at(pot, from) != label || label_at(pot, to) == label);
            turned[pot] = true;
            const auto other = label_at(pot, to);
            const bool last = takes(other, to, from);
            change({pot, from, to});
            if (last) return;
            label = other;
        }
    }

    void change(const Change& c) {
        std::swap(seed_at(c.pot, c.from), seed_at(c.pot, c.to));
        move(label_at(c.pot, c.to), c.from, c.to);
        move(label_at(c.pot, c.from), c.to, c.from);
    }
    void move(std::uint32_t label, std::uint32_t from, std::uint32_t to) {
        if (label == none) return;
        --groups_of_[label][from];
        ++groups_of_[label][to];
    }

    std::uint32_t groups_, pots_;
    /// By seed.
    std::vector<std::uint32_t> label_;
    std::vector<std::uint32_t> seed_at_;
    /// By label: how many of it each group has, where it has or had any.
    std::vector<std::map<std::uint32_t, std::uint32_t>> groups_of_;
};

}  // namespace

std::vector<std::uint16_t> into_groups(std::uint32_t entrants, std::uint32_t groups,
                                       std::span<const std::string> labels) {
    Table table(entrants, groups, labels);
    table.spread();
    return table.group_of();
}

}  // namespace agon::seeding
