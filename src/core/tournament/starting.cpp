// The draw, and how a tournament goes from round to round and from stage to stage.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "core/formats/stage_table.hpp"
#include "core/tournament/deciding.hpp"

namespace agon::deciding {

namespace {

std::vector<seeding::Candidate> candidates(const Tournament& t, const std::map<EntrantId, double>& ratings) {
    std::vector<seeding::Candidate> all;
    for (const auto& e : t.entrants) {
        const auto rating = ratings.find(e.id);
        auto& candidate = all.emplace_back();
        if (rating != ratings.end()) candidate.rating = rating->second;
        if (e.manual_seed) candidate.manual_seed = static_cast<std::uint32_t>(*e.manual_seed);
    }
    return all;
}

std::vector<std::int32_t> known_ratings(const Tournament& t, const std::map<EntrantId, double>& ratings) {
    if (ratings.empty()) return {};
    std::vector<std::int32_t> known;
    known.reserve(t.entrants.size());
    for (const auto& e : t.entrants) {
        const auto rating = ratings.find(e.id);
        known.push_back(rating == ratings.end() ? 0 : static_cast<std::int32_t>(rating->second));
    }
    return known;
}

std::vector<std::string> clubs(const Tournament& t, const std::vector<EntrantIndex>& order) {
    std::vector<std::string> names;
    names.reserve(order.size());
    for (const auto index : order) names.push_back(t.entrants[index].club);
    return names;
}

std::vector<std::uint16_t> groups_for(const Tournament& t, const StagePlan& plan,
                                      const std::vector<EntrantIndex>& order) {
    if (plan.groups < 2) return {};
    return seeding::into_groups(static_cast<std::uint32_t>(order.size()), static_cast<std::uint32_t>(plan.groups),
                                clubs(t, order));
}

/// Whoever has not checked in when the tournament starts loses the place to whoever waits.
void end_check_in(Tournament& t, TournamentEvents& events, Instant now) {
    if (t.options.check_in <= 0 || t.check_in_closed) return;
    for (auto more = check_in_ended(t, now); !more.empty(); more = promotions(t))
        for (const auto& event : more) {
            evolve(t, event, now);
            events.push_back(event);
        }
}

}  // namespace

formats::Settings settings_of(const Tournament& t, std::size_t stage, const std::vector<EntrantIndex>& order,
                              std::vector<std::uint16_t> groups) {
    const auto& plan = t.plan[stage];
    formats::Settings settings{
        .entrants = static_cast<std::uint32_t>(order.size()),
        .options = plan,
        .group_of = std::move(groups),
        .colours = t.colours,
        .first_colour = t.draw_seed % 2 == 0 ? standings::Colour::white : standings::Colour::black,
        .lots_seed = t.draw_seed};
    const bool rated = std::ranges::any_of(t.entrants, [](const Entrant& e) { return e.rating != 0; });
    for (const auto index : order)
        if (rated) settings.ratings.push_back(t.entrants[index].rating);
    return settings;
}

namespace {

/// The draw for those who are there, as an event that names it; `events` lead to it.
template <class Drawn>
Decision draw_with(Tournament t, TournamentEvents events, const StartTournament& c, Instant now) {
    end_check_in(t, events, now);
    if (static_cast<std::int64_t>(t.entrants.size()) < min_entrants)
        return refused(Code::wrong_state,
                       fmt::format("at least {} participants are needed, {} {}", min_entrants, t.entrants.size(),
                                   t.options.check_in > 0 ? "checked in" : "registered"));
    const auto seed = t.draw.secret.empty() ? c.draw_seed : t.draw.seed;
    auto order = draw(t.options.seeding, candidates(t, c.ratings), seed);
    auto groups = groups_for(t, t.plan.front(), order);
    if (auto ok = check_plan(t.plan, static_cast<std::uint32_t>(order.size())); !ok)
        return refused(Code::wrong_state, ok.error().message);
    events.push_back(Drawn{std::move(order), seed, std::move(groups), known_ratings(t, c.ratings)});
    return events;
}

/// Who still waits for a place will not have one.
std::vector<EntrantId> left_waiting(const Tournament& t) {
    std::vector<EntrantId> all(t.waiting.size());
    std::ranges::transform(t.waiting, all.begin(), &Entrant::id);
    return all;
}

/// As it was drawn and shown before.
TournamentStarted start_as_drawn(const Tournament& t) {
    const auto& run = t.stages.front();
    TournamentStarted event{.order = t.order, .draw_seed = t.draw_seed, .groups = run.stage.settings().group_of};
    if (run.stage.settings().ratings.empty()) return event;
    event.ratings.reserve(t.entrants.size());
    for (const auto& entrant : t.entrants) event.ratings.push_back(entrant.rating);
    return event;
}

}  // namespace

Decision start(const Tournament& t, const StartTournament& c, Instant now) {
    if (auto ok = allowed(t, Order::start); !ok) return std::unexpected(ok.error());
    auto events =
        t.is_drawn() ? Decision(TournamentEvents{start_as_drawn(t)}) : draw_with<TournamentStarted>(t, {}, c, now);
    if (!events) return events;
    auto after = t;
    for (const auto& event : *events) evolve(after, event, now);
    std::ranges::move(fees_returned(after, left_waiting(after), now), std::back_inserter(*events));
    return events;
}

Decision generate_bracket(const Tournament& before, const GenerateBracket& c, Instant now) {
    if (auto ok = allowed(before, Order::generate_bracket); !ok) return std::unexpected(ok.error());
    auto t = before;
    TournamentEvents events;
    if (t.status == Status::registration_open) {
        events.push_back(closed_now(t, false, now));
        evolve(t, events.back(), now);
    }
    return draw_with<BracketGenerated>(std::move(t), std::move(events), c.draw, now);
}

Decision set_seeds(const Tournament& t, const SetSeeds& c) {
    if (auto ok = allowed(t, Order::set_seeds); !ok) return std::unexpected(ok.error());
    std::set<EntrantId> named(c.order.begin(), c.order.end());
    const bool all = named.size() == c.order.size() && c.order.size() == t.entrants.size() &&
                     std::ranges::all_of(c.order, [&](EntrantId id) { return t.has(id); });
    if (!all)
        return refused(Code::invalid, fmt::format("must name each of the {} participants once", t.entrants.size()),
                       "/seeds");
    return TournamentEvents{SeedsSet{c.order}};
}

Decision start_as_announced(const Tournament& t, const StartAsAnnounced& c, Instant now) {
    if (!t.starts_at || now < *t.starts_at) return refused(Code::wrong_state, "not due to start");
    return start(t, c.start, now);
}

// --- from stage to stage ------------------------------------------------------------------------------------------------

namespace {

/// What can be compared over groups: points and tie-breaks, but neither a place among equals of one group nor a lot.
std::vector<std::int64_t> comparable(const formats::GroupStanding& standing,
                                     const std::vector<standings::TieBreak>& tiebreaks) {
    using enum standings::TieBreak;
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < tiebreaks.size(); ++i)
        if (tiebreaks[i] != direct_encounter && tiebreaks[i] != lots) values.push_back(standing.values[i]);
    return values;
}

/// The group's entrants who are still there, best first, each with what it scored.
std::vector<std::pair<std::vector<std::int64_t>, EntrantIndex>> ranked_group(const Tournament& t, std::uint32_t group) {
    const auto& run = t.stages.back();
    const auto tiebreaks = formats::standing_settings(run.stage).tiebreaks;
    std::vector<std::pair<std::vector<std::int64_t>, EntrantIndex>> list;
    for (const auto& standing : formats::group_standings(run.stage, group))
        if (!t.entrants[run.order[standing.seed]].left)
            list.emplace_back(comparable(standing, tiebreaks), run.order[standing.seed]);
    return list;
}

std::vector<EntrantIndex> best_of_bracket(const Tournament& t, std::size_t advance) {
    const auto& run = t.stages.back();
    std::vector<EntrantIndex> order;
    for (const auto& place : run.stage.format().rank(run.stage))
        if (order.size() < advance && !t.entrants[run.order[place.seed]].left) order.push_back(run.order[place.seed]);
    return order;
}

}  // namespace

