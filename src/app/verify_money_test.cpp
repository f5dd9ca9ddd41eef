#include <doctest/doctest.h>

#include "adapters/memory/memory_store.hpp"
#include "app/aggregates.hpp"
#include "app/event_codec_impl.hpp"
#include "app/verify.hpp"
#include "core/ledger/ledger_testing.hpp"

namespace agon {

using namespace ledger;
using ledger::testing::ana, ledger::testing::ben;
using ledger::testing::participant, ledger::testing::placed, ledger::testing::user, ledger::testing::wallet;

namespace {

constexpr Instant t0 = ledger::testing::t0;
const TournamentId cup = ledger::testing::tournament(1);

EntrantId entrant(std::uint8_t n) { return {user(n).uuid}; }

/// A tournament of two who pay 100 each, by the rules of the ledger, written to a log by hand.
struct Till {
    Till() {
        store->prepare(rows::all_tables());
        for (const auto n : {ana, ben}) deposit(n);
        tell({TournamentCreated{.name = "Cup",
                                .game_type = "rps",
                                .format = "single_elimination",
                                .max_entrants = 2,
                                .driver = Driver::manual,
                                .options = {},
                                .game_options = JsonObject{},
                                .created_by = {}}});
        pay(OpenEscrow{ledger::testing::terms(100)});
        tell({RegistrationOpened{}});
        for (const auto n : {ana, ben}) {
            tell({EntrantRegistered{entrant(n), "somebody", {}}});
            pay(TakeFee{participant(n), user(n)});
        }
    }

    void append(const StreamName& stream, NewEvent event) {
        if (keeps && !keeps(stream, event)) return;
        const auto version = static_cast<Version>(store->read(stream, 0).size());
        store->commit(std::vector{Batch{.at = t0, .appends = {{stream, version, {std::move(event)}}}, .rows = {}}});
    }
    void tell(const TournamentEvents& events) {
        for (const auto& event : events) append(cup.text(), encode(event));
    }
    void deposit(std::uint8_t n) {
        const auto events =
            decide(world.wallet_state(n), Deposit{wallet(n), Money{1000}, "DojoCoins", "", "first"}, t0);
        world.give(n, 1000);
        for (const auto& event : *events) append(wallet(n).text(), encode(event));
    }
    void pay(const EscrowCommand& command) {
        const auto batch = world.decide_now(1, command);
        REQUIRE(batch.has_value());
        REQUIRE(world.commit(*batch));
        for (const auto& event : batch->events) append(cup.text(), encode(event));
        for (const auto& part : batch->parts)
            for (const auto& event : part.events) append(part.wallet.text(), encode(event));
    }
    void play() {
        tell({RegistrationClosed{}, TournamentStarted{{0, 1}, 7}, MatchStarted{1},
              MatchCompleted{.match = 1, .winner = entrant(ana), .loser = entrant(ben), .score = {}, .decision = {}},
              TournamentCompleted{entrant(ana)}});
    }
    void pay_prizes() { pay(PayPrizes{{placed(ana, 1), placed(ben, 2)}}); }

    /// The complaints about anything but rows, which nobody wrote here.
    std::vector<std::string> complaints() {
        auto all = verify(*store).complaints;
        std::erase_if(all, [](const std::string& c) { return c.contains(" row "); });
        return all;
    }

    std::unique_ptr<Store> store = open_memory_store();
    ledger::testing::World world;
    /// False for what is lost on its way to the log.
    std::function<bool(const StreamName&, NewEvent&)> keeps;
};

void check_clean(Till& till) {
    for (const auto& complaint : till.complaints()) FAIL_CHECK(complaint);
}
void check_names(Till& till, std::string_view what) {
    std::string all;
    for (const auto& complaint : till.complaints()) all += complaint + "\n";
    CHECK_MESSAGE(all.contains(what), "not among the complaints: ", std::string(what), "\n", all);
}

}  // namespace

TEST_CASE("money that moved by the rules is clean, all along the way") {
    Till till;
    check_clean(till);
    till.play();
    till.pay_prizes();
    check_clean(till);
}

TEST_CASE("a tournament that is over and did not settle its escrow is named, completed or cancelled") {
    Till completed;
    completed.play();
    check_names(completed, cup.text() + ": over, but its escrow is not settled");
    Till cancelled;
    cancelled.tell({TournamentCancelled{}});
    check_names(cancelled, cup.text() + ": over, but its escrow is not settled");
    cancelled.pay(ReturnAllFees{});
    check_clean(cancelled);
}

TEST_CASE("a tournament that a correction opened again need not be settled") {
    Till till;
    till.play();
    till.tell({ResultCorrected{.match = 1, .mode = CorrectionMode::rewind, .reopened = true}});
    check_clean(till);
}

TEST_CASE("a transfer that the other side's stream does not have is named") {
    for (const auto& lost : {wallet(ana).text(), cup.text()}) {
        Till till;
        till.keeps = [&](const StreamName& stream, const NewEvent& event) {
            return stream != lost || event.type != "MoneyMoved";
        };
        till.pay(ReturnAllFees{});
        check_names(till, "refund/" + cup.text());
        check_names(till, "is not recorded there");
    }
}

TEST_CASE("a balance that is not the sum of its entries is named") {
    Till till;
    till.keeps = [](const StreamName& stream, NewEvent& event) {
        if (stream != wallet(ana).text()) return true;
        const auto start = event.data.find(R"("balance":1000)");
        REQUIRE(start != std::string::npos);
        event.data.replace(start, 14, R"("balance":1001)");
        return true;
    };
    till.pay(ReturnFee{participant(ana)});
    check_names(till, wallet(ana).text());
    check_names(till, "leaves 1001, but the entries sum to 1000");
}

TEST_CASE("what a wallet cannot have, or cannot be read, is named with its place") {
    Till till;
    till.append(wallet(ana).text(), {"Stolen", "{}"});
    till.append(wallet(ben).text(), {"MoneyMoved", "not json"});
    check_names(till, wallet(ana).text() + ": event 3 (Stolen)");
    check_names(till, wallet(ben).text() + ": event 3 (MoneyMoved)");
}

TEST_CASE("money is followed in a tournament whose other events cannot be read") {
    Till till;
    till.tell({MatchStarted{9}});
    till.pay(ReturnAllFees{});
    const auto complaints = till.complaints();
    REQUIRE(complaints.size() == 1);
    CHECK(complaints[0].contains("no such match"));
}

}  // namespace agon
