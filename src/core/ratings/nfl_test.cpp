// A century of American football: the ratings that FiveThirtyEight published before each of 16,810 games, rebuilt.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "base/test_data_testing.hpp"
#include "core/ratings/elo.hpp"
#include "core/ratings/replay.hpp"

namespace agon::ratings {

namespace {

struct NflGame {
    std::int64_t season = 0;
    Venue venue{};
    std::array<std::string, 2> teams;
    /// As published, before the game.
    std::array<double, 2> elo{};
    double chance = 0;
    std::array<double, 2> points{};
    std::array<std::uint32_t, 2> places{};
};

/// The lines after the first, split at commas. Empty, and says so, where the data is not there.
std::vector<std::vector<std::string>> rows_of(const std::string& name) {
    std::vector<std::vector<std::string>> rows;
    const auto file = testing::test_data_path("ratings/" + name);
    if (!file) return rows;
    std::ifstream in(*file);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::istringstream fields(line);
        auto& row = rows.emplace_back();
        for (std::string field; std::getline(fields, field, ',');) row.push_back(field);
    }
    return rows;
}

/// date, season, neutral, playoff, team1, team2, elo1, elo2, elo_prob1, score1, score2, result1
NflGame game_of(const std::vector<std::string>& row) {
    const auto number = [&](std::size_t i) { return std::stod(row[i]); };
    const double result = number(11);
    return {.season = std::stoll(row[1]),
            .venue = row[2] == "1" ? Venue::neutral : Venue::home,
            .teams = {row[4], row[5]},
            .elo = {number(6), number(7)},
            .chance = number(8),
            .points = {number(9), number(10)},
            .places = {result == 0 ? 2U : 1U, result == 1 ? 2U : 1U}};
}

/// Empty where the data is not there.
std::vector<NflGame> history() {
    std::vector<NflGame> games;
    for (const auto& row : rows_of("nfl_games.csv")) games.push_back(game_of(row));
    return games;
}

/// "K 20, home 65, a third of the way back to 1505 between seasons, the margin's multiplier."
constexpr EloSettings published{.k = 20,
                                .rounding = Rounding::none,
                                .margin = Margin::logarithmic,
                                .home_advantage = 65,
                                .reversion = 1.0 / 3,
                                .reversion_mean = 1505};

/// Ratings that did not come from the season before, as their authors list them.
const std::map<std::pair<std::string, std::int64_t>, double> exceptions{
    {{"CBD", 1925}, 1502.032}, {{"RAC", 1926}, 1403.384}, {{"LOU", 1926}, 1307.201}, {{"CIB", 1927}, 1362.919},
    {{"MNN", 1929}, 1306.702}, {{"BFF", 1929}, 1331.943}, {{"LAR", 1944}, 1373.977}, {{"PHI", 1944}, 1497.988},
    {{"ARI", 1945}, 1353.939}, {{"PIT", 1945}, 1353.939}, {{"CLE", 1999}, 1300.0},
};

/// The published model on the engine's functions. Seasons that a team missed do not count as rest.
class NflModel {
public:
    NflModel() {
        for (const auto& row : rows_of("nfl_initial_elos.csv")) teams_[row.at(0)].rating.value = std::stod(row.at(1));
    }

    /// The two ratings as they go into the game.
    std::array<Rating, 2> before(const NflGame& game) {
        return {in_season(game.teams[0], game.season), in_season(game.teams[1], game.season)};
    }
    void after(const NflGame& game, const std::array<Rating, 2>& ratings) {
        for (std::size_t i = 0; i < 2; ++i) teams_[game.teams[i]].rating = ratings[i];
    }

private:
    struct Club {
        Rating rating;
        std::int64_t season = 0;
    };

    Rating in_season(const std::string& name, std::int64_t season) {
        auto& club = teams_.at(name);
        if (club.season != 0 && club.season != season) club.rating = rested(club.rating, 1, published);
        if (const auto found = exceptions.find({name, season}); found != exceptions.end() && club.season != season)
            club.rating.value = found->second;
        club.season = season;
        return club.rating;
    }

