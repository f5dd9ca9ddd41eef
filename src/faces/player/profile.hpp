/// What the Player API shows of a user.
#pragma once

#include "faces/player/player.hpp"

namespace agon::player {

struct Profile {
    std::optional<std::string> avatar_url;
    /// In the default game, unless the answer is about a tournament of another.
    std::int64_t skill_rating = 0;
    /// Of that rating, now. Only where the answer is about the user alone, and the game's engine knows it.
    codec::Omittable<double> uncertainty;
    static constexpr codec::Note notes[] = {
        {.field = "uncertainty",
         .doc = "The rating's standard deviation now, in points; where the game's engine knows it"}};
};
BOOST_DESCRIBE_STRUCT(Profile, (), (avatar_url, skill_rating, uncertainty))

struct UserView {
    UserId id;
    std::string username;
    users::Role role{};
    Profile profile;
};
BOOST_DESCRIBE_STRUCT(UserView, (), (id, username, role, profile))

/// Of whom something tells; without a profile.
struct UserRef {
    UserId id;
    std::string username;
};
BOOST_DESCRIBE_STRUCT(UserRef, (), (id, username))

/// The game of tournaments and queues that name none.
inline constexpr std::string_view default_game = "pool";

/// A player's rating in a game; that of a newcomer where there is none. After `reach_ratings`.
std::int64_t skill_rating(Store&, std::string_view game, UserId);

UserView user_view(Engine&, UserId, const users::User&);

/// As called today; `else_name` where there is no such user.
UserRef user_ref(Store&, UserId, const std::string& else_name = {});

}  // namespace agon::player
