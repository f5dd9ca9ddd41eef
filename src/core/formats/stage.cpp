#include <algorithm>

#include "base/result.hpp"
#include "core/formats/format.hpp"

namespace agon::formats {

Stage::Stage(const Format& format, const Settings& settings) : format_(&format), settings_(settings) {
    add(format.plan(settings));
}

void Stage::add(const std::vector<PlannedRound>& rounds) {
    const auto first_new = static_cast<MatchNumber>(matches_.size() + 1);
    for (const auto& planned : rounds) {
        const auto count = static_cast<std::uint32_t>(planned.matches.size());
        rounds_.push_back({planned.bracket, static_cast<MatchNumber>(matches_.size() + 1), count});
        for (const auto& match : planned.matches) {
            matches_.push_back({.slots = match.slots, .round = static_cast<std::uint32_t>(rounds_.size())});
            ++open_;
        }
    }
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

void Stage::link(MatchNumber number, std::uint8_t side) {
    const auto slot = match(number).slots[side];
    if (slot.from != Slot::From::winner_of && slot.from != Slot::From::loser_of) return;
    auto& source = matches_[slot.index - 1];
    const auto way = slot.from == Slot::From::winner_of ? 0u : 1u;
    source.goes_to[way] = number;
    source.goes_to_side[way] = side;
}

void Stage::seat(MatchNumber number, std::uint8_t side, Seed player) {
    matches_[number - 1].players[side] = player;
    settle(number);
}

void Stage::settle(MatchNumber number) {
    const auto& m = match(number);
    if (m.players[0] == pending || m.players[1] == pending || m.status != MatchStatus::waiting) return;
    if (m.is_bye()) {
        finish(number, is_seed(m.players[0]) ? 0 : is_seed(m.players[1]) ? 1 : 2);
    } else {
        matches_[number - 1].status = MatchStatus::ready;
        ready_.push_back(number);
    }
}

void Stage::begin(MatchNumber number) {
    CHECK_THAT(match(number).status == MatchStatus::ready);
    matches_[number - 1].status = MatchStatus::in_progress;
    if (++begun_ * 2 <= ready_.size()) return;
    std::erase_if(ready_, [&](MatchNumber m) { return match(m).status != MatchStatus::ready; });
    begun_ = 0;
}

std::vector<MatchNumber> Stage::ready() const {
    std::vector<MatchNumber> numbers;
    for (const auto m : ready_)
        if (match(m).status == MatchStatus::ready) numbers.push_back(m);
    std::ranges::sort(numbers);
    return numbers;
}

void Stage::complete(MatchNumber number, std::uint8_t winner_side, std::optional<Score> score) {
    auto& m = matches_[number - 1];
    CHECK_THAT(m.status == MatchStatus::in_progress);
    m.has_score = score.has_value();
    if (score) m.score = *score;
    finish(number, winner_side);
}

void Stage::finish(MatchNumber number, std::uint8_t winner_side) {
    auto& m = matches_[number - 1];
    m.status = MatchStatus::completed;
    m.winner_side = winner_side;
    --open_;
    const auto winner = m.winner(), loser = m.loser();
    const auto goes_to = m.goes_to;
    const auto side = m.goes_to_side;
    if (goes_to[0] != 0) seat(goes_to[0], side[0], winner);
    if (goes_to[1] != 0) seat(goes_to[1], side[1], loser);
    if (open_ == 0)
        if (auto more = format_->next(*this); !more.empty()) add(more);
}

}  // namespace agon::formats
