// Results, and their correction.

#include <fmt/format.h>

#include <algorithm>

#include "core/tournament/deciding.hpp"

namespace agon::deciding {

namespace {

/// Where the rules say nothing of it.
constexpr std::int64_t most_score = 1'000'000;

/// A level match goes to the higher seed where the format needs a winner.
std::optional<std::uint8_t> winner_side_of(const Tournament& t, const ReportResult& c) {
    if (c.nobody_wins || c.winner_side) return c.winner_side;
    if (!t.run_of(c.match).stage.format().needs_winner) return std::nullopt;
    const auto& players = t.match(c.match).players;
    return players[0] < players[1] ? std::uint8_t{0} : std::uint8_t{1};
}

formats::Ending ending_of(const ReportResult& c, std::optional<std::uint8_t> side) {
    return {.winner_side = side.value_or(2), .forfeit = c.forfeit || c.nobody_wins, .score = c.score};
}

Result<void> check_result(const Tournament& t, const ReportResult& c) {
    if (!t.has_match(c.match)) return refused(Code::not_found, "no such match");
    if (c.winner_side && (c.nobody_wins || *c.winner_side > 1))
        return refused(Code::invalid, "the winner is one of the two", "/winner");
    const bool level = !c.winner_side && !c.nobody_wins;
    if (level && t.driver != Driver::hosted && t.run_of(c.match).stage.format().needs_winner)
        return refused(Code::invalid, "a match of this format needs a winner", "/winner");
    return {};
}

/// The result as an event's fields.
template <class Event>
void fill(Event& event, const Tournament& t, const ReportResult& c, std::optional<std::uint8_t> side) {
    if (side) {
        event.winner = t.player(c.match, *side)->id;
        event.loser = t.player(c.match, 1 - *side)->id;
        event.level = !c.winner_side;
    } else {
        event.level = !c.nobody_wins;
        if (event.level) event.drew = {t.player(c.match, 0)->id, t.player(c.match, 1)->id};
    }
    event.forfeit = c.forfeit || c.nobody_wins;
    if (c.score) event.score = std::vector<std::int64_t>{(*c.score)[0], (*c.score)[1]};
}

}  // namespace

Result<void> check_score(const Tournament& t, std::optional<std::uint8_t> winner_side, const formats::Score& score) {
    const auto most = t.details.reports.max_score.value_or(most_score);
    for (std::size_t side = 0; side < 2; ++side) {
        const auto* pointer = side == 0 ? "/score_a" : "/score_b";
        if (score[side] < 0) return refused(Code::invalid, "must be at least 0", pointer);
        if (score[side] > most) return refused(Code::invalid, fmt::format("must be at most {}", most), pointer);
    }
    const bool agrees = winner_side ? score[*winner_side] > score[1 - *winner_side] : score[0] == score[1];
    if (agrees) return {};
    return refused(Code::invalid, winner_side ? "the scores do not agree with the winner" : "a draw has equal scores",
                   "/winner_id");
}

Decision report_result(const Tournament& t, const ReportResult& c) {
    if (t.stages.empty() && t.status != Status::in_progress) return wrong_state(t, Order::report_result);
    if (auto ok = check_result(t, c); !ok) return std::unexpected(ok.error());
    const auto& match = t.match(c.match);
    const auto side = winner_side_of(t, c);
    if (c.attempt != 0 && c.attempt != t.attempt(c.match))
        return refused(Code::conflict, "the match is being played again");
    if (match.status == formats::MatchStatus::completed) {
        if (match.ending() == ending_of(c, side)) return TournamentEvents{};
        return refused(Code::conflict, "the match has another result already");
    }
    if (auto ok = allowed(t, Order::report_result); !ok) return std::unexpected(ok.error());
    if (match.status != formats::MatchStatus::in_progress)
        return refused(Code::wrong_state, "the match is not in progress");
    MatchCompleted completed{.match = c.match, .decision = c.decision};
    fill(completed, t, c, side);
    if (completed.level && completed.winner && completed.decision.empty()) completed.decision = "higher_seed";
    return TournamentEvents{std::move(completed)};
}

// --- correction ---------------------------------------------------------------------------------------------------------

namespace {

/// What was begun or played on the strength of this match, in this stage and in those after it.
std::vector<MatchNumber> dependents(const Tournament& t, MatchNumber m) {
    const auto& run = t.run_of(m);
    std::vector<MatchNumber> found;
    for (const auto local : run.stage.dependents(m - run.first_match + 1)) found.push_back(local + run.first_match - 1);
    for (auto later = run.last_match() + 1; later <= t.match_count(); ++later)
        if (t.match(later).status >= formats::MatchStatus::in_progress && !t.match(later).is_bye())
            found.push_back(later);
    return found;
}

/// What was not played to its end may stand level.
Result<void> check_corrected_score(const Tournament& t, const CorrectResult& c) {
    if (!c.result.score) return {};
    const auto& score = *c.result.score;
    if ((c.reopen || c.result.nobody_wins) && score != formats::Score{})
        return refused(Code::invalid,
                       c.reopen ? "a match that is played again has no score" : "a match that nobody won has no score",
                       "/score_a");
    const bool level = score[0] == score[1];
    return check_score(t, c.result.forfeit && level ? std::nullopt : c.result.winner_side, score);
}

}  // namespace

Decision correct_result(const Tournament& t, const CorrectResult& c) {
    if (auto ok = allowed(t, Order::correct_result); !ok) return std::unexpected(ok.error());
    if (t.escrow.settled) return refused(Code::wrong_state, "the prizes are paid; adjust the wallets instead");
    if (auto ok = check_result(t, c.result); !ok && !(c.reopen && t.has_match(c.result.match)))
        return std::unexpected(ok.error());
    const auto m = c.result.match;
    const auto& match = t.match(m);
    if (match.status != formats::MatchStatus::completed || match.is_bye())
        return refused(Code::wrong_state, "the match has no result to correct");
    if (c.reopen && c.mode == CorrectionMode::keep)
        return refused(Code::invalid, "a match that is played again leaves nothing to keep; rewind or replay", "/mode");
    if (t.attempt(m) >= most_attempts) return refused(Code::exhausted, "the match was played too often");
    const auto side = winner_side_of(t, c.result);
    if (!c.reopen && match.ending() == ending_of(c.result, side)) return TournamentEvents{};
    if (auto ok = check_corrected_score(t, c); !ok) return std::unexpected(std::move(ok.error()));
    ResultCorrected event{.match = m, .mode = c.mode, .reopened = c.reopen, .reason = c.result.decision};
    if (!c.reopen) fill(event, t, c.result, side);
    if (c.mode != CorrectionMode::keep) event.undone = dependents(t, m);
    return TournamentEvents{std::move(event)};
}

ReplayKey replay_key(const Tournament& t, MatchNumber m) {
    const auto& run = t.run_of(m);
    const auto& match = t.match(m);
    const auto a = run.order[match.players[0]], b = run.order[match.players[1]];
    return {static_cast<std::size_t>(&run - t.stages.data()), match.round, std::min(a, b), std::max(a, b)};
}

namespace {

void turn_if_needed(std::vector<std::int64_t>& score, const Tournament& t, MatchNumber m) {
    const auto& run = t.run_of(m);
    const auto& players = t.match(m).players;
    if (run.order[players[0]] > run.order[players[1]]) std::swap(score[0], score[1]);
}

}  // namespace

/// The score as the entrant sees it that registered first.
MatchCompleted remembered(const Tournament& t, MatchNumber m) {
    const auto& match = t.match(m);
    MatchCompleted result{.match = m, .decision = t.times[m - 1].decision, .forfeit = match.forfeit, .replayed = true};
    if (match.winner_side < 2) {
        result.winner = t.player(m, match.winner_side)->id;
        result.loser = t.player(m, 1 - match.winner_side)->id;
    }
    result.level = match.winner_side > 1 ? !match.forfeit : result.decision == "higher_seed";
    if (match.winner_side > 1 && result.level) result.drew = {t.player(m, 0)->id, t.player(m, 1)->id};
    if (match.has_score) turn_if_needed(result.score.emplace({match.score[0], match.score[1]}), t, m);
    return result;
}

MatchCompleted recalled(const Tournament& t, MatchNumber m, const MatchCompleted& result) {
    auto now = result;
    now.match = m;
    if (now.score) turn_if_needed(*now.score, t, m);
    return now;
}

}  // namespace agon::deciding

