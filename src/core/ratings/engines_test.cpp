// What holds in every engine.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>
#include <set>

#include "base/prng.hpp"
#include "core/ratings/engine.hpp"
#include "core/ratings/link.hpp"

namespace agon::ratings {

namespace {

Settings defaults_of(const Engine& engine) { return *engine.read_settings(JsonObject{}); }

/// Fractions of points, so that properties are not lost in rounding.
Settings smooth(const Engine& engine) { return *engine.read_settings(JsonObject{{"rounding", "none"}}); }

/// Teams with ratings of their own.
struct Field {
    std::vector<std::vector<Rating>> ratings;
    std::vector<std::uint32_t> places;

    std::vector<Team> teams() {
        std::vector<Team> all;
        for (std::size_t i = 0; i < ratings.size(); ++i) all.push_back({.players = ratings[i], .place = places[i]});
        return all;
    }
};

Rating any_rating(const Engine& engine) {
    auto rating = engine.initial(defaults_of(engine));
    rating.value += *rc::gen::inRange(-400, 400);
    rating.deviation *= *rc::gen::inRange(10, 100) / 100.0;
    rating.games = *rc::gen::inRange(0, 200);
    return rating;
}

Field any_field(const Engine& engine, std::size_t most_teams = 6) {
    Field field;
    const auto count = *rc::gen::inRange<std::size_t>(2, most_teams + 1);
    for (std::size_t i = 0; i < count; ++i) {
        field.places.push_back(*rc::gen::inRange<std::uint32_t>(1, 5));
        auto& players = field.ratings.emplace_back();
        const auto size = *rc::gen::inRange(1, 4);
        for (int j = 0; j < size; ++j) players.push_back(any_rating(engine));
    }
    return field;
}

bool close(double a, double b) { return std::abs(a - b) < 1e-7; }

/// The change of the first player of the first team.
double gain(const Engine& engine, Field field, const Settings& settings) {
    const double before = field.ratings[0][0].value;
    auto teams = field.teams();
    engine.update(teams, settings);
    return field.ratings[0][0].value - before;
}

template <class Property>
void holds_in_every_engine(Property property) {
    for (const auto* engine : all_engines()) {
        CAPTURE(engine->name);
        CHECK(rc::check([&] { property(*engine); }));
    }
}

}  // namespace

TEST_CASE("engines: each is found by its name, and no other is") {
    for (const auto* engine : all_engines()) CHECK(find_engine(engine->name) == engine);
    CHECK(find_engine("elo") == all_engines().front());
    CHECK(find_engine("trueskill") == nullptr);
}

TEST_CASE("engines: settings read, fill in and refuse") {
    for (const auto* engine : all_engines()) {
        CAPTURE(engine->name);
        const auto settings = engine->read_settings(JsonObject{{"initial", 1000}});
        REQUIRE(settings.has_value());
        CHECK(engine->initial(*settings).value == 1000);
        const auto written = engine->write_settings(*settings);
        const auto schema = engine->settings_schema();
        CHECK(written.as_object().size() == schema.as_object().at("properties").as_object().size());
        CHECK(engine->write_settings(*engine->read_settings(written)) == written);

        const auto refusal = engine->read_settings(JsonObject{{"initial", -1}});
        REQUIRE_FALSE(refusal.has_value());
        CHECK(refusal.error().code == Code::invalid);
        CHECK(refusal.error().pointer == "/initial");
    }
}

TEST_CASE("engines: a game of one team changes nothing, and that team is sure to win it") {
    for (const auto* engine : all_engines()) {
        const auto settings = defaults_of(*engine);
        Field field{.ratings = {{engine->initial(settings)}}, .places = {1}};
        auto teams = field.teams();
        engine->update(teams, settings);
        CHECK(field.ratings[0][0] == engine->initial(settings));
        CHECK(engine->predict(teams, settings) == std::vector{1.0});
        CHECK(engine->predict({}, settings).empty());
    }
}

TEST_CASE("engines: new players have equal chances") {
    for (const auto* engine : all_engines()) {
        const auto settings = defaults_of(*engine);
        Field field{.ratings{4, {engine->initial(settings)}}, .places = {1, 1, 1, 1}};
        for (const auto chance : engine->predict(field.teams(), settings)) CHECK(chance == doctest::Approx(0.25));
    }
}

TEST_CASE("engines: chances are between 0 and 1 and add up to 1") {
    holds_in_every_engine([](const Engine& engine) {
        auto field = any_field(engine);
        const auto chances = engine.predict(field.teams(), defaults_of(engine));
        RC_ASSERT(chances.size() == field.ratings.size());
        for (const auto chance : chances) RC_ASSERT(chance >= 0 && chance <= 1);
        RC_ASSERT(close(std::accumulate(chances.begin(), chances.end(), 0.0), 1));
    });
}

TEST_CASE("engines: the order in which the teams are given does not matter") {
    holds_in_every_engine([](const Engine& engine) {
        auto field = any_field(engine);
        std::vector<std::size_t> order(field.ratings.size());
        std::iota(order.begin(), order.end(), 0U);
        Prng{*rc::gen::arbitrary<std::uint64_t>()}.shuffle(order);
        Field other;
        for (const auto i : order) {
            other.ratings.push_back(field.ratings[i]);
            other.places.push_back(field.places[i]);
        }
        const auto settings = smooth(engine);
        auto teams = field.teams(), shuffled = other.teams();
        const auto chances = engine.predict(teams, settings), others = engine.predict(shuffled, settings);
        engine.update(teams, settings);
        engine.update(shuffled, settings);
        for (std::size_t i = 0; i < order.size(); ++i) {
            RC_ASSERT(close(others[i], chances[order[i]]));
            for (std::size_t j = 0; j < other.ratings[i].size(); ++j) {
                RC_ASSERT(close(other.ratings[i][j].value, field.ratings[order[i]][j].value));
                RC_ASSERT(close(other.ratings[i][j].deviation, field.ratings[order[i]][j].deviation));
            }
        }
    });
}

TEST_CASE("engines: only the order of the places matters, and every player has one game more") {
    holds_in_every_engine([](const Engine& engine) {
        auto field = any_field(engine);
        auto other = field;
        for (auto& place : other.places) place = place * place + 7;
        const auto before = field.ratings;
        auto teams = field.teams(), spread = other.teams();
        engine.update(teams, defaults_of(engine));
        engine.update(spread, defaults_of(engine));
        RC_ASSERT(field.ratings == other.ratings);
        for (std::size_t i = 0; i < before.size(); ++i)
            for (std::size_t j = 0; j < before[i].size(); ++j)
                RC_ASSERT(field.ratings[i][j].games == before[i][j].games + 1);
    });
}

TEST_CASE("engines: among teams that are not level, a better place always gives a better rating") {
    holds_in_every_engine([](const Engine& engine) {
        auto field = any_field(engine);
        for (std::size_t i = 0; i < field.places.size(); ++i) field.places[i] = 2 * static_cast<std::uint32_t>(i) + 2;
        Prng{*rc::gen::arbitrary<std::uint64_t>()}.shuffle(field.places);
        RC_PRE(field.places[0] > 2);
        auto better = field;
        better.places[0] = field.places[0] - 3;
        const auto settings = smooth(engine);
        RC_ASSERT(gain(engine, better, settings) > gain(engine, field, settings));
    });
}

TEST_CASE("engines: in a duel a win is worth more than a draw, and a draw more than a loss") {
    holds_in_every_engine([](const Engine& engine) {
        Field field{.ratings = {{any_rating(engine)}, {any_rating(engine)}}, .places = {1, 2}};
        const auto settings = smooth(engine);
        const auto gain_at = [&](std::uint32_t place) {
            field.places[0] = place;
            return gain(engine, field, settings);
        };
        RC_ASSERT(gain_at(1) > gain_at(2));
        RC_ASSERT(gain_at(2) > gain_at(3));
    });
}

TEST_CASE("engines: in a duel the winner gains, the loser loses, and a stronger opponent is worth more") {
    holds_in_every_engine([](const Engine& engine) {
        const auto settings = smooth(engine);
        Field field{.ratings = {{any_rating(engine)}, {any_rating(engine)}}, .places = {1, 2}};
        const auto won = gain(engine, field, settings);
        auto stronger = field;
        stronger.ratings[1][0].value += *rc::gen::inRange(1, 300);
        RC_ASSERT(won > 0);
        RC_ASSERT(gain(engine, stronger, settings) > won);
        field.places = stronger.places = {2, 1};
        RC_ASSERT(gain(engine, field, settings) < 0);
        RC_ASSERT(gain(engine, stronger, settings) > gain(engine, field, settings));
    });
}

TEST_CASE("engines: the stronger a team, the better its chance") {
    holds_in_every_engine([](const Engine& engine) {
        auto field = any_field(engine);
        const auto settings = defaults_of(engine);
        const auto before = engine.predict(field.teams(), settings);
        field.ratings[0][0].value += *rc::gen::inRange(1, 300);
        const auto after = engine.predict(field.teams(), settings);
        RC_ASSERT(after[0] > before[0]);
        for (std::size_t i = 1; i < after.size(); ++i) RC_ASSERT(after[i] < before[i]);
    });
}

TEST_CASE("engines: they learn who is stronger") {
    for (const auto* engine : all_engines()) {
        CAPTURE(engine->name);
        const auto settings = defaults_of(*engine);
        std::vector<Rating> players(10, engine->initial(settings));
        Prng prng{7};
        for (int i = 0; i < 5000; ++i) {
            const auto a = prng.below(10), b = prng.below(10);
            if (a == b) continue;
            // Player n is really worth 100·n points on Elo's scale.
            const double difference = 0.5756 * (static_cast<double>(a) - static_cast<double>(b));
            const bool a_wins = static_cast<double>(prng.below(1'000'000)) < 1e6 * logistic(difference);
            std::array teams{Team{.players = std::span(players).subspan(a, 1), .place = a_wins ? 1U : 2U},
                             Team{.players = std::span(players).subspan(b, 1), .place = a_wins ? 2U : 1U}};
            engine->update(teams, settings);
        }
        for (std::size_t i = 0; i + 2 < players.size(); ++i) CHECK(players[i].value < players[i + 2].value);
        CHECK(players[9].value - players[0].value == doctest::Approx(900).epsilon(0.2));
    }
}

// --- time -----------------------------------------------------------------------------------------------------------------

TEST_CASE("time without games makes ratings less certain by the engine's own periods, and moves none") {
    constexpr Instant played{1'700'000'000'000'000};
    constexpr auto day = std::chrono::days(1);
    for (const auto* engine : all_engines()) {
        CAPTURE(std::string(engine->name));
        const auto settings = defaults_of(*engine);
        auto rating = engine->initial(settings);
        rating.value += 100, rating.deviation /= 4, rating.games = 9;
        const auto after = [&](Duration rest) {
            return rested_until(played + rest, played, rating, *engine, settings);
        };
        CHECK(rested_until(played, std::nullopt, rating, *engine, settings) == rating);
        CHECK(after(Duration{0}) == rating);
        CHECK(after(-day) == rating);
        CHECK(after(10000 * day).value == rating.value);
        CHECK(after(10000 * day).games == 9);
        if (engine->period_days(settings) == 0) {
            CHECK(rating.deviation == 0);
            CHECK(after(10000 * day) == rating);
            continue;
        }
        CHECK(engine->period_days(settings) == 7);
        CHECK(after(14 * day) == engine->rested(rating, 2, settings));
        CHECK(after(std::chrono::hours(84)) == engine->rested(rating, 0.5, settings));
        CHECK(after(14 * day).deviation > after(13 * day).deviation);
        CHECK(after(std::chrono::days(100'000)).deviation <= engine->initial(settings).deviation);
        const auto timeless = *engine->read_settings(JsonObject{{"period_days", 0}});
        CHECK(rested_until(played + 100 * day, played, rating, *engine, timeless) == rating);
    }
}

}  // namespace agon::ratings
