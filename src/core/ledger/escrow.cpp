#include "core/ledger/escrow.hpp"

#include "core/ledger/movements.hpp"

namespace agon::ledger {

namespace {

using Decision = Result<EscrowEvents>;

Result<void> check_terms(const EscrowTerms& terms) {
    const auto fits = [](Money m) { return m.units >= 0 && is_in_range(m); };
    if (!is_currency(terms.currency))
        return refused(Code::invalid, "a currency is 1 to 32 letters, digits, '-' or '_'", "/currency");
    if (!fits(terms.entry_fee))
        return refused(Code::invalid, fmt::format("an entry fee is from 0 to {}", max_units), "/entry_fee");
    if (terms.prize_pool && !fits(*terms.prize_pool))
        return refused(Code::invalid, fmt::format("a prize pool is from 0 to {}", max_units), "/prize_pool");
    return check_split(terms.prize_split_bp);
}

Decision open(const Escrow& escrow, const OpenEscrow& c) {
    if (escrow.is_open && c.terms == escrow.terms) return EscrowEvents{};
    if (!escrow.payers.empty() || escrow.settled)
        return refused(Code::conflict, "the tournament's money has other terms already");
    if (auto ok = check_terms(c.terms); !ok) return std::unexpected(ok.error());
    return EscrowEvents{EscrowOpened{c.terms}};
}

std::unexpected<Error> is_settled(const Escrow& escrow) {
    const bool paid = escrow.settled->settlement == Settlement::paid;
    return refused(Code::wrong_state, paid ? "the prizes are paid already" : "the fees are returned already");
}

Decision take_fee(const Escrow& escrow, const TakeFee& c, Instant now) {
    const auto found = escrow.payers.find(c.participant);
    if (found != escrow.payers.end() && found->second.is_held) {
        if (found->second.user == c.user) return EscrowEvents{};
        return refused(Code::conflict, "somebody else paid the participant's fee");
    }
    if (escrow.settled) return is_settled(escrow);
    const auto times = found == escrow.payers.end() ? 0 : found->second.fees;
    Movements movements(escrow, now);
    movements.take_fee(c.participant, c.user, times + 1);
    return std::move(movements).events();
}

Decision return_fee(const Escrow& escrow, const ReturnFee& c, Instant now) {
    if (escrow.terms.entry_fee == Money{}) return EscrowEvents{};
    const auto found = escrow.payers.find(c.participant);
    if (found == escrow.payers.end()) return refused(Code::not_found, "the participant paid no fee");
    if (!found->second.is_held) return EscrowEvents{};
    if (escrow.settled) return is_settled(escrow);
    Movements movements(escrow, now);
    movements.return_fee(c.participant, found->second);
    return std::move(movements).events();
}

Decision return_all(const Escrow& escrow, Instant now) {
    if (escrow.settled && escrow.settled->settlement == Settlement::refunded) return EscrowEvents{};
    if (escrow.settled) return is_settled(escrow);
    Movements movements(escrow, now);
    for (const auto& [participant, payer] : escrow.payers)
        if (payer.is_held) movements.return_fee(participant, payer);
    movements.settle({Settlement::refunded, {}, {}});
    return std::move(movements).events();
}

// --- prizes -----------------------------------------------------------------------------------------------------------

/// A prize goes to who paid for the seat, and to nobody twice.
Result<void> check_placings(const Escrow& escrow, const std::vector<Placing>& placings) {
    std::map<ParticipantId, std::uint32_t> seen;
    for (const auto& [participant, user, place] : placings) {
        if (!seen.emplace(participant, place).second)
            return refused(Code::invalid, fmt::format("{} is placed twice", participant.text()), "/placings");
        if (escrow.terms.entry_fee == Money{}) continue;
        const auto payer = escrow.payers.find(participant);
        if (payer == escrow.payers.end() || !payer->second.is_held || payer->second.user != user)
            return refused(Code::invalid, fmt::format("{} paid no fee for {}", user.text(), participant.text()),
                           "/placings");
    }
    return check_places(places_of(placings));
}

std::vector<Placing> within_prizes(std::vector<Placing> placings, std::size_t prize_places) {
    std::erase_if(placings, [&](const auto& placing) { return placing.place > prize_places; });
    return placings;
}

Decision pay_prizes(const Escrow& escrow, const PayPrizes& c, Instant now) {
    const auto winners = within_prizes(c.placings, escrow.terms.prize_split_bp.size());
    if (escrow.settled) {
        if (escrow.settled->settlement == Settlement::refunded) return is_settled(escrow);
        if (winners == escrow.settled->placings) return EscrowEvents{};
        return refused(Code::conflict, "the prizes are paid already, to other places");
    }
    if (auto ok = check_placings(escrow, c.placings); !ok) return std::unexpected(ok.error());
    const auto pool = escrow.pool();
    const auto division = divide(pool, escrow.terms.prize_split_bp, places_of(winners));
    Movements movements(escrow, now);
    movements.bring_to(pool);
    for (std::size_t i = 0; i < winners.size(); ++i) movements.pay_prize(winners[i], division.prizes[i]);
    movements.give_house(division.house);
    movements.settle({Settlement::paid, pool, winners});
    return std::move(movements).events();
}

// --- evolve -----------------------------------------------------------------------------------------------------------

void evolve_payer(Escrow& escrow, const Transfer& transfer) {
    if (transfer.kind != TransferKind::entry_fee && transfer.kind != TransferKind::refund) return;
    auto& payer = escrow.payers[*transfer.participant];
    payer.is_held = transfer.kind == TransferKind::entry_fee;
    if (!payer.is_held) return;
    ++payer.fees;
    for (const auto& entry : transfer.entries)
        if (const auto wallet = WalletId::parse(entry.account)) payer.user = user_of(*wallet);
}

void evolve_moved(Escrow& escrow, const MoneyMoved& moved) {
    const auto* entry = entry_of(moved.transfer, escrow_of(escrow.terms.tournament).text());
    CHECK_THAT(entry != nullptr && moved.transfer.currency == escrow.terms.currency && !escrow.settled);
    const auto balance = add_in_range(escrow.balance, entry->amount);
    CHECK_THAT(balance && balance->units >= 0);
    escrow.balance = *balance;
    evolve_payer(escrow, moved.transfer);
}

}  // namespace

Money Escrow::pool() const {
    if (settled && settled->settlement == Settlement::paid) return settled->pool;
    return terms.prize_pool.value_or(balance);
}

Result<EscrowEvents> decide(const Escrow& escrow, const EscrowCommand& command, Instant now) {
    if (!escrow.is_open && !std::holds_alternative<OpenEscrow>(command))
        return refused(Code::not_found, "the tournament has no escrow");
    return std::visit(overloaded{
                          [&](const OpenEscrow& c) { return open(escrow, c); },
                          [&](const TakeFee& c) { return take_fee(escrow, c, now); },
                          [&](const ReturnFee& c) { return return_fee(escrow, c, now); },
                          [&](const PayPrizes& c) { return pay_prizes(escrow, c, now); },
                          [&](const ReturnAllFees&) { return return_all(escrow, now); },
                      },
                      command);
}

void evolve(Escrow& escrow, const EscrowEvent& event) {
    std::visit(overloaded{
                   [&](const EscrowOpened& e) {
                       escrow.terms = e.terms;
                       escrow.is_open = true;
                   },
                   [&](const MoneyMoved& e) { evolve_moved(escrow, e); },
                   [&](const EscrowSettled& e) {
                       CHECK_THAT(escrow.balance == Money{});
                       escrow.settled = e;
                   },
               },
               event);
}

std::vector<std::uint32_t> places_of(std::span<const Placing> placings) {
    std::vector<std::uint32_t> places(placings.size());
    std::ranges::transform(placings, places.begin(), &Placing::place);
    return places;
}

std::vector<MoneyMoved> moved_by(const EscrowEvents& events) {
    std::vector<MoneyMoved> moved;
    for (const auto& event : events)
        if (const auto* e = std::get_if<MoneyMoved>(&event)) moved.push_back(*e);
    return moved;
}

}  // namespace agon::ledger