namespace agon {

namespace {

using formats::MatchStatus;

std::optional<EntrantId> id_of(const Entrant* entrant) { return entrant ? std::optional(entrant->id) : std::nullopt; }

std::vector<CorrectionPreview::Change> changes(const Tournament& before, const Tournament& after) {
    std::vector<CorrectionPreview::Change> all;
    for (MatchNumber m = 1; m <= before.match_count(); ++m) {
        CorrectionPreview::Change change{.match = m,
                                         .before = before.match(m).status,
                                         .after = MatchStatus::waiting,
                                         .winner_before = id_of(before.winner(m)),
                                         .gone = !after.has_match(m)};
        if (!change.gone) {
            change.after = after.match(m).status;
            change.winner_after = id_of(after.winner(m));
        }
        const bool same =
            !change.gone && change.before == change.after && change.winner_before == change.winner_after &&
            before.match(m).ending() == after.match(m).ending() && before.match(m).players == after.match(m).players;
        if (!same) all.push_back(change);
    }
    return all;
}

}  // namespace

Result<CorrectionPreview> preview(const Tournament& t, const CorrectResult& c, Instant now) {
    auto events = decide(t, c, now);
    if (!events) return std::unexpected(std::move(events.error()));
    auto after = t;
    for (auto more = std::move(*events); !more.empty(); more = consequences(after, now))
        for (const auto& event : more) evolve(after, event, now);
    return CorrectionPreview{.matches = changes(t, after),
                             .places_before = places(t),
                             .places_after = places(after),
                             .champion_before = t.champion,
                             .champion_after = after.champion};
}

}  // namespace agon
