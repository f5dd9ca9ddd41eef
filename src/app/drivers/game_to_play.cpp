#include "app/drivers/game_to_play.hpp"

namespace agon {

bool is_played(const Tournament& t, MatchNumber m) {
    return t.status == Status::in_progress && t.has_match(m) && t.match(m).status == formats::MatchStatus::in_progress;
}

std::optional<games::StartGame> game_to_play(const Tournament& t, MatchNumber m, std::uint8_t attempt) {
    if (t.driver != Driver::hosted || !is_played(t, m) || t.attempt(m) != attempt) return std::nullopt;
    const auto* game = games::find_game(t.game_type);
    if (!game) return std::nullopt;
    games::StartGame start{.game_type = t.game_type, .options = t.game_options, .players = {}};
    if (const auto rounds = best_of(t, m)) start.options.as_object()[game->best_of] = *rounds;
    for (std::size_t side = 0; side < 2; ++side) {
        const auto* entrant = t.player(m, side);
        start.players.push_back({BotId{entrant->id.uuid}, entrant->name});
    }
    return start;
}

}  // namespace agon
