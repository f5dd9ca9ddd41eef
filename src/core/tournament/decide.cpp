#include <fmt/format.h>

#include "base/codec/describe.hpp"
#include "core/tournament/tournament.hpp"

namespace agon {

namespace {

using Decision = Result<TournamentEvents>;

/// To somebody who wants to enter or start, a tournament that is over has started all the same.
bool is_before_start(Order order) {
    return order == Order::register_entrant || order == Order::withdraw_entrant || order == Order::start ||
           order == Order::close_registration;
}

std::unexpected<Error> wrong_state(const Tournament& t, Order order) {
    if (t.status == Status::completed && is_before_start(order)) return refused(Code::wrong_state, "already started");
    switch (t.status) {
        case Status::upcoming: return refused(Code::wrong_state, "registration is not open yet");
        case Status::registration_open: return refused(Code::wrong_state, "not started yet");
        case Status::ready: return refused(Code::wrong_state, "registration is closed");
        case Status::in_progress: return refused(Code::wrong_state, "already started");
        case Status::completed: return refused(Code::wrong_state, "already completed");
        case Status::cancelled: return refused(Code::wrong_state, "cancelled");
    }
    return refused(Code::wrong_state, "not allowed now");
}

/// Refuses what the life cycle does not allow now.
Result<void> allowed(const Tournament& t, Order order) {
    if (allows(t.status, order)) return {};
    return wrong_state(t, order);
}

Decision create(const Tournament& t, const CreateTournament& c) {
    if (t.exists()) return refused(Code::conflict, "already exists");
    if (c.what.max_entrants < min_entrants || c.what.max_entrants > most_entrants)
        return refused(Code::invalid,
                       fmt::format("a tournament needs {} to {} participants", min_entrants, most_entrants),
                       "/max_participants");
    TournamentEvents events{c.what};
    if (c.open_registration) events.push_back(RegistrationOpened{});
    return events;
}

Decision open_registration(const Tournament& t) {
    if (auto ok = allowed(t, Order::open_registration); !ok) return std::unexpected(ok.error());
    return TournamentEvents{RegistrationOpened{}};
}

Decision register_entrant(const Tournament& t, const RegisterEntrant& c) {
    const bool before_start = t.status == Status::registration_open || t.status == Status::ready;
    if (before_start && t.has(c.entrant)) return refused(Code::conflict, "already registered");
    if (before_start && t.is_full()) return refused(Code::exhausted, "full");
    if (auto ok = allowed(t, Order::register_entrant); !ok) return std::unexpected(ok.error());
    return TournamentEvents{EntrantRegistered{c.entrant, c.name, c.manual_seed}};
}

Decision withdraw(const Tournament& t, const WithdrawEntrant& c) {
    if (auto ok = allowed(t, Order::withdraw_entrant); !ok) return std::unexpected(ok.error());
    if (!t.has(c.entrant)) return refused(Code::conflict, "not registered");
    TournamentEvents events{EntrantWithdrawn{c.entrant}};
    if (t.status == Status::ready && t.is_full()) events.push_back(RegistrationReopened{});
    return events;
}

Decision close_registration(const Tournament& t) {
    if (t.status == Status::ready) return TournamentEvents{};
    if (auto ok = allowed(t, Order::close_registration); !ok) return std::unexpected(ok.error());
    return TournamentEvents{RegistrationClosed{}};
}

Decision start(const Tournament& t, const StartTournament& c) {
    if (auto ok = allowed(t, Order::start); !ok) return std::unexpected(ok.error());
    if (static_cast<std::int64_t>(t.entrants.size()) < min_entrants)
        return refused(Code::wrong_state, fmt::format("at least {} participants are needed, {} registered",
                                                      min_entrants, t.entrants.size()));
    std::vector<seeding::Candidate> candidates;
    for (const auto& e : t.entrants) {
        const auto rating = c.ratings.find(e.id);
        auto& candidate = candidates.emplace_back();
        if (rating != c.ratings.end()) candidate.rating = rating->second;
        if (e.manual_seed) candidate.manual_seed = static_cast<std::uint32_t>(*e.manual_seed);
    }
    return TournamentEvents{TournamentStarted{draw(t.options.seeding, candidates, c.draw_seed), c.draw_seed}};
}

Decision start_as_announced(const Tournament& t, const StartAsAnnounced& c, Instant now) {
    if (!t.starts_at || now < *t.starts_at) return refused(Code::wrong_state, "not due to start");
    return start(t, c.start);
}

/// A level match goes to the higher seed where the format needs a winner.
std::optional<std::uint8_t> winner_side_of(const Tournament& t, const ReportResult& c) {
    if (c.nobody_wins || c.winner_side) return c.winner_side;
    if (!t.stage.format().needs_winner) return std::nullopt;
    const auto& players = t.stage.match(c.match).players;
    return players[0] < players[1] ? std::uint8_t{0} : std::uint8_t{1};
}

Decision same_result_again(const formats::Match& match, std::optional<std::uint8_t> winner_side,
                           const ReportResult& c) {
    const bool same = match.winner_side == winner_side.value_or(2) && match.has_score == c.score.has_value() &&
                      (!c.score || match.score == *c.score);
    if (same) return TournamentEvents{};
    return refused(Code::conflict, "the match has another result already");
}

Decision report_result(const Tournament& t, const ReportResult& c) {
    if (t.stage.match_count() == 0 && t.status != Status::in_progress) return wrong_state(t, Order::report_result);
    if (c.match < 1 || c.match > t.stage.match_count()) return refused(Code::not_found, "no such match");
    if (c.winner_side && (c.nobody_wins || *c.winner_side > 1))
        return refused(Code::invalid, "the winner is one of the two", "/winner");
    const auto& match = t.stage.match(c.match);
    const auto side = winner_side_of(t, c);
    if (match.status == formats::MatchStatus::completed) return same_result_again(match, side, c);
    if (auto ok = allowed(t, Order::report_result); !ok) return std::unexpected(ok.error());
    if (match.status != formats::MatchStatus::in_progress)
        return refused(Code::wrong_state, "the match is not in progress");
    MatchCompleted completed{.match = c.match, .decision = c.decision};
    if (side) {
        completed.winner = t.entrant_of(match.players[*side])->id;
        completed.loser = t.entrant_of(match.players[1 - *side])->id;
        completed.level = !c.winner_side;
        if (completed.level && completed.decision.empty()) completed.decision = "higher_seed";
    }
    if (c.score) completed.score = std::vector<std::int64_t>{(*c.score)[0], (*c.score)[1]};
    return TournamentEvents{std::move(completed)};
}

Decision cancel(const Tournament& t, const CancelTournament& c) {
    if (auto ok = allowed(t, Order::cancel); !ok) return std::unexpected(ok.error());
    return TournamentEvents{TournamentCancelled{c.reason}};
}

}  // namespace

Result<TournamentEvents> decide(const Tournament& t, const TournamentCommand& command, Instant now) {
    if (!t.exists() && !std::holds_alternative<CreateTournament>(command))
        return refused(Code::not_found, "no such tournament");
    return std::visit(overloaded{
                          [&](const CreateTournament& c) { return create(t, c); },
                          [&](const OpenRegistration&) { return open_registration(t); },
                          [&](const RegisterEntrant& c) { return register_entrant(t, c); },
                          [&](const WithdrawEntrant& c) { return withdraw(t, c); },
                          [&](const CloseRegistration&) { return close_registration(t); },
                          [&](const StartTournament& c) { return start(t, c); },
                          [&](const StartAsAnnounced& c) { return start_as_announced(t, c, now); },
                          [&](const ReportResult& c) { return report_result(t, c); },
                          [&](const CancelTournament& c) { return cancel(t, c); },
                      },
                      command);
}

TournamentEvents consequences(const Tournament& t, Instant now) {
    if (t.status == Status::registration_open && t.is_full()) {
        RegistrationClosed closed{.full = true};
        if (t.options.auto_start) closed.starts_at = now + seconds(t.options.start_delay);
        return {closed};
    }
    if (t.status != Status::in_progress) return {};
    if (t.stage.is_finished()) {
        const auto best = t.stage.format().rank(t.stage).front();
        if (best.last > 1) return {TournamentCompleted{}};
        return {TournamentCompleted{t.entrant_of(best.seed)->id}};
    }
    TournamentEvents events;
    if (t.driver == Driver::hosted)
        for (const auto number : t.stage.startable()) events.push_back(MatchStarted{number});
    return events;
}

}  // namespace agon
