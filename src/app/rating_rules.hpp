/// Which engine reckons the ratings of which game: decisions on the log, in one stream of their own.
#pragma once

#include <map>

#include "app/store.hpp"
#include "core/ratings/choice.hpp"
#include "core/ratings/elo.hpp"

namespace agon {

inline constexpr std::string_view rating_rules_stream = "ratings_engines";

struct RatingRule {
    const ratings::Engine* engine = &ratings::elo;
    ratings::Settings settings = ratings::EloSettings{};
};

/// Refused where there is no such engine, or a setting is wrong; the pointer names it.
Result<RatingRule> rating_rule(std::string_view engine, const Json& settings);

/// The rules in force: of each game the one that was chosen last, else Elo with its defaults.
class RatingRules {
public:
    static RatingRules read(Store&);
    /// Throws StoreBroken for an engine that this program does not know: a newer one chose it.
    void choose(const ratings::RatingEngineChosen&);
    const RatingRule& of(const std::string& game_type) const;

private:
    std::map<std::string, RatingRule> rules_;
};

/// From now on the game's ratings are that engine's. All ratings are taken away; their follower works them out anew when it
/// runs next. No server may run on the store. Throws StoreBroken.
void switch_engine(Store&, const std::string& game_type, const RatingRule&, Instant now);

}  // namespace agon
