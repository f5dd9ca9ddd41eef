// The draw, and how a tournament goes from round to round.

#include "app/export.hpp"
#include "faces/arena/views.hpp"
#include "faces/player/execute.hpp"
#include "faces/player/tournament_views.hpp"

namespace agon::player {

namespace {

struct BracketTournament {
    TournamentId id;
    std::string name;
    Format format{};
    std::uint32_t current_round = 0;
    std::uint32_t total_rounds = 0;
    Status status{};
};
BOOST_DESCRIBE_STRUCT(BracketTournament, (), (id, name, format, current_round, total_rounds, status))

struct BracketReply {
    BracketTournament tournament;
    std::optional<BracketInfo> bracket;
    std::vector<MatchView> matches;
};
BOOST_DESCRIBE_STRUCT(BracketReply, (), (tournament, bracket, matches))

struct Advanced {
    bool success = true;
    std::uint32_t next_round = 0;
};
BOOST_DESCRIBE_STRUCT(Advanced, (), (success, next_round))

struct SeedsRequest {
    std::vector<std::string> seeds;
    static constexpr codec::Note notes[] = {
        {.field = "seeds", .doc = "Participants (or their users), the top seed first", .min = 1, .max = most_entrants}};
};
BOOST_DESCRIBE_STRUCT(SeedsRequest, (), (seeds))

struct SeededParticipant {
    ledger::ParticipantId id;
    std::int64_t seed = 0;
    UserId user_id;
    std::string username;
};
BOOST_DESCRIBE_STRUCT(SeededParticipant, (), (id, seed, user_id, username))
struct SeedsReply {
    std::vector<SeededParticipant> seeds;
};
BOOST_DESCRIBE_STRUCT(SeedsReply, (), (seeds))

struct Standing {
    std::uint32_t place = 0;
    ledger::ParticipantId participant_id;
    PersonRef user;
    std::int64_t seed = 0;
    ParticipantStatus status{};
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t draws = 0;
    /// In stages that go by points.
    codec::Omittable<double> points;
    codec::Omittable<std::map<std::string, double>> tiebreaks;
    std::string why;
};
BOOST_DESCRIBE_STRUCT(Standing, (),
                      (place, participant_id, user, seed, status, wins, losses, draws, points, tiebreaks, why))
struct StandingsReply {
    TournamentId tournament_id;
    Status status{};
    std::vector<Standing> standings;
};
BOOST_DESCRIBE_STRUCT(StandingsReply, (), (tournament_id, status, standings))

struct ExportQuery {
    ExportFormat format = ExportFormat::json;
    static constexpr codec::Note notes[] = {
        {.field = "format", .doc = "TRF (an arbiter's report), JSON or CSV", .has_default = true}};
};
BOOST_DESCRIBE_STRUCT(ExportQuery, (), (format))

Store& store(Context& c) { return c.services.engine.store(); }

BracketReply bracket_reply(Store& store, TournamentId id, const Tournament& t) {
    return {{id, t.name, shown_format(t.format->name), current_round(t), total_rounds(t), t.status},
            bracket_info(id, t, false),
            match_views(id, t, avatars_in(store, t))};
}

/// Avatars stand in it, so it is of this place in the log.
Task<Result<RenderedPtr>> bracket(Context& c, TournamentId id) {
    auto& engine = c.services.engine;
    const auto stamp = engine.journal().last_seq();
    auto rendered = co_await engine.view<TournamentAggregate>(
        id, ViewKind::people_bracket,
        [&c, id, stamp](const Tournament& t, Version version) -> RenderedPtr {
            if (!t.exists()) return nullptr;
            return std::make_shared<Rendered>(codec::to_json<spelling>(bracket_reply(store(c), id, t)),
                                              fmt::format("\"{}-{}\"", version, stamp));
        },
        stamp);
    if (!rendered) co_return refused(Code::not_found, "no such tournament");
    co_return rendered;
}

Task<Result<BracketInfo>> generate(Context& c, TournamentId id) {
    GenerateBracket command{co_await c.services.tournaments.draw(id)};
    co_return co_await execute<TournamentAggregate>(c, id, std::move(command),
                                                    [id](const Tournament& t) { return *bracket_info(id, t, true); });
}

Task<Result<Success>> start(Context& c, TournamentId id) {
    StartTournament command = co_await c.services.tournaments.draw(id);
    co_return co_await execute<TournamentAggregate>(c, id, std::move(command),
                                                    [](const Tournament&) { return Success{}; });
}

Task<Result<Advanced>> advance(Context& c, TournamentId id) {
    co_return co_await execute<TournamentAggregate>(
        c, id, Advance{}, [](const Tournament& t) { return Advanced{true, current_round(t)}; });
}

SeedsReply seeds_of(TournamentId id, const Tournament& t) {
    SeedsReply reply;
    for (const auto& entrant : t.entrants)
        reply.seeds.push_back(
            {participant_id(id, entrant.id), entrant.manual_seed.value_or(0), user_of(entrant.id), entrant.name});
    std::ranges::sort(reply.seeds, {}, &SeededParticipant::seed);
    return reply;
}

Task<Result<SeedsReply>> set_seeds(Context& c, TournamentId id, Body<SeedsRequest> body) {
    auto command =
        co_await c.services.engine.read<TournamentAggregate>(id, [&](const Tournament& t) -> Result<SetSeeds> {
            if (!t.exists()) return refused(Code::not_found, "no such tournament");
            SetSeeds seeds;
            for (const auto& text : body->seeds) {
                const auto entrant = participant_named(id, t, text);
                if (!entrant)
                    return refused(Code::invalid, "names nobody who takes part",
                                   fmt::format("/seeds/{}", seeds.order.size()));
                seeds.order.push_back(*entrant);
            }
            return seeds;
        });
    if (!command) co_return std::unexpected(std::move(command.error()));
    co_return co_await execute<TournamentAggregate>(c, id, std::move(*command),
                                                    [id](const Tournament& t) { return seeds_of(id, t); });
}

StandingsReply standings_of(TournamentId id, const Tournament& t) {
    StandingsReply reply{id, t.status, {}};
    if (t.stages.empty()) return reply;
    const auto statuses = participant_statuses(t);
    for (auto& s : arena::standings_list(t)) {
        const EntrantId entrant{s.bot_id.uuid};
        auto& row = reply.standings.emplace_back(Standing{.place = static_cast<std::uint32_t>(s.place),
                                                          .participant_id = participant_id(id, entrant),
                                                          .user = {user_of(entrant), s.bot_name, {}},
                                                          .seed = s.seed,
                                                          .status = statuses[t.index_of.at(entrant)],
                                                          .wins = s.wins,
                                                          .losses = s.losses,
                                                          .draws = s.draws,
                                                          .why = std::move(s.why)});
        if (s.points) row.points = *s.points;
        if (s.tiebreaks) row.tiebreaks = std::move(*s.tiebreaks);
    }
    return reply;
}

Task<Result<RenderedPtr>> standings(Context& c, TournamentId id) {
    auto rendered = co_await c.services.engine.view<TournamentAggregate>(
        id, ViewKind::people_standings, [id](const Tournament& t, Version version) -> RenderedPtr {
            if (!t.exists()) return nullptr;
            return std::make_shared<Rendered>(codec::to_json<spelling>(standings_of(id, t)),
                                              fmt::format("\"{}-standings\"", version));
        });
    if (!rendered) co_return refused(Code::not_found, "no such tournament");
    co_return rendered;
}

std::string_view content_type(ExportFormat format) {
    switch (format) {
        case ExportFormat::trf: return "text/plain; charset=utf-8";
        case ExportFormat::csv: return "text/csv; charset=utf-8";
        case ExportFormat::json: break;
    }
    return "application/json";
}

Task<Result<RenderedPtr>> export_file(Context& c, TournamentId id, Query<ExportQuery> query) {
    auto file = co_await c.services.engine.read<TournamentAggregate>(id, [&](const Tournament& t) {
        return t.exists() ? export_as(query->format, id, t)
                          : Result<std::string>(refused(Code::not_found, "no such tournament"));
    });
    if (!file) co_return std::unexpected(std::move(file.error()));
    co_return std::make_shared<Rendered>(std::move(*file), std::string{}, content_type(query->format));
}

}  // namespace

std::vector<Endpoint> bracket_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, bracket, BracketReply>(Method::get, "/api/v1/tournaments/{tournament_id}/bracket",
                                           "Get the bracket and its matches", Needs::player),
        endpoint<S, generate>(Method::post, "/api/v1/tournaments/{tournament_id}/bracket/generate",
                              "Close registration and make the draw", Needs::tournament_host, 201),
        endpoint<S, set_seeds>(Method::put, "/api/v1/tournaments/{tournament_id}/seeds", "Seed by hand",
                               Needs::tournament_host),
        endpoint<S, start>(Method::post, "/api/v1/tournaments/{tournament_id}/start",
                           "Start, with the bracket that was generated or a new draw", Needs::tournament_host),
        endpoint<S, advance>(Method::post, "/api/v1/tournaments/{tournament_id}/advance", "Open the next round",
                             Needs::tournament_host),
        endpoint<S, standings, StandingsReply>(Method::get, "/api/v1/tournaments/{tournament_id}/standings",
                                               "Get the places as they stand", Needs::player),
        endpoint<S, export_file>(Method::get, "/api/v1/tournaments/{tournament_id}/export",
                                 "Get the tournament as a file", Needs::player)
            .answering({"application/json", "text/plain", "text/csv"})
            .without_etag(),
    };
}

}  // namespace agon::player
