#include "core/ledger/wallet.hpp"

namespace agon::ledger {

namespace {

Result<void> check_request(Money amount, std::string_view currency, std::string_view reference) {
    if (!is_in_range(amount))
        return refused(Code::invalid, fmt::format("amounts are within ±{}", max_units), "/amount");
    if (!is_currency(currency))
        return refused(Code::invalid, "a currency is 1 to 32 letters, digits, '-' or '_'", "/currency");
    const bool printable = std::ranges::all_of(reference, [](char c) { return c > ' ' && c <= '~' && c != '/'; });
    if (reference.empty() || reference.size() > 255 || !printable)
        return refused(Code::invalid, "a reference is 1 to 255 printable ASCII characters without '/'", "/reference");
    return {};
}

std::unexpected<Error> insufficient(Money held, Money amount, std::string_view currency) {
    const Money needed = negative(amount);
    return refused(Code::exhausted, fmt::format("insufficient funds: {} needed, {} there, {} missing",
                                                amount_text(needed, currency), held.units, needed.units - held.units));
}

/// A wallet as it is once the transfers before are done.
class Ahead {
public:
    explicit Ahead(const Wallet& wallet) : wallet_(wallet) {}

    /// Adds the record of the transfer, unless there is one already.
    Result<void> record(const std::string& account, const Transfer& transfer) {
        if (auto ok = check(transfer); !ok) return ok;
        const auto* entry = entry_of(transfer, account);
        if (!entry) return refused(Code::invalid, fmt::format("the transfer does not touch {}", account), "/entries");
        const Wallet::Part part{transfer.currency, entry->amount};
        if (const auto known = find(transfer.business_key)) {
            if (*known == part) return {};
            return refused(Code::conflict, fmt::format("another transfer is recorded as {}", transfer.business_key));
        }
        const auto balance = after(part);
        if (!balance) return std::unexpected(balance.error());
        balances_[part.currency] = *balance;
        parts_[transfer.business_key] = part;
        events_.push_back(MoneyMoved{account, *balance, transfer});
        return {};
    }

    WalletEvents events() && { return std::move(events_); }

private:
    std::optional<Wallet::Part> find(const std::string& key) const {
        if (const auto found = wallet_.parts.find(key); found != wallet_.parts.end()) return found->second;
        if (const auto found = parts_.find(key); found != parts_.end()) return found->second;
        return std::nullopt;
    }

    Result<Money> after(const Wallet::Part& part) const {
        const auto moved = balances_.find(part.currency);
        const auto held = moved == balances_.end() ? wallet_.balance(part.currency) : moved->second;
        const auto sum = add_in_range(held, part.amount);
        if (!sum) return refused(Code::invalid, fmt::format("a balance is at most {}", max_units), "/amount");
        if (sum->units < 0) return insufficient(held, part.amount, part.currency);
        return *sum;
    }

    const Wallet& wallet_;
    std::map<std::string, Money> balances_;
    std::map<std::string, Wallet::Part> parts_;
    WalletEvents events_;
};

Result<WalletEvents> record(const Wallet& wallet, WalletId id, std::span<const Transfer> transfers) {
    Ahead ahead(wallet);
    for (const auto& transfer : transfers)
        if (auto ok = ahead.record(id.text(), transfer); !ok) return std::unexpected(ok.error());
    return std::move(ahead).events();
}

/// Between the house and a wallet.
Transfer by_operator(TransferKind kind, WalletId wallet, Money amount, const std::string& currency,
                     const std::string& note, const std::string& reference, Instant now) {
    return {.kind = kind,
            .business_key = business_key(kind, wallet.text(), {reference}),
            .entries = from_to(std::string(house_account), wallet.text(), amount),
            .currency = currency,
            .tournament = {},
            .participant = {},
            .note = note,
            .at = now};
}

Result<WalletEvents> deposit(const Wallet& wallet, const Deposit& c, Instant now) {
    if (auto ok = check_request(c.amount, c.currency, c.reference); !ok) return std::unexpected(ok.error());
    if (c.amount.units <= 0) return refused(Code::invalid, "a deposit is above 0", "/amount");
    const Transfer transfers[] = {
        by_operator(TransferKind::deposit, c.wallet, c.amount, c.currency, c.note, c.reference, now)};
    return record(wallet, c.wallet, transfers);
}

Result<WalletEvents> adjust(const Wallet& wallet, const Adjust& c, Instant now) {
    if (auto ok = check_request(c.amount, c.currency, c.reference); !ok) return std::unexpected(ok.error());
    if (c.amount == Money{}) return refused(Code::invalid, "an adjustment is not 0", "/amount");
    if (c.reason.find_first_not_of(" \t\r\n") == c.reason.npos)
        return refused(Code::invalid, "an adjustment needs a reason", "/reason");
    const Transfer transfers[] = {
        by_operator(TransferKind::adjustment, c.wallet, c.amount, c.currency, c.reason, c.reference, now)};
    return record(wallet, c.wallet, transfers);
}

}  // namespace

Money Wallet::balance(std::string_view currency) const {
    const auto found = balances.find(currency);
    return found == balances.end() ? Money{} : found->second;
}

Result<WalletEvents> decide(const Wallet& wallet, const WalletCommand& command, Instant now) {
    return std::visit(overloaded{
                          [&](const Deposit& c) { return deposit(wallet, c, now); },
                          [&](const Adjust& c) { return adjust(wallet, c, now); },
                          [&](const TakePart& c) { return record(wallet, c.wallet, c.transfers); },
                      },
                      command);
}

void evolve(Wallet& wallet, const WalletEvent& event) {
    const auto& moved = std::get<MoneyMoved>(event);
    const auto* entry = entry_of(moved.transfer, moved.account);
    CHECK_THAT(entry != nullptr);
    const auto& currency = moved.transfer.currency;
    const auto balance = add_in_range(wallet.balance(currency), entry->amount);
    CHECK_THAT(balance && balance->units >= 0);
    wallet.balances[currency] = *balance;
    wallet.parts[moved.transfer.business_key] = {currency, entry->amount};
}

std::vector<TakePart> parts_of(std::span<const MoneyMoved> moved) {
    std::vector<TakePart> parts;
    std::map<std::string, std::size_t> index_of;
    for (const auto& [account, balance, transfer] : moved)
        for (const auto& entry : transfer.entries) {
            if (kind_of(entry.account) != AccountKind::wallet) continue;
            const auto [found, is_new] = index_of.try_emplace(entry.account, parts.size());
            if (is_new) parts.push_back({*WalletId::parse(entry.account), {}});
            parts[found->second].transfers.push_back(transfer);
        }
    return parts;
}

}  // namespace agon::ledger
