/// What a bot says when it is its turn, read the same from every carrier.
#pragma once

#include "app/drivers/bot_messages.hpp"
#include "base/result.hpp"

namespace agon {

/// Reads a `turn_action`: `match_id`, `request_id`, `action` and, if there are any, `params`. Other members are
/// ignored.
Result<BotAnswer> read_turn_action(const Json& message);

/// The same as the reply to `asked`: `type`, `match_id` and `request_id` may be missing, and mean the asked turn.
Result<BotAnswer> read_turn_action(const Json& message, const TurnRequest& asked);

}  // namespace agon
