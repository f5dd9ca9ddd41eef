#include "core/tournament/tournament.hpp"

#include <algorithm>

#include "core/formats/single_elimination.hpp"

namespace agon {

std::optional<formats::Seed> StageRun::seed_of(EntrantIndex entrant) const {
    const auto found = std::ranges::find(order, entrant);
    if (found == order.end()) return std::nullopt;
    return static_cast<formats::Seed>(found - order.begin());
}

bool Tournament::is_waiting(EntrantId entrant) const {
    return std::ranges::find(waiting, entrant, &Entrant::id) != waiting.end();
}

std::int64_t Tournament::shown_seed(EntrantIndex index) const {
    return index >= seed_of.size() ? std::int64_t{index} + 1 : std::int64_t{seed_of[index]} + 1;
}

const StageRun& Tournament::run_of(MatchNumber m) const {
    for (auto run = stages.rbegin(); run != stages.rend(); ++run)
        if (m >= run->first_match) return *run;
    return stages.front();
}

const formats::Match& Tournament::match(MatchNumber m) const {
    const auto& run = run_of(m);
    return run.stage.match(m - run.first_match + 1);
}

std::uint32_t Tournament::round_of(MatchNumber m) const { return run_of(m).first_round + match(m).round - 1; }

const Entrant* Tournament::player(MatchNumber m, std::size_t side) const {
    const auto seed = match(m).players[side];
    return formats::is_seed(seed) ? &entrants[run_of(m).order[seed]] : nullptr;
}

const Entrant* Tournament::winner(MatchNumber m) const {
    const auto side = match(m).winner_side;
    return side < 2 ? player(m, side) : nullptr;
}

bool Tournament::is_disputed(MatchNumber m) const {
    const auto found = claims.find(m);
    return found != claims.end() && found->second.disputed_by.has_value();
}

Money Tournament::prize_pool() const {
    if (escrow.settled || escrow.is_open) return escrow.pool();
    return details.money.prize_pool.value_or(Money{});
}

bool Tournament::awaits_draw() const {
    if (status != Status::in_progress || stages.empty()) return false;
    const auto& stage = stages.back().stage;
    return stage.format().draws_slowly && stage.settings().entrants > most_drawn_at_once && stage.wants_draw();
}

// --- places -------------------------------------------------------------------------------------------------------------

namespace {

/// The stage's places, of those only who are not `ahead` (by entrant); they come after them.
void append_places(const StageRun& run, const std::vector<bool>& ahead, std::vector<EntrantPlace>& all) {
    auto ranked = run.stage.format().rank(run.stage);
    std::erase_if(ranked, [&](const formats::Place& p) { return ahead[run.order[p.seed]]; });
    const auto before = static_cast<std::uint32_t>(all.size());
    for (std::size_t i = 0; i < ranked.size();) {
        auto end = i;
        while (end < ranked.size() && ranked[end].first == ranked[i].first) ++end;
        for (auto k = i; k < end; ++k)
            all.push_back({run.order[ranked[k].seed], before + static_cast<std::uint32_t>(i) + 1,
                           before + static_cast<std::uint32_t>(end)});
        i = end;
    }
}

}  // namespace

std::vector<EntrantPlace> places(const Tournament& t) {
    std::vector<EntrantPlace> all;
    std::vector<bool> ahead(t.entrants.size());
    for (auto run = t.stages.rbegin(); run != t.stages.rend(); ++run) {
        append_places(*run, ahead, all);
        for (const auto entrant : run->order) ahead[entrant] = true;
    }
    return all;
}

// --- best of ------------------------------------------------------------------------------------------------------------

namespace {

/// The words by which the round is known, the most telling first.
std::vector<std::string> words_of_round(const Tournament& t, MatchNumber m) {
    const auto& run = t.run_of(m);
    const auto& match = t.match(m);
    const auto& round = run.stage.rounds()[match.round - 1];
    const auto& format = run.stage.format();
    std::vector<std::string> words;
    if (!format.by_points && &run == &t.stages.back() && t.is_last_stage()) {
        const auto left = run.stage.rounds().size() - match.round;
        if (formats::is_third_place(match) && round.bracket == formats::Bracket::winners)
            words.emplace_back("third_place");
        else if (round.bracket == formats::Bracket::final_ || (format.name == "single_elimination" && left == 0))
            words.emplace_back("final");
        else if (format.name == "single_elimination" && left <= 2)
            words.emplace_back(left == 1 ? "semi_finals" : "quarter_finals");
    }
    words.push_back(std::to_string(t.round_of(m)));
    words.emplace_back("default");
    return words;
}

}  // namespace

std::optional<std::int64_t> best_of(const Tournament& t, MatchNumber m) {
    if (t.options.best_of.empty()) return std::nullopt;
    for (const auto& word : words_of_round(t, m))
        if (const auto found = t.options.best_of.find(word); found != t.options.best_of.end()) return found->second;
    return std::nullopt;
}

}  // namespace agon