    std::map<std::string, Club> teams_;
};

constexpr std::int64_t first_scored = 2000;

PlayedGame played(const NflGame& game) {
    return {.sides = {{{game.teams[0]}, game.places[0], game.points[0], game.venue},
                      {{game.teams[1]}, game.places[1], game.points[1], Venue::neutral}}};
}

/// How well the engine foretold the games from `first_scored`, after all that came before.
Scores scores_of(const Engine& engine, const Settings& settings, const std::vector<NflGame>& games) {
    Replay replay(engine, settings);
    bool scoring = false;
    for (const auto& game : games) {
        if (!scoring && game.season >= first_scored) {
            replay.begin_scoring();
            scoring = true;
        }
        replay.play(played(game));
    }
    return replay.scores();
}

/// To four decimals.
bool close(double a, double b) { return std::abs(a - b) <= 0.00005; }

std::array<Team, 2> teams_of(const NflGame& game, std::array<Rating, 2>& ratings) {
    return {Team{std::span(ratings).first(1), game.places[0], game.points[0], game.venue},
            Team{std::span(ratings).last(1), game.places[1], game.points[1], Venue::neutral}};
}

}  // namespace

TEST_CASE("elo on the NFL: all 33,620 published ratings within 0.001, all probabilities within 0.000002") {
    const auto games = history();
    if (games.empty()) return;
    NflModel model;
    double rating_error = 0, chance_error = 0;
    for (const auto& game : games) {
        auto ratings = model.before(game);
        auto teams = teams_of(game, ratings);
        for (std::size_t i = 0; i < 2; ++i)
            rating_error = std::max(rating_error, std::abs(ratings[i].value - game.elo[i]));
        chance_error = std::max(chance_error, std::abs(predict(teams, published)[0] - game.chance));
        update(teams, published);
        model.after(game, ratings);
    }
    CHECK(games.size() == 16'810);
    CHECK(rating_error < 0.001);
    CHECK(chance_error < 0.000002);
    MESSAGE("largest difference: rating ", rating_error, ", probability ", chance_error);
}

TEST_CASE("scores on the NFL from 2000: the published probabilities") {
    const auto games = history();
    if (games.empty()) return;
    Scoring scoring;
    for (const auto& game : games)
        if (game.season >= first_scored) scoring.add(std::array{game.chance, 1 - game.chance}, game.places);
    const auto scores = scoring.scores();
    CHECK(scores.games == 5593);
    CHECK(close(scores.accuracy, 0.6427));
    CHECK(close(scores.log_loss, 0.6298));
    CHECK(close(scores.brier, 0.2196));
}

TEST_CASE("scores on the NFL from 2000: Elo with K 32 and 65 points for home, learnt from 1920 on") {
    const auto games = history();
    if (games.empty()) return;
    const auto scores =
        scores_of(elo, EloSettings{.floor = 0, .rounding = Rounding::none, .home_advantage = 65}, games);
    CHECK(scores.games == 5593);
    CHECK(close(scores.accuracy, 0.6326));
    CHECK(close(scores.log_loss, 0.6484));
    CHECK(close(scores.brier, 0.2275));
}

TEST_CASE("scores on the NFL from 2000: every engine foretells better than a coin or the home side") {
    const auto games = history();
    if (games.empty()) return;
    for (const auto* engine : all_engines()) {
        const auto settings = *engine->read_settings(JsonObject{{"home_advantage", 65}});
        const auto scores = scores_of(*engine, settings, games);
        MESSAGE(engine->name, ": accuracy ", scores.accuracy, ", log-loss ", scores.log_loss, ", Brier ", scores.brier);
        CHECK(scores.accuracy > 0.60);  // the home side wins 0.5695
        CHECK(scores.log_loss < 0.66);  // a coin has 0.6931
    }
}

}  // namespace agon::ratings
