// Who leaves while the tournament runs, and who sits a round out.

#include <fmt/format.h>

#include "core/tournament/deciding.hpp"

namespace agon::deciding {

namespace {

std::string_view word(Leaving how) { return how == Leaving::withdrawn ? "withdrawn" : "disqualified"; }

bool has_played(const Tournament& t, EntrantIndex index) {
    for (const auto& run : t.stages)
        if (const auto seed = run.seed_of(index); seed && run.stage.has_played(*seed)) return true;
    return false;
}

std::string rounds_not_drawn(std::size_t first, std::size_t last) {
    if (first > last) return "the last round is drawn";
    if (first == last) return fmt::format("must be {}, the only round that is not drawn yet", first);
    return fmt::format("must be a round that is not drawn yet, from {} to {}", first, last);
}

}  // namespace

MatchCompleted forfeited(const Tournament& t, MatchNumber m) {
    const auto* a = t.player(m, 0);
    const auto* b = t.player(m, 1);
    MatchCompleted completed{.match = m, .decision = std::string(word(a->left ? *a->left : *b->left)), .forfeit = true};
    if (a->left && b->left) return completed;
    completed.winner = a->left ? b->id : a->id;
    completed.loser = a->left ? a->id : b->id;
    return completed;
}

Decision leave(const Tournament& t, const Leave& c) {
    if (auto ok = allowed(t, Order::leave); !ok) return std::unexpected(ok.error());
    const auto found = t.index_of.find(c.entrant);
    if (found == t.index_of.end()) return refused(Code::conflict, "not registered");
    if (t.entrants[found->second].left) return TournamentEvents{};
    const bool removed = c.how == Leaving::withdrawn && t.options.withdrawal == WithdrawalPolicy::remove &&
                         !has_played(t, found->second);
    TournamentEvents events{EntrantLeft{c.entrant, c.how, c.reason, removed}};
    auto after = t;
    evolve(after, events.front(), {});
    const auto& run = after.stages.back();
    for (auto m = run.first_match; m <= run.last_match(); ++m)
        if (const auto& match = after.match(m); match.status == formats::MatchStatus::in_progress)
            if (after.player(m, 0)->id == c.entrant || after.player(m, 1)->id == c.entrant)
                events.push_back(forfeited(after, m));
    return events;
}

Decision grant_bye(const Tournament& t, const GrantBye& c) {
    if (auto ok = allowed(t, Order::grant_bye); !ok) return std::unexpected(ok.error());
    const auto found = t.index_of.find(c.entrant);
    if (found == t.index_of.end()) return refused(Code::conflict, "not registered");
    const auto& run = t.stages.back();
    const auto seed = run.seed_of(found->second);
    if (!run.stage.format().takes_late_entrants || !seed)
        return refused(Code::wrong_state, "byes can be asked for in a Swiss tournament only");
    const auto first = run.stage.rounds().size() + 1;
    const auto last = static_cast<std::size_t>(run.stage.settings().options.rounds.value_or(0));
    if (c.round < first || c.round > last) return refused(Code::invalid, rounds_not_drawn(first, last), "/round");
    for (const auto& bye : run.stage.requested_byes())
        if (bye.seed == *seed && bye.round == c.round)
            return refused(Code::conflict, "has a bye in that round already");
    return TournamentEvents{ByeGranted{c.entrant, c.round, c.kind}};
}

}  // namespace agon::deciding
