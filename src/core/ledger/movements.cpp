#include "core/ledger/movements.hpp"

namespace agon::ledger {

void Movements::take_fee(ParticipantId participant, UserId user, std::uint32_t times) {
    move(TransferKind::entry_fee, wallet_of(user).text(), escrow_.terms.entry_fee, participant,
         {participant.text(), std::to_string(times)});
}

void Movements::return_fee(ParticipantId participant, const Escrow::Payer& payer) {
    move(TransferKind::refund, wallet_of(payer.user).text(), negative(escrow_.terms.entry_fee), participant,
         {participant.text(), std::to_string(payer.fees)});
}

void Movements::bring_to(Money pool) {
    const Money difference{pool.units - balance_.units};
    move(difference.units > 0 ? TransferKind::top_up : TransferKind::surplus, std::string(house_account), difference);
}

void Movements::pay_prize(const Placing& placing, Money amount) {
    move(TransferKind::prize, wallet_of(placing.user).text(), negative(amount), placing.participant,
         {placing.participant.text(), std::to_string(placing.place)});
}

void Movements::give_house(Money amount) {
    move(TransferKind::house_share, std::string(house_account), negative(amount));
}

void Movements::settle(EscrowSettled settled) {
    CHECK_THAT(balance_ == Money{});
    events_.push_back(std::move(settled));
}

Result<EscrowEvents> Movements::events() && {
    if (!in_range_)
        return refused(Code::invalid, fmt::format("the tournament's fees come to more than {}", max_units),
                       "/entry_fee");
    return std::move(events_);
}

void Movements::move(TransferKind kind, std::string other, Money amount, std::optional<ParticipantId> participant,
                     const std::vector<std::string>& detail) {
    if (amount == Money{}) return;
    const auto tournament = escrow_.terms.tournament;
    const auto balance = add_in_range(balance_, amount);
    if (!balance) {
        in_range_ = false;
        return;
    }
    CHECK_THAT(balance->units >= 0);
    balance_ = *balance;
    Transfer transfer{.kind = kind,
                      .business_key = business_key(kind, tournament.text(), detail),
                      .entries = from_to(std::move(other), escrow_of(tournament).text(), amount),
                      .currency = escrow_.terms.currency,
                      .tournament = tournament,
                      .participant = {},
                      .note = {},
                      .at = now_};
    if (participant) transfer.participant = *participant;
    events_.push_back(MoneyMoved{escrow_of(tournament).text(), balance_, std::move(transfer)});
}

}  // namespace agon::ledger
