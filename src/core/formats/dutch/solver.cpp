#include "core/formats/dutch/solver.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/prng.hpp"
#include "core/formats/dutch/assignment.hpp"

namespace agon::formats::dutch {

namespace {

/// Slacks reach eight times a weight, sums of them sixteen times, and there is a sign.
constexpr unsigned head_room = 6;
constexpr unsigned widths[] = {128, 256, 512};

/// The weights of one problem, four times as great as they are (see `Matching`), by the solver's own numbering.
template <class Int>
class Weights {
public:
    Weights(const Context& context, const Criteria& criteria, const Order& order, std::vector<Vertex> member_of)
        : legal_(context.legal), criteria_(criteria), member_of_(std::move(member_of)), ordered_(!order.empty()) {
        const auto n = member_of_.size();
        for (const auto member : member_of_) {
            place_.push_back(criteria.members()[member].place);
            class_.push_back(criteria.class_of(member));
        }
        const auto low_bits = ordered_ ? add_order(order, n) : 0;
        fill_table(low_bits);
        set_starts();
    }

    std::size_t size() const { return member_of_.size(); }

    template <class F>
    void each(Vertex u, F f) const {
        if (ordered_) return each_ordered(u, f);
        const auto* const legal = legal_.row(place_[u]);
        const auto* const table = table_.data() + class_[u] * criteria_.classes();
        const auto* const places = place_.data();
        const auto* const classes = class_.data();
        const auto n = static_cast<Vertex>(size());
        for (Vertex v = 0; v < n; ++v) {
            const auto place = places[v];
            if ((legal[place / 64] >> (place % 64) & 1) == 0) continue;
            const auto& weight = table[classes[v]];
            if (weight != 0 && !f(v, weight)) return;
        }
    }

    /// The weight of one pair, by the criteria alone.
    const Int& between(Vertex u, Vertex v) const {
        const auto place = place_[v];
        if ((legal_.row(place_[u])[place / 64] >> (place % 64) & 1) == 0) return nothing_;
        return table_[class_[u] * criteria_.classes() + class_[v]];
    }

    const Int& start(Vertex v) const { return start_[v]; }

private:
    unsigned add_order(const Order& order, std::size_t n) {
        const auto to_meet = Solver::bits_to_meet(criteria_);
        auto bits = static_cast<unsigned>(order.to_meet_the_highest.size()) * to_meet;
        const auto shifted = [&](std::int64_t value, unsigned by) {
            return value < 0 ? Int(0) - (Int(-value) << (by + 2)) : Int(value) << (by + 2);
        };
        std::vector<unsigned> shift(n, none);
        for (std::size_t i = 0; i < order.to_meet_the_highest.size(); ++i)
            shift[order.to_meet_the_highest[i]] = bits - static_cast<unsigned>(i + 1) * to_meet;
        std::vector<Int> bonus(n, Int(0));
        for (auto field = order.tops.rbegin(); field != order.tops.rend(); ++field) {
            for (std::size_t m = 0; m < n; ++m) bonus[m] += shifted(field->value[m], bits);
            bits += field->bits;
        }
        for (const auto member : member_of_) {
            shift_.push_back(shift[member]);
            bonus_.push_back(bonus[member]);
            not_higher_.push_back(order.not_higher.empty() ? 0 : order.not_higher[member]);
            not_lower_.push_back(order.not_lower.empty() ? 0 : order.not_lower[member]);
            resident_.push_back(criteria_.members()[member].part == Part::resident ? 1 : 0);
        }
        return bits;
    }

    void fill_table(unsigned low_bits) {
        const auto classes = static_cast<Criteria::Class>(criteria_.classes());
        table_.reserve(std::size_t{classes} * classes);
        for (Criteria::Class a = 0; a < classes; ++a)
            for (Criteria::Class b = 0; b < classes; ++b) table_.push_back(packed(criteria_.values(a, b), low_bits));
    }

