#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/prng.hpp"
#include "core/ranked/queue.hpp"

namespace agon::ranked {

namespace {

/// One command's decisions: a copy of the pool that moves on, and the events that tell what it did.
class Deciding {
public:
    Deciding(const Queue& queue, Instant now, std::uint64_t chance)
        : queue_(queue), settings_(queue.settings), pool_(queue.pool), now_(now), chance_(chance) {}

    QueueEvents events;

    const matchmaking::Pool& pool() const { return pool_; }

    void open(const JoinQueue& c) {
        events.push_back(QueueOpened{c.game, c.region, c.settings});
        settings_ = c.settings;
        game_ = c.game, region_ = c.region;
        pool_ = matchmaking::Pool(c.settings.pool);
    }

    /// What fell due, before somebody joins or comes back.
    void catch_up() {
        pool_.catch_up(now_, decided_);
        tell();
    }

    void advance() {
        pool_.advance(now_, decided_);
        tell();
        for (const auto& [match, proposal] : queue_.proposals)
            if (proposal.deadline <= now_) fail(proposal, absent(proposal), false);
    }

    /// Last of all: what time alone did to those who still wait.
    void widen() {
        if (!queue_.pool.changes_by(now_)) return;
        WindowsWidened widened;
        std::set<UserId> told;
        for (const auto player : queue_.pool.widening(now_))
            if (pool_.contains(player) && told.insert(player).second) widened.players.push_back(seen_by(player));
        events.push_back(std::move(widened));
    }

    Result<void> join(const JoinQueue& c) {
        auto avoids = avoided_by(c);
        if (!avoids) return std::unexpected(avoids.error());
        matchmaking::JoinRequest request{.player = c.player,
                                         .rating = c.rating,
                                         .waiting_since = queue_.credits.look(c.player, now_),
                                         .avoids = *std::move(avoids)};
        pass_over_last_opponent(request);
        if (auto joined = pool_.join(std::move(request), now_, decided_); !joined) return joined;
        events.push_back(TicketQueued{ticket_of(c.player)});
        tell();
        return {};
    }

    void come_back(Ticket ticket) {
        events.push_back(TicketReturned{ticket});
        pool_.come_back(std::move(ticket), now_, decided_);
        tell();
    }

    void resume(const QueueSettings& settings, Instant until) {
        if (settings != queue_.settings) {
            events.push_back(QueueSettingsChanged{settings});
            settings_ = settings;
            pool_ = matchmaking::Pool::restore(settings.pool, queue_.pool.snapshot());
        }
        if (queue_.waiting() == 0) return;
        events.push_back(QueueResumed{now_ + outage_grace});
        pool_.resume(now_, outage_grace, decided_, until);
        tell();
    }

    void pair_waiting(Instant from, Instant until) {
        pool_.catch_up(now_, decided_);
        pool_.pair_waiting(from, until, decided_);
        tell();
    }

    /// The innocent come back with the time of the check on top of their timeout.
    void fail(const Proposal& proposal, const std::vector<UserId>& guilty, bool declined) {
        ProposalFailed failed{.match = proposal.match, .declined = declined, .by = {}, .others = {}};
        for (const auto* ticket : {&proposal.older, &proposal.younger}) {
            if (is_among(guilty, ticket->player))
                failed.by.push_back(penalty_for(queue_, ticket->player, now_));
            else
                failed.others.push_back(ticket->player);
        }
        events.push_back(std::move(failed));
        for (const auto* ticket : {&proposal.older, &proposal.younger}) {
            if (is_among(guilty, ticket->player)) continue;
            auto back = *ticket;
            back.timeout_at = back.timeout_at + std::max(Duration{0}, now_ - proposal.proposed_at);
            come_back(std::move(back));
        }
    }

    void match(const Ticket& older, const Ticket& younger, MatchId id, Instant at, bool asked) {
        const auto player = [](const Ticket& t) {
            return MatchedPlayer{t.player, t.rating, t.enqueued_at, t.joined_at};
        };
        events.push_back(PairMatched{.match = id,
                                     .game = queue_.exists ? queue_.game : game_,
                                     .region = queue_.exists ? queue_.region : region_,
                                     .players = {player(older), player(younger)},
                                     .gap = std::abs(older.rating - younger.rating),
                                     .matched_at = at,
                                     .was_asked = asked,
                                     .rules = settings_.match});
    }

private:
    /// Each once.
    static Result<std::vector<UserId>> avoided_by(const JoinQueue& c) {
        std::set<UserId> players(c.blocked.begin(), c.blocked.end());
        const auto blocked = players.size();
        players.insert(c.avoids.begin(), c.avoids.end());
        if (players.size() > most_avoided)
            return refused(
                Code::invalid,
                fmt::format("at most {} players can be avoided; {} are blocked already and {} more are named",
                            most_avoided, blocked, players.size() - blocked),
                "/avoid");
        return std::vector(players.begin(), players.end());
    }

