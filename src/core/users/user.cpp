#include "core/users/user.hpp"

namespace agon::users {

Result<std::vector<UserEvent>> decide(const User& user, const UserCommand& command) {
    using Events = std::vector<UserEvent>;
    if (const auto* c = std::get_if<CreateUser>(&command)) {
        if (user.exists) return refused(Code::conflict, "already exists");
        return Events{UserCreated{c->username, c->role}};
    }
    if (!user.exists) return refused(Code::not_found, "no such user");
    const auto role = std::get<ChangeRole>(command).role;
    if (role == user.role) return Events{};
    return Events{RoleChanged{role}};
}

void evolve(User& user, const UserEvent& event, Instant at) {
    std::visit(overloaded{
                   [&](const UserCreated& e) {
                       user.username = e.username;
                       user.role = e.role;
                       user.created_at = at;
                       user.exists = true;
                   },
                   [&](const RoleChanged& e) { user.role = e.role; },
               },
               event);
}

}  // namespace agon::users
