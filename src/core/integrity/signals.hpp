/// Signs of unfair play in what people's results look like. A signal punishes nobody: it is a number held against what
/// chance would make of it, for an admin to look at.
///
/// What is rare is said of one game and one week (UTC, from Monday), against what everybody did in that week; so a small
/// community, where the same few meet all day, is measured by its own habits. Strength is followed over a player's life.
///
/// | signal | the number | what chance makes of it |
/// |---|---|---|
/// | `met_too_often` | matches of a pair | Poisson: as many as if opponents were drawn from all that was played |
/// | `joined_together` | meetings in the queue after joining within 3 s of each other | binomial, at the share of everybody else |
/// | `beat_newcomers` | matches against accounts with fewer than 5, most of them won | binomial, at the share of everybody else |
/// | `below_strength`, `above_strength` | points scored | sequential probability ratio test (Wald 1945) of Elo 200 lower, or higher |
/// | `quick_results` | results of a pair sooner than the pool says a match takes | never |
/// | `false_claims` | results that a host or an admin decided otherwise | never |
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/types.hpp"

namespace agon::integrity {

enum class Signal {
    met_too_often,
    joined_together,
    beat_newcomers,
    below_strength,
    above_strength,
    quick_results,
    false_claims
};
BOOST_DESCRIBE_ENUM(Signal, met_too_often, joined_together, beat_newcomers, below_strength, above_strength,
                    quick_results, false_claims)

/// Rarer than this by chance is worth a look.
inline constexpr double rare = 1e-6;
/// For the test of strength: how often somebody honest is taken for a cheat, and a cheat for honest.
inline constexpr double false_alarm = 1e-4, missed = 0.1;
inline constexpr double strength_step = 200;
inline constexpr std::int64_t newcomer_games = 5;
inline constexpr Duration together = std::chrono::seconds(3);

/// The week's number, from that of 1970-01-01; weeks begin on Mondays.
std::int64_t week_of(Instant);

/// How a match came about in a queue, and how long it took.
struct Pairing {
    Duration between_joins{};
    Duration lasted{};
    /// A result sooner than this is quick; 0 for never.
    Duration quick{};

    bool joined_together() const { return between_joins <= together; }
};

/// A result that counts, between two people.
struct Played {
    UserId a, b;
    /// 1, 0.5 or 0.
    double score_of_a = 1;
    /// Nothing for a match of a tournament.
    std::optional<Pairing> pairing;
};

/// What everybody played of a game in a week.
struct GameWeek {
    std::int64_t week = -1;
    std::int64_t matches = 0;
    /// Of these by a queue, and of those whose players joined together.
    std::int64_t paired = 0;
    std::int64_t together = 0;
    /// Sides of matches, two each, that faced a newcomer.
    std::int64_t against_newcomers = 0;
};
BOOST_DESCRIBE_STRUCT(GameWeek, (), (week, matches, paired, together, against_newcomers))

/// What two players had with each other in a week.
struct PairWeek {
    std::int64_t week = -1;
    std::int64_t met = 0;
    std::int64_t paired = 0;
    std::int64_t together = 0;
    std::int64_t quick = 0;
};
BOOST_DESCRIBE_STRUCT(PairWeek, (), (week, met, paired, together, quick))

struct PlayerWeek {
    std::int64_t week = -1;
    std::int64_t games = 0;
    std::int64_t against_newcomers = 0;
    std::int64_t beat_newcomers = 0;
    std::int64_t false_claims = 0;
};
BOOST_DESCRIBE_STRUCT(PlayerWeek, (), (week, games, against_newcomers, beat_newcomers, false_claims))

/// The test of strength since it last came to an answer.
struct StrengthTest {
    double log_ratio = 0;
    std::int64_t games = 0;
    double points = 0;
    double expected = 0;
};
BOOST_DESCRIBE_STRUCT(StrengthTest, (), (log_ratio, games, points, expected))

/// A player in a game. `strength` is an Elo rating of this count's own, whichever engine the game's ratings have.
struct PlayerRecord {
    std::int64_t games = 0;
    double strength = 1200;
    StrengthTest below, above;
    PlayerWeek this_week;
};
BOOST_DESCRIBE_STRUCT(PlayerRecord, (), (games, strength, below, above, this_week))

/// What is told of a player. `observed` of `of`, where `expected` were to be expected; as much or more comes by chance
/// with `probability`. `other`: with whom.
struct Finding {
    Signal signal{};
    UserId player;
    std::optional<UserId> other;
    std::int64_t week = 0;
    double observed = 0;
    std::int64_t of = 0;
    double expected = 0;
    double probability = 0;
};

/// Counts a result, and tells what is conspicuous now; the same again as long as it is, with the numbers as they are.
std::vector<Finding> count(GameWeek&, PlayerRecord& a, PlayerRecord& b, PairWeek&, const Played&, Instant at);

/// Counts a result, or a dispute, that turned out not to be true.
std::vector<Finding> count_false_claim(PlayerRecord&, UserId, Instant at);

/// The evidence in a sentence.
std::string sentence(const Finding&);

}  // namespace agon::integrity
