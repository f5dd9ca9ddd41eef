/// Ratings as a function of the log: a follower that takes in every match result of bots and keeps the rows of the
/// leaderboard. Its cursor is saved with the rows that it derived, so a crash neither loses nor doubles a game.
#pragma once

#include <set>

#include "app/engine.hpp"
#include "app/follower.hpp"

namespace agon {

/// A rating's row: `rps/bot_01h…`
std::string rating_key(const std::string& game_type, BotId);

/// A result that counts for ratings, as `a` sees it: 1 won, 0.5 drawn or level.
struct RatedResult {
    BotId a, b;
    double score_of_a = 1;
};
/// Nothing where nobody goes on, or one was not there to play: nobody plays against somebody who is not there.
std::optional<RatedResult> rated_result(const MatchCompleted&);

/// What a match did to two ratings; taken back when its result is corrected.
rows::RatedMatchRow rate(MatchId, const RatedResult&, rows::RatingRow& a, rows::RatingRow& b);
void take_back(const rows::RatedMatchRow&, rows::RatingRow& a, rows::RatingRow& b);

class Ratings : public Follower {
public:
    Ratings(Engine&, boost::asio::io_context&);

    /// Goes on after the saved cursor. Before the journal starts.
    void start();

    /// The ratings of a game's bots, best first.
    static rows::Page<rows::RatingRow> leaderboard(Store&, const std::string& game_type, std::int64_t limit,
                                                   std::int64_t offset);
    /// Those of the entrants that have one.
    static std::map<EntrantId, double> of(Store&, const std::string& game_type, const std::vector<Entrant>&);

    /// What a match did to ratings, if it is on disk and still stands.
    static std::optional<rows::RatedMatchRow> rated_match(Store&, MatchId);

protected:
    void handle(const Recorded&) override;
    void handled(Seq) override;

private:
    void count(TournamentId, const MatchCompleted&);
    void uncount(TournamentId, MatchNumber);
    std::optional<rows::RatedMatchRow> rated(MatchId) const;
    rows::RatingRow& row_of(const std::string& game_type, BotId);

    void save();
    void forget_old_rows();

    Engine& engine_;
    /// Rows that changed since the last save, and those that were needed lately.
    std::unordered_map<std::string, rows::RatingRow> rows_;
    std::set<std::string> changed_;
    /// What matches did since the last save, and what is being saved; none where it was taken back.
    std::map<MatchId, std::optional<rows::RatedMatchRow>> rated_, saving_rated_;
    Seq seq_ = 0;
    /// One save at a time: a cursor never reaches the disk before the rows of an earlier one.
    bool saving_ = false;
    boost::asio::io_context& context_;
};

}  // namespace agon
