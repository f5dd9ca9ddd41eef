#include "core/formats/stage.hpp"

#include <algorithm>

namespace agon::formats {

Stage::Stage(const Format& format, Settings settings)
    : format_(&format),
      settings_(std::move(settings)),
      playing_(settings_.entrants),
      left_(settings_.entrants),
      vacated_(settings_.entrants) {
    if (format.complete) format.complete(settings_);
    add(format.plan(settings_), false);
}

void Stage::add(const std::vector<PlannedRound>& rounds, bool drawn) {
    const auto first_new = static_cast<MatchNumber>(matches_.size() + 1);
    std::size_t more = 0;
    for (const auto& planned : rounds) more += planned.matches.size();
    if (!drawn) matches_.reserve(more);
    for (const auto& planned : rounds) {
        const auto count = static_cast<std::uint32_t>(planned.matches.size());
        const auto first = static_cast<MatchNumber>(matches_.size() + 1);
        for (std::size_t i = 0; i < planned.why.size(); ++i) why_[first + static_cast<MatchNumber>(i)] = planned.why[i];
        rounds_.push_back({planned.bracket, first, count, count, drawn});
        for (const auto& match : planned.matches)
            matches_.push_back(
                {.slots = match.slots, .round = static_cast<std::uint32_t>(rounds_.size()), .group = match.group});
    }
    open_ += more;
    // First every link, then every seed: a bye that completes at once must find its way on.
    for (auto m = first_new; m <= matches_.size(); ++m)
        for (std::uint8_t side = 0; side < 2; ++side) link(m, side);
    for (auto m = first_new; m <= matches_.size(); ++m)
        for (std::uint8_t side = 0; side < 2; ++side) {
            const auto slot = match(m).slots[side];
            if (slot.from == Slot::From::seed) seat(m, side, slot.index);
            if (slot.from == Slot::From::nobody) seat(m, side, nobody);
        }
}

std::string_view Stage::drawn_because(MatchNumber number) const {
    const auto found = why_.find(number);
    return found == why_.end() ? std::string_view{} : found->second;
}

void Stage::link(MatchNumber number, std::uint8_t side) {
    const auto slot = match(number).slots[side];
    if (slot.from != Slot::From::winner_of && slot.from != Slot::From::loser_of) return;
    auto& source = matches_[slot.index - 1];
    const auto way = slot.from == Slot::From::winner_of ? 0u : 1u;
    source.goes_to[way] = number;
    source.goes_to_side[way] = side;
}

void Stage::seat(MatchNumber number, std::uint8_t side, Seed player) {
    matches_[number - 1].players[side] = is_seed(player) && vacated_[player] ? nobody : player;
    settle(number);
}

void Stage::settle(MatchNumber number) {
    auto& m = matches_[number - 1];
    if (m.players[0] == pending || m.players[1] == pending || m.status != MatchStatus::waiting) return;
    if (m.is_bye()) return finish(number, is_seed(m.players[0]) ? 0 : is_seed(m.players[1]) ? 1 : 2);
    m.status = MatchStatus::ready;
    offer(number);
}

/// Where rounds go in order, those of later rounds are offered when their round comes.
void Stage::offer(MatchNumber number) {
    if (!format_->rounds_in_order || match(number).round == open_round_) offered_.push_back(number);
}

void Stage::begin(MatchNumber number) {
    auto& m = matches_[number - 1];
    CHECK_THAT(m.status == MatchStatus::ready);
    m.status = MatchStatus::in_progress;
    for (const auto player : m.players) ++playing_[player];
    if (++begun_ * 2 <= offered_.size()) return;
    std::erase_if(offered_, [&](MatchNumber o) { return match(o).status != MatchStatus::ready; });
    begun_ = 0;
}

std::vector<MatchNumber> Stage::startable() const {
    std::vector<MatchNumber> numbers;
    for (const auto m : offered_)
        if (match(m).status == MatchStatus::ready) numbers.push_back(m);
    // One that was taken back is offered once more.
    std::ranges::sort(numbers);
    numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
    // Nobody plays twice at once: the first of several that somebody could begin.
    auto busy = format_->rounds_in_order ? playing_ : std::vector<std::uint8_t>{};
    std::erase_if(numbers, [&](MatchNumber m) {
        if (busy.empty()) return false;
        const auto& players = match(m).players;
        if (busy[players[0]] || busy[players[1]]) return true;
        busy[players[0]] = busy[players[1]] = 1;
        return false;
    });
    return numbers;
}

void Stage::release(const Match& m) {
    if (m.status != MatchStatus::in_progress) return;
    for (const auto player : m.players) --playing_[player];
}

void Stage::complete(MatchNumber number, const Ending& ending) {
    auto& m = matches_[number - 1];
    CHECK_THAT(m.status == MatchStatus::in_progress || m.status == MatchStatus::ready);
    release(m);
    m.has_score = ending.score.has_value();
    if (ending.score) m.score = *ending.score;
    m.forfeit = ending.forfeit;
    finish(number, ending.winner_side);
}

void Stage::finish(MatchNumber number, std::uint8_t winner_side) {
    auto& m = matches_[number - 1];
    m.status = MatchStatus::completed;
    m.winner_side = winner_side;
    --open_;
    --rounds_[m.round - 1].open;
    const auto winner = m.winner(), loser = m.loser();
    const auto goes_to = m.goes_to;
    const auto side = m.goes_to_side;
    if (goes_to[0] != 0) seat(goes_to[0], side[0], winner);
    if (goes_to[1] != 0) seat(goes_to[1], side[1], loser);
    if (format_->rounds_in_order) go_to_open_round();
}

/// Offers the matches of the first round that has not ended.
void Stage::go_to_open_round() {
    const auto before = open_round_;
    while (open_round_ <= rounds_.size() && rounds_[open_round_ - 1].open == 0) ++open_round_;
    if (open_round_ == before || open_round_ > rounds_.size()) return;
    const auto& round = rounds_[open_round_ - 1];
    for (auto m = round.first; m < round.first + round.count; ++m)
        if (match(m).status == MatchStatus::ready) offered_.push_back(m);
}

void Stage::draw(const std::vector<PlannedRound>& rounds) {
    CHECK_THAT(open_ == 0);
    add(rounds, true);
}

}  // namespace agon::formats
