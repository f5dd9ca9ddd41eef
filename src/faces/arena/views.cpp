#include "faces/arena/views.hpp"

namespace agon::arena {

namespace {

std::string score_text(std::int64_t a, std::int64_t b) { return fmt::format("{}-{}", a, b); }

MatchStatus shown(formats::MatchStatus status) {
    switch (status) {
        case formats::MatchStatus::waiting:
        case formats::MatchStatus::ready: return MatchStatus::waiting;
        case formats::MatchStatus::in_progress: return MatchStatus::in_progress;
        case formats::MatchStatus::completed: return MatchStatus::completed;
    }
    return MatchStatus::waiting;
}

std::optional<PlayerView> player_view(const Tournament& t, formats::Seed seed) {
    const auto* entrant = t.entrant_of(seed);
    if (!entrant) return std::nullopt;
    return PlayerView{BotId{entrant->id.uuid}, entrant->name, std::int64_t{seed} + 1};
}

/// A bye's entrant is shown as the first player.
void fill_match(MatchView& view, TournamentId id, const Tournament& t, MatchNumber number) {
    const auto& match = t.stage.match(number);
    const auto& times = t.times[number - 1];
    view.match_id = match_id(id, number);
    view.player1 = player_view(t, match.players[0]);
    view.player2 = player_view(t, match.players[1]);
    view.status = shown(match.status);
    if (match.is_bye() && !view.player1) std::swap(view.player1, view.player2);
    if (!match.is_bye() && times.started_at.us != 0) view.game_id = game_id(view.match_id, 1);
    if (const auto* winner = t.entrant_of(match.winner())) view.winner = BotId{winner->id.uuid};
    if (match.has_score) view.score = score_text(match.score[0], match.score[1]);
    if (!times.decision.empty()) view.decision = times.decision;
}

std::optional<Instant> if_set(Instant at) { return at.us != 0 ? std::optional(at) : std::nullopt; }

}  // namespace

TournamentStatus shown(Status status) {
    switch (status) {
        case Status::upcoming: return TournamentStatus::upcoming;
        case Status::registration_open: return TournamentStatus::registration;
        case Status::ready: return TournamentStatus::ready;
        case Status::in_progress: return TournamentStatus::in_progress;
        case Status::completed: return TournamentStatus::completed;
        case Status::cancelled: return TournamentStatus::cancelled;
    }
    return TournamentStatus::upcoming;
}

Status meant(TournamentStatus status) {
    for (const auto domain : {Status::upcoming, Status::registration_open, Status::ready, Status::in_progress,
                              Status::completed, Status::cancelled})
        if (shown(domain) == status) return domain;
    return Status::upcoming;
}

TournamentView tournament_view(TournamentId id, const Tournament& t) {
    return {.tournament_id = id,
            .name = t.name,
            .game_type = t.game_type,
            .format = std::string(t.format->name),
            .status = shown(t.status),
            .created_at = t.created_at,
            .start_time = t.started_at,
            .end_time = t.ended_at,
            .max_participants = t.max_entrants,
            .current_participants = static_cast<std::int64_t>(t.entrants.size()),
            .config = to_json(Config{t.options, t.game_options})};
}

TournamentView tournament_view(const rows::TournamentRow& row) {
    return {.tournament_id = row.tournament_id,
            .name = row.name,
            .game_type = row.game_type,
            .format = row.format,
            .status = shown(row.status),
            .created_at = row.created_at,
            .start_time = row.start_time,
            .end_time = row.end_time,
            .max_participants = row.max_participants,
            .current_participants = row.current_participants,
            .config = to_json(Config{row.options, row.game_options})};
}

BracketView bracket_view(TournamentId id, const Tournament& t) {
    BracketView view{id, std::string(t.format->name), shown(t.status), {}};
    for (const auto& round : t.stage.rounds()) {
        auto& shown_round = view.data.rounds.emplace_back();
        shown_round.round_number = static_cast<std::int64_t>(view.data.rounds.size());
        for (std::uint32_t i = 0; i < round.count; ++i)
            fill_match(shown_round.matches.emplace_back(), id, t, round.first + i);
    }
    if (t.champion) view.data.champion = BotId{t.champion->uuid};
    return view;
}

MatchList match_list(TournamentId id, const Tournament& t) {
    MatchList list{.tournament_id = id, .matches = {}, .total = static_cast<std::int64_t>(t.stage.match_count())};
    for (MatchNumber number = 1; number <= t.stage.match_count(); ++number) {
        auto& item = list.matches.emplace_back();
        fill_match(item, id, t, number);
        item.round_number = t.stage.match(number).round;
        item.started_at = if_set(t.times[number - 1].started_at);
        item.completed_at = if_set(t.times[number - 1].completed_at);
    }
    return list;
}

StandingsView standings_view(TournamentId id, const Tournament& t) {
    StandingsView view{id, std::string(t.format->name), shown(t.status), {}};
    if (t.stage.match_count() == 0) return view;
    std::vector<std::int64_t> wins(t.entrants.size()), losses(t.entrants.size());
    for (MatchNumber number = 1; number <= t.stage.match_count(); ++number) {
        const auto& match = t.stage.match(number);
        if (match.is_bye() || match.winner_side > 1) continue;
        ++wins[match.winner()];
        ++losses[match.loser()];
    }
    for (const auto& place : t.format->rank(t.stage)) {
        const auto& entrant = *t.entrant_of(place.seed);
        view.standings.push_back({place.first, place.last, BotId{entrant.id.uuid}, entrant.name,
                                  std::int64_t{place.seed} + 1, wins[place.seed], losses[place.seed]});
    }
    return view;
}

GameView game_view(GameId id, const games::PlayedGame& g) {
    GameView view{.game_id = id,
                  .match_id = match_of(id),
                  .tournament_id = tournament_of(id),
                  .game_type = std::string(g.game->name),
                  .status = g.is_finished() ? GameStatus::completed : GameStatus::in_progress,
                  .players = g.players,
                  .config = g.options,
                  .turns = g.played,
                  .started_at = g.started_at};
    if (!g.end) return view;
    if (g.end->winner) view.winner = g.players.at(*g.end->winner).bot_id;
    if (g.end->score.size() == 2) view.score = score_text(g.end->score[0], g.end->score[1]);
    if (!g.end->decision.empty()) view.decision = g.end->decision;
    view.ended_at = g.ended_at;
    return view;
}

}  // namespace agon::arena
