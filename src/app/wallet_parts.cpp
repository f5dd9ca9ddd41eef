#include "app/wallet_parts.hpp"

#include <set>

#include "app/event_codec.hpp"

namespace agon {

Result<void> WalletParts::take(std::vector<ledger::TakePart> commands, Instant now) {
    if (commands.empty()) return {};
    if (!money_.owns_lock()) money_ = std::unique_lock(money_mutex_);
    // In the order of their ids, so that locks are seen to be taken in one order.
    std::set<ledger::WalletId> wallets;
    for (const auto& command : commands) wallets.insert(command.wallet);
    for (const auto wallet : wallets) part_of(wallet);
    std::vector<ledger::WalletEvents> agreed;
    for (const auto& command : commands) {
        auto events = ledger::decide(part_of(command.wallet).entity->state, command, now);
        if (!events) return std::unexpected(std::move(events.error()));
        // It knows a transfer that the tournament does not: nothing is appended to what cannot be right.
        if (events->size() != command.transfers.size())
            return refused(Code::conflict, "the wallet's records and the tournament's disagree");
        agreed.push_back(std::move(*events));
    }
    for (std::size_t i = 0; i < commands.size(); ++i)
        move_on(commands[i].wallet, part_of(commands[i].wallet), agreed[i], now);
    return {};
}

WalletParts::Part& WalletParts::part_of(ledger::WalletId wallet) {
    const auto [found, is_new] = parts_.try_emplace(wallet);
    auto& part = found->second;
    if (!is_new) return part;
    do {
        part.lock = {};
        part.entity = wallets_.acquire(wallet);
        part.lock = std::unique_lock(part.entity->mutex);
    } while (part.entity->stale);
    part.append = {part.entity->name, part.entity->version, {}};
    return part;
}

void WalletParts::move_on(ledger::WalletId wallet, Part& part, const ledger::WalletEvents& events, Instant now) {
    for (const auto& event : events) {
        WalletAggregate::evolve(part.entity->state, event, now);
        WalletAggregate::event_rows(wallet, part.entity->state, event, {++part.entity->version, now}, rows_);
        part.append.events.push_back(encode(event));
    }
}

void WalletParts::call_off() {
    for (auto& [wallet, part] : parts_)
        if (!part.append.events.empty()) part.entity->stale = true;
    // Whoever is refused loads its own state anew, and that comes before the wallets in the order of locks.
    parts_.clear();
    money_ = {};
}

void WalletParts::add_to(Batch& batch, Journal::Progress& progress) {
    for (auto& [wallet, part] : parts_) {
        if (part.append.events.empty()) continue;
        batch.appends.push_back(std::move(part.append));
        progress.push_back({part.entity, part.entity->version.load()});
    }
    std::ranges::move(rows_, std::back_inserter(batch.rows));
}

}  // namespace agon
