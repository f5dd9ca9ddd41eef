/// What people and programs do with tournaments, whatever face they come through: checked arguments in, commands out.
#pragma once

#include "app/engine.hpp"
#include "app/tournament_config.hpp"

namespace agon {

/// A tournament as a host asks for it. `config` holds the tournament's and the game's options together.
struct NewTournament {
    std::string name;
    std::string game_type;
    std::optional<std::string> format;
    std::optional<std::int64_t> max_participants;
    Json config = JsonObject{};
    Driver driver = Driver::hosted;
    std::optional<UserId> created_by;
    bool open_registration = true;
};

class Ratings;

class Tournaments {
public:
    /// Draws and late entries by rating wait for `ratings` to have counted what was acknowledged; null: they do not.
    Tournaments(Engine& engine, Random& random, Ratings* ratings = nullptr)
        : engine_(engine), random_(random), ratings_(ratings) {}

    /// Refused with a pointer to the first thing that is wrong (`/game_type`, `/config/start_delay`, …).
    Task<Result<TournamentId>> create(NewTournament);
    /// The new entrant's seed and the time of its registration.
    struct Registered {
        std::int64_t seed = 0;
        Instant registered_at;
        /// In the waiting list; `seed` is its place behind the others.
        bool waiting = false;
    };
    struct NewEntrant {
        BotId bot;
        std::string name;
        std::optional<std::int64_t> manual_seed;
        std::string club;
    };
    Task<Result<Registered>> join(TournamentId, NewEntrant);
    Task<Result<void>> leave(TournamentId, BotId);
    /// Any other order, whose answer is the tournament's status after it.
    Task<Result<Status>> order(TournamentId, TournamentCommand);
    Task<Result<Status>> start(TournamentId);
    Task<Result<Status>> start_as_announced(TournamentId);
    /// A tournament of people, its results reported by them; `what` is complete.
    CreateTournament announcement(TournamentChanged what, TournamentId, UserId host, bool open_registration) const;
    /// What a start needs: chance, and ratings where the draw goes by them.
    Task<StartTournament> draw(TournamentId);
    DrawSecret draw_secret() const;
    /// What a correction would change; nothing is changed.
    Task<Result<CorrectionPreview>> preview(TournamentId, CorrectResult);

    Engine& engine() { return engine_; }

private:
    Task<std::int32_t> rating_of(TournamentId, EntrantId);

    Engine& engine_;
    Random& random_;
    Ratings* ratings_;
};

}  // namespace agon
