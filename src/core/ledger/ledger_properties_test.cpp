#include <rapidcheck.h>

#include "core/ledger/ledger_testing.hpp"

/// Whatever is asked, in whatever order, again and at once: the invariants hold.

namespace agon::ledger {

using namespace testing;

namespace {

constexpr std::uint8_t people = 5, tournaments = 2;

const std::vector<std::vector<std::int64_t>> splits{
    {5000, 3000, 2000}, {10'000}, {3333, 3333, 3333}, {1, 1}, {7000, 1500, 1000, 500}};

std::uint8_t anybody() { return *rc::gen::inRange<std::uint8_t>(1, people + 1); }

/// Small amounts, and those at the edge of what is kept.
std::int64_t random_amount() {
    const auto small = rc::gen::inRange<std::int64_t>(0, 200);
    const auto most = rc::gen::map(small, [](std::int64_t less) { return max_units - less; });
    return *rc::gen::weightedOneOf<std::int64_t>({{9, small}, {1, most}});
}

EscrowTerms random_terms(std::uint8_t n) {
    auto made = terms(random_amount(), {}, n);
    if (*rc::gen::arbitrary<bool>()) made.prize_pool = Money{random_amount()};
    made.prize_split_bp = splits[*rc::gen::inRange<std::size_t>(0, splits.size())];
    return made;
}

/// Everybody whose fee is held (or everybody, where it is free), with ties.
std::vector<Placing> random_placings(const Escrow& escrow) {
    std::vector<Placing> placings;
    std::uint32_t place = 1;
    for (std::uint8_t n = 1; n <= people; ++n) {
        const auto payer = escrow.payers.find(participant(n));
        const bool is_in = payer == escrow.payers.end() ? escrow.terms.entry_fee == Money{} : payer->second.is_held;
        if (!is_in || *rc::gen::inRange(0, 8) == 0) continue;
        if (*rc::gen::inRange(0, 3) > 0) place = static_cast<std::uint32_t>(placings.size() + 1);
        placings.push_back(placed(n, place));
    }
    return placings;
}

EscrowCommand random_command(const Escrow& escrow, std::uint8_t n) {
    const auto who = anybody();
    switch (*rc::gen::inRange(0, 50)) {
        case 0: return ReturnAllFees{};
        case 1:
        case 2: return PayPrizes{random_placings(escrow)};
        case 3: return OpenEscrow{escrow.is_open ? escrow.terms : random_terms(n)};
        case 4: return PayPrizes{escrow.settled ? escrow.settled->placings : std::vector<Placing>{}};
        default:
            if (*rc::gen::inRange(0, 3) == 0) return ReturnFee{participant(who)};
            return TakeFee{participant(who), user(who)};
    }
}

WalletCommand random_wallet_command() {
    const auto id = wallet(anybody());
    const auto reference = std::to_string(*rc::gen::inRange(0, 30));
    if (*rc::gen::inRange(0, 3) > 0)
        return Deposit{.wallet = id, .amount = Money{random_amount()}, .note = {}, .reference = reference};
    return Adjust{.wallet = id, .amount = Money{100 - random_amount()}, .reason = "because", .reference = reference};
}

/// A command on its way: decided on what was there, not committed yet.
struct InFlight {
    std::uint8_t tournament = 0;
    EscrowCommand command;
    Batch batch;
};

/// Commits one of those in flight; where somebody was first, it is decided again, as the engine does.
void land(World& world, std::vector<InFlight>& flying) {
    const auto which = flying.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(flying));
    auto flight = std::move(*which);
    flying.erase(which);
    if (world.commit(flight.batch)) return;
    if (const auto again = world.decide_now(flight.tournament, flight.command)) RC_ASSERT(world.commit(*again));
}

/// It may be refused, for too little or too much money.
void try_to(World& world, const WalletCommand& command) { [[maybe_unused]] const auto outcome = world.run(command); }

void check_states(World& world) {
    for (std::uint8_t n = 1; n <= people; ++n) {
        RC_ASSERT(world.balance(n) >= 0);
        RC_ASSERT(world.balance(n) == world.check.balance(wallet(n).text(), default_currency));
    }
    for (std::uint8_t n = 1; n <= tournaments; ++n) {
        const auto& escrow = world.escrow(n);
        RC_ASSERT(escrow.balance.units == world.check.balance(escrow_of(tournament(n)).text(), default_currency));
        if (escrow.settled) RC_ASSERT(escrow.balance == Money{});
    }
}

/// Whether the same command, asked again at once, is accepted without events.
void ask_again(World& world, std::uint8_t n, const EscrowCommand& command) {
    const auto again = world.decide_now(n, command, t0 + seconds(5));
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->events.empty());
    RC_ASSERT(again->parts.empty());
}

/// Ends what still runs, so that every escrow must be empty.
void end(World& world) {
    for (std::uint8_t n = 1; n <= tournaments; ++n) {
        if (!world.escrow(n).is_open) continue;
        // A wallet may be too full for what it would get back: an operator makes room.
        for (std::uint8_t who = 1; who <= people; ++who)
            if (const auto held = world.balance(who); held > 0 && !world.escrow(n).settled)
                RC_ASSERT(world.run(Adjust{.wallet = wallet(who),
                                           .amount = Money{-held},
                                           .reason = "room",
                                           .reference = "end-" + std::to_string(n)}));
        if (!world.escrow(n).settled) RC_ASSERT(world.run(n, ReturnAllFees{}).has_value());
        world.over(n);
    }
}

}  // namespace

TEST_CASE("any interleaving of joins, leaves, completions, cancellations and retries keeps the books in order") {
    CHECK(rc::check([] {
        World world;
        std::vector<InFlight> flying;
        for (std::uint8_t n = 1; n <= tournaments; ++n)
            RC_ASSERT(world.run(n, OpenEscrow{random_terms(n)}).has_value());
        for (std::uint8_t n = 1; n <= people; ++n) world.give(n, std::max<std::int64_t>(1, random_amount()));
        const auto steps = *rc::gen::inRange(0, 120);
        for (int i = 0; i < steps; ++i) {
            const auto n = *rc::gen::inRange<std::uint8_t>(1, tournaments + 1);
            switch (*rc::gen::inRange(0, 6)) {
                case 0: try_to(world, random_wallet_command()); break;
                case 1:
                case 2:
                    if (!flying.empty()) land(world, flying);
                    break;
                case 3: {
                    const auto command = random_command(world.escrow(n), n);
                    if (world.run(n, command)) ask_again(world, n, command);
                    break;
                }
                default: {
                    const auto command = random_command(world.escrow(n), n);
                    const auto copies = *rc::gen::inRange(1, 4);
                    for (int copy = 0; copy < copies; ++copy)
                        if (auto batch = world.decide_now(n, command)) flying.push_back({n, command, *batch});
                }
            }
            check_states(world);
        }
        while (!flying.empty()) land(world, flying);
        end(world);
        check_states(world);
        const auto complaints = world.check.complaints();
        if (!complaints.empty()) RC_FAIL(complaints.front());
    }));
}

TEST_CASE("a settlement that is asked for eight times at once pays each winner once") {
    CHECK(rc::check([] {
        World world;
        RC_ASSERT(world.run(1, OpenEscrow{random_terms(1)}).has_value());
        const auto fee = world.escrow().terms.entry_fee;
        for (std::uint8_t n = 1; n <= people; ++n) {
            if (fee.units > 0) world.give(n, fee.units);
            [[maybe_unused]] const auto taken = world.run(1, TakeFee{participant(n), user(n)});
        }
        const PayPrizes prizes{random_placings(world.escrow())};
        std::vector<InFlight> flying;
        for (int i = 0; i < 8; ++i)
            if (auto batch = world.decide_now(1, prizes)) flying.push_back({1, prizes, *batch});
        if (flying.empty()) RC_DISCARD("a wallet is too full for its prize");
        std::map<std::uint8_t, std::int64_t> before;
        for (std::uint8_t n = 1; n <= people; ++n) before[n] = world.balance(n);
        const auto pool = world.escrow().pool();
        while (!flying.empty()) land(world, flying);
        world.over(1);

        const auto places = places_of(prizes.placings);
        const auto due = divide(pool, world.escrow().terms.prize_split_bp, places);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto n = prizes.placings[i].user.uuid.bytes[15];
            RC_ASSERT(world.balance(n) - before[n] == due.prizes[i].units);
        }
        const auto complaints = world.check.complaints();
        if (!complaints.empty()) RC_FAIL(complaints.front());
    }));
}

}  // namespace agon::ledger
