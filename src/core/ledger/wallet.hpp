/// A user's wallet: how much it holds of each currency, and which transfers it took part in.
///
/// Its stream is `wallet_…`, after the user; a wallet that nothing happened to yet is there all the same, empty. An
/// operator moves money in or out by `Deposit` and `Adjust`, against the house: those are batches of this one stream.
/// In what a tournament moves (fees, refunds, prizes) the tournament's escrow decides, and the wallet takes part: its
/// records are in the same batch as the escrow's (escrow.hpp).
#pragma once

#include <map>
#include <span>
#include <variant>

#include "core/ledger/transfer.hpp"

namespace agon::ledger {

using WalletEvent = std::variant<MoneyMoved>;
using WalletEvents = std::vector<WalletEvent>;

// --- commands -------------------------------------------------------------------------------------------------------

/// `reference` names the deposit: 1 to 255 printable ASCII characters without `/` or blank, the same when asking again.
struct Deposit {
    WalletId wallet;
    Money amount;
    std::string currency{default_currency};
    std::string note;
    std::string reference;
};

/// An admin's correction: adds, or takes where `amount` is negative, but not below zero.
struct Adjust {
    WalletId wallet;
    Money amount;
    std::string currency{default_currency};
    std::string reason;
    std::string reference;
};

/// The wallet's part in what an escrow decided, all of it or nothing.
struct TakePart {
    WalletId wallet;
    std::vector<Transfer> transfers;
};

using WalletCommand = std::variant<Deposit, Adjust, TakePart>;

// --- state and rules ------------------------------------------------------------------------------------------------

struct Wallet {
    struct Part {
        std::string currency;
        Money amount;
        bool operator==(const Part&) const = default;
    };
    std::map<std::string, Money, std::less<>> balances;
    /// By business key, and never forgotten: a transfer asked for again years later is still the same one.
    std::map<std::string, Part, std::less<>> parts;

    /// Zero for a currency that it never held.
    Money balance(std::string_view currency) const;
};

/// A command whose transfer is recorded already is accepted without events; with another amount under the same key it
/// is a `conflict`. `exhausted` where the wallet holds too little: the sentence says what is missing. `invalid` for an
/// amount of the wrong sign or out of range, also of the balance that it would lead to.
Result<WalletEvents> decide(const Wallet&, const WalletCommand&, Instant now);
void evolve(Wallet&, const WalletEvent&);

/// Each wallet's part in the transfers of `moved`, one command per wallet, in the order in which they first occur.
std::vector<TakePart> parts_of(std::span<const MoneyMoved> moved);

}  // namespace agon::ledger
