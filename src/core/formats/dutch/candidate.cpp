#include "core/formats/dutch/candidate.hpp"

#include <algorithm>
#include <bit>
#include <set>

#include "base/result.hpp"

namespace agon::formats::dutch {

namespace {

/// Decisions about single players that are made in one go.
constexpr std::size_t most_at_once = 24;

unsigned bits_for(std::uint64_t sum) { return static_cast<unsigned>(std::bit_width(sum)); }

std::vector<Vertex> slice(const std::vector<Vertex>& members, std::size_t from) {
    const auto last = std::min(from + most_at_once, members.size());
    return {members.begin() + static_cast<std::ptrdiff_t>(from), members.begin() + static_cast<std::ptrdiff_t>(last)};
}

}  // namespace

CandidateSearch::CandidateSearch(const Context& context, const Tuning& tuning, const Solver& solver,
                                 const Bracket& bracket, int level)
    : context_(context), tuning_(tuning), solver_(solver), bracket_(bracket), level_(level) {
    std::vector<Member> members;
    members.reserve(bracket.movers.size());
    for (const auto place : bracket.movers) members.push_back({place, Part::mover});
    append_members(members, bracket.first, bracket.next, Part::resident);
    if (level >= 1) append_members(members, bracket.next, bracket.lower, Part::next);
    if (level >= 2) append_members(members, bracket.lower, static_cast<Place>(context.cards.size()), Part::lower);
    for (const auto& member : members) players_.push_back({member});
    scope_ = {.completion = level >= 2 || has_bye(context_, bracket_), .look_ahead = level >= 1};
}

PairedBracket CandidateSearch::run() {
    if (take_natural_candidate()) return result();
    solve_criteria();
    choose_movers();
    pair_movers();
    pair_remainder();
    return result();
}

PairedBracket CandidateSearch::result() const {
    PairedBracket result{.pairs = pairs_, .level = level_};
    std::set<Place> paired;
    for (const auto& [a, b] : result.pairs) paired.insert({a, b});
    for (const auto place : bracket_.movers)
        if (!paired.contains(place)) result.left.push_back(place);
    for (auto place = bracket_.first; place < bracket_.next; ++place)
        if (!paired.contains(place)) result.left.push_back(place);
    return result;
}

/// The first candidate of all, first half against second half in order. If every pair is legal and keeps every
/// criterion as well as any pair can, there is nothing to search for.
bool CandidateSearch::take_natural_candidate() {
    if (!tuning_.shortcuts || level_ != 0 || !bracket_.movers.empty()) return false;
    scope_.bye_games = has_bye(context_, bracket_);
    rebuild();
    const auto greatest = criteria_->greatest_of_residents();
    const auto half = static_cast<Vertex>(players_.size() / 2);
    for (Vertex m = 0; m < half; ++m) {
        if (!context_.legal(players_[m].member.place, players_[m + half].member.place)) return false;
        const auto values = criteria_->values(criteria_->class_of(m), criteria_->class_of(m + half));
        if (!std::ranges::equal(values, greatest)) return false;
    }
    for (Vertex m = 0; m < half; ++m) pairs_.push_back({players_[m].member.place, players_[m + half].member.place});
    return true;
}

/// What the movers have left of the residents. On its own level the second half meets the first by an assignment, if
/// that keeps the criteria as well as any pairing; otherwise players are exchanged between the halves.
void CandidateSearch::pair_remainder() {
    const auto remainder = of_part(Part::resident);
    const auto pairs = std::ranges::count_if(remainder, [&](Vertex m) { return is_higher(m); });
    if (pairs == 0) return;
    const bool alone = level_ == 0 && tuning_.shortcuts;
    if (alone &&
        take_assignment({remainder.begin(), remainder.begin() + pairs}, {remainder.begin() + pairs, remainder.end()}))
        return;
    choose_tops();
    std::vector<Vertex> tops, bottoms;
    for (const auto m : remainder) (is_higher(m) ? tops : bottoms).push_back(m);
    if (!alone || !take_assignment(tops, bottoms)) pair_tops();
}

/// Pairs tops and bottoms, if no other pairing of the remainder keeps the criteria better.
bool CandidateSearch::take_assignment(const std::vector<Vertex>& tops, const std::vector<Vertex>& bottoms) {
    const auto opponents = solver_.assign(*criteria_, tops, bottoms, criteria_->sums(mate_));
    if (!opponents) return false;
    for (std::size_t i = 0; i < tops.size(); ++i)
        pairs_.push_back({players_[tops[i]].member.place, players_[(*opponents)[i]].member.place});
    return true;
}

void CandidateSearch::rebuild() {
    std::vector<Member> members;
    members.reserve(players_.size());
    for (const auto& player : players_) members.push_back(player.member);
    criteria_.emplace(context_, std::move(members), scope_);
}

/// C4 to C21: the best value.
void CandidateSearch::solve_criteria() {
    scope_.bye_games = false;
    rebuild();
    solve({});
    if (has_bye(context_, bracket_)) {
        // C9: exactly one is left over, and that is who has the bye.
        const auto left = std::ranges::count_if(players_, [&](const Player& player) {
            const auto m = static_cast<Vertex>(&player - players_.data());
            return player.member.part <= Part::resident &&
                   (mate_[m] == no_vertex || part(std::max(mate_[m], m)) != Part::resident);
        });
        scope_.bye_games = left == 1;
        if (scope_.bye_games) {
            rebuild();
            solve({});
        }
    }
    ahead_ = Completion(context_, solver_).ahead_in(*criteria_, mate_);
}

std::vector<Vertex> CandidateSearch::of_part(Part wanted) const {
    std::vector<Vertex> members;
    for (Vertex m = 0; m < players_.size(); ++m)
        if (part(m) == wanted) members.push_back(m);
    return members;
}

bool CandidateSearch::is_higher(Vertex m) const {
    return mate_[m] != no_vertex && mate_[m] > m && part(mate_[m]) == Part::resident;
}

Order CandidateSearch::order_so_far() const {
    Order order;
    TopField decided;
    std::uint64_t count = 0;
    for (const auto& player : players_) {
        order.not_higher.push_back(player.not_higher ? 1 : 0);
        order.not_lower.push_back(player.not_lower ? 1 : 0);
        decided.value.push_back(player.must_be_higher ? 1 : 0);
        count += player.must_be_higher ? 1 : 0;
    }
    decided.bits = bits_for(count);
    if (count > 0) order.tops.push_back(std::move(decided));
    return order;
}

/// Keeps for these players what the last solution did with them.
void CandidateSearch::decide(const std::vector<Vertex>& members) {
    for (const auto m : members) {
        players_[m].must_be_higher = is_higher(m);
        players_[m].not_higher = !is_higher(m);
        players_[m].not_lower = is_higher(m);
    }
}

/// Which movers are paired: as high ones as can be (C.04.3 D: MDP exchanges). How many of each score, C7 has fixed.
void CandidateSearch::choose_movers() {
    auto movers = of_part(Part::mover);
    std::map<Points, std::set<bool>> by_score;
    for (const auto m : movers) by_score[context_.cards[players_[m].member.place].score].insert(is_higher(m));
    const bool open = std::ranges::any_of(by_score, [](const auto& entry) { return entry.second.size() > 1; });
    for (std::size_t at = 0; open && at < movers.size(); at += most_at_once) {
        const auto some = slice(movers, at);
        auto order = order_so_far();
        order.tops.push_back(in_order_of(some));
        solve(order);
        decide(some);
    }
    decide(movers);
    for (auto& player : players_) player.must_be_higher = false;
}

/// The movers' opponents: the first mover meets as high a resident as can be, then the second … (transpositions).
void CandidateSearch::pair_movers() {
    std::vector<Place> paired;
    for (const auto m : of_part(Part::mover))
        if (is_higher(m)) paired.push_back(players_[m].member.place);
    pair_in_order(std::move(paired));
}

/// Lets the higher players of pairs, one after the other, meet the highest possible opponents, and takes the pairs out.
void CandidateSearch::pair_in_order(std::vector<Place> tops) {
    while (!tops.empty()) {
        const auto fits = Solver::spare_bits(*criteria_) / Solver::bits_to_meet(*criteria_);
        const auto count = std::min<std::size_t>(tops.size(), std::max(fits, 1U));
        auto order = order_so_far();
        for (std::size_t i = 0; i < count; ++i) {
            const auto at = std::ranges::find(players_, tops[i], [](const Player& p) { return p.member.place; });
            order.to_meet_the_highest.push_back(static_cast<Vertex>(at - players_.begin()));
        }
        solve(order);

        take_out(order.to_meet_the_highest);
        tops.erase(tops.begin(), tops.begin() + static_cast<std::ptrdiff_t>(count));
    }
}

/// The pairs of these players are settled.
void CandidateSearch::take_out(const std::vector<Vertex>& tops) {
    std::vector<char> done(players_.size(), 0);
    for (const auto m : tops) {
        CHECK_THAT(is_higher(m));
        pairs_.push_back({players_[m].member.place, players_[mate_[m]].member.place});
        done[m] = done[mate_[m]] = 1;
    }
    std::vector<Vertex> index(players_.size(), no_vertex);
    std::vector<Player> players;
    for (Vertex m = 0; m < players_.size(); ++m) {
        if (done[m] != 0) continue;
        index[m] = static_cast<Vertex>(players.size());
        players.push_back(players_[m]);
    }
    std::vector<Vertex> mate(players.size(), no_vertex);
    for (Vertex m = 0; m < players_.size(); ++m)
        if (index[m] != no_vertex && mate_[m] != no_vertex) mate[index[m]] = index[mate_[m]];
    players_ = std::move(players);
    mate_ = std::move(mate);
    rebuild();
}

/// Who of the remainder is the higher of a pair: as many of the first half (S1R) as can be, and among exchanges the
/// least difference of numbers, then the largest number that leaves the half, then the smallest that enters it.
void CandidateSearch::choose_tops() {
    const auto remainder = of_part(Part::resident);
    const auto pairs = std::ranges::count_if(remainder, [&](Vertex m) { return is_higher(m); });
    const auto half = remainder.begin() + pairs;

    TopField first_half{bits_for(pairs), no_values()}, high{bits_for(pairs * remainder.size()), no_values()};
    for (std::size_t i = 0; i < remainder.size(); ++i) {
        first_half.value[remainder[i]] = static_cast<std::ptrdiff_t>(i) < pairs ? 1 : 0;
        high.value[remainder[i]] = static_cast<std::int64_t>(remainder.size() - i);
    }
    exchange_ = {std::move(first_half), std::move(high)};
    solve_exchanges({});
    const auto exchanges = std::count_if(remainder.begin(), half, [&](Vertex m) { return !is_higher(m); });
    choose_exchanged({std::make_reverse_iterator(half), remainder.rend()}, exchanges, Exchange::leaving);
    choose_exchanged({half, remainder.end()}, exchanges, Exchange::entering);
    decide(remainder);
    for (auto& player : players_) player.must_be_higher = false;
}

/// Decides who of these, the first before all others, leaves or enters the first half; there are `exchanges` of them.
void CandidateSearch::choose_exchanged(const std::vector<Vertex>& candidates, std::ptrdiff_t exchanges,
                                       Exchange direction) {
    for (std::size_t at = 0; at < candidates.size() && exchanges > 0; at += most_at_once) {
        const auto some = slice(candidates, at);
        auto field = in_order_of(some);
        if (direction == Exchange::leaving)
            for (auto& value : field.value) value = -value;
        solve_exchanges(std::move(field));
        decide(some);
        exchanges -=
            std::ranges::count_if(some, [&](Vertex m) { return is_higher(m) == (direction == Exchange::entering); });
    }
}

/// With as few and as small exchanges as can be, and then by this field.
void CandidateSearch::solve_exchanges(TopField field) {
    auto order = order_so_far();
    order.tops.insert(order.tops.end(), exchange_.begin(), exchange_.end());
    if (field.bits > 0) order.tops.push_back(std::move(field));
    solve(order);
}

/// The first of these before all others, then the second …
TopField CandidateSearch::in_order_of(const std::vector<Vertex>& members) const {
    TopField field{static_cast<unsigned>(members.size()), no_values()};
    for (std::size_t i = 0; i < members.size(); ++i)
        field.value[members[i]] = std::int64_t{1} << (members.size() - 1 - i);
    return field;
}

/// The tops' opponents, as the movers' were chosen (transpositions of S2R).
void CandidateSearch::pair_tops() {
    std::vector<Place> tops;
    for (const auto m : of_part(Part::resident))
        if (is_higher(m)) tops.push_back(players_[m].member.place);
    pair_in_order(std::move(tops));
}

}  // namespace agon::formats::dutch