/// The first of every group, then the seconds, and so on; those of equal place by what they scored.
std::vector<EntrantIndex> going_on(const Tournament& t) {
    const auto& run = t.stages.back();
    const auto advance = static_cast<std::size_t>(t.plan[t.stages.size() - 1].advance);
    if (!run.stage.format().by_points) return best_of_bracket(t, advance);
    const auto groups = formats::group_count(run.stage);
    std::vector<std::vector<std::pair<std::vector<std::int64_t>, EntrantIndex>>> peers(advance);
    std::map<EntrantIndex, std::string> labels;
    for (std::uint32_t g = 0; g < groups; ++g) {
        auto list = ranked_group(t, g);
        for (std::size_t place = 0; place < std::min(advance, list.size()); ++place) {
            labels[list[place].second] = std::to_string(g);
            peers[place].push_back(std::move(list[place]));
        }
    }
    std::vector<std::vector<EntrantIndex>> classes;
    for (auto& equals : peers) {
        std::ranges::stable_sort(equals, std::greater{}, [](const auto& peer) { return peer.first; });
        auto& members = classes.emplace_back();
        for (const auto& peer : equals) members.push_back(peer.second);
    }
    if (t.plan[t.stages.size()].groups > 1 || groups < 2) return seeding::joined(classes);
    return seeding::into_bracket(classes, labels);
}

