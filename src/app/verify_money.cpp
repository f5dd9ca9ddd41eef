#include "app/verify_money.hpp"

#include "app/event_codec.hpp"

namespace agon {

bool MoneyCheck::read(const Recorded& recorded) {
    if (const auto tournament = TournamentId::parse(recorded.stream)) return read_of_tournament(*tournament, recorded);
    if (!ledger::WalletId::parse(recorded.stream)) return false;
    const auto moved = decode<ledger::WalletEvent>(recorded);
    std::visit([&](const ledger::MoneyMoved& e) { ledger_.moved(recorded.stream, e); }, moved);
    return true;
}

bool MoneyCheck::read_of_tournament(TournamentId tournament, const Recorded& recorded) {
    if (const auto moved = decode_if<ledger::MoneyMoved>(recorded))
        ledger_.moved(recorded.stream, *moved);
    else if (const auto opened = decode_if<ledger::EscrowOpened>(recorded))
        ledger_.opened(tournament, *opened);
    else if (const auto settled = decode_if<ledger::EscrowSettled>(recorded))
        ledger_.settled(tournament, *settled);
    else
        return false;
    return true;
}

}  // namespace agon
