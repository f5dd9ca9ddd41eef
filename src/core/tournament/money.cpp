// A tournament's money: who pays when, and what becomes of it at the end. The rules of the escrow are the ledger's.

#include <algorithm>
#include <iterator>

#include "core/tournament/deciding.hpp"

namespace agon::deciding {

namespace {

/// Commands to the escrow one after the other, on a copy.
class Escrowed {
public:
    Escrowed(const Tournament& t, Instant now) : escrow_(t.escrow), now_(now) {}

    Result<void> run(const ledger::EscrowCommand& command) {
        auto events = ledger::decide(escrow_, command, now_);
        if (!events) return std::unexpected(std::move(events.error()));
        for (auto& event : *events) {
            ledger::evolve(escrow_, event);
            std::visit([&](auto& e) { events_.emplace_back(std::move(e)); }, event);
        }
        return {};
    }
    TournamentEvents events() && { return std::move(events_); }

private:
    ledger::Escrow escrow_;
    Instant now_;
    TournamentEvents events_;
};

/// Who has a place, in order of seed; the disqualified have none.
std::vector<ledger::Placing> placings(const Tournament& t) {
    auto ranked = places(t);
    std::erase_if(ranked, [&](const EntrantPlace& p) { return t.entrants[p.entrant].left == Leaving::disqualified; });
    std::ranges::sort(ranked, {}, [&](const EntrantPlace& p) { return t.seed_of[p.entrant]; });
    std::vector<ledger::Placing> all;
    for (const auto& place : ranked) {
        const auto id = t.entrants[place.entrant].id;
        all.push_back({participant_of(id), user_of(id), place.first});
    }
    return all;
}

}  // namespace

TournamentEvents terms_announced(const Tournament& t, const MoneyTerms& terms) {
    const bool none = terms.entry_fee == Money{} && !terms.prize_pool;
    if (none && !t.escrow.is_open) return {};
    // The tournament's id is its stream's; the terms name it for whoever reads them alone.
    const ledger::EscrowTerms announced{t.id, terms.currency, terms.entry_fee, terms.prize_pool, terms.prize_split_bp};
    if (t.escrow.is_open && announced == t.escrow.terms) return {};
    return {ledger::EscrowOpened{announced}};
}

Result<TournamentEvents> fee_taken(const Tournament& t, EntrantId entrant, Instant now) {
    if (!t.escrow.is_open) return TournamentEvents{};
    Escrowed money(t, now);
    if (auto ok = money.run(ledger::TakeFee{participant_of(entrant), user_of(entrant)}); !ok)
        return std::unexpected(std::move(ok.error()));
    return std::move(money).events();
}

TournamentEvents fees_returned(const Tournament& t, const std::vector<EntrantId>& entrants, Instant now) {
    if (!t.escrow.is_open || entrants.empty()) return {};
    Escrowed money(t, now);
    for (const auto id : entrants) CHECK_THAT(money.run(ledger::ReturnFee{participant_of(id)}).has_value());
    return std::move(money).events();
}

TournamentEvents settled(const Tournament& t, Instant now) {
    if (!t.escrow.is_open || t.escrow.settled) return {};
    Escrowed money(t, now);
    const auto done =
        t.status == Status::cancelled ? money.run(ledger::ReturnAllFees{}) : money.run(ledger::PayPrizes{placings(t)});
    CHECK_THAT(done.has_value());
    return std::move(money).events();
}

}  // namespace agon::deciding
