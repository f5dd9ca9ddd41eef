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

double win_probability(Parties a, Parties b, const TeamRules& rules) {
    double variance = 0;
    const auto mean_strength = [&](Parties side) {
        double sum = 0, squares = 0;
        std::size_t players = 0;
        for (const auto* p : side) {
            sum += strength(*p, rules);
            players += p->size();
            for (const auto& m : p->members) squares += m.deviation * m.deviation;
        }
        variance += squares / static_cast<double>(players);
        return sum / static_cast<double>(players);
    };
    const auto difference = mean_strength(a) - mean_strength(b);
    constexpr double q = std::numbers::ln10 / 400, pi = std::numbers::pi;
    const auto g = 1 / std::sqrt(1 + 3 * q * q * variance / (pi * pi));
    return 1 / (1 + std::exp(-q * g * difference));
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

class Search {
public:
    Search(Parties parties, const TeamRules& rules, const Windows& windows, Instant now)
        : parties_(parties), rules_(rules), now_(now), fillings_left_(rules.fillings) {
        for (std::size_t i = 0; i < parties.size(); ++i) {
            compatible_.push_back(0);
            regions_.push_back(acceptable_regions(*parties[i], rules, windows, now));
            waited_.push_back(in_seconds(now - parties[i]->enqueued_at) * static_cast<double>(parties[i]->size()));
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
        const auto [region, rtt] = best_region(regions);
        double waited = 0;
        for (const auto i : chosen_) waited += waited_[i];
        const auto basis = rules_.per_rtt_ms * rtt - rules_.per_second_waited * waited;
        rules_.sides > 2 ? judge_free_for_all(region, basis) : judge_splits(region, basis);
    }
    std::pair<std::size_t, double> best_region(std::uint64_t regions) const {
        std::pair<std::size_t, double> best{0, HUGE_VAL};
        for (; regions != 0; regions &= regions - 1) {
            const auto r = static_cast<std::size_t>(std::countr_zero(regions));
            double worst = 0;
            for (const auto i : chosen_) worst = std::max(worst, static_cast<double>(parties_[i]->rtt_ms[r]));
            if (worst < best.second) best = {r, worst};
        }
        return best;
    }

    void judge_free_for_all(std::size_t region, double basis) {
        const auto cost = basis + rules_.per_spread_point * spread(chosen_);
        if (best_ && cost >= best_->cost) return;
        best_ = Proposal{.sides = {}, .roles = {}, .region = region, .cost = cost};
        for (const auto i : chosen_) best_->sides.push_back({i});
    }

    /// Every way to make two teams of the chosen; the first party is on side 0, so each way comes once.
    void judge_splits(std::size_t region, double basis) {
        for (std::size_t on_first = 0; on_first < std::size_t{1} << (chosen_.size() - 1); ++on_first) {
            std::vector<std::size_t> sides[2] = {{chosen_[0]}, {}};
            std::size_t seats = parties_[chosen_[0]]->size();
            for (std::size_t i = 1; i < chosen_.size(); ++i) {
                const bool first = (on_first >> (i - 1) & 1) != 0;
                sides[first ? 0 : 1].push_back(chosen_[i]);
                seats += first ? parties_[chosen_[i]]->size() : 0;
            }
            if (seats == rules_.team_size) judge_teams(sides[0], sides[1], region, basis);
        }
    }

    void judge_teams(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b, std::size_t region,
                     double basis) {
        const auto p = win_probability(listed(a), listed(b), rules_);
        auto cost =
            basis + rules_.per_half_win * 2 * std::abs(p - 0.5) + rules_.per_spread_point * (spread(a) + spread(b)) / 2;
        if (best_ && cost >= best_->cost) return;
        Proposal found{.sides = {a, b}, .roles = {}, .region = region, .win_probability = p, .cost = 0};
        if (rules_.roles != TeamRules::RoleRule::none)
            for (const auto* side : {&a, &b}) {
                const auto team = members(*side);
                const auto roles = assign_roles(team, rules_.roles);
                if (!roles) return;
                cost += rules_.per_unwanted_role * roles->displeasure;
                found.roles.emplace_back(roles->role.begin(),
                                         roles->role.begin() + static_cast<std::ptrdiff_t>(team.size()));
            }
        if (best_ && cost >= best_->cost) return;
        found.cost = cost;
        best_ = std::move(found);
    }

    std::vector<const Party*> listed(const std::vector<std::size_t>& side) const {
        std::vector<const Party*> list;
        for (const auto i : side) list.push_back(parties_[i]);
        return list;
    }
    std::vector<const Member*> members(const std::vector<std::size_t>& side) const {
        std::vector<const Member*> list;
        for (const auto i : side)
            for (const auto& m : parties_[i]->members) list.push_back(&m);
        return list;
    }
    double spread(const std::vector<std::size_t>& side) const {
        double low = HUGE_VAL, high = -HUGE_VAL;
        for (const auto* m : members(side)) low = std::min(low, m->rating), high = std::max(high, m->rating);
        return high - low;
    }

    Parties parties_;
    const TeamRules& rules_;
    Instant now_;
    std::size_t fillings_left_;
    std::vector<Set> compatible_;
    std::vector<std::uint64_t> regions_;
    std::vector<double> waited_;
    std::vector<std::size_t> chosen_;
    std::optional<Proposal> best_;
};

}  // namespace

std::optional<Proposal> best_match(Parties parties, const TeamRules& rules, const Windows& windows, Instant now) {
    CHECK_THAT(!parties.empty() && parties.size() <= 64);
    return Search(parties, rules, windows, now).run();
}

}  // namespace agon::matchmaking::teams
