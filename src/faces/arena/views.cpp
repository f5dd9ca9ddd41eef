#include "faces/arena/views.hpp"

#include "core/formats/double_elimination.hpp"
#include "core/formats/why.hpp"

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

std::optional<PlayerView> player_view(const Tournament& t, MatchNumber number, std::size_t side) {
    const auto* entrant = t.player(number, side);
    if (!entrant) return std::nullopt;
    return PlayerView{BotId{entrant->id.uuid}, entrant->name, std::int64_t{t.match(number).players[side]} + 1};
}

std::optional<BotId> bot_of(const std::optional<EntrantId>& id) {
    return id ? std::optional(BotId{id->uuid}) : std::nullopt;
}

/// The tournament ended while it was played: for the bracket it is over, without a winner.
bool was_cut_short(const Tournament& t, const formats::Match& match) {
    return t.status == Status::cancelled && match.status == formats::MatchStatus::in_progress;
}

/// A bye's entrant is shown as the first player.
void fill_match(MatchView& view, TournamentId id, const Tournament& t, MatchNumber number) {
    const auto& match = t.match(number);
    const auto& times = t.times[number - 1];
    view.match_id = match_id(id, number);
    view.player1 = player_view(t, number, 0);
    view.player2 = player_view(t, number, 1);
    view.status = shown(match.status);
    if (match.is_bye() && !view.player1) std::swap(view.player1, view.player2);
    if (!match.is_bye() && times.started_at.us != 0 && t.attempt(number) > 0)
        view.game_id = game_id(view.match_id, t.attempt(number));
    if (const auto* winner = t.winner(number)) view.winner = BotId{winner->id.uuid};
    if (match.has_score) view.score = score_text(match.score[0], match.score[1]);
    if (!times.decision.empty()) view.decision = times.decision;
    if (!t.run_of(number).stage.settings().group_of.empty()) view.group = match.group + 1;
    if (!was_cut_short(t, match)) return;
    view.status = MatchStatus::completed;
    view.decision = "cancelled";
}

void add_rounds(BracketView& view, TournamentId id, const Tournament& t, const StageRun& run) {
    const auto stage = &run - t.stages.data() + 1;
    const bool two_brackets = &run.stage.format() == &formats::double_elimination;
    for (const auto& round : run.stage.rounds()) {
        auto& shown_round = view.data.rounds.emplace_back();
        shown_round.round_number = static_cast<std::int64_t>(view.data.rounds.size());
        if (t.plan.size() > 1) shown_round.stage = stage;
        if (two_brackets) shown_round.bracket = round.bracket;
        for (std::uint32_t i = 0; i < round.count; ++i)
            fill_match(shown_round.matches.emplace_back(), id, t, run.first_match + round.first - 1 + i);
    }
}

/// The stages as they were planned; once one has begun, with what it filled in.
std::vector<StagePlan> stages_of(const Tournament& t) {
    auto plan = t.plan;
    for (std::size_t i = 0; i < t.stages.size(); ++i) plan[i].rounds = t.stages[i].stage.settings().options.rounds;
    return plan;
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

Result<StatusReply> status_reply(TournamentId id, const Result<Status>& status, std::string message) {
    if (!status) return std::unexpected(status.error());
    return StatusReply{id, shown(*status), std::move(message)};
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
            .config = to_json(Config{t.options, stages_of(t), t.game_options})};
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
            .config = to_json(Config{row.options, row.stages, row.game_options})};
}

BracketView bracket_view(TournamentId id, const Tournament& t) {
    BracketView view{id, std::string(t.format->name), shown(t.status), {}};
    for (const auto& run : t.stages) add_rounds(view, id, t, run);
    if (std::ranges::any_of(t.stages, [](const StageRun& run) { return run.stage.format().by_points; }))
        view.data.standings = standings_list(t);
    for (const auto& run : t.stages)
        if (run.stage.stopped()) view.data.stopped = *run.stage.stopped();
    view.data.champion = bot_of(t.champion);
    if (t.arranged)
        for (auto& order = view.data.next_stage.emplace(); const auto index : *t.arranged)
            order.push_back(BotId{t.entrants[index].id.uuid});
    return view;
}

MatchListItem match_item(TournamentId id, const Tournament& t, MatchNumber number) {
    MatchListItem item;
    fill_match(item, id, t, number);
    const auto& run = t.run_of(number);
    item.round_number = t.round_of(number);
    item.started_at = if_set(t.times[number - 1].started_at);
    item.completed_at = was_cut_short(t, t.match(number)) ? t.ended_at : if_set(t.times[number - 1].completed_at);
    item.why = formats::why(run.stage, number - run.first_match + 1, run.first_match);
    return item;
}

MatchList match_list(TournamentId id, const Tournament& t) {
    MatchList list{.tournament_id = id, .matches = {}, .total = static_cast<std::int64_t>(t.match_count())};
    for (MatchNumber number = 1; number <= t.match_count(); ++number) list.matches.push_back(match_item(id, t, number));
    return list;
}

DrawView draw_view(TournamentId id, const Tournament& t) {
    DrawView view{.tournament_id = id,
                  .method = std::string(codec::word_of<spelling>(t.options.seeding)),
                  .commitment = t.draw.commitment};
    for (const auto& entrant : t.entrants) view.entrants.push_back(BotId{entrant.id.uuid});
    if (t.stages.empty()) return view;
    view.entrants.resize(t.drawn);
    if (!t.draw.secret.empty()) view.secret = t.draw.secret;
    view.draw_seed = static_cast<std::int64_t>(t.draw_seed);
    for (const auto index : std::span(t.order).first(t.drawn)) view.order.push_back(BotId{t.entrants[index].id.uuid});
    return view;
}

namespace {

std::string place_text(const EntrantPlace& place) {
    return place.first == place.last ? std::to_string(place.first) : fmt::format("{}-{}", place.first, place.last);
}

std::vector<PlaceChangeView> place_changes(const CorrectionPreview& p, const Tournament& t) {
    std::map<EntrantIndex, std::string> before;
    for (const auto& place : p.places_before) before[place.entrant] = place_text(place);
    std::vector<PlaceChangeView> changes;
    for (const auto& place : p.places_after)
        if (const auto text = place_text(place); text != before[place.entrant])
            changes.push_back({BotId{t.entrants[place.entrant].id.uuid}, before[place.entrant], text});
    return changes;
}

std::string status_text(formats::MatchStatus status) { return std::string(codec::word_of<spelling>(shown(status))); }

}  // namespace

CorrectionView correction_view(MatchId match, const CorrectionPreview& p, CorrectionMode mode, const Tournament& t) {
    CorrectionView view{.tournament_id = tournament_of(match),
                        .match_id = match,
                        .mode = mode,
                        .places = place_changes(p, t),
                        .champion_before = bot_of(p.champion_before),
                        .champion_after = bot_of(p.champion_after)};
    for (const auto& change : p.matches)
        view.matches.push_back({match_id(view.tournament_id, change.match), status_text(change.before),
                                change.gone ? "drawn anew" : status_text(change.after), bot_of(change.winner_before),
                                bot_of(change.winner_after)});
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
