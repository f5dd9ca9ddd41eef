/// Signals of unfair play (core/integrity), worked out from the log: a follower that counts every result between people,
/// and keeps a row for each finding, for admins to list.
#pragma once

#include <set>
#include <unordered_map>

#include "app/saved_follower.hpp"
#include "core/integrity/signals.hpp"

namespace agon {

class Flags : public SavedFollower {
public:
    static constexpr std::string_view follower_name = "flags";

    Flags(Engine&, boost::asio::io_context&);

    /// Goes on after the saved cursor. Before the journal starts.
    void start() { follow(); }

protected:
    void handle(const Recorded&) override;
    bool has_rows() const override { return !changed_.empty(); }
    std::vector<RowChange> take_rows() override;
    void rows_saved() override;
    void rows_not_saved() override { changed_.merge(saving_); }

private:
    void handle_tournament(TournamentId, const Recorded&);
    void handle_ranked(MatchId, const Recorded&);
    void count(const std::string& game, MatchId, const integrity::Played&, Instant at);
    void count_false_claim(const std::string& game, MatchId, UserId, Instant at);
    void note(const std::string& game, MatchId, const std::vector<integrity::Finding>&, Instant at);

    template <class Row>
    using ByKey = std::unordered_map<std::string, Row>;
    integrity::GameWeek& game(const std::string& game_type);
    integrity::PlayerRecord& player(const std::string& game_type, UserId);

    ByKey<rows::IntegrityGameRow> games_;
    ByKey<rows::IntegrityPlayerRow> players_;
    ByKey<rows::FlagRow> flags_;
    /// Keys of rows that are not on disk yet, and of those that are on their way there. The tables' keys differ.
    std::set<std::string> changed_, saving_;
};

/// As before the first event: the follower, which must not be running, begins anew.
Batch flags_restart(Store&);

}  // namespace agon
