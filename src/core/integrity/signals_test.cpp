#include "core/integrity/signals.hpp"

#include <doctest/doctest.h>

#include <random>

#include "core/integrity/chance.hpp"

namespace agon::integrity {

namespace {

UserId user(std::uint8_t n) {
    UserId id;
    id.uuid.bytes[15] = n;
    return id;
}

/// A game and its players; the clock stands still unless it is moved.
struct Hall {
    GameWeek game;
    std::map<UserId, PlayerRecord> players;
    std::map<std::pair<UserId, UserId>, PairWeek> pairs;
    Instant now{.us = 1'764'000'000'000'000};
    std::vector<Finding> found;

    void play(std::uint8_t a, std::uint8_t b, double score_of_a, std::optional<Pairing> pairing = {}) {
        auto& pair = pairs[std::minmax(user(a), user(b))];
        const Played played{user(a), user(b), score_of_a, pairing};
        for (auto& f : count(game, players[user(a)], players[user(b)], pair, played, now))
            found.push_back(std::move(f));
    }
    bool flags(Signal signal, std::uint8_t player) const {
        return std::ranges::any_of(found,
                                   [&](const auto& f) { return f.signal == signal && f.player == user(player); });
    }
    bool flags(Signal signal) const {
        return std::ranges::any_of(found, [&](const auto& f) { return f.signal == signal; });
    }
    /// Honest play of the players 10 to 69, in random pairs.
    void crowd(int matches, std::optional<Pairing> pairing = {}, unsigned seed = 1) {
        std::mt19937 random{seed};
        for (int i = 0; i < matches; ++i) {
            const auto a = static_cast<std::uint8_t>(10 + random() % 60);
            auto b = static_cast<std::uint8_t>(10 + random() % 59);
            if (b >= a) ++b;
            play(a, b, random() % 2 ? 1 : 0, pairing);
        }
    }
};

constexpr Pairing usual{.between_joins = seconds(40), .lasted = seconds(600), .quick = seconds(10)};

}  // namespace

TEST_CASE("tails of known distributions") {
    CHECK(poisson_tail(0, 3) == 1);
    CHECK(poisson_tail(5, 1) == doctest::Approx(0.00365985));
    CHECK(poisson_tail(5, 0) == 0);
    CHECK(binomial_tail(2, 3, 0.5) == doctest::Approx(0.5));
    CHECK(binomial_tail(3, 3, 0.1) == doctest::Approx(0.001));
    CHECK(binomial_tail(4, 3, 0.5) == 0);
}

TEST_CASE("weeks begin on Mondays") {
    const auto sunday = parse_rfc3339("2026-11-22T23:59:59Z"), monday = parse_rfc3339("2026-11-23T00:00:00Z");
    CHECK(week_of(*sunday) + 1 == week_of(*monday));
    CHECK(week_of(*monday) == week_of(*parse_rfc3339("2026-11-29T23:59:59Z")));
}

TEST_CASE("honest play in a crowd is not conspicuous") {
    for (const unsigned seed : {1u, 2u, 3u}) {
        Hall hall;
        hall.crowd(3'000, usual, seed);
        CHECK(hall.found.empty());
    }
}

TEST_CASE("a pair that keeps meeting stands out among many, and not where nobody else plays") {
    Hall crowded;
    crowded.crowd(500);
    for (int i = 0; i < 6; ++i) crowded.play(1, 2, i % 2);
    CHECK(crowded.flags(Signal::met_too_often, 1));
    CHECK(crowded.flags(Signal::met_too_often, 2));
    Hall alone;
    for (int i = 0; i < 100; ++i) alone.play(1, 2, i % 2);
    CHECK(!alone.flags(Signal::met_too_often));
}

TEST_CASE("a week is forgotten with its end") {
    Hall hall;
    hall.crowd(500);
    for (int i = 0; i < 4; ++i) hall.play(1, 2, 1);
    hall.now = hall.now + std::chrono::days(7);
    hall.crowd(500, {}, 2);
    for (int i = 0; i < 4; ++i) hall.play(1, 2, 1);
    CHECK(!hall.flags(Signal::met_too_often));
}

TEST_CASE("a pair that joins together each time stands out, unless everybody joins like that") {
    const Pairing at_once{.between_joins = seconds(1), .lasted = seconds(600), .quick = seconds(10)};
    Hall hall;
    hall.crowd(500, usual);
    for (int i = 0; i < 5; ++i) hall.play(1, 2, i % 2, at_once);
    CHECK(hall.flags(Signal::joined_together, 1));
    Hall busy;
    busy.crowd(500, at_once);
    for (int i = 0; i < 5; ++i) busy.play(1, 2, i % 2, at_once);
    CHECK(!busy.flags(Signal::joined_together));
}

TEST_CASE("who lives on newcomers stands out, and everybody does in a week where all are new") {
    Hall hall;
    hall.crowd(2'000);
    for (std::uint8_t n = 0; n < 20; ++n) hall.play(1, static_cast<std::uint8_t>(100 + n), 1);
    CHECK(hall.flags(Signal::beat_newcomers, 1));
    Hall fresh;
    for (std::uint8_t n = 0; n < 60; ++n)
        fresh.play(static_cast<std::uint8_t>(n % 4 + 1), static_cast<std::uint8_t>(100 + n), 1);
    CHECK(!fresh.flags(Signal::beat_newcomers));
}

TEST_CASE("losing on purpose is below somebody's strength, and coming back is above it") {
    Hall hall;
    hall.crowd(2'000);
    hall.players[user(1)] = {.games = 100, .strength = 1600, .below = {}, .above = {}, .this_week = {}};
    const auto meets_its_like = [&](int matches, double score) {
        for (int i = 0; i < matches; ++i) {
            const auto rival = static_cast<std::uint8_t>(10 + i % 60);
            hall.players[user(rival)].strength = hall.players[user(1)].strength;
            hall.play(1, rival, score);
        }
    };
    meets_its_like(15, 0);
    CHECK(!hall.flags(Signal::below_strength, 1));
    meets_its_like(10, 0);
    CHECK(hall.flags(Signal::below_strength, 1));
    CHECK(!hall.flags(Signal::above_strength, 1));
    meets_its_like(40, 1);
    CHECK(hall.flags(Signal::above_strength, 1));
}

TEST_CASE("results that nobody can have played for stand out") {
    Hall hall;
    hall.play(1, 2, 1, Pairing{.between_joins = seconds(40), .lasted = seconds(2), .quick = seconds(10)});
    hall.play(1, 2, 1, Pairing{.between_joins = seconds(40), .lasted = seconds(2), .quick = seconds(10)});
    CHECK(hall.found.empty());
    hall.play(1, 2, 1, Pairing{.between_joins = seconds(40), .lasted = seconds(2), .quick = seconds(10)});
    CHECK(hall.flags(Signal::quick_results, 2));
}

TEST_CASE("a second claim that was not true is told") {
    PlayerRecord player;
    CHECK(count_false_claim(player, user(1), {}).empty());
    const auto found = count_false_claim(player, user(1), {});
    REQUIRE(found.size() == 1);
    CHECK(sentence(found[0]) == "2 of its results or disputes in a week were decided otherwise");
}

}  // namespace agon::integrity
