/// The PORT to bots: how a hosted match reaches the programs that play in it. Carriers (built-in, WebSocket, webhook)
/// stand behind it and speak the messages of `app/drivers/bot_messages.hpp`.
#pragma once

#include <memory>

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
};

}  // namespace agon
