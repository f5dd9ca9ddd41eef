// Matches, and how they ended: by their players' word, by a host's, or corrected later.

#include "faces/player/execute.hpp"
#include "faces/player/ranked.hpp"
#include "faces/player/tournament_views.hpp"

namespace agon::player {

namespace {

struct ResultRequest {
    std::optional<UserId> winner_id;
    std::optional<std::int64_t> score_a;
    std::optional<std::int64_t> score_b;
    static constexpr codec::Note notes[] = {
        {.field = "winner_id",
         .doc = "The user who won; null for a draw, where the format knows draws, and then with scores"},
        {.field = "score_a", .doc = "Of player A; with scoreB, or neither", .min = 0, .max = 1'000'000},
        {.field = "score_b", .min = 0, .max = 1'000'000},
    };
};
BOOST_DESCRIBE_STRUCT(ResultRequest, (), (winner_id, score_a, score_b))

struct DisputeRequest {
    std::string reason;
    static constexpr codec::Note notes[] = {
        {.field = "reason", .doc = "What is wrong, for the host", .max = 1000, .has_default = true}};
};
BOOST_DESCRIBE_STRUCT(DisputeRequest, (), (reason))

struct CorrectRequest : ResultRequest {
    CorrectionMode mode = CorrectionMode::rewind;
    bool reopen = false;
    bool forfeit = false;
    std::string reason;
    bool dry_run = false;
    static constexpr codec::Note notes[] = {
        {.field = "mode",
         .doc = "What rests on the old result: REWIND undoes it; REPLAY undoes it and takes over the results of those "
                "who meet again; KEEP leaves it",
         .has_default = true},
        {.field = "reopen", .doc = "The match is played again", .has_default = true},
        {.field = "forfeit", .doc = "It was not played, or not to its end", .has_default = true},
        {.field = "reason", .doc = "Why, for the record", .max = 500, .has_default = true},
        {.field = "dry_run", .doc = "Only say what would follow", .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(CorrectRequest, (ResultRequest), (mode, reopen, forfeit, reason, dry_run))

struct ChangedMatch {
    MatchId match_id;
    bool removed = false;
    std::optional<UserId> winner_before;
    std::optional<UserId> winner_after;
};
BOOST_DESCRIBE_STRUCT(ChangedMatch, (), (match_id, removed, winner_before, winner_after))

struct CorrectReply {
    MatchId match_id;
    bool dry_run = false;
    CorrectionMode mode{};
    std::vector<ChangedMatch> matches;
    std::optional<UserId> champion_before;
    std::optional<UserId> champion_after;
};
BOOST_DESCRIBE_STRUCT(CorrectReply, (), (match_id, dry_run, mode, matches, champion_before, champion_after))

using Scores = std::optional<std::vector<std::int64_t>>;

/// Nothing where there is a winner alone. A draw needs scores: it must not come from a field that was forgotten.
Result<Scores> scores_of(const ResultRequest& r, bool needs_result = true) {
    if (needs_result && !r.winner_id && !r.score_a && !r.score_b)
        return refused(Code::invalid, "field required", "/winner_id");
    if (!r.score_a && !r.score_b) return Scores{};
    if (!r.score_a || !r.score_b)
        return refused(Code::invalid, "scoreA and scoreB come together", r.score_a ? "/score_b" : "/score_a");
    return Scores{{*r.score_a, *r.score_b}};
}

std::optional<EntrantId> entrant_of(const std::optional<UserId>& user) {
    return user ? std::optional(agon::entrant_of(*user)) : std::nullopt;
}
std::optional<UserId> user_of(const std::optional<EntrantId>& entrant) {
    return entrant ? std::optional(agon::user_of(*entrant)) : std::nullopt;
}

/// A match of a tournament and one of a queue look a little different.
using AnyMatch = std::variant<MatchView, RankedMatchView>;

template <class View>
Result<RenderedPtr> rendered(Result<View> view) {
    if (!view) return std::unexpected(std::move(view.error()));
    return std::make_shared<Rendered>(codec::to_json<spelling>(*view), std::string{});
}

/// A match that a queue made belongs to no tournament.
bool is_ranked(MatchId match) { return number_of(match) == 0; }

/// Not while the tournament is locked: whoever else reports would wait for what is read.
Task<std::optional<std::string>> avatar_of(Context& c, UserId player) {
    auto& engine = c.services.engine;
    const auto avatar = [](const users::User& u) { return u.avatar_url; };
    if (auto now = engine.read_now<UserAggregate>(player, avatar)) co_return std::move(*now);
    co_return co_await engine.read<UserAggregate>(player, avatar);
}

Task<Result<RenderedPtr>> with_avatars(Context& c, Result<MatchView> view) {
    if (!view) co_return std::unexpected(std::move(view.error()));
    if (view->player_a) view->player_a->profile = AvatarRef{co_await avatar_of(c, *view->player_a_id)};
    if (view->player_b) view->player_b->profile = AvatarRef{co_await avatar_of(c, *view->player_b_id)};
    co_return rendered(std::move(view));
}

/// The match's view after a command on its tournament.
Task<Result<RenderedPtr>> carry_out(Context& c, MatchId match, TournamentCommand command) {
    const auto id = tournament_of(match);
    const auto project = [id, match](const Tournament& t) { return match_view(id, t, number_of(match)); };
    auto view = co_await execute<TournamentAggregate>(c, id, std::move(command), project);
    if (!view && view.error().message == "no such tournament") view.error().message = "no such match";
    co_return co_await with_avatars(c, std::move(view));
}

Task<Result<RenderedPtr>> get_match(Context& c, MatchId match) {
    if (is_ranked(match)) co_return rendered(co_await ranked_match(c, match));
    const auto id = tournament_of(match);
    const auto look = [&](const Tournament& t) -> Result<MatchView> {
        if (!t.exists() || !t.has_match(number_of(match))) return refused(Code::not_found, "no such match");
        return match_view(id, t, number_of(match));
    };
    co_return co_await with_avatars(c, co_await c.services.engine.read<TournamentAggregate>(id, look));
}

/// Whether a host's word is asked for: this is the host, and the players do not agree. What is seen only chooses the
/// command, which is decided on what there is then; so it need not be on disk.
bool is_ruling(Context& c, MatchId match) {
    if (!c.services.access.check_role(Needs::tournament_host, c.actor)) return false;
    const auto is_disputed = [m = number_of(match)](const Tournament& t) {
        return t.exists() && t.has_match(m) && t.is_disputed(m);
    };
    return c.services.engine.peek<TournamentAggregate>(tournament_of(match), is_disputed) &&
           c.services.access.check_tournament_host(c.actor, tournament_of(match)).has_value();
}

Task<Result<RenderedPtr>> report(Context& c, MatchId match, Body<ResultRequest> body) {
    auto scores = scores_of(body.value);
    if (!scores) co_return std::unexpected(std::move(scores.error()));
    if (is_ranked(match)) {
        if (auto known = co_await ranked_match(c, match); !known) co_return rendered(std::move(known));
        if (!*scores) co_return refused(Code::invalid, "field required", "/score_a");
        ranked::MatchResult result{body->winner_id, (**scores)[0], (**scores)[1]};
        co_return rendered(co_await report_ranked(c, match, std::move(result)));
    }
    const auto winner = entrant_of(body->winner_id);
    TournamentCommand command = ClaimResult{number_of(match), agon::entrant_of(c.user().user_id), winner, *scores};
    if (is_ruling(c, match)) command = RuleResult{number_of(match), winner, std::move(*scores)};
    co_return co_await carry_out(c, match, std::move(command));
}

Task<Result<RenderedPtr>> confirm(Context& c, MatchId match) {
    if (is_ranked(match)) co_return rendered(co_await confirm_ranked(c, match));
    co_return co_await carry_out(c, match, ConfirmResult{number_of(match), agon::entrant_of(c.user().user_id)});
}

Task<Result<RenderedPtr>> dispute(Context& c, MatchId match, Body<DisputeRequest> body) {
    if (is_ranked(match)) co_return rendered(co_await dispute_ranked(c, match, std::move(body.value.reason)));
    co_return co_await carry_out(c, match,
                                 DisputeResult{number_of(match), agon::entrant_of(c.user().user_id), body->reason});
}

Task<Result<RenderedPtr>> no_show(Context& c, MatchId match) {
    co_return co_await carry_out(c, match, ClaimNoShow{number_of(match), agon::entrant_of(c.user().user_id)});
}

Task<Result<RenderedPtr>> present(Context& c, MatchId match) {
    co_return co_await carry_out(c, match, AnswerNoShow{number_of(match), agon::entrant_of(c.user().user_id)});
}

// --- corrections --------------------------------------------------------------------------------------------------------

Result<CorrectResult> correction(const Tournament& t, MatchNumber m, const CorrectRequest& r) {
    if (!t.exists() || !t.has_match(m)) return refused(Code::not_found, "no such match");
    auto scores = scores_of(r, !r.reopen && !r.forfeit);
    if (!scores) return std::unexpected(std::move(scores.error()));
    CorrectResult command{
        .mode = r.mode, .reopen = r.reopen, .result = {.match = m, .decision = r.reason, .forfeit = r.forfeit}};
    if (*scores) command.result.score = formats::Score{(**scores)[0], (**scores)[1]};
    for (std::uint8_t side = 0; r.winner_id && side < 2; ++side)
        if (const auto* player = t.player(m, side); player && player->id == agon::entrant_of(*r.winner_id))
            command.result.winner_side = side;
    if (r.winner_id && !command.result.winner_side)
        return refused(Code::invalid, "must be one of the two who play in the match", "/winner_id");
    return command;
}

CorrectReply reply_of(MatchId match, const CorrectRequest& r, const CorrectionPreview& p) {
    CorrectReply reply{.match_id = match,
                       .dry_run = r.dry_run,
                       .mode = r.mode,
                       .champion_before = user_of(p.champion_before),
                       .champion_after = user_of(p.champion_after)};
    for (const auto& change : p.matches)
        reply.matches.push_back({match_id(tournament_of(match), change.match), change.gone,
                                 user_of(change.winner_before), user_of(change.winner_after)});
    return reply;
}

Task<Result<CorrectReply>> correct(Context& c, MatchId match, Body<CorrectRequest> body) {
    const auto id = tournament_of(match);
    auto command = co_await c.services.engine.read<TournamentAggregate>(
        id, [&](const Tournament& t) { return correction(t, number_of(match), body.value); });
    if (!command) co_return std::unexpected(std::move(command.error()));
    auto preview = co_await c.services.tournaments.preview(id, *command);
    if (!preview) co_return std::unexpected(std::move(preview.error()));
    const auto reply = reply_of(match, body.value, *preview);
    if (body->dry_run) co_return reply;
    co_return co_await execute<TournamentAggregate>(c, id, std::move(*command),
                                                    [reply](const Tournament&) { return reply; });
}

}  // namespace

std::vector<Endpoint> result_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, get_match, AnyMatch>(Method::get, "/api/v1/tournaments/matches/{match_id}", "Get a match",
                                         Needs::player)
            .without_etag(),
        endpoint<S, report, AnyMatch>(Method::post, "/api/v1/tournaments/matches/{match_id}/result",
                                      "Report how a match ended; on a disputed one, a host's ruling", Needs::player)
            .also({403, 409}),
        endpoint<S, confirm, AnyMatch>(Method::post, "/api/v1/tournaments/matches/{match_id}/result/confirm",
                                       "Confirm what the opponent reported", Needs::player)
            .also({403, 409}),
        endpoint<S, dispute, AnyMatch>(Method::post, "/api/v1/tournaments/matches/{match_id}/result/dispute",
                                       "Dispute what the opponent reported; a host rules", Needs::player)
            .also({403, 409}),
        endpoint<S, no_show, MatchView>(Method::post, "/api/v1/tournaments/matches/{match_id}/no-show",
                                        "Say that the opponent is not there", Needs::player)
            .also({403, 409}),
        endpoint<S, present, MatchView>(Method::post, "/api/v1/tournaments/matches/{match_id}/present",
                                        "Answer that one is there", Needs::player)
            .also({403}),
        endpoint<S, correct>(Method::post, "/api/v1/tournaments/matches/{match_id}/correct",
                             "Correct a result; with dryRun, only say what would follow", Needs::tournament_host),
    };
}

}  // namespace agon::player
