#include "app/export.hpp"

#include <doctest/doctest.h>

#include "app/swiss_files.hpp"
#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

/// A tournament of built-in bots, played to its end.
Tournament played(std::string format, int bots, JsonObject config = {}) {
    World world;
    auto made = world->run(world->tournaments.create(
        {.name = "Cup", .game_type = "rps", .format = std::move(format), .config = std::move(config)}));
    REQUIRE(made.has_value());
    for (int i = 0; i < bots; ++i) world.join(*made, world.builtin("random"));
    world.start(*made);
    auto t = world.state(*made);
    REQUIRE(t.status == Status::completed);
    return t;
}

const TournamentId some_id{Uuid{{1}}};

}  // namespace

TEST_CASE("a Swiss tournament's report reads back, and its results make its points") {
    const auto t = played("swiss", 9, {{"rounds", 4}});
    const auto text = export_as(ExportFormat::trf, some_id, t);
    REQUIRE(text.has_value());
    const auto report = trf::read(*text);
    REQUIRE_MESSAGE(report.has_value(), report.error().message);
    CHECK(report->players.size() == 9);
    CHECK(report->total_rounds == 4);
    CHECK(trf::rounds_played(*report) == 4);
}

TEST_CASE("a tournament of a game with a first move checks as the arbiters' programs would have it") {
    auto t = played("swiss", 9, {{"rounds", 4}});
    // The same entrants and draw, with sides given out by rule, and every home side winning.
    auto what = Tournament{};
    TournamentCreated created{.name = "Chess",
                              .game_type = "rps",
                              .format = "swiss",
                              .max_entrants = 64,
                              .driver = Driver::manual,
                              .game_options = JsonObject{},
                              .stages = t.plan,
                              .colours = true};
    const auto run = [&](const TournamentCommand& command) {
        auto events = decide(what, command, Instant{1});
        REQUIRE(events.has_value());
        for (auto more = *events; !more.empty(); more = consequences(what, Instant{1}))
            for (const auto& event : more) evolve(what, event, Instant{1});
    };
    run(CreateTournament{created});
    for (const auto& entrant : t.entrants) run(RegisterEntrant{.entrant = entrant.id, .name = entrant.name});
    run(StartTournament{.draw_seed = 5});
    std::uint8_t side = 0;
    while (what.status == Status::in_progress)
        for (MatchNumber m = 1; m <= what.match_count(); ++m)
            if (what.match(m).status == formats::MatchStatus::in_progress)
                run(ReportResult{.match = m, .winner_side = side ^= 1});
    const auto report = report_of(what);
    REQUIRE(report.has_value());
    const auto differences = swiss::check(*report);
    REQUIRE_MESSAGE(differences.has_value(), differences.error().message);
    for (const auto& difference : *differences) MESSAGE(difference.what);
    CHECK(differences->empty());
}

TEST_CASE("a report holds no bracket, and says what does") {
    const auto t = played("single_elimination", 4);
    CHECK(report_of(t).error().message == "a report does not hold the format 'Single elimination'; take JSON or CSV");
    CHECK(report_of(Tournament{}).error().code == Code::wrong_state);
}

TEST_CASE("a table has a line for everybody, and no cell is a formula") {
    auto t = played("round_robin", 4);
    t.entrants[0].name = "=HYPERLINK(\"x\")";
    const auto text = *export_as(ExportFormat::csv, some_id, t);
    CHECK(std::ranges::count(text, '\n') == 5);
    CHECK(text.starts_with("place,place_to,id,name,club,seed,rating,points,"));
    CHECK(text.find("\"'=HYPERLINK(\"\"x\"\")\"") != text.npos);
}

TEST_CASE("the document holds every entrant and every match") {
    const auto t = played("double_elimination", 6);
    const auto document = parse_json(*export_as(ExportFormat::json, some_id, t));
    REQUIRE(document.has_value());
    CHECK(document->at("entrants").as_array().size() == 6);
    CHECK(document->at("matches").as_array().size() == t.match_count());
}

}  // namespace agon
