#include "app/matchmaking.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "app/digest.hpp"
#include "app/retry.hpp"

namespace agon {

using ranked::QueueId;

namespace {

constexpr std::size_t most_queues = 256;
/// After a start: some tens of milliseconds of the queue's time and of the journal's.
constexpr std::size_t paired_at_once = 2048;

QueueId queue_of_match(Engine& engine, MatchId match) {
    return engine.peek<RankedMatchAggregate>(
        match, [](const ranked::RankedMatch& m) { return QueueId::parse(m.what.queue).value_or(QueueId{}); });
}

std::vector<UserId> blocked_by(Engine& engine, UserId user) {
    return engine.peek<UserAggregate>(user, [](const users::User& u) {
        std::vector<UserId> blocked;
        for (const auto& [other, since] : u.blocked) blocked.push_back(other);
        return blocked;
    });
}

}  // namespace

QueueId queue_id_of(std::string_view game, std::string_view region) {
    const auto hash = sha256(std::string("agon queue ") + std::string(game) + "\n" + std::string(region));
    QueueId id;
    std::copy_n(hash.begin(), id.uuid.bytes.size(), id.uuid.bytes.begin());
    id.uuid.bytes[6] = static_cast<std::uint8_t>(0x80 | (id.uuid.bytes[6] & 0x0f));
    id.uuid.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.uuid.bytes[8] & 0x3f));
    return id;
}

void begin_matches(Batch& batch) {
    std::vector<Append> begun;
    for (const auto& append : batch.appends)
        for (const auto& event : append.events) {
            const auto pair = decode_if<ranked::PairMatched>({.type = event.type, .data = event.data});
            if (!pair) continue;
            ranked::RankedMatchStarted started{.queue = append.stream,
                                               .game = pair->game,
                                               .region = pair->region,
                                               .players = {},
                                               .ratings = {},
                                               .joined_at = {},
                                               .rules = pair->rules};
            for (const auto& p : pair->players) {
                started.players.push_back(p.player);
                started.ratings.push_back(p.rating);
                started.joined_at.push_back(p.joined_at);
            }
            begun.push_back({pair->match.text(), 0, {encode(ranked::RankedMatchEvent{std::move(started)})}});
        }
    for (auto& append : begun) batch.appends.push_back(std::move(append));
}

Matchmaking::Matchmaking(Engine& engine, Timers& timers, Random& random, boost::asio::io_context& context,
                         MatchmakingSettings settings)
    : Follower(engine.journal(), context),
      engine_(engine),
      timers_(timers),
      random_(random),
      context_(context),
      settings_(std::move(settings)) {}

// --- after a start -----------------------------------------------------------------------------------------------------

void Matchmaking::start() {
    const auto last = engine_.journal().last_seq();
    std::vector<Part> waiting;
    auto at_once = paired_at_once;
    for (const auto& row : rows::select<rows::QueueRow>(engine_.store(), {.limit = 1'000'000}).rows) {
        const auto entry = known(row.queue_id);
        for (const auto& event : engine_.store().read(row.queue_id.text(), row.snapshot_at)) learn(*entry, event);
        std::ranges::move(take_up(row.queue_id, at_once), std::back_inserter(waiting));
    }
    boost::asio::co_spawn(context_, pair_waiting(std::move(waiting)), boost::asio::detached);
    follow_from(last);
}

std::vector<Matchmaking::Part> Matchmaking::take_up(QueueId id, std::size_t& at_once) {
    const auto words =
        engine_.peek<QueueAggregate>(id, [](const ranked::Queue& q) { return std::pair(q.game, q.region); });
    // Those on disk; what begins now comes with the log.
    const auto live = engine_.peek<QueueAggregate>(id, [](const ranked::Queue& q) {
        std::vector<MatchId> matches;
        for (const auto& [match, players] : q.live) matches.push_back(match);
        return matches;
    });
    const auto waiting = engine_.peek<QueueAggregate>(id, [](const ranked::Queue& q) { return q.pool.size(); });
    const bool few = waiting <= at_once;
    if (few) at_once -= waiting;
    const ranked::ResumeQueue resume{settings_.of(words.first, words.second), random_.bits(),
                                     few ? matchmaking::Pool::never : Instant{}};
    // A failed commit is met again by whoever uses the queue next; the timer below is.
    const auto resumed = engine_.decide_now<QueueAggregate>(
        id, resume, [](const ranked::Queue&) { return true; }, &context_, [](const CommitOutcome&) {},
        [](Batch& batch, bool) { begin_matches(batch); });
    CHECK_THAT(resumed.has_value());
    for (const auto match : live) {
        const auto over = engine_.peek<RankedMatchAggregate>(match, std::mem_fn(&ranked::RankedMatch::is_over));
        if (over)
            boost::asio::co_spawn(context_, end_match(match), boost::asio::detached);
        else
            arm_match(match);
    }
    arm(id);
    std::vector<Part> parts;
    if (few) return parts;
    Instant from;
    for (const auto until :
         engine_.peek<QueueAggregate>(id, [](const ranked::Queue& q) { return q.pool.parts(paired_at_once); }))
        parts.push_back({id, std::exchange(from, until), until});
    return parts;
}