    static std::vector<UserId> absent(const Proposal& proposal) {
        std::vector<UserId> players;
        for (const auto* ticket : {&proposal.older, &proposal.younger})
            if (!is_among(proposal.accepted, ticket->player)) players.push_back(ticket->player);
        return players;
    }

    /// Where somebody else is near: in a small pool the same two may meet again.
    void pass_over_last_opponent(matchmaking::JoinRequest& request) const {
        const auto met = queue_.meetings.find(request.player);
        if (met == queue_.meetings.end()) return;
        const auto& [player, opponent, at] = met->second;
        if (now_ - at >= std::chrono::seconds(settings_.queue.rematch_s)) return;
        if (pool_.anybody_near(request.rating, settings_.pool.window, opponent)) request.avoids.push_back(opponent);
    }

    /// The ticket of one who just joined: it waits, or stands in the decision that took it out.
    Ticket ticket_of(UserId player) const {
        if (const auto* waiting = pool_.ticket_of(player)) return *waiting;
        for (const auto& decision : decided_)
            if (const auto* m = std::get_if<matchmaking::Matched>(&decision)) {
                if (m->older.player == player) return m->older;
                if (m->younger.player == player) return m->younger;
            }
        check_failed("a player who joined has a ticket", __FILE__, __LINE__);
    }

    WidenedWindow seen_by(UserId player) const {
        const auto window = pool_.window_of(player);
        const auto& ticket = *pool_.ticket_of(player);
        const matchmaking::Windows windows(settings_.pool);
        const auto level = windows.level_of(now_ - ticket.enqueued_at);
        std::optional<Instant> next;
        if (level < windows.last()) next = ticket.enqueued_at + windows.reached_after(level + 1);
        return {player, window, next, ticket.timeout_at};
    }

    /// Makes events of what the pool decided.
    void tell() {
        for (const auto& decision : std::exchange(decided_, {}))
            std::visit(overloaded{
                           [&](const matchmaking::Matched& m) { meet(m); },
                           [&](const matchmaking::TimedOut& t) {
                               events.push_back(TicketExpired{t.ticket.player, t.ticket.enqueued_at, t.at});
                           },
                       },
                       decision);
    }

    void meet(const matchmaking::Matched& m) {
        const auto id = ranked_match_id(now_, chance_, made_++);
        const auto fresh = [&](const Ticket& t) {
            return now_ - t.joined_at < std::chrono::seconds(settings_.queue.ready_skip_s);
        };
        if (!settings_.queue.ready_check || (fresh(m.older) && fresh(m.younger)))
            return match(m.older, m.younger, id, m.at, false);
        const auto wait = now_ - m.older.enqueued_at;
        events.push_back(PairProposed{id, m.older, m.younger, m.at, now_ + time_to_accept(wait)});
    }

