#include "core/tournament/tournament.hpp"

namespace agon {

namespace {

void create(Tournament& t, const TournamentCreated& e, Instant at) {
    t.name = e.name;
    t.game_type = e.game_type;
    t.format = formats::find_format(e.format);
    CHECK_THAT(t.format != nullptr);
    t.max_entrants = e.max_entrants;
    t.driver = e.driver;
    t.options = e.options;
    t.game_options = e.game_options;
    t.created_by = e.created_by;
    t.created_at = at;
}

void add_entrant(Tournament& t, const EntrantRegistered& e, Instant at) {
    t.index_of[e.entrant] = static_cast<EntrantIndex>(t.entrants.size());
    t.entrants.push_back({e.entrant, e.name, e.manual_seed, at});
}

void remove_entrant(Tournament& t, EntrantId id) {
    t.entrants.erase(t.entrants.begin() + t.index_of.at(id));
    t.index_of.clear();
    for (EntrantIndex i = 0; i < t.entrants.size(); ++i) t.index_of[t.entrants[i].id] = i;
}

void start(Tournament& t, const TournamentStarted& e, Instant at) {
    t.status = Status::in_progress;
    t.started_at = at;
    t.starts_at.reset();
    t.order = e.order;
    t.draw_seed = e.draw_seed;
    t.seed_of.assign(t.entrants.size(), 0);
    for (std::uint32_t seed = 0; seed < t.order.size(); ++seed) t.seed_of[t.order[seed]] = seed;
    t.stage = formats::Stage(*t.format, formats::Settings{.entrants = static_cast<std::uint32_t>(t.entrants.size())});
    t.times.resize(t.stage.match_count());
}

void complete_match(Tournament& t, const MatchCompleted& e, Instant at) {
    const auto& match = t.stage.match(e.match);
    std::uint8_t side = 2;
    for (std::uint8_t s = 0; s < 2; ++s)
        if (const auto* entrant = t.entrant_of(match.players[s]); entrant && e.winner == entrant->id) side = s;
    std::optional<formats::Score> score;
    if (e.score && e.score->size() == 2) score = formats::Score{(*e.score)[0], (*e.score)[1]};
    t.stage.complete(e.match, {.winner_side = side, .forfeit = false, .score = score});
    t.times.resize(t.stage.match_count());
    t.times[e.match - 1].completed_at = at;
    t.times[e.match - 1].decision = e.decision;
}

void end(Tournament& t, Status status, Instant at) {
    t.status = status;
    t.ended_at = at;
    t.starts_at.reset();
}

}  // namespace

std::int64_t Tournament::shown_seed(EntrantIndex index) const {
    return seed_of.empty() ? std::int64_t{index} + 1 : std::int64_t{seed_of[index]} + 1;
}

const Entrant* Tournament::entrant_of(formats::Seed seed) const {
    return formats::is_seed(seed) ? &entrants[order[seed]] : nullptr;
}

void evolve(Tournament& t, const TournamentEvent& event, Instant at) {
    std::visit(overloaded{
                   [&](const TournamentCreated& e) { create(t, e, at); },
                   [&](const RegistrationOpened&) { t.status = Status::registration_open; },
                   [&](const EntrantRegistered& e) { add_entrant(t, e, at); },
                   [&](const EntrantWithdrawn& e) { remove_entrant(t, e.entrant); },
                   [&](const RegistrationClosed& e) {
                       t.status = Status::ready;
                       t.starts_at = e.starts_at;
                   },
                   [&](const RegistrationReopened&) {
                       t.status = Status::registration_open;
                       t.starts_at.reset();
                   },
                   [&](const TournamentStarted& e) { start(t, e, at); },
                   [&](const MatchStarted& e) {
                       t.stage.begin(e.match);
                       t.times[e.match - 1].started_at = at;
                   },
                   [&](const MatchCompleted& e) { complete_match(t, e, at); },
                   [&](const TournamentCompleted& e) {
                       t.champion = e.champion;
                       end(t, Status::completed, at);
                   },
                   [&](const TournamentCancelled&) { end(t, Status::cancelled, at); },
               },
               event);
}

}  // namespace agon
