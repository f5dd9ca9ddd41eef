/// The AsyncAPI 3.0 document: what the WebSocket and the server-sent events carry, from the event structs.
#pragma once

#include "base/codec/json.hpp"

namespace agon {

Json asyncapi(std::string_view version);

}  // namespace agon
