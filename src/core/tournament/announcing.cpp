// What the host says of a tournament: changes, and that it is gone.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/tournament/deciding.hpp"

namespace agon::deciding {

namespace {

/// As the Player API has it, which alone sets a status by its name.
std::string word(Status status) {
    std::string text(codec::word_of<codec::log_spelling>(status));
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

bool shapes_the_draw(const Tournament& t, const TournamentChanged& e) {
    return t.plan != e.stages || t.options != e.options || t.max_entrants != e.max_entrants ||
           t.game_type != e.game_type;
}

Result<void> check_change(const Tournament& t, const TournamentChanged& e) {
    if (auto ok = allowed(t, Order::change); !ok) return ok;
    const auto entered = static_cast<std::int64_t>(t.entrants.size());
    if (t.status == Status::in_progress && (shapes_the_draw(t, e) || e.details.reports != t.details.reports))
        return refused(Code::wrong_state, "format and rules are fixed once a tournament has started");
    if (t.status != Status::upcoming && e.details.money != t.details.money && !t.escrow.payers.empty())
        return refused(Code::wrong_state, "entry fee and prizes are fixed once somebody has entered");
    if (t.status == Status::in_progress && e.details.money != t.details.money)
        return refused(Code::wrong_state, "entry fee and prizes are fixed once a tournament has started");
    if (e.max_entrants < std::max(min_entrants, entered) || e.max_entrants > most_entrants)
        return refused(Code::invalid,
                       fmt::format("must be from {} to {}", std::max(min_entrants, entered), most_entrants),
                       "/max_participants");
    return {};
}

/// The order that leads to a status by the host's word.
Decision go_to(const Tournament& t, Status to, const ChangeTournament& c, Instant now) {
    if (to == t.status) return TournamentEvents{};
    switch (to) {
        case Status::registration_open:
            if (t.status == Status::upcoming) return open_registration(t, {c.draw}, now);
            if (t.status == Status::ready && !t.is_full()) return TournamentEvents{RegistrationReopened{}};
            break;
        case Status::ready:
            if (t.status == Status::registration_open) return close_registration(t, now);
            break;
        case Status::cancelled:
            if (allows(t.status, Order::cancel)) return cancel(t, {"cancelled by the host"});
            break;
        case Status::in_progress:
            if (allows(t.status, Order::start)) return start(t, c.start, now);
            break;
        case Status::upcoming:
        case Status::completed: break;
    }
    return refused(Code::wrong_state,
                   fmt::format("a tournament that is {} cannot become {}", word(t.status), word(to)));
}

bool is_same(const Tournament& t, const TournamentChanged& e) {
    return t.name == e.name && !shapes_the_draw(t, e) && t.details == e.details;
}

}  // namespace

Decision change(const Tournament& before, const ChangeTournament& c, Instant now) {
    if (c.basis != before.revision) return refused(Code::conflict, std::string(moved_on));
    auto t = before;
    TournamentEvents events;
    const auto add = [&](TournamentEvent event) {
        evolve(t, event, now);
        events.push_back(std::move(event));
    };
    if (!is_same(t, c.what)) {
        if (auto ok = check_change(t, c.what); !ok) return std::unexpected(std::move(ok.error()));
        add(c.what);
        if (t.status != Status::upcoming)
            for (auto& event : terms_announced(t, t.details.money)) add(std::move(event));
    }
    if (!c.to) return events;
    auto more = go_to(t, *c.to, c, now);
    if (!more) return more;
    std::ranges::move(*more, std::back_inserter(events));
    return events;
}

Decision remove(const Tournament& t) {
    if (t.status == Status::in_progress)
        return refused(Code::wrong_state, "a running tournament cannot be deleted; cancel it first");
    if (auto ok = allowed(t, Order::delete_); !ok) return std::unexpected(ok.error());
    TournamentEvents events;
    if (allows(t.status, Order::cancel)) events.push_back(TournamentCancelled{"deleted by the host"});
    events.push_back(TournamentDeleted{});
    return events;
}

}  // namespace agon::deciding
