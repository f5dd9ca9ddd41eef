#include "core/matchmaking/wait_credit.hpp"

namespace agon::matchmaking {

void WaitCredit::grant(PlayerId player, Instant enqueued_at, Instant now) {
    forget(now);
    credits_[player] = {enqueued_at, now};
    by_age_.emplace_back(now, player);
}

std::optional<Instant> WaitCredit::redeem(PlayerId player, Instant now) {
    forget(now);
    const auto credit = credits_.find(player);
    if (credit == credits_.end()) return std::nullopt;
    const auto since = credit->second.enqueued_at;
    credits_.erase(credit);
    return since;
}

std::optional<Instant> WaitCredit::look(PlayerId player, Instant now) const {
    const auto credit = credits_.find(player);
    if (credit == credits_.end() || credit->second.granted_at + kept_for < now) return std::nullopt;
    return credit->second.enqueued_at;
}

void WaitCredit::forget(Instant now) {
    for (; !by_age_.empty() && by_age_.front().first + kept_for < now; by_age_.pop_front()) {
        const auto credit = credits_.find(by_age_.front().second);
        if (credit != credits_.end() && credit->second.granted_at == by_age_.front().first) credits_.erase(credit);
    }
}

}  // namespace agon::matchmaking
