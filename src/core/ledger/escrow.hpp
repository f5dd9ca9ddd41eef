/// A tournament's escrow: it holds the entry fees from the joining on, and gives all of it back or away at the end.
///
/// It lives on the tournament's stream, as a part of the tournament's state: its events stand beside the tournament's
/// (`EntrantRegistered`, then the fee), and `decide` below is asked by the tournament's own. So one batch holds
///
///   join      tournament: EntrantRegistered, MoneyMoved            wallet: MoneyMoved
///   leave     tournament: EntrantWithdrawn, MoneyMoved             wallet: MoneyMoved
///   complete  tournament: TournamentCompleted, MoneyMoved … for top-up or surplus, prizes and the house's share,
///             EscrowSettled                                        each winner's wallet: MoneyMoved
///   cancel    tournament: TournamentCancelled, MoneyMoved for each fee, EscrowSettled
///                                                                  each payer's wallet: MoneyMoved
///
/// The escrow decides first. `parts_of` (wallet.hpp) says which wallets take part in what it decided; each must answer
/// one event per transfer. One that refuses (too little money) refuses the whole command; one that answers fewer
/// events knows a transfer that the escrow does not, which only a bug can bring about: refuse then too, append nothing.
/// The batch names the version of every stream it was decided on, so of two that race the second conflicts, is decided
/// again on what is there now, and finds that there is nothing left to do.
#pragma once

#include <map>
#include <variant>

#include "core/ledger/prizes.hpp"
#include "core/ledger/transfer.hpp"

namespace agon::ledger {

/// What was announced about money; fixed once somebody has paid.
struct EscrowTerms {
    TournamentId tournament;
    std::string currency{default_currency};
    Money entry_fee;
    /// Declared, whatever the fees come to; the house adds or takes the difference. Where none is declared the pool is
    /// the fees.
    std::optional<Money> prize_pool;
    /// Each place's share of the pool, in hundredths of a per cent (prizes.hpp).
    std::vector<std::int64_t> prize_split_bp = default_split_bp();
    bool operator==(const EscrowTerms&) const = default;
};
BOOST_DESCRIBE_STRUCT(EscrowTerms, (), (tournament, currency, entry_fee, prize_pool, prize_split_bp))

/// Equal ones share the best of their places (1, 2, 3, 3, 5).
struct Placing {
    ParticipantId participant;
    UserId user;
    std::uint32_t place = 0;
    bool operator==(const Placing&) const = default;
};
BOOST_DESCRIBE_STRUCT(Placing, (), (participant, user, place))

// --- events ---------------------------------------------------------------------------------------------------------

struct EscrowOpened {
    EscrowTerms terms;
};
BOOST_DESCRIBE_STRUCT(EscrowOpened, (), (terms))

enum class Settlement { paid, refunded };
BOOST_DESCRIBE_ENUM(Settlement, paid, refunded)

/// Nothing is left in the escrow and nothing moves any more. `placings` are those within the prize places, in the order
/// that rounding goes by: with `pool` and the terms, the reason for each prize. Both are empty where it was refunded.
struct EscrowSettled {
    Settlement settlement{};
    Money pool;
    std::vector<Placing> placings;
    bool operator==(const EscrowSettled&) const = default;
};
BOOST_DESCRIBE_STRUCT(EscrowSettled, (), (settlement, pool, placings))

using EscrowEvent = std::variant<EscrowOpened, MoneyMoved, EscrowSettled>;
using EscrowEvents = std::vector<EscrowEvent>;

// --- commands -------------------------------------------------------------------------------------------------------

struct OpenEscrow {
    EscrowTerms terms;
};
/// The participant enters; `user` pays.
struct TakeFee {
    ParticipantId participant;
    UserId user;
};
/// Before the start the participant leaves; whoever paid has it back.
struct ReturnFee {
    ParticipantId participant;
};
/// The tournament is completed. `placings` in order of seed.
struct PayPrizes {
    std::vector<Placing> placings;
};
/// The tournament is cancelled.
struct ReturnAllFees {};

using EscrowCommand = std::variant<OpenEscrow, TakeFee, ReturnFee, PayPrizes, ReturnAllFees>;

// --- state and rules ------------------------------------------------------------------------------------------------

struct Escrow {
    struct Payer {
        UserId user;
        /// How often it paid: it may leave and come again.
        std::uint32_t fees = 0;
        /// The last fee is here.
        bool is_held = false;
    };
    bool is_open = false;
    EscrowTerms terms;
    Money balance;
    std::map<ParticipantId, Payer> payers;
    std::optional<EscrowSettled> settled;

    /// The pool as it stands: the declared one, else the fees collected so far; once paid, what was divided.
    Money pool() const;
};

/// What is done already is accepted without events, whoever asks again: a fee that is held, one that was returned, the
/// same prizes. Refused: `not_found` where no escrow was opened; `invalid` for terms or placings that cannot be, or an
/// amount that would leave the range; `conflict` for other terms, another payer or other placings than before;
/// `wrong_state` for what comes after the settlement.
Result<EscrowEvents> decide(const Escrow&, const EscrowCommand&, Instant now);
void evolve(Escrow&, const EscrowEvent&);

/// The place of each, for `divide`.
std::vector<std::uint32_t> places_of(std::span<const Placing>);

/// The records of transfers among the events, for `parts_of`.
std::vector<MoneyMoved> moved_by(const EscrowEvents&);

}  // namespace agon::ledger
