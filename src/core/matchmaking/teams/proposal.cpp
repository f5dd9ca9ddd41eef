#include "core/matchmaking/teams/proposal.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace agon::matchmaking::teams {

namespace {

using Parties = std::span<const Party* const>;
using Set = std::uint64_t;  // of places in a list of parties

double in_seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

bool avoids_any(const Party& a, const Party& b) {
    return !a.avoids.empty() && std::ranges::any_of(b.members, [&](const Member& m) {
        return std::ranges::binary_search(a.avoids, m.player);
    });
}

}  // namespace

namespace {

/// What the players of a side add up to.
struct Strength {
    double points = 0, variance = 0;
    double players = 0;

    void add(const Party& party, const TeamRules& rules) {
        points += strength(party, rules);
        players += static_cast<double>(party.size());
        for (const auto& m : party.members) variance += m.deviation * m.deviation;
    }
    Strength operator-(const Strength& other) const {
        return {points - other.points, variance - other.variance, players - other.players};
    }
};

double win_probability(const Strength& a, const Strength& b) {
    const auto difference = a.points / a.players - b.points / b.players;
    const auto variance = a.variance / a.players + b.variance / b.players;
    constexpr double q = std::numbers::ln10 / 400, pi = std::numbers::pi;
    const auto g = 1 / std::sqrt(1 + 3 * q * q * variance / (pi * pi));
    return 1 / (1 + std::exp(-q * g * difference));
}

}  // namespace

double win_probability(Parties a, Parties b, const TeamRules& rules) {
    Strength x, y;
    for (const auto* p : a) x.add(*p, rules);
    for (const auto* p : b) y.add(*p, rules);
    return win_probability(x, y);
}

bool may_meet(const Party& a, const Party& b, const TeamRules& rules, const Windows& windows, Instant now) {
    const auto window = [&](const Party& p) { return windows.at(windows.level_of(now - p.enqueued_at)); };
    return std::abs(placing(a, rules) - placing(b, rules)) <= std::min(window(a), window(b)) && !avoids_any(a, b) &&
           !avoids_any(b, a);
}

std::uint64_t acceptable_regions(const Party& party, const TeamRules& rules, const Windows& windows, Instant now) {
    const auto steps = static_cast<double>(windows.level_of(now - party.enqueued_at));
    const auto cap = std::min(rules.rtt_ceiling_ms, rules.rtt_cap_ms + rules.rtt_step_ms * steps);
    std::uint64_t regions = 0;
    for (std::size_t r = 0; r < party.rtt_ms.size() && r < 64; ++r)
        if (party.rtt_ms[r] >= 0 && party.rtt_ms[r] <= cap) regions |= std::uint64_t{1} << r;
    return regions;
}

namespace {

std::vector<const Member*> members_of(const Side& side) {
    std::vector<const Member*> list;
    for (const auto* p : side)
        for (const auto& m : p->members) list.push_back(&m);
    return list;
}

double spread_of(const std::vector<const Member*>& members) {
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (const auto* m : members) low = std::min(low, m->rating), high = std::max(high, m->rating);
    return high - low;
}

/// Mean over teams; of all together where each plays for itself.
double spread_of(std::span<const Side> sides) {
    if (sides.size() == 2) return (spread_of(members_of(sides[0])) + spread_of(members_of(sides[1]))) / 2;
    Side all;
    for (const auto& side : sides) all.insert(all.end(), side.begin(), side.end());
    return spread_of(members_of(all));
}

/// What does not depend on who plays with whom.
double shared_cost(std::span<const Side> sides, std::size_t region, const TeamRules& rules, Instant now) {
    double rtt = 0, waited = 0;
    for (const auto& side : sides)
        for (const auto* p : side) {
            rtt = std::max(rtt, static_cast<double>(p->rtt_ms[region]));
            waited += in_seconds(now - p->enqueued_at) * static_cast<double>(p->size());
        }
    return rules.per_rtt_ms * rtt - rules.per_second_waited * waited;
}

}  // namespace

std::optional<Priced> price(std::span<const Side> sides, std::size_t region, const TeamRules& rules, Instant now,
                            double limit) {
    Priced priced;
    if (sides.size() == 2) priced.win_probability = win_probability(sides[0], sides[1], rules);
    priced.cost = shared_cost(sides, region, rules, now) +
                  rules.per_half_win * 2 * std::abs(priced.win_probability - 0.5) +
                  rules.per_spread_point * spread_of(sides);
    if (rules.roles != TeamRules::RoleRule::none && priced.cost < limit)
        for (const auto& side : sides) {
            const auto team = members_of(side);
            const auto assigned = assign_roles(team, rules.roles);
            if (!assigned) return std::nullopt;
            priced.cost += rules.per_unwanted_role * assigned->displeasure;
            const auto* role = assigned->role.data();
            priced.roles.emplace_back(role, role + team.size());
        }
    if (priced.cost >= limit) return std::nullopt;
    return priced;
}

