#include "app/ratings.hpp"
#include "faces/player/paging.hpp"
#include "faces/player/profile.hpp"

namespace agon::player {

namespace {

struct RatingsQuery : PageQuery {
    std::string game{default_game};
    static constexpr codec::Note notes[] = {
        {.field = "game", .doc = "Which game's ratings", .max = 100, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(RatingsQuery, (PageQuery), (game))

struct LeaderboardQuery : RatingsQuery {
    bool active = false;
    static constexpr codec::Note notes[] = {
        {.field = "active", .doc = "Leave out who is inactive; ranks are then among the others", .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(LeaderboardQuery, (RatingsQuery), (active))

struct RatedUser {
    UserId id;
    std::string username;
    Profile profile;
};
BOOST_DESCRIBE_STRUCT(RatedUser, (), (id, username, profile))

struct LeaderboardEntry {
    std::int64_t rank = 0;
    RatedUser user;
    std::int64_t rating = 0;
    codec::Omittable<double> uncertainty;
    std::int64_t games = 0;
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t draws = 0;
    std::int64_t streak = 0;
    bool inactive = false;
    static constexpr codec::Note notes[] = {
        {.field = "rank", .doc = "From 1; equal ratings share it"},
        {.field = "uncertainty",
         .doc = "The rating's standard deviation now, in points; where the game's engine knows it"},
        {.field = "streak", .doc = "Wins in a row; losses in a row are negative"},
        {.field = "inactive", .doc = "No rated match for as many days as the operator set (90 unless changed)"},
    };
};
BOOST_DESCRIBE_STRUCT(LeaderboardEntry, (),
                      (rank, user, rating, uncertainty, games, wins, losses, draws, streak, inactive))

struct LeaderboardPage {
    std::vector<LeaderboardEntry> leaderboard;
    std::int64_t total_count = 0;
    Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(LeaderboardPage, (), (leaderboard, total_count, pagination))

struct RatingStep {
    MatchId match_id;
    UserRef opponent;
    rows::RatedOutcome result{};
    std::int64_t before = 0;
    std::int64_t after = 0;
    std::int64_t change = 0;
    codec::Omittable<double> uncertainty;
    Instant at;
    static constexpr codec::Note notes[] = {
        {.field = "result", .doc = "TAKEN_BACK: the match was corrected, and what it had done was undone"},
        {.field = "uncertainty",
         .doc = "The rating's standard deviation after it, in points; where the game's engine knows it"},
    };
};
BOOST_DESCRIBE_STRUCT(RatingStep, (), (match_id, opponent, result, before, after, change, uncertainty, at))

struct RatingHistory {
    std::vector<RatingStep> ratings;
    std::int64_t total_count = 0;
    Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(RatingHistory, (), (ratings, total_count, pagination))

std::optional<rows::UserRow> user_row(Store& store, const std::string& id) {
    return rows::find<rows::UserRow>(store, "user_id", id);
}

/// As they are today, whatever they were called when they played.
RatedUser rated_user(Store& store, std::string_view game, const rows::RatingRow& row) {
    const auto user = user_row(store, row.player);
    const auto id = UserId::parse(row.player).value_or(UserId{});
    const auto skill = game == default_game ? row.rating : skill_rating(store, default_game, id);
    return {id, user ? user->username : row.name, {user ? user->avatar_url : std::nullopt, skill}};
}

/// Since when one must have played to be active; nothing where nobody is ever inactive.
std::optional<Instant> active_since(Context& c) {
    const auto after = c.services.inactive_after;
    return after > Duration{0} ? std::optional(c.services.engine.clock().now() - after) : std::nullopt;
}

LeaderboardEntry entry(Context& c, const RatingRule& rule, const rows::RatingRow& row, std::int64_t rank) {
    auto& engine = c.services.engine;
    LeaderboardEntry made{.rank = rank,
                          .user = rated_user(engine.store(), row.game_type, row),
                          .rating = row.rating,
                          .games = row.games,
                          .wins = row.wins,
                          .losses = row.losses,
                          .draws = row.draws,
                          .streak = row.streak};
    const auto deviation = rating_at(engine.clock().now(), row, rule).deviation;
    if (deviation > 0) made.uncertainty = deviation;
    if (const auto since = active_since(c)) made.inactive = !row.last_played_at || *row.last_played_at <= *since;
    return made;
}

Task<Result<LeaderboardPage>> leaderboard(Context& c, Query<LeaderboardQuery> query) {
    co_await reach_ratings(c.services);
    auto& store = c.services.engine.store();
    const auto rules = RatingRules::read(store);
    const auto since = query->active ? active_since(c) : std::nullopt;
    const auto found =
        Ratings::leaderboard(store, query->game, rows::PlayerKind::user, query->limit, query->offset(), since);
    LeaderboardPage page{.total_count = found.total, .pagination = pagination(query->page, query->limit, found.total)};
    std::int64_t rank = 0;
    for (std::size_t i = 0; i < found.rows.size(); ++i) {
        const auto& row = found.rows[i];
        if (i == 0)
            rank = Ratings::rank_of(store, row, since);
        else if (row.rating != found.rows[i - 1].rating)
            rank = query->offset() + static_cast<std::int64_t>(i) + 1;
        page.leaderboard.push_back(entry(c, rules.of(query->game), row, rank));
    }
    co_return page;
}

RatingStep step(Store& store, const rows::RatingChangeRow& row) {
    RatingStep made{.match_id = row.match_id,
                    .opponent = user_ref(store, UserId::parse(row.opponent).value_or(UserId{}), row.opponent_name),
                    .result = row.outcome,
                    .before = row.before,
                    .after = row.after,
                    .change = row.after - row.before,
                    .at = row.at};
    if (row.deviation > 0) made.uncertainty = row.deviation;
    return made;
}

Task<Result<RatingHistory>> history(Context& c, UserId user, Query<RatingsQuery> query) {
    co_await reach_ratings(c.services);
    auto& store = c.services.engine.store();
    if (!user_row(store, user.text())) co_return refused(Code::not_found, "no such user");
    const auto found = Ratings::history(store, query->game, user, query->limit, query->offset());
    RatingHistory page{.total_count = found.total, .pagination = pagination(query->page, query->limit, found.total)};
    for (const auto& row : found.rows) page.ratings.push_back(step(store, row));
    co_return page;
}

}  // namespace

std::vector<Endpoint> leaderboard_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, leaderboard>(Method::get, "/api/v1/leaderboard", "Ratings of a game's players, best first",
                                 Needs::player),
        endpoint<S, history>(Method::get, "/api/v1/users/{user_id}/ratings",
                             "The steps of a player's rating in a game, the last first", Needs::player),
    };
}

}  // namespace agon::player
