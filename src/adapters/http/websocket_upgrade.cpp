#include "adapters/http/websocket_upgrade.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/result.hpp"

namespace agon {

namespace {

constexpr std::string_view magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Base64 of 16 bytes: 22 characters and two of padding; the last character holds two bits.
bool is_key(std::string_view key) {
    if (key.size() != 24 || !key.ends_with("==")) return false;
    const auto is_base64 = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    };
    return std::ranges::all_of(key.substr(0, 22), is_base64) && std::string_view{"AQgw"}.contains(key[21]);
}

std::string accept_of(std::string_view key) {
    const auto text = std::string{key}.append(magic);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    CHECK_THAT(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr) == 1 && size == 20);
    unsigned char base64[29];
    EVP_EncodeBlock(base64, digest, 20);
    return {reinterpret_cast<const char*>(base64), 28};
}

bool may_come_from(std::string_view origin, std::string_view host, std::span<const std::string> allowed) {
    if (std::ranges::any_of(allowed, [&](const auto& one) { return same_word(one, origin); })) return true;
    const auto scheme = origin.find("://");
    return scheme != std::string_view::npos && same_word(origin.substr(scheme + 3), host);
}

}  // namespace

Handshake judge_upgrade(const Head& head, std::span<const std::string> allowed_origins) {
    const auto version = head.field("Sec-WebSocket-Version");
    if (version != "13" || head.count("Sec-WebSocket-Version") != 1)
        return {426, "Only version 13 of the WebSocket protocol is spoken here", {}};
    const auto key = head.field("Sec-WebSocket-Key");
    if (!key || head.count("Sec-WebSocket-Key") != 1 || !is_key(*key))
        return {400, "There must be one Sec-WebSocket-Key, of 16 bytes in base64", {}};
    const auto origin = head.field("Origin");
    if (origin && (head.count("Origin") != 1 || !may_come_from(*origin, head.host, allowed_origins)))
        return {403, "Pages of other hosts may not connect", {}};
    return {101, {}, accept_of(*key)};
}

std::string accepted_upgrade(std::string_view accept, std::string_view request_id, std::string_view date) {
    return fmt::format(
        "HTTP/1.1 101 Switching Protocols\r\nDate: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: {}\r\nX-Request-Id: {}\r\n\r\n",
        date, accept, request_id);
}

WebSocketRequest websocket_request(const Head& head, std::string remote) {
    return {.path = std::string{head.path},
            .authorization = std::string{head.field("Authorization").value_or("")},
            .origin = std::string{head.field("Origin").value_or("")},
            .remote = std::move(remote)};
}

}  // namespace agon
