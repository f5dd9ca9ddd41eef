// What a match's players say of it: results, disputes, and that the opponent is not there.

#include <algorithm>

#include "core/tournament/deciding.hpp"

namespace agon::deciding {

namespace {

/// The side that the entrant plays on.
std::optional<std::uint8_t> side_of(const Tournament& t, MatchNumber m, EntrantId entrant) {
    for (std::uint8_t side = 0; side < 2; ++side)
        if (const auto* player = t.player(m, side); player && player->id == entrant) return side;
    return std::nullopt;
}

/// Whoever speaks plays in it.
Result<std::uint8_t> speaker(const Tournament& t, MatchNumber m, EntrantId by) {
    if (!t.has_match(m)) return refused(Code::not_found, "no such match");
    const auto side = side_of(t, m, by);
    if (!side) return refused(Code::forbidden, "only the match's players may say so");
    return *side;
}

Result<void> in_progress(const Tournament& t, MatchNumber m) {
    if (auto ok = allowed(t, Order::report_result); !ok) return ok;
    if (t.match(m).status == formats::MatchStatus::in_progress) return {};
    return refused(Code::wrong_state, t.match(m).status == formats::MatchStatus::completed
                                          ? "the match is over"
                                          : "the match is not in progress");
}

/// The result as it is reported to the tournament, checked.
Result<ReportResult> report_of(const Tournament& t, MatchNumber m, const std::optional<EntrantId>& winner,
                               const std::optional<std::vector<std::int64_t>>& score) {
    ReportResult report{.match = m};
    if (winner) {
        report.winner_side = side_of(t, m, *winner);
        if (!report.winner_side)
            return refused(Code::invalid, "must be one of the two who play in the match", "/winner_id");
    } else if (t.run_of(m).stage.format().needs_winner) {
        return refused(Code::invalid, "a match of this format needs a winner", "/winner_id");
    }
    if (!score) return report;
    if (score->size() != 2) return refused(Code::invalid, "there are two scores", "/score_a");
    report.score = formats::Score{(*score)[0], (*score)[1]};
    if (auto ok = check_score(t, report.winner_side, *report.score); !ok) return std::unexpected(std::move(ok.error()));
    return report;
}

const Claim* claim_of(const Tournament& t, MatchNumber m) {
    const auto found = t.claims.find(m);
    return found == t.claims.end() ? nullptr : &found->second;
}

Result<const Claim*> open_result(const Tournament& t, MatchNumber m) {
    if (auto ok = in_progress(t, m); !ok) return std::unexpected(ok.error());
    const auto* claim = claim_of(t, m);
    if (!claim || claim->kind != Claim::Kind::result)
        return refused(Code::wrong_state, "no result of this match was reported");
    return claim;
}

Decision as_claimed(const Tournament& t, MatchNumber m, const Claim& claim) {
    auto report = report_of(t, m, claim.winner, claim.score);
    if (!report) return std::unexpected(std::move(report.error()));
    return report_result(t, *report);
}

/// What one says to what the other said.
Decision answered(const Tournament& t, const ClaimResult& c, const Claim& claim) {
    const bool same = claim.winner == c.winner && claim.score == c.score;
    if (claim.by == c.by) {
        if (same) return TournamentEvents{};
        return refused(Code::conflict, "you have reported another result of this match already");
    }
    if (same) return as_claimed(t, c.match, claim);
    return TournamentEvents{ResultDisputed{c.match, c.by, "another result was reported"}};
}

std::optional<Instant> counts_at(const Tournament& t, Instant now) {
    const auto within = t.details.reports.confirm_within;
    return within > 0 ? std::optional(now + seconds(within)) : std::nullopt;
}

}  // namespace

Decision claim_result(const Tournament& t, const ClaimResult& c, Instant now) {
    if (const auto side = speaker(t, c.match, c.by); !side) return std::unexpected(side.error());
    if (t.match(c.match).status != formats::MatchStatus::completed)
        if (auto ok = in_progress(t, c.match); !ok) return std::unexpected(ok.error());
    auto report = report_of(t, c.match, c.winner, c.score);
    if (!report) return std::unexpected(std::move(report.error()));
    if (t.is_disputed(c.match)) return refused(Code::conflict, "the match is disputed; a host rules");
    if (!t.details.reports.confirm_results || t.match(c.match).status == formats::MatchStatus::completed)
        return report_result(t, *report);
    if (const auto* claim = claim_of(t, c.match); claim && claim->kind == Claim::Kind::result)
        return answered(t, c, *claim);
    return TournamentEvents{ResultClaimed{c.match, c.by, c.winner, c.score, counts_at(t, now)}};
}

Decision confirm_result(const Tournament& t, const ConfirmResult& c) {
    if (const auto side = speaker(t, c.match, c.by); !side) return std::unexpected(side.error());
    if (t.match(c.match).status == formats::MatchStatus::completed) return TournamentEvents{};
    const auto claim = open_result(t, c.match);
    if (!claim) return std::unexpected(claim.error());
    if ((*claim)->disputed_by) return refused(Code::conflict, "the match is disputed; a host rules");
    if ((*claim)->by == c.by) return refused(Code::wrong_state, "the opponent confirms, not who reported it");
    return as_claimed(t, c.match, **claim);
}

Decision dispute_result(const Tournament& t, const DisputeResult& c) {
    if (const auto side = speaker(t, c.match, c.by); !side) return std::unexpected(side.error());
    const auto claim = open_result(t, c.match);
    if (!claim) return std::unexpected(claim.error());
    if ((*claim)->disputed_by) return TournamentEvents{};
    if ((*claim)->by == c.by) return refused(Code::wrong_state, "the opponent disputes, not who reported it");
    return TournamentEvents{ResultDisputed{c.match, c.by, c.reason}};
}

Decision rule_result(const Tournament& t, const RuleResult& c) {
    if (!t.has_match(c.match)) return refused(Code::not_found, "no such match");
    if (t.match(c.match).status != formats::MatchStatus::completed)
        if (auto ok = in_progress(t, c.match); !ok) return std::unexpected(ok.error());
    auto report = report_of(t, c.match, c.winner, c.score);
    if (!report) return std::unexpected(std::move(report.error()));
    report->decision = "ruling";
    return report_result(t, *report);
}

// --- nobody there -------------------------------------------------------------------------------------------------------

Decision claim_no_show(const Tournament& t, const ClaimNoShow& c, Instant now) {
    if (const auto side = speaker(t, c.match, c.by); !side) return std::unexpected(side.error());
    if (auto ok = in_progress(t, c.match); !ok) return std::unexpected(ok.error());
    if (const auto* claim = claim_of(t, c.match)) {
        if (claim->kind == Claim::Kind::no_show && claim->by == c.by) return TournamentEvents{};
        return refused(Code::conflict, claim->kind == Claim::Kind::no_show
                                           ? "the opponent says the same of you; answer first"
                                           : "a result of this match was reported");
    }
    return TournamentEvents{NoShowClaimed{c.match, c.by, now + seconds(t.details.reports.no_show_wait)}};
}

Decision answer_no_show(const Tournament& t, const AnswerNoShow& c) {
    if (const auto side = speaker(t, c.match, c.by); !side) return std::unexpected(side.error());
    if (auto ok = in_progress(t, c.match); !ok) return std::unexpected(ok.error());
    const auto* claim = claim_of(t, c.match);
    if (!claim || claim->kind != Claim::Kind::no_show || claim->by == c.by) return TournamentEvents{};
    return TournamentEvents{NoShowAnswered{c.match}};
}

Decision settle_claims(const Tournament& t, Instant now) {
    TournamentEvents events;
    if (t.status != Status::in_progress) return events;
    for (const auto& [m, claim] : t.claims) {
        if (!claim.counts_at || now < *claim.counts_at) continue;
        const auto counted =
            claim.kind == Claim::Kind::result
                ? as_claimed(t, m, claim)
                : report_result(
                      t, {.match = m, .winner_side = side_of(t, m, claim.by), .decision = "no_show", .forfeit = true});
        if (!counted) return counted;
        events.insert(events.end(), counted->begin(), counted->end());
    }
    return events;
}

}  // namespace agon::deciding
