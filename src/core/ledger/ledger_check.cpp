#include "core/ledger/ledger_check.hpp"

#include <cstdlib>

namespace agon::ledger {

namespace {

std::set<std::string> accounts_with_streams(const Transfer& transfer) {
    std::set<std::string> accounts;
    for (const auto& entry : transfer.entries)
        if (!stream_of(entry.account).empty()) accounts.insert(entry.account);
    return accounts;
}

/// The first entry of another account.
const Entry& counter_entry(const MoneyMoved& e) {
    const auto& entries = e.transfer.entries;
    return entries[entries[0].account == e.account ? 1 : 0];
}

Sum sum_of(const std::map<TransferKind, Sum>& sums, TransferKind kind) {
    const auto found = sums.find(kind);
    return found == sums.end() ? 0 : found->second;
}

}  // namespace

// --- transfers and balances -----------------------------------------------------------------------------------------

void LedgerCheck::moved(std::string_view stream, const MoneyMoved& e) {
    if (auto ok = check(e.transfer); !ok)
        return complain(fmt::format("{}: {}: {}", stream, e.transfer.business_key, ok.error().message));
    if (stream_of(e.account) != stream)
        return complain(fmt::format("{}: {} is recorded for {}", stream, e.transfer.business_key, e.account));
    const auto* entry = entry_of(e.transfer, e.account);
    if (entry == nullptr)
        return complain(fmt::format("{}: {} does not touch {}", stream, e.transfer.business_key, e.account));
    if (!record(e)) return;
    add_entry(e.account, e.transfer.currency, entry->amount);
    check_balance(e);
    if (kind_of(e.account) == AccountKind::escrow) enter_in_book(e);
}

/// Whether this is a record that was still missing. The house's side counts with the first one.
bool LedgerCheck::record(const MoneyMoved& e) {
    const auto& key = e.transfer.business_key;
    auto [found, is_new] = transfers_.try_emplace(key);
    auto& pending = found->second;
    if (is_new) {
        pending = std::make_unique<Pending>(e.transfer, accounts_with_streams(e.transfer));
        if (const auto* house = entry_of(e.transfer, house_account))
            add_entry(std::string(house_account), e.transfer.currency, house->amount);
    }
    if (!pending || pending->awaited.erase(e.account) == 0) {
        complain(fmt::format("{}: {} is recorded twice", e.account, key));
        return false;
    }
    if (pending->transfer != e.transfer)
        complain(fmt::format("{}: {} is recorded differently elsewhere", e.account, key));
    if (pending->awaited.empty()) pending.reset();
    return true;
}

void LedgerCheck::add_entry(const std::string& account, const std::string& currency, Money amount) {
    balances_[{account, currency}] += amount.units;
}

void LedgerCheck::check_balance(const MoneyMoved& e) {
    const auto sum = balance(e.account, e.transfer.currency);
    if (sum != e.balance.units)
        complain(fmt::format("{}: {} leaves {}, but the entries sum to {}", e.account, e.transfer.business_key,
                             e.balance.units, sum));
    if (sum < 0) complain(fmt::format("{}: {} leaves less than nothing", e.account, e.transfer.business_key));
    if (sum > max_units) complain(fmt::format("{}: {} leaves too much", e.account, e.transfer.business_key));
}

Sum LedgerCheck::balance(std::string_view account, std::string_view currency) const {
    const auto found = balances_.find({std::string(account), std::string(currency)});
    return found == balances_.end() ? 0 : found->second;
}

// --- escrows ----------------------------------------------------------------------------------------------------------

void LedgerCheck::opened(TournamentId stream, const EscrowOpened& e) {
    auto& book = books_[stream];
    // Other terms may be announced until the first transfer.
    if (book.terms && !book.sums.empty()) return complain(fmt::format("{}: the escrow is opened twice", stream.text()));
    if (e.terms.tournament != stream)
        complain(fmt::format("{}: the terms are of {}", stream.text(), e.terms.tournament.text()));
    if (!check_split(e.terms.prize_split_bp)) return complain(fmt::format("{}: no prize split", stream.text()));
    book.terms = e.terms;
}

void LedgerCheck::enter_in_book(const MoneyMoved& e) {
    const TournamentId tournament{EscrowId::parse(e.account)->uuid};
    auto& book = books_[tournament];
    const auto& key = e.transfer.business_key;
    const auto amount = entry_of(e.transfer, e.account)->amount;
    if (!book.terms)
        complain(fmt::format("{}: {} moves money without terms", tournament.text(), key));
    else if (book.terms->currency != e.transfer.currency)
        complain(fmt::format("{}: {} is in another currency", tournament.text(), key));
    if (book.settlement) complain(fmt::format("{}: {} comes after the settlement", tournament.text(), key));
    book.sums[e.transfer.kind] += amount.units;
    if (e.transfer.kind == TransferKind::prize) book.prizes[key] = counter_entry(e);
    const bool is_fee = e.transfer.kind == TransferKind::entry_fee || e.transfer.kind == TransferKind::refund;
    if (is_fee && book.terms && std::abs(amount.units) != book.terms->entry_fee.units)
        complain(fmt::format("{}: {} moves {}, the fee is {}", tournament.text(), key, amount.units,
                             book.terms->entry_fee.units));
}

void LedgerCheck::settled(TournamentId stream, const EscrowSettled& e) {
    auto& book = books_[stream];
    if (!book.terms) return complain(fmt::format("{}: settled without terms", stream.text()));
    if (book.settlement) return complain(fmt::format("{}: settled twice", stream.text()));
    book.settlement = e.settlement;
    if (const auto left = balance(escrow_of(stream).text(), book.terms->currency); left != 0)
        complain(fmt::format("{}: settled with {} in the escrow", stream.text(), left));
    if (e.settlement == Settlement::paid)
        check_paid(stream, book, e);
    else
        check_refunded(stream, book);
}

void LedgerCheck::check_paid(TournamentId id, const EscrowBook& book, const EscrowSettled& e) {
    const auto sum = [&](TransferKind kind) { return sum_of(book.sums, kind); };
    const auto fees = sum(TransferKind::entry_fee) + sum(TransferKind::refund);
    const Sum announced = book.terms->prize_pool ? Sum{book.terms->prize_pool->units} : fees;
    if (announced != e.pool.units)
        complain(fmt::format("{}: the pool is {}, {} was announced", id.text(), e.pool.units, announced));
    const auto there = fees + sum(TransferKind::top_up) + sum(TransferKind::surplus);
    if (there != e.pool.units) complain(fmt::format("{}: a pool of {} held {}", id.text(), e.pool.units, there));
    const auto given = -(sum(TransferKind::prize) + sum(TransferKind::house_share));
    if (given != e.pool.units) complain(fmt::format("{}: {} of a pool of {} was paid", id.text(), given, e.pool.units));
    check_prizes(id, book, e);
}

void LedgerCheck::check_prizes(TournamentId id, const EscrowBook& book, const EscrowSettled& e) {
    const auto places = places_of(e.placings);
    if (e.pool.units < 0 || !check_places(places)) return complain(fmt::format("{}: impossible places", id.text()));
    const auto division = divide(e.pool, book.terms->prize_split_bp, places);
    std::map<std::string, Entry> due;
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto& [participant, user, place] = e.placings[i];
        if (division.prizes[i] == Money{}) continue;
        const auto key = business_key(TransferKind::prize, id.text(), {participant.text(), std::to_string(place)});
        due[key] = {wallet_of(user).text(), division.prizes[i]};
    }
    if (due != book.prizes) complain(fmt::format("{}: the prizes are not those of the split", id.text()));
    if (sum_of(book.sums, TransferKind::house_share) != -Sum{division.house.units})
        complain(fmt::format("{}: the house's share is not {}", id.text(), division.house.units));
}