namespace {

class Search {
public:
    Search(Parties parties, const TeamRules& rules, const Windows& windows, Instant now)
        : parties_(parties), rules_(rules), now_(now), fillings_left_(rules.fillings) {
        for (std::size_t i = 0; i < parties.size(); ++i) {
            compatible_.push_back(0);
            regions_.push_back(acceptable_regions(*parties[i], rules, windows, now));
            for (std::size_t j = 0; j < parties.size(); ++j)
                if (i != j && may_meet(*parties[i], *parties[j], rules, windows, now)) compatible_[i] |= Set{1} << j;
        }
    }

    std::optional<Proposal> run() {
        chosen_ = {0};
        fill(rules_.players() - parties_[0]->size(), compatible_[0], regions_[0], 1);
        return best_;
    }

private:
    /// Adds parties from `next` on, of those that may meet all chosen ones, until no seat is free.
    void fill(std::size_t seats, Set open, std::uint64_t regions, std::size_t next) {
        if (regions == 0 || fillings_left_ == 0) return;
        if (seats == 0) {
            --fillings_left_;
            return judge(regions);
        }
        for (auto i = next; i < parties_.size() && fillings_left_ > 0; ++i) {
            if ((open >> i & 1) == 0 || parties_[i]->size() > seats) continue;
            if (seats_in(open & ~((Set{1} << i) - 1)) < seats) return;
            chosen_.push_back(i);
            fill(seats - parties_[i]->size(), open & compatible_[i], regions & regions_[i], i + 1);
            chosen_.pop_back();
        }
    }
    std::size_t seats_in(Set set) const {
        std::size_t seats = 0;
        for (; set != 0; set &= set - 1) seats += parties_[static_cast<std::size_t>(std::countr_zero(set))]->size();
        return seats;
    }

    void judge(std::uint64_t regions) {
        const auto region = best_region(regions);
        if (rules_.sides == 2) return judge_splits(region);
        std::vector<std::vector<std::size_t>> each;
        each.reserve(chosen_.size());
        for (const auto i : chosen_) each.push_back({i});
        judge_sides(std::move(each), region);
    }
    std::size_t best_region(std::uint64_t regions) const {
        std::size_t best = 0;
        double least = HUGE_VAL;
        for (; regions != 0; regions &= regions - 1) {
            const auto r = static_cast<std::size_t>(std::countr_zero(regions));
            double worst = 0;
            for (const auto i : chosen_) worst = std::max(worst, static_cast<double>(parties_[i]->rtt_ms[r]));
            if (worst < least) least = worst, best = r;
        }
        return best;
    }

    /// Every way to make two teams of the chosen; the first party is on side 0, so each way comes once. Most are too
    /// uneven to be looked at more closely.
    void judge_splits(std::size_t region) {
        Side all;
        Strength total;
        for (const auto i : chosen_) {
            all.push_back(parties_[i]);
            total.add(*parties_[i], rules_);
        }
        const auto even = shared_cost(std::span(&all, 1), region, rules_, now_);
        for (std::size_t on_first = 1; on_first < std::size_t{1} << all.size(); on_first += 2) {
            std::size_t seats = 0;
            for (auto rest = on_first; rest != 0; rest &= rest - 1)
                seats += all[static_cast<std::size_t>(std::countr_zero(rest))]->size();
            if (seats != rules_.team_size) continue;
            Strength first;
            for (auto rest = on_first; rest != 0; rest &= rest - 1)
                first.add(*all[static_cast<std::size_t>(std::countr_zero(rest))], rules_);
            const auto off = std::abs(win_probability(first, total - first) - 0.5);
            if (best_ && even + rules_.per_half_win * 2 * off >= best_->cost) continue;
            std::vector<std::vector<std::size_t>> sides(2);
            for (std::size_t i = 0; i < all.size(); ++i) sides[(on_first >> i & 1) != 0 ? 0 : 1].push_back(chosen_[i]);
            judge_sides(std::move(sides), region);
        }
    }

    void judge_sides(std::vector<std::vector<std::size_t>> sides, std::size_t region) {
        std::vector<Side> teams;
        for (const auto& side : sides) {
            teams.emplace_back();
            for (const auto i : side) teams.back().push_back(parties_[i]);
        }
        if (auto priced = price(teams, region, rules_, now_, best_ ? best_->cost : HUGE_VAL))
            best_ = Proposal{std::move(*priced), std::move(sides), region};
    }

    Parties parties_;
    const TeamRules& rules_;
    Instant now_;
    std::size_t fillings_left_;
    std::vector<Set> compatible_;
    std::vector<std::uint64_t> regions_;
    std::vector<std::size_t> chosen_;
    std::optional<Proposal> best_;
};

}  // namespace

std::optional<Proposal> best_match(Parties parties, const TeamRules& rules, const Windows& windows, Instant now) {
    CHECK_THAT(!parties.empty() && parties.size() <= 64);
    return Search(parties, rules, windows, now).run();
}

}  // namespace agon::matchmaking::teams
