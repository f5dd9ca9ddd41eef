// Records 240, 250, 260, XXA, XXP, XXZ: what a pairing has to heed.
#include <fmt/format.h>

#include "core/trf/draft.hpp"

namespace agon::trf {

namespace {

constexpr std::size_t list_step = 5;

Result<std::uint32_t> round_at(const Line& line, Columns columns) {
    return line.number_at(columns, "round", max_rounds);
}
Result<Number> player_at(const Line& line, Columns columns) {
    return line.number_at(columns, "player's number", max_number);
}

void mention(Draft& draft, Number player, const Line& line, Columns columns) {
    if (!draft.mentions.contains(player)) draft.mentions.emplace(player, line.place(columns));
}

/// Players in columns of four, a blank between two, from `first` to the line's end.
Result<std::vector<Number>> players_from(Draft& draft, const Line& line, std::size_t first) {
    std::vector<Number> players;
    for (Columns columns{first, first + 3}; columns.first <= line.width(); columns = columns.shifted(list_step)) {
        const Columns gap{columns.last + 1, columns.last + 1};
        if (!line.is_blank(gap))
            return wrong(line.place(gap), fmt::format("'{}' where a blank stands between two players", line.text(gap)));
        if (line.is_blank(columns)) continue;
        const auto player = player_at(line, columns);
        if (!player) return std::unexpected(player.error());
        players.push_back(*player);
        mention(draft, *player, line, columns);
    }
    return players;
}

/// Players as words.
Result<std::vector<Number>> players_as_words(Draft& draft, const Line& line) {
    std::vector<Number> players;
    for (auto columns = line.word_from(4); columns; columns = line.word_from(columns->last + 1)) {
        const auto player = player_at(line, *columns);
        if (!player) return std::unexpected(player.error());
        players.push_back(*player);
        mention(draft, *player, line, *columns);
    }
    return players;
}

Refusal forbid(Draft& draft, const Line& line, Forbidden forbidden) {
    const auto size = forbidden.players.size();
    if (size < 2) return wrong(line.place(), "it takes two players who must not meet").error();
    draft.forbidden_pairs += size * (size - 1) / 2;
    if (draft.forbidden_pairs > max_forbidden_pairs)
        return wrong(line.place(), fmt::format("more than {} forbidden pairs", max_forbidden_pairs)).error();
    draft.report.forbidden.push_back(std::move(forbidden));
    return {};
}

}  // namespace

/// `240 H 003   26   47`
Refusal read_byes(Draft& draft, const Line& line) {
    Byes byes;
    const auto kind = line.text({5, 5});
    if (kind == "F" || kind == "f")
        byes.kind = Outcome::full_bye;
    else if (kind == "H" || kind == "h")
        byes.kind = Outcome::half_bye;
    else if (kind != "Z" && kind != "z")
        return wrong(line.place({5, 5}), fmt::format("the kind of bye is '{}'; it is F, H or Z", kind)).error();
    const auto round = round_at(line, {7, 9});
    if (!round) return round.error();
    byes.round = *round;
    auto players = players_from(draft, line, 11);
    if (!players) return players.error();
    byes.players = *std::move(players);
    draft.report.byes.push_back(std::move(byes));
    return {};
}

/// `250       1.0 001 003    1   90`
Refusal read_acceleration(Draft& draft, const Line& line) {
    if (const auto match_points = line.points_in({5, 8}, "match points"); !match_points)
        return match_points.error();
    else if (match_points->value_or(0) != 0)
        return wrong(line.place({5, 8}), "match points belong to teams; Agon pairs single players").error();
    const auto points = line.points_in({10, 13}, "points");
    if (!points) return points.error();
    if (points->value_or(0) == 0) return wrong(line.place({10, 13}), "the points must be more than 0.0").error();
    const auto first_round = round_at(line, {15, 17});
    if (!first_round) return first_round.error();
    const auto last_round = round_at(line, {19, 21});
    if (!last_round) return last_round.error();
    const auto first_player = player_at(line, {23, 26});
    if (!first_player) return first_player.error();
    const auto last_player = player_at(line, {28, 31});
    if (!last_player) return last_player.error();
    if (*first_round > *last_round) return wrong(line.place({15, 21}), "the last round is before the first").error();
    if (*first_player > *last_player) return wrong(line.place({23, 31}), "the last player is before the first").error();
    if (draft.report.accelerations.size() == max_accelerations)
        return wrong(line.place(), fmt::format("more than {} records of acceleration", max_accelerations)).error();
    draft.report.accelerations.push_back({**points, *first_round, *last_round, *first_player, *last_player});
    return {};
}

/// `XXA   12  1.0  1.0  0.5`
Refusal read_players_acceleration(Draft& draft, const Line& line) {
    const auto player = player_at(line, number_columns);
    if (!player) return player.error();
    mention(draft, *player, line, number_columns);
    auto& rounds = draft.acceleration[*player];
    for (Columns columns{10, 13}; columns.first <= line.width(); columns = columns.shifted(list_step)) {
        const auto points = line.points_in(columns, "points");
        if (!points) return points.error();
        if (rounds.size() == max_rounds)
            return wrong(line.place(columns), fmt::format("more than {} rounds", max_rounds)).error();
        rounds.push_back(points->value_or(0));
    }
    return {};
}

/// `260 001 002  125  180  184`
Refusal read_forbidden(Draft& draft, const Line& line) {
    const auto first_round = round_at(line, {5, 7});
    if (!first_round) return first_round.error();
    const auto last_round = round_at(line, {9, 11});
    if (!last_round) return last_round.error();
    if (*first_round > *last_round) return wrong(line.place({5, 11}), "the last round is before the first").error();
    auto players = players_from(draft, line, 13);
    if (!players) return players.error();
    return forbid(draft, line, {*first_round, *last_round, *std::move(players)});
}

/// `XXP 4 17`
Refusal read_always_forbidden(Draft& draft, const Line& line) {
    auto players = players_as_words(draft, line);
    if (!players) return players.error();
    return forbid(draft, line, {.players = *std::move(players)});
}

/// `XXZ 4 17`
Refusal read_absent(Draft& draft, const Line& line) {
    const auto players = players_as_words(draft, line);
    if (!players) return players.error();
    auto& absent = draft.report.absent;
    absent.insert(absent.end(), players->begin(), players->end());
    return {};
}

}  // namespace agon::trf