void LedgerCheck::check_refunded(TournamentId id, const EscrowBook& book) {
    for (const auto& [kind, sum] : book.sums)
        if (kind != TransferKind::entry_fee && kind != TransferKind::refund)
            complain(
                fmt::format("{}: refunded, but there was a {}", id.text(), codec::word_of<codec::log_spelling>(kind)));
    if (sum_of(book.sums, TransferKind::entry_fee) + sum_of(book.sums, TransferKind::refund) != 0)
        complain(fmt::format("{}: not every fee went back", id.text()));
}

void LedgerCheck::over(TournamentId tournament) {
    if (const auto book = books_.find(tournament); book != books_.end()) book->second.over = true;
}

// --- the whole ----------------------------------------------------------------------------------------------------------

std::vector<std::string> LedgerCheck::complaints() const {
    auto all = complaints_;
    for (const auto& [key, pending] : transfers_) {
        if (!pending) continue;
        for (const auto& account : pending->awaited)
            all.push_back(fmt::format("{}: {} is not recorded there", account, key));
    }
    std::map<std::string, Sum> sums;
    for (const auto& [account, sum] : balances_) sums[account.second] += sum;
    for (const auto& [currency, sum] : sums)
        if (sum != 0) all.push_back(fmt::format("{}: all entries sum to {}, not to zero", currency, sum));
    for (const auto& [id, book] : books_)
        if (book.over && book.terms && !book.settlement)
            all.push_back(fmt::format("{}: over, but its escrow is not settled", id.text()));
    return all;
}

}  // namespace agon::ledger
