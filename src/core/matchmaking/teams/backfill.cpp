// Running matches that are short of players come before new ones.
#include <algorithm>
#include <cmath>

#include "core/matchmaking/teams/team_pool.hpp"

namespace agon::matchmaking::teams {

namespace {

double mean_rating(const BackfillRequest& request) {
    double sum = 0;
    std::size_t players = 0;
    for (const auto& side : request.sides) {
        for (const auto& m : side) sum += m.rating;
        players += side.size();
    }
    return players == 0 ? 0 : sum / static_cast<double>(players);
}

Party as_party(std::vector<Member> members) {
    Party party;
    party.members = std::move(members);
    return party;
}

bool is_full(const BackfillRequest& request, std::size_t team_size) {
    return std::ranges::all_of(request.sides, [&](const auto& side) { return side.size() >= team_size; });
}

}  // namespace

Result<void> TeamPool::ask_backfill(BackfillRequest request, Instant at, TeamDecisions& decisions) {
    if (rules_.sides != 2) return refused(Code::invalid, "only matches of two sides are filled up");
    if (request.region >= rules_.regions) return refused(Code::invalid, "no such region", "/region");
    if (request.sides[0].empty() && request.sides[1].empty())
        return refused(Code::invalid, "nobody plays in it", "/sides");
    catch_up(at, decisions);
    const auto match = request.match;
    const auto same = std::ranges::find(running_, match, &BackfillRequest::match);
    if (same != running_.end())
        *same = std::move(request);
    else
        running_.push_back(std::move(request));
    fill_match(match, decisions);
    return {};
}

bool TeamPool::cancel_backfill(MatchId match) {
    return std::erase_if(running_, [&](const BackfillRequest& r) { return r.match == match; }) > 0;
}

/// The side on which the party fits and makes the match fairest; nothing where it fits on neither.
std::optional<std::size_t> TeamPool::best_seat(const BackfillRequest& request, const Party& party) const {
    if ((acceptable_regions(party, rules_, windows_, now_) >> request.region & 1) == 0) return std::nullopt;
    if (std::abs(placing(party, rules_) - mean_rating(request)) > window_of(party)) return std::nullopt;
    for (const auto& side : request.sides)
        for (const auto& m : side)
            if (std::ranges::binary_search(party.avoids, m.player)) return std::nullopt;
    auto rules = rules_;
    rules.premade_points = {};  // those who play already are no party
    std::optional<std::size_t> best;
    double least = HUGE_VAL;
    for (std::size_t side = 0; side < 2; ++side) {
        if (request.sides[side].size() + party.size() > rules_.team_size) continue;
        auto with = request.sides[side];
        with.insert(with.end(), party.members.begin(), party.members.end());
        const auto here = as_party(std::move(with)), there = as_party(request.sides[1 - side]);
        const Party *a = &here, *b = &there;
        // A side that is empty still cannot be judged; it is the first to be filled.
        const auto off =
            there.members.empty() ? 1 : std::abs(win_probability(std::span(&a, 1), std::span(&b, 1), rules) - 0.5);
        if (off < least) least = off, best = side;
    }
    return best;
}

void TeamPool::seat(BackfillRequest& running, std::size_t side, Number number, TeamDecisions& decisions) {
    auto party = take(number);
    auto& members = running.sides[side];
    members.insert(members.end(), party.members.begin(), party.members.end());
    decisions.push_back(Backfilled{now_, running.match, side, std::move(party)});
}

/// Puts the party into the match that has asked longest of those where it fits.
bool TeamPool::backfill_with(Number number, TeamDecisions& decisions) {
    for (auto& running : running_)
        if (const auto side = best_seat(running, waiting_.at(number).party)) {
            seat(running, *side, number, decisions);
            std::erase_if(running_, [this](const BackfillRequest& r) { return is_full(r, rules_.team_size); });
            return true;
        }
    return false;
}

/// Seats those who wait, the oldest first, until the match is full or nobody fits.
void TeamPool::fill_match(MatchId match, TeamDecisions& decisions) {
    auto& running = *std::ranges::find(running_, match, &BackfillRequest::match);
    std::vector<Number> oldest_first;
    oldest_first.reserve(waiting_.size());
    for (const auto& [number, w] : waiting_) oldest_first.push_back(number);
    std::ranges::sort(oldest_first, {}, [this](Number n) { return std::pair(waiting_.at(n).party.enqueued_at, n); });
    for (const auto number : oldest_first)
        if (const auto side = best_seat(running, waiting_.at(number).party)) seat(running, *side, number, decisions);
    std::erase_if(running_, [this](const BackfillRequest& r) { return is_full(r, rules_.team_size); });
}

}  // namespace agon::matchmaking::teams
