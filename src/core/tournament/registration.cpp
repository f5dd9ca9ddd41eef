// Creating a tournament, and who enters it before it starts.

#include <fmt/format.h>

#include "core/tournament/deciding.hpp"

namespace agon::deciding {

namespace {

RegistrationOpened opened(const DrawSecret& draw) { return {draw.commitment, draw.secret, draw.seed}; }

/// A late entrant of the stage that is being played.
Decision admit_late(const Tournament& t, const RegisterEntrant& c) {
    const auto& stage = t.stages.back().stage;
    if (!t.options.late_entry || !stage.format().takes_late_entrants || t.stages.size() > 1)
        return wrong_state(t, Order::register_entrant);
    if (t.has(c.entrant)) return refused(Code::conflict, "already registered");
    if (t.is_full()) return refused(Code::exhausted, "full");
    if (stage.is_finished() || stage.rounds().size() == static_cast<std::size_t>(*stage.settings().options.rounds))
        return refused(Code::wrong_state, "the last round is drawn");
    return TournamentEvents{EntrantRegistered{c.entrant, c.name, c.manual_seed, c.club, c.rating}};
}

}  // namespace

Decision create(const Tournament& t, const CreateTournament& c) {
    if (t.exists()) return refused(Code::conflict, "already exists");
    if (c.what.max_entrants < min_entrants || c.what.max_entrants > most_entrants)
        return refused(Code::invalid,
                       fmt::format("a tournament needs {} to {} participants", min_entrants, most_entrants),
                       "/max_participants");
    TournamentEvents events{c.what};
    if (c.open_registration) events.push_back(opened(c.draw));
    return events;
}

Decision open_registration(const Tournament& t, const OpenRegistration& c) {
    if (auto ok = allowed(t, Order::open_registration); !ok) return std::unexpected(ok.error());
    return TournamentEvents{opened(c.draw)};
}

Decision register_entrant(const Tournament& t, const RegisterEntrant& c) {
    if (t.status == Status::in_progress && !t.stages.empty()) return admit_late(t, c);
    const bool before_start = t.status == Status::registration_open || t.status == Status::ready;
    if (before_start && (t.has(c.entrant) || t.is_waiting(c.entrant)))
        return refused(Code::conflict, "already registered");
    if (before_start && t.is_full()) {
        if (!t.options.waiting_list) return refused(Code::exhausted, "full");
        return TournamentEvents{EntrantQueued{c.entrant, c.name, c.manual_seed, c.club}};
    }
    if (auto ok = allowed(t, Order::register_entrant); !ok) return std::unexpected(ok.error());
    return TournamentEvents{EntrantRegistered{c.entrant, c.name, c.manual_seed, c.club, c.rating}};
}

Decision withdraw(const Tournament& t, const WithdrawEntrant& c) {
    if (auto ok = allowed(t, Order::withdraw_entrant); !ok) return std::unexpected(ok.error());
    if (t.is_waiting(c.entrant)) return TournamentEvents{EntrantWithdrawn{c.entrant, ""}};
    if (!t.has(c.entrant)) return refused(Code::conflict, "not registered");
    TournamentEvents events{EntrantWithdrawn{c.entrant, ""}};
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

TournamentEvents check_in_ended(const Tournament& t) {
    TournamentEvents events;
    for (const auto& entrant : t.entrants)
        if (!entrant.checked_in) events.push_back(EntrantWithdrawn{entrant.id, "not_checked_in"});
    events.push_back(CheckInClosed{});
    return events;
}

Decision close_check_in(const Tournament& t, Instant now) {
    if (t.status != Status::ready || !t.check_in_ends_at || now < *t.check_in_ends_at)
        return refused(Code::wrong_state, "check-in is not over");
    return check_in_ended(t);
}

TournamentEvents promotions(const Tournament& t) {
    TournamentEvents events;
    auto free = t.max_entrants - static_cast<std::int64_t>(t.entrants.size());
    for (const auto& entrant : t.waiting)
        if (free-- > 0) events.push_back(EntrantPromoted{entrant.id});
    return events;
}

}  // namespace agon::deciding
