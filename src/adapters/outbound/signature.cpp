#include "adapters/outbound/signature.hpp"

#include <sodium.h>

#include <charconv>

#include <fmt/format.h>

namespace agon {

namespace {

using Mac = std::array<unsigned char, crypto_auth_hmacsha256_BYTES>;
using Key = std::vector<unsigned char>;

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t min_key_bytes = 24, max_key_bytes = 64;

Result<Key> read_secret(std::string_view text) {
    if (!text.starts_with(secret_prefix)) return refused(Code::invalid, "a webhook's secret starts with whsec_");
    const auto encoded = text.substr(secret_prefix.size());
    Key key(max_key_bytes);
    std::size_t size = 0;
    const char* end = nullptr;
    const bool read = sodium_base642bin(key.data(), key.size(), encoded.data(), encoded.size(), nullptr, &size, &end,
                                        sodium_base64_VARIANT_ORIGINAL) == 0;
    if (!read || end != encoded.data() + encoded.size() || size < min_key_bytes)
        return refused(Code::invalid, "a webhook's secret is whsec_ and the base64 of 24 to 64 bytes");
    key.resize(size);
    return key;
}

void add(crypto_auth_hmacsha256_state& state, std::string_view text) {
    crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

Mac mac_of(const Key& key, std::string_view id, std::string_view timestamp, std::string_view body) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.data(), key.size());
    for (const auto part : {id, std::string_view("."), timestamp, std::string_view("."), body}) add(state, part);
    Mac mac;
    crypto_auth_hmacsha256_final(&state, mac.data());
    return mac;
}

std::string signature_of(const Mac& mac) {
    std::string text(sodium_base64_ENCODED_LEN(mac.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), mac.data(), mac.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();
    return "v1," + text;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// Whether `wanted` is among the signatures that stand in the header with spaces between.
bool holds(std::string_view header, std::string_view wanted) {
    bool found = false;
    for (std::size_t at = 0; at < header.size();) {
        const auto end = std::min(header.find(' ', at), header.size());
        found |= equal_in_constant_time(header.substr(at, end - at), wanted);
        at = end + 1;
    }
    return found;
}

bool is_fresh(std::string_view timestamp, Instant now) {
    std::int64_t seconds = 0;
    const auto [end, failure] = std::from_chars(timestamp.data(), timestamp.data() + timestamp.size(), seconds);
    if (failure != std::errc{} || end != timestamp.data() + timestamp.size()) return false;
    const auto present = now.us / 1'000'000, margin = std::chrono::seconds(signature_tolerance).count();
    return seconds >= present - margin && seconds <= present + margin;
}

}  // namespace

Result<WebhookHeaders> sign_webhook(std::span<const std::string> secrets, std::string_view id, Instant now,
                                    std::string_view body) {
    if (secrets.empty()) return refused(Code::invalid, "the webhook has no secret");
    WebhookHeaders headers{std::string(id), std::to_string(now.us / 1'000'000), ""};
    for (const auto& secret : secrets) {
        const auto key = read_secret(secret);
        if (!key) return std::unexpected(key.error());
        if (!headers.signature.empty()) headers.signature += ' ';
        headers.signature += signature_of(mac_of(*key, id, headers.timestamp, body));
    }
    return headers;
}

Result<void> verify_webhook(std::span<const std::string> secrets, const WebhookHeaders& headers, Instant now,
                            std::string_view body) {
    if (!is_fresh(headers.timestamp, now))
        return refused(Code::unauthenticated, "webhook-timestamp is not within five minutes of now");
    bool found = false;
    for (const auto& secret : secrets) {
        const auto key = read_secret(secret);
        if (!key) return std::unexpected(key.error());
        found |= holds(headers.signature, signature_of(mac_of(*key, headers.id, headers.timestamp, body)));
    }
    if (!found) return refused(Code::unauthenticated, "webhook-signature does not fit the message");
    return {};
}

}  // namespace agon
