// Wallets: what a user has, and what moved.

#include "app/digest.hpp"
#include "base/encoding.hpp"
#include "faces/player/execute.hpp"
#include "faces/player/paging.hpp"

namespace agon::player {

namespace {

constexpr double most_money = static_cast<double>(ledger::max_units);

struct Balance {
    std::string currency;
    Money balance;
};
BOOST_DESCRIBE_STRUCT(Balance, (), (currency, balance))

struct WalletView {
    /// In the default currency.
    Money balance;
    std::string currency;
    /// All of them.
    std::vector<Balance> balances;
};
BOOST_DESCRIBE_STRUCT(WalletView, (), (balance, currency, balances))

struct TransactionView {
    std::string id;
    ledger::TransferKind type{};
    Money amount;
    Money balance;
    std::string currency;
    std::optional<TournamentId> tournament_id;
    std::string note;
    Instant created_at;
};
BOOST_DESCRIBE_STRUCT(TransactionView, (), (id, type, amount, balance, currency, tournament_id, note, created_at))

struct TransactionList {
    std::vector<TransactionView> transactions;
    std::int64_t total_count = 0;
    Pagination pagination;
};
BOOST_DESCRIBE_STRUCT(TransactionList, (), (transactions, total_count, pagination))

struct DepositRequest {
    UserId user_id;
    Money amount;
    std::string currency{ledger::default_currency};
    std::string note;
    static constexpr codec::Note notes[] = {
        {.field = "amount", .doc = "In whole units", .min = 1, .max = most_money},
        {.field = "currency", .min = 1, .max = 32, .has_default = true},
        {.field = "note", .max = 500, .has_default = true},
    };
};
BOOST_DESCRIBE_STRUCT(DepositRequest, (), (user_id, amount, currency, note))

struct AdjustmentRequest {
    UserId user_id;
    Money amount;
    std::string currency{ledger::default_currency};
    std::string reason;
    static constexpr codec::Note notes[] = {
        {.field = "amount",
         .doc = "What is added, or taken where it is negative",
         .min = -most_money,
         .max = most_money},
        {.field = "currency", .min = 1, .max = 32, .has_default = true},
        {.field = "reason", .doc = "Why, for the record", .min = 1, .max = 500},
    };
};
BOOST_DESCRIBE_STRUCT(AdjustmentRequest, (), (user_id, amount, currency, reason))

struct Moved {
    std::string id;
    UserId user_id;
    ledger::TransferKind type{};
    Money amount;
    std::string currency;
    std::string note;
    Money balance;
    Instant created_at;
};
BOOST_DESCRIBE_STRUCT(Moved, (), (id, user_id, type, amount, currency, note, balance, created_at))

WalletView view_of(const ledger::Wallet& wallet) {
    const std::string currency(ledger::default_currency);
    WalletView view{wallet.balance(currency), currency, {}};
    for (const auto& [name, balance] : wallet.balances) view.balances.push_back({name, balance});
    return view;
}

Task<Result<WalletView>> wallet(Context& c) {
    co_return co_await c.services.engine.read<WalletAggregate>(ledger::wallet_of(c.user().user_id), view_of);
}

Task<Result<TransactionList>> transactions(Context& c, Query<PageQuery> query) {
    const auto wallet = ledger::wallet_of(c.user().user_id);
    const RowQuery wanted{.where = {{.column = "wallet", .value = wallet.text()}},
                          .order_by = "key",
                          .descending = true,
                          .limit = query->limit,
                          .offset = query->offset()};
    const auto page = rows::select<rows::TransactionRow>(c.services.engine.store(), wanted);
    TransactionList reply{.total_count = page.total, .pagination = pagination(query->page, query->limit, page.total)};
    for (const auto& row : page.rows)
        reply.transactions.push_back(
            {row.business_key, row.kind, row.amount, row.balance, row.currency, row.tournament_id, row.note, row.at});
    co_return reply;
}

/// Asked again by the same admin under the same idempotency key it is the same transfer, also where the kept answer is gone.
std::string reference(Context& c) {
    const auto key = c.request.header(idempotency_key_header);
    if (!key) return to_uuid_text(new_uuid(c));
    const auto digest = sha256(fmt::format("{} {}", c.user().user_id.text(), *key));
    return to_base64url(std::span(digest).first(16));
}

Result<void> check_user(Context& c, UserId user) {
    const bool exists = c.services.engine.peek<UserAggregate>(user, [](const users::User& u) { return u.exists; });
    if (exists) return {};
    return refused(Code::not_found, "no such user");
}

/// The command with what identifies it; the reply tells what it came to.
template <class Command>
Task<Result<Moved>> move(Context& c, ledger::TransferKind kind, UserId user, Command command, std::string note) {
    if (auto ok = check_user(c, user); !ok) co_return std::unexpected(std::move(ok.error()));
    Moved moved{.id = ledger::business_key(kind, command.wallet.text(), {command.reference}),
                .user_id = user,
                .type = kind,
                .amount = command.amount,
                .currency = command.currency,
                .note = std::move(note),
                .balance = {},
                .created_at = c.services.engine.clock().now()};
    const auto wallet = command.wallet;
    co_return co_await execute<WalletAggregate>(c, wallet, std::move(command), [moved](const ledger::Wallet& w) {
        auto now = moved;
        now.balance = w.balance(moved.currency);
        return now;
    });
}

Task<Result<Moved>> deposit(Context& c, Body<DepositRequest> body) {
    ledger::Deposit command{ledger::wallet_of(body->user_id), body->amount, body->currency, body->note, reference(c)};
    co_return co_await move(c, ledger::TransferKind::deposit, body->user_id, std::move(command), body->note);
}

Task<Result<Moved>> adjust(Context& c, Body<AdjustmentRequest> body) {
    ledger::Adjust command{ledger::wallet_of(body->user_id), body->amount, body->currency, body->reason, reference(c)};
    co_return co_await move(c, ledger::TransferKind::adjustment, body->user_id, std::move(command), body->reason);
}

}  // namespace

std::vector<Endpoint> wallet_endpoints() {
    constexpr auto S = spelling;
    return {
        endpoint<S, wallet>(Method::get, "/api/v1/wallet", "What you have", Needs::player),
        endpoint<S, transactions>(Method::get, "/api/v1/wallet/transactions", "What moved, the latest first",
                                  Needs::player),
        endpoint<S, deposit>(Method::post, "/api/v1/wallet/deposits", "Give a user money", Needs::admin, 201)
            .also({404}),
        endpoint<S, adjust>(Method::post, "/api/v1/wallet/adjustments", "Correct a user's balance", Needs::admin, 201)
            .also({404, 409}),
    };
}

}  // namespace agon::player
