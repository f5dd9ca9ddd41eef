// What moves money is decided on a tournament and its wallets together: all of it is kept, or nothing.
#include <doctest/doctest.h>

#include "app/world_testing.hpp"

namespace agon {

using namespace testing;

namespace {

UserId user(std::uint8_t n) { return {Uuid{{0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}}}; }
const UserId ana = user(1), ben = user(2), cem = user(3);

/// People with wallets, and tournaments that they pay for.
struct Bank {
    World world;

    Result<void> order(TournamentId id, TournamentCommand command) {
        auto done = world->run(world->engine.execute<TournamentAggregate>(
            id, std::move(command), [](const Tournament& t) { return t.status; }));
        if (!done) return std::unexpected(done.error());
        return {};
    }
    void deposit(UserId who, std::int64_t units) {
        const auto wallet = ledger::wallet_of(who);
        ledger::Deposit command{wallet, Money{units}, std::string(ledger::default_currency), "",
                                std::to_string(++deposits)};
        REQUIRE(world->run(world->engine.execute<WalletAggregate>(
            wallet, std::move(command), [](const ledger::Wallet& w) { return w.balance(ledger::default_currency); })));
    }
    void take(UserId who, std::int64_t units) {
        const auto wallet = ledger::wallet_of(who);
        ledger::Adjust command{wallet, Money{-units}, std::string(ledger::default_currency), "room", "1"};
        REQUIRE(world->run(world->engine.execute<WalletAggregate>(wallet, std::move(command),
                                                                  [](const ledger::Wallet&) { return true; })));
    }
    std::int64_t balance(UserId who) {
        return world->engine.peek<WalletAggregate>(
            ledger::wallet_of(who), [](const ledger::Wallet& w) { return w.balance(ledger::default_currency).units; });
    }
    TournamentId tournament(std::int64_t fee) {
        const auto id =
            make_tournament_id(world.outside.clock.now(), world.outside.random.bits(), world.outside.random.bits());
        TournamentChanged what{.name = "Cup", .game_type = "pool", .max_entrants = 2};
        what.stages.emplace_back().format = "single_elimination";
        what.details.money.entry_fee = Money{fee};
        REQUIRE(order(id, world->tournaments.announcement(std::move(what), id, cem, true)));
        return id;
    }
    Result<void> join(TournamentId id, UserId who) {
        return order(id, RegisterEntrant{.entrant = entrant_of(who), .name = who.text()});
    }
    /// Started, with both in it.
    TournamentId playing(std::int64_t fee) {
        const auto id = tournament(fee);
        for (const auto who : {ana, ben}) REQUIRE(join(id, who));
        REQUIRE(order(id, StartTournament{}));
        return id;
    }
    Result<void> wins(TournamentId id, UserId who) {
        return order(id, ClaimResult{1, entrant_of(who), entrant_of(who), {}});
    }
    int deposits = 0;
};

}  // namespace

TEST_CASE("a place and its fee are kept together") {
    Bank bank;
    bank.deposit(ana, 500);
    const auto id = bank.tournament(500);
    REQUIRE(bank.join(id, ana));
    CHECK(bank.balance(ana) == 0);
    const auto refused = bank.join(id, ben);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "insufficient funds: 500 DojoCoins needed, 0 there, 500 missing");
    CHECK(bank.world.state(id).entrants.size() == 1);
    CHECK_CLEAN(bank.world.verdict());
    bank.world.restart();
    CHECK(bank.balance(ana) == 0);
    CHECK(bank.world.state(id).entrants.size() == 1);
}

TEST_CASE("prizes are on the wallets when the result is answered") {
    Bank bank;
    for (const auto who : {ana, ben}) bank.deposit(who, 1000);
    const auto id = bank.playing(1000);
    REQUIRE(bank.wins(id, ana));
    CHECK(bank.balance(ana) == 1250);
    CHECK(bank.balance(ben) == 750);
    REQUIRE(bank.wins(id, ana));
    CHECK(bank.balance(ana) == 1250);
    CHECK_CLEAN(bank.world.verdict());
}

TEST_CASE("somebody else's change of a wallet makes the decision anew") {
    Bank bank;
    bank.deposit(ana, 1000);
    const auto id = bank.tournament(600);
    // Another process takes money out before the commit: what was decided on the older wallet is not kept.
    auto& store = bank.world->store;
    store.during_commit = [&] {
        Process other(bank.world.outside);
        ledger::Adjust command{ledger::wallet_of(ana), Money{-500}, std::string(ledger::default_currency), "fine", "1"};
        REQUIRE(other.run(other.engine.execute<WalletAggregate>(ledger::wallet_of(ana), std::move(command),
                                                                [](const ledger::Wallet&) { return true; })));
    };
    const auto refused = bank.join(id, ana);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().message == "insufficient funds: 600 DojoCoins needed, 500 there, 100 missing");
    CHECK(bank.balance(ana) == 500);
    CHECK(bank.world.state(id).entrants.empty());
    CHECK_CLEAN(bank.world.verdict());
}

TEST_CASE("a wallet that is too full for its prize refuses the result until there is room") {
    Bank bank;
    for (const auto who : {ana, ben}) bank.deposit(who, 1000);
    const auto id = bank.playing(1000);
    bank.deposit(ana, ledger::max_units);
    const auto refused = bank.wins(id, ana);
    REQUIRE_FALSE(refused.has_value());
    CHECK(bank.world.state(id).status == Status::in_progress);
    CHECK(bank.balance(ben) == 0);
    bank.take(ana, 5000);
    REQUIRE(bank.wins(id, ana));
    CHECK(bank.world.state(id).status == Status::completed);
    CHECK(bank.balance(ben) == 750);
    CHECK_CLEAN(bank.world.verdict());
}

TEST_CASE("a disk that fails keeps neither side") {
    Bank bank;
    bank.deposit(ana, 500);
    const auto id = bank.tournament(500);
    bank.world->store.failing_commits = 1;
    CHECK_THROWS_AS(bank.join(id, ana), StoreBroken);
    CHECK(bank.balance(ana) == 500);
    REQUIRE(bank.join(id, ana));
    CHECK(bank.balance(ana) == 0);
    CHECK_CLEAN(bank.world.verdict());
}

}  // namespace agon
