/// Direct encounter (FIDE Handbook C.07, article 6): those who are equal so far, ordered by their games among each
/// other. A value is the player's place among them, from 1; 0 where nobody is equal.
#include <algorithm>

#include <fmt/format.h>

#include "core/standings/text.hpp"
#include "core/standings/tiebreak.hpp"

namespace agon::standings::tiebreaks {

namespace {

/// Points are counted in this many parts of a tenth, so that the average of up to ten games with one opponent is exact.
constexpr std::int64_t parts = 2520;

struct Encounters {
    Row row = 0;
    /// From the games within the group, in parts of a tenth.
    std::int64_t score = 0;
    /// How many others of the group the player has met.
    std::size_t met = 0;
    /// The least and the most that the score can become with the games that are missing.
    std::int64_t least = 0, most = 0;
};

struct Meeting {
    Row opponent = 0;
    Points points = 0;
};

/// The places within groups; one object orders many groups.
class SeparateStandings {
public:
    explicit SeparateStandings(const Facts& facts) : facts_(facts), in_group_(facts.points.size()) {}

    /// Writes the places of the group, the best of which is `first`. The group comes back in order of them.
    void rank(std::span<Row> group, std::size_t first, Column& places);

    /// The games of `row` within the group, in order of opponents.
    std::vector<Meeting> meetings(std::span<const Row> group, Row row);

private:
    std::vector<Encounters> encounters(std::span<const Row> group);
    void collect(Row row);
    Encounters sum_up(Row row, std::size_t others) const;
    void rank_by_score(std::vector<Encounters>&, std::span<Row> group, std::size_t first, Column& places);
    void rank_by_certainty(std::vector<Encounters>&, std::span<Row> group, std::size_t first, Column& places);
    void rank_rest(std::span<Row> rest, std::size_t group, std::size_t first, Column& places);

