#include "faces/player/profile.hpp"

#include "app/ratings.hpp"

namespace agon::player {

std::int64_t skill_rating(Store& store, std::string_view game, UserId user) {
    return Ratings::rating_of(store, std::string(game), user);
}

UserView user_view(Engine& engine, UserId id, const users::User& user) {
    auto& store = engine.store();
    Profile profile{.avatar_url = user.avatar_url, .skill_rating = skill_rating(store, default_game, id)};
    const auto deviation = Ratings::uncertainty_of(store, std::string(default_game), id, engine.clock().now());
    if (deviation > 0) profile.uncertainty = deviation;
    return {id, user.username, user.role, std::move(profile)};
}

UserRef user_ref(Store& store, UserId id, const std::string& else_name) {
    const auto user = rows::find<rows::UserRow>(store, "user_id", id.text());
    return {id, user ? user->username : else_name};
}

}  // namespace agon::player
