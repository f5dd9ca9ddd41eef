#include "faces/player/profile.hpp"

#include "core/ratings/elo.hpp"

namespace agon::player {

std::int64_t skill_rating(Store& store, std::string_view game, UserId user) {
    const RowQuery query{.where = {{.column = "key", .value = std::string(game) + "/" + user.text()}}, .limit = 1};
    const auto page = rows::select<rows::RatingRow>(store, query);
    return page.rows.empty() ? std::int64_t{ratings::EloSettings{}.initial} : page.rows.front().rating;
}

UserView user_view(Store& store, UserId id, const users::User& user) {
    return {id, user.username, user.role, {user.avatar_url, skill_rating(store, default_game, id)}};
}

}  // namespace agon::player
