#include "core/formats/double_elimination.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "core/formats/losers_masks.hpp"
#include "core/formats/places.hpp"
#include "core/formats/single_elimination.hpp"

namespace agon::formats {

namespace {

Result<void> check(const Settings& settings) {
    if (settings.entrants <= most_lines) return {};
    return refused(Code::invalid, fmt::format("double elimination takes up to {} entrants, there are {}", most_lines,
                                              settings.entrants));
}

/// Lays out the rounds one after the other; numbers of matches follow from that.
class Planner {
public:
    explicit Planner(const Settings& settings)
        : entrants_(settings.entrants),
          size_(std::bit_ceil(std::max(settings.entrants, 2u))),
          masks_(drop_masks(size_)),
          grand_final_(settings.options.grand_final) {}

    std::vector<PlannedRound> plan() {
        winners_first();
        for (std::uint32_t r = 2; r <= masks_.size() + 1; ++r) {
            winners_next();
            r == 2 ? losers_first() : losers_halve();
            losers_receive(masks_[r - 2]);
        }
        if (grand_final_ != GrandFinal::none) finish();
        return std::move(rounds_);
    }

private:
    struct Previous {
        MatchNumber first = 1;
        std::uint32_t matches = 0;
    };

    PlannedRound& add(Bracket bracket, std::uint32_t matches) {
        auto& round = rounds_.emplace_back();
        round.bracket = bracket;
        round.matches.reserve(matches);
        (bracket == Bracket::losers ? losers_ : winners_) = {next_, matches};
        next_ += matches;
        return round;
    }

    void winners_first() {
        const auto order = bracket_order(size_);
        const auto slot = [&](Seed s) { return s < entrants_ ? seed_slot(s) : no_slot; };
        auto& round = add(Bracket::winners, size_ / 2);
        for (std::uint32_t i = 0; i < size_; i += 2) {
            round.matches.push_back({{slot(order[i]), slot(order[i + 1])}});
            is_bye_.push_back(order[i] >= entrants_ || order[i + 1] >= entrants_);
        }
    }

    void halve(Bracket bracket, const Previous previous) {
        auto& round = add(bracket, previous.matches / 2);
        for (auto m = previous.first; m < previous.first + previous.matches; m += 2)
            round.matches.push_back({{winner_of(m), winner_of(m + 1)}});
    }
    void winners_next() { halve(Bracket::winners, winners_); }
    void losers_halve() { halve(Bracket::losers, losers_); }

    void losers_first() {
        const auto slot = [&](std::uint32_t m) { return is_bye_[m] ? no_slot : loser_of(m + 1); };
        auto& round = add(Bracket::losers, size_ / 4);
        for (std::uint32_t m = 0; m < size_ / 2; m += 2) round.matches.push_back({{slot(m), slot(m + 1)}});
    }

    /// Whoever has come down from the winners bracket is at home.
    void losers_receive(std::uint32_t mask) {
        const auto previous = losers_;
        auto& round = add(Bracket::losers, previous.matches);
        for (std::uint32_t slot = 0; slot < previous.matches; ++slot)
            round.matches.push_back({{loser_of(winners_.first + (slot ^ mask)), winner_of(previous.first + slot)}});
    }

    /// Two entrants have no losers bracket: the loser of the only match is its winner.
    void finish() {
        const auto other = size_ == 2 ? loser_of(winners_.first) : winner_of(losers_.first);
        const auto winner = winner_of(winners_.first);
        add(Bracket::final_, 1).matches.push_back({{winner, other}});
    }

    std::uint32_t entrants_, size_;
    std::vector<std::uint32_t> masks_;
    GrandFinal grand_final_;
    std::vector<PlannedRound> rounds_;
    std::vector<bool> is_bye_;
    MatchNumber next_ = 1;
    Previous winners_, losers_;
};

std::vector<PlannedRound> plan(const Settings& settings) { return Planner(settings).plan(); }

const Match& last_match(const Stage& stage) { return stage.match(static_cast<MatchNumber>(stage.match_count())); }

/// The undefeated has lost the first final, so now both have lost once.
bool is_reset(const Stage& stage) {
    const auto& final = last_match(stage);
    return stage.settings().options.grand_final == GrandFinal::reset && !stage.rounds().back().drawn &&
           final.status == MatchStatus::completed && !final.is_bye() && final.winner_side == 1;
}

bool is_over(const Stage& stage) { return !is_reset(stage); }

Draw next(const Stage& stage) {
    const auto& final = last_match(stage);
    return {
        .rounds = {{.matches = {{{seed_slot(final.players[1]), seed_slot(final.players[0])}}},
                    .bracket = Bracket::final_,
                    .why = {"the undefeated has lost the first final, so both have lost once; sides are changed"}}}};
}

/// How far entrants got, the higher the better: an entrant that is out has the number of the losers round it lost in,
/// or where both lost in the winners bracket, of the one it would have dropped to.
class Marks {
public:
    explicit Marks(const Stage& stage) : stage_(stage), final_(static_cast<std::uint32_t>(2 * stage.rounds().size())) {}

    std::uint32_t of(const Match& match, std::uint8_t side, std::uint32_t round_of_bracket) const {
        if (match.status != MatchStatus::completed) return still_in();
        const auto bracket = stage_.rounds()[match.round - 1].bracket;
        const bool won = match.winner_side == side;
        if (bracket == Bracket::final_) return in_final(match, won);
        // No final follows: the winner of the winners bracket is champion, that of the losers bracket second.
        if (won && match.goes_to[0] == 0) return bracket == Bracket::winners ? champion() : second();
        return bracket == Bracket::winners ? drop_round(round_of_bracket) : round_of_bracket;
    }

private:
    std::uint32_t still_in() const { return final_; }
    std::uint32_t second() const { return final_ + 1; }
    std::uint32_t champion() const { return final_ + 2; }
    std::uint32_t in_final(const Match& match, bool won) const {
        if (match.winner_side == 2 || is_reset(stage_)) return still_in();
        return won ? champion() : second();
    }

    const Stage& stage_;
    std::uint32_t final_;
};

/// The later the losers round somebody lost in, the better the place; those of one round share theirs. Who is still in
/// shares the best of those left. What counts is the last match in which an entrant stands.
std::vector<Place> rank(const Stage& stage) {
    const Marks marks_of(stage);
    std::vector<std::uint32_t> marks(stage.settings().entrants, 0);
    std::array<std::uint32_t, 3> rounds_of_bracket{};
    for (const auto& round : stage.rounds()) {
        const auto number = ++rounds_of_bracket[static_cast<std::size_t>(round.bracket)];
        for (const auto& match : stage.matches_of(round))
            for (std::uint8_t side = 0; side < 2; ++side)
                if (const auto seed = match.players[side]; is_seed(seed) && !stage.is_vacated(seed))
                    marks[seed] = marks_of.of(match, side, number);
    }
    return places_by(marks);
}

constexpr std::string_view reads[] = {"grand_final"};

}  // namespace

const Format double_elimination{
    .name = "double_elimination",
    .title = "Double elimination",
    .check = check,
    .plan = plan,
    .rank = rank,
    .is_over = is_over,
    .next = next,
    .reads = reads,
};

}  // namespace agon::formats
