/// The hosted driver: plays every match of bots that has begun, many at once. It follows the log: a match that the
/// rules began is loaded and played; its result goes back as a command. A match that the rules end meanwhile, or begin
/// anew, is called off: its game ends, and only then the next attempt begins. After a restart it goes on with every match
/// that is in progress, and ends the games of those that were called off.
#pragma once

#include <unordered_set>

#include "app/drivers/hosted_match.hpp"
#include "app/follower.hpp"
#include "app/tournament_kinds.hpp"

namespace agon {

class HostedDriver : public Follower, public BotInbox {
public:
    /// Matches are spread over `contexts`; the first also follows the log.
    HostedDriver(HostedWorld world, std::span<boost::asio::io_context* const> contexts);

    /// Takes up the matches that are in progress, then follows the log. Before the journal starts.
    void start();

    /// The server stops, and bots lose their connections by it. From now on no clock of a match rings, no lost connection
    /// counts, and no match begins: after the next start each goes on with the turn that waits. Any thread.
    void stop_clocks();

    std::size_t live_matches() const;

    void connected(BotId) override;
    void disconnected(BotId) override;
    void sent(BotId, MatchId, std::string request_id, Duration at) override;
    void answered(BotId, BotAnswer) override;
    void resume(BotId) override;

protected:
    void handle(const Recorded&) override;
    void handled(Seq) override;

private:
    using MatchPtr = std::shared_ptr<HostedMatch>;

    void play(MatchId, std::uint8_t attempt);
    void load(const MatchPtr&);
    void ended(const MatchPtr&);
    void call_off(MatchId);
    /// The matches that this event ends while they may be played.
    std::vector<MatchId> called_off_by(const Recorded&);
    void end_games_called_off(Seq after);

    void retry(MatchId, std::uint8_t attempt);
    /// Looks at the match as it is on disk: plays the attempt, or ends its game where it is over for the rules.
    Task<void> settle(MatchId, std::uint8_t attempt);
    std::vector<MatchPtr> matches_of(BotId) const;
    MatchPtr match_of(MatchId) const;
    template <class Call>
    void post_to_matches_of(BotId, Call call);

    HostedWorld world_;
    std::vector<boost::asio::io_context*> contexts_;
    /// For `handle` alone.
    TournamentKinds kinds_;
    mutable std::mutex mutex_;
    /// Each until it has ended, also where it is called off.
    std::unordered_map<MatchId, MatchPtr> matches_;
    std::unordered_multimap<BotId, MatchPtr> by_bot_;
    std::unordered_set<MatchId> called_off_;
    /// The attempts that wait for the one before to end: bots hear of one after the other.
    std::unordered_map<MatchId, std::uint8_t> next_;
    /// Calls of `settle` that are to come or under way.
    std::size_t unsettled_ = 0;
    bool clocks_stopped_ = false;
    /// Up to here every game of a match that was called off has ended.
    Seq saved_ = 0;
};

}  // namespace agon
