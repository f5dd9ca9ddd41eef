#include "core/integrity/signals.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/integrity/chance.hpp"
#include "core/ratings/elo.hpp"

namespace agon::integrity {

namespace {

constexpr std::int64_t fewest_meetings = 5, fewest_together = 4, fewest_newcomers = 10, fewest_quick = 3,
                       fewest_false_claims = 2, fewest_games_for_strength = 10;
constexpr double most_newcomers_beaten = 0.8;
constexpr double elo_k = 32;

double real(std::int64_t n) { return static_cast<double>(n); }

/// What is counted of a week, begun anew where it was of another.
template <class Week>
Week& of_week(Week& counted, std::int64_t week) {
    if (counted.week != week) counted = {.week = week};
    return counted;
}

/// One side of a match.
struct Side {
    PlayerRecord& me;
    UserId id;
    double score = 0;
    const PlayerRecord& opponent;
    UserId opponent_id;

    PlayerWeek& week() const { return me.this_week; }
};

void count_side(GameWeek& game, const Side& side) {
    auto& week = side.week();
    ++week.games;
    if (side.opponent.games >= newcomer_games) return;
    ++game.against_newcomers;
    ++week.against_newcomers;
    if (side.score == 1) ++week.beat_newcomers;
}

void count_meeting(GameWeek& game, PairWeek& pair, const std::optional<Pairing>& pairing) {
    ++game.matches;
    ++pair.met;
    if (!pairing) return;
    ++game.paired;
    ++pair.paired;
    if (pairing->joined_together()) ++game.together, ++pair.together;
    if (pairing->lasted < pairing->quick) ++pair.quick;
}

/// As many as if each of a player's opponents were drawn from all the others' places in the week's matches.
void look_at_meetings(const GameWeek& game, const PairWeek& pair, const Side& a, const Side& b,
                      std::vector<Finding>& found) {
    const auto met = pair.met;
    if (met < fewest_meetings) return;
    const auto others = 2 * game.matches - std::max(a.week().games, b.week().games);
    const auto expected = real(a.week().games) * real(b.week().games) / real(std::max<std::int64_t>(others, 1));
    const auto chance = poisson_tail(met, expected);
    if (chance >= rare) return;
    for (const auto* side : {&a, &b})
        found.push_back({Signal::met_too_often, side->id, side->opponent_id, game.week, real(met), side->week().games,
                         expected, chance});
}

/// The share of those who had nothing to do with it; one more of each kind keeps it from 0 and 1.
double share(std::int64_t some, std::int64_t all) { return real(some + 1) / real(all + 2); }

void look_at_joins(const GameWeek& game, const PairWeek& with, const Side& a, const Side& b,
                   std::vector<Finding>& found) {
    if (with.together < fewest_together) return;
    const auto usual = share(game.together - with.together, game.paired - with.paired);
    const auto chance = binomial_tail(with.together, with.paired, usual);
    if (chance >= rare) return;
    for (const auto* side : {&a, &b})
        found.push_back({Signal::joined_together, side->id, side->opponent_id, game.week, real(with.together),
                         with.paired, usual * real(with.paired), chance});
}

void look_at_newcomers(const GameWeek& game, const Side& side, std::vector<Finding>& found) {
    const auto& week = side.week();
    if (week.against_newcomers < fewest_newcomers) return;
    if (real(week.beat_newcomers) < most_newcomers_beaten * real(week.against_newcomers)) return;
    const auto usual = share(game.against_newcomers - week.against_newcomers, 2 * game.matches - week.games);
    const auto chance = binomial_tail(week.against_newcomers, week.games, usual);
    if (chance >= rare) return;
    found.push_back({Signal::beat_newcomers, side.id, std::nullopt, game.week, real(week.against_newcomers), week.games,
                     usual * real(week.games), chance});
}

void look_at_duration(const GameWeek& game, const PairWeek& with, const Side& a, const Side& b,
                      std::vector<Finding>& found) {
    if (with.quick < fewest_quick) return;
    for (const auto* side : {&a, &b})
        found.push_back(
            {Signal::quick_results, side->id, side->opponent_id, game.week, real(with.quick), with.paired, 0, 0});
}

/// Wald's test of "plays like somebody `shift` points stronger" against "plays like its strength". True where it says so;
/// it begins anew after each answer.
bool test_strength(StrengthTest& test, const Side& side, double shift) {
    const auto usual = ratings::expected_score(side.me.strength, side.opponent.strength);
    const auto shifted = ratings::expected_score(side.me.strength + shift, side.opponent.strength);
    test.log_ratio += side.score * std::log(shifted / usual) + (1 - side.score) * std::log((1 - shifted) / (1 - usual));
    ++test.games;
    test.points += side.score;
    test.expected += usual;
    if (test.log_ratio <= std::log(missed / (1 - false_alarm))) test = {};
    return test.log_ratio >= std::log((1 - missed) / false_alarm);
}

void look_at_strength(const GameWeek& game, const Side& side, std::vector<Finding>& found) {
    if (side.me.games < fewest_games_for_strength) return;
    const auto look = [&](StrengthTest& test, double shift, Signal signal) {
        if (!test_strength(test, side, shift)) return;
        found.push_back({signal, side.id, std::nullopt, game.week, test.points, test.games, test.expected,
                         std::exp(-test.log_ratio)});
        test = {};
    };
    look(side.me.below, -strength_step, Signal::below_strength);
    look(side.me.above, strength_step, Signal::above_strength);
}

void move_strengths(PlayerRecord& a, PlayerRecord& b, double score_of_a) {
    const auto moved = elo_k * (score_of_a - ratings::expected_score(a.strength, b.strength));
    a.strength += moved;
    b.strength -= moved;
}

}  // namespace

std::int64_t week_of(Instant at) {
    constexpr std::int64_t day_us = 86'400'000'000;
    // 1970-01-01 was a Thursday.
    return (at.us + 3 * day_us) / (7 * day_us);
}

std::vector<Finding> count(GameWeek& game, PlayerRecord& a, PlayerRecord& b, PairWeek& pair, const Played& played,
                           Instant at) {
    const auto week = week_of(at);
    of_week(game, week);
    of_week(pair, week);
    of_week(a.this_week, week);
    of_week(b.this_week, week);
    const Side of_a{a, played.a, played.score_of_a, b, played.b};
    const Side of_b{b, played.b, 1 - played.score_of_a, a, played.a};
    count_meeting(game, pair, played.pairing);
    count_side(game, of_a);
    count_side(game, of_b);
    std::vector<Finding> found;
    look_at_meetings(game, pair, of_a, of_b, found);
    if (played.pairing) look_at_joins(game, pair, of_a, of_b, found);
    if (played.pairing) look_at_duration(game, pair, of_a, of_b, found);
    for (const auto* side : {&of_a, &of_b}) {
        look_at_newcomers(game, *side, found);
        look_at_strength(game, *side, found);
    }
    move_strengths(a, b, played.score_of_a);
    ++a.games, ++b.games;
    return found;
}

std::vector<Finding> count_false_claim(PlayerRecord& player, UserId id, Instant at) {
    const auto week = week_of(at);
    const auto claims = ++of_week(player.this_week, week).false_claims;
    if (claims < fewest_false_claims) return {};
    return {{Signal::false_claims, id, std::nullopt, week, real(claims), claims, 0, 0}};
}

std::string sentence(const Finding& f) {
    const auto by_chance = fmt::format("by chance once in {:.0e}", 1 / std::max(f.probability, 1e-300));
    switch (f.signal) {
        case Signal::met_too_often:
            return fmt::format("the two met {} times in a week; {:.2g} were to be expected, {}", f.observed, f.expected,
                               by_chance);
        case Signal::joined_together:
            return fmt::format("in {} of their {} meetings both had joined within 3 s; {:.2g} were to be expected, {}",
                               f.observed, f.of, f.expected, by_chance);
        case Signal::beat_newcomers:
            return fmt::format(
                "{} of {} matches in a week were against accounts with fewer than {}, and most were won; "
                "{:.2g} were to be expected, {}",
                f.observed, f.of, newcomer_games, f.expected, by_chance);
        case Signal::below_strength:
        case Signal::above_strength:
            return fmt::format("scored {} in {} matches, and was to be expected to score {:.1f}: {} its strength",
                               f.observed, f.of, f.expected, f.signal == Signal::below_strength ? "below" : "above");
        case Signal::quick_results:
            return fmt::format("{} of their {} matches were over sooner than a match takes", f.observed, f.of);
        case Signal::false_claims:
            return fmt::format("{} of its results or disputes in a week were decided otherwise", f.observed);
    }
    return {};
}

}  // namespace agon::integrity
