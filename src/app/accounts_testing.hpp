/// A world in which people sign in: passwords are hashed on the calling thread, by something that takes no time.
#pragma once

#include "app/accounts.hpp"
#include "app/world_testing.hpp"

namespace agon::testing {

/// Nobody should look at these hashes; the version stands for the parameters.
class FakeHasher : public PasswordHasher {
public:
    std::string hash(std::string_view password) const override {
        return "v" + std::to_string(version) + "$" + hash_api_key(password);
    }
    bool verify(const std::string& hash, std::string_view password) const override {
        ++verified;
        return hash.substr(hash.find('$') + 1) == hash_api_key(password);
    }
    bool is_outdated(const std::string& hash) const override {
        return !hash.starts_with("v" + std::to_string(version));
    }

    int version = 1;
    mutable int verified = 0;
};

inline constexpr std::string_view good_password = "correct horse";

/// Accounts over a world's present process.
struct AccountsWorld {
    World world;
    FakeHasher hasher;
    Passwords passwords{hasher, 0, 0};
    std::optional<Accounts> accounts;

    AccountsWorld() { wire(); }
    void restart() { world.restart(), wire(); }
    void wire() { accounts.emplace(world->engine, world->tokens, passwords, world.outside.random); }

    SignedIn sign_up(std::string name, users::Role role = users::Role::player) {
        auto made = world->run(accounts->sign_up(std::move(name), std::string(good_password), role));
        REQUIRE(made.has_value());
        return *made;
    }
    /// Whether the bearer token opens anything now.
    bool opens(const std::string& token) { return world->access.identify("Bearer " + token).has_value(); }
    users::User state(UserId id) {
        return world->engine.peek<UserAggregate>(id, [](const users::User& u) { return u; });
    }
};

}  // namespace agon::testing
