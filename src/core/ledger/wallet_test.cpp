#include "core/ledger/ledger_testing.hpp"

namespace agon::ledger {

using namespace testing;

namespace {

Deposit deposit(std::int64_t units, std::string reference = "first") {
    return {.wallet = wallet(ana), .amount = Money{units}, .note = "gift", .reference = std::move(reference)};
}
Adjust adjustment(std::int64_t units, std::string reference = "fix") {
    return {.wallet = wallet(ana), .amount = Money{units}, .reason = "typo", .reference = std::move(reference)};
}

Transfer moving(TransferKind kind, std::int64_t units, const std::string& detail) {
    return {.kind = kind,
            .business_key = business_key(kind, tournament(1).text(), {detail}),
            .entries = from_to(wallet(ana).text(), escrow_of(tournament(1)).text(), Money{units}),
            .currency = std::string(default_currency),
            .tournament = tournament(1),
            .participant = participant(ana),
            .note = {},
            .at = t0};
}

}  // namespace

TEST_CASE("a deposit comes from the house and is recorded with who gained what") {
    World world;
    const auto events = decide(Wallet{}, deposit(500), t0);
    REQUIRE(events.has_value());
    REQUIRE(events->size() == 1);
    const auto& moved = std::get<MoneyMoved>(events->front());
    CHECK(moved.account == wallet(ana).text());
    CHECK(moved.balance == Money{500});
    CHECK(moved.transfer.business_key == "deposit/" + wallet(ana).text() + "/first");
    CHECK(moved.transfer.entries == from_to("house", wallet(ana).text(), Money{500}));
    CHECK(moved.transfer.note == "gift");
    CHECK(moved.transfer.at == t0);
    CHECK(check(moved.transfer).has_value());
}

TEST_CASE("the same deposit again changes nothing, whenever it comes; another amount under its reference is refused") {
    World world;
    CHECK(world.run(deposit(500)) == 1);
    CHECK(world.run(deposit(500), t0 + seconds(1e8)) == 0);
    CHECK(world.run(deposit(501)).error().code == Code::conflict);
    CHECK(world.run(deposit(500, "second")) == 1);
    CHECK(world.balance(ana) == 1000);
}

TEST_CASE("a deposit is above zero, within range, in a currency, with a reference") {
    World world;
    const auto refuses = [&](const Deposit& bad, std::string_view pointer) {
        const auto outcome = world.run(bad);
        REQUIRE(!outcome.has_value());
        CHECK(outcome.error().code == Code::invalid);
        CHECK(outcome.error().pointer == pointer);
    };
    for (const auto units :
         {std::int64_t{0}, std::int64_t{-1}, max_units + 1, std::numeric_limits<std::int64_t>::min()})
        refuses(deposit(units), "/amount");
    for (const std::string& reference :
         {std::string(), std::string("a/b"), std::string("a b"), std::string("\xc3\xa9"), std::string(256, 'x')})
        refuses(deposit(1, reference), "/reference");
    CHECK(world.run(Adjust{
              .wallet = wallet(ben), .amount = Money{1}, .reason = "x", .reference = std::string(255, '~')}) == 1);
    auto bad = deposit(1);
    bad.currency = "Dojo Coins";
    refuses(bad, "/currency");
    CHECK(world.balance(ana) == 0);
}

TEST_CASE("a balance reaches 2^53-1 and goes no further") {
    World world;
    CHECK(world.run(deposit(max_units)) == 1);
    CHECK(world.run(deposit(1, "more")).error().code == Code::invalid);
    CHECK(world.balance(ana) == max_units);
    CHECK(world.run(adjustment(-max_units)) == 1);
    CHECK(world.balance(ana) == 0);
    CHECK(world.check.complaints().empty());
}

TEST_CASE("an admin adjusts with a reason, either way, but not below zero") {
    World world;
    world.give(ana, 100);
    CHECK(world.run(adjustment(-30)) == 1);
    CHECK(world.run(adjustment(-30)) == 0);
    CHECK(world.run(adjustment(5, "again")) == 1);
    CHECK(world.balance(ana) == 75);
    const auto outcome = world.run(adjustment(-76, "third"));
    CHECK(outcome.error().code == Code::exhausted);
    CHECK(outcome.error().message == "insufficient funds: 76 DojoCoins needed, 75 there, 1 missing");
    CHECK(world.run(adjustment(0, "none")).error().pointer == "/amount");
    auto silent = adjustment(1, "silent");
    silent.reason = " \t";
    CHECK(world.run(silent).error().pointer == "/reason");
    CHECK(world.balance(ana) == 75);
}

TEST_CASE("currencies do not mix") {
    World world;
    auto yen = deposit(70, "yen");
    yen.currency = "JPY";
    CHECK(world.run(yen) == 1);
    CHECK(world.wallet_state(ana).balance("JPY") == Money{70});
    CHECK(world.balance(ana) == 0);
    CHECK(world.run(adjustment(-1)).error().code == Code::exhausted);
    CHECK(world.check.balance("house", "JPY") == -70);
    CHECK(world.check.complaints().empty());
}

TEST_CASE("a wallet takes part in all transfers of a command or in none") {
    World world;
    world.give(ana, 100);
    const auto first = moving(TransferKind::entry_fee, 60, "1"), second = moving(TransferKind::entry_fee, 60, "2");
    const auto both = decide(world.wallet_state(ana), TakePart{wallet(ana), {first, second}}, t0);
    CHECK(both.error().message == "insufficient funds: 60 DojoCoins needed, 40 there, 20 missing");

    const auto back = moving(TransferKind::refund, -60, "1");
    const auto events = decide(world.wallet_state(ana), TakePart{wallet(ana), {first, back, second}}, t0);
    REQUIRE(events.has_value());
    REQUIRE(events->size() == 3);
    CHECK(std::get<MoneyMoved>(events->back()).balance == Money{40});
}

TEST_CASE("a transfer that a wallet knows is accepted without events; one under its key that differs is refused") {
    World world;
    world.give(ana, 100);
    const auto fee = moving(TransferKind::entry_fee, 60, "1");
    CHECK(world.run(TakePart{wallet(ana), {fee}}) == 1);
    CHECK(world.run(TakePart{wallet(ana), {fee, fee}}) == 0);
    CHECK(world.run(TakePart{wallet(ana), {moving(TransferKind::entry_fee, 61, "1")}}).error().code == Code::conflict);
    CHECK(world.balance(ana) == 40);
}

TEST_CASE("a wallet takes no part in what is unsound or of others") {
    World world;
    world.give(ana, 100);
    auto unsound = moving(TransferKind::entry_fee, 60, "1");
    unsound.entries.back().amount = Money{61};
    CHECK(world.run(TakePart{wallet(ana), {unsound}}).error().code == Code::invalid);
    const auto fee = moving(TransferKind::entry_fee, 60, "1");
    CHECK(world.run(TakePart{wallet(ben), {fee}}).error().code == Code::invalid);
    CHECK(world.balance(ana) == 100);
}

}  // namespace agon::ledger
