// Standings, and why they are as they are.

#include "core/formats/single_elimination.hpp"
#include "core/formats/stage_table.hpp"
#include "core/standings/tiebreak.hpp"
#include "faces/arena/views.hpp"

namespace agon::arena {

namespace {

struct Tally {
    std::int64_t wins = 0, losses = 0, draws = 0;
};

std::vector<Tally> tallies(const Tournament& t) {
    std::vector<Tally> all(t.entrants.size());
    for (MatchNumber number = 1; number <= t.match_count(); ++number) {
        const auto& match = t.match(number);
        if (match.is_bye() || match.status != formats::MatchStatus::completed) continue;
        const auto& order = t.run_of(number).order;
        if (match.winner_side < 2) {
            ++all[order[match.winner()]].wins;
            ++all[order[match.loser()]].losses;
        } else {
            for (const auto seed : match.players) ++(match.forfeit ? all[order[seed]].losses : all[order[seed]].draws);
        }
    }
    return all;
}

/// One entrant's standing in a stage of points, and who stands before it.
struct Scored {
    const StageRun* run = nullptr;
    std::uint32_t group = 0;
    formats::GroupStanding standing;
    std::optional<formats::GroupStanding> before;
};

/// By entrant: its standing in the last stage of points that it played in.
std::map<EntrantIndex, Scored> scored(const Tournament& t) {
    std::map<EntrantIndex, Scored> all;
    for (const auto& run : t.stages) {
        if (!run.stage.format().by_points) continue;
        for (std::uint32_t group = 0; group < formats::group_count(run.stage); ++group) {
            std::optional<formats::GroupStanding> before;
            for (auto& standing : formats::group_standings(run.stage, group)) {
                all[run.order[standing.seed]] = {&run, group, standing, before};
                before = standing;
            }
        }
    }
    return all;
}

/// What separates it from who stands before it.
std::string why_here(const Scored& s) {
    using standings::value_text;
    const auto order = formats::standing_settings(s.run->stage).tiebreaks;
    const auto points =
        value_text(order[0], s.standing.values[0]) + (s.standing.values[0] == 100 ? " point" : " points");
    if (!s.before)
        return points + (formats::group_count(s.run->stage) > 1 ? ", the best of its group" : ", the best of all");
    for (std::size_t i = 0; i < order.size(); ++i)
        if (s.standing.values[i] != s.before->values[i]) {
            const auto mine = value_text(order[i], s.standing.values[i]);
            const auto theirs = value_text(order[i], s.before->values[i]);
            if (i == 0) return fmt::format("{}, behind {}", points, theirs);
            return fmt::format("{} like the one before; {} {} to {}", points, standings::rule_of(order[i]).title, mine,
                               theirs);
        }
    return points + ", level in everything with the one before";
}

void fill_points(StandingView& view, const Scored& s) {
    const auto order = formats::standing_settings(s.run->stage).tiebreaks;
    view.points.emplace(static_cast<double>(s.standing.values[0]) / 100);
    auto& cells = view.tiebreaks.emplace();
    for (std::size_t i = 1; i < order.size(); ++i)
        cells[std::string(codec::word_of<spelling>(order[i]))] = static_cast<double>(s.standing.values[i]) / 100;
    if (formats::group_count(s.run->stage) > 1) {
        view.group = s.group + 1;
        view.group_place = s.standing.first;
    }
    view.why = why_here(s);
}

/// Whether it was taken out before it had played.
bool was_removed(const Tournament& t, EntrantIndex entrant) {
    if (!t.entrants[entrant].left) return false;
    return std::ranges::any_of(t.stages, [&](const StageRun& run) {
        const auto seed = run.seed_of(entrant);
        return seed && run.stage.is_vacated(*seed);
    });
}

/// By entrant: the last match of the last stage that it stands in; 0 for none.
std::vector<MatchNumber> last_matches(const Tournament& t) {
    std::vector<MatchNumber> last(t.entrants.size(), 0);
    const auto& run = t.stages.back();
    for (auto m = run.first_match; m <= run.last_match(); ++m)
        for (const auto seed : t.match(m).players)
            if (formats::is_seed(seed)) last[run.order[seed]] = m;
    return last;
}

std::string why_not_out(const Tournament& t, EntrantIndex entrant) {
    if (const auto& left = t.entrants[entrant].left)
        return *left == Leaving::withdrawn ? "withdrew before its next match" : "disqualified before its next match";
    return t.status == Status::cancelled ? "still in when the tournament was cancelled" : "still in";
}

std::string why_in_match_for_third(const Tournament& t, const formats::Match& match, bool won) {
    if (match.status != formats::MatchStatus::completed)
        return t.status == Status::cancelled ? "lost a semi-final" : "lost a semi-final, and plays for third place";
    if (match.is_bye()) return "lost a semi-final; nobody came to play it for third place";
    if (match.winner_side > 1) return "lost a semi-final; nobody won the match for third place";
    return won ? "won the match for third place" : "lost the match for third place";
}

/// How far it got, in stages where that decides; `last` is the last match that it stands in.
std::string why_eliminated(const Tournament& t, const EntrantPlace& place, MatchNumber last) {
    if (last == 0) return "did not get to the last stage";
    const auto& run = t.stages.back();
    const auto& match = t.match(last);
    const auto winner = match.winner();
    const bool won = formats::is_seed(winner) && run.order[winner] == place.entrant;
    if (&run.stage.format() == &formats::single_elimination && formats::is_third_place(match))
        return why_in_match_for_third(t, match, won);
    if (match.status != formats::MatchStatus::completed) return why_not_out(t, place.entrant);
    if (!won)
        return fmt::format("out in round {}{}", t.round_of(last), match.winner_side < 2 ? "" : ", which nobody won");
    if (place.first == 1) return "lost no match that put it out";
    if (match.goes_to[0] == 0) return "won the losers bracket, which no final follows";
    return fmt::format("did not go on from round {}: its result was corrected, and what followed was kept",
                       t.round_of(last));
}

}  // namespace

std::vector<StandingView> standings_list(const Tournament& t) {
    std::vector<StandingView> list;
    const auto tally = tallies(t);
    const auto points = scored(t);
    const bool eliminates = !t.stages.empty() && !t.stages.back().stage.format().by_points;
    const auto last = eliminates ? last_matches(t) : std::vector<MatchNumber>{};
    for (const auto& place : places(t)) {
        const auto& entrant = t.entrants[place.entrant];
        const auto& sums = tally[place.entrant];
        auto& view = list.emplace_back(StandingView{.place = place.first,
                                                    .place_to = place.last,
                                                    .bot_id = BotId{entrant.id.uuid},
                                                    .bot_name = entrant.name,
                                                    .seed = t.shown_seed(place.entrant),
                                                    .wins = sums.wins,
                                                    .losses = sums.losses,
                                                    .draws = sums.draws});
        if (const auto found = points.find(place.entrant); found != points.end()) fill_points(view, found->second);
        if (eliminates) view.why = why_eliminated(t, place, last[place.entrant]);
        if (was_removed(t, place.entrant))
            view.why = "withdrew before it had played: it counts as if it had never come";
        if (entrant.left) view.left.emplace(*entrant.left);
    }
    return list;
}

StandingsView standings_view(TournamentId id, const Tournament& t) {
    return {id, std::string(t.format->name), shown(t.status), standings_list(t)};
}

namespace {

std::string why_seed(const Tournament& t, EntrantIndex index) {
    const auto& entrant = t.entrants[index];
    const auto seed = t.shown_seed(index);
    switch (t.options.seeding) {
        case seeding::Method::random: return fmt::format("seed {} by lot, with draw seed {}", seed, t.draw_seed);
        case seeding::Method::rating:
            return entrant.rating == 0 ? fmt::format("seed {}: it has no rating", seed)
                                       : fmt::format("seed {} by its rating of {}", seed, entrant.rating);
        case seeding::Method::registration: return fmt::format("seed {} in order of registration", seed);
        case seeding::Method::manual:
            return entrant.manual_seed ? fmt::format("seed {}: it was entered as seed {}", seed, *entrant.manual_seed)
                                       : fmt::format("seed {}: it was entered without one", seed);
    }
    return {};
}

}  // namespace

std::optional<ExplanationView> explanation_view(TournamentId id, const Tournament& t, BotId bot) {
    const auto found = t.index_of.find(EntrantId{bot.uuid});
    if (found == t.index_of.end() || t.stages.empty()) return std::nullopt;
    ExplanationView view{.tournament_id = id, .bot_id = bot, .seed_why = why_seed(t, found->second)};
    for (auto& standing : standings_list(t))
        if (standing.bot_id == bot) view.standing = std::move(standing);
    const auto all = scored(t);
    const auto mine = all.find(found->second);
    if (mine == all.end()) return view;
    const auto& [run, group, standing, before] = mine->second;
    const auto settings = formats::standing_settings(run->stage);
    const auto table = formats::cross_table(run->stage, group);
    const auto seeds = formats::seeds_of(run->stage, group);
    const auto row = static_cast<standings::Row>(std::ranges::find(seeds, standing.seed) - seeds.begin());
    for (std::size_t i = 0; i < settings.tiebreaks.size(); ++i) {
        const auto tiebreak = settings.tiebreaks[i];
        view.cells.push_back(
            {std::string(codec::word_of<spelling>(tiebreak)), std::string(standings::rule_of(tiebreak).title),
             standings::value_text(tiebreak, standing.values[i]), standings::explain(table, settings, tiebreak, row)});
    }
    return view;
}

}  // namespace agon::arena
