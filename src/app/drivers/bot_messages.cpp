#include "app/drivers/bot_messages.hpp"

#include "base/codec/write.hpp"

namespace agon {

std::string to_json(const BotMessage& message) {
    static constexpr codec::Spelling spelling{.instants = codec::Instants::exact};
    return std::visit([](const auto& m) { return codec::to_json<spelling>(m); }, message);
}

}  // namespace agon
