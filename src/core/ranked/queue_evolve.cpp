#include <algorithm>

#include "core/ranked/queue.hpp"

namespace agon::ranked {

namespace {

/// Of these many the mean wait is kept.
constexpr std::int64_t most_waits = 1000;
/// Meetings and penalties that matter no more are looked for once in so many events: it takes a look at all of them.
constexpr std::int64_t tidy_every = 1024;

void count_wait(Tally& tally, Duration waited) {
    tally.waits = std::min(tally.waits + 1, most_waits);
    tally.mean_wait_s +=
        (std::chrono::duration<double>(waited).count() - tally.mean_wait_s) / static_cast<double>(tally.waits);
}

void forget_old(Queue& queue, Instant at) {
    const auto rematch = std::chrono::seconds(queue.settings.queue.rematch_s);
    std::erase_if(queue.meetings, [&](const auto& item) { return at - item.second.at >= rematch; });
    std::erase_if(queue.penalties, [&](const auto& item) {
        const Penalty& p = item.second;
        return (at - p.at) / std::chrono::hours(24) >= p.offences;
    });
}

/// Goes on as it stands, but for whom it avoids; in order, as the pool has them.
Ticket avoiding(Ticket ticket, const std::vector<UserId>& players) {
    ticket.avoids.insert(ticket.avoids.end(), players.begin(), players.end());
    std::ranges::sort(ticket.avoids);
    return ticket;
}

void avoid(Queue& queue, const PlayersAvoided& e) {
    if (const auto asked = queue.proposed.find(e.player); asked != queue.proposed.end()) {
        auto& ticket = queue.proposals.at(asked->second).ticket_of(e.player);
        ticket = avoiding(ticket, e.avoids);
    } else if (const auto* waiting = queue.pool.ticket_of(e.player)) {
        const auto ticket = avoiding(*waiting, e.avoids);
        queue.pool.remove(e.player);
        queue.pool.readmit(ticket);
    }
}

void propose(Queue& queue, Proposal proposal) {
    for (const auto* ticket : {&proposal.older, &proposal.younger}) {
        queue.pool.remove(ticket->player);
        queue.proposed[ticket->player] = proposal.match;
    }
    queue.proposals[proposal.match] = std::move(proposal);
}

void end_proposal(Queue& queue, MatchId match) {
    const auto found = queue.proposals.find(match);
    if (found == queue.proposals.end()) return;
    for (const auto* ticket : {&found->second.older, &found->second.younger}) queue.proposed.erase(ticket->player);
    queue.proposals.erase(found);
}

void begin(Queue& queue, MatchId match, std::vector<UserId> players) {
    for (const auto player : players) queue.playing[player] = match;
    queue.live[match] = std::move(players);
}

void matched(Queue& queue, const PairMatched& e, Instant at) {
    end_proposal(queue, e.match);
    std::vector<UserId> players;
    for (const auto& p : e.players) {
        queue.pool.remove(p.player);
        count_wait(queue.tally, e.matched_at - p.enqueued_at);
        if (const auto known = queue.penalties.find(p.player); known != queue.penalties.end()) ++known->second.clean;
        players.push_back(p.player);
    }
    for (const auto i : {0u, 1u}) queue.meetings[players[i]] = {players[i], players[1 - i], at};
    ++queue.tally.matches;
    begin(queue, e.match, std::move(players));
}

void end_match(Queue& queue, MatchId match) {
    const auto found = queue.live.find(match);
    if (found == queue.live.end()) return;
    for (const auto player : found->second) queue.playing.erase(player);
    queue.live.erase(found);
}

/// Proposals that were open during an outage get the time that they had.
void resumed(Queue& queue, const QueueResumed& e, Instant at) {
    queue.pool.pass(at);
    queue.pool.extend_timeouts(e.no_timeout_before);
    for (auto& [match, proposal] : queue.proposals) {
        const auto given = proposal.deadline - proposal.proposed_at;
        proposal.deadline = std::max(proposal.deadline, at + given);
    }
}

void restore(Queue& queue, const QueueSnapshot& s) {
    queue = Queue();
    queue.exists = true;
    queue.game = s.game, queue.region = s.region, queue.settings = s.settings;
    queue.pool = matchmaking::Pool::restore(s.settings.pool, s.pool);
    for (const auto& proposal : s.proposals) propose(queue, proposal);
    for (const auto& live : s.live) begin(queue, live.match, live.players);
    for (const auto& credit : s.credits) queue.credits.grant(credit.player, credit.enqueued_at, credit.granted_at);
    for (const auto& meeting : s.meetings) queue.meetings[meeting.player] = meeting;
    for (const auto& kept : s.penalties) queue.penalties[kept.player] = kept.penalty;
    queue.tally = s.tally;
    queue.events = queue.snapshot_at = s.events_before;
}

}  // namespace

void evolve(Queue& queue, const QueueEvent& event, Instant at) {
    std::visit(overloaded{
                   [&](const QueueOpened& e) {
                       queue.exists = true;
                       queue.game = e.game, queue.region = e.region, queue.settings = e.settings;
                       queue.pool = matchmaking::Pool(e.settings.pool);
                   },
                   [&](const QueueSettingsChanged& e) {
                       queue.settings = e.settings;
                       queue.pool = matchmaking::Pool::restore(e.settings.pool, queue.pool.snapshot());
                   },
                   [&](const TicketQueued& e) {
                       queue.credits.redeem(e.ticket.player, at);
                       queue.pool.admit(e.ticket);
                   },
                   [&](const PlayersAvoided& e) { avoid(queue, e); },
                   [&](const TicketLeft& e) { queue.pool.remove(e.player); },
                   [&](const TicketExpired& e) {
                       queue.pool.remove(e.player);
                       queue.credits.grant(e.player, e.enqueued_at, at);
                       ++queue.tally.timeouts;
                   },
                   [&](const WindowsWidened&) { queue.pool.pass(at); },
                   [&](const QueueResumed& e) { resumed(queue, e, at); },
                   [&](const PairProposed& e) {
                       propose(queue, {e.match, e.older, e.younger, e.proposed_at, e.deadline, {}});
                   },
                   [&](const MatchAccepted& e) { queue.proposals.at(e.match).accepted.push_back(e.player); },
                   [&](const ProposalFailed& e) {
                       end_proposal(queue, e.match);
                       for (const auto& p : e.by) queue.penalties[p.player] = {p.offences, at, p.until, 0};
                   },
                   [&](const TicketReturned& e) { queue.pool.readmit(e.ticket); },
                   [&](const PairMatched& e) { matched(queue, e, at); },
                   [&](const MatchEnded& e) { end_match(queue, e.match); },
                   [&](const QueueSnapshot& e) { restore(queue, e); },
               },
               event);
    ++queue.events;
    if (queue.events % tidy_every == 0) forget_old(queue, at);
    queue.since_snapshot = std::holds_alternative<QueueSnapshot>(event) ? 0 : queue.since_snapshot + 1;
}

QueueSnapshot snapshot(const Queue& queue) {
    QueueSnapshot s{.game = queue.game,
                    .region = queue.region,
                    .settings = queue.settings,
                    .pool = queue.pool.snapshot(),
                    .proposals = {},
                    .live = {},
                    .credits = {},
                    .meetings = {},
                    .penalties = {},
                    .tally = queue.tally,
                    .events_before = queue.events};
    for (const auto& [match, proposal] : queue.proposals) s.proposals.push_back(proposal);
    for (const auto& [match, players] : queue.live) s.live.push_back({match, players});
    for (const auto& [player, credit] : queue.credits.all())
        s.credits.push_back({player, credit.enqueued_at, credit.granted_at});
    for (const auto& [player, meeting] : queue.meetings) s.meetings.push_back(meeting);
    for (const auto& [player, penalty] : queue.penalties) s.penalties.push_back({player, penalty});
    const auto by_player = [](auto& list) {
        std::ranges::sort(list, {}, [](const auto& item) { return item.player; });
    };
    std::ranges::sort(s.credits, {}, [](const KeptCredit& c) { return std::pair(c.granted_at, c.player); });
    by_player(s.meetings);
    by_player(s.penalties);
    return s;
}

}  // namespace agon::ranked
