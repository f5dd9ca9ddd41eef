/// Double entry: money only moves, from accounts to accounts, and a transfer's entries sum to zero.
///
/// A transfer is recorded in full, as `MoneyMoved`, on the stream of every account that it touches: an entry fee on
/// the wallet's stream and, the same, on the tournament's. The records are appended in one batch with what is paid
/// for, both or neither, so each stream alone tells its balance and the other side of every movement, and whoever
/// reads the log can hold the records against each other (`LedgerCheck`).
///
/// A transfer happens once. Its business key follows from what it is for, not from when it was asked for:
///
///   entry_fee/tourn_…/entrant_…/2   the second time that this participant entered (it had left before)
///   refund/tourn_…/entrant_…/2      of that fee
///   prize/tourn_…/entrant_…/1       for place 1
///   top_up/tourn_…                  the house fills the pool up to what was declared
///   surplus/tourn_…                 fees above the declared pool go to the house
///   house_share/tourn_…             what the prize split leaves over
///   deposit/wallet_…/REFERENCE      `REFERENCE` from whoever asks, the same when asking again
///   adjustment/wallet_…/REFERENCE
#pragma once

#include <string>
#include <vector>

#include "base/codec/describe.hpp"
#include "base/result.hpp"
#include "core/ledger/account.hpp"
#include "core/ledger/amounts.hpp"

namespace agon::ledger {

enum class TransferKind { deposit, adjustment, entry_fee, refund, prize, top_up, surplus, house_share };
BOOST_DESCRIBE_ENUM(TransferKind, deposit, adjustment, entry_fee, refund, prize, top_up, surplus, house_share)

/// What an account gains, or loses where `amount` is negative; never zero.
struct Entry {
    std::string account;
    Money amount;
    bool operator==(const Entry&) const = default;
};
BOOST_DESCRIBE_STRUCT(Entry, (), (account, amount))

struct Transfer {
    TransferKind kind{};
    std::string business_key;
    std::vector<Entry> entries;
    std::string currency;
    codec::Omittable<TournamentId> tournament;
    codec::Omittable<ParticipantId> participant;
    std::string note;
    Instant at;
    bool operator==(const Transfer&) const = default;
};
BOOST_DESCRIBE_STRUCT(Transfer, (), (kind, business_key, entries, currency, tournament, participant, note, at))

/// The record of a transfer on the stream of one of its accounts, with that account's balance in the transfer's
/// currency once it is done.
struct MoneyMoved {
    std::string account;
    Money balance;
    Transfer transfer;
    bool operator==(const MoneyMoved&) const = default;
};
BOOST_DESCRIBE_STRUCT(MoneyMoved, (), (account, balance, transfer))

/// `scope` is a tournament or a wallet, `detail` what follows it, in order.
std::string business_key(TransferKind, std::string_view scope, const std::vector<std::string>& detail = {});

/// Two accounts: `amount`, above zero, goes from one to the other.
std::vector<Entry> from_to(std::string from, std::string to, Money amount);

/// What every transfer keeps to, whoever made it: at least two entries, of accounts that exist, each account once, none
/// zero, all in range, with the sum zero; a currency; a key of its kind; and money flows only as its kind says (a prize
/// from an escrow to a wallet, a deposit from the house to a wallet, …). Else refused as `invalid`.
Result<void> check(const Transfer&);

/// The account's entry, null where the transfer does not touch it.
const Entry* entry_of(const Transfer&, std::string_view account);

}  // namespace agon::ledger
