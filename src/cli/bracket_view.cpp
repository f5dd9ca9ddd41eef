#include "cli/bracket_view.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace agon::cli {

namespace {

constexpr std::size_t bar_width = 32;
constexpr std::size_t name_width = 14;
constexpr std::size_t shown_matches = 8;

std::string name_of(const StageRun& run, const Tournament& t, formats::Seed seed) {
    if (formats::is_seed(seed)) return t.entrants[run.order[seed]].name;
    return seed == formats::nobody ? "bye" : "";
}

std::string bar(std::size_t done, std::size_t all) {
    const auto filled = all == 0 ? 0 : done * bar_width / all;
    std::string text;
    for (std::size_t i = 0; i < bar_width; ++i) text += i < filled ? "█" : "░";
    return text;
}

std::string score_of(const formats::Match& match, std::size_t side) {
    return match.has_score ? std::to_string(match.score[side]) : " ";
}

/// The winner bright, the loser dim, who still plays as ever.
std::string player_cell(const StageRun& run, const Tournament& t, const formats::Match& match, std::uint8_t side) {
    const auto text = fmt::format("{:<{}.{}} {:>2}", name_of(run, t, match.players[side]), name_width, name_width,
                                  score_of(match, side));
    if (match.winner_side > 1) return text;
    return (match.winner_side == side ? "\x1b[1;32m" : "\x1b[2m") + text + "\x1b[0m";
}

/// The rounds from the round of sixteen on, a column each: every match at the height of the two it comes from.
std::string tree(const StageRun& run, const Tournament& t) {
    const auto rounds = run.stage.rounds();
    const auto first = std::ranges::find_if(rounds, [](const auto& r) { return r.count <= shown_matches; });
    if (first == rounds.end()) return {};
    const std::size_t height = first->count * 2;
    std::vector<std::string> lines(height);
    std::size_t step = 1;
    for (auto round = first; round != rounds.end(); ++round, step *= 2) {
        const auto matches = run.stage.matches_of(*round);
        std::vector<std::string> cells(height, std::string(name_width + 3, ' '));
        for (std::size_t m = 0; m < matches.size(); ++m)
            for (std::uint8_t side = 0; side < 2; ++side)
                cells[std::min(m * 2 * step + step - 1 + side, height - 1)] = player_cell(run, t, matches[m], side);
        for (std::size_t i = 0; i < height; ++i) lines[i] += cells[i] + "  ";
    }
    std::string text;
    for (const auto& line : lines) text += "  " + line + "\x1b[K\n";
    return text;
}

}  // namespace

std::string round_name(const StageRun& run, std::size_t round) {
    if (run.stage.format().name != "single_elimination") return fmt::format("Round {}", run.first_round + round);
    switch (run.stage.rounds()[round].count) {
        case 1: return "Final";
        case 2: return "Semi-finals";
        case 4: return "Quarter-finals";
        default: return fmt::format("Round of {}", run.stage.rounds()[round].count * 2);
    }
}

std::string result_line(const Tournament& t, const MatchCompleted& result) {
    const auto& run = t.run_of(result.match);
    const auto& match = t.match(result.match);
    const auto round = round_name(run, match.round - 1);
    if (match.winner_side > 1) return fmt::format("{}: nobody wins", round);
    if (result.level)
        return fmt::format("{}: {} and {} stand level, the higher seed goes on", round, name_of(run, t, match.winner()),
                           name_of(run, t, match.loser()));
    const auto score = match.has_score
                           ? fmt::format(" {}-{}", match.score[match.winner_side], match.score[1 - match.winner_side])
                           : "";
    return fmt::format("{}: {} beats {}{}", round, name_of(run, t, match.winner()), name_of(run, t, match.loser()),
                       score);
}

std::string champion_line(const Tournament& t) {
    const auto name = t.champion ? t.entrants[t.index_of.at(*t.champion)].name : "nobody";
    return fmt::format("champion: {}, after {} matches", name, t.match_count());
}

std::string live_frame(const Tournament& t, const std::string& last_result, const std::string& address) {
    std::string frame = "\x1b[H\x1b[J\x1b[1m" + t.name + "\x1b[0m   " + address + "   Ctrl+C stops\n\n";
    const auto& run = t.stages.back();
    for (std::size_t r = 0; r < run.stage.rounds().size(); ++r) {
        const auto& round = run.stage.rounds()[r];
        const auto done = round.count - round.open;
        frame +=
            fmt::format("  {:<15} {} {:>3}/{:<3}\n", round_name(run, r), bar(done, round.count), done, round.count);
    }
    frame += "\n" + tree(run, t) + "\n  " +
             (t.status == Status::completed ? "\x1b[1;33m" + champion_line(t) + "\x1b[0m" : last_result);
    return frame + "\n";
}

}  // namespace agon::cli
