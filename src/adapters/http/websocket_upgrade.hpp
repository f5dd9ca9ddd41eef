/// The opening handshake of a WebSocket (RFC 6455, section 4.2), as functions of the request's head.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "adapters/http/gate.hpp"
#include "adapters/http/websocket.hpp"

namespace agon {

/// 101 and the value of `Sec-WebSocket-Accept`; or 426 (not version 13), 400 (not exactly one key of 16 bytes), 403 (a
/// page of another host), with a sentence.
struct Handshake {
    int status = 101;
    std::string_view sentence;
    std::string accept;
};

/// `head` asks for a WebSocket. A request without `Origin` comes from no browser and passes; with one, its host must be
/// that of `Host`, or the origin must be listed in `allowed_origins`.
Handshake judge_upgrade(const Head& head, std::span<const std::string> allowed_origins);

/// The 101 answer, whole.
std::string accepted_upgrade(std::string_view accept, std::string_view request_id, std::string_view date);

WebSocketRequest websocket_request(const Head&, std::string remote);

}  // namespace agon
