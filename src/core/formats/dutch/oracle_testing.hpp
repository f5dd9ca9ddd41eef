/// The rules of C.04.3 a second time, by trying everything: all legal candidates of every bracket, compared by one key.
/// For at most ten players or so. Shares no code with the engine; `Position` in, boards out.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/formats/dutch/oracle_player_testing.hpp"

namespace agon::formats::dutch::testing {

/// (white, black) of every board, and who has the bye.
struct Boards {
    std::set<std::pair<Row, Row>> boards;
    std::optional<Row> bye;
    bool operator==(const Boards&) const = default;
};

/// The criteria, and the order of candidates: fewest exchanges, least difference, who leaves the half.
enum class Rule { none, c5, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16, c17, c18, c19, c20, c21, t3, t4, t5 };

class Oracle {
public:
    /// `off`: this rule is left out, to see what it is good for.
    explicit Oracle(const Position& position, Rule off = Rule::none)
        : position_(position), table_(position.table), off_(off), players_(oracle_players(position)) {}

    std::optional<Boards> pair() {
        const auto n = players_.size();
        if (n == 0) return Boards{};
        if (!find_bye_score()) return {};
        Boards result;
        std::vector<std::size_t> movers;
        for (std::size_t first = 0; first < n;) {
            const auto next = end_of_group(first);
            const auto best = best_candidate(movers, first, next, end_of_group(next));
            for (const auto& [a, b] : best.pairs) result.boards.insert(with_colours(a, b));
            movers = best.left;
            first = next;
        }
        if (!movers.empty()) result.bye = players_[movers.front()].row;
        return result;
    }

private:
    using Numbers = std::vector<long>;
    struct Candidate {
        std::vector<std::pair<std::size_t, std::size_t>> pairs;  // higher first
        std::vector<std::size_t> left;
    };

    std::size_t end_of_group(std::size_t first) const {
        auto end = first;
        while (end < players_.size() && players_[end].score == players_[first].score) ++end;
        return end;
    }

    // C1, C3
    bool legal(std::size_t a, std::size_t b) const {
        const auto &p = players_[a], &q = players_[b];
        for (const auto& round : table_.players[p.row].rounds)
            if (was_played(round.outcome) && round.opponent == q.row) return false;
        for (const auto& [x, y] : position_.forbidden)
            if ((x == p.row && y == q.row) || (x == q.row && y == p.row)) return false;
        return p.strength < 3 || q.strength < 3 || p.wish != q.wish || p.top || q.top;
    }

    // C4, C5: whether the players of the mask can all be paired, but one whose score is the bye's.
    bool completes(unsigned mask) {
        if (mask == 0) return true;
        if (const auto known = completes_.find(mask); known != completes_.end()) return known->second;
        std::size_t a = 0;
        while ((mask >> a & 1U) == 0) ++a;
        const auto rest = mask & ~(1U << a);
        bool found = false;
        if (std::popcount(mask) % 2 == 1)
            found = players_[a].bye && (off_ == Rule::c5 || players_[a].score == bye_score_) && completes(rest);
        for (std::size_t b = a + 1; b < players_.size() && !found; ++b)
            if ((rest >> b & 1U) != 0 && legal(a, b)) found = completes(rest & ~(1U << b));
        return completes_[mask] = found;
    }

    bool find_bye_score() {
        const auto all = (1U << players_.size()) - 1;
        std::set<Points> scores;
        for (const auto& p : players_) scores.insert(p.score);
        for (const auto score : scores) {
            bye_score_ = score;
            completes_.clear();
            if (completes(all)) return true;
        }
        return false;
    }

    // All sets of pairs in a bracket, each with at least one resident.
    void each_candidate(const std::vector<std::size_t>& members, std::size_t movers,
                        const std::function<void(const Candidate&)>& use) const {
        Candidate candidate;
        std::vector<char> used(members.size(), 0);
        const std::function<void(std::size_t)> from = [&](std::size_t i) {
            while (i < members.size() && used[i] != 0) ++i;
            if (i == members.size()) return use(candidate);
            used[i] = 1;
            for (auto j = std::max(i + 1, movers); j < members.size(); ++j) {
                if (used[j] != 0 || !legal(members[i], members[j])) continue;
                used[j] = 1;
                candidate.pairs.push_back({members[i], members[j]});
                from(i + 1);
                candidate.pairs.pop_back();
                used[j] = 0;
            }
            candidate.left.push_back(members[i]);
            from(i + 1);
            candidate.left.pop_back();
            used[i] = 0;
        };
        from(0);
    }

