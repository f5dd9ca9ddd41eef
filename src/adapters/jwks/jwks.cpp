#include "adapters/jwks/jwks.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <fmt/ranges.h>

#include "base/codec/codec.hpp"
#include "base/encoding.hpp"

namespace agon {

namespace {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

struct Jwk {
    std::string kty, kid;
    codec::Omittable<std::string> alg, use, crv, x, y, n, e;
    codec::Omittable<std::vector<std::string>> key_ops;
};
BOOST_DESCRIBE_STRUCT(Jwk, (), (kty, kid, alg, use, crv, x, y, n, e, key_ops))

constexpr std::size_t coordinate_bytes = 32;
constexpr int shortest_rsa_bits = 2048, longest_rsa_bits = 8192;

std::unexpected<Error> bad(std::string what) { return refused(Code::invalid, std::move(what)); }

Number number_of(std::string_view bytes) {
    return Number(BN_bin2bn(bytes_of(bytes).data(), static_cast<int>(bytes.size()), nullptr));
}

KeyPtr make_key(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return KeyPtr(key);
}

bool verifies_sha256(EVP_PKEY* key, std::string_view signed_part, std::span<const std::uint8_t> signature) {
    const DigestContext context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes_of(signed_part).data(),
                            signed_part.size()) == 1;
}

/// RFC 7518, 3.4: the signature is r and s, 32 bytes each; OpenSSL wants them in DER.
class Es256Key : public JwsKey {
public:
    explicit Es256Key(KeyPtr key) : key_(std::move(key)) {}
    std::string_view algorithm() const override { return "ES256"; }
    bool verifies(std::string_view signed_part, std::string_view signature) const override {
        if (signature.size() != 2 * coordinate_bytes) return false;
        auto r = number_of(signature.substr(0, coordinate_bytes)), s = number_of(signature.substr(coordinate_bytes));
        const EcSignature both(ECDSA_SIG_new());
        if (!both || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) return false;
        // The signature owns them now.
        (void)r.release(), (void)s.release();
        std::uint8_t* der = nullptr;
        const int size = i2d_ECDSA_SIG(both.get(), &der);
        if (size <= 0) return false;
        const bool good = verifies_sha256(key_.get(), signed_part, {der, static_cast<std::size_t>(size)});
        OPENSSL_free(der);
        return good;
    }

private:
    KeyPtr key_;
};

/// RFC 7518, 3.3: RSASSA-PKCS1-v1_5.
class Rs256Key : public JwsKey {
public:
    explicit Rs256Key(KeyPtr key) : key_(std::move(key)) {}
    std::string_view algorithm() const override { return "RS256"; }
    bool verifies(std::string_view signed_part, std::string_view signature) const override {
        return signature.size() == static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())) &&
               verifies_sha256(key_.get(), signed_part, bytes_of(signature));
    }

private:
    KeyPtr key_;
};

Result<JwsKeyPtr> read_okp(const Jwk& jwk) {
    const auto x = from_base64url(jwk.x.value_or(""));
    if (jwk.crv.value_or("") != "Ed25519" || !x || x->size() != 32) return bad("not an Ed25519 key");
    std::array<std::uint8_t, 32> bytes{};
    std::ranges::copy(bytes_of(*x), bytes.begin());
    return make_ed25519_key(bytes);
}

Result<JwsKeyPtr> read_ec(const Jwk& jwk) {
    const auto x = from_base64url(jwk.x.value_or("")), y = from_base64url(jwk.y.value_or(""));
    if (jwk.crv.value_or("") != "P-256" || !x || !y || x->size() != coordinate_bytes || y->size() != coordinate_bytes)
        return bad("not a P-256 key");
    const auto point = "\x04" + *x + *y;
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return bad("cannot be read");
    auto key = make_key("EC", builder.get());
    if (!key) return bad("not a point of P-256");
    return std::make_shared<Es256Key>(std::move(key));
}

Result<JwsKeyPtr> read_rsa(const Jwk& jwk) {
    const auto n = from_base64url(jwk.n.value_or("")), e = from_base64url(jwk.e.value_or(""));
    if (!n || !e || n->empty() || e->empty() || e->size() > 8) return bad("not an RSA key");
    const auto modulus = number_of(*n), exponent = number_of(*e);
    const int bits = BN_num_bits(modulus.get());
    if (bits < shortest_rsa_bits || bits > longest_rsa_bits || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get()))
        return bad("an RSA key must have 2,048 to 8,192 bits and an odd exponent above 1");
    const Builder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1)
        return bad("cannot be read");
    auto key = make_key("RSA", builder.get());
    if (!key) return bad("not an RSA key");
    return std::make_shared<Rs256Key>(std::move(key));
}

/// RFC 7517, 4.2 and 4.3.
bool is_for_signatures(const Jwk& jwk) {
    if (jwk.use.value_or("sig") != "sig") return false;
    return !jwk.key_ops || std::ranges::find(*jwk.key_ops, "verify") != jwk.key_ops->end();
}

}  // namespace

Result<std::pair<std::string, JwsKeyPtr>> read_jwk(const Json& json) {
    const auto jwk = codec::read<Jwk, codec::Spelling{}>(json);
    if (!jwk) return bad(jwk.error().pointer + " " + jwk.error().message);
    if (!is_key_id(jwk->kid)) return bad("/kid must be 1 to 64 letters, digits, '-' and '_'");
    if (!is_for_signatures(*jwk)) return bad("/use must be 'sig', and /key_ops must hold 'verify'");
    Result<JwsKeyPtr> key = bad("/kty must be 'OKP', 'EC' or 'RSA'");
    if (jwk->kty == "OKP") key = read_okp(*jwk);
    if (jwk->kty == "EC") key = read_ec(*jwk);
    if (jwk->kty == "RSA") key = read_rsa(*jwk);
    if (key && jwk->alg.value_or(std::string((*key)->algorithm())) != (*key)->algorithm())
        return bad(fmt::format("/alg must be '{}' for this /kty", (*key)->algorithm()));
    if (!key) return std::unexpected(std::move(key.error()));
    return std::pair(jwk->kid, std::move(*key));
}

Result<Jwks> read_jwks(std::string_view text) {
    auto json = parse_json(text);
    if (!json) return std::unexpected(std::move(json.error()));
    const auto* set = json->if_object();
    const auto* list = set ? set->if_contains("keys") : nullptr;
    if (!list || !list->is_array() || list->get_array().empty()) return bad("must be an object with a list `keys`");
    Jwks read;
    int number = 0;
    for (const auto& item : list->get_array()) {
        ++number;
        const auto leave_out = [&](std::string_view why) {
            read.left_out.push_back(fmt::format("key {}: {}", number, why));
        };
        if (auto key = read_jwk(item); !key)
            leave_out(key.error().message);
        else if (!read.keys.insert(std::move(*key)).second)
            leave_out("one before it has the same /kid");
    }
    if (read.keys.empty()) return bad(fmt::format("no key can be used: {}", fmt::join(read.left_out, "; ")));
    return read;
}

}  // namespace agon
