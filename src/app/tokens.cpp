#include "app/tokens.hpp"

#include <bit>
#include <utility>

#include <sodium.h>

#include "app/digest.hpp"
#include "base/codec/codec.hpp"
#include "base/encoding.hpp"

namespace agon {

namespace {

constexpr std::string_view issuer = "agon";
constexpr std::string_view audience = "agon";
constexpr std::string_view access_token_type = "at+jwt";
constexpr auto leeway = seconds(60);
/// So many of late, and as many of before; a verified token is about a fifth of a kilobyte here.
constexpr std::size_t most_remembered = 50'000;

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
    codec::Omittable<std::int64_t> nbf;
    std::string jti;
    codec::Omittable<std::string> sid;
    codec::Omittable<std::int64_t> epoch;
};
BOOST_DESCRIBE_STRUCT(Claims, (), (iss, aud, sub, username, role, iat, exp, nbf, jti, sid, epoch))

std::string random_base64(Random& random, int variant) {
    std::array<std::uint8_t, 32> bytes{};
    random.fill(bytes);
    std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    text.resize(text.find('\0'));
    return text;
}

constexpr std::int64_t in_seconds(Duration d) { return d.count() / 1'000'000; }

bool is_current(std::int64_t iat, std::int64_t exp, Instant now) {
    const auto now_s = now.us / 1'000'000;
    return now_s - in_seconds(leeway) < exp && iat <= now_s + in_seconds(leeway);
}

bool are_good(const Claims& c, Instant now) {
    if (c.iss != issuer || c.aud != audience || c.jti.empty() || !is_current(c.iat, c.exp, now)) return false;
    if (c.nbf && *c.nbf > now.us / 1'000'000 + in_seconds(leeway)) return false;
    // `iat` is at most a minute from now: the sum does not overflow.
    return c.iat < c.exp && (!c.sid || c.exp <= c.iat + in_seconds(longest_session_token));
}

}  // namespace

ServerKeys ServerKeys::make(Random& random) {
    ServerKeys keys;
    random.fill(keys.signing_seed);
    random.fill(keys.sealing_key);
    return keys;
}

void ServerKeys::rotate(Random& random, std::size_t keep) {
    old_signing_seeds.insert(old_signing_seeds.begin(), signing_seed);
    if (old_signing_seeds.size() > keep) old_signing_seeds.resize(keep);
    random.fill(signing_seed);
}

namespace {

struct KeyPair {
    std::array<std::uint8_t, 32> public_key{};
    std::array<std::uint8_t, 64> secret_key{};

    explicit KeyPair(const ServerKeys::Secret& seed) {
        CHECK_THAT(sodium_init() >= 0);
        crypto_sign_seed_keypair(public_key.data(), secret_key.data(), seed.data());
    }
    /// From the public half, so that it says nothing that is not public.
    std::string id() const {
        const auto hash = sha256({reinterpret_cast<const char*>(public_key.data()), public_key.size()});
        return to_base64url(std::span(hash).first(8));
    }
};

}  // namespace

std::string ServerKeys::key_id(const Secret& signing_seed) { return KeyPair(signing_seed).id(); }

Tokens::Tokens(const ServerKeys& keys) : signing_(signing_of(keys)), sealing_key_(keys.sealing_key) {
    randombytes_buf(digest_key_.data(), digest_key_.size());
}

std::shared_ptr<const Tokens::Signing> Tokens::signing_of(const ServerKeys& keys) {
    auto made = std::make_shared<Signing>();
    const KeyPair active(keys.signing_seed);
    made->secret_key = active.secret_key;
    made->key_id = active.id();
    made->keys.emplace(active.id(), make_ed25519_key(active.public_key));
    for (const auto& seed : keys.old_signing_seeds) {
        const KeyPair old(seed);
        made->keys.emplace(old.id(), make_ed25519_key(old.public_key));
    }
    return made;
}

std::shared_ptr<const Tokens::Signing> Tokens::signing() const {
    const std::lock_guard lock(mutex_);
    return signing_;
}

void Tokens::use_signing_keys(const ServerKeys& keys) {
    auto made = signing_of(keys);
    const std::lock_guard lock(mutex_);
    signing_ = std::move(made);
    verified_.clear();
    verified_before_.clear();
}

