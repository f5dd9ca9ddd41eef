/// What a pool may be told: how near two players must stand, how that widens while they wait, and when waiting ends.
///
///     window of a ticket that has waited t:   min(ceiling, window + step · ⌊t / step_s⌋)   points to either side
///
/// The defaults are ±100, 50 more a minute, at most ±500, and five minutes. docs/matchmaking.md tells what each setting
/// costs and gains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/codec/describe.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace agon::matchmaking {

/// Whose window a pair must fit: `mutual` both, `either` that of the one who waited longer.
enum class Rule { mutual, either };
BOOST_DESCRIBE_ENUM(Rule, mutual, either)

/// How the first window opens. `immediate` accepts all of it at once. `fixed` lets it grow from nothing over `ramp_s`
/// seconds, so that near opponents are preferred. `adaptive` chooses that time by how many join, to reach `target_gap`.
enum class Ramp { immediate, fixed, adaptive };
BOOST_DESCRIBE_ENUM(Ramp, immediate, fixed, adaptive)

/// A step in a pool's widening; level 0 is the first window.
using Level = std::uint32_t;
inline constexpr Level max_levels = 32;

struct PoolSettings {
    double window = 100;
    double step = 50;
    std::int64_t step_s = 60;
    double ceiling = 500;
    std::int64_t timeout_s = 300;
    Rule rule = Rule::mutual;
    Ramp ramp = Ramp::adaptive;
    double ramp_s = 10;
    double target_gap = 25;
    double max_ramp_s = 20;
    double min_rate = 0.5;
    static constexpr codec::Note notes[] = {
        {.field = "window", .doc = "points to either side at first", .min = 1, .max = 4000, .has_default = true},
        {.field = "step", .doc = "points added each time", .min = 0, .max = 4000, .has_default = true},
        {.field = "step_s", .doc = "seconds between two steps", .min = 1, .max = 3600, .has_default = true},
        {.field = "ceiling", .doc = "points to either side at most", .min = 1, .max = 10000, .has_default = true},
        {.field = "timeout_s", .doc = "seconds until waiting ends", .min = 60, .max = 3600, .has_default = true},
        {.field = "rule", .doc = "whose window counts", .has_default = true},
        {.field = "ramp", .doc = "how the first window opens", .has_default = true},
        {.field = "ramp_s", .doc = "with ramp fixed: seconds", .min = 0, .max = 3600, .has_default = true},
        {.field = "target_gap",
         .doc = "with ramp adaptive: the mean gap to aim at, in points",
         .min = 1,
         .max = 4000,
         .has_default = true},
        {.field = "max_ramp_s", .doc = "with ramp adaptive: at most", .min = 0, .max = 3600, .has_default = true},
        {.field = "min_rate",
         .doc = "with ramp adaptive: joins a second below which the first window is open at once",
         .min = 0,
         .max = 1000,
         .has_default = true},
    };

    bool operator==(const PoolSettings&) const = default;
};
BOOST_DESCRIBE_STRUCT(PoolSettings, (),
                      (window, step, step_s, ceiling, timeout_s, rule, ramp, ramp_s, target_gap, max_ramp_s, min_rate))

/// Refuses, with a pointer, what lies outside the notes' bounds, a ceiling below the window, more than 32 levels, and a
/// ramp that is longer than the first step.
Result<void> check(const PoolSettings&);

/// The windows of every level, computed once. Of checked settings.
class Windows {
public:
    explicit Windows(const PoolSettings&);

    Level levels() const { return static_cast<Level>(points_.size()); }
    Level last() const { return levels() - 1; }
    /// Points to either side.
    double at(Level level) const { return points_[level]; }
    /// The level of a ticket that has waited `age`; a negative age is level 0.
    Level level_of(Duration age) const;
    /// How long a ticket has waited when it reaches `level`.
    Duration reached_after(Level level) const { return step_ * level; }

private:
    std::vector<double> points_;
    Duration step_;
};

}  // namespace agon::matchmaking
