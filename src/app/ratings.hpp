/// Ratings as a function of the log: a follower that takes in every result of bots and of people, and keeps the rows of
/// the leaderboards and of the players' histories. Its cursor is saved with the rows that it derived, so a crash neither
/// loses nor doubles a game. Which engine reckons is read from the log at the start (app/rating_rules.hpp).
#pragma once

#include "app/engine.hpp"
#include "app/follower.hpp"
#include "app/rating_book.hpp"

namespace agon {

class Ratings : public Follower {
public:
    static constexpr std::string_view follower_name = "ratings";

    Ratings(Engine&, boost::asio::io_context&);

    /// Goes on after the saved cursor. Before the journal starts.
    void start();

    /// Comes back when the results of everything that was durable at the call are counted and on disk: a rating that is
    /// read then shows every change that was acknowledged before. Any thread that runs coroutines. Throws StoreBroken
    /// where the ratings could not be saved.
    Task<void> reach();

    /// The ratings of a game's bots, or of its people, best first; equal ones in the order of their keys.
    static rows::Page<rows::RatingRow> leaderboard(Store&, const std::string& game_type, rows::PlayerKind,
                                                   std::int64_t limit, std::int64_t offset);
    /// The rank of who has this rating, from 1: equal ratings share it.
    static std::int64_t rank_of(Store&, const rows::RatingRow&);
    /// Those of the entrants of such a tournament that have one.
    static std::map<EntrantId, double> of(Store&, const std::string& game_type, Driver, const std::vector<Entrant>&);
    static std::optional<rows::RatingRow> find(Store&, std::string_view game_type, std::string_view player);
    /// A person's rating in whole points; that of a newcomer where there is none.
    static std::int64_t rating_of(Store&, const std::string& game_type, UserId);
    /// The steps of a person's rating, the last first.
    static rows::Page<rows::RatingChangeRow> history(Store&, const std::string& game_type, UserId, std::int64_t limit,
                                                     std::int64_t offset);

    /// What a match did to ratings, if it is on disk and still stands.
    static std::optional<rows::RatedMatchRow> rated_match(Store&, MatchId);

protected:
    void handle(const Recorded&) override;
    void handled(Seq) override;

private:
    /// What is worth knowing of a tournament of which a result came.
    struct Rated;
    std::optional<Rated> rated(TournamentId, const MatchCompleted&);
    void handle_tournament(TournamentId, const Recorded&);
    void name(const Rated&);

    void save();
    void saved(const CommitOutcome&);
    void forget_old_rows();

    struct Waiter {
        Seq until = 0;
        std::move_only_function<void(std::exception_ptr)> done;
    };
    void wait(Waiter);
    void release(std::exception_ptr why_not);

    Engine& engine_;
    boost::asio::io_context& context_;
    RatingBook book_;
    /// What is on its way to the disk. One save at a time: a cursor never reaches the disk before the rows of an earlier
    /// one.
    std::optional<RatingChanges> saving_;
    Seq seq_ = 0, saving_until_ = 0;
    /// Up to here everything is counted and on disk.
    std::atomic<Seq> reached_ = 0;
    std::vector<Waiter> waiting_;
};

}  // namespace agon