    static unsigned mask_of(const std::vector<std::size_t>& members) {
        unsigned mask = 0;
        for (const auto m : members) mask |= 1U << m;
        return mask;
    }
    unsigned mask_from(std::size_t first) const { return ((1U << players_.size()) - 1) & ~((1U << first) - 1); }

    // C8, greater is better.
    Numbers ahead(const std::vector<std::size_t>& floaters, std::size_t next, std::size_t lower) {
        auto members = floaters;
        for (auto m = next; m < lower; ++m) members.push_back(m);
        Numbers best;
        each_candidate(members, floaters.size(), [&](const Candidate& candidate) {
            if (!completes(mask_of(candidate.left) | mask_from(lower))) return;
            Numbers value{static_cast<long>(candidate.pairs.size())};
            std::map<Points, long, std::greater<>> by_score;
            for (const auto f : floaters) by_score[players_[f].score] += 0;
            for (const auto& [a, b] : candidate.pairs)
                if (a < next) ++by_score[players_[a].score];
            for (const auto& [score, count] : by_score) value.push_back(count);
            best = std::max(best, value);
        });
        return best;
    }

    Candidate best_candidate(const std::vector<std::size_t>& movers, std::size_t first, std::size_t next,
                             std::size_t lower) {
        auto members = movers;
        for (auto m = first; m < next; ++m) members.push_back(m);
        std::optional<Candidate> best;
        Numbers best_key;
        std::map<unsigned, Numbers> looked_ahead;
        each_candidate(members, movers.size(), [&](const Candidate& candidate) {
            if (!completes(mask_of(candidate.left) | mask_from(next))) return;
            const auto c6 = static_cast<long>(candidate.left.size());
            if (best && c6 > best_key.front()) return;
            const auto left = mask_of(candidate.left);
            if (!looked_ahead.contains(left)) looked_ahead[left] = ahead(candidate.left, next, lower);
            auto key = key_of(candidate, members, movers.size(), first, looked_ahead[left]);
            if (best && !(key < best_key)) return;
            best = candidate;
            best_key = std::move(key);
        });
        return *best;
    }

    void put(Numbers& key, Rule rule, long value) const { key.push_back(rule == off_ ? 0 : value); }

    Numbers key_of(const Candidate& candidate, const std::vector<std::size_t>& members, std::size_t movers,
                   std::size_t first, const Numbers& look) const {
        Numbers key{static_cast<long>(candidate.left.size())};
        std::map<Points, long, std::greater<>> left_by_score;
        for (const auto m : members) left_by_score[players_[m].score] += 0;
        for (const auto m : candidate.left) ++left_by_score[players_[m].score];
        for (const auto& [score, count] : left_by_score) put(key, Rule::c7, count);
        for (const auto value : look) put(key, Rule::c8, -value);
        add_bye_games(key, candidate, first);
        add_colours(key, candidate);
        for (const int back : {0, 1}) {
            long down = 0, up = 0;
            for (const auto m : candidate.left) down += m >= first && players_[m].flt[back] < 0 ? 1 : 0;
            for (const auto& [a, b] : candidate.pairs) up += a < first && players_[b].flt[back] > 0 ? 1 : 0;
            put(key, back == 0 ? Rule::c14 : Rule::c16, down);
            put(key, back == 0 ? Rule::c15 : Rule::c17, up);
        }
        for (const int back : {0, 1}) {
            std::map<Points, long, std::greater<>> down, up;
            for (std::size_t i = 0; i < movers; ++i)
                down[players_[members[i]].score] = up[players_[members[i]].score] = 0;
            for (const auto m : candidate.left)
                if (m < first && players_[m].flt[back] < 0) ++down[players_[m].score];
            for (const auto& [a, b] : candidate.pairs)
                if (a < first && players_[b].flt[back] > 0) ++up[players_[a].score];
            for (const auto& [score, count] : down) put(key, back == 0 ? Rule::c18 : Rule::c20, count);
            for (const auto& [score, count] : up) put(key, back == 0 ? Rule::c19 : Rule::c21, count);
        }
        add_order(key, candidate, members, movers);
        return key;
    }

