// The tournaments that a user took part in.

#include "faces/player/paging.hpp"
#include "faces/player/tournament_views.hpp"

namespace agon::player {

namespace {

struct HistoryQuery {
    std::int64_t page = 1;
    std::int64_t limit = 10;
    static constexpr codec::Note notes[] = {
        {.field = "page", .doc = "Which page, from 1", .min = 1, .max = 1'000'000'000, .has_default = true},
        {.field = "limit", .doc = "Items per page", .min = 1, .max = 100, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(HistoryQuery, (), (page, limit))

struct PlaceName {
    std::string name;
};
BOOST_DESCRIBE_STRUCT(PlaceName, (), (name))

struct PastTournament {
    TournamentId id;
    std::string name;
    Status status{};
    std::optional<PlaceName> venue;
    Counts _count;
};
BOOST_DESCRIBE_STRUCT(PastTournament, (), (id, name, status, venue, _count))

struct PastParticipation {
    ledger::ParticipantId id;
    TournamentId tournament_id;
    ParticipantStatus status{};
    Instant joined_at;
    PastTournament tournament;
};
BOOST_DESCRIBE_STRUCT(PastParticipation, (), (id, tournament_id, status, joined_at, tournament))

struct History {
    std::vector<PastParticipation> participations;
    std::int64_t total_count = 0;
    Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(History, (), (participations, total_count, pagination))

PastParticipation past(Store& store, const rows::ParticipationRow& row, const Tournament& t) {
    const auto id = row.tournament_id;
    const auto entrant = entrant_of(row.user_id);
    PastParticipation p{.id = participant_id(id, entrant),
                        .tournament_id = id,
                        .status = ParticipantStatus::waiting,
                        .joined_at = row.joined_at,
                        .tournament = {.id = id, .name = t.name, .status = t.status}};
    if (const auto found = t.index_of.find(entrant); found != t.index_of.end())
        p.status = participant_statuses(t)[found->second];
    if (const auto venue = venue_ref(store, t.details.venue_id, false)) p.tournament.venue = PlaceName{venue->name};
    p.tournament._count = {static_cast<std::int64_t>(t.entrants.size()), static_cast<std::int64_t>(t.match_count())};
    return p;
}

Task<Result<History>> history(Context& c, Query<HistoryQuery> query) {
    auto& engine = c.services.engine;
    const RowQuery wanted{.where = {{.column = "user_id", .value = c.user().user_id.text()}},
                          .order_by = "joined_at",
                          .descending = true,
                          .limit = query->limit,
                          .offset = (query->page - 1) * query->limit};
    const auto page = rows::select<rows::ParticipationRow>(engine.store(), wanted);
    History reply{.total_count = page.total, .pagination = pagination(query->page, query->limit, page.total)};
    for (const auto& row : page.rows)
        reply.participations.push_back(co_await engine.read<TournamentAggregate>(
            row.tournament_id, [&](const Tournament& t) { return past(engine.store(), row, t); }));
    co_return reply;
}

}  // namespace

std::vector<Endpoint> history_endpoints() {
    return {endpoint<spelling, history>(Method::get, "/api/v1/tournaments/user/history",
                                        "The tournaments that you took part in, the latest first", Needs::player)};
}

}  // namespace agon::player
