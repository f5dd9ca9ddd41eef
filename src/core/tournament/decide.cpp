#include "core/tournament/deciding.hpp"

namespace agon {

namespace deciding {

namespace {

/// To somebody who wants to enter or start, a tournament that is over has started all the same.
bool is_before_start(Order order) {
    return order == Order::register_entrant || order == Order::withdraw_entrant || order == Order::start ||
           order == Order::close_registration || order == Order::check_in;
}

}  // namespace

std::unexpected<Error> wrong_state(const Tournament& t, Order order) {
    if (t.status == Status::completed && is_before_start(order)) return refused(Code::wrong_state, "already started");
    switch (t.status) {
        case Status::upcoming: return refused(Code::wrong_state, "registration is not open yet");
        case Status::registration_open: return refused(Code::wrong_state, "not started yet");
        case Status::ready:
            return refused(Code::wrong_state, is_before_start(order) ? "registration is closed" : "not started yet");
        case Status::in_progress: return refused(Code::wrong_state, "already started");
        case Status::completed: return refused(Code::wrong_state, "already completed");
        case Status::cancelled: return refused(Code::wrong_state, "cancelled");
    }
    return refused(Code::wrong_state, "not allowed now");
}

Result<void> allowed(const Tournament& t, Order order) {
    if (allows(t.status, order)) return {};
    return wrong_state(t, order);
}

Decision cancel(const Tournament& t, const CancelTournament& c) {
    if (auto ok = allowed(t, Order::cancel); !ok) return std::unexpected(ok.error());
    return TournamentEvents{TournamentCancelled{c.reason}};
}

}  // namespace deciding

Result<TournamentEvents> decide(const Tournament& t, const TournamentCommand& command, Instant now) {
    using namespace deciding;
    if (!t.exists() && !std::holds_alternative<CreateTournament>(command))
        return refused(Code::not_found, "no such tournament");
    return std::visit(overloaded{
                          [&](const CreateTournament& c) { return create(t, c); },
                          [&](const OpenRegistration& c) { return open_registration(t, c, now); },
                          [&](const RegisterEntrant& c) { return register_entrant(t, c, now); },
                          [&](const WithdrawEntrant& c) { return withdraw(t, c, now); },
                          [&](const CheckIn& c) { return check_in(t, c); },
                          [&](const CloseRegistration&) { return close_registration(t, now); },
                          [&](const CloseCheckIn&) { return close_check_in(t, now); },
                          [&](const StartTournament& c) { return start(t, c, now); },
                          [&](const StartAsAnnounced& c) { return start_as_announced(t, c, now); },
                          [&](const ArrangeStage& c) { return arrange_stage(t, c); },
                          [&](const Advance&) { return advance(t); },
                          [&](const DrawRound& c) { return draw_round(t, c); },
                          [&](const Leave& c) { return leave(t, c); },
                          [&](const GrantBye& c) { return grant_bye(t, c); },
                          [&](const ReportResult& c) { return report_result(t, c); },
                          [&](const CorrectResult& c) { return correct_result(t, c); },
                          [&](const CancelTournament& c) { return cancel(t, c); },
                          [&](const OpenAsAnnounced& c) { return open_as_announced(t, c, now); },
                          [&](const CloseAsAnnounced&) { return close_as_announced(t, now); },
                          [&](const ChangeTournament& c) { return change(t, c, now); },
                          [&](const DeleteTournament&) { return remove(t); },
                          [&](const GenerateBracket& c) { return generate_bracket(t, c, now); },
                          [&](const SetSeeds& c) { return set_seeds(t, c); },
                          [&](const ClaimResult& c) { return claim_result(t, c, now); },
                          [&](const ConfirmResult& c) { return confirm_result(t, c); },
                          [&](const DisputeResult& c) { return dispute_result(t, c); },
                          [&](const RuleResult& c) { return rule_result(t, c); },
                          [&](const ClaimNoShow& c) { return claim_no_show(t, c, now); },
                          [&](const AnswerNoShow& c) { return answer_no_show(t, c); },
                          [&](const SettleClaims&) { return settle_claims(t, now); },
                      },
                      command);
}

}  // namespace agon
