#include <algorithm>

#include "core/tournament/deciding.hpp"

namespace agon {

namespace {

void create(Tournament& t, const TournamentCreated& e, Instant at) {
    t.id = e.tournament_id;
    t.name = e.name;
    t.game_type = e.game_type;
    t.plan = e.stages;
    if (t.plan.empty()) t.plan.emplace_back().format = e.format;
    t.format = formats::find_format(t.plan.front().format);
    CHECK_THAT(t.format != nullptr);
    t.max_entrants = e.max_entrants;
    t.driver = e.driver;
    t.options = e.options;
    t.game_options = e.game_options;
    t.created_by = e.created_by;
    t.colours = e.colours;
    t.details = e.details;
    t.created_at = at;
}

void forget_draw(Tournament& t) {
    t.stages.clear();
    t.times.clear();
    t.order.clear();
    t.seed_of.clear();
}

void change(Tournament& t, const TournamentChanged& e) {
    t.name = e.name;
    t.game_type = e.game_type;
    t.max_entrants = e.max_entrants;
    t.details = e.details;
    if (t.status == Status::in_progress) return;
    const bool same = t.plan == e.stages && t.options == e.options;
    t.plan = e.stages;
    t.options = e.options;
    t.format = formats::find_format(t.plan.front().format);
    CHECK_THAT(t.format != nullptr);
    if (!same) forget_draw(t);
}

// --- registration -------------------------------------------------------------------------------------------------------

void add_entrant(Tournament& t, Entrant entrant) {
    t.index_of[entrant.id] = static_cast<EntrantIndex>(t.entrants.size());
    t.entrants.push_back(std::move(entrant));
}

/// One who comes while the tournament runs has the last seed.
void register_entrant(Tournament& t, const EntrantRegistered& e, Instant at) {
    add_entrant(t, {.id = e.entrant,
                    .name = e.name,
                    .manual_seed = e.manual_seed,
                    .registered_at = at,
                    .club = e.club,
                    .rating = e.rating,
                    .notes = e.notes});
    if (t.status != Status::in_progress) return;
    const auto index = static_cast<EntrantIndex>(t.entrants.size() - 1);
    t.seed_of.push_back(static_cast<std::uint32_t>(t.order.size()));
    t.order.push_back(index);
    auto& run = t.stages.back();
    run.order.push_back(index);
    run.stage.admit(e.rating);
}

void promote(Tournament& t, EntrantId id) {
    const auto found = std::ranges::find(t.waiting, id, &Entrant::id);
    auto entrant = std::move(*found);
    t.waiting.erase(found);
    entrant.checked_in = t.check_in_closed;
    add_entrant(t, std::move(entrant));
}

void remove_entrant(Tournament& t, EntrantId id) {
    if (std::erase_if(t.waiting, [&](const Entrant& e) { return e.id == id; }) > 0) return;
    t.entrants.erase(t.entrants.begin() + t.index_of.at(id));
    t.index_of.clear();
    for (EntrantIndex i = 0; i < t.entrants.size(); ++i) t.index_of[t.entrants[i].id] = i;
    forget_draw(t);
}

// --- stages -------------------------------------------------------------------------------------------------------------

void begin_stage(Tournament& t, std::vector<EntrantIndex> order, const std::vector<std::uint16_t>& groups) {
    const auto index = t.stages.size();
    const auto* format = formats::find_format(t.plan[index].format);
    CHECK_THAT(format != nullptr);
    StageRun run{.stage = formats::Stage(*format, deciding::settings_of(t, index, order, groups)),
                 .order = std::move(order),
                 .first_match = static_cast<MatchNumber>(t.match_count() + 1),
                 .opened_round = 1};
    for (const auto& before : t.stages) run.first_round += static_cast<std::uint32_t>(before.stage.rounds().size());
    // One who left is out in every stage that it could have come to.
    for (formats::Seed s = 0; s < run.order.size(); ++s)
        if (t.entrants[run.order[s]].left) run.stage.leave(s);
    t.stages.push_back(std::move(run));
    t.arranged.reset();
    t.times.resize(t.match_count());
}

/// The first stage, as it was drawn.
template <class Drawn>
void take_draw(Tournament& t, const Drawn& e) {
    forget_draw(t);
    t.order = e.order;
    t.draw_seed = e.draw_seed;
    t.drawn = e.order.size();
    for (std::size_t i = 0; i < e.ratings.size(); ++i) t.entrants[i].rating = e.ratings[i];
    t.seed_of.assign(t.entrants.size(), 0);
    for (std::uint32_t seed = 0; seed < t.order.size(); ++seed) t.seed_of[t.order[seed]] = seed;
    begin_stage(t, t.order, e.groups);
}

void start(Tournament& t, const TournamentStarted& e, Instant at) {
    t.status = Status::in_progress;
    t.started_at = at;
    t.starts_at.reset();
    t.check_in_ends_at.reset();
    take_draw(t, e);
}

void set_seeds(Tournament& t, const SeedsSet& e) {
    for (std::size_t i = 0; i < e.order.size(); ++i)
        t.entrants[t.index_of.at(e.order[i])].manual_seed = static_cast<std::int64_t>(i) + 1;
    t.options.seeding = seeding::Method::manual;
    forget_draw(t);
}

void add_round(Tournament& t, const RoundDrawn& e) {
    formats::PlannedRound round{.bracket = e.bracket};
    for (const auto& m : e.matches) {
        round.matches.push_back(
            {{formats::seed_slot(m.a), m.b ? formats::seed_slot(*m.b) : formats::no_slot}, m.group});
        round.why.push_back(m.why);
    }
    t.stages.back().stage.draw({std::move(round)});
    t.times.resize(t.match_count());
}

// --- matches ------------------------------------------------------------------------------------------------------------

StageRun& run_of(Tournament& t, MatchNumber m) { return const_cast<StageRun&>(std::as_const(t).run_of(m)); }

void begin_match(Tournament& t, MatchNumber m, Instant at) {
    auto& run = run_of(t, m);
    run.stage.begin(m - run.first_match + 1);
    t.times[m - 1].started_at = at;
    if (t.attempts.size() < m) t.attempts.resize(m);
    ++t.attempts[m - 1];
}

template <class Event>
formats::Ending ending_of(const Tournament& t, const Event& e) {
    formats::Ending ending{.forfeit = e.forfeit};
    for (std::uint8_t side = 0; side < 2; ++side)
        if (const auto* entrant = t.player(e.match, side); entrant && e.winner == entrant->id)
            ending.winner_side = side;
    if (e.score && e.score->size() == 2) ending.score = formats::Score{(*e.score)[0], (*e.score)[1]};
    // Nobody goes on from a match that was not level.
    if (!e.winner && !e.level) ending.forfeit = true;
    return ending;
}

void complete_match(Tournament& t, const MatchCompleted& e, Instant at) {
    const auto ending = ending_of(t, e);
    auto& run = run_of(t, e.match);
    run.stage.complete(e.match - run.first_match + 1, ending);
    auto& times = t.times[e.match - 1];
    if (times.started_at.us == 0) times.started_at = at;
    times.completed_at = at;
    times.decision = e.decision;
    t.claims.erase(e.match);
}

void leave(Tournament& t, const EntrantLeft& e) {
    const auto index = t.index_of.at(e.entrant);
    t.entrants[index].left = e.how;
    ++t.leavers;
    for (auto& run : t.stages)
        if (const auto seed = run.seed_of(index)) e.removed ? run.stage.vacate(*seed) : run.stage.leave(*seed);
}

void grant_bye(Tournament& t, const ByeGranted& e) {
    using standings::Outcome;
    auto& run = t.stages.back();
    const auto kind = e.kind == ByeKind::half   ? Outcome::half_bye
                      : e.kind == ByeKind::full ? Outcome::full_bye
                                                : Outcome::absent;
    run.stage.request_bye({*run.seed_of(t.index_of.at(e.entrant)), e.round, kind});
}

// --- what players say ---------------------------------------------------------------------------------------------------

void claim(Tournament& t, const ResultClaimed& e) {
    t.claims[e.match] = {
        .kind = Claim::Kind::result, .by = e.by, .winner = e.winner, .score = e.score, .counts_at = e.counts_at};
}

void dispute(Tournament& t, const ResultDisputed& e) {
    auto& claim = t.claims[e.match];
    claim.disputed_by = e.by;
    claim.reason = e.reason;
    claim.counts_at.reset();
}

// --- corrections --------------------------------------------------------------------------------------------------------

void remember_for_replay(Tournament& t, const std::vector<MatchNumber>& undone) {
    for (const auto m : undone)
        if (t.match(m).status == formats::MatchStatus::completed)
            t.replay.insert_or_assign(deciding::replay_key(t, m), deciding::remembered(t, m));
}

/// The match and all that rests on it has not been played.
void rewind(Tournament& t, const ResultCorrected& e) {
    auto& run = run_of(t, e.match);
    t.stages.erase(t.stages.begin() + (&run - t.stages.data()) + 1, t.stages.end());
    for (const auto m : e.undone) {
        t.times[m - 1] = {};
        t.claims.erase(m);
    }
    run.stage.undo(e.match - run.first_match + 1);
    run.opened_round = std::min(run.opened_round, static_cast<std::uint32_t>(run.stage.rounds().size()));
    t.times.resize(t.match_count());
    t.arranged.reset();
}

void correct(Tournament& t, const ResultCorrected& e, Instant at) {
    const auto ending = ending_of(t, e);
    const auto started_at = t.times[e.match - 1].started_at;
    t.replay.clear();
    t.claims.erase(e.match);
    if (e.mode == CorrectionMode::replay) remember_for_replay(t, e.undone);
    if (e.mode != CorrectionMode::keep) rewind(t, e);
    auto& run = run_of(t, e.match);
    const auto local = e.match - run.first_match + 1;
    auto& times = t.times[e.match - 1];
    times = {};
    if (!e.reopened) {
        e.mode == CorrectionMode::keep ? run.stage.amend(local, ending) : run.stage.complete(local, ending);
        times = {started_at, at, "corrected"};
    }
    t.status = Status::in_progress;
    t.ended_at.reset();
    t.champion.reset();
}

void end(Tournament& t, Status status, Instant at) {
    t.status = status;
    t.ended_at = at;
    t.starts_at.reset();
    t.check_in_ends_at.reset();
    t.replay.clear();
    t.claims.clear();
}

void open_registration(Tournament& t, const RegistrationOpened& e) {
    t.status = Status::registration_open;
    t.draw = {e.secret, e.commitment, e.draw_seed};
}

void close_registration(Tournament& t, const RegistrationClosed& e) {
    t.status = Status::ready;
    t.starts_at = e.starts_at;
    t.check_in_ends_at = e.check_in_ends_at;
}

}  // namespace

void evolve(Tournament& t, const TournamentEvent& event, Instant at) {
    ++t.revision;
    std::visit(overloaded{
                   [&](const TournamentCreated& e) { create(t, e, at); },
                   [&](const RegistrationOpened& e) { open_registration(t, e); },
                   [&](const EntrantRegistered& e) { register_entrant(t, e, at); },
                   [&](const EntrantQueued& e) {
                       t.waiting.push_back({.id = e.entrant,
                                            .name = e.name,
                                            .manual_seed = e.manual_seed,
                                            .registered_at = at,
                                            .club = e.club,
                                            .notes = e.notes});
                   },
                   [&](const EntrantPromoted& e) { promote(t, e.entrant); },
                   [&](const EntrantWithdrawn& e) { remove_entrant(t, e.entrant); },
                   [&](const EntrantCheckedIn& e) { t.entrants[t.index_of.at(e.entrant)].checked_in = true; },
                   [&](const RegistrationClosed& e) { close_registration(t, e); },
                   [&](const RegistrationReopened&) {
                       t.status = Status::registration_open;
                       t.starts_at.reset();
                       t.check_in_ends_at.reset();
                       forget_draw(t);
                   },
                   [&](const CheckInClosed&) {
                       t.check_in_closed = true;
                       t.check_in_ends_at.reset();
                   },
                   [&](const TournamentStarted& e) { start(t, e, at); },
                   [&](const StageArranged& e) { t.arranged = e.order; },
                   [&](const StageStarted& e) { begin_stage(t, e.order, e.groups); },
                   [&](const RoundDrawn& e) { add_round(t, e); },
                   [&](const DrawFailed& e) { t.stages.back().stage.stop(e.why); },
                   [&](const RoundOpened& e) { t.stages.back().opened_round = e.round; },
                   [&](const MatchStarted& e) { begin_match(t, e.match, at); },
                   [&](const MatchCompleted& e) { complete_match(t, e, at); },
                   [&](const EntrantLeft& e) { leave(t, e); },
                   [&](const ByeGranted& e) { grant_bye(t, e); },
                   [&](const ResultCorrected& e) { correct(t, e, at); },
                   [&](const TournamentCompleted& e) {
                       t.champion = e.champion;
                       end(t, Status::completed, at);
                   },
                   [&](const TournamentCancelled&) { end(t, Status::cancelled, at); },
                   [&](const TournamentChanged& e) { change(t, e); },
                   [&](const TournamentDeleted&) { t.deleted = true; },
                   [&](const BracketGenerated& e) { take_draw(t, e); },
                   [&](const SeedsSet& e) { set_seeds(t, e); },
                   [&](const ResultClaimed& e) { claim(t, e); },
                   [&](const ResultDisputed& e) { dispute(t, e); },
                   [&](const NoShowClaimed& e) {
                       t.claims[e.match] = {.kind = Claim::Kind::no_show, .by = e.by, .counts_at = e.counts_at};
                   },
                   [&](const NoShowAnswered& e) { t.claims.erase(e.match); },
                   [&](const ledger::EscrowOpened& e) { ledger::evolve(t.escrow, e); },
                   [&](const ledger::MoneyMoved& e) { ledger::evolve(t.escrow, e); },
                   [&](const ledger::EscrowSettled& e) { ledger::evolve(t.escrow, e); },
               },
               event);
}

}  // namespace agon
