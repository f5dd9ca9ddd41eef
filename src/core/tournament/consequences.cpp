#include "core/tournament/deciding.hpp"

namespace agon {

namespace {

using namespace deciding;

TournamentEvents before_the_start(const Tournament& t, Instant now) {
    if (auto promoted = promotions(t); !promoted.empty()) return promoted;
    if (t.status == Status::registration_open && t.is_full()) return {closed_now(t, true, now)};
    return {};
}

/// Whether the match may begin by itself: everywhere but in rounds that wait for the host's word.
bool may_begin(const Tournament& t, const StageRun& run, const formats::Match& match) {
    return t.options.auto_advance || match.round <= run.opened_round;
}

/// Matches that can begin do; those of entrants who left, or whose result from before a correction stands, are over.
TournamentEvents begin_matches(const Tournament& t) {
    TournamentEvents events;
    const auto& run = t.stages.back();
    for (const auto local : run.stage.startable()) {
        const auto m = local + run.first_match - 1;
        if (t.leavers > 0 && (t.player(m, 0)->left || t.player(m, 1)->left)) {
            events.push_back(forfeited(t, m));
            continue;
        }
        if (!t.replay.empty())
            if (const auto found = t.replay.find(replay_key(t, m)); found != t.replay.end()) {
                events.push_back(recalled(t, m, found->second));
                continue;
            }
        const auto attempt = static_cast<std::uint8_t>(t.attempt(m) + 1);
        if (may_begin(t, run, run.stage.match(local))) events.push_back(MatchStarted{m, attempt});
    }
    return events;
}

/// The last stage is over: whoever has the first place alone is champion.
TournamentEvents complete(const Tournament& t) {
    const auto best = places(t).front();
    if (best.last > 1) return {TournamentCompleted{}};
    return {TournamentCompleted{t.entrants[best.entrant].id}};
}

TournamentEvents next_stage(const Tournament& t) {
    if (!t.options.stage_review) return {stage_started(t, going_on(t))};
    if (t.arranged) return {};
    return {StageArranged{going_on(t)}};
}

}  // namespace

TournamentEvents consequences(const Tournament& t, Instant now) {
    if (t.status == Status::registration_open || t.status == Status::ready) return before_the_start(t, now);
    if (t.status == Status::completed || t.status == Status::cancelled) return settled(t, now);
    if (t.status != Status::in_progress) return {};
    const auto& stage = t.stages.back().stage;
    if (stage.is_finished()) return t.is_last_stage() ? complete(t) : next_stage(t);
    if (stage.wants_draw()) {
        if (t.awaits_draw()) return {};
        return {drawn(stage.format().next(stage))};
    }
    return begin_matches(t);
}

}  // namespace agon