    Int packed(std::span<const std::uint32_t> values, unsigned low_bits) const {
        Int sum = 0;
        auto shift = low_bits + 2;
        for (auto field = values.size(); field-- > 0;) {
            if (values[field] != 0) sum += Int(static_cast<std::int64_t>(values[field])) << shift;
            shift += criteria_.bits()[field];
        }
        return sum;
    }

    /// Duals that are near to the best. From the lowest part up: half of the heaviest pair within the part, or what is
    /// missing to the heaviest pair with a lower part. So the many players below need not make up for the few above.
    std::vector<Int> starts_of_classes() const {
        const auto classes = static_cast<Criteria::Class>(criteria_.classes());
        std::vector<Part> part(classes);
        for (std::size_t m = 0; m < criteria_.size(); ++m) part[criteria_.class_of(m)] = criteria_.members()[m].part;
        std::vector<Int> starts(classes, Int(0));
        for (auto a = classes; a-- > 0;)  // classes stand in order of parts
            for (Criteria::Class b = 0; b < classes; ++b) {
                if (part[b] < part[a] || (a == b && criteria_.count(a) < 2)) continue;
                const auto& weight = table_[a * classes + b];
                const Int needed = part[b] == part[a] ? half(weight) : Int(weight - starts[b]);
                if (starts[a] < needed) starts[a] = needed;
            }
        return starts;
    }

    /// Movers, and who is to meet as high a player as possible, make up for what distinguishes their pairs themselves.
    void set_starts() {
        const auto of_class = starts_of_classes();
        for (const auto c : class_) start_.push_back(of_class[c]);
        if (!ordered_) return;
        auto sorted = bonus_;
        std::ranges::sort(sorted, [](const Int& a, const Int& b) { return b < a; });
        const Int middle = std::max(Int(0), sorted[sorted.size() / 2]);
        std::vector<char> ready(size(), 0);
        for (Vertex v = 0; v < size(); ++v) {
            if (shift_[v] != none || criteria_.members()[member_of_[v]].part == Part::mover) continue;
            if (resident_[v] != 0) start_[v] += std::max(bonus_[v], middle) - half(middle);
            ready[v] = 1;
        }
        for (Vertex v = 0; v < size(); ++v) {
            if (ready[v] != 0) continue;
            start_[v] = 0;
            each_ordered(v, [&](Vertex other, const Int& weight) {
                if (ready[other] != 0 && start_[v] < weight - start_[other]) start_[v] = weight - start_[other];
                return true;
            });
            ready[v] = 1;
        }
    }

    template <class F>
    void each_ordered(Vertex u, F f) const {
        const auto* const legal = legal_.row(place_[u]);
        const auto* const table = table_.data() + class_[u] * criteria_.classes();
        for (Vertex v = 0; v < size(); ++v) {
            const auto place = place_[v];
            if ((legal[place / 64] >> (place % 64) & 1) == 0) continue;
            const auto& weight = table[class_[v]];
            if (weight == 0) continue;
            const auto [higher, lower] = member_of_[u] < member_of_[v] ? std::pair{u, v} : std::pair{v, u};
            if (resident_[lower] == 0) {
                if (!f(v, weight)) return;
                continue;
            }
            if (not_higher_[higher] != 0 || not_lower_[lower] != 0) continue;
            Int whole = weight + bonus_[higher];
            if (shift_[higher] != none)
                whole += Int(static_cast<std::int64_t>(size() - member_of_[lower])) << (shift_[higher] + 2);
            if (!f(v, whole)) return;
        }
    }

    static constexpr unsigned none = ~0U;

    const Legal& legal_;
    const Criteria& criteria_;
    std::vector<Vertex> member_of_;
    std::vector<Place> place_;
    std::vector<Criteria::Class> class_;
    std::vector<Int> table_;
    Int nothing_ = 0;
    std::vector<Int> start_;

