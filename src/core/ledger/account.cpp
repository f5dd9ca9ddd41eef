#include "core/ledger/account.hpp"

namespace agon::ledger {

namespace {

/// Only the text that the id itself prints, so that an account has one name.
template <class AnyId>
std::optional<AnyId> parse_exactly(std::string_view text) {
    const auto id = AnyId::parse(text);
    return id && id->text() == text ? id : std::nullopt;
}

}  // namespace

std::optional<AccountKind> kind_of(std::string_view account) {
    if (account == house_account) return AccountKind::house;
    if (parse_exactly<WalletId>(account)) return AccountKind::wallet;
    if (parse_exactly<EscrowId>(account)) return AccountKind::escrow;
    return std::nullopt;
}

std::string stream_of(std::string_view account) {
    if (const auto wallet = parse_exactly<WalletId>(account)) return wallet->text();
    if (const auto escrow = parse_exactly<EscrowId>(account)) return TournamentId{escrow->uuid}.text();
    return {};
}

}  // namespace agon::ledger
