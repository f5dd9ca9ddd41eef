#include "core/matchmaking/teams/team_pool.hpp"

#include <algorithm>
#include <cmath>

#include "core/matchmaking/rating_index.hpp"

namespace agon::matchmaking::teams {

TeamPool::TeamPool(TeamRules rules) : rules_(rules), windows_(rules.pool), fenwick_(bucket_count + 1) {}

Result<void> TeamPool::join(Party party, std::optional<Instant> since, Instant at, TeamDecisions& decisions) {
    if (auto ok = check(party, rules_); !ok) return ok;
    catch_up(at, decisions);
    for (const auto& m : party.members)
        if (contains(m.player)) return refused(Code::conflict, "already waiting");
    std::ranges::sort(party.avoids);
    party.joined_at = now_;
    party.enqueued_at = std::min(now_, since.value_or(now_));
    party.timeout_at = now_ + std::chrono::seconds(rules_.pool.timeout_s);

    look_around(admit(std::move(party)), decisions);
    return {};
}

TeamPool::Number TeamPool::admit(Party party) {
    const auto number = next_number_++;
    const auto place = placing(party, rules_);
    for (const auto& m : party.members) party_of_[m.player] = number;
    by_placing_.emplace(place, number);
    timeouts_.emplace(party.timeout_at, number);
    count(place, static_cast<std::int32_t>(party.size()));
    waiting_.emplace(number, Waiting{std::move(party), place, {}});
    arm_step(number);
    return number;
}

Result<Party> TeamPool::leave(PlayerId player, Instant at, TeamDecisions& decisions) {
    catch_up(at, decisions);
    const auto found = party_of_.find(player);
    if (found == party_of_.end()) return refused(Code::not_found, "not waiting");
    return take(found->second);
}

Party TeamPool::take(Number number) {
    auto node = waiting_.extract(number);
    auto& [party, place, next_step] = node.mapped();
    for (const auto& m : party.members) party_of_.erase(m.player);
    by_placing_.erase({place, number});
    timeouts_.erase({party.timeout_at, number});
    steps_.erase({next_step, number});
    count(place, -static_cast<std::int32_t>(party.size()));
    return std::move(party);
}

// --- time ------------------------------------------------------------------------------------------------------------

void TeamPool::advance(Instant at, TeamDecisions& decisions) {
    catch_up(at, decisions);
    time_out(decisions);
}

std::optional<Instant> TeamPool::next_deadline() const {
    std::optional<Instant> next;
    for (const auto* queue : {&steps_, &timeouts_})
        if (!queue->empty()) next = std::min(next.value_or(queue->begin()->first), queue->begin()->first);
    return next;
}

/// All before `at`, and at `at` what comes before the timeouts.
void TeamPool::catch_up(Instant at, TeamDecisions& decisions) {
    const auto until = std::max(at, now_);
    for (auto next = next_deadline(); next && *next <= until; next = next_deadline()) {
        const bool step = !steps_.empty() && steps_.begin()->first == *next;
        if (!step && *next == until) break;
        now_ = *next;
        step ? relax(now_, decisions) : time_out(decisions);
    }
    now_ = until;
}

void TeamPool::time_out(TeamDecisions& decisions) {
    while (!timeouts_.empty() && timeouts_.begin()->first <= now_)
        decisions.push_back(PartyTimedOut{now_, take(timeouts_.begin()->second)});
}

/// Windows and latency caps widen together: first those of all whose step falls due, then each looks around, the oldest
/// first.
void TeamPool::relax(Instant at, TeamDecisions& decisions) {
    std::vector<Number> widened;
    while (!steps_.empty() && steps_.begin()->first <= at) {
        const auto number = steps_.begin()->second;
        steps_.erase(steps_.begin());
        arm_step(number);
        widened.push_back(number);
    }
    look_around_all(std::move(widened), decisions);
}

/// The oldest first.
void TeamPool::look_around_all(std::vector<Number> numbers, TeamDecisions& decisions) {
    std::ranges::sort(numbers, {}, [this](Number n) { return std::pair(waiting_.at(n).party.enqueued_at, n); });
    const auto before = decisions.size();
    for (const auto number : numbers)
        if (waiting_.contains(number)) look_around(number, decisions);
    improve(std::span(decisions).subspan(before), rules_, windows_);
}

void TeamPool::arm_step(Number number) {
    auto& w = waiting_.at(number);
    const auto level = windows_.level_of(now_ - w.party.enqueued_at);
    if (level == windows_.last()) return;
    w.next_step = w.party.enqueued_at + windows_.reached_after(level + 1);
    steps_.emplace(w.next_step, number);
}

// --- matches -----------------------------------------------------------------------------------------------------------

void TeamPool::look_around(Number anchor, TeamDecisions& decisions) {
    if (backfill_with(anchor, decisions)) return;
    if (!enough_players(waiting_.at(anchor))) return;
    const auto numbers = candidates(anchor);
    std::vector<const Party*> parties;
    parties.reserve(numbers.size());
    for (const auto n : numbers) parties.push_back(&waiting_.at(n).party);
    auto found = best_match(parties, rules_, windows_, now_);
    if (!found) return;
    TeamMatched made{now_, found->region, {}, std::move(found->roles), found->win_probability};
    for (const auto& side : found->sides) {
        made.sides.emplace_back();
        for (const auto i : side) made.sides.back().push_back(take(numbers[i]));
    }
    decisions.push_back(std::move(made));
}

double TeamPool::window_of(const Party& party) const {
    return windows_.at(windows_.level_of(now_ - party.enqueued_at));
}

/// Whether as many players as a match needs stand within the window, or in a bucket that it touches.
bool TeamPool::enough_players(const Waiting& w) const {
    const auto window = window_of(w.party);
    const auto around = counted_below(bucket_of(w.placing + window) + 1) - counted_below(bucket_of(w.placing - window));
    return around >= static_cast<std::int32_t>(rules_.players());
}

/// The anchor, then the nearest that may meet it, as many as a search takes; those are in order of age, the oldest first.
std::vector<TeamPool::Number> TeamPool::candidates(Number anchor) const {
    const auto& w = waiting_.at(anchor);
    const auto window = window_of(w.party);
    std::vector<Number> found;
    const auto consider = [&](Number n) {
        if (n != anchor && may_meet(w.party, waiting_.at(n).party, rules_, windows_, now_)) found.push_back(n);
    };
    auto up = by_placing_.find({w.placing, anchor}), down = up;
    while (found.size() + 1 < rules_.candidates) {
        const bool higher =
            up != by_placing_.end() && std::next(up) != by_placing_.end() && std::next(up)->first - w.placing <= window;
        const bool lower = down != by_placing_.begin() && w.placing - std::prev(down)->first <= window;
        if (!higher && !lower) break;
        if (higher && (!lower || std::next(up)->first - w.placing <= w.placing - std::prev(down)->first))
            consider((++up)->second);
        else
            consider((--down)->second);
    }
    std::ranges::sort(found, {}, [this](Number n) { return std::pair(waiting_.at(n).party.enqueued_at, n); });
    found.insert(found.begin(), anchor);
    return found;
}

// --- remembering ---------------------------------------------------------------------------------------------------------

TeamSnapshot TeamPool::snapshot() const {
    TeamSnapshot taken{.at = now_, .parties = {}, .running = running_};
    for (const auto& [number, w] : waiting_) taken.parties.push_back(w.party);
    return taken;
}

TeamPool TeamPool::restore(TeamRules rules, const TeamSnapshot& snapshot) {
    TeamPool pool(rules);
    pool.now_ = snapshot.at;
    pool.running_ = snapshot.running;
    for (const auto& party : snapshot.parties) pool.admit(party);
    return pool;
}

void TeamPool::resume(Instant at, Duration grace, TeamDecisions& decisions) {
    now_ = std::max(now_, at);
    std::vector<Party> parties;
    while (!waiting_.empty()) parties.push_back(take(waiting_.begin()->first));
    std::vector<Number> all;
    for (auto& party : parties) {
        party.timeout_at = std::max(party.timeout_at, now_ + grace);
        all.push_back(admit(std::move(party)));
    }
    look_around_all(std::move(all), decisions);
}

void TeamPool::count(double placing, std::int32_t players) {
    for (std::size_t i = bucket_of(placing) + 1u; i < fenwick_.size(); i += i & (~i + 1)) fenwick_[i] += players;
}

/// Players in buckets 0 to `bucket` − 1.
std::int32_t TeamPool::counted_below(int bucket) const {
    std::int32_t sum = 0;
    for (auto i = static_cast<std::size_t>(bucket); i > 0; i &= i - 1) sum += fenwick_[i];
    return sum;
}

}  // namespace agon::matchmaking::teams
