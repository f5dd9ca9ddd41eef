#include "app/jws.hpp"

#include <sodium.h>

#include <algorithm>

#include "base/encoding.hpp"

namespace agon {

namespace {

/// They would bring keys along, or change what a signature is over. None is understood here.
constexpr std::string_view forbidden[] = {"crit", "jku", "x5u", "jwk", "x5c", "x5t", "b64", "x5t#S256", "zip", "enc"};

struct Parts {
    std::string_view header, payload, signature, signed_part;
};

std::optional<Parts> split(std::string_view text) {
    const auto first = text.find('.');
    const auto last = text.rfind('.');
    if (text.size() > longest_jws || first == text.npos || first == last || text.find('.', first + 1) != last)
        return std::nullopt;
    return Parts{text.substr(0, first), text.substr(first + 1, last - first - 1), text.substr(last + 1),
                 text.substr(0, last)};
}

std::optional<JsonObject> header_of(std::string_view part) {
    const auto text = from_base64url(part);
    if (!text) return std::nullopt;
    auto json = parse_json(*text);
    if (!json || !json->is_object()) return std::nullopt;
    auto& header = json->get_object();
    for (const auto name : forbidden)
        if (header.contains(name)) return std::nullopt;
    return std::move(header);
}

/// The text of a member; empty where there is none, nothing where it is something else.
std::optional<std::string> text_of(const JsonObject& header, std::string_view name) {
    const auto* member = header.if_contains(name);
    if (!member) return std::string();
    if (!member->is_string()) return std::nullopt;
    return std::string(member->get_string());
}

JwsKeys::const_iterator key_of(const JsonObject& header, const JwsKeys& keys) {
    if (!header.contains("kid") && keys.size() == 1) return keys.begin();
    const auto name = text_of(header, "kid");
    return name && is_key_id(*name) ? keys.find(*name) : keys.end();
}

class Ed25519Key : public JwsKey {
public:
    explicit Ed25519Key(const std::array<std::uint8_t, 32>& public_key) : public_key_(public_key) {}
    std::string_view algorithm() const override { return "EdDSA"; }
    bool verifies(std::string_view signed_part, std::string_view signature) const override {
        return signature.size() == crypto_sign_BYTES &&
               crypto_sign_verify_detached(bytes_of(signature).data(), bytes_of(signed_part).data(), signed_part.size(),
                                           public_key_.data()) == 0;
    }

private:
    std::array<std::uint8_t, 32> public_key_;
};

}  // namespace

JwsKeyPtr make_ed25519_key(const std::array<std::uint8_t, 32>& public_key) {
    CHECK_THAT(sodium_init() >= 0);
    return std::make_shared<Ed25519Key>(public_key);
}

bool is_key_id(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::optional<VerifiedJws> verify_jws(std::string_view text, const JwsKeys& keys) {
    const auto parts = split(text);
    if (!parts) return std::nullopt;
    const auto header = header_of(parts->header);
    const auto signature = from_base64url(parts->signature);
    if (!header || !signature) return std::nullopt;
    const auto key = key_of(*header, keys);
    const auto type = text_of(*header, "typ");
    if (key == keys.end() || !type || text_of(*header, "alg") != key->second->algorithm()) return std::nullopt;
    if (!key->second->verifies(parts->signed_part, *signature)) return std::nullopt;
    auto payload = from_base64url(parts->payload);
    if (!payload) return std::nullopt;
    return VerifiedJws{key->first, *type, std::move(*payload)};
}

bool names_unknown_key(std::string_view text, const JwsKeys& keys) {
    const auto parts = split(text);
    const auto header = parts ? header_of(parts->header) : std::nullopt;
    const auto name = header ? text_of(*header, "kid") : std::nullopt;
    return name && is_key_id(*name) && !keys.contains(*name);
}

}  // namespace agon
