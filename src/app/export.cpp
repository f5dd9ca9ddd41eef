#include "app/export.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/codec/codec.hpp"
#include "core/formats/stage_table.hpp"

namespace agon {

namespace {

// --- TRF ----------------------------------------------------------------------------------------------------------------

Result<void> check_report(const Tournament& t) {
    if (t.stages.empty()) return refused(Code::wrong_state, "not started yet");
    const auto& stage = t.stages.front().stage;
    if (!stage.format().by_points)
        return refused(Code::invalid,
                       fmt::format("a report does not hold the format '{}'; take JSON or CSV", stage.format().title));
    if (formats::group_count(stage) > 1) return refused(Code::invalid, "a report holds no groups; take JSON or CSV");
    if (stage.settings().entrants > trf::max_number)
        return refused(Code::invalid, fmt::format("a report holds at most {} players", trf::max_number));
    return {};
}

std::string day(Instant at) { return to_rfc3339(at).substr(0, 10); }

std::string slashes(std::string date) {
    std::ranges::replace(date, '-', '/');
    return date;
}

trf::Player player_of(const Entrant& entrant, trf::Number number, const standings::Player& row,
                      standings::Points points) {
    trf::Player player{.number = number,
                       .name = entrant.name,
                       .rating = static_cast<std::uint32_t>(std::clamp(entrant.rating, 0, 9999)),
                       .points = points};
    for (const auto& round : row.rounds)
        player.rounds.push_back({.opponent = round.opponent == standings::no_row ? 0 : round.opponent + 1,
                                 .colour = round.colour,
                                 .outcome = round.outcome});
    return player;
}

/// Games without colours have them in a report: the home side is white.
standings::CrossTable coloured_table(const formats::Stage& stage) {
    auto table = formats::cross_table(stage, 0);
    for (const auto& round : stage.rounds())
        for (const auto& match : stage.matches_of(round)) {
            if (match.is_bye() || match.status != formats::MatchStatus::completed) continue;
            for (std::size_t side = 0; side < 2; ++side)
                for (auto& entry : table.players[match.players[side]].rounds)
                    if (entry.opponent == match.players[1 - side])
                        entry.colour = side == 0 ? standings::Colour::white : standings::Colour::black;
        }
    return table;
}

}  // namespace

Result<trf::Report> report_of(const Tournament& t) {
    if (auto ok = check_report(t); !ok) return std::unexpected(ok.error());
    const auto& run = t.stages.front();
    const auto& stage = run.stage;
    const auto table = coloured_table(stage);
    const bool swiss = stage.format().takes_late_entrants;
    trf::Report report{.name = t.name,
                       .start_date = slashes(day(t.started_at.value_or(t.created_at))),
                       .end_date = t.ended_at ? slashes(day(*t.ended_at)) : "",
                       .players_count = std::to_string(table.players.size()),
                       .type = swiss ? "Individual: Swiss-System (FIDE Dutch)" : "Individual: Round-Robin",
                       .controller = "Agon",
                       .type_code = swiss ? "FIDE_DUTCH_2025" : "FIDE_ROUNDROBIN",
                       .total_rounds = swiss ? static_cast<std::uint32_t>(*stage.settings().options.rounds)
                                             : static_cast<std::uint32_t>(stage.rounds().size()),
                       .initial_colour = swiss ? stage.settings().first_colour : standings::Colour::none,
                       .scoring = table.scoring};
    for (trf::Row row = 0; row < table.players.size(); ++row)
        report.players.push_back(player_of(t.entrants[run.order[row]], row + 1, table.players[row], table.points(row)));
    for (const auto& standing : formats::group_standings(stage, 0)) report.players[standing.seed].rank = standing.first;
    return report;
}

// --- tables -------------------------------------------------------------------------------------------------------------

namespace {

struct ExportedMatch {
    std::int64_t match = 0;
    std::int64_t round = 0;
    std::int64_t stage = 0;
    std::int64_t group = 0;
    std::optional<std::string> home;
    std::optional<std::string> away;
    std::string status;
    std::optional<std::string> winner;
    std::optional<std::vector<std::int64_t>> score;
    bool forfeit = false;
    std::string decision;
};
BOOST_DESCRIBE_STRUCT(ExportedMatch, (),
                      (match, round, stage, group, home, away, status, winner, score, forfeit, decision))

struct ExportedEntrant {
    std::int64_t place = 0;
    std::int64_t place_to = 0;
    std::string id;
    std::string name;
    std::string club;
    std::int64_t seed = 0;
    std::int64_t rating = 0;
    std::optional<double> points;
    std::map<std::string, double> tiebreaks;
};
BOOST_DESCRIBE_STRUCT(ExportedEntrant, (), (place, place_to, id, name, club, seed, rating, points, tiebreaks))

struct ExportedTournament {
    TournamentId tournament_id;
    std::string name;
    std::string game_type;
    std::string status;
    std::vector<StagePlan> stages;
    std::vector<ExportedEntrant> entrants;
    std::vector<ExportedMatch> matches;
};
BOOST_DESCRIBE_STRUCT(ExportedTournament, (), (tournament_id, name, game_type, status, stages, entrants, matches))

std::optional<std::string> id_of(const Entrant* entrant) {
    return entrant ? std::optional(to_uuid_text(entrant->id.uuid)) : std::nullopt;
}

ExportedMatch exported(const Tournament& t, MatchNumber m) {
    const auto& match = t.match(m);
    ExportedMatch out{.match = m,
                      .round = t.round_of(m),
                      .stage = &t.run_of(m) - t.stages.data() + 1,
                      .group = match.group + 1,
                      .home = id_of(t.player(m, 0)),
                      .away = id_of(t.player(m, 1)),
                      .status = std::string(codec::word_of<codec::log_spelling>(match.status)),
                      .winner = id_of(t.winner(m)),
                      .forfeit = match.forfeit,
                      .decision = t.times[m - 1].decision};
    if (match.has_score) out.score = {match.score[0], match.score[1]};
    return out;
}

/// Points and tie-breaks by entrant, from the last stage that went by them.
void fill_points(std::map<EntrantIndex, ExportedEntrant>& entrants, const StageRun& run) {
    if (!run.stage.format().by_points) return;
    const auto order = formats::standing_settings(run.stage).tiebreaks;
    for (std::uint32_t group = 0; group < formats::group_count(run.stage); ++group)
        for (const auto& standing : formats::group_standings(run.stage, group)) {
            auto& entrant = entrants[run.order[standing.seed]];
            entrant.points = static_cast<double>(standing.values[0]) / 100;
            for (std::size_t i = 1; i < order.size(); ++i)
                entrant.tiebreaks[std::string(codec::word_of<codec::log_spelling>(order[i]))] =
                    static_cast<double>(standing.values[i]) / 100;
        }
}

std::vector<ExportedEntrant> exported_entrants(const Tournament& t) {
    std::map<EntrantIndex, ExportedEntrant> by_entrant;
    for (const auto& run : t.stages) fill_points(by_entrant, run);
    std::vector<ExportedEntrant> list;
    for (const auto& place : places(t)) {
        const auto& entrant = t.entrants[place.entrant];
        auto& out = list.emplace_back(std::move(by_entrant[place.entrant]));
        out.place = place.first;
        out.place_to = place.last;
        out.id = to_uuid_text(entrant.id.uuid);
        out.name = entrant.name;
        out.club = entrant.club;
        out.seed = t.shown_seed(place.entrant);
        out.rating = entrant.rating;
    }
    return list;
}

/// A cell of a spreadsheet: quoted, and never a formula.
std::string cell(std::string_view text) {
    std::string quoted = "\"";
    if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) quoted += '\'';
    for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

std::string to_csv(const std::vector<ExportedEntrant>& entrants) {
    std::string text = "place,place_to,id,name,club,seed,rating,points";
    const bool scored = !entrants.empty() && entrants.front().points;
    if (scored)
        for (const auto& [name, value] : entrants.front().tiebreaks) text += "," + name;
    text += "\r\n";
    for (const auto& e : entrants) {
        text += fmt::format("{},{},{},{},{},{},{},{}", e.place, e.place_to, e.id, cell(e.name), cell(e.club), e.seed,
                            e.rating, e.points ? fmt::format("{}", *e.points) : "");
        if (scored)
            for (const auto& [name, value] : e.tiebreaks) text += fmt::format(",{}", value);
        text += "\r\n";
    }
    return text;
}

std::string to_json(TournamentId id, const Tournament& t) {
    ExportedTournament out{.tournament_id = id,
                           .name = t.name,
                           .game_type = t.game_type,
                           .status = std::string(codec::word_of<codec::log_spelling>(t.status)),
                           .stages = t.plan,
                           .entrants = exported_entrants(t)};
    for (MatchNumber m = 1; m <= t.match_count(); ++m) out.matches.push_back(exported(t, m));
    return codec::to_json<codec::Spelling{}>(out);
}

}  // namespace

Result<std::string> export_as(ExportFormat format, TournamentId id, const Tournament& t) {
    if (format == ExportFormat::json) return to_json(id, t);
    if (format == ExportFormat::csv) return to_csv(exported_entrants(t));
    auto report = report_of(t);
    if (!report) return std::unexpected(std::move(report.error()));
    return trf::write(*report);
}

}  // namespace agon
