/// Who may come back without losing the wait so far: after a timeout, a crash, a ready-check that others failed, or a
/// reconnect. Who leaves of their own will gets no credit. With it a window reaches its ceiling even where the timeout
/// comes before (with the defaults: ±500 after 480 s, while waiting ends after 300 s).
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>

#include "core/matchmaking/ticket.hpp"

namespace agon::matchmaking {

class WaitCredit {
public:
    /// A credit is kept so long.
    static constexpr Duration kept_for = std::chrono::seconds(60);

    /// The player has been waiting since `enqueued_at` and could not help being taken out at `now`.
    void grant(PlayerId, Instant enqueued_at, Instant now);

    /// Since when the player has been waiting, for `JoinRequest::waiting_since`; nothing where there is no credit (any
    /// more). A credit is good for one joining; exactly a minute later it still counts.
    std::optional<Instant> redeem(PlayerId, Instant now);

    /// The same, and the credit stays.
    std::optional<Instant> look(PlayerId, Instant now) const;

    struct Credit {
        Instant enqueued_at, granted_at;
    };
    std::size_t size() const { return credits_.size(); }
    const std::unordered_map<PlayerId, Credit>& all() const { return credits_; }

private:
    void forget(Instant now);

    std::unordered_map<PlayerId, Credit> credits_;
    std::deque<std::pair<Instant, PlayerId>> by_age_;
};

}  // namespace agon::matchmaking