/// One part after the other, and who joins is served in between.
Task<void> Matchmaking::pair_waiting(std::vector<Part> parts) {
    std::size_t next = 0;
    try {
        const auto attach = [](Batch& batch, bool) { begin_matches(batch); };
        for (; next < parts.size(); ++next) {
            const auto& [queue, from, until] = parts[next];
            co_await engine_.execute<QueueAggregate>(
                queue, ranked::PairWaiting{from, until, random_.bits()}, [](const ranked::Queue&) { return true; },
                attach);
        }
    } catch (const StoreBroken& e) {
        log_retry("those who wait could not all be paired", {"waiting", parts.size() - next}, e);
        parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(next));
        again([this, parts] { boost::asio::co_spawn(context_, pair_waiting(parts), boost::asio::detached); });
    }
}

// --- joining -----------------------------------------------------------------------------------------------------------

Matchmaking::Joining::~Joining() {
    if (!others_) return;
    const std::lock_guard lock(others_->mutex);
    others_->players.erase(player_);
}

Task<Result<Matchmaking::Joining>> Matchmaking::joining(UserId player, std::string game, std::string region) {
    if (!settings_.allows(game, region)) co_return refused(Code::not_found, "no such matchmaking pool");
    const auto id = queue_id_of(game, region);
    {
        const std::lock_guard lock(mutex_);
        if (!known_.contains(id) && known_.size() >= most_queues)
            co_return refused(Code::exhausted, "too many matchmaking pools");
    }
    {
        const std::lock_guard lock(joining_->mutex);
        if (!joining_->players.insert(player).second)
            co_return refused(Code::conflict, "already in the matchmaking queue");
    }
    Joining joining(joining_, player);
    // A match that ended a moment ago may not have reached its queue.
    if (const auto other = queue_of(player)) {
        // On disk first: a match that is looked at before it begins would be taken for one that is not.
        const auto match = co_await engine_.read<QueueAggregate>(*other, [player](const ranked::Queue& q) {
            const auto found = q.playing.find(player);
            return found == q.playing.end() ? std::nullopt : std::optional(found->second);
        });
        if (match) co_await settle(*match);
        if (const auto still = queue_of(player); still && *still != id)
            co_return refused(Code::conflict, "already in another matchmaking queue");
    }
    known(id);
    joining.queue = id;
    joining.command = {.game = game,
                       .region = region,
                       .settings = settings_.of(game, region),
                       .player = player,
                       .rating = 0,
                       .avoids = {},
                       .blocked = blocked_by(engine_, player),
                       .chance = random_.bits()};
    co_return std::move(joining);
}

Task<void> Matchmaking::heed_blocks(UserId player) {
    auto blocked = blocked_by(engine_, player);
    if (blocked.empty()) co_return;
    if (const auto id = queue_of(player))
        co_await engine_.execute<QueueAggregate>(*id, ranked::AvoidPlayers{player, std::move(blocked)},
                                                 [](const ranked::Queue&) { return true; });
}

std::optional<QueueId> Matchmaking::queue_of(UserId player) {
    for (const auto& [id, entry] : all_known())
        if (engine_.peek<QueueAggregate>(id, [&](const ranked::Queue& q) { return q.holds(player); })) return id;
    return std::nullopt;
}

Matchmaking::KnownPtr Matchmaking::known(QueueId id) {
    const std::lock_guard lock(mutex_);
    auto& entry = known_[id];
    if (!entry) entry = std::make_shared<Known>();
    return entry;
}

