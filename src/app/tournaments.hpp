/// What people and programs do with tournaments, whatever face they come through: checked arguments in, commands out.
#pragma once

#include "app/engine.hpp"

namespace agon {

/// A tournament as a host asks for it. `config` holds the tournament's and the game's options together.
struct NewTournament {
    std::string name;
    std::string game_type;
    std::string format = "single_elimination";
    std::optional<std::int64_t> max_participants;
    Json config = JsonObject{};
    Driver driver = Driver::hosted;
    std::optional<UserId> created_by;
    bool open_registration = true;
};

class Tournaments {
public:
    Tournaments(Engine& engine, Random& random) : engine_(engine), random_(random) {}

    /// Refused with a pointer to the first thing that is wrong (`/game_type`, `/config/start_delay`, …).
    Task<Result<TournamentId>> create(NewTournament);
    /// The new entrant's seed and the time of its registration.
    struct Registered {
        std::int64_t seed = 0;
        Instant registered_at;
    };
    Task<Result<Registered>> join(TournamentId, BotId, std::string name, std::optional<std::int64_t> manual_seed);
    Task<Result<void>> leave(TournamentId, BotId);
    Task<Result<Status>> close_registration(TournamentId);
    Task<Result<Status>> start(TournamentId);
    Task<Result<Status>> start_as_announced(TournamentId);
    Task<Result<Status>> cancel(TournamentId, std::string reason);

    Engine& engine() { return engine_; }

private:
    StartTournament draw(TournamentId);

    Engine& engine_;
    Random& random_;
};

/// The tournament's and the game's options of a `config` object, every one filled in.
struct Config {
    TournamentOptions options;
    Json game_options;
};
Result<Config> complete_config(const games::Game&, const Json& config);
/// Both together again, as faces show them.
Json to_json(const Config&);

}  // namespace agon