    const Queue& queue_;
    QueueSettings settings_;
    std::string game_, region_;
    matchmaking::Pool pool_;
    Instant now_;
    std::uint64_t chance_;
    std::uint64_t made_ = 0;
    matchmaking::Decisions decided_;
};

Result<QueueEvents> join(const Queue& queue, const JoinQueue& c, Instant now) {
    if (queue.playing.contains(c.player)) return refused(Code::conflict, "a ranked match is not over yet");
    if (queue.holds(c.player)) return refused(Code::conflict, "already in the matchmaking queue");
    const auto penalty = queue.penalties.find(c.player);
    if (penalty != queue.penalties.end() && penalty->second.until > now)
        return refused(Code::conflict,
                       "an opponent was let down; matchmaking is open again at " + to_rfc3339(penalty->second.until));
    Deciding d(queue, now, c.chance);
    if (!queue.exists) d.open(c);
    d.catch_up();
    if (auto joined = d.join(c); !joined) return std::unexpected(joined.error());
    d.widen();
    return std::move(d.events);
}

QueueEvents avoid(const Queue& queue, const AvoidPlayers& c) {
    const auto* ticket = queue.ticket_of(c.player);
    if (!ticket) return {};
    PlayersAvoided added{.player = c.player, .avoids = {}};
    for (const auto player : std::set(c.blocked.begin(), c.blocked.end()))
        if (!is_among(ticket->avoids, player)) added.avoids.push_back(player);
    return added.avoids.empty() ? QueueEvents{} : QueueEvents{std::move(added)};
}

Result<QueueEvents> decline(const Queue& queue, UserId player, std::uint64_t chance, Instant now) {
    const auto asked = queue.proposed.find(player);
    if (asked == queue.proposed.end()) return refused(Code::not_found, "no such match to decline");
    Deciding d(queue, now, chance);
    d.catch_up();
    d.fail(queue.proposals.at(asked->second), {player}, true);
    d.widen();
    return std::move(d.events);
}

/// Who leaves just before the timer rings leaves.
Result<QueueEvents> leave(const Queue& queue, const LeaveQueue& c, Instant now) {
    if (queue.proposed.contains(c.player)) return decline(queue, c.player, c.chance, now);
    if (!queue.pool.contains(c.player)) return refused(Code::not_found, "not in the matchmaking queue");
    return QueueEvents{TicketLeft{c.player}};
}

Result<QueueEvents> accept(const Queue& queue, const AcceptMatch& c, Instant now) {
    const auto asked = queue.proposed.find(c.player);
    if (asked == queue.proposed.end()) {
        if (queue.playing.contains(c.player)) return QueueEvents{};
        return refused(Code::not_found, "no such match to accept");
    }
    const auto& proposal = queue.proposals.at(asked->second);
    if (is_among(proposal.accepted, c.player)) return QueueEvents{};
    if (now >= proposal.deadline) return refused(Code::not_found, "too late to accept");
    Deciding d(queue, now, 0);
    d.events.push_back(MatchAccepted{proposal.match, c.player});
    if (!proposal.accepted.empty()) d.match(proposal.older, proposal.younger, proposal.match, now, true);
    return std::move(d.events);
}

QueueEvents advance(const Queue& queue, const AdvanceQueue& c, Instant now) {
    const auto due = queue.next_deadline();
    if (!due || *due > now) return {};
    Deciding d(queue, now, c.chance);
    d.advance();
    d.widen();
    return std::move(d.events);
}

QueueEvents resume(const Queue& queue, const ResumeQueue& c, Instant now) {
    if (!queue.exists) return {};
    Deciding d(queue, now, c.chance);
    d.resume(c.settings, c.until);
    return std::move(d.events);
}

QueueEvents pair_waiting(const Queue& queue, const PairWaiting& c, Instant now) {
    Deciding d(queue, now, c.chance);
    d.pair_waiting(c.from, c.until);
    d.widen();
    return std::move(d.events);
}

std::int64_t forgotten(const Penalty& penalty, Instant now) {
    const auto days = (now - penalty.at) / std::chrono::hours(24);
    return std::max<std::int64_t>(0, days) + penalty.clean / clean_matches;
}

}  // namespace

bool Queue::holds(UserId player) const {
    return pool.contains(player) || proposed.contains(player) || playing.contains(player);
}

const Ticket* Queue::ticket_of(UserId player) const {
    const auto asked = proposed.find(player);
    if (asked == proposed.end()) return pool.ticket_of(player);
    return &proposals.at(asked->second).ticket_of(player);
}

std::optional<Instant> Queue::next_deadline() const {
    auto next = pool.next_deadline();
    for (const auto& [match, proposal] : proposals)
        if (!next || proposal.deadline < *next) next = proposal.deadline;
    return next;
}

Duration time_to_accept(Duration waited) {
    return std::clamp<Duration>(std::chrono::seconds(10) + waited / 20, std::chrono::seconds(10),
                                std::chrono::seconds(30));
}

PlayerPenalised penalty_for(const Queue& queue, UserId player, Instant now) {
    constexpr std::int64_t minutes[] = {0, 1, 5, 15, 60, 180, 540, 1080};
    std::int64_t offences = 1;
    if (const auto known = queue.penalties.find(player); known != queue.penalties.end())
        offences += std::max<std::int64_t>(0, known->second.offences - forgotten(known->second, now));
    const auto step = std::min<std::int64_t>(offences, std::size(minutes)) - 1;
    return {player, offences, now + std::chrono::minutes(minutes[step])};
}

MatchId ranked_match_id(Instant now, std::uint64_t chance, std::uint64_t nth) {
    Prng prng(chance + nth * 0x9e3779b97f4a7c15);
    const auto high = prng.next();
    // As a tournament's id, whose last four bytes are zero: no match of a tournament has the number 0.
    return {make_tournament_id(now, high, prng.next()).uuid};
}

Result<QueueEvents> decide(const Queue& queue, const QueueCommand& command, Instant now) {
    return std::visit(overloaded{
                          [&](const JoinQueue& c) { return join(queue, c, now); },
                          [&](const AvoidPlayers& c) -> Result<QueueEvents> { return avoid(queue, c); },
                          [&](const LeaveQueue& c) { return leave(queue, c, now); },
                          [&](const AcceptMatch& c) { return accept(queue, c, now); },
                          [&](const DeclineMatch& c) { return decline(queue, c.player, c.chance, now); },
                          [&](const AdvanceQueue& c) -> Result<QueueEvents> { return advance(queue, c, now); },
                          [&](const ResumeQueue& c) -> Result<QueueEvents> { return resume(queue, c, now); },
                          [&](const PairWaiting& c) -> Result<QueueEvents> { return pair_waiting(queue, c, now); },
                          [&](const EndMatch& c) -> Result<QueueEvents> {
                              return queue.live.contains(c.match) ? QueueEvents{MatchEnded{c.match}} : QueueEvents{};
                          },
                      },
                      command);
}

QueueEvents consequences(const Queue& queue) {
    const auto enough = std::max<std::int64_t>(snapshot_every, 2 * static_cast<std::int64_t>(queue.waiting()));
    if (queue.since_snapshot < enough) return {};
    return {snapshot(queue)};
}

}  // namespace agon::ranked
