/// Cross tables as people write them, for tests.
#pragma once

#include <charconv>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>

#include "base/prng.hpp"
#include "base/result.hpp"
#include "core/standings/cross_table.hpp"

namespace agon::standings::testing {

namespace detail {

inline Outcome outcome_of(std::string_view mark) {
    if (mark == "1") return Outcome::win;
    if (mark == "=") return Outcome::draw;
    if (mark == "0") return Outcome::loss;
    if (mark == "+") return Outcome::forfeit_win;
    if (mark == "-" || mark == "−") return Outcome::forfeit_loss;
    if (mark == "U") return Outcome::pairing_bye;
    if (mark == "F") return Outcome::full_bye;
    if (mark == "H") return Outcome::half_bye;
    CHECK_THAT(mark == "Z");
    return Outcome::absent;
}

inline std::int32_t number_at(std::string_view& text) {
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    CHECK_THAT(error == std::errc{});
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

inline Round round_of(std::string_view cell) {
    if (cell.front() < '0' || cell.front() > '9') return {.outcome = outcome_of(cell)};
    Round round;
    round.opponent = static_cast<Row>(number_at(cell) - 1);
    CHECK_THAT(cell.starts_with('w') || cell.starts_with('b') || cell.starts_with('x'));
    round.colour = cell[0] == 'w' ? Colour::white : cell[0] == 'b' ? Colour::black : Colour::none;
    cell.remove_prefix(1);
    const auto games = std::min(cell.find('/'), cell.size());
    round.outcome = outcome_of(cell.substr(0, games));
    if (games == cell.size()) return round;
    cell.remove_prefix(games + 1);
    round.games_for = number_at(cell);
    CHECK_THAT(cell.starts_with(':'));
    cell.remove_prefix(1);
    round.games_against = number_at(cell);
    return round;
}

}  // namespace detail

/// One text per player, one cell per round: `9w1 13b= 2w0 7b+ 5w- U F H Z`. A cell is the opponent's number from 1, the
/// colour (`x` for none) and the result; the letters are byes. `4x1/2:1` is a match that was won by two games to one.
/// The ratings may be left out. The event has as many rounds as the longest text has cells.
inline CrossTable table_of(std::initializer_list<std::string_view> players,
                           std::initializer_list<std::int32_t> ratings = {}) {
    CrossTable table;
    for (const auto cells : players) {
        Player player;
        std::istringstream words{std::string(cells)};
        for (std::string cell; words >> cell;) player.rounds.push_back(detail::round_of(cell));
        table.players.push_back(std::move(player));
    }
    CHECK_THAT(ratings.size() <= table.players.size());
    auto player = table.players.begin();
    for (const auto rating : ratings) (player++)->rating = rating;
    table.total_rounds = static_cast<std::uint32_t>(table.rounds_played());
    return table;
}

inline CrossTable round_robin_of(std::initializer_list<std::string_view> players,
                                 std::initializer_list<std::int32_t> ratings = {}) {
    auto table = table_of(players, ratings);
    table.round_robin = true;
    return table;
}

namespace detail {

/// White and black play, or one of them (or both) does not come.
inline void let_meet(CrossTable& table, Row white, Row black, Prng& prng) {
    Round w{.opponent = black, .colour = Colour::white}, b{.opponent = white, .colour = Colour::black};
    const auto chance = prng.below(100);
    const auto result = [&](Outcome of_white, Outcome of_black) { w.outcome = of_white, b.outcome = of_black; };
    if (chance < 38)
        result(Outcome::win, Outcome::loss);
    else if (chance < 66)
        result(Outcome::draw, Outcome::draw);
    else if (chance < 97)
        result(Outcome::loss, Outcome::win);
    else if (chance < 98)
        result(Outcome::forfeit_win, Outcome::forfeit_loss);
    else if (chance < 99)
        result(Outcome::forfeit_loss, Outcome::forfeit_win);
    else
        result(Outcome::forfeit_loss, Outcome::forfeit_loss);
    table.players[white].rounds.push_back(w);
    table.players[black].rounds.push_back(b);
}

}  // namespace detail

/// An event in which neighbours in points meet, with byes, forfeits and absences; not a legal Swiss (people may meet
/// twice), but as large and as tied as one.
inline CrossTable random_swiss(std::uint32_t players, std::uint32_t rounds, std::uint64_t seed) {
    Prng prng{seed};
    CrossTable table;
    table.total_rounds = rounds;
    for (std::uint32_t i = 0; i < players; ++i)
        table.players.push_back({.rating = static_cast<std::int32_t>(2600 - i * 1400 / players), .rounds = {}});
    for (std::uint32_t r = 0; r < rounds; ++r) {
        std::vector<Row> waiting;
        for (Row row = 0; row < players; ++row) {
            const auto chance = prng.below(100);
            if (chance < 2)
                table.players[row].rounds.push_back({.outcome = chance == 0 ? Outcome::half_bye : Outcome::absent});
            else
                waiting.push_back(row);
        }
        prng.shuffle(waiting);
        std::ranges::stable_sort(waiting, std::greater{}, [&](Row row) { return table.points(row); });
        if (waiting.size() % 2 == 1) {
            table.players[waiting.back()].rounds.push_back({.outcome = Outcome::pairing_bye});
            waiting.pop_back();
        }
        for (std::size_t i = 0; i < waiting.size(); i += 2) detail::let_meet(table, waiting[i], waiting[i + 1], prng);
    }
    return table;
}

/// Everybody meets everybody once, with forfeits; with an odd number, one is free each round.
inline CrossTable random_round_robin(std::uint32_t players, std::uint64_t seed) {
    Prng prng{seed};
    CrossTable table;
    table.round_robin = true;
    table.players.resize(players);
    const auto seats = players + players % 2;
    table.total_rounds = seats - 1;
    for (std::uint32_t r = 0; r + 1 < seats; ++r)
        for (std::uint32_t i = 0; i < seats / 2; ++i) {
            const Row a = i == 0 ? seats - 1 : (r + i) % (seats - 1);
            const Row b = i == 0 ? r : (r + seats - 1 - i) % (seats - 1);
            if (a < players && b < players)
                detail::let_meet(table, a, b, prng);
            else
                table.players[std::min(a, b)].rounds.push_back({.outcome = Outcome::absent});
        }
    return table;
}

}  // namespace agon::standings::testing
