// Tournaments of people: announcing them, and who takes part.

#include "faces/player/execute.hpp"
#include "faces/player/paging.hpp"
#include "faces/player/rules.hpp"
#include "faces/player/tournament_views.hpp"

namespace agon::player {

namespace {

constexpr double most_money = static_cast<double>(ledger::max_units);

/// What may be taken away again, by null.
template <class T>
using Clearable = codec::Omittable<std::optional<T>>;

/// Of a tournament as its host writes it, to create one or to change it; what is not given stays as it is.
struct TournamentRequest {
    Clearable<std::string> description;
    Clearable<OccasionId> event_id;
    Clearable<VenueId> venue_id;
    Clearable<Instant> start_time;
    Clearable<Instant> end_time;
    Clearable<Instant> registration_opens_at;
    Clearable<Instant> registration_closes_at;
    codec::Omittable<Money> entry_fee;
    Clearable<Money> prize_pool;
    codec::Omittable<std::string> currency;
    codec::Omittable<Format> format;
    codec::Omittable<std::string> game;
    codec::Omittable<Json> rules;
    codec::Omittable<Status> status;
    static constexpr codec::Note notes[] = {
        {.field = "description", .max = 10'000},
        {.field = "event_id", .doc = "The event that it is a part of"},
        {.field = "venue_id", .doc = "Where it is played"},
        {.field = "start_time", .doc = "As announced; it starts by its host's word"},
        {.field = "registration_opens_at", .doc = "Then registration opens by itself"},
        {.field = "registration_closes_at", .doc = "Then registration closes by itself"},
        {.field = "entry_fee", .doc = "In whole units of the currency", .min = 0, .max = most_money},
        {.field = "prize_pool",
         .doc = "What is given away; where none is declared, the fees",
         .min = 0,
         .max = most_money},
        {.field = "currency", .doc = "DojoCoins where none is given", .min = 1, .max = 32},
        {.field = "format", .doc = "SINGLE_ELIMINATION where none is given"},
        {.field = "game", .doc = "Whose ratings count; pool where none is given", .min = 1, .max = 32},
        {.field = "rules",
         .doc = "An object. Agon reads `maxScore`, `autoAdvance`, `confirmResults`, `confirmWithin`, `noShowWait`, "
                "`prizeSplit`, `seeding`, `checkIn`, `waitingList`, `lateEntry`, `withdrawal`, and the formats' "
                "options `rounds`, `thirdPlace`, `grandFinal`, `points`, `tiebreaks`, `groups`; the rest is for the "
                "players"},
        {.field = "status", .doc = "REGISTRATION_OPEN opens registration, READY closes it, CANCELLED cancels"},
    };
};
BOOST_DESCRIBE_STRUCT(TournamentRequest, (),
                      (description, event_id, venue_id, start_time, end_time, registration_opens_at,
                       registration_closes_at, entry_fee, prize_pool, currency, format, game, rules, status))

struct CreateRequest : TournamentRequest {
    std::string name;
    std::int64_t max_participants = 0;
    static constexpr codec::Note notes[] = {
        {.field = "name", .min = 1, .max = 200, .is_name = true},
        {.field = "max_participants", .min = min_entrants, .max = most_entrants},
    };
};
BOOST_DESCRIBE_STRUCT(CreateRequest, (TournamentRequest), (name, max_participants))

struct ChangeRequest : TournamentRequest {
    codec::Omittable<std::string> name;
    codec::Omittable<std::int64_t> max_participants;
    static constexpr codec::Note notes[] = {
        {.field = "name", .doc = "What is not given stays", .min = 1, .max = 200, .is_name = true},
        {.field = "max_participants", .min = min_entrants, .max = most_entrants},
    };
};
BOOST_DESCRIBE_STRUCT(ChangeRequest, (TournamentRequest), (name, max_participants))

struct ListQuery : PageQuery {
    std::optional<Status> status;
    std::optional<VenueId> venue_id;
    std::optional<std::string> game;
    static constexpr codec::Note notes[] = {
        {.field = "status", .doc = "Only tournaments with this status"},
        {.field = "venue_id", .doc = "Only those at this venue"},
        {.field = "game", .doc = "Only those of this game"},
    };
};
BOOST_DESCRIBE_STRUCT(ListQuery, (PageQuery), (status, venue_id, game))

struct TournamentList {
    std::vector<TournamentItem> tournaments;
    std::int64_t total_count = 0;
    Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(TournamentList, (), (tournaments, total_count, pagination))

struct JoinRequest {
    codec::Omittable<std::string> notes;
};
BOOST_DESCRIBE_STRUCT(JoinRequest, (), (notes))
constexpr std::size_t longest_note = 1000;

struct TournamentRef {
    TournamentId id;
    std::string name;
    Money entry_fee;
};
BOOST_DESCRIBE_STRUCT(TournamentRef, (), (id, name, entry_fee))

struct Participation {
    ledger::ParticipantId id;
    TournamentId tournament_id;
    UserId user_id;
    std::optional<std::int64_t> seed;
    ParticipantStatus status{};
    Instant joined_at;
    TournamentRef tournament;
    PersonRef user;
};
BOOST_DESCRIBE_STRUCT(Participation, (), (id, tournament_id, user_id, seed, status, joined_at, tournament, user))

struct LeaveReason {
    std::string reason;
    static constexpr codec::Note notes[] = {
        {.field = "reason", .doc = "Why, for the record", .max = 500, .has_default = true}};
};
BOOST_DESCRIBE_STRUCT(LeaveReason, (), (reason))

Store& store(Context& c) { return c.services.engine.store(); }

// --- announcing ---------------------------------------------------------------------------------------------------------

template <class T>
void take(T& out, const codec::Omittable<T>& given) {
    if (given) out = *given;
}

/// A game's name is a part of ratings' keys.
bool is_game_name(std::string_view name) {
    return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == name.npos;
}

/// What a request says, over what there was.
Result<void> announce(TournamentChanged& what, const TournamentRequest& r) {
    auto& d = what.details;
    if (r.description) d.description = r.description->value_or("");
    take(d.start_time, r.start_time);
    take(d.end_time, r.end_time);
    take(d.registration_opens_at, r.registration_opens_at);
    take(d.registration_closes_at, r.registration_closes_at);
    take(d.venue_id, r.venue_id);
    take(d.event_id, r.event_id);
    take(d.money.entry_fee, r.entry_fee);
    take(d.money.prize_pool, r.prize_pool);
    take(d.money.currency, r.currency);
    take(what.game_type, r.game);
    if (!is_game_name(what.game_type))
        return refused(Code::invalid, "must be of small letters, digits, '_' and '-'", "/game");
    if (!ledger::is_currency(d.money.currency))
        return refused(Code::invalid, "must be of letters, digits, '-' and '_'", "/currency");
    if (d.start_time && d.end_time && *d.end_time < *d.start_time)
        return refused(Code::invalid, "must not be before startTime", "/end_time");
    if (d.registration_opens_at && d.registration_closes_at && *d.registration_closes_at < *d.registration_opens_at)
        return refused(Code::invalid, "must not be before registrationOpensAt", "/registration_closes_at");
    if (r.rules) d.rules = *r.rules;
    if (r.rules || r.format) return apply_rules(what, r.format);
    return {};
}

/// That what it points at is there.
Task<Result<void>> check_links(Context& c, TournamentDetails d) {
    const auto exists = [](const auto& thing) { return thing.is_live(); };
    if (d.venue_id && !co_await c.services.engine.read<VenueAggregate>(*d.venue_id, exists))
        co_return refused(Code::invalid, "there is no such venue", "/venue_id");
    if (d.event_id && !co_await c.services.engine.read<OccasionAggregate>(*d.event_id, exists))
        co_return refused(Code::invalid, "there is no such event", "/event_id");
    co_return Result<void>{};
}

auto viewed(Context& c, TournamentId id) {
    return [&c, id](const Tournament& t) { return tournament_view(store(c), id, t); };
}

Task<Result<TournamentView>> create(Context& c, Body<CreateRequest> body) {
    TournamentChanged what{
        .name = body->name, .game_type = std::string(default_game), .max_entrants = body->max_participants};
    auto request = body.value;
    if (!request.format) request.format = Format::single_elimination;
    if (auto ok = announce(what, request); !ok) co_return std::unexpected(std::move(ok.error()));
    if (auto ok = co_await check_links(c, what.details); !ok) co_return std::unexpected(std::move(ok.error()));
    const auto wanted = body->status ? *body->status : Status::upcoming;
    if (wanted != Status::upcoming && wanted != Status::registration_open)
        co_return refused(Code::invalid, "must be 'UPCOMING' or 'REGISTRATION_OPEN'", "/status");
    const auto& clock = c.services.engine.clock();
    const auto id = make_tournament_id(clock.now(), c.services.random->bits(), c.services.random->bits());
    auto command =
        c.services.tournaments.announcement(std::move(what), id, c.user().user_id, wanted == Status::registration_open);
    co_return co_await execute<TournamentAggregate>(c, id, std::move(command), viewed(c, id));
}

TournamentChanged as_announced(const Tournament& t) {
    return {t.name, t.game_type, t.max_entrants, t.options, t.plan, t.details};
}

struct Basis {
    std::uint64_t revision = 0;
    bool exists = false;
    TournamentChanged what;
};

/// The change is made from the tournament as it is; where somebody was faster, it is made again.
Task<Result<TournamentView>> change(Context& c, TournamentId id, Body<ChangeRequest> body) {
    for (int attempt = 0;; ++attempt) {
        auto basis = co_await c.services.engine.read<TournamentAggregate>(
            id, [](const Tournament& t) { return t.exists() ? Basis{t.revision, true, as_announced(t)} : Basis{}; });
        if (!basis.exists) co_return refused(Code::not_found, "no such tournament");
        auto& what = basis.what;
        take(what.name, body->name);
        take(what.max_entrants, body->max_participants);
        if (auto ok = announce(what, body.value); !ok) co_return std::unexpected(std::move(ok.error()));
        if (auto ok = co_await check_links(c, what.details); !ok) co_return std::unexpected(std::move(ok.error()));
        ChangeTournament command{
            .basis = basis.revision, .what = std::move(what), .draw = c.services.tournaments.draw_secret()};
        if (body->status) command.to = *body->status;
        if (command.to == Status::in_progress) command.start = co_await c.services.tournaments.draw(id);
        auto changed = co_await execute<TournamentAggregate>(c, id, std::move(command), viewed(c, id));
        if (changed || changed.error().message != moved_on || attempt == 16) co_return changed;
    }
}

Task<Result<NoContent>> remove(Context& c, TournamentId id) {
    co_return co_await execute<TournamentAggregate>(c, id, DeleteTournament{},
                                                    [](const Tournament&) { return NoContent{}; });
}

// --- reading ------------------------------------------------------------------------------------------------------------

Task<Result<TournamentList>> list(Context& c, Query<ListQuery> query) {
    RowQuery wanted{.order_by = "created_at", .descending = true, .limit = query->limit, .offset = query->offset()};
    if (query->status) wanted.where.push_back({.column = "status", .value = rows::to_value(*query->status)});
    if (query->venue_id) wanted.where.push_back({.column = "venue_id", .value = query->venue_id->text()});
    if (query->game) wanted.where.push_back({.column = "game_type", .value = *query->game});
    const auto page = rows::select<rows::TournamentRow>(store(c), wanted);
    TournamentList reply{.total_count = page.total, .pagination = pagination(query->page, query->limit, page.total)};
    for (const auto& row : page.rows) reply.tournaments.push_back(tournament_item(store(c), row));
    co_return reply;
}

/// Profiles and ratings stand in it, so it is of this place in the log.
Task<Result<RenderedPtr>> details(Context& c, TournamentId id) {
    auto& engine = c.services.engine;
    co_await reach_ratings(c.services);
    const auto stamp = engine.journal().last_seq();
    auto rendered = co_await engine.view<TournamentAggregate>(
        id, ViewKind::people_details,
        [&c, id, stamp](const Tournament& t, Version version) -> RenderedPtr {
            if (!t.exists()) return nullptr;
            return std::make_shared<Rendered>(codec::to_json<spelling>(details_view(store(c), id, t)),
                                              fmt::format("\"{}-{}\"", version, stamp));
        },
        stamp);
    if (!rendered) co_return refused(Code::not_found, "no such tournament");
    co_return rendered;
}

// --- taking part --------------------------------------------------------------------------------------------------------

Participation participation(TournamentId id, const Tournament& t, const Identity& who) {
    const auto entrant = entrant_of(who.user_id);
    Participation p{.id = participant_id(id, entrant),
                    .tournament_id = id,
                    .user_id = who.user_id,
                    .tournament = {id, t.name, t.details.money.entry_fee},
                    .user = {who.user_id, who.username, {}}};
    if (const auto found = t.index_of.find(entrant); found != t.index_of.end()) {
        p.status = participant_statuses(t)[found->second];
        p.joined_at = t.entrants[found->second].registered_at;
        if (!t.seed_of.empty()) p.seed = t.shown_seed(found->second);
    } else if (const auto waits = std::ranges::find(t.waiting, entrant, &Entrant::id); waits != t.waiting.end()) {
        p.status = ParticipantStatus::waiting;
        p.joined_at = waits->registered_at;
    }
    return p;
}

auto their_part(Context& c, TournamentId id) {
    return [id, who = c.user()](const Tournament& t) { return participation(id, t, who); };
}

Result<std::string> game_for_people(const Tournament& t) {
    if (!t.exists()) return refused(Code::not_found, "no such tournament");
    if (t.driver != Driver::manual) return refused(Code::wrong_state, "people cannot enter a tournament of bots");
    return t.game_type;
}

Task<Result<Participation>> join(Context& c, TournamentId id, Body<JoinRequest> body) {
    const auto game = co_await c.services.engine.read<TournamentAggregate>(id, game_for_people);
    if (!game) co_return std::unexpected(game.error());
    const auto& who = c.user();
    if (body->notes && codec::count_characters(*body->notes) > longest_note)
        co_return refused(Code::invalid, fmt::format("must have at most {} characters", longest_note), "/notes");
    co_await reach_ratings(c.services);
    RegisterEntrant command{.entrant = entrant_of(who.user_id),
                            .name = who.username,
                            .rating = static_cast<std::int32_t>(skill_rating(store(c), *game, who.user_id)),
                            .notes = body->notes ? *body->notes : std::string{}};
    auto joined = co_await execute<TournamentAggregate>(c, id, std::move(command), their_part(c, id));
    if (!joined && joined.error().code == Code::wrong_state) joined.error().message = "registration is closed";
    co_return joined;
}

Success done(const Tournament&) { return {}; }

Task<Result<Success>> leave(Context& c, TournamentId id) {
    co_return co_await execute<TournamentAggregate>(c, id, WithdrawEntrant{entrant_of(c.user().user_id)}, done);
}

Task<Result<Participation>> check_in(Context& c, TournamentId id) {
    co_return co_await execute<TournamentAggregate>(c, id, CheckIn{entrant_of(c.user().user_id)}, their_part(c, id));
}

/// While it runs; before the start it is the same as leaving.
TournamentCommand taking_out(const Tournament& t, EntrantId entrant, Leaving how, const std::string& reason) {
    if (t.status == Status::in_progress) return Leave{entrant, how, reason};
    return WithdrawEntrant{entrant};
}

Task<Result<Success>> withdraw(Context& c, TournamentId id, Body<LeaveReason> body) {
    const auto entrant = entrant_of(c.user().user_id);
    auto command = co_await c.services.engine.read<TournamentAggregate>(
        id, [&](const Tournament& t) { return taking_out(t, entrant, Leaving::withdrawn, body->reason); });
    co_return co_await execute<TournamentAggregate>(c, id, std::move(command), done);
}

Task<Result<Success>> disqualify(Context& c, TournamentId id, Word participant, Body<LeaveReason> body) {
    auto command =
        co_await c.services.engine.read<TournamentAggregate>(id, [&](const Tournament& t) -> Result<TournamentCommand> {
            if (!t.exists()) return refused(Code::not_found, "no such tournament");
            const auto entrant = participant_named(id, t, participant.value);
            if (!entrant) return refused(Code::not_found, "no such participant");
            return taking_out(t, *entrant, Leaving::disqualified, body->reason);
        });
    if (!command) co_return std::unexpected(std::move(command.error()));
    co_return co_await execute<TournamentAggregate>(c, id, std::move(*command), done);
}

}  // namespace

std::vector<Endpoint> tournament_endpoints() {
    constexpr auto S = spelling;
    constexpr std::string_view one = "/api/v1/tournaments/{tournament_id}";
    return {
        endpoint<S, create>(Method::post, "/api/v1/tournaments", "Announce a tournament", Needs::host, 201),
        endpoint<S, list>(Method::get, "/api/v1/tournaments", "Tournaments, the newest first", Needs::player),
        endpoint<S, details, TournamentDetailsView>(Method::get, one, "Get a tournament, its participants and matches",
                                                    Needs::player),
        endpoint<S, change>(Method::put, one, "Change a tournament, or what state it is in", Needs::tournament_host),
        endpoint<S, remove>(Method::delete_, one, "Delete a tournament that is not running; fees are returned",
                            Needs::tournament_host, 204)
            .also({400}),
        endpoint<S, join>(Method::post, "/api/v1/tournaments/{tournament_id}/join", "Enter, and pay the entry fee",
                          Needs::player, 201)
            .also({409}),
        endpoint<S, leave>(Method::post, "/api/v1/tournaments/{tournament_id}/leave",
                           "Leave before the start; the fee is returned", Needs::player)
            .also({409}),
        endpoint<S, check_in>(Method::post, "/api/v1/tournaments/{tournament_id}/check-in", "Say that you are there",
                              Needs::player)
            .also({409}),
        endpoint<S, withdraw>(Method::post, "/api/v1/tournaments/{tournament_id}/withdraw", "Leave, also while it runs",
                              Needs::player)
            .also({409}),
        endpoint<S, disqualify>(Method::post,
                                "/api/v1/tournaments/{tournament_id}/participants/{participant_id}/disqualify",
                                "Rule somebody out", Needs::tournament_host),
    };
}

}  // namespace agon::player
