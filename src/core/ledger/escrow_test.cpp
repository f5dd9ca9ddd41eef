#include "core/ledger/escrow.hpp"

#include "core/ledger/ledger_testing.hpp"

namespace agon::ledger {

using namespace testing;

namespace {

TakeFee fee_of(std::uint8_t n) { return {participant(n), user(n)}; }
ReturnFee back_to(std::uint8_t n) { return {participant(n)}; }

/// Everybody has 1000; those named have paid.
World cup(const EscrowTerms& what, std::initializer_list<std::uint8_t> joined) {
    World world;
    for (std::uint8_t n = ana; n <= eve; ++n) world.give(n, 1000);
    REQUIRE(world.run(1, OpenEscrow{what}) == 1);
    for (const auto n : joined) REQUIRE(world.run(1, fee_of(n)).has_value());
    return world;
}

std::vector<TransferKind> kinds_of(const Result<EscrowEvents>& events) {
    REQUIRE(events.has_value());
    std::vector<TransferKind> kinds;
    for (const auto& moved : moved_by(*events)) kinds.push_back(moved.transfer.kind);
    return kinds;
}

void is_clean(World& world) {
    const auto complaints = world.check.complaints();
    for (const auto& complaint : complaints) MESSAGE(complaint);
    CHECK(complaints.empty());
}

}  // namespace

TEST_CASE("terms are fixed once somebody has paid") {
    World world;
    CHECK(world.run(1, fee_of(ana)).error().code == Code::not_found);
    CHECK(world.run(1, OpenEscrow{terms(500)}) == 1);
    CHECK(world.run(1, OpenEscrow{terms(500)}) == 0);
    CHECK(world.run(1, OpenEscrow{terms(501)}) == 1);
    CHECK(world.run(1, OpenEscrow{terms(500)}) == 1);
    world.give(ana, 500);
    CHECK(world.run(1, fee_of(ana)).has_value());
    CHECK(world.run(1, OpenEscrow{terms(501)}).error().code == Code::conflict);
}

TEST_CASE("terms that cannot be are refused") {
    const auto refuses = [](const EscrowTerms& bad, std::string_view pointer) {
        const auto outcome = decide(Escrow{}, OpenEscrow{bad}, t0);
        REQUIRE(!outcome.has_value());
        CHECK(outcome.error().code == Code::invalid);
        CHECK(outcome.error().pointer == pointer);
    };
    refuses(terms(-1), "/entry_fee");
    refuses(terms(max_units + 1), "/entry_fee");
    refuses(terms(0, -1), "/prize_pool");
    refuses(terms(0, max_units + 1), "/prize_pool");
    auto bad = terms(1);
    bad.prize_split_bp = {9000, 2000};
    refuses(bad, "/prize_split");
    bad = terms(1);
    bad.currency = "";
    refuses(bad, "/currency");
}

TEST_CASE("a fee goes from the wallet to the escrow, the same record on both sides") {
    auto world = cup(terms(500), {});
    const auto batch = world.decide_now(1, fee_of(ana));
    REQUIRE(batch.has_value());
    REQUIRE(batch->events.size() == 1);
    REQUIRE(batch->parts.size() == 1);
    const auto& in = std::get<MoneyMoved>(batch->events[0]);
    const auto& out = std::get<MoneyMoved>(batch->parts[0].events[0]);
    CHECK(in.transfer == out.transfer);
    CHECK(in.transfer.business_key == "entry_fee/" + tournament(1).text() + "/" + participant(ana).text() + "/1");
    CHECK(in.balance == Money{500});
    CHECK(out.balance == Money{500});
    CHECK(world.commit(*batch));
    CHECK(world.escrow().pool() == Money{500});
    is_clean(world);
}

TEST_CASE("whoever has too little does not get in, and nothing moves") {
    auto world = cup(terms(1001), {});
    const auto outcome = world.run(1, fee_of(ana));
    CHECK(outcome.error().code == Code::exhausted);
    CHECK(outcome.error().message == "insufficient funds: 1001 DojoCoins needed, 1000 there, 1 missing");
    CHECK(world.balance(ana) == 1000);
    CHECK(world.escrow().balance == Money{});
    CHECK(world.escrow().payers.empty());
}

TEST_CASE("a fee is taken once, returned once, and taken again from who comes again") {
    auto world = cup(terms(300), {ana});
    CHECK(world.run(1, fee_of(ana)) == 0);
    CHECK(world.run(1, TakeFee{participant(ana), user(ben)}).error().code == Code::conflict);
    CHECK(world.balance(ana) == 700);
    CHECK(world.run(1, back_to(ana)) == 2);
    CHECK(world.run(1, back_to(ana)) == 0);
    CHECK(world.balance(ana) == 1000);
    CHECK(world.run(1, fee_of(ana)) == 2);
    CHECK(world.balance(ana) == 700);
    CHECK(world.run(1, back_to(ben)).error().code == Code::not_found);
    is_clean(world);
}

TEST_CASE("the fees are the pool where none is declared") {
    auto world = cup(terms(500), {ana, ben, cem});
    CHECK(world.run(1, PayPrizes{{placed(ana, 2), placed(ben, 1), placed(cem, 3)}}) == 7);
    CHECK(world.balance(ben) == 500 + 750);
    CHECK(world.balance(ana) == 500 + 450);
    CHECK(world.balance(cem) == 500 + 300);
    CHECK(world.escrow().balance == Money{});
    CHECK(world.escrow().pool() == Money{1500});
    world.over(1);
    is_clean(world);
}

TEST_CASE("a declared pool above the fees is topped up by the house") {
    auto world = cup(terms(500, 16000), {ana, ben});
    const PayPrizes prizes{{placed(ana, 1), placed(ben, 2)}};
    using enum TransferKind;
    CHECK(kinds_of(decide(world.escrow(), prizes, t0)) == std::vector{top_up, prize, prize});
    CHECK(world.run(1, prizes).has_value());
    CHECK(world.balance(ana) == 500 + 10000);
    CHECK(world.balance(ben) == 500 + 6000);
    is_clean(world);
}

TEST_CASE("fees above a declared pool, and what the split leaves, go to the house") {
    auto what = terms(500, 1000);
    what.prize_split_bp = {6000, 3000};
    auto world = cup(what, {ana, ben, cem});
    const PayPrizes prizes{{placed(ana, 1), placed(ben, 2), placed(cem, 3)}};
    using enum TransferKind;
    CHECK(kinds_of(decide(world.escrow(), prizes, t0)) == std::vector{surplus, prize, prize, house_share});
    CHECK(world.run(1, prizes).has_value());
    CHECK(world.check.balance("house", default_currency) == -5000 + 500 + 100);
    CHECK(world.balance(cem) == 500);
    is_clean(world);
}

TEST_CASE("a free tournament with a declared pool pays whoever is placed; without a pool nothing moves") {
    auto world = cup(terms(0, 100), {ana});
    CHECK(world.run(1, fee_of(ana)) == 0);
    CHECK(world.run(1, back_to(ana)) == 0);
    CHECK(world.run(1, PayPrizes{{placed(ana, 1)}}) == 4);
    CHECK(world.balance(ana) == 1100);
    is_clean(world);

    auto free = cup(terms(0), {});
    CHECK(free.run(1, PayPrizes{{placed(ana, 1)}}) == 1);
    CHECK(free.balance(ana) == 1000);
    is_clean(free);
}

TEST_CASE("where nobody is placed the pool is the house's") {
    auto world = cup(terms(500), {ana, ben});
    CHECK(world.run(1, PayPrizes{}) == 2);
    CHECK(world.check.balance("house", default_currency) == -5000 + 1000);
    is_clean(world);
}

TEST_CASE("prizes are paid once: the same again is accepted, other places are refused") {
    auto world = cup(terms(500), {ana, ben, cem, dana});
    const std::vector placings{placed(ana, 1), placed(ben, 2), placed(cem, 3), placed(dana, 4)};
    CHECK(world.run(1, PayPrizes{placings}).has_value());
    CHECK(world.run(1, PayPrizes{placings}, t0 + seconds(60)) == 0);
    CHECK(world.run(1, PayPrizes{{placed(ben, 1), placed(ana, 2), placed(cem, 3)}}).error().code == Code::conflict);
    CHECK(world.run(1, ReturnAllFees{}).error().code == Code::wrong_state);
    CHECK(world.run(1, back_to(ana)).error().code == Code::wrong_state);
    CHECK(world.run(1, fee_of(eve)).error().code == Code::wrong_state);
    CHECK(world.run(1, fee_of(ana)) == 0);
    CHECK(world.balance(ana) == 500 + 1000);
    is_clean(world);
}

TEST_CASE("placings that cannot be are refused and nothing is paid") {
    auto world = cup(terms(500), {ana, ben});
    const auto refuses = [&](std::vector<Placing> placings) {
        CHECK(world.run(1, PayPrizes{std::move(placings)}).error().code == Code::invalid);
    };
    refuses({placed(ana, 1), placed(ana, 2)});
    refuses({placed(ana, 0)});
    refuses({placed(ana, 1), placed(cem, 2)});
    refuses({{participant(ana), user(ben), 1}});
    refuses({placed(ana, 1), placed(ben, 1), placed(cem, 1)});
    CHECK(world.run(1, back_to(ben)).has_value());
    refuses({placed(ana, 1), placed(ben, 2)});
    CHECK(world.escrow().balance == Money{500});
}

TEST_CASE("cancelling gives every fee back, once") {
    auto world = cup(terms(500, 16000), {ana, ben, cem});
    CHECK(world.run(1, back_to(ben)).has_value());
    CHECK(world.run(1, ReturnAllFees{}) == 5);
    CHECK(world.run(1, ReturnAllFees{}) == 0);
    CHECK(world.run(1, back_to(ana)) == 0);
    CHECK(world.run(1, fee_of(ana)).error().code == Code::wrong_state);
    CHECK(world.run(1, PayPrizes{}).error().code == Code::wrong_state);
    for (std::uint8_t n = ana; n <= eve; ++n) CHECK(world.balance(n) == 1000);
    world.over(1);
    is_clean(world);
}

TEST_CASE("one user who holds two seats pays and wins for both") {
    auto world = cup(terms(300), {ben});
    for (const auto seat : {std::uint8_t{11}, std::uint8_t{12}})
        CHECK(world.run(1, TakeFee{participant(seat), user(ana)}) == 2);
    CHECK(world.balance(ana) == 400);
    const std::vector<Placing> placings{
        {participant(11), user(ana), 1}, {participant(12), user(ana), 2}, placed(ben, 3)};
    CHECK(world.run(1, PayPrizes{placings}).has_value());
    CHECK(world.balance(ana) == 400 + 450 + 270);
    is_clean(world);
}

TEST_CASE("fees that come to more than 2^53-1 are refused") {
    World world;
    for (const auto n : {ana, ben}) world.give(n, max_units);
    REQUIRE(world.run(1, OpenEscrow{terms(max_units)}).has_value());
    CHECK(world.run(1, fee_of(ana)) == 2);
    CHECK(world.run(1, fee_of(ben)).error().code == Code::invalid);
    CHECK(world.balance(ben) == max_units);
    CHECK(world.run(1, PayPrizes{{placed(ana, 1)}}) == 3);
    CHECK(world.balance(ana) == max_units);
    is_clean(world);
}

TEST_CASE("a prize that a wallet cannot hold refuses the whole settlement") {
    World world;
    world.give(ana, max_units);
    world.give(ben, 10);
    REQUIRE(world.run(1, OpenEscrow{terms(10, 100)}).has_value());
    for (const auto n : {ana, ben}) REQUIRE(world.run(1, fee_of(n)).has_value());
    const PayPrizes prizes{{placed(ana, 1), placed(ben, 2)}};
    CHECK(world.run(1, prizes).error().code == Code::invalid);
    CHECK(world.balance(ben) == 0);
    CHECK(world.escrow().balance == Money{20});
    CHECK(!world.escrow().settled);
    CHECK(world.run(Adjust{.wallet = wallet(ana), .amount = Money{-1000}, .reason = "room", .reference = "1"}) == 1);
    CHECK(world.run(1, prizes).has_value());
    is_clean(world);
}

}  // namespace agon::ledger