    // C9
    void add_bye_games(Numbers& key, const Candidate& candidate, std::size_t first) const {
        const bool has_bye =
            players_.size() % 2 == 1 && candidate.left.size() == 1 && bye_score_ >= players_[first].score;
        put(key, Rule::c9, has_bye ? -players_[candidate.left.front()].games : 0);
    }

    // C10–C13
    void add_colours(Numbers& key, const Candidate& candidate) const {
        long c10 = 0, c11 = 0, c12 = 0, c13 = 0;
        for (const auto& [a, b] : candidate.pairs) {
            const auto &p = players_[a], &q = players_[b];
            if (p.wish == 0 || p.wish != q.wish) continue;
            ++c12;
            const auto x = std::abs(p.difference), y = std::abs(q.difference);
            if (x >= 2 && y >= 2) ++c10;
            const bool both_absolute = p.strength == 3 && q.strength == 3;
            if (p.strength >= 2 && q.strength >= 2 && !both_absolute) ++c13;
            if (!both_absolute) continue;
            if (x == y ? p.repeated != 0 && p.repeated == q.repeated : (x < y ? p : q).repeated == -p.wish) ++c11;
        }
        put(key, Rule::c10, c10);
        put(key, Rule::c11, c11);
        put(key, Rule::c12, c12);
        put(key, Rule::c13, c13);
    }

    // T1–T7
    void add_order(Numbers& key, const Candidate& candidate, const std::vector<std::size_t>& members,
                   std::size_t movers) const {
        std::map<std::size_t, long> bsn;
        for (std::size_t i = 0; i < members.size(); ++i) bsn[members[i]] = static_cast<long>(i) + 1;
        std::map<long, long> by_mover;
        std::set<std::size_t> met;
        for (const auto& [a, b] : candidate.pairs)
            if (bsn[a] <= static_cast<long>(movers)) by_mover[bsn[a]] = bsn[b], met.insert(b);
        for (const auto& [mover, opponent] : by_mover) key.push_back(mover);
        for (const auto& [mover, opponent] : by_mover) key.push_back(opponent);

        std::map<std::size_t, long> number;
        for (auto i = movers; i < members.size(); ++i)
            if (!met.contains(members[i])) number[members[i]] = static_cast<long>(number.size()) + 1;
        std::map<long, long> tops;
        for (const auto& [a, b] : candidate.pairs)
            if (number.contains(a)) tops[number[a]] = number[b];
        const auto half = static_cast<long>(tops.size());
        Numbers leaving, entering;
        long sum = 0;
        for (long i = half; i >= 1; --i)
            if (!tops.contains(i)) leaving.push_back(-i);
        for (const auto& [top, opponent] : tops) {
            sum += top;
            if (top > half) entering.push_back(top);
        }
        put(key, Rule::t3, static_cast<long>(leaving.size()));
        put(key, Rule::t4, sum);
        for (const auto number_left : leaving) put(key, Rule::t5, number_left);
        key.insert(key.end(), entering.begin(), entering.end());
        for (const auto& [top, opponent] : tops) key.push_back(opponent);
    }

    std::pair<Row, Row> with_colours(std::size_t a, std::size_t b) const {
        const auto &p = players_[a], &q = players_[b];
        const auto colour = position_.colours ? colour_of_higher(p, q) : 1;
        return colour > 0 ? std::pair{p.row, q.row} : std::pair{q.row, p.row};
    }

    // Section E: +1 if the higher player has white.
    int colour_of_higher(const OraclePlayer& p, const OraclePlayer& q) const {
        if (p.wish != q.wish) return p.wish != 0 ? p.wish : -q.wish;
        if (p.strength != q.strength) return p.strength > q.strength ? p.wish : -q.wish;
        const auto x = std::abs(p.difference), y = std::abs(q.difference);
        if (p.strength == 3 && x != y) return x > y ? p.wish : -q.wish;
        for (std::size_t i = 1; i <= std::min(p.colours.size(), q.colours.size()); ++i) {
            const auto mine = p.colours[p.colours.size() - i], other = q.colours[q.colours.size() - i];
            if (mine != other) return -mine;
        }
        if (p.wish != 0) return p.wish;
        const int initial = position_.initial_colour == Colour::black ? -1 : 1;
        return p.number % 2 == 1 ? initial : -initial;
    }

    const Position& position_;
    const CrossTable& table_;
    Rule off_;
    std::vector<OraclePlayer> players_;
    Points bye_score_ = 0;
    std::map<unsigned, bool> completes_;
};

}  // namespace agon::formats::dutch::testing