std::vector<std::pair<QueueId, Matchmaking::KnownPtr>> Matchmaking::all_known() {
    const std::lock_guard lock(mutex_);
    return {known_.begin(), known_.end()};
}

// --- following ---------------------------------------------------------------------------------------------------------

void Matchmaking::handle(const Recorded& recorded) {
    if (const auto match = MatchId::parse(recorded.stream)) return handle_match(*match, recorded);
    const auto id = QueueId::parse(recorded.stream);
    if (!id) return;
    touched_.insert(*id);
    learn(*known(*id), recorded);
}

void Matchmaking::handled(Seq) {
    for (const auto id : std::exchange(touched_, {})) arm(id);
}

void Matchmaking::handle_match(MatchId id, const Recorded& recorded) {
    const bool over = recorded.type == codec::type_name<ranked::RankedMatchCompleted>() ||
                      recorded.type == codec::type_name<ranked::RankedMatchCancelled>();
    forget_match(id);
    if (over) return boost::asio::co_spawn(context_, end_match(id), boost::asio::detached);
    const auto started = decode_if<ranked::RankedMatchStarted>(recorded);
    if (!started) return arm_match(id);
    // The first event says it all: nothing is read, when after an outage tens of thousands begin at once.
    ranked::RankedMatch match;
    ranked::evolve(match, *started, recorded.at);
    arm_match(id, match.next_deadline());
}

void Matchmaking::learn(Known& entry, const Recorded& recorded) {
    if (const auto queued = decode_if<ranked::TicketQueued>(recorded)) {
        const auto& t = queued->ticket;
        const std::lock_guard lock(entry.mutex);
        entry.estimator.arrived(t.rating, recorded.at);
        entry.asked[t.player] = {entry.estimator.estimate(t.rating, t.joined_at - t.enqueued_at,
                                                          t.timeout_at - t.joined_at, {}, t.joined_at),
                                 t.joined_at};
    } else if (const auto pair = decode_if<ranked::PairMatched>(recorded)) {
        for (const auto& p : pair->players) learn_end(entry, p.player, pair->matched_at, matchmaking::WaitEnd::matched);
    } else if (const auto expired = decode_if<ranked::TicketExpired>(recorded)) {
        learn_end(entry, expired->player, expired->expired_at, matchmaking::WaitEnd::timed_out);
    } else if (const auto left = decode_if<ranked::TicketLeft>(recorded)) {
        learn_end(entry, left->player, recorded.at, matchmaking::WaitEnd::left);
    } else if (const auto failed = decode_if<ranked::ProposalFailed>(recorded)) {
        for (const auto& p : failed->by) learn_end(entry, p.player, recorded.at, matchmaking::WaitEnd::left);
    }
}

void Matchmaking::learn_end(Known& entry, UserId player, Instant at, matchmaking::WaitEnd end) {
    const std::lock_guard lock(entry.mutex);
    const auto asked = entry.asked.find(player);
    if (asked == entry.asked.end()) return;
    entry.estimator.learn(asked->second.estimate, std::max(Duration{0}, at - asked->second.at), end);
    entry.asked.erase(asked);
}

void Matchmaking::look_again() {
    for (const auto& [id, entry] : all_known()) arm(id);
}

// --- timers ------------------------------------------------------------------------------------------------------------

void Matchmaking::arm(QueueId id) {
    const auto entry = known(id);
    const auto due = engine_.peek<QueueAggregate>(id, std::mem_fn(&ranked::Queue::next_deadline));
    if (due == entry->armed_for) return;
    timers_.cancel(entry->timer);
    entry->timer = Timers::none;
    entry->armed_for = due;
    if (!due) return;
    const auto& clock = engine_.clock();
    const auto wait = std::max(*due - clock.now(), Duration{0});
    entry->timer = timers_.at(clock.steady() + wait, context_, [this, id, when = *due] { ring(id, when); });
}

/// The wall clock decides; it may have been set back meanwhile.
void Matchmaking::ring(QueueId id, Instant when) {
    const auto entry = known(id);
    if (entry->armed_for != when) return;
    entry->armed_for.reset();
    entry->timer = Timers::none;
    if (engine_.clock().now() < when) return arm(id);
    boost::asio::co_spawn(context_, advance(id), boost::asio::detached);
}