    bool ordered_;
    std::vector<unsigned> shift_;
    std::vector<Int> bonus_;
    std::vector<char> not_higher_, not_lower_, resident_;
};

template <class Int>
std::vector<Vertex> solve_with(const Context& context, const Criteria& criteria, const Order& order,
                               std::vector<Vertex> member_of) {
    const Weights<Int> weights(context, criteria, order, member_of);
    Matching<Int, Weights<Int>> matching(weights);
    const auto& mate = matching.solve();
    std::vector<Vertex> result(mate.size(), no_vertex);
    for (std::size_t v = 0; v < mate.size(); ++v)
        if (mate[v] != no_vertex) result[member_of[v]] = member_of[mate[v]];
    return result;
}

template <class Int>
std::optional<std::vector<Vertex>> assign_with(const Context& context, const Criteria& criteria,
                                               const std::vector<Vertex>& tops, const std::vector<Vertex>& bottoms,
                                               const Criteria::Sums& required) {
    std::vector<Vertex> members(criteria.size());
    std::iota(members.begin(), members.end(), Vertex{0});
    const Weights<Int> weights(context, criteria, {}, std::move(members));
    const auto weight = [&](Vertex row, Vertex column) -> const Int& {
        return weights.between(tops.data()[row], bottoms.data()[column]);
    };
    Assignment<Int, decltype(weight)> assignment(tops.size(), bottoms.size(), weight);
    if (!assignment.solve()) return {};
    std::vector<Vertex> mate(criteria.size(), no_vertex);
    for (std::size_t i = 0; i < tops.size(); ++i) mate[tops[i]] = bottoms[assignment.column_of()[i]];
    if (criteria.sums(mate) < required) return {};
    assignment.make_earliest();
    std::vector<Vertex> result;
    for (const auto column : assignment.column_of()) result.push_back(bottoms[column]);
    return result;
}

}  // namespace

std::optional<std::vector<Vertex>> Solver::assign(const Criteria& criteria, const std::vector<Vertex>& tops,
                                                  const std::vector<Vertex>& bottoms,
                                                  const Criteria::Sums& required) const {
    const auto bits = std::max(criteria.total_bits() + head_room, tuning_.least_bits);
    if (bits <= widths[0]) return assign_with<Int128>(context_, criteria, tops, bottoms, required);
    if (bits <= widths[1]) return assign_with<Wide<4>>(context_, criteria, tops, bottoms, required);
    if (bits <= widths[2]) return assign_with<Wide<8>>(context_, criteria, tops, bottoms, required);
    return assign_with<Widest>(context_, criteria, tops, bottoms, required);
}

std::vector<Vertex> Solver::solve(const Criteria& criteria, const Order& order) const {
    std::vector<Vertex> member_of(criteria.size());
    std::iota(member_of.begin(), member_of.end(), Vertex{0});
    if (tuning_.shuffle != 0) Prng{tuning_.shuffle}.shuffle(member_of);

    auto bits = criteria.total_bits() + head_room;
    for (const auto& field : order.tops) bits += field.bits;
    bits += static_cast<unsigned>(order.to_meet_the_highest.size()) * bits_to_meet(criteria);
    bits = std::max(bits, tuning_.least_bits);
    if (bits <= widths[0]) return solve_with<Int128>(context_, criteria, order, std::move(member_of));
    if (bits <= widths[1]) return solve_with<Wide<4>>(context_, criteria, order, std::move(member_of));
    if (bits <= widths[2]) return solve_with<Wide<8>>(context_, criteria, order, std::move(member_of));
    return solve_with<Widest>(context_, criteria, order, std::move(member_of));
}

unsigned Solver::spare_bits(const Criteria& criteria) {
    const auto used = criteria.total_bits() + head_room;
    for (const auto width : widths)
        if (used + 16 <= width) return width - used;
    return widths[0];
}

unsigned Solver::bits_to_meet(const Criteria& criteria) {
    return static_cast<unsigned>(std::bit_width(criteria.size()));
}

}  // namespace agon::formats::dutch
