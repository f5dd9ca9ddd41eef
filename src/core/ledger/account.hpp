/// Whose money it is. Three kinds of account:
///
///   wallet   a user's; never below zero           named `wallet_…`, after the user
///   escrow   a tournament's; never below zero     named `escrow_…`, after the tournament
///   house    the operator's, one per currency     named `house`; issues what is deposited, so it goes below zero
///
/// An account whose balance a rule looks at has a stream that keeps it: a wallet its own (`wallet_…`), an escrow its
/// tournament's (`tourn_…`). No rule looks at the house's balance, so the house has no stream that everybody would
/// have to queue for: its side is what the others record, and `LedgerCheck` adds it up.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/types.hpp"

namespace agon::ledger {

struct WalletTag {
    static constexpr std::string_view prefix = "wallet", noun = "Wallet";
};
struct EscrowTag {
    static constexpr std::string_view prefix = "escrow", noun = "Escrow";
};
/// Whoever entered a tournament, by the number and the text of the tournament's own id for it.
struct ParticipantTag {
    static constexpr std::string_view prefix = "entrant", noun = "Participant";
};

using WalletId = Id<WalletTag>;
using EscrowId = Id<EscrowTag>;
using ParticipantId = Id<ParticipantTag>;

inline WalletId wallet_of(UserId user) { return {user.uuid}; }
inline UserId user_of(WalletId wallet) { return {wallet.uuid}; }
inline EscrowId escrow_of(TournamentId tournament) { return {tournament.uuid}; }

enum class AccountKind { wallet, escrow, house };

inline constexpr std::string_view house_account = "house";

/// Nothing where the text is no account's name, letter for letter.
std::optional<AccountKind> kind_of(std::string_view account);
/// The stream that keeps the account's balance; empty for the house, and for what is no account.
std::string stream_of(std::string_view account);

}  // namespace agon::ledger
