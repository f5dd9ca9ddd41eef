#include "faces/player/profile.hpp"

#include "app/ratings.hpp"

namespace agon::player {

std::int64_t skill_rating(Store& store, std::string_view game, UserId user) {
    return Ratings::rating_of(store, std::string(game), user);
}

UserView user_view(Engine& engine, UserId id, const users::User& user) {
    const auto standing = Ratings::standing_of(engine.store(), std::string(default_game), id, engine.clock().now());
    Profile profile{.avatar_url = user.avatar_url, .skill_rating = standing.rating};
    if (standing.uncertainty > 0) profile.uncertainty = standing.uncertainty;
    return {id, user.username, user.role, std::move(profile)};
}

UserRef user_ref(Store& store, UserId id, const std::string& else_name) {
    const auto user = rows::find<rows::UserRow>(store, "user_id", id.text());
    return {id, user ? user->username : else_name};
}

}  // namespace agon::player
