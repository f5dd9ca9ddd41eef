/// Which engine reckons a game's ratings is a decision, and stands in the log.
#pragma once

#include <string>
#include <variant>

#include "base/codec/describe.hpp"
#include "base/codec/json.hpp"

namespace agon::ratings {

/// From now on, and for everything that was played before: the ratings of the game are what this engine makes of all its
/// results. `settings` are complete.
struct RatingEngineChosen {
    std::string game_type;
    std::string engine;
    Json settings;
};
BOOST_DESCRIBE_STRUCT(RatingEngineChosen, (), (game_type, engine, settings))
using RatingRuleEvent = std::variant<RatingEngineChosen>;

}  // namespace agon::ratings
