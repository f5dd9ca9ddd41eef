/// What the ledger's tests share: names for people, and a small world that does with the rules what the engine does.
#pragma once

#include <doctest/doctest.h>

#include "core/ledger/escrow.hpp"
#include "core/ledger/ledger_check.hpp"
#include "core/ledger/wallet.hpp"

namespace agon::ledger::testing {

inline constexpr Instant t0{1'700'000'000'000'000};

inline Uuid uuid(std::uint8_t group, std::uint8_t n) {
    return Uuid{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, group, n}};
}
inline UserId user(std::uint8_t n) { return {uuid(1, n)}; }
/// A user's own seat in a tournament.
inline ParticipantId participant(std::uint8_t n) { return {uuid(1, n)}; }
inline TournamentId tournament(std::uint8_t n) { return {uuid(2, n)}; }
inline WalletId wallet(std::uint8_t n) { return wallet_of(user(n)); }

inline constexpr std::uint8_t ana = 1, ben = 2, cem = 3, dana = 4, eve = 5;

inline Placing placed(std::uint8_t n, std::uint32_t place) { return {participant(n), user(n), place}; }

struct State {
    Escrow escrow;
    std::int64_t version = 0;
};
struct WalletState {
    Wallet wallet;
    std::int64_t version = 0;
};

/// What was decided on streams as they stood, to be appended to all of them or to none.
struct Batch {
    TournamentId tournament;
    std::int64_t expected = 0;
    EscrowEvents events;
    struct Part {
        WalletId wallet;
        std::int64_t expected = 0;
        WalletEvents events;
    };
    std::vector<Part> parts;
};

/// Wallets and tournaments in memory, and a check that sees every event.
class World {
public:
    const Wallet& wallet_state(std::uint8_t n) { return wallets_[wallet(n)].wallet; }
    std::int64_t balance(std::uint8_t n) { return wallet_state(n).balance(default_currency).units; }
    const Escrow& escrow(std::uint8_t n = 1) { return tournaments_[tournament(n)].escrow; }

    /// Decides for the escrow, then for each wallet that takes part.
    Result<Batch> decide_now(std::uint8_t n, const EscrowCommand& command, Instant now = t0) {
        const auto& [escrow, version] = tournaments_[tournament(n)];
        auto events = decide(escrow, command, now);
        if (!events) return std::unexpected(events.error());
        Batch batch{tournament(n), version, *events, {}};
        for (const auto& part : parts_of(moved_by(*events))) {
            const auto& there = wallets_[part.wallet];
            auto taken = decide(there.wallet, part, now);
            if (!taken) return std::unexpected(taken.error());
            if (taken->size() != part.transfers.size()) return refused(Code::conflict, "the two sides disagree");
            batch.parts.push_back({part.wallet, there.version, *taken});
        }
        return batch;
    }

    /// False, and nothing happens, where a stream is not as it was when the batch was decided.
    bool commit(const Batch& batch) {
        auto& side = tournaments_[batch.tournament];
        if (side.version != batch.expected) return false;
        for (const auto& part : batch.parts)
            if (wallets_[part.wallet].version != part.expected) return false;
        for (const auto& event : batch.events) {
            evolve(side.escrow, event);
            ++side.version;
            see(batch.tournament, event);
        }
        for (const auto& part : batch.parts) append(part.wallet, part.events);
        return true;
    }

    /// How many events it came to, on all streams.
    Result<std::size_t> run(std::uint8_t n, const EscrowCommand& command, Instant now = t0) {
        const auto batch = decide_now(n, command, now);
        if (!batch) return std::unexpected(batch.error());
        REQUIRE(commit(*batch));
        auto count = batch->events.size();
        for (const auto& part : batch->parts) count += part.events.size();
        return count;
    }
    Result<std::size_t> run(const WalletCommand& command, Instant now = t0) {
        const auto id = std::visit([](const auto& c) { return c.wallet; }, command);
        const auto events = decide(wallets_[id].wallet, command, now);
        if (!events) return std::unexpected(events.error());
        append(id, *events);
        return events->size();
    }
    void give(std::uint8_t n, std::int64_t units) {
        const auto reference = std::to_string(++deposits_);
        REQUIRE(run(Deposit{.wallet = wallet(n), .amount = Money{units}, .note = {}, .reference = reference}));
    }
    void over(std::uint8_t n) { check.over(tournament(n)); }

    LedgerCheck check;

private:
    void append(WalletId id, const WalletEvents& events) {
        auto& [wallet, version] = wallets_[id];
        for (const auto& event : events) {
            evolve(wallet, event);
            ++version;
            check.moved(id.text(), std::get<MoneyMoved>(event));
        }
    }
    void see(TournamentId id, const EscrowEvent& event) {
        std::visit(overloaded{
                       [&](const EscrowOpened& e) { check.opened(id, e); },
                       [&](const MoneyMoved& e) { check.moved(id.text(), e); },
                       [&](const EscrowSettled& e) { check.settled(id, e); },
                   },
                   event);
    }

    std::map<TournamentId, State> tournaments_;
    std::map<WalletId, WalletState> wallets_;
    int deposits_ = 0;
};

inline EscrowTerms terms(std::int64_t fee, std::optional<std::int64_t> pool = {}, std::uint8_t n = 1) {
    EscrowTerms made{.tournament = tournament(n), .entry_fee = Money{fee}, .prize_pool = {}};
    if (pool) made.prize_pool = Money{*pool};
    return made;
}

}  // namespace agon::ledger::testing