StageStarted stage_started(const Tournament& t, std::vector<EntrantIndex> order) {
    auto groups = groups_for(t, t.plan[t.stages.size()], order);
    return {std::move(order), std::move(groups)};
}

Decision arrange_stage(const Tournament& t, const ArrangeStage& c) {
    if (auto ok = allowed(t, Order::advance); !ok) return std::unexpected(ok.error());
    if (!t.arranged) return refused(Code::wrong_state, "no stage is waiting to be arranged");
    std::vector<EntrantIndex> order;
    for (const auto id : c.order)
        if (const auto found = t.index_of.find(id); found != t.index_of.end()) order.push_back(found->second);
    if (!std::ranges::is_permutation(order, *t.arranged) || order.size() != c.order.size())
        return refused(Code::invalid, fmt::format("must hold the {} who go on, each once", t.arranged->size()),
                       "/order");
    return TournamentEvents{StageArranged{std::move(order)}};
}

// --- from round to round ------------------------------------------------------------------------------------------------

Decision advance(const Tournament& t) {
    if (auto ok = allowed(t, Order::advance); !ok) return std::unexpected(ok.error());
    if (t.arranged) return TournamentEvents{stage_started(t, *t.arranged)};
    if (t.options.auto_advance) return refused(Code::wrong_state, "rounds begin by themselves");
    const auto& run = t.stages.back();
    const auto rounds = run.stage.rounds();
    for (std::uint32_t r = 0; r < std::min<std::size_t>(run.opened_round, rounds.size()); ++r)
        if (rounds[r].open > 0) return refused(Code::wrong_state, "the current round is not finished");
    auto next = run.opened_round + 1;
    while (next <= rounds.size() && rounds[next - 1].open == 0) ++next;
    if (next > rounds.size()) return refused(Code::wrong_state, "the next round is not drawn yet");
    return TournamentEvents{RoundOpened{next}};
}

TournamentEvent drawn(const formats::Draw& draw) {
    if (draw.rounds.empty()) return DrawFailed{draw.impossible};
    const auto& round = draw.rounds.front();
    RoundDrawn event{.bracket = round.bracket};
    for (std::size_t i = 0; i < round.matches.size(); ++i) {
        const auto& [slots, group] = round.matches[i];
        auto& match = event.matches.emplace_back(DrawnMatch{.a = slots[0].index, .group = group});
        if (slots[1].from == formats::Slot::From::seed) match.b = slots[1].index;
        if (i < round.why.size()) match.why = round.why[i];
    }
    return event;
}

Decision draw_round(const Tournament& t, const DrawRound& c) {
    if (auto ok = allowed(t, Order::advance); !ok) return std::unexpected(ok.error());
    if (!t.stages.back().stage.wants_draw()) return refused(Code::wrong_state, "no round is to be drawn");
    if (c.basis != t.revision) return refused(Code::conflict, std::string(moved_on));
    return TournamentEvents{drawn(c.draw)};
}

}  // namespace agon::deciding
