/// The parts of `decide`, by theme. Only the files of this folder include it.
#pragma once

#include "core/seeding/spread.hpp"
#include "core/tournament/tournament.hpp"

namespace agon::deciding {

using Decision = Result<TournamentEvents>;

/// Refuses what the life cycle does not allow now, with the sentence for it.
Result<void> allowed(const Tournament&, Order);
std::unexpected<Error> wrong_state(const Tournament&, Order);

// registration.cpp
Decision create(const Tournament&, const CreateTournament&);
Decision open_registration(const Tournament&, const OpenRegistration&, Instant now);
Decision open_as_announced(const Tournament&, const OpenAsAnnounced&, Instant now);
Decision close_as_announced(const Tournament&, Instant now);
Decision register_entrant(const Tournament&, const RegisterEntrant&, Instant now);
Decision withdraw(const Tournament&, const WithdrawEntrant&, Instant now);
Decision check_in(const Tournament&, const CheckIn&);
Decision close_registration(const Tournament&, Instant now);
Decision close_check_in(const Tournament&, Instant now);
/// Registration closes now: what it announces.
RegistrationClosed closed_now(const Tournament&, bool full, Instant now);
TournamentEvents promotions(const Tournament&);
/// Check-in is over: whoever has not checked in loses the place.
TournamentEvents check_in_ended(const Tournament&, Instant now);

// announcing.cpp
Decision change(const Tournament&, const ChangeTournament&, Instant now);
Decision remove(const Tournament&);

// money.cpp
/// The terms of the escrow, where they are not its terms yet; nothing where no money is announced.
TournamentEvents terms_announced(const Tournament&, const MoneyTerms&);
/// Who enters pays; who leaves before the start has it back. Nothing where there is no escrow.
Result<TournamentEvents> fee_taken(const Tournament&, EntrantId, Instant now);
TournamentEvents fees_returned(const Tournament&, const std::vector<EntrantId>&, Instant now);
/// A tournament that is over has paid its prizes, or returned its fees.
TournamentEvents settled(const Tournament&, Instant now);

// claims.cpp
Decision claim_result(const Tournament&, const ClaimResult&, Instant now);
Decision confirm_result(const Tournament&, const ConfirmResult&);
Decision dispute_result(const Tournament&, const DisputeResult&);
Decision rule_result(const Tournament&, const RuleResult&);
Decision claim_no_show(const Tournament&, const ClaimNoShow&, Instant now);
Decision answer_no_show(const Tournament&, const AnswerNoShow&);
Decision settle_claims(const Tournament&, Instant now);

// starting.cpp
Decision start(const Tournament&, const StartTournament&, Instant now);
Decision generate_bracket(const Tournament&, const GenerateBracket&, Instant now);
Decision set_seeds(const Tournament&, const SetSeeds&);
Decision start_as_announced(const Tournament&, const StartAsAnnounced&, Instant now);
Decision arrange_stage(const Tournament&, const ArrangeStage&);
Decision advance(const Tournament&);
Decision draw_round(const Tournament&, const DrawRound&);
/// The round that the format draws now, as an event.
TournamentEvent drawn(const formats::Draw&);
/// Who goes on to the next stage, in order of its seeds.
std::vector<EntrantIndex> going_on(const Tournament&);
StageStarted stage_started(const Tournament&, std::vector<EntrantIndex> order);
/// What the stage is made of, for entrants in this order.
formats::Settings settings_of(const Tournament&, std::size_t stage, const std::vector<EntrantIndex>& order,
                              std::vector<std::uint16_t> groups);

// leaving.cpp
Decision leave(const Tournament&, const Leave&);
Decision grant_bye(const Tournament&, const GrantBye&);
/// The match ends because one or both of its players have left.
MatchCompleted forfeited(const Tournament&, MatchNumber);

// results.cpp
Decision report_result(const Tournament&, const ReportResult&);
/// Scores that people give agree with the winner, are level only where there is none, and keep to the rules' highest.
Result<void> check_score(const Tournament&, std::optional<std::uint8_t> winner_side, const formats::Score&);
Decision correct_result(const Tournament&, const CorrectResult&);
Decision cancel(const Tournament&, const CancelTournament&);
/// The two entrants of a match under which its result is remembered for a replay, and that result.
using ReplayKey = std::tuple<std::size_t, std::uint32_t, EntrantIndex, EntrantIndex>;
ReplayKey replay_key(const Tournament&, MatchNumber);
MatchCompleted remembered(const Tournament&, MatchNumber);
MatchCompleted recalled(const Tournament&, MatchNumber, const MatchCompleted&);

}  // namespace agon::deciding