    const Facts& facts_;
    std::vector<bool> in_group_;
    std::vector<Meeting> meetings_;
};

/// Games that were not played count as no meeting in a Swiss (6.1.1), and as games in a round robin (15.2).
void SeparateStandings::collect(Row row) {
    meetings_.clear();
    for (const auto& round : facts_.table.players[row].rounds)
        if (facts_.met(round) && in_group_[round.opponent])
            meetings_.push_back({round.opponent, facts_.table.scoring.of(round.outcome)});
    std::ranges::stable_sort(meetings_, {}, &Meeting::opponent);
}

/// Who met more than once counts with the average of those games (6.1.2).
Encounters SeparateStandings::sum_up(Row row, std::size_t others) const {
    Encounters e{.row = row};
    for (std::size_t i = 0; i < meetings_.size();) {
        Points points = 0;
        std::int64_t games = 0;
        const auto opponent = meetings_[i].opponent;
        for (; i < meetings_.size() && meetings_[i].opponent == opponent; ++i) points += meetings_[i].points, ++games;
        e.score += points * parts / games;
        ++e.met;
    }
    const auto missing = static_cast<std::int64_t>(others - e.met) * parts;
    e.least = e.score + missing * facts_.table.scoring.loss;
    e.most = e.score + missing * facts_.table.scoring.win;
    return e;
}

std::vector<Encounters> SeparateStandings::encounters(std::span<const Row> group) {
    for (const auto row : group) in_group_[row] = true;
    std::vector<Encounters> all;
    all.reserve(group.size());
    for (const auto row : group) {
        collect(row);
        all.push_back(sum_up(row, group.size() - 1));
    }
    for (const auto row : group) in_group_[row] = false;
    return all;
}

std::vector<Meeting> SeparateStandings::meetings(std::span<const Row> group, Row row) {
    for (const auto member : group) in_group_[member] = true;
    collect(row);
    for (const auto member : group) in_group_[member] = false;
    return meetings_;
}

bool all_met(const std::vector<Encounters>& all) {
    return std::ranges::all_of(all, [&](const Encounters& e) { return e.met + 1 == all.size(); });
}

void SeparateStandings::rank(std::span<Row> group, std::size_t first, Column& places) {
    auto all = encounters(group);
    if (all_met(all))
        rank_by_score(all, group, first, places);
    else
        rank_by_certainty(all, group, first, places);
}

/// Where all have met, the points of these games decide (6.1).
void SeparateStandings::rank_by_score(std::vector<Encounters>& all, std::span<Row> group, std::size_t first,
                                      Column& places) {
    std::ranges::stable_sort(all, std::greater{}, &Encounters::score);
    std::ranges::transform(all, group.begin(), &Encounters::row);
    for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
        while (end < all.size() && all[end].score == all[begin].score) ++end;
        rank_rest(group.subspan(begin, end - begin), group.size(), first + begin, places);
    }
}

/// Where some have not met, only who would be alone at the top whatever the missing games gave goes first; then
/// likewise who would be second; and so on (6.3).
void SeparateStandings::rank_by_certainty(std::vector<Encounters>& all, std::span<Row> group, std::size_t first,
                                          Column& places) {
    std::ranges::stable_sort(all, std::greater{}, &Encounters::least);
    std::ranges::transform(all, group.begin(), &Encounters::row);

    // The most that anybody behind can reach.
    std::vector<std::int64_t> behind(all.size());
    for (auto i = all.size() - 1; i-- > 0;)
        behind[i] = i + 2 == all.size() ? all[i + 1].most : std::max(all[i + 1].most, behind[i + 1]);

    std::size_t placed = 0;
    for (; placed + 1 < all.size() && all[placed].least > behind[placed]; ++placed)
        places[all[placed].row] = static_cast<std::int64_t>(first + placed) * 100;
    rank_rest(group.subspan(placed), group.size(), first + placed, places);
}

/// Article 6 is applied again to those who are still equal, by their own games alone, as long as that separates
/// somebody (6.2).
void SeparateStandings::rank_rest(std::span<Row> rest, std::size_t group, std::size_t first, Column& places) {
    if (rest.size() > 1 && rest.size() < group) return rank(rest, first, places);
    for (const auto row : rest) places[row] = static_cast<std::int64_t>(first) * 100;
}

Column places_of(const Facts& facts, const Ties& ties) {
    Column places(facts.points.size());
    SeparateStandings standings(facts);
    for (std::size_t g = 0; g < ties.size(); ++g) {
        std::vector<Row> group(ties.group(g).begin(), ties.group(g).end());
        if (group.size() > 1) standings.rank(group, 1, places);
    }
    return places;
}

std::string why_place(const Facts& facts, const Ties& ties, Row row) {
    const auto group = ties.group_of(row);
    if (group.size() < 2) return "nobody is equal up to here";
    SeparateStandings standings(facts);
    std::vector<std::string> terms;
    std::vector<Row> opponents;
    for (const auto& meeting : standings.meetings(group, row)) {
        terms.push_back(fmt::format("{} against {}", points_text(meeting.points), player_text(meeting.opponent)));
        if (opponents.empty() || opponents.back() != meeting.opponent) opponents.push_back(meeting.opponent);
    }
    const auto unmet = group.size() - 1 - opponents.size();
    return fmt::format("place among the {} who are equal up to here{}{}{}", group.size(),
                       terms.empty() ? "" : ", with ", listed(terms),
                       unmet == 0 ? std::string{} : fmt::format("; {} of them not met", unmet));
}

}  // namespace

constinit const Rule direct_encounter{.tiebreak = TieBreak::direct_encounter,
                                      .title = "Direct encounter",
                                      .acronym = "DE",
                                      .article = "6",
                                      .best = Best::lowest,
                                      .digits = Digits::place,
                                      .values = places_of,
                                      .why = why_place};

}  // namespace agon::standings::tiebreaks
