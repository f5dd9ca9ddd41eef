// Better matches by swapping parties between those that are made at the same instant.
#include <optional>

#include "core/matchmaking/teams/decisions.hpp"
#include "core/matchmaking/teams/proposal.hpp"

namespace agon::matchmaking::teams {

namespace {

std::optional<Priced> price(const TeamMatched& match, const TeamRules& rules) {
    std::vector<Side> sides;
    for (const auto& side : match.sides) {
        sides.emplace_back();
        for (const auto& party : side) sides.back().push_back(&party);
    }
    return price(sides, match.region, rules, match.at);
}

/// Whether `party` may be with all the others of the match.
bool belongs(const Party& party, const TeamMatched& match, const TeamRules& rules, const Windows& windows) {
    if ((acceptable_regions(party, rules, windows, match.at) >> match.region & 1) == 0) return false;
    for (const auto& side : match.sides)
        for (const auto& other : side)
            if (&other != &party && !may_meet(party, other, rules, windows, match.at)) return false;
    return true;
}

class Improvement {
public:
    Improvement(const TeamRules& rules, const Windows& windows, std::size_t swaps)
        : rules_(rules), windows_(windows), swaps_left_(swaps) {}

    /// Whether a swap between the two was for the better.
    bool try_all(TeamMatched& a, TeamMatched& b) {
        bool better = false;
        for (auto& side_a : a.sides)
            for (auto& x : side_a)
                for (auto& side_b : b.sides)
                    for (auto& y : side_b) better |= x.size() == y.size() && try_one(a, x, b, y);
        return better;
    }

private:
    bool try_one(TeamMatched& a, Party& x, TeamMatched& b, Party& y) {
        if (swaps_left_ == 0) return false;
        --swaps_left_;
        const auto before_a = price(a, rules_), before_b = price(b, rules_);
        std::swap(x, y);
        if (before_a && before_b && belongs(x, a, rules_, windows_) && belongs(y, b, rules_, windows_)) {
            auto after_a = price(a, rules_), after_b = price(b, rules_);
            if (after_a && after_b && after_a->cost + after_b->cost < before_a->cost + before_b->cost - 1e-6) {
                take(a, *after_a);
                take(b, *after_b);
                return true;
            }
        }
        std::swap(x, y);
        return false;
    }
    static void take(TeamMatched& match, Priced& priced) {
        match.roles = std::move(priced.roles);
        match.win_probability = priced.win_probability;
    }

    const TeamRules& rules_;
    const Windows& windows_;
    std::size_t swaps_left_;
};

}  // namespace

void improve(std::span<TeamDecision> made, const TeamRules& rules, const Windows& windows, std::size_t swaps) {
    Improvement improvement(rules, windows, swaps);
    for (bool better = true; better;) {
        better = false;
        for (std::size_t i = 0; i < made.size(); ++i)
            for (std::size_t j = i + 1; j < made.size(); ++j) {
                auto *a = std::get_if<TeamMatched>(&made[i]), *b = std::get_if<TeamMatched>(&made[j]);
                if (a && b && a->at == b->at && a->region == b->region) better |= improvement.try_all(*a, *b);
            }
    }
}

}  // namespace agon::matchmaking::teams
