#include "core/ledger/transfer.hpp"

#include <limits>

#include "base/codec/codec.hpp"
#include "core/ledger/ledger_testing.hpp"

namespace agon::ledger {

using namespace testing;

namespace {

const std::string of_ana = wallet(ana).text(), of_ben = wallet(ben).text();
const std::string of_cup = escrow_of(tournament(1)).text();
const std::string of_house{house_account};

Transfer transfer(TransferKind kind, std::vector<Entry> entries) {
    return {.kind = kind,
            .business_key = business_key(kind, "x"),
            .entries = std::move(entries),
            .currency = std::string(default_currency),
            .tournament = {},
            .participant = {},
            .note = {},
            .at = t0};
}

const Transfer fee = transfer(TransferKind::entry_fee, from_to(of_ana, of_cup, Money{500}));

void refuses(const Transfer& bad, std::string_view pointer) {
    const auto ok = check(bad);
    REQUIRE(!ok.has_value());
    CHECK(ok.error().code == Code::invalid);
    CHECK(ok.error().pointer == pointer);
}

}  // namespace

TEST_CASE("an account's name is its stream's, but an escrow's stream is the tournament's and the house has none") {
    CHECK(kind_of(of_ana) == AccountKind::wallet);
    CHECK(kind_of(of_cup) == AccountKind::escrow);
    CHECK(kind_of(of_house) == AccountKind::house);
    CHECK(stream_of(of_ana) == of_ana);
    CHECK(stream_of(of_cup) == tournament(1).text());
    CHECK(stream_of(of_house).empty());
    for (const std::string& none : {std::string(), user(1).text(), to_uuid_text(uuid(1, 1)), of_ana + "0",
                                    std::string("WALLET") + of_ana.substr(6), std::string("houses")}) {
        CHECK(!kind_of(none));
        CHECK(stream_of(none).empty());
    }
}

TEST_CASE("a transfer is sound when its entries sum to zero and go the way of its kind") {
    CHECK(check(fee).has_value());
    CHECK(check(transfer(TransferKind::deposit, from_to(of_house, of_ana, Money{max_units}))).has_value());
    CHECK(check(transfer(TransferKind::adjustment, from_to(of_house, of_ana, Money{-5}))).has_value());
    CHECK(check(transfer(TransferKind::prize, {{of_cup, Money{-5}}, {of_ana, Money{3}}, {of_ben, Money{2}}}))
              .has_value());
}

TEST_CASE("a transfer that makes or loses money is refused") {
    refuses(transfer(TransferKind::entry_fee, {{of_ana, Money{-5}}, {of_cup, Money{4}}}), "/entries");
    refuses(transfer(TransferKind::entry_fee, {{of_ana, Money{-5}}}), "/entries");
    refuses(transfer(TransferKind::entry_fee, {}), "/entries");
    refuses(transfer(TransferKind::entry_fee, {{of_ana, Money{}}, {of_cup, Money{}}}), "/entries");
    refuses(transfer(TransferKind::prize, {{of_cup, Money{-5}}, {of_ana, Money{2}}, {of_ana, Money{3}}}), "/entries");
    refuses(transfer(TransferKind::entry_fee, {{of_ana, Money{-max_units - 1}}, {of_cup, Money{max_units + 1}}}),
            "/entries");
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    refuses(transfer(TransferKind::entry_fee, {{of_ana, Money{least}}, {of_cup, Money{least}}}), "/entries");
}

TEST_CASE("a transfer that goes a way of no kind is refused") {
    refuses(transfer(TransferKind::entry_fee, from_to(of_cup, of_ana, Money{5})), "/entries");
    refuses(transfer(TransferKind::refund, from_to(of_ana, of_cup, Money{5})), "/entries");
    refuses(transfer(TransferKind::prize, from_to(of_house, of_ana, Money{5})), "/entries");
    refuses(transfer(TransferKind::deposit, from_to(of_ana, of_ben, Money{5})), "/entries");
    refuses(transfer(TransferKind::deposit, from_to(of_ana, of_house, Money{5})), "/entries");
    refuses(transfer(TransferKind::surplus, from_to(of_house, of_cup, Money{5})), "/entries");
    refuses(transfer(TransferKind::entry_fee, from_to("somebody", of_cup, Money{5})), "/entries");
}

TEST_CASE("a transfer has a key of its kind and a currency") {
    auto bad = fee;
    bad.business_key = "prize/x";
    refuses(bad, "/business_key");
    bad.business_key.clear();
    refuses(bad, "/business_key");
    for (const std::string& currency : {std::string(), std::string("Dojo Coins"), std::string(33, 'x')}) {
        bad = fee;
        bad.currency = currency;
        refuses(bad, "/currency");
    }
}

TEST_CASE("a record in the log reads as it was written, without what it does not have") {
    const MoneyMoved moved{of_ana, Money{100}, fee};
    const auto text = codec::to_json<codec::log_spelling>(moved);
    CHECK(text == R"({"account":")" + of_ana +
                      R"(","balance":100,"transfer":{"kind":"entry_fee","business_key":)"
                      R"("entry_fee/x","entries":[{"account":")" +
                      of_ana + R"(","amount":-500},{"account":")" + of_cup +
                      R"(","amount":500}],"currency":"DojoCoins","note":"","at":"2023-11-14T22:13:20Z"}})");
    CHECK(codec::read_text<MoneyMoved>(text) == moved);
    auto of_tournament = moved;
    of_tournament.transfer.tournament = tournament(1);
    of_tournament.transfer.participant = participant(ana);
    CHECK(codec::read_text<MoneyMoved>(codec::to_json<codec::log_spelling>(of_tournament)) == of_tournament);
}

}  // namespace agon::ledger
