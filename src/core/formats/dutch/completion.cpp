#include "core/formats/dutch/completion.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace agon::formats::dutch {

void append_members(std::vector<Member>& members, Place first, Place last, Part part) {
    for (auto place = first; place < last; ++place) members.push_back({place, part});
}

bool Completion::is_complete(const Criteria& criteria, std::span<const Vertex> mate) const {
    bool bye_given = !context_.odd;
    for (std::size_t m = 0; m < mate.size(); ++m) {
        if (mate[m] != no_vertex) continue;
        if (std::exchange(bye_given, true) || !takes_bye(context_, criteria.members()[m].place)) return false;
    }
    return true;
}

bool Completion::exists(std::vector<Member> members) const {
    const Criteria criteria(context_, std::move(members), {.completion = true});
    return is_complete(criteria, solver_.solve(criteria));
}

std::optional<Ahead> Completion::look_ahead(std::span<const Place> floaters, Place next, Place lower) const {
    std::vector<Member> members;
    for (const auto place : floaters) members.push_back({place, Part::mover});
    append_members(members, next, lower, Part::next);
    append_members(members, lower, static_cast<Place>(context_.cards.size()), Part::lower);
    const Criteria criteria(context_, std::move(members), {.completion = true, .look_ahead = true});
    const auto mate = solver_.solve(criteria);
    if (!is_complete(criteria, mate)) return {};
    return ahead_in(criteria, mate);
}

Ahead Completion::bound(std::span<const Place> floaters, Place next, Place lower) const {
    const std::size_t group = lower - next;
    Ahead result{.pairs = std::min((floaters.size() + group) / 2, group)};
    for (std::size_t i = 0; i < std::min(floaters.size(), group); ++i)
        ++result.floaters[context_.cards[floaters[i]].score];
    return result;
}

Ahead Completion::ahead_in(const Criteria& criteria, std::span<const Vertex> mate) const {
    Ahead result;
    for (std::size_t m = 0; m < mate.size(); ++m) {
        if (mate[m] == no_vertex || mate[m] < m || criteria.members()[mate[m]].part != Part::next) continue;
        ++result.pairs;
        const auto& higher = criteria.members()[m];
        if (higher.part != Part::next) ++result.floaters[context_.cards[higher.place].score];
    }
    return result;
}

std::optional<Points> lowest_bye_score(Context context, const Tuning& tuning) {
    std::set<Points> scores;
    for (const auto& card : context.cards)
        if (context.odd && card.may_have_bye) scores.insert(card.score);
    if (!context.odd) scores.insert(0);
    std::vector<Member> all;
    append_members(all, 0, static_cast<Place>(context.cards.size()), Part::lower);
    for (const auto score : scores) {
        context.bye_score = score;
        const Solver solver(context, tuning);
        if (Completion(context, solver).exists(all)) return score;
    }
    return {};
}

}  // namespace agon::formats::dutch
