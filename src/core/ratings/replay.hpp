/// An engine over a history of games: what the ratings come to, and how well it foretold each game before it knew the
/// result. With it one engine is compared with another on the same log.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/ratings/engine.hpp"

namespace agon::ratings {

/// One side of a game that was played; the fields are those of `Team`, players by name or id.
struct PlayedSide {
    std::vector<std::string> players;
    std::uint32_t place = 1;
    double points = 0;
    Venue venue = Venue::neutral;
};

struct PlayedGame {
    std::vector<PlayedSide> sides;
    /// When, in rating periods since any fixed day; 0 throughout where ratings do not rest.
    double period = 0;
};

/// How good predictions were; each figure is the mean over the games, and 0 where there were none.
struct Scores {
    std::int64_t games = 0;
    /// Games with one winner, and the share of them in which he had the best chance. A tie for the best counts in part.
    std::int64_t decided = 0;
    double accuracy = 0;
    /// −Σ yᵢ ln pᵢ, where y is 1 for the winner, or 1/n for each of n who were level. 0 is perfect, ln 2 = 0.693 a coin
    /// toss between two. A chance below 1e−15 counts as that.
    double log_loss = 0;
    /// ½ Σ (pᵢ − yᵢ)². 0 is perfect, 0.25 a coin toss between two.
    double brier = 0;
};
BOOST_DESCRIBE_STRUCT(Scores, (), (games, decided, accuracy, log_loss, brier))

/// Collects the scores of predictions, whoever made them.
class Scoring {
public:
    /// `chances` of the teams before the game, and their `places` after it; as many of one as of the other.
    void add(std::span<const double> chances, std::span<const std::uint32_t> places);
    Scores scores() const;

private:
    std::int64_t games_ = 0;
    std::int64_t decided_ = 0;
    double foretold_ = 0;
    double log_loss_ = 0;
    double brier_ = 0;
};

struct RatedPlayer {
    std::string player;
    Rating rating;
};
BOOST_DESCRIBE_STRUCT(RatedPlayer, (), (player, rating))

/// For one thread. The engine is a constant; the settings must be that engine's.
class Replay {
public:
    Replay(const Engine&, Settings);

    /// Takes the next game in order: lets the players rest since their last one, predicts, scores, updates. Players are
    /// new when first seen. Nobody may be in a game twice; a game of fewer than two sides is passed over.
    void play(const PlayedGame&);

    /// What was foretold so far was training: from here the scores begin anew. The ratings stay.
    void begin_scoring() { scoring_ = {}; }
    Scores scores() const { return scoring_.scores(); }

    /// The rating after the player's last game; a new player's where he is unknown.
    Rating rating_of(const std::string& player) const;
    /// Best value first; where that is equal, by name.
    std::vector<RatedPlayer> table() const;

private:
    struct Seen {
        Rating rating;
        double period = 0;
    };
    Seen& seen(const std::string& player, double period);

    const Engine& engine_;
    Settings settings_;
    std::unordered_map<std::string, Seen> players_;
    Scoring scoring_;
};

}  // namespace agon::ratings
