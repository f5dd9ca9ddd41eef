#include "app/rating_book.hpp"

#include <tuple>

#include <fmt/format.h>

#include "core/ratings/take_back.hpp"

namespace agon {

namespace {

bool nobody_was_there(std::string_view decision) {
    return decision == "no_show" || decision == "withdrawn" || decision == "disqualified";
}

ratings::Rating state_of(const rows::RatingRow& row) { return {row.value, row.deviation, row.volatility, row.games}; }

void set_state(rows::RatingRow& row, const ratings::Rating& state) {
    row.rating = ratings::shown(state);
    row.value = state.value;
    row.deviation = state.deviation;
    row.volatility = state.volatility;
    row.games = state.games;
}

void add(rows::RatingRow& row, double score, std::int64_t times) {
    (score == 1.0 ? row.wins : score == 0.0 ? row.losses : row.draws) += times;
}

std::int64_t next_streak(std::int64_t streak, double score) {
    if (score == 1.0) return std::max<std::int64_t>(streak, 0) + 1;
    if (score == 0.0) return std::min<std::int64_t>(streak, 0) - 1;
    return 0;
}

rows::RatedOutcome outcome_of(double score) {
    return score == 1.0 ? rows::RatedOutcome::won : score == 0.0 ? rows::RatedOutcome::lost : rows::RatedOutcome::drew;
}

std::pair<ratings::Rating, ratings::Rating> played(const RatingRule& rule, ratings::Rating a, ratings::Rating b,
                                                   double score_of_a) {
    std::array teams{ratings::Team{.players = {&a, 1}, .place = score_of_a == 0.0 ? 2u : 1u},
                     ratings::Team{.players = {&b, 1}, .place = score_of_a == 1.0 ? 2u : 1u}};
    rule.engine->update(teams, rule.settings);
    return {a, b};
}

rows::RatedSide play(rows::RatingRow& row, const ratings::Rating& rested, const ratings::Rating& after, double score,
                     Instant at) {
    rows::RatedSide side{row.player, state_of(row), rested, after, row.streak, row.last_played_at};
    set_state(row, after);
    add(row, score, 1);
    row.streak = next_streak(row.streak, score);
    row.last_played_at = at;
    return side;
}

template <class Player, class Completed>
std::optional<Scored<Player>> sides_of(const Completed& e, double score_of_winner) {
    if (e.drew.size() == 2) return Scored{e.drew[0], e.drew[1], 0.5};
    if (!e.winner || !e.loser) return std::nullopt;
    return Scored{*e.winner, *e.loser, score_of_winner};
}

}  // namespace

std::string rating_key(std::string_view game_type, std::string_view player) {
    std::string key;
    key.reserve(game_type.size() + 1 + player.size());
    return key.append(game_type).append(1, '/').append(player);
}

ratings::Rating rating_at(Instant now, const rows::RatingRow& row, const RatingRule& rule) {
    return ratings::rested_until(now, row.last_played_at, state_of(row), *rule.engine, rule.settings);
}

std::string rated_player(Driver driver, EntrantId entrant) {
    return driver == Driver::manual ? UserId{entrant.uuid}.text() : BotId{entrant.uuid}.text();
}

std::optional<Scored<EntrantId>> scored(Driver driver, const MatchCompleted& e) {
    if (driver == Driver::integrated || e.forfeit || nobody_was_there(e.decision)) return std::nullopt;
    return sides_of<EntrantId>(e, e.level ? 0.5 : 1.0);
}

std::optional<Scored<UserId>> scored(const ranked::RankedMatchCompleted& e) { return sides_of<UserId>(e, 1.0); }

std::optional<RatedResult> rated_result(const std::string& game_type, Driver driver, const MatchCompleted& e) {
    const auto s = scored(driver, e);
    if (!s) return std::nullopt;
    return RatedResult{game_type, rated_player(driver, s->a), rated_player(driver, s->b), s->score_of_a};
}

std::optional<RatedResult> rated_result(const ranked::RankedMatchCompleted& e) {
    const auto s = scored(e);
    if (!s) return std::nullopt;
    return RatedResult{e.game, s->a.text(), s->b.text(), s->score_of_a};
}

void RatingBook::count(MatchId match, const RatedResult& result, Instant at, const NamesOf& names) {
    const auto& rule = rules_.of(result.game_type);
    auto& a = row(rating_key(result.game_type, result.a));
    auto& b = row(rating_key(result.game_type, result.b));
    if (names && (a.name.empty() || b.name.empty())) std::tie(a.name, b.name) = names();
    const auto rested_a = rating_at(at, a, rule), rested_b = rating_at(at, b, rule);
    if (watch_) watch_(rule, rested_a, rested_b, result.score_of_a);
    const auto [after_a, after_b] = played(rule, rested_a, rested_b, result.score_of_a);
    const auto shown_a = a.rating, shown_b = b.rating;
    changes_.matches[match] = rows::RatedMatchRow{.match_id = match,
                                                  .game_type = result.game_type,
                                                  .a = play(a, rested_a, after_a, result.score_of_a, at),
                                                  .b = play(b, rested_b, after_b, 1 - result.score_of_a, at),
                                                  .score_of_a = result.score_of_a};
    note(match, a, b, shown_a, outcome_of(result.score_of_a), at);
    note(match, b, a, shown_b, outcome_of(1 - result.score_of_a), at);
}

void RatingBook::take_back(MatchId match, Instant at) {
    const auto was = rated(match);
    if (!was) return;
    auto& a = row(rating_key(was->game_type, was->a.player));
    auto& b = row(rating_key(was->game_type, was->b.player));
    const auto shown_a = a.rating, shown_b = b.rating;
    take_back(*was, a, was->a, was->score_of_a);
    take_back(*was, b, was->b, 1 - was->score_of_a);
    changes_.matches[match] = std::nullopt;
    note(match, a, b, shown_a, rows::RatedOutcome::taken_back, at);
    note(match, b, a, shown_b, rows::RatedOutcome::taken_back, at);
}

/// A streak, and when somebody played last, go back only with the last game: what was before an earlier one is not kept.
void RatingBook::take_back(const rows::RatedMatchRow& match, rows::RatingRow& row, const rows::RatedSide& side,
                           double score) {
    const auto& rule = rules_.of(match.game_type);
    if (state_of(row) == side.after) {
        row.streak = side.streak_before;
        row.last_played_at = side.last_played_before;
        set_state(row, side.before);
    } else {
        set_state(row,
                  ratings::taken_back(state_of(row), side.rested, side.after, rule.engine->initial(rule.settings)));
    }
    add(row, score, -1);
}

void RatingBook::correct(TournamentId id, const ResultCorrected& e, const std::optional<RatedResult>& corrected,
                         Instant at, const NamesOf& names) {
    take_back(match_id(id, e.match), at);
    for (const auto m : e.undone) take_back(match_id(id, m), at);
    if (corrected) count(match_id(id, e.match), *corrected, at, names);
}

rows::RatingRow& RatingBook::row(const std::string& key) {
    auto found = rows_.find(key);
    if (found != rows_.end()) return found->second;
    auto kept = shelf_.rating ? shelf_.rating(key) : std::nullopt;
    if (kept) return rows_.emplace(key, *std::move(kept)).first->second;
    const auto slash = key.rfind('/');
    rows::RatingRow fresh{.key = key, .game_type = key.substr(0, slash), .player = key.substr(slash + 1)};
    fresh.kind = UserId::parse(fresh.player) ? rows::PlayerKind::user : rows::PlayerKind::bot;
    const auto& rule = rules_.of(fresh.game_type);
    set_state(fresh, rule.engine->initial(rule.settings));
    return rows_.emplace(key, std::move(fresh)).first->second;
}

std::optional<rows::RatedMatchRow> RatingBook::rated(MatchId match) const {
    if (const auto found = changes_.matches.find(match); found != changes_.matches.end()) return found->second;
    return shelf_.match ? shelf_.match(match) : std::nullopt;
}

/// Nobody reads the steps of bots: they are many, and are not kept.
void RatingBook::note(MatchId match, rows::RatingRow& row, const rows::RatingRow& opponent, std::int64_t before,
                      rows::RatedOutcome outcome, Instant at) {
    ++row.changes;
    changes_.ratings.insert(&row);
    if (row.kind != rows::PlayerKind::user) return;
    changes_.history.push_back({.change_id = fmt::format("{}/{:010}", row.key, row.changes),
                                .rating_key = row.key,
                                .number = row.changes,
                                .match_id = match,
                                .opponent = opponent.player,
                                .opponent_name = opponent.name,
                                .outcome = outcome,
                                .before = before,
                                .after = row.rating,
                                .deviation = row.deviation,
                                .at = at});
}

}  // namespace agon
