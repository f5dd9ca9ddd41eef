#include "app/matchmaking.hpp"

#include "faces/player/execute.hpp"
#include "faces/player/profile.hpp"

namespace agon::player {

namespace {

struct JoinQueueRequest {
    std::string game{default_game};
    std::string region;
    std::vector<UserId> avoid;
    static constexpr codec::Note notes[] = {
        {.field = "game", .doc = "What to play; one pool per game and region", .max = 40, .has_default = true},
        {.field = "region", .doc = "Where; empty for anywhere", .max = 40, .has_default = true},
        {.field = "avoid",
         .doc = "Players not to be matched with this once; together with those who are blocked at most 63",
         .max = ranked::most_avoided,
         .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(JoinQueueRequest, (), (game, region, avoid))

struct JoinedQueue {
    bool success = true;
    std::int64_t estimated_wait_time = 0;
    std::int64_t estimated_wait_p90 = 0;
    static constexpr codec::Note notes[] = {
        {.field = "estimated_wait_time", .doc = "Seconds that half of such waits do not exceed"},
        {.field = "estimated_wait_p90", .doc = "Seconds that nine in ten of such waits do not exceed"},
    };
};
BOOST_DESCRIBE_STRUCT(JoinedQueue, (), (success, estimated_wait_time, estimated_wait_p90))

struct QueueSuccess {
    bool success = true;
};
BOOST_DESCRIBE_STRUCT(QueueSuccess, (), (success))

struct Opponent {
    std::string username;
};
BOOST_DESCRIBE_STRUCT(Opponent, (), (username))

struct FoundMatch {
    MatchId id;
    UserId opponent_id;
    Opponent opponent;
    /// False while players are asked to accept.
    bool ready = false;
    bool accepted = false;
    std::optional<Instant> accept_by;
    /// How long matchmaking is closed to who declines now; 0: it is not.
    std::optional<std::int64_t> decline_penalty;
};
BOOST_DESCRIBE_STRUCT(FoundMatch, (), (id, opponent_id, opponent, ready, accepted, accept_by, decline_penalty))

struct QueueStatus {
    bool in_queue = false;
    std::optional<std::int64_t> estimated_wait_time, estimated_wait_p90;
    std::optional<double> match_probability;
    std::optional<std::int64_t> position, pool_size;
    std::optional<double> window;
    std::optional<Instant> next_expansion_at, queued_at, timeout_at;
    std::optional<std::string> game, region;
    std::optional<FoundMatch> match;
    /// Set while matchmaking is closed to the player.
    std::optional<Instant> closed_until;
    static constexpr codec::Note notes[] = {
        {.field = "estimated_wait_time", .doc = "Seconds from now"},
        {.field = "match_probability", .doc = "That a match comes before the timeout; null where nothing is known yet"},
        {.field = "position", .doc = "1 + who waited longer and looks in the same range"},
        {.field = "window", .doc = "Rating points to either side"},
    };
};
BOOST_DESCRIBE_STRUCT(QueueStatus, (),
                      (in_queue, estimated_wait_time, estimated_wait_p90, match_probability, position, pool_size,
                       window, next_expansion_at, queued_at, timeout_at, game, region, match, closed_until))

struct QueueStatistics {
    std::int64_t queue_size = 0;
    std::int64_t average_wait_time = 0;
    std::int64_t matches_created = 0;
    std::int64_t active_matches = 0;
    std::optional<double> estimate_coverage_p50, estimate_coverage_p90;
    static constexpr codec::Note notes[] = {
        {.field = "average_wait_time", .doc = "Seconds, of those who met somebody lately"},
        {.field = "estimate_coverage_p90", .doc = "Share of waits within the estimated p90; 0.9 is perfect"},
    };
};
BOOST_DESCRIBE_STRUCT(QueueStatistics, (),
                      (queue_size, average_wait_time, matches_created, active_matches, estimate_coverage_p50,
                       estimate_coverage_p90))

std::int64_t whole_seconds(Duration d) { return std::chrono::ceil<std::chrono::seconds>(d).count(); }

/// The one place that says with which rating a player joins.
double rating_of(Context& c, std::string_view game, UserId user) {
    return static_cast<double>(skill_rating(c.services.engine.store(), game, user));
}

/// Adds to the batch the matches that begin, and the answer.
auto attach_to(Context& c) {
    return [&c](Batch& batch, const auto& reply) {
        begin_matches(batch);
        if (c.claim) c.claim->keep(batch, {c.success, detail::render_reply<spelling>(c.success, reply).body});
    };
}

/// Nothing left to wait for who was matched at once.
JoinedQueue joined(Context& c, ranked::QueueId id, const ranked::Queue& queue, UserId user, Instant now) {
    const auto status = queue.pool.status(user);
    if (!status) return {};
    const auto promised = status->meets_at ? std::optional(*status->meets_at - now) : std::nullopt;
    const auto rating = queue.pool.ticket_of(user)->rating;
    const auto e =
        c.services.matchmaking->estimate(id, rating, now - status->enqueued_at, status->timeout_at - now, promised);
    return {true, whole_seconds(e.p50), whole_seconds(e.p90)};
}

Result<void> check_words(const JoinQueueRequest& body) {
    if (!is_pool_word(body.game)) return refused(Code::invalid, "must be letters, digits, '_', '-' and '.'", "/game");
    if (!body.region.empty() && !is_pool_word(body.region))
        return refused(Code::invalid, "must be letters, digits, '_', '-' and '.'", "/region");
    return {};
}

Task<Result<JoinedQueue>> join(Context& c, Body<JoinQueueRequest> body) {
    if (auto good = check_words(body.value); !good) co_return std::unexpected(good.error());
    const auto user = c.user().user_id;
    auto joining = co_await c.services.matchmaking->joining(user, body->game, body->region);
    if (!joining) co_return std::unexpected(joining.error());
    // With what an acknowledged result has made of it.
    co_await reach_ratings(c.services);
    joining->command.rating = rating_of(c, body->game, user);
    joining->command.avoids = body->avoid;
    const auto project = [&c, id = joining->queue, user](const ranked::Queue& queue) {
        return joined(c, id, queue, user, c.services.engine.clock().now());
    };
    auto done =
        co_await c.services.engine.execute<QueueAggregate>(joining->queue, joining->command, project, attach_to(c));
    if (done) co_await c.services.matchmaking->heed_blocks(user);
    co_return done;
}

/// Runs a command in the queue that the caller is in.
Task<Result<QueueSuccess>> order(Context& c, ranked::QueueCommand command, std::string refusal) {
    const auto id = c.services.matchmaking->queue_of(c.user().user_id);
    if (!id) co_return refused(Code::not_found, std::move(refusal));
    const auto project = [](const ranked::Queue&) { return QueueSuccess{}; };
    co_return co_await c.services.engine.execute<QueueAggregate>(*id, std::move(command), project, attach_to(c));
}

Task<Result<QueueSuccess>> leave(Context& c) {
    const auto chance = c.services.matchmaking->chance();
    co_return co_await order(c, ranked::LeaveQueue{c.user().user_id, chance}, "not in the matchmaking queue");
}

Task<Result<QueueSuccess>> accept(Context& c) {
    co_return co_await order(c, ranked::AcceptMatch{c.user().user_id}, "no such match to accept");
}

Task<Result<QueueSuccess>> decline(Context& c) {
    const auto chance = c.services.matchmaking->chance();
    co_return co_await order(c, ranked::DeclineMatch{c.user().user_id, chance}, "no such match to decline");
}

UserId other_of(const std::vector<UserId>& players, UserId user) {
    return players[0] == user ? players[1] : players[0];
}

std::optional<FoundMatch> found_match(const ranked::Queue& queue, UserId user, Instant now) {
    if (const auto playing = queue.playing.find(user); playing != queue.playing.end())
        return FoundMatch{.id = playing->second,
                          .opponent_id = other_of(queue.live.at(playing->second), user),
                          .opponent = {},
                          .ready = true,
                          .accepted = true,
                          .accept_by = {},
                          .decline_penalty = {}};
    const auto asked = queue.proposed.find(user);
    if (asked == queue.proposed.end()) return std::nullopt;
    const auto& proposal = queue.proposals.at(asked->second);
    const auto until = ranked::penalty_for(queue, user, now).until;
    return FoundMatch{.id = proposal.match,
                      .opponent_id = other_of({proposal.older.player, proposal.younger.player}, user),
                      .opponent = {},
                      .ready = false,
                      .accepted = ranked::is_among(proposal.accepted, user),
                      .accept_by = proposal.deadline,
                      .decline_penalty = whole_seconds(until - now)};
}

struct Seen {
    QueueStatus status;
    double rating = 0;
    std::optional<Duration> promised;
};

Seen look_at(const ranked::Queue& queue, UserId user, Instant now) {
    Seen seen;
    auto& s = seen.status;
    s.match = found_match(queue, user, now);
    s.game = queue.game, s.region = queue.region;
    s.in_queue = queue.proposed.contains(user);
    if (!queue.pool.contains(user)) return seen;
    auto pool = queue.pool;
    pool.pass(now);
    const auto told = *pool.status(user);
    s.in_queue = true;
    s.position = static_cast<std::int64_t>(told.position);
    s.pool_size = static_cast<std::int64_t>(told.pool_size);
    s.window = told.window;
    s.next_expansion_at = told.next_expansion_at;
    s.queued_at = told.enqueued_at;
    s.timeout_at = told.timeout_at;
    seen.rating = pool.ticket_of(user)->rating;
    if (told.meets_at) seen.promised = std::max(Duration{0}, *told.meets_at - now);
    return seen;
}

void estimate(Context& c, ranked::QueueId id, Seen& seen, Instant now) {
    auto& s = seen.status;
    const auto e = c.services.matchmaking->estimate(id, seen.rating, now - *s.queued_at,
                                                    std::max(Duration{0}, *s.timeout_at - now), seen.promised);
    s.estimated_wait_time = whole_seconds(e.p50);
    s.estimated_wait_p90 = whole_seconds(e.p90);
    if (e.basis != matchmaking::Basis::nothing) s.match_probability = e.match_probability;
}

/// In the default pool, where the player is in none: that is where a penalty is most likely asked for.
Task<Result<QueueStatus>> status(Context& c) {
    auto& engine = c.services.engine;
    const auto user = c.user().user_id;
    const auto now = engine.clock().now();
    const auto where = c.services.matchmaking->queue_of(user);
    const auto closed = [user, now](const ranked::Queue& q) {
        const auto penalty = q.penalties.find(user);
        const bool counts = penalty != q.penalties.end() && penalty->second.until > now;
        return counts ? std::optional(penalty->second.until) : std::nullopt;
    };
    if (!where) {
        QueueStatus nowhere;
        nowhere.closed_until = co_await engine.read<QueueAggregate>(queue_id_of(default_game, ""), closed);
        co_return nowhere;
    }
    auto seen = co_await engine.read<QueueAggregate>(
        *where, [user, now](const ranked::Queue& q) { return look_at(q, user, now); });
    if (seen.status.position) estimate(c, *where, seen, now);
    if (auto& match = seen.status.match)
        match->opponent.username =
            co_await engine.read<UserAggregate>(match->opponent_id, [](const users::User& u) { return u.username; });
    co_return std::move(seen.status);
}

Task<Result<QueueStatistics>> statistics(Context& c) {
    const auto totals = c.services.matchmaking->totals();
    QueueStatistics s{.queue_size = totals.waiting,
                      .average_wait_time = whole_seconds(seconds(totals.mean_wait_s)),
                      .matches_created = totals.matches,
                      .active_matches = totals.live_matches,
                      .estimate_coverage_p50 = {},
                      .estimate_coverage_p90 = {}};
    if (totals.estimates.scored > 0) {
        s.estimate_coverage_p50 = totals.estimates.coverage_p50;
        s.estimate_coverage_p90 = totals.estimates.coverage_p90;
    }
    co_return s;
}

}  // namespace

std::vector<Endpoint> matchmaking_endpoints() {
    constexpr auto S = spelling;
    constexpr auto rate = Rate::matchmaking;
    return {
        endpoint<S, join>(Method::post, "/api/v1/tournaments/matchmaking/join", "Look for a ranked match",
                          Needs::player, 200, rate)
            .also({409}),
        endpoint<S, leave>(Method::post, "/api/v1/tournaments/matchmaking/leave", "Look no longer", Needs::player, 200,
                           rate)
            .also({404}),
        endpoint<S, accept>(Method::post, "/api/v1/tournaments/matchmaking/accept", "Say that you are ready",
                            Needs::player, 200, rate)
            .also({404}),
        endpoint<S, decline>(Method::post, "/api/v1/tournaments/matchmaking/decline", "Turn a match down",
                             Needs::player, 200, rate)
            .also({404}),
        endpoint<S, status>(Method::get, "/api/v1/tournaments/matchmaking/status", "Where you stand in the queue",
                            Needs::player, 200, rate),
        endpoint<S, statistics>(Method::get, "/api/v1/tournaments/matchmaking/statistics", "What the queues come to",
                                Needs::admin),
    };
}

}  // namespace agon::player
