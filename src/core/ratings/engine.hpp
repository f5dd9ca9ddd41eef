/// A rating engine: a value with a name and pure functions over ratings. To add one: two files here and one line in
/// `all.cpp`; names in the API, in errors and the property tests all come from `all_engines()`.
///
/// The same settings and the same games in the same order give the same ratings: ratings can be replayed from the log.
/// Nothing here keeps state, so any thread may call with ratings of its own.
#pragma once

#include <any>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/codec/json.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "core/ratings/rating.hpp"

namespace agon::ratings {

/// Settings as one engine read them. Only that engine looks inside.
using Settings = std::any;

struct Engine {
    std::string_view name;
    std::string_view title;

    /// The schema of the settings with their defaults.
    Json (*settings_schema)();
    /// `given` is an object; what it leaves out has its default. Refused with a pointer to the first that is wrong.
    Result<Settings> (*read_settings)(const Json& given);
    /// Every setting filled in.
    Json (*write_settings)(const Settings&);

    /// A player without games.
    Rating (*initial)(const Settings&);
    /// The rating of a player who did not play for that many rating periods, which need not be whole: less certain, or
    /// nearer to the mean.
    Rating (*rested)(const Rating&, double periods, const Settings&);
    /// How many days a rating period lasts; 0 where time changes no rating, or what a period is, is the caller's choice.
    double (*period_days)(const Settings&);
    /// Takes a game into the ratings of its players, all at once. A game of fewer than two teams changes nothing.
    void (*update)(std::span<Team>, const Settings&);
    /// The chance of each team to win, in order; they add up to 1. A level game counts as half a win, so with two teams
    /// it is the expected score.
    std::vector<double> (*predict)(std::span<const Team>, const Settings&);
};

/// The rating at `now` of a player who last played at `last_played`, by the engine's own rating periods, parts of them too.
/// As it is for who never played, and where the clock went back.
Rating rested_until(Instant now, std::optional<Instant> last_played, const Rating&, const Engine&, const Settings&);

/// Every engine there is, in the order in which they are shown.
std::span<const Engine* const> all_engines();
/// Nothing where no engine has that name.
const Engine* find_engine(std::string_view name);

}  // namespace agon::ratings
