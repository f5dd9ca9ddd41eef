/// The wallets that take part in one decision, locked in the order of their ids until its batch is sent. One decision at
/// a time moves money.
#pragma once

#include "app/entities.hpp"

namespace agon {

class WalletParts {
public:
    WalletParts(Entities<WalletAggregate>& wallets, std::mutex& money) : wallets_(wallets), money_mutex_(money) {}

    /// All of them agree and move on, or one refuses and none does.
    Result<void> take(std::vector<ledger::TakePart>, Instant now);
    /// What they agreed to is not going to happen; they are unlocked.
    void call_off();
    void add_to(Batch&, Journal::Progress&);

private:
    struct Part {
        std::shared_ptr<Entity<WalletAggregate>> entity;
        std::unique_lock<AdaptiveMutex> lock;
        Append append;
    };
    Part& part_of(ledger::WalletId);
    void move_on(ledger::WalletId, Part&, const ledger::WalletEvents&, Instant now);

    Entities<WalletAggregate>& wallets_;
    std::mutex& money_mutex_;
    std::unique_lock<std::mutex> money_;
    std::map<ledger::WalletId, Part> parts_;
    std::vector<RowChange> rows_;
};

}  // namespace agon
