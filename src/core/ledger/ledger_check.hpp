/// Holds a whole log's money against the rules, for `agon verify`: feed it every event that has to do with money, in the
/// log's order, and ask for `complaints` after the last.
///
///   transfers   each is well formed (transfer.hpp), recorded on the stream of every account that it touches, the same
///               on all of them, once; the house has no stream and is counted from the others' records
///   balances    each record's balance is the sum of its account's entries; no wallet and no escrow goes below zero
///   sums        per currency, over all accounts, zero
///   escrows     terms may change until the first transfer; money moves between opening and settlement only, in the currency of the terms; each fee and refund is
///               the announced fee; a tournament that is over is settled, and then nothing is left; paid: fees − refunds + top-up − surplus is the pool, the
///               pool is the one declared, each prize is what the rules of prizes.hpp give, and prizes and the house's
///               share are the pool; refunded: all fees went back, and no prize was paid
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/ledger/escrow.hpp"

namespace agon::ledger {

/// Wide enough for the house, whose balance nothing bounds.
using Sum = __int128;

class LedgerCheck {
public:
    /// `stream` is the one that the record stands on.
    void moved(std::string_view stream, const MoneyMoved&);
    void opened(TournamentId stream, const EscrowOpened&);
    void settled(TournamentId stream, const EscrowSettled&);
    /// The tournament was completed or cancelled; harmless where it has no escrow.
    void over(TournamentId);

    /// Each names what is wrong and where; empty where all is well. Those of single events, then those of the whole.
    std::vector<std::string> complaints() const;

    /// The sum of the account's entries so far.
    Sum balance(std::string_view account, std::string_view currency) const;
    std::size_t transfers() const { return transfers_.size(); }

private:
    /// A transfer whose records are not all there yet.
    struct Pending {
        Transfer transfer;
        std::set<std::string> awaited;
    };
    struct EscrowBook {
        std::optional<EscrowTerms> terms;
        std::optional<Settlement> settlement;
        bool over = false;
        std::map<TransferKind, Sum> sums;
        /// What each wallet gained, by business key.
        std::map<std::string, Entry> prizes;
    };
    using AccountAndCurrency = std::pair<std::string, std::string>;

    void complain(std::string what) { complaints_.push_back(std::move(what)); }
    bool record(const MoneyMoved&);
    void add_entry(const std::string& account, const std::string& currency, Money amount);
    void check_balance(const MoneyMoved&);
    void enter_in_book(const MoneyMoved&);
    void check_paid(TournamentId, const EscrowBook&, const EscrowSettled&);
    void check_prizes(TournamentId, const EscrowBook&, const EscrowSettled&);
    void check_refunded(TournamentId, const EscrowBook&);

    std::map<AccountAndCurrency, Sum> balances_;
    /// By business key; of those whose records are all there, the key is kept only.
    std::unordered_map<std::string, std::unique_ptr<Pending>> transfers_;
    std::map<TournamentId, EscrowBook> books_;
    std::vector<std::string> complaints_;
};

}  // namespace agon::ledger
