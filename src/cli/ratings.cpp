#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "adapters/sqlite/sqlite_store.hpp"
#include "adapters/system/system.hpp"
#include "app/rating_replay.hpp"
#include "app/ratings.hpp"
#include "cli/commands.hpp"
#include "cli/server.hpp"

namespace agon::cli {

namespace {

struct ReplayArguments {
    std::string data = "./agon-data";
    std::string game;
    std::string engine;
    std::vector<std::string> set;
    bool switch_to = false;
    bool json = false;
};

constexpr std::size_t best_shown = 10;

/// `k=24`, `rounding=none`: a number where it is one, else a word.
Result<Json> settings_of(const std::vector<std::string>& set) {
    JsonObject settings;
    for (const auto& item : set) {
        const auto equals = item.find('=');
        if (equals == item.npos || equals == 0)
            return refused(Code::invalid, fmt::format("--set {}: must be NAME=VALUE, as in k=24", item));
        const auto text = item.substr(equals + 1);
        const auto number = parse_json(text);
        settings[item.substr(0, equals)] = number && number->is_number() ? *number : Json(text);
    }
    return Json(std::move(settings));
}

/// The engine that was named, with its settings; else the one that is in force, as it is set.
Result<RatingRule> rule_of(const ReplayArguments& arguments, Store& store) {
    const auto settings = settings_of(arguments.set);
    if (!settings) return std::unexpected(settings.error());
    const auto present = RatingRules::read(store).of(arguments.game);
    if (arguments.engine.empty() && arguments.set.empty()) return present;
    auto rule = rating_rule(arguments.engine.empty() ? present.engine->name : arguments.engine, *settings);
    if (rule) return rule;
    const auto& error = rule.error();
    return refused(Code::invalid, error.pointer == "/engine"
                                      ? fmt::format("--engine {}: {}", arguments.engine, error.message)
                                      : fmt::format("--set {}: {}", error.pointer.substr(1), error.message));
}

/// The follower works everything out anew, as the server would at its next start.
void catch_up(Store& store) {
    SystemClock clock;
    Journal journal{store};
    Engine engine{store, journal, clock};
    boost::asio::io_context context{1};
    Ratings ratings{engine, context};
    ratings.start();
    auto reached = boost::asio::co_spawn(context, ratings.reach(), boost::asio::use_future);
    context.run();
    reached.get();
}

struct ReplayReport {
    std::string game;
    std::string engine;
    Json settings;
    ratings::Scores scores;
    bool switched = false;
    std::vector<ratings::RatedPlayer> ratings;
};
BOOST_DESCRIBE_STRUCT(ReplayReport, (), (game, engine, settings, scores, switched, ratings))

ReplayReport report_of(const ReplayArguments& arguments, const RatingRule& rule, const RatingReplay& replay) {
    ReplayReport report{.game = arguments.game,
                        .engine = std::string(rule.engine->name),
                        .settings = rule.engine->write_settings(rule.settings),
                        .scores = replay.scores,
                        .switched = arguments.switch_to,
                        .ratings = {}};
    for (const auto& row : replay.ratings)
        report.ratings.push_back({row.player, {row.value, row.deviation, row.volatility, row.games}});
    return report;
}

void print_report(const ReplayReport& report) {
    fmt::print("{}, {} {}\n\n", report.game, report.engine, to_text(report.settings));
    fmt::print("matches   {}\naccuracy  {:.1f} % of {} decided\nlog-loss  {:.4f}\nBrier     {:.4f}\n",
               report.scores.games, report.scores.accuracy * 100, report.scores.decided, report.scores.log_loss,
               report.scores.brier);
    if (report.ratings.empty()) return;
    fmt::print("\n{:>8} {:>6} {:>6}  player\n", "rating", "+/-", "games");
    for (std::size_t i = 0; i < std::min(best_shown, report.ratings.size()); ++i) {
        const auto& [player, rating] = report.ratings[i];
        const auto deviation = rating.deviation > 0 ? fmt::format("{:.0f}", rating.deviation) : "";
        fmt::print("{:>8} {:>6} {:>6}  {}\n", ratings::shown(rating), deviation, rating.games, player);
    }
    if (report.ratings.size() > best_shown) fmt::print("and {} more\n", report.ratings.size() - best_shown);
}

int replay(const ReplayArguments& arguments) {
    if (!std::filesystem::exists(std::filesystem::path(arguments.data) / "agon.db"))
        return fail(1, fmt::format("--data {}: there is no agon.db", arguments.data));
    std::optional<DirectoryLock> lock;
    try {
        if (arguments.switch_to) lock.emplace(arguments.data);
    } catch (const std::exception& e) {
        return fail(1, fmt::format("{}; to switch engines: stop the server, give this command again, start the server. "
                                   "Without --switch it runs beside one",
                                   e.what()));
    }
    // Beside a server it is read as it is: nothing is prepared, nothing is filled in.
    const auto store = lock ? open_store({.data = arguments.data}) : open_sqlite_store(arguments.data);
    const auto rule = rule_of(arguments, *store);
    if (!rule) return fail(2, rule.error().message);
    const auto report = report_of(arguments, *rule, replay_ratings(*store, arguments.game, *rule));
    if (lock) {
        switch_engine(*store, arguments.game, *rule, SystemClock{}.now());
        catch_up(*store);
    }
    if (arguments.json)
        fmt::print("{}\n", codec::to_json<codec::Spelling{}>(report));
    else
        print_report(report);
    if (lock && !arguments.json)
        fmt::print("\nThe ratings of {} are {} from now on, and were worked out anew.\n", report.game, report.engine);
    return 0;
}

void add_replay(CLI::App& ratings_command, Run& chosen) {
    static ReplayArguments arguments;
    auto* command = ratings_command.add_subcommand(
        "replay", "work a game's ratings out anew from the log, and say how well they foretold its matches");
    command->add_option("--game", arguments.game, "whose: pool, rps, …")->required();
    command->add_option("--engine", arguments.engine, "by which engine; the game's own where none is named");
    command->add_option("--set", arguments.set, "a setting of the engine, NAME=VALUE; several times for several")
        ->allow_extra_args(false);
    command->add_flag("--switch", arguments.switch_to,
                      "the game uses that engine from now on, and its ratings are worked out anew; no server may run");
    command->add_option("--data", arguments.data, "the server's data directory")
        ->capture_default_str()
        ->envname("AGON_DATA");
    command->add_flag("--json", arguments.json, "as JSON, with all players");
    std::string engines;
    for (const auto* engine : ratings::all_engines())
        engines += fmt::format("\n  {:<24} {}", engine->name, engine->title);
    command->footer(
        "Engines (their settings: docs/ratings.md):" + engines +
        "\nAccuracy, log-loss and Brier score are of predictions made before each match counted; a coin has "
        "50 %, 0.6931 and 0.25.\n"
        "Examples:\n"
        "  agon ratings replay --game pool --data /var/lib/agon\n"
        "  agon ratings replay --game pool --engine glicko2 --set tau=0.3 --json\n"
        "  agon ratings replay --game rps --engine elo --set k=24 --set provisional_games=30\n"
        "  agon ratings replay --game pool --engine glicko2 --switch");
    command->callback([&chosen] { chosen = [] { return replay(arguments); }; });
}

}  // namespace

void add_ratings(CLI::App& program, Run& chosen) {
    auto* command =
        program.add_subcommand("ratings", "compare rating engines on what was played, and switch to another");
    command->require_subcommand(1);
    command->footer("Example:\n  agon ratings replay --game pool --data /var/lib/agon");
    add_replay(*command, chosen);
}

}  // namespace agon::cli
