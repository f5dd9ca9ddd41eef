// Creating a tournament, and who enters it before it starts.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/tournament/deciding.hpp"

namespace agon::deciding {

namespace {

RegistrationOpened opened(const DrawSecret& draw) { return {draw.commitment, draw.secret, draw.seed}; }

/// With the entrant's fee, where there is one.
Decision entered(const Tournament& t, TournamentEvent event, EntrantId entrant, Instant now) {
    auto fee = fee_taken(t, entrant, now);
    if (!fee) return fee;
    TournamentEvents events{std::move(event)};
    std::ranges::move(*fee, std::back_inserter(events));
    return events;
}

/// A late entrant of the stage that is being played.
Decision admit_late(const Tournament& t, const RegisterEntrant& c, Instant now) {
    const auto& stage = t.stages.back().stage;
    if (!t.options.late_entry || !stage.format().takes_late_entrants || t.stages.size() > 1)
        return wrong_state(t, Order::register_entrant);
    if (t.has(c.entrant)) return refused(Code::conflict, "already registered");
    if (t.is_full()) return refused(Code::exhausted, "full");
    if (stage.is_finished() || stage.rounds().size() == static_cast<std::size_t>(*stage.settings().options.rounds))
        return refused(Code::wrong_state, "the last round is drawn");
    return entered(t, EntrantRegistered{c.entrant, c.name, c.manual_seed, c.club, c.rating, c.notes}, c.entrant, now);
}

TournamentEvents with_terms(const Tournament& t, RegistrationOpened event) {
    TournamentEvents events{std::move(event)};
    std::ranges::move(terms_announced(t, t.details.money), std::back_inserter(events));
    return events;
}

}  // namespace

Decision create(const Tournament& t, const CreateTournament& c) {
    if (t.exists()) return refused(Code::conflict, "already exists");
    if (c.what.max_entrants < min_entrants || c.what.max_entrants > most_entrants)
        return refused(Code::invalid,
                       fmt::format("a tournament needs {} to {} participants", min_entrants, most_entrants),
                       "/max_participants");
    TournamentEvents events{c.what};
    if (!c.open_registration) return events;
    auto announced = t;
    evolve(announced, events.front(), {});
    for (auto& event : with_terms(announced, opened(c.draw))) events.push_back(std::move(event));
    return events;
}

Decision open_registration(const Tournament& t, const OpenRegistration& c, Instant now) {
    if (auto ok = allowed(t, Order::open_registration); !ok) return std::unexpected(ok.error());
    if (t.details.registration_closes_at && *t.details.registration_closes_at <= now)
        return refused(Code::wrong_state, "the time for registration is over");
    return with_terms(t, opened(c.draw));
}

Decision open_as_announced(const Tournament& t, const OpenAsAnnounced& c, Instant now) {
    const auto& at = t.details.registration_opens_at;
    if (!at || now < *at) return refused(Code::wrong_state, "registration is not due to open");
    return open_registration(t, {c.draw}, now);
}

Decision close_as_announced(const Tournament& t, Instant now) {
    const auto& at = t.details.registration_closes_at;
    if (t.status != Status::registration_open || !at || now < *at)
        return refused(Code::wrong_state, "registration is not due to close");
    return close_registration(t, now);
}

Decision register_entrant(const Tournament& t, const RegisterEntrant& c, Instant now) {
    if (t.status == Status::in_progress && !t.stages.empty()) return admit_late(t, c, now);
    const bool before_start = t.status == Status::registration_open || t.status == Status::ready;
    if (before_start && (t.has(c.entrant) || t.is_waiting(c.entrant)))
        return refused(Code::conflict, "already registered");
    if (before_start && t.is_full()) {
        if (!t.options.waiting_list) return refused(Code::exhausted, "full");
        return entered(t, EntrantQueued{c.entrant, c.name, c.manual_seed, c.club, c.notes}, c.entrant, now);
    }
    if (auto ok = allowed(t, Order::register_entrant); !ok) return std::unexpected(ok.error());
    return entered(t, EntrantRegistered{c.entrant, c.name, c.manual_seed, c.club, c.rating, c.notes}, c.entrant, now);
}

Decision withdraw(const Tournament& t, const WithdrawEntrant& c, Instant now) {
    if (auto ok = allowed(t, Order::withdraw_entrant); !ok) return std::unexpected(ok.error());
    if (!t.has(c.entrant) && !t.is_waiting(c.entrant)) return refused(Code::conflict, "not registered");
    TournamentEvents events{EntrantWithdrawn{c.entrant, ""}};
    std::ranges::move(fees_returned(t, {c.entrant}, now), std::back_inserter(events));
    if (t.is_waiting(c.entrant)) return events;
    if (t.status == Status::ready && t.is_full() && t.waiting.empty()) events.push_back(RegistrationReopened{});
    return events;
}

Decision check_in(const Tournament& t, const CheckIn& c) {
    if (auto ok = allowed(t, Order::check_in); !ok) return std::unexpected(ok.error());
    if (t.options.check_in <= 0) return refused(Code::wrong_state, "this tournament has no check-in");
    if (!t.has(c.entrant)) return refused(Code::conflict, "not registered");
    if (t.entrants[t.index_of.at(c.entrant)].checked_in) return TournamentEvents{};
    return TournamentEvents{EntrantCheckedIn{c.entrant}};
}

RegistrationClosed closed_now(const Tournament& t, bool full, Instant now) {
    RegistrationClosed closed{.full = full};
    if (t.options.check_in > 0) closed.check_in_ends_at = now + seconds(t.options.check_in);
    if (full && t.options.auto_start)
        closed.starts_at = now + seconds(std::max(t.options.start_delay, t.options.check_in));
    return closed;
}

Decision close_registration(const Tournament& t, Instant now) {
    if (t.status == Status::ready) return TournamentEvents{};
    if (auto ok = allowed(t, Order::close_registration); !ok) return std::unexpected(ok.error());
    return TournamentEvents{closed_now(t, false, now)};
}

TournamentEvents check_in_ended(const Tournament& t, Instant now) {
    TournamentEvents events;
    std::vector<EntrantId> absent;
    for (const auto& entrant : t.entrants)
        if (!entrant.checked_in) absent.push_back(entrant.id);
    for (const auto id : absent) events.push_back(EntrantWithdrawn{id, "not_checked_in"});
    std::ranges::move(fees_returned(t, absent, now), std::back_inserter(events));
    events.push_back(CheckInClosed{});
    return events;
}

Decision close_check_in(const Tournament& t, Instant now) {
    if (t.status != Status::ready || !t.check_in_ends_at || now < *t.check_in_ends_at)
        return refused(Code::wrong_state, "check-in is not over");
    return check_in_ended(t, now);
}

TournamentEvents promotions(const Tournament& t) {
    TournamentEvents events;
    auto free = t.max_entrants - static_cast<std::int64_t>(t.entrants.size());
    for (const auto& entrant : t.waiting)
        if (free-- > 0) events.push_back(EntrantPromoted{entrant.id});
    return events;
}

}  // namespace agon::deciding
