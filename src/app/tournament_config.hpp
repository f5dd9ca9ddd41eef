/// A tournament's `config`: the options of the tournament, of its stages and of its game in one object.
#pragma once

#include "core/games/game.hpp"
#include "core/tournament/tournament.hpp"

namespace agon {

struct Config {
    TournamentOptions options;
    std::vector<StagePlan> stages;
    Json game_options;
};

/// Every option filled in. `format` is that of the only stage, or of the first where `config.stages` lists several; where
/// it is missing it is single elimination, or what the list says. `max_entrants` 0 where the host gave none.
/// Refused with a pointer to the first thing that is wrong (`/format`, `/config/stages/0/advance`, …).
Result<Config> complete_config(const games::Game&, const std::optional<std::string>& format, const Json& config,
                               std::uint32_t max_entrants);

/// What the formats fill in by themselves where the host left it open.
Result<void> complete_stages(std::vector<StagePlan>&, std::uint32_t max_entrants);

/// All together again, as faces show them: a single stage's options beside the others, several as `stages`.
Json to_json(const Config&);

}  // namespace agon
