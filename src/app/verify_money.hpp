/// The money's part of `verify`: reads the records of transfers and escrows from the log as it is, whatever else their
/// streams hold, and holds them against the rules of the ledger (core/ledger/ledger_check.hpp).
#pragma once

#include <string>
#include <vector>

#include "app/store.hpp"
#include "core/ledger/ledger_check.hpp"
#include "core/ledger/wallet.hpp"

namespace agon {

class MoneyCheck {
public:
    /// Every event, in the log's order. Whether it was a record of money on the stream of a tournament or a wallet.
    /// Throws StoreBroken for one that cannot be read.
    bool read(const Recorded&);

    /// The tournament was over with its last event. One that was over once, and was opened again by a correction, need
    /// not be settled.
    void over(TournamentId tournament) { ledger_.over(tournament); }

    /// After the last event.
    std::vector<std::string> complaints() const { return ledger_.complaints(); }

private:
    bool read_of_tournament(TournamentId, const Recorded&);

    ledger::LedgerCheck ledger_;
};

}  // namespace agon
