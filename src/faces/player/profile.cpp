#include "faces/player/profile.hpp"

#include "app/ratings.hpp"

namespace agon::player {

std::int64_t skill_rating(Store& store, std::string_view game, UserId user) {
    return Ratings::rating_of(store, std::string(game), user);
}

UserView user_view(Store& store, UserId id, const users::User& user) {
    return {id, user.username, user.role, {user.avatar_url, skill_rating(store, default_game, id)}};
}

UserRef user_ref(Store& store, UserId id, const std::string& else_name) {
    const auto user = rows::find<rows::UserRow>(store, "user_id", id.text());
    return {id, user ? user->username : else_name};
}

}  // namespace agon::player
