/// The PORT to bots: how a hosted match reaches the programs that play in it. Carriers (built-in, WebSocket, webhook)
/// stand behind it and speak the messages of `app/drivers/bot_messages.hpp`.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/drivers/bot_messages.hpp"
#include "core/types.hpp"

namespace agon {

/// What comes back from bots. The hosted driver implements it; carriers call it, from any thread.
class BotInbox {
public:
    virtual ~BotInbox() = default;
    /// A bot opened its first connection, or its last one is gone. Carriers that need no connection never call it.
    virtual void connected(BotId) = 0;
    virtual void disconnected(BotId) = 0;
    /// A turn of a carrier that `sends_later` is on its way since `at` of the steady clock, or will never be: its time
    /// runs from then on. Comes once for each such turn, before its answer.
    virtual void sent(BotId, MatchId, std::string request_id, Duration at) = 0;
    /// The bot's answer to a turn.
    virtual void answered(BotId, BotAnswer) = 0;
    /// The bot asks to be told where its live matches stand: the driver sends it a `snapshot` of each, with the turn
    /// that waits for it.
    virtual void resume(BotId) = 0;
};

/// One way to reach bots.
class BotCarrier {
public:
    virtual ~BotCarrier() = default;
    /// Takes a message for the bot and returns at once. What cannot be delivered is dropped: the clock decides.
    virtual void deliver(BotId, std::shared_ptr<const BotMessage>) = 0;
    /// Whether the bot can be reached now. A webhook always can.
    virtual bool reachable(BotId) = 0;
    /// Whether a turn may have to wait before it is sent. Then the inbox hears of each turn that is `sent`.
    virtual bool sends_later() const { return false; }
};

/// Whose key this is. May be called from any thread and must not block for long.
class BotDirectory {
public:
    virtual ~BotDirectory() = default;
    /// The bot of a whole `bk_…` key; nothing for a key that is unknown, expired or of a paused bot.
    virtual std::optional<BotId> by_key(std::string_view api_key) = 0;
};

/// Where a bot that plays by webhook is called, and the `whsec_…` secrets that sign the calls: one, or two while they
/// rotate.
struct WebhookEndpoint {
    std::string url;
    std::vector<std::string> secrets;
};

/// Which bots play by webhook. May be called from any thread and must not block for long.
class WebhookDirectory {
public:
    virtual ~WebhookDirectory() = default;
    /// Nothing where the bot does not play by webhook.
    virtual std::optional<WebhookEndpoint> endpoint_of(BotId) = 0;
};

}  // namespace agon
