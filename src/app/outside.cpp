#include "app/outside.hpp"

#include "app/users.hpp"
#include "base/codec/codec.hpp"

namespace agon {

namespace {

constexpr std::int64_t leeway_s = 60, longest_life_s = 3600;
constexpr int most_tries = 9;

struct Claims {
    std::string iss;
    std::string sub;
    /// A text or a list of texts (RFC 7519, 4.1.3).
    Json aud;
    std::int64_t iat = 0;
    std::int64_t exp = 0;
    codec::Omittable<std::int64_t> nbf;
    codec::Omittable<std::string> preferred_username;
};
BOOST_DESCRIBE_STRUCT(Claims, (), (iss, sub, aud, iat, exp, nbf, preferred_username))

bool is_for(const Json& audiences, std::string_view audience) {
    if (const auto* one = audiences.if_string()) return *one == audience;
    const auto* all = audiences.if_array();
    return all && std::ranges::any_of(*all, [&](const Json& a) { return a.is_string() && a.get_string() == audience; });
}

bool is_current(const Claims& c, Instant now) {
    const auto now_s = now.us / 1'000'000;
    if (c.iat > now_s + leeway_s || now_s - leeway_s >= c.exp || c.exp <= c.iat) return false;
    return c.exp <= c.iat + longest_life_s && (!c.nbf || *c.nbf <= now_s + leeway_s);
}

/// `ana`, `ana-2`, …
std::string variant(const std::string& name, int number) {
    return number == 1 ? name : name + "-" + std::to_string(number);
}

}  // namespace

std::optional<OutsideIdentity> OutsideIssuer::verify(std::string_view token, Instant now) const {
    const auto keys = this->keys();
    const auto jws = verify_jws(token, *keys);
    if (!jws && names_unknown_key(token, *keys)) missed_ = true;
    if (!jws || jws->type != "at+jwt") return std::nullopt;
    const auto claims = codec::read_text<Claims, codec::Spelling{}>(jws->payload);
    if (!claims || claims->iss != issuer_ || claims->sub.empty() || !is_for(claims->aud, audience_))
        return std::nullopt;
    if (!is_current(*claims, now)) return std::nullopt;
    return OutsideIdentity{issuer_ + " " + claims->sub, claims->preferred_username.value_or("")};
}

void OutsideIssuer::use_keys(JwsKeys keys) {
    auto shared = std::make_shared<const JwsKeys>(std::move(keys));
    const std::lock_guard lock(mutex_);
    keys_ = std::move(shared);
}

std::shared_ptr<const JwsKeys> OutsideIssuer::keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
}

std::optional<UserId> find_outside_user(Store& store, const OutsideIdentity& who) {
    const auto row = rows::find<rows::UserRow>(store, "outside", who.outside);
    return row ? std::optional(row->user_id) : std::nullopt;
}

Task<Result<Identity>> find_or_create_outside_user(Engine& engine, OutsideIdentity who) {
    const bool usable = parse_username(who.wanted_name).has_value() && parse_username(variant(who.wanted_name, 2));
    const auto base = usable ? who.wanted_name : "user-" + hash_api_key(who.outside).substr(0, 12);
    for (int number = 1; number <= most_tries; ++number) {
        // Also after a name was taken: by another request of the same user, perhaps.
        if (const auto known = find_outside_user(engine.store(), who))
            co_return co_await engine.read<UserAggregate>(*known,
                                                          [id = *known](const users::User& u) -> Result<Identity> {
                                                              return Identity{id, u.username, u.role, {}, u.epoch};
                                                          });
        const auto name = *parse_username(variant(base, number));
        const auto id = user_id_of(name);
        users::CreateUser command{.username = name.shown,
                                  .role = users::Role::player,
                                  .password_hash = {},
                                  .outside = who.outside,
                                  .session = {}};
        auto made = co_await engine.execute<UserAggregate>(
            id, users::UserCommand(std::move(command)),
            [id](const users::User& u) { return Identity{id, u.username, u.role, {}, u.epoch}; });
        if (made || made.error().code != Code::conflict) co_return made;
    }
    co_return refused(Code::conflict, "every name like the one that is wanted is taken");
}

}  // namespace agon
