#include "app/tokens.hpp"

#include <sodium.h>

#include "base/codec/codec.hpp"

namespace agon {

namespace {

constexpr std::string_view issuer = "agon";
constexpr std::string_view audience = "agon";
constexpr auto leeway = seconds(60);
constexpr std::size_t longest_token = 4096;

struct Header {
    std::string alg;
    std::string typ;
    std::string kid;
};
BOOST_DESCRIBE_STRUCT(Header, (), (alg, typ, kid))

struct Claims {
    std::string iss;
    std::string aud;
    UserId sub;
    std::string username;
    users::Role role{};
    std::int64_t iat = 0;
    std::int64_t exp = 0;
    std::string jti;
};
BOOST_DESCRIBE_STRUCT(Claims, (), (iss, aud, sub, username, role, iat, exp, jti))

std::string encode_base64(std::span<const std::uint8_t> bytes, int variant) {
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    text.resize(text.find('\0'));
    return text;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string base64url(std::string_view text) {
    return encode_base64(bytes_of(text), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/// Exactly the canonical form: no padding, no white space, no stray bits.
std::optional<std::string> from_base64url(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size(), text.data(), text.size(),
                          nullptr, &size, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

std::string random_base64(Random& random, int variant) {
    std::array<std::uint8_t, 32> bytes{};
    random.fill(bytes);
    return encode_base64(bytes, variant);
}

template <class T>
std::optional<T> decode_part(std::string_view part) {
    const auto text = from_base64url(part);
    if (!text) return std::nullopt;
    auto value = codec::read_text<T, codec::Spelling{}>(*text);
    if (!value) return std::nullopt;
    return std::move(*value);
}

/// Header members that would change what a signature means; none is understood here.
bool has_forbidden_member(std::string_view part) {
    const auto text = from_base64url(part);
    const auto header = text ? parse_json(*text) : Result<Json>(nullptr);
    if (!header || !header->is_object()) return true;
    for (const auto* name : {"crit", "jku", "x5u", "jwk", "b64", "x5c"})
        if (header->get_object().contains(name)) return true;
    return false;
}

bool is_current(const Claims& claims, Instant now) {
    const auto now_s = now.us / 1'000'000;
    const auto leeway_s = leeway.count() / 1'000'000;
    return claims.iss == issuer && claims.aud == audience && now_s - leeway_s < claims.exp &&
           claims.iat <= now_s + leeway_s;
}

}  // namespace

ServerKeys ServerKeys::make(Random& random) {
    ServerKeys keys;
    random.fill(keys.signing_seed);
    random.fill(keys.sealing_key);
    return keys;
}

Tokens::Tokens(const ServerKeys& keys) : sealing_key_(keys.sealing_key) {
    CHECK_THAT(sodium_init() >= 0);
    crypto_sign_seed_keypair(public_key_.data(), secret_key_.data(), keys.signing_seed.data());
    std::array<std::uint8_t, 8> short_hash{};
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), public_key_.data(), public_key_.size());
    std::copy_n(hash.begin(), short_hash.size(), short_hash.begin());
    key_id_ = encode_base64(short_hash, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

std::string Tokens::issue(const Identity& who, Instant now, Duration lifetime, Random& random) const {
    constexpr codec::Spelling plain{};
    const Header header{"EdDSA", "at+jwt", key_id_};
    const auto iat = now.us / 1'000'000;
    const Claims claims{std::string(issuer),
                        std::string(audience),
                        who.user_id,
                        who.username,
                        who.role,
                        iat,
                        iat + lifetime.count() / 1'000'000,
                        random_base64(random, sodium_base64_VARIANT_URLSAFE_NO_PADDING)};
    auto token = base64url(codec::to_json<plain>(header)) + "." + base64url(codec::to_json<plain>(claims));
    std::array<std::uint8_t, crypto_sign_BYTES> signature{};
    crypto_sign_detached(signature.data(), nullptr, bytes_of(token).data(), token.size(), secret_key_.data());
    return token + "." + encode_base64(signature, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

Result<Identity> Tokens::verify(std::string_view token, Instant now) const {
    const auto no = refused(Code::unauthenticated, "the token is not valid");
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (token.size() > longest_token || first == token.npos || first == last || token.find('.', first + 1) != last)
        return no;
    const auto signature = from_base64url(token.substr(last + 1));
    const auto signed_part = token.substr(0, last);
    if (!signature || signature->size() != crypto_sign_BYTES ||
        crypto_sign_verify_detached(bytes_of(*signature).data(), bytes_of(signed_part).data(), signed_part.size(),
                                    public_key_.data()) != 0)
        return no;
    const auto header = decode_part<Header>(token.substr(0, first));
    if (!header || header->alg != "EdDSA" || header->typ != "at+jwt" || header->kid != key_id_ ||
        has_forbidden_member(token.substr(0, first)))
        return no;
    const auto claims = decode_part<Claims>(token.substr(first + 1, last - first - 1));
    if (!claims || !is_current(*claims, now)) return no;
    return Identity{claims->sub, claims->username, claims->role};
}

std::string Tokens::seal(std::string_view secret, Random& random) const {
    std::string sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size(), '\0');
    auto* nonce = reinterpret_cast<std::uint8_t*>(sealed.data());
    random.fill({nonce, crypto_secretbox_NONCEBYTES});
    crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, bytes_of(secret).data(), secret.size(), nonce,
                          sealing_key_.data());
    return base64url(sealed);
}

std::optional<std::string> Tokens::unseal(std::string_view sealed) const {
    const auto bytes = from_base64url(sealed);
    constexpr auto head = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (!bytes || bytes->size() < head) return std::nullopt;
    std::string secret(bytes->size() - head, '\0');
    const auto* nonce = bytes_of(*bytes).data();
    if (crypto_secretbox_open_easy(reinterpret_cast<std::uint8_t*>(secret.data()), nonce + crypto_secretbox_NONCEBYTES,
                                   bytes->size() - crypto_secretbox_NONCEBYTES, nonce, sealing_key_.data()) != 0)
        return std::nullopt;
    return secret;
}

std::string make_api_key(Random& random) {
    return "bk_" + random_base64(random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
std::string make_webhook_secret(Random& random) {
    return "whsec_" + random_base64(random, sodium_base64_VARIANT_ORIGINAL);
}

std::string hash_api_key(std::string_view key) {
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), bytes_of(key).data(), key.size());
    std::string hex(hash.size() * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    hex.pop_back();
    return hex;
}

}  // namespace agon
