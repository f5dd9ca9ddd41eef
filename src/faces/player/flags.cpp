#include "app/flags.hpp"

#include "faces/player/paging.hpp"
#include "faces/player/profile.hpp"

namespace agon::player {

namespace {

struct FlagsQuery : PageQuery {
    std::optional<std::string> game;
    std::optional<UserId> user_id;
    std::optional<integrity::Signal> signal;
    static constexpr codec::Note notes[] = {
        {.field = "game", .doc = "Only of this game", .max = 100},
        {.field = "user_id", .doc = "Only of this player"},
        {.field = "signal", .doc = "Only of this kind"},
    };
};
BOOST_DESCRIBE_STRUCT(FlagsQuery, (PageQuery), (game, user_id, signal))

struct FlagView {
    std::string id;
    integrity::Signal signal{};
    std::string game;
    UserRef user;
    std::optional<UserRef> other;
    std::string evidence;
    double observed = 0;
    std::int64_t of = 0;
    double expected = 0;
    double probability = 0;
    MatchId match_id;
    Instant first_at;
    Instant at;
    static constexpr codec::Note notes[] = {
        {.field = "other", .doc = "With whom, where it takes two"},
        {.field = "evidence", .doc = "The numbers in a sentence"},
        {.field = "observed", .doc = "What was counted, out of `of`"},
        {.field = "expected", .doc = "What would be expected of chance"},
        {.field = "probability", .doc = "How likely chance makes so many, or more; 0 where it makes none"},
        {.field = "match_id", .doc = "The last match that it rests on"},
    };
};
BOOST_DESCRIBE_STRUCT(FlagView, (),
                      (id, signal, game, user, other, evidence, observed, of, expected, probability, match_id, first_at,
                       at))

struct FlagPage {
    std::vector<FlagView> flags;
    std::int64_t total_count = 0;
    Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(FlagPage, (), (flags, total_count, pagination))

FlagView view_of(Store& store, const rows::FlagRow& row) {
    const integrity::Finding finding{row.signal,   row.player, row.other,    row.week,
                                     row.observed, row.of,     row.expected, row.probability};
    return {row.key,
            row.signal,
            row.game_type,
            user_ref(store, row.player),
            row.other.transform([&](UserId other) { return user_ref(store, other); }),
            integrity::sentence(finding),
            row.observed,
            row.of,
            row.expected,
            row.probability,
            row.match_id,
            row.first_at,
            row.at};
}

Task<Result<FlagPage>> list(Context& c, Query<FlagsQuery> query) {
    if (c.services.flags) co_await reach(*c.services.flags);
    auto& store = c.services.engine.store();
    RowQuery wanted{.order_by = "at", .descending = true, .limit = query->limit, .offset = query->offset()};
    if (query->game) wanted.where.push_back({.column = "game_type", .value = *query->game});
    if (query->user_id) wanted.where.push_back({.column = "player", .value = query->user_id->text()});
    if (query->signal) wanted.where.push_back({.column = "signal", .value = rows::to_value(*query->signal)});
    const auto found = rows::select<rows::FlagRow>(store, wanted);
    FlagPage page{.total_count = found.total, .pagination = pagination(query->page, query->limit, found.total)};
    for (const auto& row : found.rows) page.flags.push_back(view_of(store, row));
    co_return page;
}

}  // namespace

std::vector<Endpoint> flag_endpoints() {
    return {endpoint<spelling, list>(Method::get, "/api/v1/flags",
                                     "What looks like unfair play, the latest first; nobody is punished by it",
                                     Needs::admin)};
}

}  // namespace agon::player
