/// Ratings as a function of the log: a follower that takes in every result of bots and of people, and keeps the rows of
/// the leaderboards and of the players' histories. Which engine reckons is read from the log at the start (app/rating_rules.hpp).
#pragma once

#include "app/held_rows.hpp"
#include "app/rating_book.hpp"
#include "app/saved_follower.hpp"
#include "app/tournament_kinds.hpp"

namespace agon {

class Ratings : public SavedFollower {
public:
    static constexpr std::string_view follower_name = "ratings";

    Ratings(Engine&, boost::asio::io_context&);

    /// Goes on after the saved cursor. Before the journal starts.
    void start();

    /// The ratings of a game's bots, or of its people, best first; equal ones in the order of their keys. With
    /// `played_after` only of those whose last rated match was later than that.
    static rows::Page<rows::RatingRow> leaderboard(Store&, const std::string& game_type, rows::PlayerKind,
                                                   std::int64_t limit, std::int64_t offset,
                                                   std::optional<Instant> played_after = {});
    /// The rank of who has this rating, from 1, among the same: equal ratings share it.
    static std::int64_t rank_of(Store&, const rows::RatingRow&, std::optional<Instant> played_after = {});
    /// Those of the entrants of such a tournament that have one.
    static std::map<EntrantId, double> of(Store&, const std::string& game_type, Driver, const std::vector<Entrant>&);
    static std::optional<rows::RatingRow> find(Store&, std::string_view game_type, std::string_view player);
    /// A person's rating in whole points; that of a newcomer where there is none.
    static std::int64_t rating_of(Store&, const std::string& game_type, UserId);
    /// Those of many, looked up together.
    static std::map<UserId, std::int64_t> ratings_of(Store&, const std::string& game_type, const std::vector<UserId>&);
    /// That of one, and how uncertain it is at that instant: its deviation, after the time since the last match; 0 where the engine
    /// keeps none.
    struct Standing {
        std::int64_t rating = 0;
        double uncertainty = 0;
    };
    static Standing standing_of(Store&, const std::string& game_type, UserId, Instant now);
    /// The steps of a person's rating, the last first.
    static rows::Page<rows::RatingChangeRow> history(Store&, const std::string& game_type, UserId, std::int64_t limit,
                                                     std::int64_t offset);

    /// What a match did to ratings, if it is on disk and still stands.
    static std::optional<rows::RatedMatchRow> rated_match(Store&, MatchId);

protected:
    bool concerns(const Recorded& event) const override {
        return is_one_of<MatchCompleted, ResultCorrected, ranked::RankedMatchCompleted>(event);
    }
    void handle_concern(const Recorded&) override;
    bool has_rows() const override { return !book_.changes().empty(); }
    std::vector<RowChange> rows() const override;
    void rows_saved() override;

private:
    std::optional<RatedResult> rated(TournamentId, const MatchCompleted&);
    RatingBook::NamesOf names_in(TournamentId, const MatchCompleted&);
    void handle_tournament(TournamentId, const Recorded&);

    /// Until the first event.
    void hold_all();

    TournamentKinds kinds_{engine_};
    RatingBook book_;
    bool has_begun_ = false;
    /// The book holds every rating that there is: what it does not hold need not be looked for.
    bool holds_all_ = false;
};

}  // namespace agon
