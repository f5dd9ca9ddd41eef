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
Decision open_registration(const Tournament&, const OpenRegistration&);
Decision register_entrant(const Tournament&, const RegisterEntrant&);
Decision withdraw(const Tournament&, const WithdrawEntrant&);
Decision check_in(const Tournament&, const CheckIn&);
Decision close_registration(const Tournament&, Instant now);
Decision close_check_in(const Tournament&, Instant now);
/// Registration closes now: what it announces.
RegistrationClosed closed_now(const Tournament&, bool full, Instant now);
TournamentEvents promotions(const Tournament&);
/// Check-in is over: whoever has not checked in loses the place.
TournamentEvents check_in_ended(const Tournament&);

// starting.cpp
Decision start(const Tournament&, const StartTournament&, Instant now);
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
Decision correct_result(const Tournament&, const CorrectResult&);
Decision cancel(const Tournament&, const CancelTournament&);
/// The two entrants of a match under which its result is remembered for a replay, and that result.
using ReplayKey = std::tuple<std::size_t, std::uint32_t, EntrantIndex, EntrantIndex>;
ReplayKey replay_key(const Tournament&, MatchNumber);
MatchCompleted remembered(const Tournament&, MatchNumber);
MatchCompleted recalled(const Tournament&, MatchNumber, const MatchCompleted&);

}  // namespace agon::deciding
