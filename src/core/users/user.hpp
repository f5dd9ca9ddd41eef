/// Somebody who signs in: a name that nobody else has, and a role.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/codec/describe.hpp"
#include "core/types.hpp"

namespace agon::users {

enum class Role { player, host, admin };
BOOST_DESCRIBE_ENUM(Role, player, host, admin)

struct UserCreated {
    std::string username;
    Role role{};
};
BOOST_DESCRIBE_STRUCT(UserCreated, (), (username, role))

struct RoleChanged {
    Role role{};
};
BOOST_DESCRIBE_STRUCT(RoleChanged, (), (role))

using UserEvent = std::variant<UserCreated, RoleChanged>;

struct CreateUser {
    std::string username;
    Role role{};
};
struct ChangeRole {
    Role role{};
};
using UserCommand = std::variant<CreateUser, ChangeRole>;

struct User {
    std::string username;
    Role role{};
    Instant created_at;
    bool exists = false;
};

Result<std::vector<UserEvent>> decide(const User&, const UserCommand&);
void evolve(User&, const UserEvent&, Instant at);

}  // namespace agon::users
