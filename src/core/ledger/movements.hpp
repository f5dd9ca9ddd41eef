/// What one command moves in and out of an escrow, in order, and what is in it after each step. A part of escrow.cpp.
#pragma once

#include "core/ledger/escrow.hpp"

namespace agon::ledger {

class Movements {
public:
    Movements(const Escrow& escrow, Instant now) : escrow_(escrow), now_(now), balance_(escrow.balance) {}

    void take_fee(ParticipantId, UserId, std::uint32_t times);
    void return_fee(ParticipantId, const Escrow::Payer&);
    /// The house adds or takes until the escrow holds `pool`.
    void bring_to(Money pool);
    void pay_prize(const Placing&, Money amount);
    void give_house(Money amount);
    /// The end; nothing may be left.
    void settle(EscrowSettled);

    /// Refused as `invalid` where an amount left the range on the way.
    Result<EscrowEvents> events() &&;

private:
    /// Nothing where `amount` is zero; into the escrow where it is positive, out of it where it is negative.
    void move(TransferKind, std::string other, Money amount, std::optional<ParticipantId> = {},
              const std::vector<std::string>& detail = {});

    const Escrow& escrow_;
    Instant now_;
    Money balance_;
    bool in_range_ = true;
    EscrowEvents events_;
};

}  // namespace agon::ledger