Task<void> Matchmaking::advance(QueueId id) {
    try {
        const auto attach = [](Batch& batch, bool) { begin_matches(batch); };
        co_await engine_.execute<QueueAggregate>(
            id, ranked::AdvanceQueue{random_.bits()}, [](const ranked::Queue&) { return true; }, attach);
        arm(id);
    } catch (const StoreBroken& e) {
        log_retry("a queue could not go on", {"queue", id.text()}, e);
        again([this, id] { arm(id); });
    }
}

void Matchmaking::arm_match(MatchId id) {
    arm_match(id, engine_.peek<RankedMatchAggregate>(id, std::mem_fn(&ranked::RankedMatch::next_deadline)));
}

void Matchmaking::arm_match(MatchId id, std::optional<Instant> due) {
    if (!due) return;
    const auto& clock = engine_.clock();
    const auto wait = std::max(*due - clock.now(), Duration{0});
    match_timers_[id] = timers_.at(clock.steady() + wait, context_, [this, id] {
        match_timers_.erase(id);
        boost::asio::co_spawn(context_, advance_match(id), boost::asio::detached);
    });
}

/// What was too early, since the wall clock was set back, is tried again at its time.
Task<void> Matchmaking::advance_match(MatchId id) {
    try {
        co_await engine_.execute<RankedMatchAggregate>(id, ranked::AdvanceMatch{},
                                                       [](const ranked::RankedMatch&) { return true; });
        forget_match(id);
        arm_match(id);
    } catch (const StoreBroken& e) {
        log_retry("a match could not go on", {"match_id", id.text()}, e);
        again([this, id] { forget_match(id), arm_match(id); });
    }
}

Task<void> Matchmaking::end_match(MatchId id) {
    try {
        co_await settle(id);
    } catch (const StoreBroken& e) {
        log_retry("a match's end did not reach its queue", {"match_id", id.text()}, e);
        again([this, id] { boost::asio::co_spawn(context_, end_match(id), boost::asio::detached); });
    }
}

void Matchmaking::forget_match(MatchId id) {
    const auto found = match_timers_.find(id);
    if (found == match_timers_.end()) return;
    timers_.cancel(found->second);
    match_timers_.erase(found);
}

void Matchmaking::again(std::function<void()> call) {
    timers_.at(engine_.clock().steady() + retry_after, context_, std::move(call));
}

// --- the rest ----------------------------------------------------------------------------------------------------------

Task<void> Matchmaking::settle(MatchId id) {
    const auto over = co_await engine_.read<RankedMatchAggregate>(id, std::mem_fn(&ranked::RankedMatch::is_over));
    if (!over) co_return;
    co_await engine_.execute<QueueAggregate>(queue_of_match(engine_, id), ranked::EndMatch{id},
                                             [](const ranked::Queue&) { return true; });
}

matchmaking::WaitEstimate Matchmaking::estimate(QueueId id, double rating, Duration age, Duration remaining,
                                                std::optional<Duration> promised) {
    const auto entry = known(id);
    const std::lock_guard lock(entry->mutex);
    return entry->estimator.estimate(rating, age, remaining, promised, engine_.clock().now());
}

QueueTotals Matchmaking::totals() {
    QueueTotals all;
    double waits = 0;
    const auto mean = [](double a, double weight_a, double b, double weight_b) {
        return weight_a + weight_b > 0 ? (a * weight_a + b * weight_b) / (weight_a + weight_b) : 0;
    };
    for (const auto& [id, entry] : all_known()) {
        engine_.peek<QueueAggregate>(id, [&](const ranked::Queue& q) {
            all.waiting += static_cast<std::int64_t>(q.waiting());
            all.matches += q.tally.matches;
            all.live_matches += static_cast<std::int64_t>(q.live.size());
            const auto count = static_cast<double>(q.tally.waits);
            all.mean_wait_s = mean(all.mean_wait_s, waits, q.tally.mean_wait_s, count);
            waits += count;
        });
        const std::lock_guard lock(entry->mutex);
        const auto score = entry->estimator.score();
        auto& sum = all.estimates;
        sum.coverage_p50 = mean(sum.coverage_p50, sum.scored, score.coverage_p50, score.scored);
        sum.coverage_p90 = mean(sum.coverage_p90, sum.scored, score.coverage_p90, score.scored);
        sum.scored += score.scored;
    }
    return all;
}

}  // namespace agon
