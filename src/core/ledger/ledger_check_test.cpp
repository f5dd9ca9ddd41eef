#include "core/ledger/ledger_check.hpp"

#include <functional>

#include "core/ledger/ledger_testing.hpp"

namespace agon::ledger {

using namespace testing;

namespace {

/// One line of a log about money.
struct Line {
    std::string stream;
    std::variant<MoneyMoved, EscrowOpened, EscrowSettled> event;
};
using Log = std::vector<Line>;

/// Two pay 100, one of them comes twice; 50/30/20, so place 3 is missing and its share divided.
Log played_cup() {
    Log log;
    Escrow escrow;
    std::map<WalletId, Wallet> wallets;
    const auto pay = [&](WalletId id, const WalletCommand& command) {
        const auto decided = decide(wallets[id], command, t0);
        REQUIRE(decided.has_value());
        for (const auto& event : *decided) {
            evolve(wallets[id], event);
            log.push_back({id.text(), std::get<MoneyMoved>(event)});
        }
    };
    const auto run = [&](const EscrowCommand& command) {
        const auto decided = decide(escrow, command, t0);
        REQUIRE(decided.has_value());
        for (const auto& event : *decided) {
            evolve(escrow, event);
            std::visit([&](const auto& e) { log.push_back({tournament(1).text(), e}); }, event);
        }
        for (const auto& part : parts_of(moved_by(*decided))) pay(part.wallet, part);
    };
    for (const auto n : {ana, ben})
        pay(wallet(n), Deposit{.wallet = wallet(n), .amount = Money{1000}, .note = {}, .reference = "1"});
    run(OpenEscrow{terms(100, 250)});
    run(TakeFee{participant(ana), user(ana)});
    run(ReturnFee{participant(ana)});
    run(TakeFee{participant(ana), user(ana)});
    run(TakeFee{participant(ben), user(ben)});
    run(PayPrizes{{placed(ana, 1), placed(ben, 2)}});
    return log;
}

std::vector<std::string> complaints_about(const Log& log, bool over = true) {
    LedgerCheck check;
    for (const auto& line : log) {
        const auto id = TournamentId::parse(line.stream).value_or(TournamentId{});
        if (const auto* moved = std::get_if<MoneyMoved>(&line.event)) check.moved(line.stream, *moved);
        if (const auto* opened = std::get_if<EscrowOpened>(&line.event)) check.opened(id, *opened);
        if (const auto* settled = std::get_if<EscrowSettled>(&line.event)) check.settled(id, *settled);
    }
    if (over) check.over(tournament(1));
    return check.complaints();
}

/// The first record of that kind on a stream with that prefix.
std::size_t find(const Log& log, TransferKind kind, std::string_view prefix) {
    for (std::size_t i = 0; i < log.size(); ++i)
        if (const auto* e = std::get_if<MoneyMoved>(&log[i].event))
            if (e->transfer.kind == kind && log[i].stream.starts_with(prefix)) return i;
    FAIL("no such record");
    return 0;
}

MoneyMoved& record(Log& log, TransferKind kind, std::string_view prefix) {
    return std::get<MoneyMoved>(log[find(log, kind, prefix)].event);
}

bool says(const std::vector<std::string>& complaints, std::string_view what) {
    for (const auto& complaint : complaints)
        if (complaint.contains(what)) return true;
    for (const auto& complaint : complaints) MESSAGE(complaint);
    return false;
}

}  // namespace

TEST_CASE("a sound log has no complaints, and the balances are its sums") {
    const auto log = played_cup();
    CHECK(complaints_about(log).empty());
    LedgerCheck check;
    for (const auto& [stream, event] : log)
        if (const auto* e = std::get_if<MoneyMoved>(&event)) check.moved(stream, *e);
    CHECK(check.balance(wallet(ana).text(), default_currency) == 1000 - 100 + 156);
    CHECK(check.balance(wallet(ben).text(), default_currency) == 1000 - 100 + 94);
    CHECK(check.balance(escrow_of(tournament(1)).text(), default_currency) == 0);
    CHECK(check.balance("house", default_currency) == -2000 - 50);
    CHECK(check.transfers() == 9);
}

TEST_CASE("any line that is missing, or there twice, is found") {
    const auto log = played_cup();
    for (std::size_t i = 0; i < log.size(); ++i) {
        auto less = log;
        less.erase(less.begin() + static_cast<std::ptrdiff_t>(i));
        // A deposit that is not there at all is missed by the fees that it paid for.
        CHECK_FALSE(complaints_about(less).empty());
        auto more = log;
        more.push_back(log[i]);
        CHECK_FALSE(complaints_about(more).empty());
    }
}

TEST_CASE("a transfer that one side does not know is named, with the side") {
    auto log = played_cup();
    log.erase(log.begin() + static_cast<std::ptrdiff_t>(find(log, TransferKind::prize, "wallet")));
    CHECK(complaints_about(log) == std::vector{wallet(ana).text() + ": prize/" + tournament(1).text() + "/" +
                                                   participant(ana).text() + "/1 is not recorded there",
                                               std::string("DojoCoins: all entries sum to -156, not to zero")});
}

TEST_CASE("each mistake in a record is found and named") {
    using enum TransferKind;
    const auto after = [](const std::function<void(Log&)>& change) {
        auto log = played_cup();
        change(log);
        return complaints_about(log);
    };
    CHECK(says(after([](Log& log) { record(log, entry_fee, "wallet").balance = Money{901}; }), "leaves 901"));
    CHECK(says(after([](Log& log) { record(log, entry_fee, "wallet").transfer.note = "!"; }), "differently elsewhere"));
    CHECK(says(after([](Log& log) { record(log, prize, "wallet").transfer.entries[0].amount = Money{1}; }),
               "do not sum to zero"));
    CHECK(
        says(after([](Log& log) { log[find(log, prize, "wallet")].stream = wallet(eve).text(); }), "is recorded for"));
    CHECK(says(after([](Log& log) { record(log, prize, "tourn").account = escrow_of(tournament(2)).text(); }),
               "is recorded for"));
    CHECK(
        says(after([](Log& log) { std::swap(log[find(log, deposit, "wallet")], log[find(log, entry_fee, "wallet")]); }),
             "less than nothing"));
    CHECK(says(after([](Log& log) {
                   log[find(log, deposit, "wallet")].stream = wallet(eve).text();
                   record(log, deposit, "wallet_").account = wallet(eve).text();
               }),
               "does not touch"));
}

TEST_CASE("an escrow that does not keep to its terms is found") {
    using enum TransferKind;
    const auto with_terms = [](const std::function<void(EscrowTerms&)>& change) {
        auto log = played_cup();
        for (auto& line : log)
            if (auto* e = std::get_if<EscrowOpened>(&line.event)) change(e->terms);
        return complaints_about(log);
    };
    CHECK(says(with_terms([](auto& t) { t.entry_fee = Money{99}; }), "the fee is 99"));
    CHECK(says(with_terms([](auto& t) { t.prize_pool = Money{251}; }), "251 was announced"));
    CHECK(says(with_terms([](auto& t) { t.prize_pool.reset(); }), "200 was announced"));
    CHECK(says(with_terms([](auto& t) { t.prize_split_bp = {10'000}; }), "not those of the split"));
    CHECK(says(with_terms([](auto& t) { t.prize_split_bp = {5000, 3000}; }), "the house's share is not 50"));
    CHECK(says(with_terms([](auto& t) { t.prize_split_bp = {}; }), "without terms"));
    CHECK(says(with_terms([](auto& t) { t.currency = "JPY"; }), "another currency"));
    CHECK(says(with_terms([](auto& t) { t.tournament = tournament(2); }), "the terms are of"));
}

TEST_CASE("an escrow that was never opened holds no money") {
    auto log = played_cup();
    std::erase_if(log, [](const auto& line) { return std::holds_alternative<EscrowOpened>(line.event); });
    CHECK(says(complaints_about(log), "moves money without terms"));
    CHECK(says(complaints_about(log), "settled without terms"));
}

TEST_CASE("a settlement that does not fit what was paid is found") {
    const auto settled = [](const EscrowSettled& e) {
        auto log = played_cup();
        for (auto& line : log)
            if (auto* there = std::get_if<EscrowSettled>(&line.event)) *there = e;
        return complaints_about(log);
    };
    const std::vector winners{placed(ana, 1), placed(ben, 2)};
    CHECK(settled({Settlement::paid, Money{250}, winners}).empty());
    CHECK(says(settled({Settlement::paid, Money{249}, winners}), "a pool of 249 held 250"));
    CHECK(says(settled({Settlement::paid, Money{249}, winners}), "250 of a pool of 249 was paid"));
    CHECK(says(settled({Settlement::paid, Money{250}, {placed(ben, 1), placed(ana, 2)}}), "not those of the split"));
    CHECK(says(settled({Settlement::paid, Money{250}, {placed(ana, 0)}}), "impossible places"));
    CHECK(says(settled({Settlement::refunded, {}, {}}), "refunded, but there was a prize"));
    CHECK(says(settled({Settlement::refunded, {}, {}}), "not every fee went back"));
}

TEST_CASE("an escrow that is not settled in the end is found, if its tournament is over") {
    auto log = played_cup();
    std::erase_if(log, [](const auto& line) { return std::holds_alternative<EscrowSettled>(line.event); });
    CHECK(says(complaints_about(log), "over, but its escrow is not settled"));
    CHECK(complaints_about(log, false).empty());
}

TEST_CASE("money that moves after the settlement, or is left at it, is found") {
    auto log = played_cup();
    const auto settled = log.end() - 3;
    REQUIRE(std::holds_alternative<EscrowSettled>(settled->event));
    std::iter_swap(settled, settled - 1);
    CHECK(says(complaints_about(log), "comes after the settlement"));
    CHECK(says(complaints_about(log), "settled with 94 in the escrow"));
}

}  // namespace agon::ledger
