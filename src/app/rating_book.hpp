/// Ratings worked out from results, in the order of the log: what the follower, the verifier and the replay share.
///
/// A correction is played forward, not back: what the match did is taken out of the two ratings as they are now
/// (core/ratings/take_back.hpp), and the corrected result counts as a game of now. So the ratings are a function of the log
/// with every engine, and no other player's rating moves.
#pragma once

#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "app/rating_rules.hpp"
#include "app/rows/rows.hpp"
#include "core/ranked/ranked_match.hpp"

namespace agon {

/// A rating's row: `rps/bot_01h…`, `pool/user_01h…`
std::string rating_key(std::string_view game_type, std::string_view player);
/// The engine's own state at `now`: what the last match made of it, and the time since.
ratings::Rating rating_at(Instant now, const rows::RatingRow&, const RatingRule&);
/// `bot_…` or `user_…`: what stands behind an entrant of such a tournament.
std::string rated_player(Driver, EntrantId);

/// The two sides of a result that counts.
template <class Player>
struct Scored {
    Player a, b;
    /// 1 where `a` won, 0.5 where it was a draw or level, 0.
    double score_of_a = 1;
};

/// Nothing where nobody goes on, where one was not there to play (nobody plays against somebody who is not there), or
/// where the tournament is of a kind that is not rated.
std::optional<Scored<EntrantId>> scored(Driver, const MatchCompleted&);
/// The same for a ranked match.
std::optional<Scored<UserId>> scored(const ranked::RankedMatchCompleted&);

/// A result that counts for ratings.
struct RatedResult {
    std::string game_type;
    /// `bot_…`, `user_…`: two different ones.
    std::string a, b;
    double score_of_a = 1;
};

/// Of what is `scored`.
std::optional<RatedResult> rated_result(const std::string& game_type, Driver, const MatchCompleted&);
std::optional<RatedResult> rated_result(const ranked::RankedMatchCompleted&);

/// What the book changed since `forget_changes`. A match is none where it was taken back.
struct RatingChanges {
    std::unordered_set<const rows::RatingRow*> ratings;
    std::unordered_map<MatchId, std::optional<rows::RatedMatchRow>> matches;
    std::vector<rows::RatingChangeRow> history;

    bool empty() const { return ratings.empty(); }
};

/// One thread at a time.
class RatingBook {
public:
    /// Where the book looks up what it does not hold; empty functions for a book that holds everything.
    struct Shelf {
        std::function<std::optional<rows::RatingRow>(const std::string& key)> rating;
        std::function<std::optional<rows::RatedMatchRow>(MatchId)> match;
    };
    /// Called before a result counts, with the ratings as it finds them.
    using Watch =
        std::function<void(const RatingRule&, const ratings::Rating& a, const ratings::Rating& b, double score_of_a)>;

    /// The names of both; nobody changes them.
    using NamesOf = std::function<std::pair<std::string, std::string>()>;

    RatingBook(RatingRules rules, Shelf shelf) : rules_(std::move(rules)), shelf_(std::move(shelf)) {}

    /// Asks for names where one of the two has none yet.
    void count(MatchId, const RatedResult&, Instant at, const NamesOf& names = {});
    /// Nothing where the match is not rated.
    void take_back(MatchId, Instant at);
    /// A tournament's correction, with all that it undoes.
    void correct(TournamentId, const ResultCorrected&, const std::optional<RatedResult>& corrected, Instant at,
                 const NamesOf& names = {});

    void watch(Watch watch) { watch_ = std::move(watch); }

    const std::unordered_map<std::string, rows::RatingRow>& ratings() const { return rows_; }
    const RatingChanges& changes() const { return changes_; }
    /// The shelf has them from now on.
    void forget_changes() { changes_ = {}; }
    /// What the shelf has, given without being asked for.
    void hold(rows::RatingRow row) { rows_.insert_or_assign(row.key, std::move(row)); }
    /// Only while the shelf has all of them.
    void forget() { rows_.clear(); }

private:
    rows::RatingRow& row(const std::string& key);
    std::optional<rows::RatedMatchRow> rated(MatchId) const;
    void note(MatchId, rows::RatingRow&, const rows::RatingRow& opponent, std::int64_t before, rows::RatedOutcome,
              Instant at);
    void take_back(const rows::RatedMatchRow&, rows::RatingRow&, const rows::RatedSide&, double score);

    RatingRules rules_;
    Shelf shelf_;
    Watch watch_;
    std::unordered_map<std::string, rows::RatingRow> rows_;
    RatingChanges changes_;
};

}  // namespace agon
