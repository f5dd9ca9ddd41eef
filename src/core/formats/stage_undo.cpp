// Taking results back, and entrants who come late or leave.

#include <algorithm>

#include "core/formats/stage.hpp"

namespace agon::formats {

/// Down the links: who was seated by this match, and whatever came of that.
void Stage::collect(MatchNumber number, std::vector<MatchNumber>& found) const {
    for (const auto next : match(number).goes_to) {
        if (next == 0 || std::ranges::find(found, next) != found.end()) continue;
        found.push_back(next);
        collect(next, found);
    }
}

std::vector<MatchNumber> Stage::dependents(MatchNumber number) const {
    std::vector<MatchNumber> found;
    collect(number, found);
    for (std::size_t r = match(number).round; r < rounds_.size(); ++r)
        for (MatchNumber m = rounds_[r].first; rounds_[r].drawn && m < rounds_[r].first + rounds_[r].count; ++m)
            if (std::ranges::find(found, m) == found.end()) found.push_back(m);
    std::erase_if(found,
                  [&](MatchNumber m) { return match(m).is_bye() || match(m).status < MatchStatus::in_progress; });
    std::ranges::sort(found);
    return found;
}

void Stage::undo(MatchNumber number) {
    CHECK_THAT(match(number).status == MatchStatus::completed && !match(number).is_bye());
    stopped_.reset();
    drop_rounds_after(match(number).round);
    reopen(number);
    auto& m = matches_[number - 1];
    m.status = MatchStatus::ready;
    if (format_->rounds_in_order && m.round < open_round_) {
        open_round_ = m.round;
        offered_.clear();
        begun_ = 0;
    }
    offer(number);
}

/// Rounds that were drawn after that one rest on its results.
void Stage::drop_rounds_after(std::uint32_t round) {
    while (rounds_.size() > round && rounds_.back().drawn) {
        const auto& last = rounds_.back();
        for (const auto& m : matches_of(last)) release(m);
        for (auto m = last.first; m < last.first + last.count; ++m) why_.erase(m);
        open_ -= last.open;
        matches_.resize(last.first - 1);
        rounds_.pop_back();
    }
    std::erase_if(offered_, [&](MatchNumber m) { return m > matches_.size(); });
    if (open_round_ > rounds_.size() + 1) open_round_ = static_cast<std::uint32_t>(rounds_.size() + 1);
}

/// A completed match is open again, and nobody goes on from it.
void Stage::reopen(MatchNumber number) {
    auto& m = matches_[number - 1];
    m.winner_side = 2;
    m.forfeit = m.has_score = false;
    m.score = {};
    ++open_;
    ++rounds_[m.round - 1].open;
    for (std::size_t way = 0; way < 2; ++way)
        if (m.goes_to[way] != 0) unseat(m.goes_to[way], m.goes_to_side[way]);
}

/// Somebody who had come here by a bye may have been taken out since; nobody comes in their stead.
void Stage::unseat(MatchNumber number, std::uint8_t side) {
    auto& m = matches_[number - 1];
    release(m);
    if (m.status == MatchStatus::completed) reopen(number);
    m.status = MatchStatus::waiting;
    m.players[side] = pending;
    if (auto& other = m.players[1 - side]; is_seed(other) && vacated_[other]) other = nobody;
}

void Stage::amend(MatchNumber number, const Ending& ending) {
    auto& m = matches_[number - 1];
    CHECK_THAT(m.status == MatchStatus::completed && !m.is_bye());
    m.winner_side = ending.winner_side;
    m.forfeit = ending.forfeit;
    m.has_score = ending.score.has_value();
    m.score = ending.score.value_or(Score{});
}

/// The group with the fewest entrants, the first of them.
std::uint16_t Stage::smallest_group() const {
    std::vector<std::size_t> sizes(static_cast<std::size_t>(settings_.options.groups));
    for (const auto group : settings_.group_of) ++sizes[group];
    return static_cast<std::uint16_t>(std::ranges::min_element(sizes) - sizes.begin());
}

Seed Stage::admit(std::int32_t rating) {
    playing_.push_back(0);
    left_.push_back(false);
    vacated_.push_back(false);
    if (!settings_.ratings.empty()) settings_.ratings.push_back(rating);
    if (!settings_.group_of.empty()) settings_.group_of.push_back(smallest_group());
    return settings_.entrants++;
}

void Stage::leave(Seed seed) { left_[seed] = true; }

bool Stage::has_played(Seed seed) const {
    return std::ranges::any_of(
        matches_, [&](const Match& m) { return m.has(seed) && !m.is_bye() && m.status >= MatchStatus::in_progress; });
}

void Stage::vacate(Seed seed) {
    left_[seed] = vacated_[seed] = true;
    for (MatchNumber number = 1; number <= matches_.size(); ++number) {
        auto& m = matches_[number - 1];
        if (!m.has(seed) || m.status == MatchStatus::completed) continue;
        CHECK_THAT(m.status != MatchStatus::in_progress);
        m.players[m.players[0] == seed ? 0 : 1] = nobody;
        m.status = MatchStatus::waiting;
        settle(number);
    }
}

}  // namespace agon::formats