std::string Tokens::issue(const Identity& who, Instant now, Duration lifetime, Random& random) const {
    constexpr codec::Spelling plain{};
    const auto keys = signing();
    const Header header{"EdDSA", std::string(access_token_type), keys->key_id};
    const auto iat = now.us / 1'000'000;
    Claims claims{.iss = std::string(issuer),
                  .aud = std::string(audience),
                  .sub = who.user_id,
                  .username = who.username,
                  .role = who.role,
                  .iat = iat,
                  .exp = iat + in_seconds(lifetime),
                  .jti = random_base64(random, sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                  .epoch = who.epoch};
    if (!who.session.empty()) claims.sid = who.session;
    auto token = to_base64url(codec::to_json<plain>(header)) + "." + to_base64url(codec::to_json<plain>(claims));
    std::array<std::uint8_t, crypto_sign_BYTES> signature{};
    crypto_sign_detached(signature.data(), nullptr, bytes_of(token).data(), token.size(), keys->secret_key.data());
    return token + "." + to_base64url(signature);
}

Result<Identity> Tokens::verify(std::string_view token, Instant now) const {
    const auto no = [] { return refused(Code::unauthenticated, "the token is not valid"); };
    if (token.size() > longest_jws) return no();
    const auto digest = digest_of(token);
    if (auto known = remembered(digest)) {
        if (!is_current(known->iat, known->exp, now)) return no();
        return std::move(known->identity);
    }
    // Header, key and signature first: what an unsigned token claims is not looked at.
    const auto keys = signing();
    const auto jws = verify_jws(token, keys->keys);
    if (!jws || jws->type != access_token_type) return no();
    const auto claims = codec::read_text<Claims, codec::Spelling{}>(jws->payload);
    if (!claims || !are_good(*claims, now)) return no();
    Verified good{{claims->sub, claims->username, claims->role, claims->sid.value_or(""), claims->epoch.value_or(0)},
                  claims->iat,
                  claims->exp};
    const std::lock_guard lock(mutex_);
    // Not where the keys were changed meanwhile.
    if (keys == signing_) remember(digest, good);
    return good.identity;
}

/// SipHash-2-4 with 128 bits (Aumasson and Bernstein 2012).
Tokens::Digest Tokens::digest_of(std::string_view token) const {
    static_assert(sizeof(Digest) == crypto_shorthash_siphashx24_BYTES);
    static_assert(sizeof(digest_key_) == crypto_shorthash_siphashx24_KEYBYTES);
    std::array<std::uint8_t, sizeof(Digest)> bytes{};
    crypto_shorthash_siphashx24(bytes.data(), bytes_of(token).data(), token.size(), digest_key_.data());
    return std::bit_cast<Digest>(bytes);
}

std::optional<Tokens::Verified> Tokens::remembered(const Digest& digest) const {
    const std::lock_guard lock(mutex_);
    if (const auto found = verified_.find(digest); found != verified_.end()) return found->second;
    const auto before = verified_before_.find(digest);
    if (before == verified_before_.end()) return std::nullopt;
    auto known = std::move(before->second);
    verified_before_.erase(before);
    remember(digest, known);
    return known;
}

void Tokens::remember(const Digest& digest, const Verified& good) const {
    if (verified_.size() >= most_remembered) verified_before_ = std::exchange(verified_, {});
    verified_.emplace(digest, good);
}

std::string Tokens::seal(std::string_view secret, Random& random) const {
    std::string sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size(), '\0');
    auto* nonce = reinterpret_cast<std::uint8_t*>(sealed.data());
    random.fill({nonce, crypto_secretbox_NONCEBYTES});
    crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, bytes_of(secret).data(), secret.size(), nonce,
                          sealing_key_.data());
    return to_base64url(sealed);
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

namespace {

constexpr std::size_t id_bytes = 12, owner_bytes = 16, secret_bytes = 32;
constexpr std::size_t id_characters = id_bytes / 3 * 4;

}  // namespace

Credential Credential::make(std::string_view prefix, UserId owner, Random& random) {
    std::array<std::uint8_t, id_bytes + owner_bytes + secret_bytes> bytes{};
    random.fill(bytes);
    std::ranges::copy(owner.uuid.bytes, bytes.begin() + id_bytes);
    return *parse(prefix, std::string(prefix) + to_base64url(bytes));
}

Credential Credential::renewed(std::string_view prefix, Random& random) const {
    const auto other = make(prefix, owner, random);
    return *parse(prefix, std::string(prefix) + id + other.text.substr(prefix.size() + id_characters));
}

std::optional<Credential> Credential::parse(std::string_view prefix, std::string_view text) {
    if (!text.starts_with(prefix)) return std::nullopt;
    const auto coded = text.substr(prefix.size());
    if (coded.size() != (id_bytes + owner_bytes + secret_bytes) / 3 * 4) return std::nullopt;
    const auto bytes = from_base64url(coded);
    if (!bytes) return std::nullopt;
    Credential found{std::string(coded.substr(0, id_characters)), {}, std::string(text), hash_api_key(text)};
    std::copy_n(bytes_of(*bytes).begin() + id_bytes, owner_bytes, found.owner.uuid.bytes.begin());
    return found;
}

std::string make_api_key(Random& random) {
    return "bk_" + random_base64(random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
std::string make_webhook_secret(Random& random) {
    return "whsec_" + random_base64(random, sodium_base64_VARIANT_ORIGINAL);
}

std::string hash_api_key(std::string_view key) { return to_hex(sha256(key)); }

bool same_secret(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace agon
