#include "core/ledger/transfer.hpp"

#include <set>

namespace agon::ledger {

namespace {

/// Which way money goes. An adjustment may also go back.
struct Route {
    TransferKind kind;
    AccountKind from, to;
    bool may_go_back = false;
};
constexpr Route routes[] = {
    {TransferKind::deposit, AccountKind::house, AccountKind::wallet},
    {TransferKind::adjustment, AccountKind::house, AccountKind::wallet, true},
    {TransferKind::entry_fee, AccountKind::wallet, AccountKind::escrow},
    {TransferKind::refund, AccountKind::escrow, AccountKind::wallet},
    {TransferKind::prize, AccountKind::escrow, AccountKind::wallet},
    {TransferKind::top_up, AccountKind::house, AccountKind::escrow},
    {TransferKind::surplus, AccountKind::escrow, AccountKind::house},
    {TransferKind::house_share, AccountKind::escrow, AccountKind::house},
};

std::string_view word(TransferKind kind) { return codec::word_of<codec::log_spelling>(kind); }

bool goes(const Route& route, AccountKind account, Money amount) {
    const bool gains = amount.units > 0;
    return account == (gains ? route.to : route.from) ||
           (route.may_go_back && account == (gains ? route.from : route.to));
}

Result<void> check_entry(const Transfer& t, const Entry& entry) {
    const auto kind = kind_of(entry.account);
    if (!kind) return refused(Code::invalid, fmt::format("'{}' is no account", entry.account), "/entries");
    if (entry.amount == Money{}) return refused(Code::invalid, "an entry moves nothing", "/entries");
    if (!is_in_range(entry.amount))
        return refused(Code::invalid, fmt::format("an amount is outside ±{}", max_units), "/entries");
    const auto* route = std::ranges::find(routes, t.kind, &Route::kind);
    if (route == std::end(routes) || !goes(*route, *kind, entry.amount))
        return refused(Code::invalid, fmt::format("'{}' has no such part in a {}", entry.account, word(t.kind)),
                       "/entries");
    return {};
}

Result<void> check_sum(const Transfer& t) {
    std::optional<Money> sum = Money{};
    std::set<std::string_view> accounts;
    for (const auto& entry : t.entries) {
        accounts.insert(entry.account);
        if (sum) sum = add(*sum, entry.amount);
    }
    if (accounts.size() != t.entries.size()) return refused(Code::invalid, "an account is named twice", "/entries");
    if (sum != Money{}) return refused(Code::invalid, "the entries do not sum to zero", "/entries");
    return {};
}

}  // namespace

std::string business_key(TransferKind kind, std::string_view scope, const std::vector<std::string>& detail) {
    auto key = fmt::format("{}/{}", word(kind), scope);
    for (const auto& part : detail) key += '/' + part;
    return key;
}

std::vector<Entry> from_to(std::string from, std::string to, Money amount) {
    return {{std::move(from), negative(amount)}, {std::move(to), amount}};
}

Result<void> check(const Transfer& t) {
    if (!t.business_key.starts_with(fmt::format("{}/", word(t.kind))))
        return refused(Code::invalid, fmt::format("the key '{}' is not one of a {}", t.business_key, word(t.kind)),
                       "/business_key");
    if (!is_currency(t.currency))
        return refused(Code::invalid, fmt::format("'{}' is no currency", t.currency), "/currency");
    if (t.entries.size() < 2) return refused(Code::invalid, "a transfer has at least two entries", "/entries");
    for (const auto& entry : t.entries)
        if (auto ok = check_entry(t, entry); !ok) return ok;
    return check_sum(t);
}

const Entry* entry_of(const Transfer& t, std::string_view account) {
    const auto found = std::ranges::find(t.entries, account, &Entry::account);
    return found == t.entries.end() ? nullptr : &*found;
}

}  // namespace agon::ledger
