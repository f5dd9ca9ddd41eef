#include "faces/player/live_matchmaking.hpp"

#include "app/event_codec.hpp"
#include "core/ranked/queue.hpp"

namespace agon::player {

namespace {

using Messages = std::vector<MatchmakingMessage>;

void add(Messages& messages, UserId user, MatchmakingData data) {
    const auto name = event_name(data);
    messages.push_back({user, name, std::move(data)});
}

double whole(Duration d) { return std::chrono::duration<double>(d).count(); }

void proposed(Messages& messages, const ranked::PairProposed& e) {
    const auto tell = [&](const ranked::Ticket& own, const ranked::Ticket& other) {
        add(messages, own.player,
            MatchmakingMatched{e.match, other.player, own.rating, other.rating, whole(e.proposed_at - own.enqueued_at),
                               e.deadline});
    };
    tell(e.older, e.younger);
    tell(e.younger, e.older);
}

void matched(Messages& messages, const ranked::PairMatched& e) {
    for (const auto i : {0u, 1u}) {
        const auto& own = e.players[i];
        const auto& other = e.players[1 - i];
        if (!e.was_asked)
            add(messages, own.player,
                MatchmakingMatched{
                    e.match, other.player, own.rating, other.rating, whole(e.matched_at - own.enqueued_at), {}});
        add(messages, own.player, MatchmakingMatchReady{e.match, other.player, e.game, e.region});
    }
}

void failed(Messages& messages, const ranked::ProposalFailed& e) {
    for (const auto& p : e.by) add(messages, p.player, MatchmakingDeclined{e.match, e.declined, true, p.until});
    for (const auto player : e.others) add(messages, player, MatchmakingDeclined{e.match, e.declined, false, {}});
}

}  // namespace

std::string_view event_name(const MatchmakingData& data) {
    return std::visit(overloaded{
                          [](const MatchmakingQueued&) { return "matchmaking.queued"; },
                          [](const MatchmakingMatched&) { return "matchmaking.matched"; },
                          [](const MatchmakingMatchReady&) { return "matchmaking.match_ready"; },
                          [](const MatchmakingExpanded&) { return "matchmaking.expanded"; },
                          [](const MatchmakingTimeout&) { return "matchmaking.timeout"; },
                          [](const MatchmakingCancelled&) { return "matchmaking.cancelled"; },
                          [](const MatchmakingDeclined&) { return "matchmaking.declined"; },
                      },
                      data);
}

std::vector<MatchmakingMessage> matchmaking_messages(const Recorded& recorded) {
    Messages messages;
    if (!ranked::QueueId::parse(recorded.stream)) return messages;
    if (recorded.type == codec::type_name<ranked::QueueSnapshot>()) return messages;
    const auto queued = [&](const ranked::Ticket& t, bool returned) {
        add(messages, t.player, MatchmakingQueued{t.rating, t.enqueued_at, t.timeout_at, returned});
    };
    const auto event = decode<ranked::QueueEvent>(recorded);
    std::visit(overloaded{
                   [&](const ranked::TicketQueued& e) { queued(e.ticket, false); },
                   [&](const ranked::TicketReturned& e) { queued(e.ticket, true); },
                   [&](const ranked::TicketLeft& e) { add(messages, e.player, MatchmakingCancelled{"left"}); },
                   [&](const ranked::TicketExpired& e) {
                       add(messages, e.player,
                           MatchmakingTimeout{e.enqueued_at, recorded.at + matchmaking::WaitCredit::kept_for});
                   },
                   [&](const ranked::WindowsWidened& e) {
                       for (const auto& w : e.players)
                           add(messages, w.player, MatchmakingExpanded{w.window, w.next_expansion_at, w.timeout_at});
                   },
                   [&](const ranked::PairProposed& e) { proposed(messages, e); },
                   [&](const ranked::PairMatched& e) { matched(messages, e); },
                   [&](const ranked::ProposalFailed& e) { failed(messages, e); },
                   [](const auto&) {},
               },
               event);
    return messages;
}

}  // namespace agon::player
