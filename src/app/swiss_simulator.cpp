#include "app/swiss_simulator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "app/swiss_files.hpp"
#include "base/prng.hpp"
#include "core/ratings/elo.hpp"
#include "core/standings/standings.hpp"

namespace agon::swiss {

namespace {

using standings::Colour;
using standings::Outcome;
using trf::Entry;
using trf::Number;
using trf::Report;

constexpr std::uint32_t percent = 100;
/// Chances are whole numbers of so many parts: no rounding of a machine's own decides a game.
constexpr std::uint32_t parts = 10'000;
constexpr auto first_day = std::chrono::sys_days{std::chrono::year{2026} / 3 / 7};

class Simulation {
public:
    explicit Simulation(const SimulationSettings& settings) : settings_(settings), prng_(settings.seed) {
        enter_players();
        describe_event();
    }

    Result<Report> run() {
        has_retired_.resize(settings_.players);
        for (std::uint32_t round = 1; round <= settings_.rounds; ++round)
            if (auto refusal = play_round(round)) return std::unexpected(*std::move(refusal));
        rank_players();
        return std::move(report_);
    }

private:
    bool happens(std::uint32_t percentage) { return prng_.below(percent) < percentage; }

    /// Ratings around 1900, most of them near; the strongest is number 1.
    void enter_players() {
        std::vector<std::uint32_t> ratings(settings_.players);
        for (auto& rating : ratings) {
            rating = 1000;
            for (int i = 0; i < 3; ++i) rating += static_cast<std::uint32_t>(prng_.below(601));
        }
        std::ranges::sort(ratings, std::greater());
        for (Number number = 1; number <= settings_.players; ++number)
            report_.players.push_back({.number = number,
                                       .name = fmt::format("Player{:04}, Test", number),
                                       .rating = ratings[number - 1],
                                       .points = 0});
    }

    void describe_event() {
        report_.name = fmt::format("Simulated tournament {}", settings_.seed);
        report_.city = "Nowhere";
        report_.federation = "FID";
        report_.start_date = fmt::format("20{}", day_text(1));
        report_.end_date = fmt::format("20{}", day_text(settings_.rounds));
        report_.players_count = report_.rated_count = fmt::format("{}", settings_.players);
        report_.teams_count = "0";
        report_.type = "Individual: Swiss-System (FIDE Dutch)";
        report_.arbiter = "Agon";
        report_.time_control = "90 minutes, and 30 seconds for each move";
        report_.time_code = "5400+30";
        report_.controller = "Agon";
        report_.type_code = "FIDE_DUTCH_2025";
        report_.tiebreaks = "BH,SB";
        report_.standings = "PTS,BH,SB";
        for (std::uint32_t round = 1; round <= settings_.rounds; ++round)
            report_.round_dates.push_back(day_text(round));
        report_.total_rounds = settings_.rounds;
        report_.initial_colour = happens(50) ? Colour::white : Colour::black;
    }

    /// A round a day: `26/03/07`.
    static std::string day_text(std::uint32_t round) {
        const std::chrono::year_month_day day{first_day + std::chrono::days{round - 1}};
        return fmt::format("{:02}/{:02}/{:02}", static_cast<int>(day.year()) % 100, static_cast<unsigned>(day.month()),
                           static_cast<unsigned>(day.day()));
    }

    std::optional<Error> play_round(std::uint32_t round) {
        for (std::uint32_t i = 0; i < settings_.players; ++i) decide_presence(i, round);
        if (trf::rounds_played(report_) == round) return {};  // nobody came
        const auto pairing = pair_next_round(report_);
        if (!pairing) return pairing.error();
        for (const auto& board : pairing->boards) play(board);
        if (pairing->bye) report_.players[pairing->bye->player - 1].rounds.push_back({.outcome = Outcome::pairing_bye});
        return {};
    }

    /// Who is not there has his entry before the round is paired.
    void decide_presence(std::uint32_t index, std::uint32_t round) {
        if (round > 1 && happens(settings_.retire)) has_retired_[index] = true;
        auto& rounds = report_.players[index].rounds;
        if (has_retired_[index])
            rounds.push_back({.outcome = Outcome::absent});
        else if (happens(settings_.byes))
            rounds.push_back({.outcome = prng_.below(4) == 0 ? Outcome::absent : Outcome::half_bye});
    }

    void play(const Board& board) {
        auto& white = report_.players[board.white - 1];
        auto& black = report_.players[board.black - 1];
        const auto [of_white, of_black] = happens(settings_.forfeits) ? forfeit() : game(white.rating, black.rating);
        white.rounds.push_back({.opponent = board.black, .colour = Colour::white, .outcome = of_white});
        black.rounds.push_back({.opponent = board.white, .colour = Colour::black, .outcome = of_black});
    }

    std::pair<Outcome, Outcome> forfeit() {
        const auto chance = prng_.below(10);
        if (chance == 0) return {Outcome::forfeit_loss, Outcome::forfeit_loss};
        return chance % 2 == 0 ? std::pair{Outcome::forfeit_win, Outcome::forfeit_loss}
                               : std::pair{Outcome::forfeit_loss, Outcome::forfeit_win};
    }

    /// White's expected score by Elo, of which half a draw each; what is left is wins.
    std::pair<Outcome, Outcome> game(std::uint32_t white, std::uint32_t black) {
        const auto expected = static_cast<std::uint32_t>(ratings::expected_score(white, black) * parts + 0.5);
        const auto draws = std::min({settings_.draws * (parts / percent), 2 * expected, 2 * (parts - expected)});
        const auto chance = prng_.below(parts);
        if (chance < draws) return {Outcome::draw, Outcome::draw};
        return chance < expected + draws / 2 ? std::pair{Outcome::win, Outcome::loss}
                                             : std::pair{Outcome::loss, Outcome::win};
    }

    void rank_players() {
        const auto table = trf::cross_table(report_);
        for (trf::Row row = 0; row < report_.players.size(); ++row) report_.players[row].points = table.points(row);
        using enum standings::TieBreak;
        for (const auto& standing : standings::rank(table, {.tiebreaks = {buchholz, sonneborn_berger}}))
            report_.players[standing.row].rank = standing.first;
    }

    SimulationSettings settings_;
    Prng prng_;
    Report report_;
    std::vector<bool> has_retired_;
};

std::optional<Error> why_not(const SimulationSettings& s) {
    if (s.players < 2 || s.players > trf::max_number)
        return Error{Code::invalid, fmt::format("{} players; a file holds 2 to {}", s.players, trf::max_number), {}};
    const auto most = std::min<std::uint32_t>(99, s.players - 1 + s.players % 2);
    if (s.rounds < 1 || s.rounds > most)
        return Error{
            Code::invalid, fmt::format("{} rounds; {} players can play 1 to {}", s.rounds, s.players, most), {}};
    if (std::max({s.draws, s.forfeits, s.byes, s.retire}) > percent)
        return Error{Code::invalid, "a percentage is at most 100", {}};
    return {};
}

}  // namespace

Result<Report> simulate(const SimulationSettings& settings) {
    if (auto why = why_not(settings)) return std::unexpected(*std::move(why));
    return Simulation(settings).run();
}

}  // namespace agon::swiss
