// What happens to a tournament beside the source's calls: check-in, leaving, rounds and stages, corrections.

#include "faces/arena/arena.hpp"
#include "faces/arena/views.hpp"

namespace agon::arena {

namespace {

struct BotRequest {
    std::string bot_id;
    std::string reason;
    static constexpr codec::Note notes[] = {
        {.field = "bot_id", .doc = "The bot"},
        {.field = "reason", .doc = "Why, for the record", .max = 500, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(BotRequest, (), (bot_id, reason))

struct ByeRequest {
    std::string bot_id;
    std::int64_t round = 0;
    ByeKind kind = ByeKind::half;
    static constexpr codec::Note notes[] = {
        {.field = "bot_id", .doc = "The bot"},
        {.field = "round", .doc = "A round that is not drawn yet", .min = 1, .max = 1000},
        {.field = "kind", .doc = "What the bye is worth: as a draw, nothing, or as a win", .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(ByeRequest, (), (bot_id, round, kind))

struct ArrangeRequest {
    std::vector<std::string> order;
    static constexpr codec::Note notes[] = {
        {.field = "order", .doc = "The bots that go on, by seed", .min = 2, .max = most_entrants}};
};
BOOST_DESCRIBE_STRUCT(ArrangeRequest, (), (order))

struct CorrectRequest {
    CorrectionMode mode = CorrectionMode::rewind;
    std::optional<std::string> winner;
    bool draw = false;
    bool nobody_wins = false;
    bool reopen = false;
    bool forfeit = false;
    std::optional<std::vector<std::int64_t>> score;
    std::string reason;
    bool dry_run = false;
    static constexpr codec::Note notes[] = {
        {.field = "mode",
         .doc =
             "What rests on the old result: `rewind` undoes it; `replay` undoes it and takes over the results of those "
             "who meet again; `keep` leaves it",
         .has_default = true},
        {.field = "winner", .doc = "The bot that won"},
        {.field = "draw", .doc = "Neither won", .has_default = true},
        {.field = "nobody_wins", .doc = "Both are ruled out", .has_default = true},
        {.field = "reopen", .doc = "The match is played again", .has_default = true},
        {.field = "forfeit", .doc = "It was not played, or not to its end", .has_default = true},
        {.field = "score", .doc = "Of player1 and player2", .min = 2, .max = 2},
        {.field = "reason", .doc = "Why, for the record", .max = 500, .has_default = true},
        {.field = "dry_run", .doc = "Only say what would follow", .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(CorrectRequest, (), (mode, winner, draw, nobody_wins, reopen, forfeit, score, reason, dry_run))

Task<Result<StatusReply>> carry_out(Context& c, TournamentId id, TournamentCommand command, std::string message) {
    co_return status_reply(id, co_await c.services.tournaments.order(id, std::move(command)), std::move(message));
}

Result<EntrantId> entrant_of(const std::string& bot_id) {
    const auto bot = BotId::parse(bot_id);
    if (!bot) return refused(Code::not_found, "no such bot");
    return EntrantId{bot->uuid};
}

Task<Result<StatusReply>> check_in(Context& c, TournamentId id, Body<BotRequest> body) {
    const auto named = co_await bot_named(c, body->bot_id);
    if (!named) co_return std::unexpected(named.error());
    co_return co_await carry_out(c, id, CheckIn{EntrantId{named->id.uuid}}, "Bot checked in");
}

Task<Result<StatusReply>> withdraw(Context& c, TournamentId id, Body<BotRequest> body) {
    const auto named = co_await bot_named(c, body->bot_id);
    if (!named) co_return std::unexpected(named.error());
    co_return co_await carry_out(c, id, Leave{EntrantId{named->id.uuid}, Leaving::withdrawn, body->reason},
                                 "Bot withdrew from the tournament");
}

Task<Result<StatusReply>> disqualify(Context& c, TournamentId id, Body<BotRequest> body) {
    const auto who = entrant_of(body->bot_id);
    if (!who) co_return std::unexpected(who.error());
    co_return co_await carry_out(c, id, Leave{*who, Leaving::disqualified, body->reason}, "Bot disqualified");
}

Task<Result<StatusReply>> grant_bye(Context& c, TournamentId id, Body<ByeRequest> body) {
    const auto who = entrant_of(body->bot_id);
    if (!who) co_return std::unexpected(who.error());
    co_return co_await carry_out(c, id, GrantBye{*who, static_cast<std::uint32_t>(body->round), body->kind},
                                 "Bye granted");
}

Task<Result<StatusReply>> arrange(Context& c, TournamentId id, Body<ArrangeRequest> body) {
    ArrangeStage command;
    for (const auto& bot : body->order) {
        const auto who = entrant_of(bot);
        if (!who) co_return std::unexpected(who.error());
        command.order.push_back(*who);
    }
    co_return co_await carry_out(c, id, std::move(command), "Next stage arranged");
}

Task<Result<StatusReply>> advance(Context& c, TournamentId id) {
    co_return co_await carry_out(c, id, Advance{}, "Tournament advanced");
}

// --- one match, one standing --------------------------------------------------------------------------------------------

Task<Result<MatchListItem>> get_match(Context& c, MatchId id) {
    co_return co_await c.services.engine.read<TournamentAggregate>(
        tournament_of(id), [id](const Tournament& t) -> Result<MatchListItem> {
            if (!t.has_match(number_of(id))) return refused(Code::not_found, "no such match");
            return match_item(tournament_of(id), t, number_of(id));
        });
}

Task<Result<ExplanationView>> explain(Context& c, TournamentId id, BotId bot) {
    co_return co_await c.services.engine.read<TournamentAggregate>(
        id, [&](const Tournament& t) -> Result<ExplanationView> {
            if (!t.exists()) return refused(Code::not_found, "no such tournament");
            if (t.stages.empty()) return refused(Code::wrong_state, "not started yet");
            auto view = explanation_view(id, t, bot);
            if (!view) return refused(Code::not_found, "not registered");
            return std::move(*view);
        });
}

// --- corrections --------------------------------------------------------------------------------------------------------

/// The side that the bot plays on.
Result<std::optional<std::uint8_t>> side_of(const Tournament& t, MatchNumber m,
                                            const std::optional<std::string>& winner) {
    if (!winner) return std::optional<std::uint8_t>{};
    const auto bot = BotId::parse(*winner);
    for (std::uint8_t side = 0; side < 2; ++side)
        if (const auto* player = t.player(m, side); bot && player && player->id.uuid == bot->uuid) return side;
    return refused(Code::invalid, "must be one of the two who play in the match", "/winner");
}

Result<CorrectResult> command_of(const Tournament& t, MatchNumber m, const CorrectRequest& body) {
    if (!t.has_match(m)) return refused(Code::not_found, "no such match");
    if ((body.winner ? 1 : 0) + body.draw + body.nobody_wins + body.reopen != 1)
        return refused(Code::invalid, "one of winner, draw, nobody_wins and reopen must be given", "/winner");
    auto side = side_of(t, m, body.winner);
    if (!side) return std::unexpected(side.error());
    if (body.draw && t.run_of(m).stage.format().needs_winner)
        return refused(Code::invalid, "a match of this format needs a winner", "/draw");
    CorrectResult command{.mode = body.mode,
                          .reopen = body.reopen,
                          .result = {.match = m,
                                     .winner_side = *side,
                                     .nobody_wins = body.nobody_wins,
                                     .decision = body.reason,
                                     .forfeit = body.forfeit}};
    if (body.score) command.result.score = formats::Score{(*body.score)[0], (*body.score)[1]};
    return command;
}

/// Where the body has what the core refuses.
Error in_body(Error error) {
    constexpr std::pair<std::string_view, std::string_view> places[] = {
        {"/score_a", "/score/0"}, {"/score_b", "/score/1"}, {"/winner_id", "/score"}};
    for (const auto& [core, ours] : places)
        if (error.pointer == core) error.pointer = ours;
    return error;
}

/// What taking back those results does to ratings.
std::vector<RatingChangeView> rating_changes(Context& c, const CorrectionPreview& p, TournamentId id) {
    std::vector<RatingChangeView> changes;
    for (const auto& change : p.matches)
        if (const auto row = Ratings::rated_match(c.services.engine.store(), match_id(id, change.match))) {
            for (const auto* side : {&row->a, &row->b})
                if (const auto bot = BotId::parse(side->player))
                    changes.push_back({*bot, row->match_id, -side->change()});
        }
    return changes;
}

Task<Result<CorrectionView>> correct(Context& c, MatchId match, Body<CorrectRequest> body) {
    const auto id = tournament_of(match);
    auto command = co_await c.services.engine.read<TournamentAggregate>(
        id, [&](const Tournament& t) { return command_of(t, number_of(match), body.value); });
    if (!command) co_return std::unexpected(std::move(command.error()));
    auto preview = co_await c.services.tournaments.preview(id, *command);
    if (!preview) co_return std::unexpected(in_body(std::move(preview.error())));
    auto view = c.services.engine.peek<TournamentAggregate>(
        id, [&](const Tournament& t) { return correction_view(match, *preview, body->mode, t); });
    co_await reach_ratings(c.services);
    view.ratings = rating_changes(c, *preview, id);
    view.dry_run = body->dry_run;
    if (body->dry_run) co_return view;
    auto done = co_await c.services.tournaments.order(id, std::move(*command));
    if (!done) co_return std::unexpected(in_body(std::move(done.error())));
    co_return view;
}

}  // namespace

std::vector<Endpoint> conduct_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, check_in>(Method::post, "/api/tournaments/{tournament_id}/check-in",
                              "Say that a bot is there, where the tournament has a check-in", Needs::bot_owner),
        endpoint<S, withdraw>(Method::post, "/api/tournaments/{tournament_id}/withdraw",
                              "Take a bot out of a tournament while it runs", Needs::bot_owner),
        endpoint<S, disqualify>(Method::post, "/api/tournaments/{tournament_id}/disqualify",
                                "Rule a bot out of a tournament while it runs", Needs::organiser),
        endpoint<S, grant_bye>(Method::post, "/api/tournaments/{tournament_id}/byes",
                               "Let a bot sit out a round of a Swiss tournament", Needs::organiser),
        endpoint<S, arrange>(Method::put, "/api/tournaments/{tournament_id}/next-stage",
                             "Change the order of those who go on to the next stage", Needs::organiser),
        endpoint<S, advance>(Method::post, "/api/tournaments/{tournament_id}/advance",
                             "Begin the next round or stage, where that waits for the host", Needs::organiser),
        endpoint<S, explain>(Method::get, "/api/tournaments/{tournament_id}/standings/{bot_id}",
                             "Get how a bot's seed and standing come about", Needs::nobody),
        endpoint<S, get_match>(Method::get, "/api/matches/{match_id}", "Get a match, and why it is as it is",
                               Needs::nobody),
        endpoint<S, correct>(Method::post, "/api/matches/{match_id}/correct",
                             "Correct a result; with dry_run, only say what would follow", Needs::organiser),
    };
}

}  // namespace agon::arena
