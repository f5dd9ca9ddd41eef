#include <charconv>

#include "app/event_codec.hpp"
#include "core/ledger/transfer.hpp"
#include "faces/player/live.hpp"

namespace agon::player {

namespace {

struct WalletChangedEvent : LiveHead {
    static constexpr std::string_view event = "wallet.changed";
    static constexpr std::string_view summary = "Money came to the user's wallet or left it, other than by a prize.";
    ledger::TransferKind kind{};
    Money amount;
    Money balance;
    std::string currency;
    codec::Omittable<TournamentId> tournament_id;
    static constexpr codec::Note notes[] = {
        {.field = "kind", .doc = "what it was for"},
        {.field = "amount", .doc = "below zero where it left"},
        {.field = "balance", .doc = "of this currency, afterwards"},
    };
};
BOOST_DESCRIBE_STRUCT(WalletChangedEvent, (LiveHead), (kind, amount, balance, currency, tournament_id))

struct PrizePaidEvent : LiveHead {
    static constexpr std::string_view event = "prize.paid";
    static constexpr std::string_view summary = "The user was paid a prize.";
    codec::Omittable<TournamentId> tournament_id;
    codec::Omittable<std::int64_t> place;
    Money amount;
    Money balance;
    std::string currency;
};
BOOST_DESCRIBE_STRUCT(PrizePaidEvent, (LiveHead), (tournament_id, place, amount, balance, currency))

/// `prize/tourn_…/entrant_…/1`: the last part.
codec::Omittable<std::int64_t> place_in(std::string_view business_key) {
    const auto digits = business_key.substr(business_key.rfind('/') + 1);
    std::int64_t place = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), place);
    if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) return {};
    return place;
}

void tell_prize(const std::string& channel, const ledger::MoneyMoved& moved, Money amount, LiveSink& sink) {
    PrizePaidEvent e;
    e.tournament_id = moved.transfer.tournament;
    e.place = place_in(moved.transfer.business_key);
    e.amount = amount;
    e.balance = moved.balance;
    e.currency = moved.transfer.currency;
    sink.tell(channel, std::move(e));
}

void tell_change(const std::string& channel, const ledger::MoneyMoved& moved, Money amount, LiveSink& sink) {
    WalletChangedEvent e;
    e.kind = moved.transfer.kind;
    e.amount = amount;
    e.balance = moved.balance;
    e.currency = moved.transfer.currency;
    e.tournament_id = moved.transfer.tournament;
    sink.tell(channel, std::move(e));
}

void tell_wallet(const Recorded& recorded, LiveSink& sink) {
    const auto wallet = ledger::WalletId::parse(recorded.stream);
    if (!wallet) return;
    const auto channel = channel_of(ledger::user_of(*wallet));
    if (!sink.interest().has(channel)) return;
    const auto moved = decode_if<ledger::MoneyMoved>(recorded);
    const auto* entry = moved ? ledger::entry_of(moved->transfer, moved->account) : nullptr;
    if (!entry) return;
    const bool is_prize = moved->transfer.kind == ledger::TransferKind::prize;
    (is_prize ? tell_prize : tell_change)(channel, *moved, entry->amount, sink);
}

}  // namespace

LiveSource live_wallets() {
    return {.stream_prefix = "wallet_",
            .events = {live_event<PrizePaidEvent>(), live_event<WalletChangedEvent>()},
            .make = [](Engine&) -> LiveMapping { return tell_wallet; }};
}

}  // namespace agon::player
